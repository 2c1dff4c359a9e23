/* SPDX-License-Identifier: BSD-2-Clause */
/* Command: imgextract. */
#include "usr/commands.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "image/image.h"
#include "usr/fetch.h"
#include "usr/unpack.h"

enum { OPTION_NAME, OPTION_KEEP, OPTION_AUTOFREE, OPTION_TIMEOUT, OPTION_QUIET };
static const struct option extract_options[] = {
	{ 'n', "name", "NAME", "name the new image" },
	{ 'k', "keep", NULL, "keep the packed image, too" },
	{ 'a', "autofree", NULL, "free the new image when its own boot returns" },
	{ 't', "timeout", "MS", "give up after so many milliseconds" },
	{ 'q', "quiet", NULL, "show no progress" },
	{ 0 }
};

/** The name of what @name is the packed form of: without its last suffix. On the heap; NULL when out of memory. */
static char *name_inside(const char *name)
{
	char *inside = heap_strdup(name), *dot = inside ? strrchr(inside, '.') : NULL;

	if (dot && dot > inside)
		*dot = '\0';
	return inside;
}

/** Register @unpacked in the place of @image, or beside it. */
static int replace(const struct arguments *a, struct image *image, struct image *unpacked)
{
	bool keep = a->option[OPTION_KEEP] != NULL, same_name = strcmp(image->name, unpacked->name) == 0;
	bool selected = image->selected && !keep;
	int rc;

	unpacked->autofree = a->option[OPTION_AUTOFREE] || image->autofree;
	rc = image_register(unpacked);
	if (rc != 0)
		return rc;
	if (selected)
		image_select(unpacked);
	if (!keep && !same_name)
		image_free(image);
	return 0;
}

/** Unpack @image, once it is complete, to be called options->name. */
static int extract(const struct arguments *a, struct image *image, const struct unpack_options *options)
{
	struct image *unpacked;
	int rc = fetch_wait(image, 0, options->quiet);

	if (rc != 0)
		return rc;
	if (a->option[OPTION_KEEP] && strcmp(options->name, image->name) == 0)
		return fail(-EINVAL, "two images cannot both be called %s: use --name", image->name);
	rc = unpack_image(image, options, &unpacked);
	return rc == 0 ? replace(a, image, unpacked) : rc;
}

static int run_imgextract(const struct arguments *a)
{
	struct image *image = image_find(a->argv[0]);
	struct unpack_options options = { .quiet = a->option[OPTION_QUIET] != NULL };
	int rc = command_number(a, OPTION_TIMEOUT, &options.timeout_ms);
	char *name;

	if (rc == 0 && !image)
		rc = fail(-ENOENT, "no image \"%s\"", a->argv[0]);
	if (rc == 0)
		rc = fetch_wait(image, 0, options.quiet);
	if (rc != 0)
		return rc;
	name = name_inside(image->name);
	if (!name)
		return -ENOMEM;
	options.name = a->option[OPTION_NAME] ? a->option[OPTION_NAME] : name;
	rc = extract(a, image, &options);
	heap_free(name);
	return rc;
}
const struct command cmd_imgextract = {
	.name = "imgextract", .arguments = "image", .help = "Unpacks a gzip, zlib or xz image; it loses the last suffix of its name.",
	.options = extract_options, .min_args = 1, .max_args = 1, .run = run_imgextract,
};
