/* SPDX-License-Identifier: BSD-2-Clause */
/* Scripts: recognised here by their first line, run by usr/script.c. */
#include "core/errors.h"
#include "core/string.h"
#include "image/script.h"

#define MAGIC_LEN 6

int script_dialect(const char *text, size_t len)
{
	static const struct { char magic[MAGIC_LEN + 1]; uint8_t dialect; } dialects[] = {
		{ "#!fpxe", LINE_FPXE }, { "#!ipxe", LINE_IPXE }, { "#!gpxe", LINE_GPXE },
	};

	if (len < MAGIC_LEN || (len > MAGIC_LEN && !text_is_space(text[MAGIC_LEN])))
		return -ENOEXEC;
	for (size_t i = 0; i < sizeof(dialects) / sizeof(*dialects); i++)
		if (!memcmp(text, dialects[i].magic, MAGIC_LEN))
			return dialects[i].dialect;
	return -ENOEXEC;
}

static int script_probe(const struct image *image)
{
	size_t len = image->block.length <= MAGIC_LEN ? image->block.length : MAGIC_LEN + 1;
	const uint8_t *text = image_bytes(image, 0, len);
	int rc = text ? script_dialect((const char *)text, len) : -ENOEXEC;

	return rc < 0 ? rc : 0;
}

const struct image_format script_format = { .name = "script", .script = true, .probe = script_probe };
