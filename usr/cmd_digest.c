/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands: sha256sum, sha1sum, md5sum. */
#include "usr/commands.h"

#include "core/digest.h"
#include "core/errors.h"
#include "core/printf.h"
#include "core/settings.h"
#include "image/image.h"
#include "usr/digest.h"
#include "usr/fetch.h"

enum { OPTION_SET };
static const struct option digest_options[] = {
	{ 's', "set", "SETTING", "store it there and print nothing" },
	{ 0 }
};

/** Print the digest of the image called @name, once it is complete, as the Unix tools do, or store it in @setting if there is one. */
static int sum_one(const char *name, const struct digest_algorithm *algorithm, const char *setting)
{
	uint8_t value[DIGEST_BYTES_MAX];
	char text[2 * DIGEST_BYTES_MAX + 1];
	const struct image *image = image_find(name);
	int rc = image ? fetch_wait(image, 0, false) : fail(-ENOENT, "no image \"%s\"", name);

	if (rc == 0)
		rc = digest_image(image, algorithm, value);
	if (rc != 0)
		return rc;
	digest_format(text, value, algorithm->bytes);
	if (setting)
		return settings_set(setting, text);
	print("%s  %s\n", text, image->name);
	return 0;
}

static int sum_all(const struct arguments *a, const struct digest_algorithm *algorithm)
{
	const char *setting = a->option[OPTION_SET];
	int rc = 0;

	if (setting && a->argc > 1)
		return fail(-EINVAL, "option --set goes with one image");
	for (int i = 0; rc == 0 && i < a->argc; i++)
		rc = sum_one(a->argv[i], algorithm, setting);
	return rc;
}

static int run_sha256sum(const struct arguments *a)
{
	return sum_all(a, &digest_sha256);
}
const struct command cmd_sha256sum = {
	.name = "sha256sum", .arguments = "image...", .help = "Prints images' SHA-256 digests.",
	.options = digest_options, .min_args = 1, .max_args = -1, .run = run_sha256sum,
};

static int run_sha1sum(const struct arguments *a)
{
	return sum_all(a, &digest_sha1);
}
const struct command cmd_sha1sum = {
	.name = "sha1sum", .arguments = "image...", .help = "Prints images' SHA-1 digests.",
	.options = digest_options, .min_args = 1, .max_args = -1, .run = run_sha1sum,
};

static int run_md5sum(const struct arguments *a)
{
	return sum_all(a, &digest_md5);
}
const struct command cmd_md5sum = {
	.name = "md5sum", .arguments = "image...", .help = "Prints images' MD5 digests.",
	.options = digest_options, .min_args = 1, .max_args = -1, .run = run_md5sum,
};
