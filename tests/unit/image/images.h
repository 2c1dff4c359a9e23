/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of image/ share: a machine, images with known bytes, and kernels with any header. */
#ifndef TESTS_UNIT_IMAGE_IMAGES_H
#define TESTS_UNIT_IMAGE_IMAGES_H

#include <string.h>
#include "core/errors.h"
#include "image/image.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

#define KIB 1024u

/** All images gone, the heap as it was. */
static inline void images_free_all(void)
{
	while (image_next(NULL))
		image_free(image_next(NULL));
}

/** The machine of host_reset(), with one region of storage and one that is final. */
static inline void machine(phys_t storage, uint32_t storage_bytes, phys_t final, uint32_t final_bytes)
{
	struct memmap s = { 1, { { storage, storage_bytes } } }, f = { 1, { { final, final_bytes } } };

	host_memmap_set(&s, &f);
	space_init();
}

static inline const char *error_now(int rc)
{
	static char buf[400];

	error_format(buf, sizeof(buf), rc);
	return buf;
}

static inline bool error_says(int rc, const char *words)
{
	if (strstr(error_now(rc), words))
		return true;
	printf("error is: %s\n", error_now(rc));
	return false;
}

/** An unregistered image that holds @len bytes of @data. */
static inline struct image *image_of_bytes(const char *name, const void *data, uint32_t len)
{
	struct image *image = image_alloc(name, "");

	if (!image || space_alloc(&image->block, len) != 0)
		abort();
	if (len)
		memcpy(space_at(&image->block, 0, len), data, len);
	return image;
}

static inline struct image *image_of_text(const char *name, const char *text)
{
	return image_of_bytes(name, text, (uint32_t)strlen(text));
}

/** A registered image. */
static inline struct image *registered(const char *name, const void *data, uint32_t len)
{
	struct image *image = image_of_bytes(name, data, len);

	if (image_register(image) != 0)
		abort();
	return image;
}

/** A kernel's header. version 0x20f and LOADED_HIGH if left zero. */
struct kernel_shape {
	unsigned version, setup_sects;
	uint32_t high_bytes;            /* length of the protected-mode part */
	bool low;                       /* zImage */
	uint32_t syssize;               /* in paragraphs; 0: what high_bytes gives */
	uint32_t initrd_addr_max;       /* 0: 0x7fffffff */
	uint32_t cmdline_size;          /* 0: 2047 */
	uint64_t pref_address;
	uint32_t init_size;
	uint32_t alignment;
};

static inline void set_le(uint8_t *p, unsigned bytes, uint64_t value)
{
	for (; bytes--; value >>= 8)
		*p++ = (uint8_t)value;
}

static inline uint32_t get_le(const uint8_t *p, unsigned bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | p[bytes];
	return value;
}

/** A kernel file on malloc()'s heap; its bytes are recognisable. */
static inline uint8_t *kernel_file(const struct kernel_shape *shape, uint32_t *len)
{
	uint32_t setup = ((shape->setup_sects ? shape->setup_sects : 4) + 1) * 512;
	uint8_t *file = malloc(setup + shape->high_bytes);

	*len = setup + shape->high_bytes;
	for (uint32_t i = 0; i < *len; i++)
		file[i] = (uint8_t)(i * 7 + (i >> 8) * 13 + 1);
	memset(file + 0x1f1, 0, 0x26c - 0x1f1);
	file[0x1f1] = (uint8_t)shape->setup_sects;
	set_le(file + 0x1f4, 4, shape->syssize ? shape->syssize : (shape->high_bytes + 15) / 16);
	set_le(file + 0x1fa, 2, 0xffff);
	set_le(file + 0x1fe, 2, 0xaa55);
	memcpy(file + 0x202, "HdrS", 4);
	set_le(file + 0x206, 2, shape->version ? shape->version : 0x20f);
	file[0x211] = shape->low ? 0 : 1;
	set_le(file + 0x214, 4, 0x100000);
	set_le(file + 0x22c, 4, shape->initrd_addr_max ? shape->initrd_addr_max : 0x7fffffff);
	set_le(file + 0x230, 4, shape->alignment);
	file[0x234] = shape->alignment != 0;
	set_le(file + 0x238, 4, shape->cmdline_size ? shape->cmdline_size : 2047);
	set_le(file + 0x258, 8, shape->pref_address);
	set_le(file + 0x260, 4, shape->init_size);
	return file;
}

/** A registered kernel. */
static inline struct image *kernel_image(struct kernel_shape shape)
{
	uint32_t len;
	uint8_t *file = kernel_file(&shape, &len);
	struct image *image = registered("linux", file, len);

	free(file);
	return image;
}

#endif
