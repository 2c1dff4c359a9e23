/* SPDX-License-Identifier: BSD-2-Clause */
/* Disk images of any contents and length, with any words: the shape that comes out makes a disk. A line of words; eight bytes for the length;
 * the first sector; and the rest, the volume descriptors from sector 16 on. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "image/disk_shape.h"

static void check(const struct disk_shape *s, uint64_t length)
{
	const struct disk_geometry *g = &s->geometry;

	if (s->offset >= length || !s->blocks || (s->blocks - 1) * s->block_bytes >= length - s->offset ||
	    s->blocks < (length - s->offset) / s->block_bytes)
		abort();
	if (s->kind == DISK_ANY || s->block_bytes != (s->kind == DISK_CD ? 2048 : 512) || !disk_shape_name(s))
		abort();
	if (s->kind != DISK_CD && (!g->cylinders || !g->heads || g->heads > 255 || !g->sectors || g->sectors > 63))
		abort();
}

/** The beginning of the image, in exactly as many bytes as it has. */
static uint8_t *start_of(const uint8_t *data, size_t size, size_t len)
{
	static uint8_t whole[DISK_START_BYTES];
	size_t first = size < 512 ? size : 512, rest = size - first;
	uint8_t *start = malloc(len ? len : 1);

	memset(whole, 0, sizeof whole);
	memcpy(whole, data, first);
	memcpy(whole + 16 * 2048, data + first, rest < 4096 ? rest : 4096);
	memcpy(start, whole, len);
	return start;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\n', size);
	struct disk_options options;
	struct disk_shape shape;
	uint64_t length, left;
	char words[300];
	uint8_t *start;
	int rc;

	if (!end || (size_t)(end - data) >= sizeof(words) || size - (size_t)(end + 1 - data) < 8)
		return 0;
	memcpy(words, data, (size_t)(end - data));
	words[end - data] = '\0';
	rc = disk_options_parse(&options, words);
	if (rc != 0 && rc != -EINVAL)
		abort();
	if (rc != 0)
		return 0;
	memcpy(&length, end + 1, 8);
	left = length > options.offset ? length - options.offset : 0;
	if (left > DISK_START_BYTES)
		left = DISK_START_BYTES;
	start = start_of(end + 9, size - (size_t)(end + 9 - data), (size_t)left);
	rc = disk_shape_find(start, (size_t)left, length, &options, &shape);
	if (rc == 0)
		check(&shape, length);
	else if (rc != -ENOEXEC && rc != -EPROTO && rc != -EINVAL && rc != -ENOTSUP)
		abort();
	free(start);
	return 0;
}
