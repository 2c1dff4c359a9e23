/* SPDX-License-Identifier: BSD-2-Clause */
/* Which structures of a PXE stack are taken for good, and what base memory they are found to free. */
#include "arch/x86/parent_stack.h"

#include "tests/host/host.h"
#include "tests/unit/test.h"

static struct pxe_structure pxe;
static struct pxenv_structure pxenv;

static void make_good(void *structure, uint8_t *checksum, unsigned len)
{
	*checksum = 0;
	for (unsigned i = 0; i < len; i++)
		*checksum = (uint8_t)(*checksum - (i == (unsigned)(checksum - (uint8_t *)structure) ? 0 : ((uint8_t *)structure)[i]));
}

static void setup(void)
{
	host_reset();
	pxe = (struct pxe_structure){ .signature = { '!', 'P', 'X', 'E' }, .length = 0x58, .segment_count = 7 };
	pxenv = (struct pxenv_structure){ .signature = { 'P', 'X', 'E', 'N', 'V', '+' }, .length = 0x2c, .version = 0x201 };
	make_good(&pxe, &pxe.checksum, sizeof(pxe));
	make_good(&pxenv, &pxenv.checksum, sizeof(pxenv));
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; }

static void segment(unsigned i, uint32_t from_kib, uint32_t bytes)
{
	pxe.segment[i] = (struct pxe_segment){ (uint16_t)(from_kib << 6), from_kib << 10, (uint16_t)bytes };
}

TEST(whole_structures_are_good)
{
	EXPECT(parent_pxe_good(&pxe));
	EXPECT(parent_pxenv_good(&pxenv));
	pxenv.length = 0x26;
	make_good(&pxenv, &pxenv.checksum, 0x26);
	EXPECT(parent_pxenv_good(&pxenv));
}

TEST(a_changed_byte_makes_them_bad)
{
	for (unsigned i = 0; i < sizeof(pxe); i++) {
		((uint8_t *)&pxe)[i] ^= 0x10;
		EXPECT(!parent_pxe_good(&pxe));
		((uint8_t *)&pxe)[i] ^= 0x10;
	}
	for (unsigned i = 0; i < sizeof(pxenv); i++) {
		((uint8_t *)&pxenv)[i] ^= 0x40;
		EXPECT(i == 8 || !parent_pxenv_good(&pxenv));   /* a longer length goes on behind them, and may add up */
		((uint8_t *)&pxenv)[i] ^= 0x40;
	}
}

TEST(short_ones_are_bad_though_they_add_up)
{
	pxe.length = 0x57;
	make_good(&pxe, &pxe.checksum, 0x57);
	EXPECT(!parent_pxe_good(&pxe));
	pxenv.length = 0x25;
	make_good(&pxenv, &pxenv.checksum, 0x25);
	EXPECT(!parent_pxenv_good(&pxenv));
}

TEST(one_segment_at_the_end_of_base_memory_is_free)
{
	segment(PXE_SEGMENT_UNDI_DATA, 600, 39 * 1024);
	EXPECT_EQ(parent_free_kib(&pxe, PXE_SEGMENT_STACK, 600, 0xf0000), 639);
}

TEST(segments_that_stand_behind_each_other_are_free_in_any_order)
{
	segment(PXE_SEGMENT_BASE_CODE, 560, 20 * 1024 - 3);
	segment(PXE_SEGMENT_UNDI_CODE, 580, 30 * 1024);
	segment(PXE_SEGMENT_UNDI_DATA, 610, 1);
	EXPECT_EQ(parent_free_kib(&pxe, PXE_SEGMENT_STACK, 560, 0xf0000), 611);
	EXPECT_EQ(parent_free_kib(&pxe, PXE_SEGMENT_BASE_DATA, 560, 0xf0000), 580);
}

TEST(a_segment_with_others_below_it_is_not)
{
	segment(PXE_SEGMENT_UNDI_CODE, 600, 1024);
	EXPECT_EQ(parent_free_kib(&pxe, PXE_SEGMENT_STACK, 590, 0xf0000), 590);
}

TEST(nothing_is_free_while_an_interrupt_leads_there)
{
	segment(PXE_SEGMENT_UNDI_CODE, 600, 39 * 1024);
	EXPECT_EQ(parent_free_kib(&pxe, PXE_SEGMENT_STACK, 600, 600 << 10), 600);
	EXPECT_EQ(parent_free_kib(&pxe, PXE_SEGMENT_STACK, 600, (639 << 10) - 1), 600);
	EXPECT_EQ(parent_free_kib(&pxe, PXE_SEGMENT_STACK, 600, 639 << 10), 639);
}

TEST(nonsense_frees_nothing)
{
	segment(PXE_SEGMENT_UNDI_CODE, 600, 60 * 1024);         /* beyond base memory */
	EXPECT_EQ(parent_free_kib(&pxe, PXE_SEGMENT_STACK, 600, 0xf0000), 600);
	pxe.segment[PXE_SEGMENT_UNDI_CODE] = (struct pxe_segment){ 0, 0xffffff00, 0xffff };
	EXPECT_EQ(parent_free_kib(&pxe, PXE_SEGMENT_STACK, 600, 0xf0000), 600);
	segment(PXE_SEGMENT_UNDI_DATA, 600, 1024);
	pxe.segment_count = 1;
	EXPECT_EQ(parent_free_kib(&pxe, PXE_SEGMENT_STACK, 600, 0xf0000), 600);
	pxe.segment_count = 255;
	EXPECT_EQ(parent_free_kib(&pxe, PXE_SEGMENT_STACK, 600, 0xf0000), 601);
}
