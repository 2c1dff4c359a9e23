/* SPDX-License-Identifier: BSD-2-Clause */
/* A web server's file. See tests/sim/web.h. */
#include "tests/sim/web.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *web_header(const char *request, const char *name)
{
	static char value[512];
	size_t len = strlen(name);

	for (const char *line = strstr(request, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, name, len) == 0 && line[2 + len] == ':') {
			snprintf(value, sizeof value, "%.*s", (int)strcspn(line + 4 + len, "\r\n"), line + 4 + len);
			return value;
		}
	return NULL;
}

bool web_range(const char *request, uint64_t *start, uint64_t *end)
{
	const char *range = web_header(request, "Range");
	char *rest;

	if (!range || strncmp(range, "bytes=", 6) != 0)
		return false;
	*start = strtoull(range + 6, &rest, 10);
	*end = rest[1] ? strtoull(rest + 1, NULL, 10) + 1 : UINT64_MAX;
	return true;
}

/* RFC 9110 13.1.5: the part only if the validator is, byte by byte, the one there is. */
static bool still_same(const char *request, const struct web_file *f)
{
	const char *asked = web_header(request, "If-Range");

	return !asked || (f->etag && strcmp(asked, f->etag) == 0) || (f->modified && strcmp(asked, f->modified) == 0);
}

static void say_fields(struct server_connection *c, const struct web_file *f)
{
	if (f->etag)
		server_sayf(c, "ETag: %s\r\n", f->etag);
	if (f->modified)
		server_sayf(c, "Last-Modified: %s\r\n", f->modified);
	if (f->date)
		server_sayf(c, "Date: %s\r\n", f->date);
	if (f->closes)
		server_sayf(c, "Connection: close\r\n");
	server_sayf(c, "\r\n");
}

static size_t say_part(struct server_connection *c, struct web_file *f, uint64_t start, uint64_t end)
{
	uint64_t total = f->lie_total ? f->lie_total : f->size;
	size_t at;

	f->parts++;
	if (f->part_max && end - start > f->part_max)
		end = start + f->part_max;
	server_sayf(c, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64 "\r\nContent-Length: %" PRIu64
	               "\r\n", start + f->lie_start, end - 1 + f->lie_start, total, end - start);
	say_fields(c, f);
	at = c->data_len;
	server_say_file(c, f->seed, start, (size_t)(end - start));
	return at;
}

static size_t say_chunked(struct server_connection *c, struct web_file *f)
{
	size_t at;

	server_sayf(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n");
	say_fields(c, f);
	at = c->data_len;
	for (uint64_t done = 0; done < f->size; done += 4096) {
		size_t n = f->size - done < 4096 ? (size_t)(f->size - done) : 4096;

		server_sayf(c, "%zx\r\n", n);
		server_say_file(c, f->seed, done, n);
		server_sayf(c, "\r\n");
	}
	server_sayf(c, "0\r\n\r\n");
	return at;
}

static size_t say_whole(struct server_connection *c, struct web_file *f)
{
	size_t at;

	f->wholes++;
	if (f->chunked)
		return say_chunked(c, f);
	server_sayf(c, "HTTP/1.1 200 OK\r\nContent-Length: %" PRIu64 "\r\n", f->lie_length ? f->lie_length : f->size);
	say_fields(c, f);
	at = c->data_len;
	server_say_file(c, f->seed, 0, (size_t)f->size);
	return at;
}

size_t web_answer(struct server_connection *c, const char *request, struct web_file *f)
{
	uint64_t start, end;
	size_t at;

	if (f->no_ranges || f->chunked || !web_range(request, &start, &end) || !still_same(request, f)) {
		at = say_whole(c, f);
	} else if (start >= f->size) {
		f->refused++;
		server_sayf(c, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */%" PRIu64 "\r\nContent-Length: 0\r\n\r\n", f->size);
		at = c->data_len;
	} else {
		at = say_part(c, f, start, end < f->size ? end : f->size);
	}
	c->close_after |= f->closes;
	return at;
}

void web_break(struct server_connection *c, size_t at, enum web_break how)
{
	switch (how) {
	case WEB_RESET:
		c->reset_at = (int64_t)at;
		break;
	case WEB_STALL:
		c->stall_at = (int64_t)at;
		break;
	case WEB_CLOSE:
		c->data_len = at < c->data_len ? at : c->data_len;
		c->close_after = true;
	}
}

void web_kill(struct sim_server *server)
{
	for (unsigned i = 0; i < SIM_SERVER_CONNECTIONS; i++)
		if (server->connection[i].state != SERVER_FREE)
			server_reset(&server->connection[i]);
}
