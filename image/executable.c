/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs in parts, and their modules: see image/executable.h.
 *
 * A module lies page aligned in RAM already, so most often nothing but the program moves. Only where a part of it falls upon a module,
 * all of them go to the top of memory, above the program, by the same steps as initrds (image/initrd.h). */
#include "image/executable.h"

#include "core/errors.h"
#include "image/initrd.h"
#include "image/mib.h"

#define BASE_FIRST 0x1000u              /* below are the BIOS's vectors and data */
#define BASE_LAST  0x80000u             /* above may be our resident part, with the mover */
#define HIGH_FIRST 0x100000u
#define LOW_STEP   0x10000u

static bool meet(phys_t a, uint32_t a_len, phys_t b, uint32_t b_len)
{
	return a_len && b_len && a < (uint64_t)b + b_len && b < (uint64_t)a + a_len;
}

/** Does any part touch [@start, @start + @len)? */
static bool touched(const struct executable *e, phys_t start, uint32_t len)
{
	for (unsigned i = 0; i < e->count; i++)
		if (meet(e->part[i].dst, e->part[i].memory_bytes, start, len))
			return true;
	return false;
}

int executable_add(struct executable *e, const struct executable_part *part)
{
	uint32_t length = e->image->block.length;

	if (!part->memory_bytes && !part->file_bytes)
		return 0;
	if (part->offset > length || part->file_bytes > length - part->offset)
		return fail(-EPROTO, "truncated: %u bytes, %llu are to be loaded", length, (unsigned long long)part->offset + part->file_bytes);
	if (part->file_bytes > part->memory_bytes || part->memory_bytes > UINT32_MAX - part->dst)
		return fail(-EPROTO, "a part of %u bytes in %u at %x", part->file_bytes, part->memory_bytes, part->dst);
	if (touched(e, part->dst, part->memory_bytes))
		return fail(-EPROTO, "two parts at %x", part->dst);
	if (e->count == EXECUTABLE_PARTS_MAX)
		return fail(-EPROTO, "more than %u parts", EXECUTABLE_PARTS_MAX);
	e->part[e->count++] = *part;
	return 0;
}

int executable_check(const struct executable *e)
{
	for (unsigned i = 0; i < e->count; i++) {
		const struct executable_part *p = &e->part[i];
		uint32_t room = initrd_room(p->dst);

		if (p->dst >= BASE_FIRST && p->dst < BASE_LAST)
			room = BASE_LAST - p->dst;
		if (room < p->memory_bytes)
			return fail(-ENOMEM, "need %u KiB at %x, %u KiB free there", p->memory_bytes >> 10, p->dst, room >> 10);
	}
	return 0;
}

phys_t executable_low(const struct executable *e, uint32_t bytes)
{
	for (phys_t at = LOW_STEP; at + bytes <= BASE_LAST; at += LOW_STEP)
		if (!touched(e, at, bytes))
			return at;
	return 0;
}

static int plan_parts(const struct executable *e, struct load_plan *plan)
{
	phys_t file = space_phys(&e->image->block);
	int rc = 0;

	for (const struct executable_part *p = e->part; rc == 0 && p < e->part + e->count; p++) {
		rc = plan_move(plan, p->dst, file + p->offset, p->file_bytes);
		if (rc == 0)
			rc = plan_move(plan, p->dst + p->file_bytes, PLAN_ZERO, p->memory_bytes - p->file_bytes);
	}
	return rc;
}

static uint32_t pages(uint32_t bytes)
{
	return (bytes + SPACE_PAGE - 1) & ~(uint32_t)(SPACE_PAGE - 1);
}

/** Module after module from @dst on, or, @dst being 0, each where it is. -EBUSY where there is no order. */
static int plan_all(const struct executable *e, phys_t dst, phys_t *at, unsigned modules, struct load_plan *plan)
{
	const struct image *module = NULL;
	int rc;

	plan->count = 0;
	rc = plan_parts(e, plan);
	for (unsigned i = 0; rc == 0 && i < modules && (module = initrd_next(e->image, module)) != NULL; i++) {
		at[i] = dst ? dst : space_phys(&module->block);
		if (module->block.size)
			rc = plan_move(plan, at[i], space_phys(&module->block), module->block.length);
		if (dst)
			dst += pages(module->block.length);
	}
	return rc ? rc : plan_order(plan);
}

/** May every module stay? */
static bool modules_stay(const struct executable *e)
{
	const struct image *module = NULL;

	while ((module = initrd_next(e->image, module)) != NULL)
		if (module->block.size && (touched(e, space_phys(&module->block), module->block.length) ||
		                           initrd_room(space_phys(&module->block)) < module->block.length))
			return false;
	return true;
}

static uint64_t modules_bytes(const struct executable *e)
{
	const struct image *module = NULL;
	uint64_t bytes = 0;

	while ((module = initrd_next(e->image, module)) != NULL)
		bytes += pages(module->block.length);
	return bytes;
}

/** All modules to the top of memory; or below where they are; or to the top after sorting them in place. */
static int move_modules(const struct executable *e, phys_t *at, unsigned modules, struct load_plan *plan)
{
	struct initrd_limits limits = { HIGH_FIRST, UINT32_MAX };
	uint64_t bytes = modules_bytes(e);
	uint32_t room;
	phys_t top, other;
	int rc;

	for (unsigned i = 0; i < e->count; i++)
		if (limits.floor < e->part[i].dst + e->part[i].memory_bytes)
			limits.floor = e->part[i].dst + e->part[i].memory_bytes;
	if (!initrd_place(&limits, bytes, &top, &room))
		return fail(-ENOMEM, "modules: need " MIB ", " MIB " free above the program", MIB_OF(bytes), MIB_OF(room));
	if ((rc = plan_all(e, top, at, modules, plan)) != -EBUSY)
		return rc;
	limits.ceiling = initrd_lowest(e->image);
	if (initrd_place(&limits, bytes, &other, &room) && (rc = plan_all(e, other, at, modules, plan)) != -EBUSY)
		return rc;
	initrd_arrange(e->image);
	return plan_all(e, top, at, modules, plan);
}

int executable_plan(const struct executable *e, phys_t *at, unsigned modules, struct load_plan *plan)
{
	int rc = -EBUSY;

	if (!modules || modules_stay(e))
		rc = plan_all(e, 0, at, modules, plan);
	if (rc == -EBUSY && modules)
		rc = move_modules(e, at, modules, plan);
	return rc == -EBUSY ? fail(-ENOMEM, "the images lie in several pieces of memory and cannot pass each other") : rc;
}
