/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernels: any file that claims to be one, planned and put in place. The first three bytes choose the machine, the number of
 * initrds and how many bytes of command line come before the file. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "core/memmap.h"
#include "image/bzimage.h"
#include "tests/host/host.h"

#define TOP (32 * HOST_MIB)

static struct image *image_with(const char *name, const void *data, size_t len)
{
	struct image *image = image_alloc(name, "");

	if (!image || space_alloc(&image->block, len) != 0)
		abort();
	if (len)
		memcpy(space_at(&image->block, 0, len), data, len);
	return image;
}

/** One of eight machines: where memory lies, and how much. */
static void machine(unsigned choice)
{
	struct memmap storage = { 1, { { 8 * HOST_MIB, 4 * HOST_MIB } } }, final = { 1, { { HOST_MIB, TOP - HOST_MIB } } };

	if (choice & 1)
		storage = (struct memmap){ 2, { { 2 * HOST_MIB, HOST_MIB }, { 30 * HOST_MIB, HOST_MIB } } };
	if (choice & 2)
		storage.region[0].start = HOST_MIB;
	if (choice & 4)
		final = (struct memmap){ 2, { { HOST_MIB, 2 * HOST_MIB }, { 30 * HOST_MIB, 2 * HOST_MIB } } };
	host_memmap_set(&storage, &final);
	space_init();
}

static bool in_final(phys_t start, uint32_t len)
{
	struct memmap map;

	memmap_final(&map);
	for (unsigned i = 0; i < map.count; i++)
		if (start >= map.region[i].start && (uint64_t)start + len <= (uint64_t)map.region[i].start + map.region[i].size)
			return true;
	return false;
}

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/** What a plan may do at all, and that the initrds arrive. */
static void check(const struct load_plan *plan)
{
	const uint8_t *header;

	if (plan->low_len > PLAN_LOW_BYTES || plan->low_dst + plan->low_len > 0x90000)
		abort();
	for (unsigned i = 0; i < plan->count; i++)
		if (!in_final(plan->move[i].dst, plan->move[i].len))
			abort();
	plan_execute(plan);
	host_plan_run();
	header = host_phys(plan->low_dst, 0x220);
	for (uint32_t at = 0; at < le32(header + 0x21c); at += 4)
		if (memcmp(host_phys(le32(header + 0x218) + at, 4), "rd\0", 4) != 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	struct load_plan plan;
	struct image *kernel;
	size_t line;
	char args[256] = "";
	int rc;

	if (size < 8 || size > 200000)
		return 0;
	if (!begun)
		host_memory(TOP / HOST_MIB);
	begun = true;
	machine(data[0]);
	line = data[2] < size - 3 ? data[2] : size - 3;
	memcpy(args, data + 3, line);
	kernel = image_with("kernel", data + 3 + line, size - 3 - line);
	if (image_set_arguments(kernel, args) != 0)
		abort();
	for (unsigned i = 0; i < data[1] % 4; i++)
		if (image_register(image_with((const char *[]){ "a", "b", "c" }[i], "rd", 2)) != 0)
			abort();
	plan_init(&plan);
	rc = bzimage_plan(kernel, &plan);
	if (rc == 0)
		check(&plan);
	else if (rc != -ENOEXEC && rc != bzimage_probe(kernel) && rc != -ENOMEM && rc != -EMSGSIZE && rc != -ENOTSUP)
		abort();
	bzimage_format.fits(kernel, le32(data + size - 4));
	plan_free(&plan);
	image_free(kernel);
	while (image_next(NULL))
		image_free(image_next(NULL));
	if (host_heap_held())
		abort();
	return 0;
}
