/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacking images, slice by slice in the loop that waits. */
#include "usr/unpack.h"

#include "core/errors.h"
#include "core/unpack.h"
#include "image/image.h"
#include "image/mib.h"
#include "usr/progress.h"
#include "usr/wait.h"

#define SLICE 32768             /* bytes of output; some 20 ms of xz on a slow machine */
#define LEVELS_MAX 4            /* packed again and again */

struct unpack_job {
	const struct image *from;
	struct image *to;
	const struct unpack_options *options;
	const struct unpack_format *format;
	const uint8_t *in;
	struct unpack *unpack;
};

static int unpack_slice(void *context)
{
	return unpack_run(((struct unpack_job *)context)->unpack, SLICE);
}

static void unpack_draw(void *context)
{
	const struct unpack_job *job = context;

	progress_show("%s: unpacking %s, %u%%", job->from->name, job->format->name,
	              (unsigned)((uint64_t)job->unpack->in_pos * 100 / job->from->block.length));
}

/** Unpack to job->to, whose block is there. */
static int unpack_all(struct unpack_job *job)
{
	struct space_block *block = &job->to->block;
	struct waiting w = { unpack_slice, job, job->options->quiet ? NULL : unpack_draw, job->options->timeout_ms };
	uint32_t room = block->growing ? block->size - SPACE_HEADER_ROOM : block->length;
	int rc;

	job->unpack = unpack_start(job->format, job->in, job->from->block.length, space_at(block, 0, room), room);
	if (!job->unpack)
		return -ENOMEM;
	rc = wait_for(&w);
	progress_wipe();
	if (rc == -ETIMEDOUT)
		rc = fail(-ETIMEDOUT, "not unpacked after %u ms", (unsigned)job->options->timeout_ms);
	while (rc == 0 && block->growing && !space_settle(block, (uint32_t)job->unpack->out_pos))
		rc = wait_interrupted() ? -ECANCELED : 0;
	unpack_stop(job->unpack);
	return rc;
}

/** Find room and unpack. A size that is known is refused at once if there is no room for it; if it was not all, all the room there is will
 *  do. */
static int unpack_into(struct unpack_job *job)
{
	struct space_block *block = &job->to->block;
	uint64_t size = unpack_size(job->format, job->in, job->from->block.length);
	int rc = 0;

	if (size) {
		rc = space_alloc(block, size);
		if (rc == 0)
			rc = unpack_all(job);
		if (rc != -ENOMEM || !block->size)
			return rc;
		space_free(block);
	}
	rc = space_grow(block);
	return rc == 0 ? unpack_all(job) : rc;
}

int unpack_image(const struct image *image, const struct unpack_options *options, struct image **unpacked)
{
	struct unpack_job job = { .from = image, .options = options, .in = image_bytes(image, 0, image->block.length) };
	int rc;

	*unpacked = NULL;
	job.format = job.in ? unpack_recognise(job.in, image->block.length) : NULL;
	if (!job.format)
		return fail(-ENOEXEC, "%s is not packed in a way that is known here", image->name);
	job.to = image_alloc(options->name ? options->name : image->name, image->uri);
	rc = job.to ? image_set_arguments(job.to, image->arguments) : -ENOMEM;
	if (rc == 0)
		rc = unpack_into(&job);
	if (rc != 0) {
		image_free(job.to);
		return rc;
	}
	if (!options->quiet)
		progress_finish("%s: unpacked %s, " MIB, image->name, job.format->name, MIB_OF(job.to->block.length));
	*unpacked = job.to;
	return 0;
}

bool unpack_is_packed(const struct image *image)
{
	const uint8_t *data = image_bytes(image, 0, image->block.length);

	return data && unpack_recognise(data, image->block.length);
}

int unpack_bootable(struct image *image, int (*recognise)(struct image *image))
{
	static const struct unpack_options options = { .name = NULL };
	struct image *inner = image, *outer;
	int rc = -ENOEXEC;

	for (unsigned level = 0; rc == -ENOEXEC && level < LEVELS_MAX && unpack_is_packed(inner); level++) {
		outer = inner;
		rc = unpack_image(outer, &options, &inner);
		if (outer != image)
			image_free(outer);
		if (rc != 0)
			return rc;
		rc = recognise(inner);
	}
	if (rc == -ENOEXEC)
		rc = image_not_bootable(inner);
	if (rc == 0) {
		image->format = inner->format;
		space_take(&image->block, &inner->block);
	}
	if (inner != image)
		image_free(inner);
	return rc;
}
