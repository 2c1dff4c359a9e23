/* SPDX-License-Identifier: BSD-2-Clause */
/* One URL on its way into an image: its memory, its download, its digests.
 *
 * fetch_job_start() - fetch_job_poll() while rc is -EINPROGRESS - fetch_job_end(). After an error the job stays with its image, which holds
 * no bytes then, until that is freed. */
#ifndef USR_FETCH_JOB_H
#define USR_FETCH_JOB_H

#include "core/errors.h"
#include "image/image.h"
#include "net/download.h"
#include "usr/fetch.h"
#include "usr/progress.h"

struct fetch {
	struct list link;               /* fetch_jobs, in the order of the commands */
	struct image_source source;     /* image->source */
	struct image *image;
	struct uri *uri;
	struct fetch_options options;   /* its name is gone */
	enum { FETCH_WAITING /* for memory */, FETCH_LOADING, FETCH_CHECKING, FETCH_OVER } stage;
	int rc;                         /* -EINPROGRESS, 0, or the error */
	struct error_detail error;      /* what fail() said of it */
	/* The download. */
	struct sink sink;
	struct download *download;      /* of FETCH_LOADING */
	struct progress progress;
	bool unknown;                   /* its length, as far as was said */
	bool crowded;                   /* no room, but there may be when nobody owns the largest gap */
	/* What is shown of it. */
	char *shown;                    /* the URL without its password; on the heap */
	struct transfer transfer;
};

extern struct list fetch_jobs;

/** Begin to bring @uri (copied) into @image, which is empty. 0, and image->source is set; or an error. */
int fetch_job_start(struct image *image, const struct uri *uri, const struct fetch_options *options, uint32_t now_ms);
/** Go on. */
void fetch_job_poll(struct fetch *f, uint32_t now_ms);
/** Abort what is under way and free @f. Its image has what came. */
void fetch_job_end(struct fetch *f);
/** Words for what it waits for; "" while bytes come. */
const char *fetch_job_state(const struct fetch *f);
/** The job of @image, whose source is set. */
struct fetch *fetch_job_of(const struct image *image);

#endif
