/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE API's TFTP calls (PXE 2.1). A file is asked for in blocks as large as the path takes them; the caller gets packets of the size
 * it asked for, cut from what came. Our own routes count, not the gateway that a caller names.
 *
 * TFTP_READ has a packet that is shorter than the others, perhaps empty, at the end of the file. */
#include "arch/x86/pxe_transport.h"

#include "arch/x86/pxe_memory.h"
#include "core/pxe_params.h"
#include "arch/x86/pxe_wait.h"
#include "core/cursor.h"
#include "core/errors.h"
#include "core/printf.h"
#include "net/download.h"

enum { PACKET_MIN = 512, HEADERS_BYTES = 20 + 8 + 4, URL_MAX = 3 * PXE_FILE_NAME_BYTES + 40 };

static struct {
	struct file_stream *stream;
	uint16_t packet_size, packet_number;
	bool over;                              /* the last packet was given */
} file;

void pxe_tftp_end(void)
{
	file_stream_close(file.stream, pxe_now());
	file.stream = NULL;
}

/** A field in network order. */
static uint32_t ip_of(uint32_t field)
{
	const uint8_t *bytes = (const uint8_t *)&field;

	return be32_at(bytes);
}

static uint16_t open_name(struct file_stream **f, uint32_t ip, uint16_t port, const uint8_t *name)
{
	char url[URL_MAX];
	struct text_buffer t = { url, sizeof(url), 0 };
	int rc;

	if (!pxe_net())
		return PXENV_STATUS_UNDI_INVALID_STATE;
	if (!pxe_tftp_url(&t, ip, port, name, PXE_FILE_NAME_BYTES))
		return PXENV_STATUS_TFTP_FILE_NOT_FOUND;
	rc = pxe_stream_open(f, url);
	if (rc == -ETIMEDOUT)
		return PXENV_STATUS_TFTP_OPEN_TIMEOUT;
	return rc ? pxe_status_of(rc, PXENV_STATUS_TFTP_CANNOT_OPEN_CONNECTION) : PXENV_STATUS_SUCCESS;
}

uint16_t pxe_tftp_open(void *block)
{
	struct pxe_tftp_open *open = block;
	uint16_t status, port = open->port, most;

	if (file.stream)
		return PXENV_STATUS_TFTP_OPEN;
	status = open_name(&file.stream, ip_of(open->server), be16_at((const uint8_t *)&port), open->name);
	if (status != PXENV_STATUS_SUCCESS)
		return status;
	most = (uint16_t)(pxe_netif()->mtu - HEADERS_BYTES);
	if (open->packet_size > most)
		open->packet_size = most;
	if (open->packet_size < PACKET_MIN)
		open->packet_size = PACKET_MIN;
	file.packet_size = open->packet_size;
	file.packet_number = 0;
	file.over = false;
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_tftp_close(void *block)
{
	(void)block;
	if (!file.stream)
		return PXENV_STATUS_TFTP_CLOSED;
	pxe_tftp_end();
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_tftp_read(void *block)
{
	struct pxe_tftp_read *read = block;
	uint8_t *data;
	int n;

	if (!file.stream)
		return PXENV_STATUS_TFTP_CLOSED;
	if (!pxe_net())
		return PXENV_STATUS_UNDI_INVALID_STATE;
	data = pxe_real(read->buffer.segment, read->buffer.offset, file.packet_size);
	if (!data)
		return PXENV_STATUS_FAILURE;
	n = file.over ? 0 : pxe_stream_fill(file.stream, data, file.packet_size);
	if (n == -ETIMEDOUT)
		return PXENV_STATUS_TFTP_READ_TIMEOUT;
	if (n < 0)
		return pxe_status_of(n, PXENV_STATUS_TFTP_CANNOT_READ_FROM_CONNECTION);
	file.over = n < file.packet_size;
	read->packet_number = ++file.packet_number;
	read->buffer_size = (uint16_t)n;
	return PXENV_STATUS_SUCCESS;
}

/* ---- whole files ------------------------------------------------------------------------------------------------------------------- */

/** A caller's memory at a 32-bit address. */
struct place {
	struct sink sink;
	struct download *download;
	uint32_t address, size;
};

static int place_size(struct sink *sink, bool known, uint64_t total_bytes)
{
	const struct place *p = container_of(sink, struct place, sink);

	if (known && total_bytes > p->size)
		return fail(-EFBIG, "%llu bytes, where there are %u", (unsigned long long)total_bytes, (unsigned)p->size);
	return 0;
}

static uint8_t *place_at(struct sink *sink, uint64_t offset, size_t len)
{
	const struct place *p = container_of(sink, struct place, sink);

	return offset + len > p->size ? NULL : pxe_linear(p->address + (uint32_t)offset, (uint32_t)len);
}

static int place_done(void *context)
{
	return download_rc(((struct place *)context)->download);
}

static int read_into(struct place *p, const char *url)
{
	struct uri *uri;
	int rc = uri_parse(url, &uri);

	if (rc != 0)
		return rc;
	rc = download_start(&p->download, pxe_net(), uri, &p->sink, pxe_now());
	uri_free(uri);
	return rc ? rc : pxe_wait(place_done, p, 0);
}

uint16_t pxe_tftp_read_file(void *block)
{
	struct pxe_tftp_read_file *read = block;
	struct place p = { { .size = place_size, .at = place_at }, NULL, read->buffer, read->buffer_size };
	char url[URL_MAX];
	struct text_buffer t = { url, sizeof(url), 0 };
	int rc;

	if (!pxe_net())
		return PXENV_STATUS_UNDI_INVALID_STATE;
	if (!pxe_linear(read->buffer, read->buffer_size))
		return PXENV_STATUS_FAILURE;
	if (!pxe_tftp_url(&t, ip_of(read->server), 0, read->name, sizeof(read->name)))
		return PXENV_STATUS_TFTP_FILE_NOT_FOUND;
	rc = read_into(&p, url);
	if (p.download)
		read->buffer_size = (uint32_t)download_progress(p.download)->done_bytes;
	download_stop(p.download, pxe_now());
	if (rc == -ETIMEDOUT)
		return PXENV_STATUS_TFTP_OPEN_TIMEOUT;
	if (rc == -ENOMEM)                              /* a server that does not say how much there is */
		return PXENV_STATUS_BSTRAP_FILE_TOO_BIG;
	return rc ? pxe_status_of(rc, PXENV_STATUS_TFTP_CANNOT_READ_FROM_CONNECTION) : PXENV_STATUS_SUCCESS;
}

uint16_t pxe_tftp_get_fsize(void *block)
{
	struct pxe_tftp_get_fsize *get = block;
	struct file_stream *f;
	uint16_t status = open_name(&f, ip_of(get->server), 0, get->name);
	uint64_t bytes;

	if (status != PXENV_STATUS_SUCCESS)
		return status;
	if (!file_stream_size(f, &bytes) || bytes > UINT32_MAX)
		status = PXENV_STATUS_TFTP_NO_FILESIZE;
	else
		get->size = (uint32_t)bytes;
	file_stream_close(f, pxe_now());
	return status;
}
