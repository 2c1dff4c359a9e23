/* SPDX-License-Identifier: BSD-2-Clause */
/* PXE programs; see image/nbp.h. */
#include "image/nbp.h"

#include "core/errors.h"
#include "core/string.h"

#define LOOKED_AT 64
#define BYTES_MIN 512           /* less is a file cut short */

struct magic { uint8_t len; const char *bytes; };

/** The beginnings of files that are no 16-bit code. */
static bool is_something_else(const uint8_t *data, size_t len)
{
	static const struct magic magics[] = {
		{ 4, "\x7f" "ELF" }, { 2, "MZ" }, { 2, "\x1f\x8b" }, { 6, "\xfd" "7zXZ" }, { 4, "PK\x03\x04" }, { 4, "\x28\xb5\x2f\xfd" },
		{ 3, "BZh" }, { 5, "07070" }, { 2, "#!" }, { 4, "\x89PNG" }, { 4, "\xed\xab\xee\xdb" },
		{ 5, "\xb8\xff\x4c\xcd\x21" /* COM32 */ },
	};

	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (len >= magics[i].len && memcmp(data, magics[i].bytes, magics[i].len) == 0)
			return true;
	return false;
}

/** Nothing but characters and line ends, or nothing but one value, is no code. */
static bool is_text_or_filling(const uint8_t *data, size_t len)
{
	bool text = true, filling = true;

	for (size_t i = 0; i < len; i++) {
		text &= (data[i] >= ' ' && data[i] < 0x7f) || (data[i] >= '\t' && data[i] <= '\r');
		filling &= data[i] == data[0];
	}
	return text || filling;
}

static int nbp_probe(const struct image *image)
{
	size_t len = image->block.length < LOOKED_AT ? image->block.length : LOOKED_AT;
	const uint8_t *data = image_bytes(image, 0, len);

	if (!len || !data || is_something_else(data, len) || is_text_or_filling(data, len))
		return -ENOEXEC;
	return image->block.length >= BYTES_MIN && image->block.length <= PLAN_PROGRAM_MAX ? 0 : -ENOEXEC;
}

static int nbp_plan(const struct image *image, struct load_plan *plan)
{
	uint32_t room = plan_program_room();

	if (image->block.length > room)
		return fail(-ENOMEM, "a PXE program of %u bytes, and %u bytes of base memory for it", (unsigned)image->block.length,
			    (unsigned)room);
	plan->call = true;
	return plan_move(plan, PLAN_PROGRAM_PLACE, space_phys(&image->block), image->block.length);
}

const struct image_format nbp_format = { .name = "NBP", .unmarked = true, .probe = nbp_probe, .plan = nbp_plan };
