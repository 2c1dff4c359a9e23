/* SPDX-License-Identifier: BSD-2-Clause */
/* The loader: first in the image, run in place and at any address (so: no static data), it brings the payload up.
 *
 * During POST (INIT) it keeps the image in memory from PMM, tells the ROM's kept part where, shrinks the ROM, and runs the payload for
 * the prompt. When the BIOS boots from us it runs the payload in the highest free memory below 4 GiB. The payload returns when
 * the machine goes back to the BIOS. */
#include <stdbool.h>
#include "arch/x86/bios.h"
#include "arch/x86/container.h"
#include "arch/x86/e820.h"
#include "arch/x86/pmm.h"
#include "core/errors.h"
#include "core/mix.h"
#include "core/string.h"
#include "core/x86_calls.h"

#define PAGE 4096u
#define MIB (1u << 20)
#define BLOCK_MAX (8 * MIB)       /* payload, heap and packets; halves of it down to BLOCK_MIN will do */
#define BLOCK_MIN (2 * MIB)
#define BLOCK_STEP MIB
#define MIX_ROOM (MIB + MIB / 2)   /* for unpacking, at a block's end */
#define UNPACK_STEP 4096u

static uint32_t word_at(const uint8_t *image, unsigned offset)
{
	return *(const uint32_t *)(image + offset);
}

/** Make the addresses in the payload those of where it stands: the build has given each @mark as its top byte, and nothing else looks
 *  like an address with that mark (pack.sh). */
static void relocate(uint8_t *base, uint32_t binary, uint32_t memory, uint32_t mark)
{
	for (uint8_t *at = base; at + 4 <= base + binary; at++) {
		uint32_t offset = *(uint32_t *)at - (mark << 24);

		if (offset < memory) {
			*(uint32_t *)at = (uint32_t)base + offset;
			at += 3;
		}
	}
}

#define CR0_WP (1u << 16)

/* QEMU's emulation begins with a table of 256 pages and enlarges it only when it is flushed, which CR0's paging bits make it do: unpacking
 * touches more pages than that, and takes twice the time if the table stays small. Without paging WP means nothing. */
static void flip_write_protect(void)
{
	uint32_t cr0;

	__asm__ volatile("mov %%cr0, %0; xor %1, %0; mov %0, %%cr0" : "=&r"(cr0) : "i"(CR0_WP) : "memory", "cc");
}

/** Unpack the payload to info->block. At the block's end is room for this. */
int unpack_payload(struct boot_info *info, const uint8_t *image);
int unpack_payload(struct boot_info *info, const uint8_t *image)
{
	uint8_t *base = (uint8_t *)info->block;
	struct mix *mix = (struct mix *)(base + info->block_len - sizeof(struct mix));
	uint32_t binary = word_at(image, IMAGE_BINARY_LEN);
	int rc;

	mix_decode_begin(mix, image + word_at(image, IMAGE_PAYLOAD), word_at(image, IMAGE_PACKED_LEN));
	for (uint32_t end = 0; end < binary; ) {
		end = binary - end > UNPACK_STEP ? end + UNPACK_STEP : binary;
		mix_decode_to(mix, base, end);
		flip_write_protect();
	}
	if ((binary - 1) / UNPACK_STEP % 2 == 0)
		flip_write_protect();           /* as it was */
	rc = mix_decode_end(mix);
	if (rc == 0)
		x86_calls_to_distances(base, binary);
	return rc;
}

int unpack_with_stack(struct boot_info *info, const uint8_t *image, uint32_t stack);

/** Bring the payload to info->block, where it begins. */
static int bring_payload(struct boot_info *info, const uint8_t *image)
{
	uint8_t *base = (uint8_t *)info->block;
	uint32_t binary = word_at(image, IMAGE_BINARY_LEN), memory = word_at(image, IMAGE_MEMORY_LEN);
	int rc;

	_Static_assert(sizeof(struct mix) + PAGE <= MIX_ROOM && sizeof(struct mix) % 4 == 0, "room for what is learned, and a stack");
	if (memory > info->block_len - MIX_ROOM)
		return -ENOMEM;
	rc = unpack_with_stack(info, image, info->block + info->block_len - sizeof(struct mix));
	if (rc != 0)
		return rc;
	relocate(base, binary, memory, word_at(image, IMAGE_ADDRESS_MARK));
	info->payload_len = memory;
	memset(base + binary, 0, memory - binary);
	return 0;
}

/** A page-aligned block from PMM of @bytes plus a page; *@raw is what to free. */
static uint32_t pmm_block(const struct boot_info *info, uint32_t bytes, uint32_t *raw)
{
	*raw = pmm_allocate(info, bytes + PAGE, PMM_ANONYMOUS, PMM_EXTENDED);
	return (*raw + PAGE - 1) & ~(PAGE - 1);
}

/** Does the PCI function that POST named answer with our ROM's IDs? (Given to us by other ways, it is some bridge.) */
static bool pci_is_ours(const struct boot_info *info, const uint8_t *rom)
{
	uint32_t id;

	if (info->bdf == BDF_NONE)
		return false;
	__asm__ volatile("outl %0, %1" :: "a"(0x80000000u | (uint32_t)info->bdf << 8), "Nd"((uint16_t)0xcf8));
	__asm__ volatile("inl %1, %0" : "=a"(id) : "Nd"((uint16_t)0xcfc));
	return id == *(const uint32_t *)(rom + ROM_PCIR + 4);
}

/** Keep the image in memory that outlives POST if the BIOS has such, else in memory that usually does; one block for all ROMs of
 *  this build. 0 when there is none. */
static uint32_t keep_image(const struct boot_info *info, const uint8_t *image)
{
	uint32_t bytes = (info->image_len + PAGE - 1) & ~(PAGE - 1);
	uint32_t block = pmm_find(info, info->image_crc);

	if (block && memcmp((const void *)block, image, info->image_len) == 0)
		return block;
	block = pmm_allocate(info, bytes, info->image_crc, PMM_EXTENDED | PMM_PERMANENT);
	if (!block)
		block = pmm_allocate(info, bytes, info->image_crc, PMM_EXTENDED);
	if (block)
		memcpy((void *)block, image, info->image_len);
	return block;
}

static void put_hex(uint8_t *at, unsigned value, unsigned digits)
{
	while (digits-- > 0) {
		unsigned digit = value & 15;

		at[digits] = (uint8_t)(digit < 10 ? '0' + digit : 'a' + digit - 10);
		value >>= 4;
	}
}

/** Write our bus address into the product name, where "(PCI 00:00.0)" waits; without one the name ends before it. */
static void name_product(uint8_t *product, uint16_t bdf)
{
	while (*product && *product != '(')
		product++;
	if (!*product)
		return;
	if (bdf == BDF_NONE) {
		product[-1] = 0;
		return;
	}
	put_hex(product + 5, bdf >> 8, 2);
	put_hex(product + 8, (bdf >> 3) & 31, 2);
	put_hex(product + 11, bdf & 7, 1);
}

/** Make the ROM's bytes add up to zero again. */
static void fix_checksum(uint8_t *rom)
{
	uint8_t sum = 0;

	for (uint32_t i = 0; i < rom[ROM_SIZE] * 512u; i++)
		sum = (uint8_t)(sum + rom[i]);
	rom[ROM_CHECKSUM] = (uint8_t)(rom[ROM_CHECKSUM] - sum);
}

/** POST: the last time that the ROM can be written. */
static int loader_init(struct boot_info *info, const uint8_t *image)
{
	uint8_t *rom = (uint8_t *)((uint32_t)info->rom_segment << 4);
	uint32_t kept, raw = 0, bytes = BLOCK_MAX;

	info->pmm = pmm_entry();
	if (!pci_is_ours(info, rom))
		info->bdf = BDF_NONE;
	*(uint16_t *)(rom + ROM_STATE_BDF) = info->bdf;
	name_product(rom + ROM_PRODUCT, info->bdf);
	kept = keep_image(info, image);
	if (kept) {
		*(uint32_t *)(rom + ROM_STATE_IMAGE) = kept;
		info->image = kept;
	} else {
		info->kept = rom[ROM_SIZE];
	}
	for (; info->pmm && bytes >= BLOCK_MIN && !raw; bytes -= BLOCK_STEP) {
		info->block = pmm_block(info, bytes, &raw);
		info->block_len = bytes;
	}
	if (raw) {
		if (bring_payload(info, image) == 0)
			((int (*)(struct boot_info *))info->block)(info);
		pmm_free(info, raw);
	}
	rom[ROM_STATE_PROMPTED] = info->prompted;
	rom[ROM_STATE_KEPT] = info->kept;
	rom[ROM_SIZE] = info->kept;
	*(uint16_t *)(rom + ROM_PCIR_LEN) = info->kept;
	fix_checksum(rom);
	return 0;
}

/** Choose the highest free memory below 4 GiB that holds a block and not the image itself, nor an initrd that came with it. */
static bool choose_block(struct boot_info *info)
{
	const struct container *c = container_of_info(info);
	struct memmap map;

	e820_read(info, &map);
	memmap_exclude(&map, info->image, info->image + info->image_len);
	if (c)
		memmap_exclude(&map, c->initrd, c->initrd + c->initrd_len);
	for (uint32_t bytes = BLOCK_MAX; bytes >= BLOCK_MIN; bytes -= BLOCK_STEP)
		for (unsigned i = map.count; i-- > 0;)
			if (map.region[i].size >= bytes) {
				info->block = map.region[i].start + map.region[i].size - bytes;
				info->block_len = bytes;
				return true;
			}
	return false;
}

/** From the container, by image_start: @image is where this code stands. The payload's address, where it is to be run; 0 when it has been;
 *  or an error. */
uint32_t loader_main(struct boot_info *info, const uint8_t *image);
uint32_t loader_main(struct boot_info *info, const uint8_t *image)
{
	int rc;

	if (info->entry == ENTRY_INIT)
		return (uint32_t)loader_init(info, image);
	rc = choose_block(info) ? bring_payload(info, image) : -ENOMEM;
	return rc ? (uint32_t)rc : info->block;
}
