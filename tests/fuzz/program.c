/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF and Multiboot kernels: any file that claims to be one, planned and put in place. The first two bytes choose where memory lies and
 * the number of modules. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "core/memmap.h"
#include "image/elf.h"
#include "image/multiboot.h"
#include "tests/host/host.h"

#define TOP (32 * HOST_MIB)
#define END (TOP - HOST_OURS_MIB * HOST_MIB)
#define MODULE "a module's bytes"

static struct image *image_with(const char *name, const void *data, size_t len)
{
	struct image *image = image_alloc(name, "");

	if (!image || space_alloc(&image->block, len) != 0)
		abort();
	if (len)
		memcpy(space_at(&image->block, 0, len), data, len);
	return image;
}

/** One of four machines; what holds this program's heap is nobody's. */
static void machine(unsigned choice)
{
	struct memmap storage = { 1, { { 8 * HOST_MIB, 4 * HOST_MIB } } }, final = { 1, { { HOST_MIB, END - HOST_MIB } } };

	if (choice & 1)
		storage.region[0].start = HOST_MIB;
	if (choice & 2)
		final = (struct memmap){ 2, { { HOST_MIB, 2 * HOST_MIB }, { 9 * HOST_MIB, END - 9 * HOST_MIB } } };
	host_memmap_set(&storage, &final);
	space_init();
}

static bool allowed(phys_t start, uint32_t len)
{
	struct memmap map;

	if (start >= 0x1000 && start < 0x80000 && len <= 0x80000 - start)
		return true;
	memmap_final(&map);
	for (unsigned i = 0; i < map.count; i++)
		if (start >= map.region[i].start && (uint64_t)start + len <= (uint64_t)map.region[i].start + map.region[i].size)
			return true;
	return false;
}

static uint32_t word(phys_t at)
{
	const uint8_t *p = host_phys(at, 4);

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/** What a plan may do at all, and that modules arrive. */
static void check(const struct load_plan *plan, bool multiboot, unsigned modules)
{
	phys_t list;

	for (unsigned i = 0; i < plan->count; i++)
		if (!allowed(plan->move[i].dst, plan->move[i].len))
			abort();
	if (plan->entry.kind != ENTRY_FLAT32 || (multiboot && !allowed(plan->low_dst, plan->low_len)))
		abort();
	plan_execute(plan);
	host_plan_run();
	if (!multiboot)
		return;
	if (plan->entry.ebx != plan->low_dst || word(plan->entry.ebx + 20) != modules)
		abort();
	list = word(plan->entry.ebx + 24);
	for (unsigned i = 0; i < modules; i++, list += 16)
		if (memcmp(host_phys(word(list), sizeof(MODULE)), MODULE, sizeof(MODULE)) != 0)
			abort();
}

static void one(const struct image *kernel, const struct image_format *format, unsigned modules)
{
	struct load_plan plan;
	int rc;

	plan_init(&plan);
	rc = format->plan(kernel, &plan);
	if (rc == 0)
		check(&plan, format == &multiboot_format, modules);
	else if (rc != -ENOEXEC && rc != format->probe(kernel) && rc != -ENOMEM && rc != -ENOTSUP)
		abort();
	plan_free(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	struct image *kernel;

	if (size < 8 || size > 200000)
		return 0;
	if (!begun)
		host_memory(TOP / HOST_MIB);
	begun = true;
	for (unsigned turn = 0; turn < 2; turn++) {
		unsigned modules = turn ? data[1] % 4 : 0;

		machine(data[0]);
		kernel = image_with("kernel", data + 2, size - 2);
		for (unsigned i = 0; i < modules; i++)
			if (image_register(image_with((const char *[]){ "a", "b", "c" }[i], MODULE, sizeof(MODULE))) != 0)
				abort();
		one(kernel, turn ? &multiboot_format : &elf_format, modules);
		image_free(kernel);
		while (image_next(NULL))
			image_free(image_next(NULL));
	}
	if (host_heap_held())
		abort();
	return 0;
}
