/* SPDX-License-Identifier: BSD-2-Clause */
/* The FILE extension of the PXE API, as gPXE brought it up: files by URL (http://, tftp://), several at a time, and our own shell.
 *
 * FILE_OPEN waits until the server has begun to send. FILE_READ never waits: while nothing is here it fails with TFTP_OPEN, which its
 * callers know as "ask again"; 0 bytes are the end. FILE_EXIT_HOOK is not for programs that return, and not in the table. */
#include "arch/x86/pxe_transport.h"

#include "arch/x86/pxe_memory.h"
#include "core/pxe_params.h"
#include "arch/x86/pxe_wait.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "usr/shell.h"

enum { FILES = 8, TEXT_MAX = 4096, FUNCTIONS = 0x17f /* FILE_OPEN to FILE_API_CHECK, and FILE_CMDLINE: by opcode */ };

static struct file_stream *files[FILES];        /* by handle less one */
static char *cmdline;

/** A caller's text, copied; NULL with *@rc when it has no end where it may be, or no memory is left. */
static char *copy_text(struct pxe_far at, uint16_t *status)
{
	uint32_t room = pxe_real_room(at.segment, at.offset, TEXT_MAX), len = 0;
	const char *text = room ? pxe_real(at.segment, at.offset, room) : NULL;
	char *copy;

	*status = PXENV_STATUS_FAILURE;
	while (text && len < room && text[len])
		len++;
	if (!text || len == room)
		return NULL;
	*status = PXENV_STATUS_OUT_OF_RESOURCES;
	copy = heap_alloc(len + 1);
	if (copy)
		memcpy(copy, text, len + 1);
	return copy;
}

static struct file_stream *file_of(uint16_t handle)
{
	return handle >= 1 && handle <= FILES ? files[handle - 1] : NULL;
}

void pxe_file_end(void)
{
	for (unsigned i = 0; i < FILES; i++) {
		file_stream_close(files[i], pxe_now());
		files[i] = NULL;
	}
}

uint16_t pxe_file_open(void *block)
{
	struct pxe_file_open *open = block;
	uint16_t status, i = 0;
	char *url;
	int rc;

	while (i < FILES && files[i])
		i++;
	if (!pxe_net())
		return PXENV_STATUS_UNDI_INVALID_STATE;
	if (i == FILES)
		return PXENV_STATUS_OUT_OF_RESOURCES;
	if (!(url = copy_text(open->name, &status)))
		return status;
	rc = pxe_stream_open(&files[i], url);
	heap_free(url);
	if (rc == -ETIMEDOUT)
		return PXENV_STATUS_TFTP_OPEN_TIMEOUT;
	if (rc != 0)
		return pxe_status_of(rc, PXENV_STATUS_TFTP_CANNOT_OPEN_CONNECTION);
	open->handle = (uint16_t)(i + 1);
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_file_close(void *block)
{
	const struct pxe_file_close *close = block;
	struct file_stream *f = file_of(close->handle);

	if (!f)
		return PXENV_STATUS_TFTP_CLOSED;
	file_stream_close(f, pxe_now());
	files[close->handle - 1] = NULL;
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_file_select(void *block)
{
	struct pxe_file_select *select = block;
	struct file_stream *f = file_of(select->handle);

	if (!f)
		return PXENV_STATUS_TFTP_CLOSED;
	if (!pxe_net())
		return PXENV_STATUS_UNDI_INVALID_STATE;
	pxe_poll();
	select->ready = file_stream_ready(f) ? PXE_READY_READ : 0;
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_file_read(void *block)
{
	struct pxe_file_read *read = block;
	struct file_stream *f = file_of(read->handle);
	uint8_t *data = pxe_real(read->buffer.segment, read->buffer.offset, read->buffer_size);
	int n;

	if (!f)
		return PXENV_STATUS_TFTP_CLOSED;
	if (!pxe_net())
		return PXENV_STATUS_UNDI_INVALID_STATE;
	if (!data || !read->buffer_size)
		return PXENV_STATUS_FAILURE;
	pxe_poll();
	n = file_stream_read(f, data, read->buffer_size);
	if (n < 0)
		return pxe_status_of(n, PXENV_STATUS_TFTP_CANNOT_READ_FROM_CONNECTION);
	read->buffer_size = (uint16_t)n;
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_file_size(void *block)
{
	struct pxe_get_file_size *get = block;
	const struct file_stream *f = file_of(get->handle);
	uint64_t bytes;

	if (!f)
		return PXENV_STATUS_TFTP_CLOSED;
	if (!file_stream_size(f, &bytes) || bytes > UINT32_MAX)
		return PXENV_STATUS_TFTP_NO_FILESIZE;
	get->size = (uint32_t)bytes;
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_file_exec(void *block)
{
	const struct pxe_file_exec *exec = block;
	uint16_t status;
	char *line;
	int rc;

	if (!pxe_net())
		return PXENV_STATUS_UNDI_INVALID_STATE;
	line = copy_text(exec->command, &status);
	if (!line)
		return status;
	rc = shell_run_line(line, LINE_FPXE);
	if (shell_exiting())
		rc = shell_exit_done();         /* there is no shell around it */
	heap_free(line);
	return rc == 0 ? PXENV_STATUS_SUCCESS : PXENV_STATUS_FAILURE;
}

uint16_t pxe_file_api_check(void *block)
{
	struct pxe_file_api_check *check = block;

	if (check->magic != PXE_FILE_MAGIC_ASKED)
		return PXENV_STATUS_BAD_FUNC;
	if (check->size < sizeof(*check))
		return PXENV_STATUS_OUT_OF_RESOURCES;
	check->size = sizeof(*check);
	check->magic = PXE_FILE_MAGIC_ANSWERED;
	check->provider = PXE_FILE_PROVIDER;
	check->functions = FUNCTIONS;
	check->flags = 0;
	return PXENV_STATUS_SUCCESS;
}

void pxe_file_set_cmdline(const char *line)
{
	heap_free(cmdline);
	cmdline = line ? heap_strdup(line) : NULL;
}

uint16_t pxe_file_cmdline(void *block)
{
	struct pxe_file_cmdline *get = block;
	size_t len = cmdline ? strlen(cmdline) + 1 : 0, copied = len < get->buffer_size ? len : get->buffer_size;
	char *to = pxe_real(get->buffer.segment, get->buffer.offset, (uint32_t)copied);

	if (!to)
		return PXENV_STATUS_FAILURE;
	if (copied)
		memcpy(to, cmdline, copied);
	get->buffer_size = (uint16_t)len;               /* so that the caller knows how much there is */
	return PXENV_STATUS_SUCCESS;
}
