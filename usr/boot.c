/* SPDX-License-Identifier: BSD-2-Clause */
/* The way out. */
#include "usr/boot.h"

#include "config/features.h"
#include "core/clock.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "image/image.h"
#include "image/plan.h"
#include "net/net.h"
#include "usr/fetch.h"
#include "usr/script.h"
#include "usr/unpack.h"
#include "usr/wait.h"

/** By its bytes as they are; -ENOEXEC without fail() when no format knows them. */
static int recognise(struct image *image)
{
	for (const struct image_format *const *f = image_formats; *f; f++) {
		int rc = (*f)->probe(image);

		if (rc == 0)
			image->format = *f;
		if (rc != -ENOEXEC)
			return rc;
	}
	return -ENOEXEC;
}

int boot_recognise(struct image *image)
{
	int rc = recognise(image);

	if (rc != -ENOEXEC)
		return rc;
	return CONFIG_GZIP || CONFIG_XZ ? unpack_bootable(image, recognise) : image_not_bootable(image);
}

int boot_image(struct image *image)
{
	struct load_plan *plan;
	int rc;

	rc = image->format ? 0 : fetch_wait(NULL, 0, false);     /* unpacking takes the largest gap */
	if (rc == 0 && !image->format)
		rc = boot_recognise(image);
	if (rc != 0)
		return rc;
	if (image->format->script)
		return script_run_image(image);
	rc = fetch_wait(NULL, 0, false);
	if (rc != 0)
		return rc;
	plan = heap_alloc(sizeof(*plan));
	if (!plan)
		return -ENOMEM;
	plan_init(plan);
	rc = image->format->plan(image, plan);
	if (rc == 0) {
		print("Booting %s\n", image->name);
		net_shutdown(&the_net, clock_ms());
		rc = plan_execute(plan);
	}
	plan_free(plan);
	heap_free(plan);
	return rc;
}
