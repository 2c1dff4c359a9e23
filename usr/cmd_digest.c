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

#define DIGEST_COMMAND(command_, algorithm_)                                                            \
	static int run_##command_(const struct arguments *a) { return sum_all(a, &algorithm_); }        \
	const struct command cmd_##command_ = {                                                         \
		.name = #command_, .arguments = "image...", .help = "Prints images' digests.",          \
		.options = digest_options, .min_args = 1, .max_args = -1, .run = run_##command_,        \
	};
DIGEST_COMMAND(sha256sum, digest_sha256)
DIGEST_COMMAND(sha1sum, digest_sha1)
DIGEST_COMMAND(md5sum, digest_md5)
