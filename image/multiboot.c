/* SPDX-License-Identifier: BSD-2-Clause */
/* Multiboot: see image/multiboot.h. Sections of the specification are cited. What the kernel is told is composed in base memory: the
 * information structure, the memory map, the list of modules, and then the texts that they point to. */
#include "image/multiboot.h"

#include "config/features.h"
#include "config/general.h"
#include "core/cursor.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/memmap.h"
#include "core/printf.h"
#include "core/string.h"
#include "image/elf.h"
#include "image/initrd.h"

/* 3.1.1 */
#define HEADER_MAGIC    0x1badb002u
#define SEARCHED_BYTES  8192u
#define HEADER_BYTES    12u
#define ADDRESSES_BYTES 20u
#define ALIGN_MODULES   0x1u                    /* flags; every module of ours is */
#define NEED_MEMORY     0x2u
#define REQUIREMENTS    0xffffu                 /* "the boot loader must" */
#define HAS_ADDRESSES   0x10000u

#define ENTRY_MAGIC     0x2badb002u
#define MAP_ENTRIES_MAX 64
#define MODULES_MAX     32
#define TEXT_MAX        4096

/* 3.3 */
struct info {
	uint32_t flags, mem_lower, mem_upper, boot_device, cmdline, mods_count, mods_addr, syms[4], mmap_length, mmap_addr,
		 drives_length, drives_addr, config_table, boot_loader_name, apm_table, vbe[4], framebuffer[6];
};
#define INFO_MEMORY 0x1u
#define INFO_CMDLINE 0x4u
#define INFO_MODULES 0x8u
#define INFO_MAP 0x40u
#define INFO_LOADER 0x200u
struct module { uint32_t start, end, string, reserved; };
struct map_entry { uint32_t size; uint64_t start, length; uint32_t type; } __attribute__((packed));
_Static_assert(sizeof(struct info) == 112 && sizeof(struct map_entry) == 24, "as the specification has them");

/** What is composed, as one piece. */
struct composed {
	struct info info;
	struct module module[MODULES_MAX];
	struct map_entry map[MAP_ENTRIES_MAX];
	char text[TEXT_MAX];
};

/** The header's place in the file, and its flags. */
static int find_header(const struct image *image, uint32_t *at, uint32_t *flags)
{
	uint32_t length = image->block.length < SEARCHED_BYTES ? image->block.length : SEARCHED_BYTES;

	for (*at = 0; *at + HEADER_BYTES <= length; *at += 4) {
		struct reader r = rd_init(image_bytes(image, *at, HEADER_BYTES), HEADER_BYTES);

		if (rd_le32(&r) != HEADER_MAGIC)
			continue;
		*flags = rd_le32(&r);
		if (HEADER_MAGIC + *flags + rd_le32(&r) == 0)
			return 0;
	}
	return -ENOEXEC;
}

/** 3.1.3: where the file's one part goes; its header is at @at in the file. */
static int parse_addresses(struct executable *e, uint32_t at)
{
	const uint8_t *fields = image_bytes(e->image, at + HEADER_BYTES, ADDRESSES_BYTES);
	struct executable_part part;
	uint32_t header, load, load_end, bss_end;
	struct reader r;

	if (!fields)
		return fail(-EPROTO, "Multiboot: truncated header");
	r = rd_init(fields, ADDRESSES_BYTES);
	header = rd_le32(&r);
	load = rd_le32(&r);
	load_end = rd_le32(&r);
	bss_end = rd_le32(&r);
	e->entry = rd_le32(&r);
	part.dst = load;
	part.offset = at - (header - load);
	if (load > header || header - load > at || (load_end && load_end < load))
		return fail(-EPROTO, "Multiboot: header at %x, loaded from %x to %x", header, load, load_end);
	part.file_bytes = load_end ? load_end - load : e->image->block.length - part.offset;
	part.memory_bytes = bss_end ? bss_end - load : part.file_bytes;
	if (e->entry - load >= part.memory_bytes)
		return fail(-EPROTO, "Multiboot: entered at %x, where nothing is loaded", e->entry);
	return executable_add(e, &part);
}

/** GRUB's PXE program carries the header of its other images, but without PXE around it, it would be without a network. It begins with
 *  mov dl, 7fh (its number for that) and a far jump. */
static bool is_grub_for_pxe(const struct image *image)
{
	const uint8_t *start = image_bytes(image, 0, 3);

	return CONFIG_PXE && start && memcmp(start, "\xb2\x7f\xea", 3) == 0;
}

static int parse(const struct image *image, struct executable *e, uint32_t *flags)
{
	uint32_t at;
	int rc = is_grub_for_pxe(image) ? -ENOEXEC : find_header(image, &at, flags);

	*e = (struct executable){ .image = image };
	if (rc != 0)
		return rc;
	if (*flags & HAS_ADDRESSES)
		return parse_addresses(e, at);
	rc = elf_parse(image, e);
	return rc == -ENOEXEC ? fail(-EPROTO, "Multiboot: no addresses in the header, and no 32-bit ELF file") : rc;
}

static int multiboot_probe(const struct image *image)
{
	struct executable e;
	uint32_t flags;

	return parse(image, &e, &flags);
}

/* ---- what it is told ------------------------------------------------------------------------------------------------------------ */

/** "name arguments" for @image, behind the texts there are; its address, *@used moves on. 0: no room. */
static uint32_t add_text(struct composed *c, phys_t low, uint32_t *used, const struct image *image)
{
	uint32_t at = *used, room = TEXT_MAX - at;
	uint32_t len = (uint32_t)text_format(c->text + at, room, *image->arguments ? "%s %s" : "%s", image->name, image->arguments) + 1;

	if (len > room)
		return 0;
	*used += len;
	return low + (uint32_t)(offsetof(struct composed, text) + at);
}

/** 3.3: the map, and how much there is below and from 1 MiB on. */
static void add_memory(struct composed *c, phys_t low)
{
	struct mem_entry entries[MAP_ENTRIES_MAX];
	unsigned count = memmap_entries(entries, MAP_ENTRIES_MAX);

	c->info.flags |= INFO_MEMORY | INFO_MAP;
	c->info.mem_upper = initrd_room(0x100000) >> 10;
	for (unsigned i = 0; i < count; i++) {
		c->map[i] = (struct map_entry){ sizeof(struct map_entry) - 4, entries[i].start, entries[i].size, entries[i].type };
		if (entries[i].start == 0 && entries[i].type == 1)
			c->info.mem_lower = (uint32_t)(entries[i].size >> 10);
	}
	c->info.mmap_addr = low + offsetof(struct composed, map);
	c->info.mmap_length = count * sizeof(struct map_entry);
}

static int add_modules(struct composed *c, phys_t low, uint32_t *used, const struct image *kernel, const phys_t *at)
{
	const struct image *image = NULL;

	for (struct module *m = c->module; (image = initrd_next(kernel, image)) != NULL; m++, at++) {
		*m = (struct module){ *at, *at + image->block.length, add_text(c, low, used, image), 0 };
		if (!m->string)
			return -EMSGSIZE;
		c->info.mods_count++;
	}
	c->info.mods_addr = low + offsetof(struct composed, module);
	c->info.flags |= INFO_MODULES;
	return 0;
}

static int compose(const struct executable *e, const phys_t *at, struct load_plan *plan)
{
	phys_t low = executable_low(e, sizeof(struct composed));
	struct composed *c = heap_zalloc(sizeof(*c));
	uint32_t used = sizeof(CONFIG_PRODUCT_NAME " " CONFIG_PRODUCT_VERSION);

	if (!c || !low) {
		heap_free(c);
		return fail(-ENOMEM, "no room for what a Multiboot kernel is told");
	}
	plan->low = (uint8_t *)c;
	plan->low_dst = low;
	plan->low_len = sizeof(*c);
	memcpy(c->text, CONFIG_PRODUCT_NAME " " CONFIG_PRODUCT_VERSION, used);
	c->info.flags = INFO_CMDLINE | INFO_LOADER;
	c->info.boot_loader_name = low + offsetof(struct composed, text);
	c->info.cmdline = add_text(c, low, &used, e->image);
	add_memory(c, low);
	plan->entry = (struct plan_entry){ .kind = ENTRY_FLAT32, .eip = e->entry, .eax = ENTRY_MAGIC, .ebx = low };
	if (!c->info.cmdline || add_modules(c, low, &used, e->image, at) != 0)
		return fail(-EMSGSIZE, "names and arguments of more than %u bytes", TEXT_MAX);
	return 0;
}

static int multiboot_plan(const struct image *image, struct load_plan *plan)
{
	const struct image *module = NULL;
	phys_t at[MODULES_MAX];
	struct executable e;
	unsigned modules = 0;
	uint32_t flags;
	int rc = parse(image, &e, &flags);

	if (rc != 0 || (rc = executable_check(&e)) != 0)
		return rc;
	if (flags & REQUIREMENTS & ~(ALIGN_MODULES | NEED_MEMORY))
		return fail(-ENOTSUP, "Multiboot: this kernel requires what is not there (flags %x)", flags);
	while ((module = initrd_next(image, module)) != NULL)
		modules++;
	if (modules > MODULES_MAX)
		return fail(-ENOSPC, "more than %u modules", MODULES_MAX);
	rc = executable_plan(&e, at, modules, plan);
	return rc ? rc : compose(&e, at, plan);
}

const struct image_format multiboot_format = { .name = "Multiboot", .probe = multiboot_probe, .plan = multiboot_plan };
