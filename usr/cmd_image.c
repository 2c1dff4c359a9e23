/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands: kernel, initrd, boot (chain), imgwait, imgargs, imgstat, imgfree. */
#include "usr/commands.h"

#include "config/features.h"
#include "core/clock.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "image/disk.h"
#include "image/image.h"
#include "usr/boot.h"
#include "usr/fetch.h"
#include "usr/shell.h"
#include "usr/unpack.h"

enum { WAIT_TIMEOUT, WAIT_QUIET };
enum { OPTION_NAME, OPTION_TIMEOUT, OPTION_QUIET, OPTION_AUTOFREE, OPTION_BACKGROUND, OPTION_REPLACE = OPTION_BACKGROUND, OPTION_DIGESTS };
#define FETCH_OPTIONS                                                   \
	{ 'n', "name", "NAME", "name the image" },                      \
	{ 't', "timeout", "MS", "give up after so many milliseconds" }, \
	{ 'q', "quiet", NULL, "show no progress" },                     \
	{ 'a', "autofree", NULL, "free the image when its own boot returns" }
/* The last of a table: without CONFIG_DIGESTS the first of them ends it. */
#define DIGEST_OPTIONS                                                  \
	{ 0, CONFIG_DIGESTS ? "sha256" : NULL, "HEX", "refuse a file with another digest" }, \
	{ 0, "sha1", "HEX", "the same by SHA-1" },                      \
	{ 0, "md5", "HEX", "the same by MD5" },
static const struct option fetch_options[] = {
	FETCH_OPTIONS,
	{ 'B', "background", NULL, "do not wait: imgwait and boot do" },
	DIGEST_OPTIONS
	{ 0 }
};
static const struct option boot_options[] = {
	FETCH_OPTIONS,
	{ 'r', "replace", NULL, "end the calling script, too" },
	DIGEST_OPTIONS
	{ 0 }
};

static int find_image(const char *name, struct image **image)
{
	*image = image_find(name);
	return *image ? 0 : fail(-ENOENT, "no image \"%s\"", name);
}

/** Note what digests the file is to have. */
static int expect_digests(const struct arguments *a, struct expect *expect)
{
	int rc = 0;

	for (unsigned i = OPTION_DIGESTS; rc == 0 && fetch_options[i].name; i++)
		if (a->option[i])
			rc = expect_add(expect, fetch_options[i].name, a->option[i]);
	return rc;
}

/** Fetch what the first word names by @options, to which the command's are added. The new image is not registered. */
static int fetch(const struct arguments *a, struct fetch_options *options, struct image **image)
{
	int rc = command_number(a, OPTION_TIMEOUT, &options->timeout_ms);

	*image = NULL;
	options->name = a->option[OPTION_NAME];
	options->quiet = a->option[OPTION_QUIET] != NULL;
	if (CONFIG_DIGESTS && rc == 0)
		rc = expect_digests(a, &options->expect);
	return rc != 0 ? rc : fetch_image(a->argv[0], options, image);
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

/** The image that the first word names: a registered one, whose bytes are waited for, or (@fetched) a new one, not registered. */
static int acquire(const struct arguments *a, struct fetch_options *options, struct image **image, bool *fetched)
{
	*image = fetch_is_absolute(a->argv[0]) ? NULL : image_find(a->argv[0]);
	*fetched = !*image;
	return *fetched ? fetch(a, options, image) : fetch_wait(*image, 0, a->option[OPTION_QUIET] != NULL);
}

/** The same of one that can be booted; in the @background that will be seen. Words after the first become its command line. */
static int acquire_bootable(const struct arguments *a, bool background, struct image **image, bool *fetched)
{
	struct fetch_options options = { .background = background, .bootable = true };
	int rc = acquire(a, &options, image, fetched);

	if (rc == 0 && !(*image)->format && !(*image)->source)
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
	int rc = acquire_bootable(a, a->option[OPTION_BACKGROUND] != NULL, &image, &fetched);

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
	struct fetch_options options = { .module = true, .background = a->option[OPTION_BACKGROUND] != NULL };
	struct image *image;
	int rc = fetch(a, &options, &image);

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

/** Whatever is no packed file is a disk, if the user says so. */
static int take_for_disk(struct image *image)
{
	if ((CONFIG_GZIP || CONFIG_XZ) && unpack_is_packed(image))
		return -ENOEXEC;
	image->format = &disk_format;
	return 0;
}

static int run_memdisk(const struct arguments *a)
{
	struct image *image;
	bool fetched;
	int rc = acquire(a, &(struct fetch_options){ .name = NULL }, &image, &fetched);

	if (rc != 0)
		return rc;
	image->format = NULL;
	rc = take_for_disk(image);
	if (rc == -ENOEXEC)
		rc = unpack_bootable(image, take_for_disk);
	if (rc == 0)
		rc = set_arguments(image, a->argc, a->argv);
	if (rc == 0)
		rc = boot_image(image);
	if (fetched)
		image_free(image);
	return rc;
}
const struct command cmd_memdisk = {
	.name = "memdisk", .arguments = "URL|image [iso] [floppy[=N]] [harddisk[=N]] [c=N] [h=N] [s=N] [offset=N] [ro] [noedd]",
	.help = "Boots a disk image from memory: a CD, floppy or hard disk, by its contents or as the words say.",
	.options = boot_options, .min_args = 1, .max_args = -1, .raw = true, .run = run_memdisk,
};

/** The image that boot without a name means. What is under way may turn out to be it. */
static int acquire_selected(struct image **image, bool quiet)
{
	int rc = 0;

	*image = image_selected();
	if (!*image || (*image)->source)
		rc = fetch_wait(NULL, 0, quiet);
	if (rc != 0)
		return rc;
	*image = image_selected();
	return *image ? 0 : fail(-ENOENT, "no image is selected: use kernel, or name one");
}

static int run_boot(const struct arguments *a)
{
	struct image *image;
	bool ours = false;
	int rc;

	if (a->argc == 0)
		rc = acquire_selected(&image, a->option[OPTION_QUIET] != NULL);
	else
		rc = acquire_bootable(a, false, &image, &ours);
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

/** Wait for the images named, one by one, or for all; for @timeout_ms (0: any time) together. */
static int wait_for_images(const struct arguments *a, uint32_t timeout_ms, bool quiet)
{
	uint32_t start_ms = clock_ms();
	struct image *image;
	int rc = 0;

	if (a->argc == 0)
		return fetch_wait(NULL, timeout_ms, quiet);
	for (int i = 0; rc == 0 && i < a->argc; i++) {
		uint32_t spent_ms = clock_ms() - start_ms;

		rc = find_image(a->argv[i], &image);
		if (rc == 0)
			rc = fetch_wait(image, timeout_ms && spent_ms < timeout_ms ? timeout_ms - spent_ms : timeout_ms != 0, quiet);
	}
	return rc;
}

static int run_imgwait(const struct arguments *a)
{
	uint32_t timeout_ms = 0;
	int rc = CONFIG_BACKGROUND ? command_number(a, WAIT_TIMEOUT, &timeout_ms) : 0;

	return !CONFIG_BACKGROUND ? 0 : rc != 0 ? rc : wait_for_images(a, timeout_ms, a->option[WAIT_QUIET] != NULL);
}
static const struct option imgwait_options[] = {
	{ 't', "timeout", "MS", "give up after so many milliseconds" },
	{ 'q', "quiet", NULL, "show no progress" },
	{ 0 }
};
const struct command cmd_imgwait = {
	.name = "imgwait", .arguments = "[image...]", .help = "Waits for images fetched in the background: those named, or all.",
	.options = imgwait_options, .max_args = -1, .run = run_imgwait,
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
	char state[ERROR_DETAIL_MAX + 100];

	if (CONFIG_BACKGROUND && image->source)
		fetch_describe(image, state, sizeof(state));
	else
		text_format(state, sizeof(state), "%u bytes%s%s", (unsigned)image->block.length, image->format ? " " : "",
			    image->format ? image->format->name : "");
	print("%s: %s%s%s%s%s\n", image->name, state, image->selected ? ", selected" : "",
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
