/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP requests: http_request_emit(). See net/http_parse.h. */
#include "config/general.h"
#include "core/cursor.h"
#include "core/printf.h"
#include "core/string.h"
#include "net/http_parse.h"

/* Text that counts on past the end of its buffer, so that the caller learns how much it needs. */
struct text { struct writer w; size_t len; };

static void put(struct text *t, const void *bytes, size_t len)
{
	wr_bytes(&t->w, bytes, len);
	t->len += len;
}

static void put_text(struct text *t, const char *s)
{
	put(t, s, strlen(s));
}

/** RFC 4648 4, of the first @a then ":" then @b. */
static void put_base64(struct text *t, const char *a, const char *b)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t a_len = strlen(a), len = a_len + 1 + strlen(b);

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = 0;
		char out[4];

		for (size_t j = i; j < i + 3; j++) {
			char c = j < a_len ? a[j] : j == a_len ? ':' : j < len ? b[j - a_len - 1] : '\0';

			bits = bits << 8 | (uint8_t)c;
		}
		for (unsigned j = 0; j < 4; j++)
			out[j] = i + j <= len ? digits[bits >> (18 - 6 * j) & 63] : '=';
		put(t, out, 4);
	}
}

/** "bytes=100-199", or "bytes=100-" when the end is unknown. */
static void put_range(struct text *t, const struct range *range, const char *etag)
{
	char line[80];

	text_format(line, sizeof(line), "Range: bytes=%llu-", (unsigned long long)range->start);
	put_text(t, line);
	if (range->end != RANGE_UNKNOWN) {
		text_format(line, sizeof(line), "%llu", (unsigned long long)range->end - 1);
		put_text(t, line);
	}
	put_text(t, "\r\n");
	if (etag && *etag) {                    /* RFC 9110 13.1.5: the part only if the file is still the same */
		put_text(t, "If-Range: ");
		put_text(t, etag);
		put_text(t, "\r\n");
	}
}

size_t http_request_emit(char *buf, size_t size, const struct uri *uri, uint16_t default_port, const struct range *range,
                         const char *etag)
{
	struct text t = { wr_init(buf, size), 0 };
	char port[8];

	put_text(&t, "GET ");                  /* core/uri has made path and query safe for this line */
	if (uri->path[0] != '/')
		put_text(&t, "/");
	put_text(&t, uri->path);
	if (uri->query) {
		put_text(&t, "?");
		put_text(&t, uri->query);
	}
	put_text(&t, " HTTP/1.1\r\nHost: ");
	put_text(&t, uri->host);
	if (uri->port && uri->port != default_port) {
		text_format(port, sizeof(port), ":%u", uri->port);
		put_text(&t, port);
	}
	put_text(&t, "\r\nUser-Agent: " CONFIG_PRODUCT_NAME "/" CONFIG_PRODUCT_VERSION "\r\nAccept-Encoding: identity\r\n"
	             "Connection: keep-alive\r\n");
	if (uri->user) {
		put_text(&t, "Authorization: Basic ");
		put_base64(&t, uri->user, uri->password ? uri->password : "");
		put_text(&t, "\r\n");
	}
	if (range->start || range->end != RANGE_UNKNOWN)
		put_range(&t, range, etag);
	put_text(&t, "\r\n");
	return t.len;
}
