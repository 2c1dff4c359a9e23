/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF executables: see image/elf.h. */
#include "image/elf.h"

#include "core/cursor.h"
#include "core/errors.h"
#include "core/string.h"
#include "image/initrd.h"

enum { HEADER_BYTES = 52, PROGRAM_HEADER_BYTES = 32, PT_LOAD = 1 };

/* Magic, ELFCLASS32, ELFDATA2LSB, EV_CURRENT; and after nine bytes that do not matter ET_EXEC, EM_386 */
static const uint8_t ident[7] = { 0x7f, 'E', 'L', 'F', 1, 1, 1 }, kind[4] = { 2, 0, 3, 0 };

/** Is @entry, an address of either kind, in this part? Then it is a physical one. */
static bool enters(struct executable *e, uint32_t entry, uint32_t base, const struct executable_part *part)
{
	if (entry - base >= part->memory_bytes)
		return false;
	e->entry = entry - base + part->dst;
	return true;
}

/** A program header. *@found: the entry's part; that it is known by its physical address counts more. */
static int take(struct executable *e, struct reader *r, uint32_t entry, bool *found)
{
	uint32_t type = rd_le32(r), offset = rd_le32(r), virtual = rd_le32(r), physical = rd_le32(r), file = rd_le32(r);
	struct executable_part part = { physical, offset, file, rd_le32(r) };
	int rc;

	if (type != PT_LOAD)
		return 0;
	if ((rc = executable_add(e, &part)) != 0)
		return rc;
	*found |= enters(e, entry, physical, &part) || (!*found && enters(e, entry, virtual, &part));
	return 0;
}

int elf_parse(const struct image *image, struct executable *e)
{
	const uint8_t *header = image_bytes(image, 0, HEADER_BYTES), *program;
	struct reader r;
	uint32_t entry, offset, size, count;
	bool found = false;
	int rc = 0;

	*e = (struct executable){ .image = image };
	if (!header || memcmp(header, ident, sizeof(ident)) != 0 || memcmp(header + 16, kind, sizeof(kind)) != 0)
		return -ENOEXEC;
	r = rd_init(header + 24, HEADER_BYTES - 24);
	entry = rd_le32(&r);
	offset = rd_le32(&r);
	rd_skip(&r, 10);
	size = rd_le16(&r);
	count = rd_le16(&r);
	program = image_bytes(image, offset, size * count);
	if (size < PROGRAM_HEADER_BYTES || !program)
		return fail(-EPROTO, "ELF: no room in it for %u program headers", count);
	for (; rc == 0 && count; count--, program += size) {
		r = rd_init(program, PROGRAM_HEADER_BYTES);
		rc = take(e, &r, entry, &found);
	}
	if (rc == 0 && !found)
		rc = fail(-EPROTO, "ELF: entered at %x, where nothing is loaded", entry);
	return rc;
}

static int elf_probe(const struct image *image)
{
	struct executable e;

	return elf_parse(image, &e);
}

static int elf_plan(const struct image *image, struct load_plan *plan)
{
	struct executable e;
	int rc = elf_parse(image, &e);

	if (rc != 0 || (rc = executable_check(&e)) != 0)
		return rc;
	if (initrd_next(image, NULL))
		return fail(-ENOTSUP, "%s takes no %s: it has no Multiboot header", image->name, initrd_next(image, NULL)->name);
	plan->entry = (struct plan_entry){ .kind = ENTRY_FLAT32, .eip = e.entry };
	return executable_plan(&e, NULL, 0, plan);
}

const struct image_format elf_format = { .name = "ELF", .probe = elf_probe, .plan = elf_plan };
