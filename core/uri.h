/* SPDX-License-Identifier: BSD-2-Clause */
/* URIs (RFC 3986), split into parts that are decoded once, here.
 *
 * uri_parse() allocates; uri_free() gives back. Strings are NUL-terminated and never NULL unless said. A path keeps its escapes
 * (it is sent as it was written); user, password and host are decoded. Control characters, spaces in host, port 0 or above 65535
 * and bad escapes are refused. */
#ifndef CORE_URI_H
#define CORE_URI_H

#include <stddef.h>
#include <stdint.h>

struct uri {
	char *scheme;      /* lower case; "" in a relative reference */
	char *user;        /* NULL when absent */
	char *password;    /* NULL when absent */
	char *host;        /* "" when absent */
	uint16_t port;     /* 0 when absent: the scheme's default */
	char *path;        /* with leading '/', or relative; "" when absent */
	char *query;       /* without '?'; NULL when absent */
	char *fragment;    /* without '#'; NULL when absent */
};

/** Parse @text; on success *@uri is the caller's, to be freed. -EINVAL (with fail()) says what is wrong; -ENOMEM. */
int uri_parse(const char *text, struct uri **uri);
/** Resolve @reference against @base by RFC 3986 5.2 (dot segments removed). Result as for uri_parse(). */
int uri_resolve(const struct uri *base, const char *reference, struct uri **uri);
/** Write the whole URI, the password as "***" when @hide_password; returns the full length like text_format(). */
int uri_format(const struct uri *uri, char *buf, size_t size, int hide_password);
struct text_buffer;
/** Append @len bytes of @text, those that are not unreserved as escapes. */
void uri_append_encoded(struct text_buffer *t, const char *text, size_t len);
/** The last path segment without its query, pointing into @uri->path; "" when the path ends in '/'. */
const char *uri_filename(const struct uri *uri);
struct uri *uri_copy(const struct uri *uri);      /* NULL when out of memory */
void uri_free(struct uri *uri);                   /* NULL is allowed */

#endif
