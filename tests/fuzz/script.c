/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that may be a script, are described when they are not, and whose first line may be an initrd's arguments. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "image/cpio.h"
#include "image/script.h"
#include "tests/host/host.h"

static void check_described(const struct image *image)
{
	char text[400];

	if (image_not_bootable(image) != -ENOEXEC)
		abort();
	error_format(text, sizeof(text), -ENOEXEC);
	for (const char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			abort();
}

static void check_cpio(const uint8_t *data, size_t size)
{
	uint8_t headers[SPACE_HEADER_ROOM];
	char *arguments = malloc(size + 1);
	int len;

	memcpy(arguments, data, size);
	arguments[size] = '\0';
	len = cpio_headers(arguments, 7, headers, sizeof(headers));
	if (len != -EINVAL && (len < 112 || len > SPACE_HEADER_ROOM || len % 4 || memcmp(headers, "070701", 6) != 0))
		abort();
	free(arguments);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	struct image *image;
	uint8_t *copy = malloc(size ? size : 1);        /* so that a read past the end is seen */

	if (!begun) {
		host_reset();
		space_init();
	}
	begun = true;
	memcpy(copy, data, size);
	image = image_alloc("file", "");
	if (!image || space_alloc(&image->block, size) != 0)
		abort();
	if (size)
		memcpy(space_at(&image->block, 0, size), data, size);
	if ((script_dialect((const char *)copy, size) >= 0) != (script_format.probe(image) == 0))
		abort();
	check_described(image);
	check_cpio(copy, size);
	image_free(image);
	free(copy);
	return 0;
}
