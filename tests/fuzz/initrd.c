/* SPDX-License-Identifier: BSD-2-Clause */
/* A good kernel with any initrds, wrapped as files or not, in tight memory. The first byte chooses the machine, then comes a line for each initrd: a
 * byte for its length, and its arguments. What a Linux kernel would then read from beginning to end is those initrds, and nothing else. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "core/memmap.h"
#include "image/bzimage.h"
#include "tests/host/host.h"

#define TOP (32 * HOST_MIB)

enum { INITRDS_MAX = 8, KERNEL_BYTES = 0x1400, HEADER_BYTES = 110 };

static struct image *initrd[INITRDS_MAX];
static uint32_t length[INITRDS_MAX];
static unsigned count;

static void check(bool good)
{
	if (!good)
		abort();
}

static uint8_t byte_of(unsigned n, uint32_t at) { return (uint8_t)(0x80 | (n * 29 + at * 7 + (at >> 8))); }

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static struct image *image_with(const char *name, uint32_t len)
{
	struct image *image = image_alloc(name, "");

	check(image != NULL);
	if (space_alloc(&image->block, len) == 0)
		return image;
	image_free(image);
	return NULL;
}

static void machine(uint8_t choice)
{
	phys_t start = HOST_MIB + (choice & 3) * 0x180000, size = 0x10000u << (choice >> 2 & 3);
	struct memmap storage = { 1, { { start, size } } }, final = { 1, { { HOST_MIB, 0x600000 } } };

	if (choice & 0x10)
		final = (struct memmap){ 2, { { HOST_MIB, 0x300000 }, { 0x480000, 0x280000 } } };
	if (choice & 0x20)
		storage = (struct memmap){ 2, { { start, size }, { 0x700000 - size, size } } };
	if (start + size > 0x700000 - size)
		storage.count = 1;
	host_memmap_set(&storage, &final);
	space_init();
}

/** Boot protocol 2.15, two sectors, little to unpack. */
static struct image *good_kernel(void)
{
	struct image *image = image_with("kernel", KERNEL_BYTES);
	uint8_t *k = image ? space_at(&image->block, 0, KERNEL_BYTES) : NULL;

	if (!k)
		return NULL;
	memset(k, 0, KERNEL_BYTES);
	k[0x1f1] = 1;
	memcpy(k + 0x1fe, "\x55\xaa\xeb\x66HdrS\x0f\x02", 10);
	k[0x211] = 1;
	memcpy(k + 0x214, "\x00\x00\x10\x00", 4);
	memcpy(k + 0x22c, "\xff\xff\xff\x7f\x00\x00\x10\x00\x01", 9);
	memcpy(k + 0x238, "\xff\x07", 2);
	memcpy(k + 0x258, "\x00\x00\x10\x00", 4);
	memcpy(k + 0x260, "\x00\x00\x01\x00", 4);
	return image;
}

static void add(uint8_t len, const char *arguments)
{
	char name[2] = { (char)('a' + count), '\0' };
	uint32_t bytes = len < 0x80 ? len : (len & 0x7fu) << 8;
	struct image *image = image_with(name, bytes);
	uint8_t *to = image ? space_at(&image->block, 0, bytes) : NULL;

	if (!image)
		return;
	for (uint32_t i = 0; i < bytes; i++)
		to[i] = byte_of(count, i);
	check(image_set_arguments(image, arguments) == 0 && image_register(image) == 0);
	initrd[count] = image;
	length[count++] = bytes;
}

static uint32_t hex(const uint8_t *p)
{
	char digits[9] = { 0 };

	memcpy(digits, p, 8);
	check(strspn(digits, "0123456789abcdef") == 8);
	return (uint32_t)strtoul(digits, NULL, 16);
}

/** Behind the headers at @p of a file of @len bytes and the directories it lies in, as Linux's init/initramfs.c reads them. */
static const uint8_t *skip_headers(const uint8_t *p, const uint8_t *end, uint32_t len)
{
	for (;;) {
		uint32_t mode, bytes, name;
		const uint8_t *start = p;

		check(end - p >= HEADER_BYTES && memcmp(p, "070701", 6) == 0);
		mode = hex(p + 6 + 8);
		bytes = hex(p + 6 + 6 * 8);
		name = hex(p + 6 + 11 * 8);
		check(name > 1 && name <= (size_t)(end - p) - HEADER_BYTES);
		check(memchr(p + HEADER_BYTES, '\0', name) == p + HEADER_BYTES + name - 1);
		p = start + ((HEADER_BYTES + name + 3) & ~3u);
		if ((mode & 0170000) == 0100000) {
			check(bytes == len);
			return p;
		}
		check((mode & 0170000) == 0040000 && bytes == 0);
	}
}

static void check_arrived(const uint8_t *p, uint32_t len)
{
	const uint8_t *end = p + len, *start = p;

	for (unsigned i = 0; i < count; i++) {
		if (!length[i] && !*initrd[i]->arguments)
			continue;
		while ((p - start) % 4)
			check(p < end && *p++ == 0);
		if (*initrd[i]->arguments)
			p = skip_headers(p, end, length[i]);
		check((uint32_t)(end - p) >= length[i]);
		for (uint32_t at = 0; at < length[i]; at++)
			check(p[at] == byte_of(i, at));
		p += length[i];
	}
	while (p < end)
		check(*p++ == 0);
}

static void boot(const struct image *kernel)
{
	struct load_plan plan;
	int rc;

	plan_init(&plan);
	rc = bzimage_plan(kernel, &plan);
	if (rc == 0) {
		const uint8_t *header;

		plan_execute(&plan);
		host_plan_run();
		header = host_phys(plan.low_dst, 0x220);
		check_arrived(host_phys(le32(header + 0x218), le32(header + 0x21c)), le32(header + 0x21c));
	} else {
		check(rc == -ENOMEM || rc == -EINVAL);
		check(count > 0);
	}
	plan_free(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	char *text, *line, *next;
	struct image *kernel;

	if (size < 2 || size > 20000)
		return 0;
	if (!begun)
		host_memory(TOP / HOST_MIB);
	begun = true;
	machine(data[0]);
	kernel = good_kernel();
	check(kernel != NULL);
	count = 0;
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	for (line = text; line && *line && count < INITRDS_MAX; line = next) {
		next = strchr(line + 1, '\n');
		if (next)
			*next++ = '\0';
		add((uint8_t)*line, line + 1);
	}
	boot(kernel);
	image_free(kernel);
	while (image_next(NULL))
		image_free(image_next(NULL));
	free(text);
	check(host_heap_held() == 0);
	return 0;
}
