/* SPDX-License-Identifier: BSD-2-Clause */
/* An image's digest, slice by slice in the loop that waits. */
#include "usr/digest.h"

#include "core/digest.h"
#include "core/errors.h"
#include "image/image.h"
#include "usr/progress.h"
#include "usr/wait.h"

#define SLICE 65536             /* bytes; some milliseconds on the slowest machine */

struct digest_job {
	const struct image *image;
	uint32_t done;
	struct digest digest;
};

static int digest_slice(void *context)
{
	struct digest_job *job = context;
	uint32_t len = job->image->block.length - job->done;
	const uint8_t *data;

	if (len > SLICE)
		len = SLICE;
	if (len) {
		data = image_bytes(job->image, job->done, len);
		if (!data)
			return fail(-EBUSY, "%s is not all there", job->image->name);
		digest_update(&job->digest, data, len);
		job->done += len;
	}
	return job->done < job->image->block.length ? -EINPROGRESS : 0;
}

static void digest_draw(void *context)
{
	const struct digest_job *job = context;

	progress_show("%s of %s: %u%%", job->digest.algorithm->name, job->image->name,
	              (unsigned)((uint64_t)job->done * 100 / job->image->block.length));
}

int digest_image(const struct image *image, const struct digest_algorithm *algorithm, uint8_t *value)
{
	struct digest_job job = { .image = image };
	struct waiting w = { digest_slice, &job, digest_draw, 0 };
	int rc;

	digest_init(&job.digest, algorithm);
	rc = wait_for(&w);
	progress_wipe();
	if (rc == 0)
		digest_final(&job.digest, value);
	return rc;
}
