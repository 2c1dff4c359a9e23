/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP requests: http_request_emit(). See net/http_parse.h. */
#include "config/features.h"
#include "config/general.h"
#include "core/printf.h"
#include "core/string.h"
#include "net/http_parse.h"

/** RFC 4648 4, of the first @a then ":" then @b. */
static void append_base64(struct text_buffer *t, const char *a, const char *b)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t a_len = strlen(a), len = a_len + 1 + strlen(b);

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = 0;

		for (size_t j = i; j < i + 3; j++) {
			char c = j < a_len ? a[j] : j == a_len ? ':' : j < len ? b[j - a_len - 1] : '\0';

			bits = bits << 8 | (uint8_t)c;
		}
		for (unsigned j = 0; j < 4; j++)
			text_append(t, "%c", i + j <= len ? digits[bits >> (18 - 6 * j) & 63] : '=');
	}
}

/** "bytes=100-199", or "bytes=100-" when the end is unknown. Asked for even when it is all: the answer tells whether parts can be had. */
static void append_range(struct text_buffer *t, const struct range *range, const char *validator)
{
	text_append(t, "\r\nRange: bytes=%llu-", (unsigned long long)range->start);
	if (range->end != RANGE_UNKNOWN)
		text_append(t, "%llu", (unsigned long long)range->end - 1);
	if (validator && *validator)            /* RFC 9110 13.1.5: the part only if the file is still the same */
		text_append(t, "\r\nIf-Range: %s", validator);
}

size_t http_request_emit(char *buf, size_t size, const struct uri *uri, uint16_t default_port, const struct range *range,
                         const char *validator)
{
	struct text_buffer t = { buf, size, 0 };

	/* core/uri has made path and query safe for this line */
	text_append(&t, "GET %s%s%s%s HTTP/1.1\r\nHost: %s", uri->path[0] == '/' ? "" : "/", uri->path, uri->query ? "?" : "",
	            uri->query ? uri->query : "", uri->host);
	if (uri->port && uri->port != default_port)
		text_append(&t, ":%u", uri->port);
	text_append(&t, "\r\nUser-Agent: " CONFIG_PRODUCT_NAME "/" CONFIG_PRODUCT_VERSION "\r\nAccept-Encoding: identity\r\n"
	                "Connection: keep-alive");
	if (uri->user) {
		text_append(&t, "\r\nAuthorization: Basic ");
		append_base64(&t, uri->user, uri->password ? uri->password : "");
	}
	if (CONFIG_RESUME)
		append_range(&t, range, validator);
	text_append(&t, "\r\n\r\n");
	return (size_t)t.len;
}
