/* SPDX-License-Identifier: BSD-2-Clause */
/* URIs (see core/uri.h): parsing into one block of memory, resolving, writing.
 *
 * A path, query or fragment is kept as it was written, but for a space or a byte that is not ASCII: those become escapes, so that
 * the text can stand in a request line. User, password and host are decoded; a host has only the characters of names and addresses. */
#include "core/uri.h"

#include <stdbool.h>
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/string.h"

/* A URI being taken apart: from @in to the strings that are laid one behind the other at @out. */
struct parser {
	const char *in;
	char *out;
	const char *wrong;      /* what is wrong with it, or NULL */
};

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/** RFC 3986 2.3: unreserved */
static bool is_unreserved(char c)
{
	return is_letter(c) || text_is_digit(c) || (c && strchr("-._~", c));
}

/** Lay down the text up to @end decoded. */
static char *take_decoded(struct parser *p, const char *end)
{
	char *start = p->out;

	while (p->in < end) {
		int c = (unsigned char)*p->in;

		if (c == '%') {
			c = end - p->in < 3 ? -1 : text_escape(p->in);
			if (c <= 0)             /* %00 would end the string */
				p->wrong = "bad escape";
			p->in += 2;
		}
		p->in++;
		*p->out++ = (char)c;
	}
	p->in = end;
	*p->out++ = '\0';
	return start;
}

/** Lay down the text up to @end as it is, escapes checked, other than printable ASCII escaped. */
static char *take_raw(struct parser *p, const char *end)
{
	char *start = p->out;

	for (; p->in < end; p->in++) {
		if (*p->in == '%' && text_escape(p->in) < 0)
			p->wrong = "bad escape";
		if (*p->in > ' ' && *p->in <= '~')
			*p->out++ = *p->in;
		else
			p->out += text_format(p->out, 4, "%%%02X", (unsigned char)*p->in);
	}
	*p->out++ = '\0';
	return start;
}

/** The first of @stops at or after @s, before @end, or @end. */
static const char *find_any(const char *s, const char *end, const char *stops)
{
	while (s < end && !strchr(stops, *s))
		s++;
	return s;
}

/** RFC 3986 3.1: a letter, then letters, digits, + - . up to a colon; else there is none. */
static char *take_scheme(struct parser *p)
{
	const char *end = p->in;
	char *scheme = p->out;

	while (is_letter(*end) || (end > p->in && (text_is_digit(*end) || (*end && strchr("+-.", *end)))))
		end++;
	if (*end == ':' && end > p->in) {
		for (; p->in < end; p->in++)
			*p->out++ = is_letter(*p->in) ? *p->in | 0x20 : *p->in;
		p->in++;
	}
	*p->out++ = '\0';
	return scheme;
}

static bool host_is_valid(const char *host, bool bracketed)
{
	for (; *host; host++)
		if (!is_unreserved(*host) && !(bracketed && *host == ':'))
			return false;
	return true;
}

/** The port behind @p->in's colon, if any, up to @end. */
static uint16_t take_port(struct parser *p, const char *end)
{
	uint32_t port = 0;

	if (p->in == end)
		return 0;
	if (*p->in != ':')
		p->wrong = "bad host name";
	else if (p->in + 1 < end && (text_digits(p->in + 1, 10, &port) != end || port < 1 || port > 65535))
		p->wrong = "a port is 1 to 65535";
	p->in = end;
	return (uint16_t)port;
}

/** RFC 3986 3.2: [user[:password]@]host[:port] up to @end. The last @ counts: passwords are seen with one. */
static void take_authority(struct parser *p, const char *end, struct uri *uri)
{
	const char *at = NULL;
	bool bracketed;

	for (const char *s = p->in; s < end; s++)
		if (*s == '@')
			at = s;
	if (at) {
		const char *colon = find_any(p->in, at, ":");

		uri->user = take_decoded(p, colon);
		if (colon < at) {
			p->in++;
			uri->password = take_decoded(p, at);
		}
		p->in = at + 1;
	}
	bracketed = p->in < end && *p->in == '[';
	if (bracketed) {
		p->in++;
		uri->host = take_decoded(p, find_any(p->in, end, "]"));
		if (p->in == end)
			p->wrong = "bad host name";
		else
			p->in++;
	} else {
		uri->host = take_decoded(p, find_any(p->in, end, ":"));
	}
	if (!host_is_valid(uri->host, bracketed))
		p->wrong = "bad host name";
	uri->port = take_port(p, end);
	if (!*uri->host && (uri->user || uri->port))
		p->wrong = "no host";
}

/** Everything, in the order in which it is written (RFC 3986 appendix B). */
static void take_uri(struct parser *p, struct uri *uri)
{
	const char *end = p->in + strlen(p->in);

	for (const char *s = p->in; s < end; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			p->wrong = "control character";
	uri->scheme = take_scheme(p);
	uri->host = p->out;
	*p->out++ = '\0';
	if (p->in[0] == '/' && p->in[1] == '/') {
		p->in += 2;
		take_authority(p, find_any(p->in, end, "/?#"), uri);
	}
	uri->path = take_raw(p, find_any(p->in, end, "?#"));
	if (*p->in == '?') {
		p->in++;
		uri->query = take_raw(p, find_any(p->in, end, "#"));
	}
	if (*p->in == '#') {
		p->in++;
		uri->fragment = take_raw(p, end);
	}
}

int uri_parse(const char *text, struct uri **uri)
{
	/* Each byte may become an escape of three; each of the seven strings has a NUL, and the host may be laid down twice. */
	struct uri *u = heap_zalloc(sizeof(*u) + 3 * strlen(text) + 8);
	struct parser p = { text, (char *)(u + 1), NULL };

	if (!u)
		return -ENOMEM;
	take_uri(&p, u);
	if (p.wrong) {
		heap_free(u);
		return fail(-EINVAL, "malformed URL: %s", p.wrong);
	}
	*uri = u;
	return 0;
}

/** RFC 3986 5.2.4, in place. */
static void remove_dot_segments(char *path)
{
	char *in = path, *out = path;

	while (*in) {
		bool slash = *in == '/';
		char *name = in + slash, *end = name;
		size_t len;

		while (*end && *end != '/')
			end++;
		len = (size_t)(end - name);
		if (len && len <= 2 && name[0] == '.' && name[len - 1] == '.') {
			if (len == 2)
				while (out > path && *--out != '/')
					;
			if (slash && !*end)
				*out++ = '/';   /* "/a/.." is a folder */
			in = end + (!slash && *end);
			continue;
		}
		len = (size_t)(end - in);
		memmove(out, in, len);
		out += len;
		in = end;
	}
	*out = '\0';
}

/** RFC 3986 5.2.3: @reference in the folder of @base's path; on the heap. */
static char *merge_paths(const struct uri *base, const char *reference)
{
	const char *slash = strrchr(base->path, '/');
	size_t folder = slash ? (size_t)(slash + 1 - base->path) : 0;
	size_t size = folder + strlen(reference) + 2;
	char *path = heap_alloc(size);

	if (path)
		text_format(path, size, "%.*s%s%s", (int)folder, base->path, *base->host && !*base->path ? "/" : "", reference);
	return path;
}

/** RFC 3986 5.2.2. @parts borrows its strings from @base and @ref; *@path, if set, is one of its own. */
static int resolve_parts(const struct uri *base, const struct uri *ref, struct uri *parts, char **path)
{
	*parts = *ref;
	if (*ref->scheme)
		goto own_path;
	parts->scheme = base->scheme;
	if (*ref->host)
		goto own_path;
	parts->user = base->user;
	parts->password = base->password;
	parts->host = base->host;
	parts->port = base->port;
	if (!*ref->path) {
		parts->path = base->path;
		if (!ref->query)
			parts->query = base->query;
		return 0;
	}
	if (*ref->path != '/') {
		*path = merge_paths(base, ref->path);
		goto have_path;
	}
own_path:
	*path = heap_strdup(ref->path);
have_path:
	if (!*path)
		return -ENOMEM;
	remove_dot_segments(*path);
	parts->path = *path;
	return 0;
}

/** A URI of its own with the parts of @parts, by way of its text. */
static int reparse(const struct uri *parts, struct uri **uri)
{
	size_t size = (size_t)uri_format(parts, NULL, 0, 0) + 1;
	char *text = heap_alloc(size);
	int rc;

	if (!text)
		return -ENOMEM;
	uri_format(parts, text, size, 0);
	rc = uri_parse(text, uri);
	heap_free(text);
	return rc;
}

int uri_resolve(const struct uri *base, const char *reference, struct uri **uri)
{
	struct uri *ref, parts;
	char *path = NULL;
	int rc = uri_parse(reference, &ref);

	if (rc)
		return rc;
	rc = resolve_parts(base, ref, &parts, &path);
	if (rc == 0)
		rc = reparse(&parts, uri);
	heap_free(path);
	uri_free(ref);
	return rc;
}

struct uri *uri_copy(const struct uri *uri)
{
	struct uri *copy;

	return reparse(uri, &copy) == 0 ? copy : NULL;
}

void uri_free(struct uri *uri)
{
	heap_free(uri);
}

void uri_append_encoded(struct text_buffer *t, const char *text, size_t len)
{
	for (; len; len--, text++)
		text_append(t, is_unreserved(*text) ? "%c" : "%%%02X", (unsigned char)*text);
}

/** @before and @part, unless that is NULL. */
static void append_part(struct text_buffer *t, const char *before, const char *part)
{
	if (part)
		text_append(t, "%s%s", before, part);
}

int uri_format(const struct uri *uri, char *buf, size_t size, int hide_password)
{
	struct text_buffer t = { buf, size, 0 };
	bool authority = *uri->host || (uri->path[0] == '/' && uri->path[1] == '/');
	bool bracketed = strchr(uri->host, ':') != NULL;

	text_append(&t, "%s%s%s", uri->scheme, *uri->scheme ? ":" : "", authority ? "//" : "");
	if (uri->user)
		uri_append_encoded(&t, uri->user, strlen(uri->user));
	if (uri->password) {
		append_part(&t, ":", hide_password ? "***" : "");
		if (!hide_password)
			uri_append_encoded(&t, uri->password, strlen(uri->password));
	}
	text_append(&t, bracketed ? "%s[%s]" : "%s%s", uri->user ? "@" : "", uri->host);
	if (uri->port)
		text_append(&t, ":%u", uri->port);
	append_part(&t, "", uri->path);
	append_part(&t, "?", uri->query);
	append_part(&t, "#", uri->fragment);
	return t.len;
}

const char *uri_filename(const struct uri *uri)
{
	const char *slash = strrchr(uri->path, '/');

	return slash ? slash + 1 : uri->path;
}
