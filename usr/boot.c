/* SPDX-License-Identifier: BSD-2-Clause */
/* The way out. */
#include "usr/boot.h"

#include "config/features.h"
#include "core/clock.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/uri.h"
#include "image/image.h"
#include "image/plan.h"
#include "net/net.h"
#include "usr/disk.h"
#include "usr/fetch.h"
#include "usr/running.h"
#include "usr/script.h"
#include "usr/unpack.h"
#include "usr/wait.h"

#define PROGRAMS_MAX 8          /* that ask for one another */

/** By its bytes as they are; -ENOEXEC without fail() when no format knows them. Those that have no mark are asked when all others said no. */
static int recognise_by(struct image *image, bool unmarked)
{
	for (const struct image_format *const *f = image_formats; *f; f++) {
		int rc = (*f)->unmarked == unmarked ? (*f)->probe(image) : -ENOEXEC;

		if (rc == 0)
			image->format = *f;
		if (rc != -ENOEXEC)
			return rc;
	}
	return -ENOEXEC;
}

static int recognise(struct image *image)
{
	int rc = recognise_by(image, false);

	return rc == -ENOEXEC ? recognise_by(image, true) : rc;
}

int boot_recognise(struct image *image)
{
	int rc = recognise_by(image, false);

	if (rc == -ENOEXEC && (CONFIG_GZIP || CONFIG_XZ) && unpack_is_packed(image))
		return unpack_bootable(image, recognise);
	if (rc == -ENOEXEC)
		rc = recognise_by(image, true);
	return rc == -ENOEXEC ? image_not_bootable(image) : rc;
}

void boot_free_images(void)
{
	struct image *image;

	while ((image = image_next(NULL)) != NULL)
		image_free(image);
}

int boot_url(const char *url)
{
	static const struct fetch_options options;
	struct image *image;
	int rc = fetch_image(url, &options, &image);

	if (rc != 0)
		return rc;
	uri_free(fetch_set_base(image->uri));
	rc = boot_recognise(image);
	if (rc == 0)
		rc = boot_image(image);
	image_free(image);
	return rc;
}

/** A PXE program said which file is to run in its place. */
static int boot_next(const char *url)
{
	static unsigned programs;
	int rc;

	if (programs == PROGRAMS_MAX)
		return fail(-ELOOP, "%u programs started one another", PROGRAMS_MAX);
	programs++;
	rc = boot_url(url);
	programs--;
	return rc;
}

/** Call a PXE program. All memory but ours is its own: images are gone when it returns, also @image if it is registered. A program that has
 *  us call another is left for it. */
static int call_program(const struct image *image, const struct load_plan *plan)
{
	char *arguments = heap_strdup(image->arguments);
	const char *next = NULL;
	int rc = plan_leave(image->uri);

	if (rc != -ENOENT) {
		heap_free(arguments);
		return rc;
	}
	rc = arguments ? 0 : -ENOMEM;
	if (rc == 0 && script_lies_among_images())
		rc = fail(-EFBIG, "a script that runs is too long to be kept beside a program");
	if (rc == 0)
		rc = plan_place(plan);
	if (rc == 0) {
		print("Booting %s\n", image->name);
		boot_free_images();
		rc = plan_call(arguments, &next);
	}
	heap_free(arguments);
	return rc == 0 && next ? boot_next(next) : rc;
}

int boot_image(struct image *image)
{
	struct load_plan *plan;
	int rc;

	rc = image->format ? 0 : fetch_wait(NULL, 0, false);     /* unpacking takes the largest gap */
	if (rc == 0 && !image->format)
		rc = boot_recognise(image);
	if (CONFIG_CIRCLES && rc == 0)
		rc = running_check(image);
	if (rc != 0)
		return rc;
	if (image->format->script)
		return script_run_image(image);
	rc = fetch_wait(NULL, 0, false);
	if (rc != 0)
		return rc;
	if (CONFIG_DISKS && image->format->disk)
		return disk_boot_image(image);
	plan = heap_alloc(sizeof(*plan));
	if (!plan)
		return -ENOMEM;
	plan_init(plan);
	rc = CONFIG_DISKS ? disk_hide_memory() : 0;
	if (rc == 0)
		rc = image->format->plan(image, plan);
	if (CONFIG_PXE && rc == 0 && plan->call) {
		rc = call_program(image, plan);
	} else if (rc == 0) {
		print("Booting %s\n", image->name);
		if (!CONFIG_DISKS || !disk_wants_network())
			net_shutdown(&the_net, clock_ms());
		rc = plan_execute(plan);
	}
	plan_free(plan);
	heap_free(plan);
	return rc;
}
