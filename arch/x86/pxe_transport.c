/* SPDX-License-Identifier: BSD-2-Clause */
/* What the PXE API's TFTP, UDP and FILE calls share. See arch/x86/pxe_transport.h. */
#include "arch/x86/pxe_transport.h"

#include "core/pxe_params.h"
#include "arch/x86/pxe_state.h"
#include "arch/x86/pxe_wait.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/string.h"
#include "net/netif.h"

enum { OPEN_MS = 60000, READ_MS = 120000, BUFFER_LARGE = 128 << 10 };

struct net *pxe_net(void)
{
	struct netif *netif = pxe_netif();

	return netif && !pxe_state.undi_open ? netif->net : NULL;
}

uint16_t pxe_status_of(int rc, uint16_t other)
{
	switch (rc) {
	case -ENOENT:
		return PXENV_STATUS_TFTP_FILE_NOT_FOUND;
	case -EACCES:
		return PXENV_STATUS_TFTP_ACCESS_VIOLATION;
	case -EHOSTUNREACH:
		return PXENV_STATUS_TFTP_CANNOT_ARP_ADDRESS;
	case -EFBIG:
		return PXENV_STATUS_BSTRAP_FILE_TOO_BIG;
	case -ENOMEM: case -ENOBUFS:
		return PXENV_STATUS_OUT_OF_RESOURCES;
	case -EAGAIN: case -EINPROGRESS:
		return PXENV_STATUS_TFTP_OPEN;          /* as gPXE's callers know "would block" */
	default:
		return other;
	}
}

static int begun(void *context)
{
	return file_stream_begun(context);
}

int pxe_stream_open(struct file_stream **f, const char *url)
{
	size_t buffer = heap_largest_free() / 4 > BUFFER_LARGE ? BUFFER_LARGE : FILE_STREAM_BUFFER_MIN;
	struct uri *uri;
	int rc = uri_parse(url, &uri);

	*f = NULL;
	if (rc != 0)
		return rc;
	rc = file_stream_open(f, pxe_net(), uri, buffer, pxe_now());
	uri_free(uri);
	if (rc == 0)
		rc = pxe_wait(begun, *f, OPEN_MS);
	if (rc != 0) {
		file_stream_close(*f, pxe_now());
		*f = NULL;
	}
	return rc;
}

struct filling { struct file_stream *f; uint8_t *data; size_t len, done; };

static int fill(void *context)
{
	struct filling *filling = context;

	while (filling->done < filling->len) {
		int n = file_stream_read(filling->f, filling->data + filling->done, filling->len - filling->done);

		if (n == -EAGAIN)
			return -EINPROGRESS;
		if (n <= 0)
			return n;
		filling->done += (size_t)n;
	}
	return 0;
}

int pxe_stream_fill(struct file_stream *f, uint8_t *data, size_t len)
{
	struct filling filling = { f, data, len, 0 };
	int rc = pxe_wait(fill, &filling, READ_MS);

	return rc ? rc : (int)filling.done;
}

bool pxe_tftp_url(struct text_buffer *t, uint32_t ip, uint16_t port, const uint8_t *name, size_t size)
{
	size_t len = 0;

	while (len < size && name[len])
		len++;
	text_append(t, "tftp://%pI4", &ip);
	if (port)
		text_append(t, ":%u", port);
	text_append(t, "/");
	for (size_t i = 0; i < len; i++)
		if (name[i] == '/')
			text_append(t, "/");
		else
			uri_append_encoded(t, (const char *)name + i, 1);
	return len > 0 && (size_t)t->len < t->size;
}

void pxe_transport_end(void)
{
	pxe_tftp_end();
	pxe_udp_end();
	pxe_file_end();
}
