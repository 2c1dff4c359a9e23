/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernels whose headers say what no kernel's should: each is refused in words, or every byte goes to memory that is there. */
#include "image/bzimage.h"

#include "core/heap.h"
#include "tests/unit/image/images.h"

#define PAGE SPACE_PAGE

static struct load_plan plan;

static void begin_test(void)
{
	host_reset();
	space_init();
	plan_init(&plan);
	error_clear();
}

static void end_test(void)
{
	plan_free(&plan);
	images_free_all();
	EXPECT_EQ(host_heap_held(), 0);
}

__attribute__((constructor)) static void begin(void)
{
	test_setup = begin_test;
	test_teardown = end_test;
}

/** A registered kernel of @high_bytes with one field of its header, at @at, made @value. */
static struct image *patched(uint32_t high_bytes, uint32_t at, unsigned bytes, uint64_t value)
{
	struct image *kernel = kernel_image((struct kernel_shape){ .high_bytes = high_bytes });

	set_le(space_at(&kernel->block, at, bytes), bytes, value);
	return kernel;
}

static int planned(struct image *kernel)
{
	plan_free(&plan);
	plan_init(&plan);
	return bzimage_plan(kernel, &plan);
}

static uint32_t low(uint32_t offset, unsigned bytes) { return get_le(plan.low + offset, bytes); }

/** Is [@start, @start + @len) memory that the kernel may have? */
static bool is_memory(phys_t start, uint32_t len)
{
	struct memmap map;

	memmap_final(&map);
	for (unsigned i = 0; i < map.count; i++)
		if (start >= map.region[i].start && (uint64_t)start + len <= (uint64_t)map.region[i].start + map.region[i].size)
			return true;
	return false;
}

/** Every byte of the plan goes where memory is, and nothing below 1 MiB but into the real-mode segment. */
static void expect_within_memory(const char *what)
{
	if (plan.low_dst != 0x10000 || plan.low_len > 0x10000)
		test_fail(__FILE__, __LINE__, "%s: real-mode part at %x, %u bytes", what, plan.low_dst, plan.low_len);
	for (unsigned i = 0; i < plan.count; i++)
		if (plan.move[i].dst < HOST_MIB || !is_memory(plan.move[i].dst, plan.move[i].len))
			test_fail(__FILE__, __LINE__, "%s: move to %x, %u bytes", what, plan.move[i].dst, plan.move[i].len);
}

TEST(every_protocol_number_is_planned_or_refused_by_name)
{
	char words[60];

	for (unsigned version = 0; version <= 0x2ff; version++) {
		int rc = planned(patched(100, 0x206, 2, version));

		EXPECT_EQ(rc, version < 0x200 ? -ENOTSUP : 0);
		if (rc == 0) {
			expect_within_memory("version");
		} else {
			snprintf(words, sizeof words, "boot protocol %u.%02u", version >> 8, version & 255);
			EXPECT(error_says(-ENOTSUP, words));
		}
	}
}

/* The header's first byte at the end of the file, its last byte, and all between: what is missing is not read. */
TEST(a_header_that_ends_with_the_file_is_read_to_there)
{
	for (uint32_t len = 0x1f0; len < 0x270; len++) {
		uint8_t file[0x270];
		struct image *image;

		memset(file, 0xff, sizeof file);
		file[0x1f1] = 0;
		memcpy(file + 0x1fe, "\x55\xaa", 2);
		memcpy(file + 0x202, "HdrS\x0f\x02", 6);
		image = image_of_bytes("x", file, len);
		EXPECT_EQ(bzimage_probe(image), len < 0x206 ? -ENOEXEC : -EPROTO);
		EXPECT_EQ(planned(image), len < 0x206 ? -ENOEXEC : -EPROTO);
		image_free(image);
	}
}

TEST(every_number_of_setup_sectors_is_planned_or_refused)
{
	for (unsigned sectors = 0; sectors < 256; sectors++) {
		struct image *kernel = patched(256 * 512, 0x1f1, 1, sectors);
		uint32_t setup = ((sectors ? sectors : 4) + 1) * 512;
		int rc;

		set_le(space_at(&kernel->block, 0x1f4, 4), 4, 1);       /* promises little */
		rc = planned(kernel);
		EXPECT_EQ(rc, setup <= 0x8000 ? 0 : -EPROTO);
		if (rc == 0) {
			EXPECT_EQ(plan.move[0].src, space_phys(&kernel->block) + setup);
			EXPECT_EQ(plan.move[0].len, kernel->block.length - setup);
			expect_within_memory("setup_sects");
		}
	}
}

TEST(a_size_of_zero_promises_a_byte)
{
	struct image *none;
	uint32_t len;
	uint8_t *file;

	EXPECT_EQ(planned(patched(1, 0x1f4, 4, 0)), 0);
	EXPECT_EQ(planned(patched(100, 0x1f4, 4, 0)), 0);
	EXPECT_EQ(plan.move[0].len, 100);
	file = kernel_file(&(struct kernel_shape){ .high_bytes = 0 }, &len);
	none = image_of_bytes("none", file, len);
	EXPECT_EQ(planned(none), -EPROTO);
	image_free(none);
	free(file);
}

/* CVE-2019-14193 and its like: lengths that are negative, or wrap when they are multiplied. */
TEST(sizes_that_wrap_are_refused_with_what_was_promised)
{
	static const uint32_t sizes[] = { 0x08000000, 0x0fffffff, 0x10000000, 0x10000001, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff };
	char words[80];

	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		EXPECT_EQ(planned(patched(64, 0x1f4, 4, sizes[i])), -EPROTO);
		snprintf(words, sizeof words, "2624 bytes, its header promises %llu", 2560 + ((unsigned long long)sizes[i] - 1) * 16 + 1);
		EXPECT(error_says(-EPROTO, words));
	}
}

TEST(an_alignment_of_zero_or_of_no_power_of_two_is_none)
{
	static const uint32_t alignments[] = { 0, 3, 0x300000, 0xffffffff, 0x80000001 };

	for (unsigned i = 0; i < sizeof alignments / sizeof *alignments; i++) {
		struct image *kernel = patched(100, 0x230, 4, alignments[i]);

		*(uint8_t *)space_at(&kernel->block, 0x234, 1) = 1;     /* relocatable */
		set_le(space_at(&kernel->block, 0x260, 4), 4, HOST_MIB);
		EXPECT_EQ(planned(kernel), 0);
		expect_within_memory("alignment");
	}
}

/* Some programs in a kernel's shape leave the field empty; their own setup code reads it, we do not: nothing of ours goes there. */
TEST(where_the_setup_code_would_jump_moves_nothing)
{
	static const uint32_t starts[] = { 0, 0x500, 0x9fc00, 0xf0000, 0xfffffff0, 0x100000 };

	for (unsigned i = 0; i < sizeof starts / sizeof *starts; i++) {
		EXPECT_EQ(planned(patched(100, 0x214, 4, starts[i])), 0);
		EXPECT_EQ(plan.count, 1);
		EXPECT_EQ(plan.move[0].dst, 0x100000);
		EXPECT_EQ(low(0x214, 4), starts[i]);
		expect_within_memory("code32_start");
	}
}

TEST(a_kernel_that_takes_no_command_line_gets_none)
{
	struct image *kernel = patched(100, 0x238, 4, 0);

	EXPECT_EQ(planned(kernel), 0);
	EXPECT_EQ(plan.low[plan.low_len - 1], 0);
	EXPECT_EQ(plan.low_len, 0xe001);
	image_set_arguments(kernel, "a");
	EXPECT_EQ(planned(kernel), -EMSGSIZE);
	EXPECT(error_says(-EMSGSIZE, "command line of 1 bytes, this kernel takes 0"));
}

/* What the file says of an initrd and a command line of its own is overwritten. */
TEST(addresses_left_in_the_file_are_not_used)
{
	struct image *kernel = patched(100, 0x218, 8, 0xdeadbeefcafef00d);

	set_le(space_at(&kernel->block, 0x228, 4), 4, 0xdeadbeef);
	set_le(space_at(&kernel->block, 0x224, 2), 2, 0xffff);
	EXPECT_EQ(planned(kernel), 0);
	EXPECT_EQ(low(0x218, 4), 0);
	EXPECT_EQ(low(0x21c, 4), 0);
	EXPECT_EQ(low(0x224, 2), 0xde00);
	EXPECT_EQ(low(0x228, 4), 0x1e000);
}

/* Limits below the kernel's own end, and up to the end of 32 bits. */
TEST(an_initrds_limit_of_any_height_is_kept_or_refused)
{
	static const uint32_t limits[] = {
		0, 1, 0x5b00, 0xfffff, 0x100000, 0x100fff, 0x101fff, 0x102000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
	};
	static uint8_t page[PAGE];

	for (unsigned i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct image *kernel = patched(100, 0x22c, 4, limits[i]);
		int rc;

		image_set_arguments(registered("initrd", page, PAGE - 120), "/a");      /* with its header a page */
		rc = planned(kernel);
		EXPECT_EQ(rc, limits[i] < 0x101fff ? -ENOMEM : 0);
		if (rc == 0) {
			EXPECT((uint64_t)low(0x218, 4) + low(0x21c, 4) <= (uint64_t)limits[i] + 1);
			expect_within_memory("initrd_addr_max");
		} else {
			EXPECT(error_says(-ENOMEM, "(initrd_addr_max)"));
		}
	}
}

/* CVE-2018-18439: a file larger than what is left, down to the byte, in a machine of little memory. */
TEST(a_kernel_may_fill_memory_to_its_last_byte_and_no_further)
{
	struct memmap storage = { 1, { { 8 * HOST_MIB, 8 * HOST_MIB } } }, final = { 1, { { HOST_MIB, 15 * HOST_MIB } } };
	struct image *kernel;

	host_memmap_set(&storage, &final);
	space_init();
	kernel = patched(2 * HOST_MIB, 0x206, 2, 0x209);        /* no init_size yet: it needs what it is long */
	EXPECT_EQ(planned(kernel), 0);
	final.region[0].size = 2 * HOST_MIB;
	host_memmap_set(&storage, &final);
	EXPECT_EQ(planned(kernel), 0);
	final.region[0].size -= 1;
	host_memmap_set(&storage, &final);
	EXPECT_EQ(planned(kernel), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "kernel: need 2.0 MiB at 1.0 MiB"));
}

/* Memory with holes: reserved parts, video memory, the BIOS. Whatever the header says, nothing is put into them. */
TEST(whatever_the_header_says_every_byte_goes_to_memory_that_is_there)
{
	static const uint32_t odd[] = { 0, 1, 0xfff, 0x1000, 0xa0000, 0xf0000, 0x100000, 0x2fffff, 0x1000000, 0x7fffffff, 0x80000000, 0xffe00000,
	                                0xfffff000, 0xffffffff };
	static const struct { uint32_t at; unsigned bytes; } fields[] = {
		{ 0x1f1, 1 }, { 0x1f4, 4 }, { 0x206, 2 }, { 0x211, 1 }, { 0x212, 2 }, { 0x214, 4 }, { 0x218, 4 }, { 0x21c, 4 }, { 0x224, 2 },
		{ 0x228, 4 }, { 0x22c, 4 }, { 0x230, 4 }, { 0x234, 1 }, { 0x235, 1 }, { 0x238, 4 }, { 0x258, 4 }, { 0x25c, 4 }, { 0x260, 4 },
	};
	struct memmap storage = { 1, { { 8 * HOST_MIB, 4 * HOST_MIB } } };
	struct memmap final = { 3, { { HOST_MIB, 3 * HOST_MIB }, { 5 * HOST_MIB, 9 * HOST_MIB }, { 15 * HOST_MIB, HOST_MIB } } };
	unsigned planned_count = 0, refused = 0;
	static uint8_t bytes[3000];

	host_memmap_set(&storage, &final);
	space_init();
	srand(52);
	for (unsigned round = 0; round < 20000; round++) {
		struct image *kernel = kernel_image((struct kernel_shape){ .high_bytes = 1 + (uint32_t)rand() % 40000 });

		for (unsigned n = 1 + (unsigned)rand() % 3; n > 0; n--) {
			unsigned field = (unsigned)rand() % (sizeof fields / sizeof *fields);
			uint32_t value = rand() % 2 ? odd[(unsigned)rand() % (sizeof odd / sizeof *odd)] : (uint32_t)rand() % (16 * HOST_MIB);

			set_le(space_at(&kernel->block, fields[field].at, fields[field].bytes), fields[field].bytes, value);
		}
		if (round % 3)
			registered("initrd", bytes, 1 + (uint32_t)rand() % sizeof bytes);
		if (planned(kernel) == 0) {
			planned_count++;
			expect_within_memory("random header");
			if (low(0x21c, 4))
				EXPECT(is_memory(low(0x218, 4), low(0x21c, 4)));
		} else {
			refused++;
		}
		images_free_all();
	}
	EXPECT(planned_count > 5000 && refused > 2000);
}
