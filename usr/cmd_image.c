/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands: kernel, initrd, boot (chain), imgargs, imgstat, imgfree. */
#include "usr/commands.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "image/image.h"
#include "usr/boot.h"
#include "usr/fetch.h"
#include "usr/shell.h"

enum { OPTION_NAME, OPTION_TIMEOUT, OPTION_QUIET, OPTION_AUTOFREE, OPTION_REPLACE };
#define FETCH_OPTIONS                                                   \
	{ 'n', "name", "NAME", "name the image" },                      \
	{ 't', "timeout", "MS", "give up after so many milliseconds" }, \
	{ 'q', "quiet", NULL, "show no progress" },                     \
	{ 'a', "autofree", NULL, "free the image when its own boot returns" }
static const struct option fetch_options[] = { FETCH_OPTIONS, { 0 } };
static const struct option boot_options[] = {
	FETCH_OPTIONS,
	{ 'r', "replace", NULL, "end the calling script, too" },
	{ 0 }
};

static int find_image(const char *name, struct image **image)
{
	*image = image_find(name);
	return *image ? 0 : fail(-ENOENT, "no image \"%s\"", name);
}

/** Fetch what the first word names, as a @module of the kernel or for itself. The new image is not registered. */
static int fetch(const struct arguments *a, bool module, struct image **image)
{
	struct fetch_options options = { .name = a->option[OPTION_NAME], .quiet = a->option[OPTION_QUIET] != NULL, .module = module };
	int rc = command_number(a, OPTION_TIMEOUT, &options.timeout_ms);

	*image = NULL;
	return rc != 0 ? rc : fetch_image(a->argv[0], &options, image);
}

/** Note that @image is to be freed after its boot, if that was asked for; another command may have asked before. */
static void note_autofree(const struct arguments *a, struct image *image)
{
	if (a->option[OPTION_AUTOFREE])
		image->autofree = true;
}

/** Make the words after the first @image's command line. */
static int set_arguments(struct image *image, int argc, char **argv)
{
	char *text = command_join(argc - 1, argv + 1);
	int rc = text ? image_set_arguments(image, text) : -ENOMEM;

	heap_free(text);
	return rc;
}

/** The image that the first word names: a registered one, or (@fetched) a new one, not registered, that can be booted. Words after it
 *  become its command line. */
static int acquire_bootable(const struct arguments *a, struct image **image, bool *fetched)
{
	int rc = 0;

	*image = fetch_is_absolute(a->argv[0]) ? NULL : image_find(a->argv[0]);
	*fetched = !*image;
	if (*fetched)
		rc = fetch(a, false, image);
	if (rc == 0 && !(*image)->format)
		rc = boot_recognise(*image);
	if (rc == 0 && (*fetched || a->argc > 1))
		rc = set_arguments(*image, a->argc, a->argv);
	if (rc != 0 && *fetched)
		image_free(*image);
	return rc;
}

static int run_kernel(const struct arguments *a)
{
	struct image *image;
	bool fetched;
	int rc = acquire_bootable(a, &image, &fetched);

	if (rc == 0 && fetched)
		rc = image_register(image);
	if (rc == 0) {
		note_autofree(a, image);
		image_select(image);
	}
	return rc;
}
const struct command cmd_kernel = {
	.name = "kernel", .alias = { "imgselect", "imgload" }, .arguments = "URL|image [argument...]",
	.help = "Fetches what boot will boot; the arguments are its command line.",
	.options = fetch_options, .min_args = 1, .max_args = -1, .raw = true, .run = run_kernel,
};

static int run_initrd(const struct arguments *a)
{
	struct image *image;
	int rc = fetch(a, true, &image);

	if (rc != 0)
		return rc;
	note_autofree(a, image);
	rc = set_arguments(image, a->argc, a->argv);
	if (rc == 0)
		return image_register(image);
	image_free(image);
	return rc;
}
const struct command cmd_initrd = {
	.name = "initrd", .alias = { "imgfetch", "module" }, .arguments = "URL [path in the initrd [mode=N] [mkdir=N]]",
	.help = "Fetches an initrd, or a file to be put in one.",
	.options = fetch_options, .min_args = 1, .max_args = -1, .raw = true, .run = run_initrd,
};

/** The image that boot without a name means. */
static int acquire_selected(struct image **image)
{
	*image = image_selected();
	return *image ? 0 : fail(-ENOENT, "no image is selected: use kernel, or name one");
}

static int run_boot(const struct arguments *a)
{
	struct image *image;
	bool ours = false;
	int rc = a->argc == 0 ? acquire_selected(&image) : acquire_bootable(a, &image, &ours);

	if (rc != 0)
		return rc;
	note_autofree(a, image);
	if (image->autofree) {
		list_remove(&image->link);
		ours = true;
	}
	rc = boot_image(image);
	if (ours)
		image_free(image);
	if (a->option[OPTION_REPLACE])
		shell_exit(rc);
	return rc;
}
const struct command cmd_boot = {
	.name = "boot", .alias = { "chain", "imgexec" }, .arguments = "[URL|image [argument...]]",
	.help = "Boots an image, or runs a script.",
	.options = boot_options, .max_args = -1, .raw = true, .run = run_boot,
};

static int run_imgargs(const struct arguments *a)
{
	struct image *image;
	int rc = find_image(a->argv[0], &image);

	return rc != 0 ? rc : set_arguments(image, a->argc, a->argv);
}
const struct command cmd_imgargs = {
	.name = "imgargs", .arguments = "image [argument...]", .help = "Replaces an image's command line.", .min_args = 1, .max_args = -1,
	.raw = true, .run = run_imgargs,
};

/** Do @action to each image named, up to the first wrong name, or to all. */
static int for_each_image(const struct arguments *a, void (*action)(struct image *image))
{
	struct image *image, *next;

	if (a->argc == 0)
		for (image = image_next(NULL); image; image = next) {
			next = image_next(image);
			action(image);
		}
	for (int i = 0; i < a->argc; i++) {
		int rc = find_image(a->argv[i], &image);

		if (rc != 0)
			return rc;
		action(image);
	}
	return 0;
}

static void show_image(struct image *image)
{
	print("%s: %u bytes%s%s%s%s%s%s\n", image->name, (unsigned)image->block.length, image->format ? " " : "",
	      image->format ? image->format->name : "", image->selected ? ", selected" : "",
	      *image->arguments ? " \"" : "", image->arguments, *image->arguments ? "\"" : "");
}

static int run_imgstat(const struct arguments *a)
{
	return for_each_image(a, show_image);
}
const struct command cmd_imgstat = {
	.name = "imgstat", .arguments = "[image...]", .help = "Lists images: those named, or all.", .max_args = -1, .run = run_imgstat,
};

static int run_imgfree(const struct arguments *a)
{
	return for_each_image(a, image_free);
}
const struct command cmd_imgfree = {
	.name = "imgfree", .arguments = "[image...]", .help = "Frees images: those named, or all.", .max_args = -1, .run = run_imgfree,
};
