/* SPDX-License-Identifier: BSD-2-Clause */
/* The packed formats of this build, and what they have in common: see core/unpack.h. */
#include "core/unpack.h"

#include "config/features.h"
#include "core/errors.h"
#include "core/heap.h"

const struct unpack_format *const unpack_formats[] = {
#if CONFIG_GZIP
	&gzip_format, &zlib_format,
#endif
#if CONFIG_XZ
	&xz_format,
#endif
	NULL
};

const struct unpack_format *unpack_recognise(const uint8_t *data, size_t len)
{
	const struct unpack_format *const *f = unpack_formats;

	while (*f && !(*f)->probe(data, len))
		f++;
	return *f;
}

uint64_t unpack_size(const struct unpack_format *format, const uint8_t *in, size_t in_len)
{
	return format->size ? format->size(in, in_len) : 0;
}

struct unpack *unpack_start(const struct unpack_format *format, const uint8_t *in, size_t in_len, uint8_t *out, size_t out_size)
{
	struct unpack *u = heap_zalloc(format->state_bytes);

	if (!u)
		return NULL;
	*u = (struct unpack){ .format = format, .in = in, .in_len = in_len, .out = out, .out_size = out_size };
	format->start(u);
	return u;
}

int unpack_run(struct unpack *u, size_t slice)
{
	return u->format->run(u, slice);
}

void unpack_stop(struct unpack *u)
{
	heap_free(u);
}

struct reader unpack_reader(const struct unpack *u, size_t max)
{
	size_t left = u->in_len - u->in_pos;

	return rd_init(u->in + u->in_pos, left < max ? left : max);
}

int unpack_damaged(const struct unpack *u, const char *what)
{
	return fail(-EPROTO, "%s %s at byte %llu of %llu", u->format->name, what, (unsigned long long)u->in_pos,
	            (unsigned long long)u->in_len);
}

int unpack_too_large(const struct unpack *u)
{
	return fail(-ENOMEM, "%s unpacks to more than %pK MiB", u->format->name, (void *)(uintptr_t)(u->out_size >> 10));
}
