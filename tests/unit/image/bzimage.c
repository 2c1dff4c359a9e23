/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/heap.h"
#include "image/bzimage.h"
#include "image/initrd.h"
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

/** Plan and carry out; the machine is then as the kernel finds it. */
static int boot(struct image *kernel)
{
	int rc;

	plan_free(&plan);
	plan_init(&plan);
	if ((rc = bzimage_plan(kernel, &plan)) != 0)
		return rc;
	plan_execute(&plan);
	host_plan_run();
	return 0;
}

static uint32_t low(uint32_t offset, unsigned bytes) { return get_le(host_phys(0x10000 + offset, bytes), bytes); }

TEST(real_mode_part_is_filled_in_as_protocol_2_02_and_up_says)
{
	struct image *kernel = kernel_image((struct kernel_shape){ .setup_sects = 10, .high_bytes = 5003 });
	uint8_t *high = malloc(5003), setup[0x1f1];

	memcpy(high, image_bytes(kernel, 11 * 512, 5003), 5003);
	memcpy(setup, image_bytes(kernel, 0, sizeof(setup)), sizeof(setup));
	image_set_arguments(kernel, "console=ttyS0 quiet");
	EXPECT_EQ(boot(kernel), 0);
	EXPECT_MEM(host_phys(0x100000, 5003), high, 5003);
	EXPECT_MEM(host_phys(0x10000, sizeof(setup)), setup, sizeof(setup));
	EXPECT_EQ(low(0x210, 1), 0xff);
	EXPECT_EQ(low(0x211, 1), 0x81);
	EXPECT_EQ(low(0x212, 2), 0);
	EXPECT_EQ(low(0x214, 4), 0x100000);
	EXPECT_EQ(low(0x218, 4), 0);
	EXPECT_EQ(low(0x21c, 4), 0);
	EXPECT_EQ(low(0x224, 2), 0xde00);
	EXPECT_EQ(low(0x228, 4), 0x1e000);
	EXPECT_EQ(low(0x1fa, 2), 0xffff);
	EXPECT_STR((char *)host_phys(0x1e000, 100), "console=ttyS0 quiet");
	EXPECT_EQ(plan.entry.cs, 0x1020);
	EXPECT_EQ(plan.entry.ip, 0);
	EXPECT_EQ(plan.entry.ss, 0x1000);
	EXPECT_EQ(plan.entry.ds, 0x1000);
	EXPECT_EQ(plan.entry.sp, 0xe000);
	free(high);
}

TEST(up_to_protocol_2_01_the_command_line_is_moved_with_the_setup)
{
	for (unsigned version = 0x200; version <= 0x201; version++) {
		struct image *kernel = kernel_image((struct kernel_shape){ .version = version, .high_bytes = 100 });
		uint32_t heap_end_ptr = get_le(image_bytes(kernel, 0x224, 2), 2);

		image_set_arguments(kernel, "root=/dev/hda1");
		EXPECT_EQ(boot(kernel), 0);
		EXPECT_EQ(low(0x20, 2), 0xa33f);
		EXPECT_EQ(low(0x22, 2), 0x9800);
		EXPECT_EQ(low(0x212, 2), 0x9800 + 15);
		EXPECT_STR((char *)host_phys(0x19800, 100), "root=/dev/hda1");
		EXPECT_EQ(low(0x224, 2), version == 0x201 ? 0x9600 : heap_end_ptr);
		EXPECT_EQ(low(0x211, 1), version == 0x201 ? 0x81 : 0x01);
		EXPECT_EQ(low(0x228, 4), 0);
		EXPECT_EQ(plan.entry.sp, 0x9800);
	}
}

TEST(memdisk_gets_what_it_needs)
{
	struct image *kernel = kernel_image((struct kernel_shape){ .version = 0x203, .setup_sects = 3, .high_bytes = 20000,
								   .initrd_addr_max = 0xffffffff, .syssize = 0xffffffff });

	registered("disk", "boot sector", 11);
	image_set_arguments(kernel, "iso raw");
	EXPECT_EQ(boot(kernel), 0);
	EXPECT_MEM(host_phys(low(0x218, 4), 11), "boot sector", 11);
	EXPECT_EQ(low(0x21c, 4), 11);
	EXPECT_EQ(low(0x228, 4), 0x1e000);
}

TEST(what_is_not_a_kernel_is_not_ours)
{
	uint8_t bytes[2000] = { 0 };
	struct image *image;

	for (uint32_t len = 0; len < sizeof(bytes); len += 97) {
		image = image_of_bytes("x", bytes, len);
		EXPECT_EQ(bzimage_probe(image), -ENOEXEC);
		EXPECT_EQ(bzimage_plan(image, &plan), -ENOEXEC);
		image_free(image);
	}
	set_le(bytes + 0x1fe, 2, 0xaa55);       /* a boot sector, or a kernel before 2.00 */
	image = image_of_bytes("x", bytes, sizeof(bytes));
	EXPECT_EQ(bzimage_probe(image), -ENOEXEC);
	image_free(image);
}

TEST(every_truncation_is_refused_cleanly)
{
	struct kernel_shape shape = { .setup_sects = 2, .high_bytes = 1600 };
	uint32_t len;
	uint8_t *file = kernel_file(&shape, &len);

	for (uint32_t cut = 0; cut < len; cut++) {
		struct image *image = image_of_bytes("x", file, cut);

		/* The last paragraph may be incomplete: kernels before 2.6.31 */
		EXPECT_EQ(bzimage_probe(image), cut < 0x206 ? -ENOEXEC : cut < len - 15 ? -EPROTO : 0);
		image_free(image);
	}
	free(file);
}

TEST(headers_that_contradict_the_file_are_refused)
{
	static const struct { struct kernel_shape shape; int rc; } cases[] = {
		{ { .setup_sects = 0, .high_bytes = 16 }, 0 },
		{ { .setup_sects = 1, .high_bytes = 16 }, 0 },
		{ { .setup_sects = 63, .high_bytes = 16 }, 0 },
		{ { .setup_sects = 64, .high_bytes = 16 }, -EPROTO },
		{ { .setup_sects = 255, .high_bytes = 16 }, -EPROTO },
		{ { .high_bytes = 0 }, -EPROTO },
		{ { .high_bytes = 64, .syssize = 5 }, -EPROTO },
		{ { .high_bytes = 64, .syssize = 0xffffffff }, -EPROTO },
		{ { .high_bytes = 64, .syssize = 0x10000004 }, -EPROTO },
		{ { .version = 0x203, .high_bytes = 64, .syssize = 5 }, 0 },
		{ { .high_bytes = 64, .syssize = 1 }, 0 },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint32_t len;
		uint8_t *file = kernel_file(&cases[i].shape, &len);
		struct image *image = image_of_bytes("x", file, len);

		EXPECT_EQ(bzimage_probe(image), cases[i].rc);
		EXPECT_EQ(bzimage_plan(image, &plan), cases[i].rc);
		plan_free(&plan);
		image_free(image);
		free(file);
	}
}

TEST(a_zimage_is_refused_by_name)
{
	EXPECT_EQ(boot(kernel_image((struct kernel_shape){ .version = 0x204, .high_bytes = 100, .low = true })), -ENOTSUP);
	EXPECT(error_says(-ENOTSUP, "zImage (boot protocol 2.04)"));
	EXPECT_EQ(boot(kernel_image((struct kernel_shape){ .version = 0x103, .high_bytes = 100 })), -ENOTSUP);
	EXPECT_EQ(boot(kernel_image((struct kernel_shape){ .version = 0x2ff, .high_bytes = 100 })), 0);
}

TEST(a_command_line_that_is_too_long_is_refused_with_both_figures)
{
	static const struct { unsigned version, size, most; } cases[] = {
		{ 0x20f, 2047, 2047 }, { 0x206, 255, 255 }, { 0x205, 2047, 255 }, { 0x201, 2047, 255 }, { 0x20f, 1, 1 },
		{ 0x20f, 0xffffffff, 0x1fff },
	};
	char line[0x2100];

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct image *kernel = kernel_image((struct kernel_shape){ .version = cases[i].version, .high_bytes = 100,
									   .cmdline_size = cases[i].size });
		char words[80];

		memset(line, 'a', sizeof(line));
		line[cases[i].most] = '\0';
		image_set_arguments(kernel, line);
		EXPECT_EQ(boot(kernel), 0);
		EXPECT_STR((char *)host_phys(plan.low_dst + plan.low_len - cases[i].most - 1, cases[i].most + 1), line);
		line[cases[i].most] = 'a';
		line[cases[i].most + 1] = '\0';
		image_set_arguments(kernel, line);
		EXPECT_EQ(boot(kernel), -EMSGSIZE);
		snprintf(words, sizeof(words), "command line of %u bytes, this kernel takes %u", cases[i].most + 1, cases[i].most);
		EXPECT(error_says(-EMSGSIZE, words));
	}
}

TEST(vga_is_taken_from_the_command_line)
{
	static const struct { const char *args; unsigned mode; } cases[] = {
		{ "", 0xffff }, { "vga=normal", 0xffff }, { "a vga=ext b", 0xfffe }, { "vga=ask", 0xfffd }, { "vga=791", 791 },
		{ "vga=0x317", 0x317 }, { "vga=0X317 quiet", 0x317 }, { "vga=01427", 791 }, { "vga=1 vga=2", 2 }, { "xvga=3", 0xffff },
		{ "vga=", 0xffff }, { "vga=what", 0xffff }, { "  vga=5", 5 }, { "vga=0", 0 }, { "vga=current", 0xffff },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct image *kernel = kernel_image((struct kernel_shape){ .high_bytes = 100 });

		image_set_arguments(kernel, cases[i].args);
		EXPECT_EQ(boot(kernel), 0);
		EXPECT_EQ(low(0x1fa, 2), cases[i].mode);
		EXPECT_STR((char *)host_phys(0x1e000, 100), cases[i].args);
	}
}

TEST(the_kernel_needs_its_memory_from_1_mib_and_where_it_unpacks)
{
	struct memmap storage = { 1, { { HOST_MIB, 239 * HOST_MIB } } }, final = { 1, { { HOST_MIB, 63 * HOST_MIB } } };
	struct image *kernel = kernel_image((struct kernel_shape){ .high_bytes = 5 * HOST_MIB, .pref_address = 16 * HOST_MIB,
								   .init_size = 48 * HOST_MIB });

	host_memmap_set(&storage, &final);
	EXPECT_EQ(boot(kernel), 0);
	final.region[0].size -= PAGE;
	host_memmap_set(&storage, &final);
	EXPECT_EQ(boot(kernel), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "kernel: need 48.0 MiB at 16.0 MiB, 47.9 MiB free there"));
	final.region[0].size = 4 * HOST_MIB;
	host_memmap_set(&storage, &final);
	EXPECT_EQ(boot(kernel), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "kernel: need 5.0 MiB at 1.0 MiB, 4.0 MiB free there"));
	final.region[0].start = 2 * HOST_MIB;
	host_memmap_set(&storage, &final);
	EXPECT_EQ(boot(kernel), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "0.0 MiB free there"));
}

TEST(addresses_that_make_no_sense_are_refused)
{
	EXPECT_EQ(boot(kernel_image((struct kernel_shape){ .high_bytes = 100, .pref_address = UINT64_MAX, .init_size = 0xffffffff })), -ENOMEM);
	EXPECT_EQ(boot(kernel_image((struct kernel_shape){ .high_bytes = 100, .pref_address = 1ull << 32, .init_size = 1 })), -ENOMEM);
	EXPECT_EQ(boot(kernel_image((struct kernel_shape){ .high_bytes = 100, .pref_address = 0xfffff000, .init_size = 0xffffffff })), -ENOMEM);
	EXPECT_EQ(boot(kernel_image((struct kernel_shape){ .high_bytes = 100, .alignment = 0x80000000, .init_size = 1 })), -ENOMEM);
	EXPECT_EQ(boot(kernel_image((struct kernel_shape){ .high_bytes = 100, .alignment = 3 })), 0);
	EXPECT_EQ(boot(kernel_image((struct kernel_shape){ .high_bytes = 100, .alignment = 0x200000, .init_size = 1 })), 0);
	registered("initrd", "rd", 2);
	EXPECT_EQ(boot(kernel_image((struct kernel_shape){ .high_bytes = 100, .pref_address = 1ull << 37, .initrd_addr_max = 0x5b00 })),
	          -ENOMEM);
}

/** Where the initrd of 1 page goes when it has to move (it is wrapped). */
static uint32_t initrd_address(struct kernel_shape shape, const char *args)
{
	static uint8_t page[PAGE];
	struct image *kernel = kernel_image(shape);

	image_set_arguments(kernel, args);
	image_set_arguments(registered("initrd", page, PAGE), "/a");
	EXPECT_EQ(boot(kernel), 0);
	return low(0x218, 4);
}

TEST(the_initrd_lies_as_high_as_memory_the_kernel_and_mem_allow)
{
	struct kernel_shape shape = { .high_bytes = 100 };

	EXPECT_EQ(initrd_address(shape, ""), 256 * HOST_MIB - 2 * PAGE);
	EXPECT_EQ(initrd_address(shape, "mem=100M"), 100 * HOST_MIB - 2 * PAGE);
	EXPECT_EQ(initrd_address(shape, "a mem=64m mem=100M"), 64 * HOST_MIB - 2 * PAGE);
	EXPECT_EQ(initrd_address(shape, "mem=0x5000000"), 80 * HOST_MIB - 2 * PAGE);
	EXPECT_EQ(initrd_address(shape, "mem=131072K"), 128 * HOST_MIB - 2 * PAGE);
	EXPECT_EQ(initrd_address(shape, "mem=1G"), 256 * HOST_MIB - 2 * PAGE);
	EXPECT_EQ(initrd_address(shape, "mem=99999999999999999999999E mem=nopentium highmem=1M"), 256 * HOST_MIB - 2 * PAGE);
	shape.initrd_addr_max = 100 * HOST_MIB + 100;
	EXPECT_EQ(initrd_address(shape, ""), 100 * HOST_MIB - 2 * PAGE);
	shape.initrd_addr_max = 100 * HOST_MIB - 1;
	EXPECT_EQ(initrd_address(shape, "mem=200M"), 100 * HOST_MIB - 2 * PAGE);
	images_free_all();
	plan_free(&plan);
	host_memory(1000);
	space_init();
	shape.initrd_addr_max = 0;
	shape.version = 0x202;
	EXPECT_EQ(initrd_address(shape, ""), 0x38000000 - 2 * PAGE);
}

TEST(an_initrd_that_cannot_lie_anywhere_is_refused_with_figures_and_the_reason)
{
	struct kernel_shape shape = { .high_bytes = 100, .pref_address = 16 * HOST_MIB, .init_size = 4 * HOST_MIB };
	struct image *kernel = kernel_image(shape), *initrd = image_alloc("initrd", "");

	EXPECT_EQ(space_alloc(&initrd->block, 200 * HOST_MIB), 0);
	EXPECT_EQ(image_register(initrd), 0);
	EXPECT_EQ(boot(kernel), 0);
	image_set_arguments(kernel, "mem=219M");
	EXPECT_EQ(boot(kernel), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "initrd: need 200.0 MiB, 199.0 MiB free from 20.0 MiB (end of the kernel) to 219.0 MiB (mem=)"));
	image_set_arguments(kernel, "mem=10M");
	EXPECT_EQ(boot(kernel), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "0.0 MiB free"));
	shape.initrd_addr_max = 100 * HOST_MIB - 1;
	kernel = kernel_image(shape);
	EXPECT_EQ(boot(kernel), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "80.0 MiB free from 20.0 MiB (end of the kernel) to 100.0 MiB (initrd_addr_max)"));
	shape.initrd_addr_max = 0;
	shape.init_size = 100 * HOST_MIB;
	kernel = kernel_image(shape);
	EXPECT_EQ(boot(kernel), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "140.0 MiB free from 116.0 MiB (end of the kernel) to 256.0 MiB (end of memory)"));
}

TEST(whether_one_more_initrd_fits_is_known_before_it_is_fetched)
{
	struct kernel_shape shape = { .high_bytes = 100, .pref_address = 16 * HOST_MIB, .init_size = 4 * HOST_MIB };

	EXPECT_EQ(image_fits(4000ull * HOST_MIB), 0);           /* nothing is selected */
	shape.initrd_addr_max = 100 * HOST_MIB - 1;
	image_select(kernel_image(shape));
	EXPECT_EQ(image_fits(80 * HOST_MIB), 0);
	EXPECT_EQ(image_fits(80 * HOST_MIB + 1), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "initrd: need 80.0 MiB, 80.0 MiB free from 20.0 MiB (end of the kernel) to 100.0 MiB (initrd_addr_max)"));
	registered("initrd", "12345", 5);
	EXPECT_EQ(image_fits(80 * HOST_MIB - 8), 0);
	EXPECT_EQ(image_fits(80 * HOST_MIB - 7), -ENOMEM);
	EXPECT_EQ(image_fits(UINT64_MAX), -ENOMEM);
	shape.init_size = 400 * HOST_MIB;
	image_select(kernel_image(shape));
	EXPECT_EQ(image_fits(1), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "kernel: need 400.0 MiB at 16.0 MiB, 240.0 MiB free there"));
	image_select(registered("script", "#!fpxe", 6));
	EXPECT_EQ(image_fits(UINT64_MAX), 0);
}

TEST(out_of_heap_is_an_error_and_leaks_nothing)
{
	struct image *kernel = kernel_image((struct kernel_shape){ .high_bytes = 100 });

	heap_fail_after(1);
	EXPECT_EQ(boot(kernel), -ENOMEM);
	EXPECT(plan.low == NULL);
}

/* ---- Debian's kernels, where their package is installed -------------------------------------------------------------------------- */

#define INSTALLER "/usr/lib/debian-installer/images/12/%s/text/debian-installer/%s/linux"

/** The kernel for @arch, registered and selected; NULL when it is not installed. */
static struct image *installer_kernel(const char *arch)
{
	struct image *kernel = NULL;
	char path[200];
	uint8_t *file;
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), INSTALLER, arch, arch);
	if ((f = fopen(path, "rb")) == NULL) {
		printf("skipped: no %s\n", path);
		return NULL;
	}
	file = malloc(32 * HOST_MIB);
	len = fread(file, 1, 32 * HOST_MIB, f);
	fclose(f);
	kernel = registered("linux", file, (uint32_t)len);
	free(file);
	image_select(kernel);
	return kernel;
}

/** An initrd of @bytes, whose ends can be recognised. */
static int add_initrd(uint32_t bytes)
{
	struct image *image = image_alloc("initrd", "");
	int rc = space_alloc(&image->block, bytes);

	if (rc != 0) {
		image_free(image);
		return rc;
	}
	memcpy(space_at(&image->block, 0, 5), "begin", 5);
	memcpy(space_at(&image->block, bytes - 3, 3), "end", 3);
	return image_register(image);
}

static void expect_initrd(uint32_t bytes)
{
	EXPECT_EQ(low(0x21c, 4), bytes);
	EXPECT_MEM(host_phys(low(0x218, 4), 5), "begin", 5);
	EXPECT_MEM(host_phys(low(0x218, 4) + bytes - 3, 3), "end", 3);
}

TEST(debian_kernels_boot_with_their_initrds_in_512_mib)
{
	for (const char *const *arch = (const char *const[]){ "amd64", "i386", NULL }; *arch; arch++) {
		struct image *kernel;
		uint32_t setup;
		uint8_t start[64];

		host_memory(512);
		space_init();
		if ((kernel = installer_kernel(*arch)) == NULL)
			continue;
		setup = (get_le(image_bytes(kernel, 0x1f1, 1), 1) + 1) * 512;
		memcpy(start, image_bytes(kernel, setup, sizeof(start)), sizeof(start));
		EXPECT_EQ(image_fits(40810276), 0);
		EXPECT_EQ(add_initrd(40810276), 0);
		EXPECT_EQ(boot(kernel), 0);
		EXPECT_EQ(plan.count, 1);                       /* the initrd stays where it is */
		EXPECT_MEM(host_phys(0x100000, sizeof(start)), start, sizeof(start));
		expect_initrd(40810276);
		plan_free(&plan);
		images_free_all();
	}
}

TEST(a_64_mib_machine_refuses_the_amd64_installer_with_figures)
{
	struct image *kernel;

	host_memory(64);
	space_init();
	if ((kernel = installer_kernel("amd64")) == NULL)
		return;
	EXPECT_EQ(image_fits(40810276), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "kernel: need 63.5 MiB at 16.0 MiB, 48.0 MiB free there"));
	EXPECT_EQ(boot(kernel), -ENOMEM);
}

TEST(a_2_gib_machine_boots_with_an_initrd_of_1_gib)
{
	struct image *kernel;

	if (sizeof(void *) == 4)                /* a 32-bit host has no such memory */
		return;
	host_memory(2048);
	space_init();
	if ((kernel = installer_kernel("amd64")) == NULL)
		return;
	EXPECT_EQ(image_fits(1u << 30), 0);
	EXPECT_EQ(add_initrd(1u << 30), 0);
	EXPECT_EQ(boot(kernel), 0);
	EXPECT_EQ(plan.count, 1);
	expect_initrd(1u << 30);
	EXPECT_EQ(image_fits(1u << 30), -ENOMEM);
	images_free_all();
	plan_free(&plan);
	host_memory(32);
}

/* ---- any layout of images, carried out, against a model ------------------------------------------------------------------------ */

#define ARENA (16 * HOST_MIB)           /* storage lies at and above this; the kernel's 1 MiB is moved up there for the model */
#define MODEL_IMAGES 9

struct model { uint8_t *bytes; uint32_t len; };

static struct model model_initrd(const struct image *image)
{
	struct model m = { calloc(1, image->block.length + 600), 0 };

	if (*image->arguments) {
		m.len = 110 + (uint32_t)strlen(image->arguments) + 1;
		snprintf((char *)m.bytes, 600, "0707010000000000008" "1a4000000000000000000000001" "00000000%08x" "00000000000000000000000000000000"
			 "%08x00000000%s", image->block.length, (unsigned)strlen(image->arguments) + 1, image->arguments);
		m.len = (m.len + 3) & ~3u;
	}
	if (image->block.length)
		memcpy(m.bytes + m.len, image_bytes(image, 0, image->block.length), image->block.length);
	m.len += image->block.length;
	if (*image->arguments)
		m.len = (m.len + 3) & ~3u;
	return m;
}

static void random_image(unsigned number, bool is_kernel)
{
	static uint8_t bytes[64 * KIB];
	uint32_t len = (uint32_t)rand() % (rand() % 3 ? 12 * KIB : 60 * KIB);
	char name[20];
	struct image *image;
	uint8_t *file;

	if (is_kernel) {
		struct kernel_shape shape = { .version = 0x209, .setup_sects = 1, .high_bytes = len + 1 };

		file = kernel_file(&shape, &len);
		memcpy(bytes, file, len);
		free(file);
	} else {
		for (uint32_t i = 0, x = (uint32_t)rand(); i < len; i++, x = x * 1664525 + 1013904223)
			bytes[i] = (uint8_t)(x >> 24);
	}
	snprintf(name, sizeof(name), is_kernel ? "linux" : rand() % 12 ? "image%u" : "script%u", number);
	if (name[0] == 's' && len > 10)
		memcpy(bytes, "#!fpxe\n", 7);
	image = image_alloc(name, "");
	if (rand() % 5 == 0 && space_grow(&image->block) == 0) {
		if (!space_at(&image->block, 0, len)) {
			image_free(image);
			return;
		}
		memcpy(space_at(&image->block, 0, len), bytes, len);
		while (!space_settle(&image->block, len))
			;
	} else if (space_alloc(&image->block, len) == 0) {
		if (len)
			memcpy(space_at(&image->block, 0, len), bytes, len);
	} else {
		image_free(image);
		return;
	}
	if (rand() % 4 == 0 && !is_kernel) {
		snprintf(name, sizeof(name), "/file%u", number * 12345);
		image_set_arguments(image, name);
	}
	image_register(image);
}

/** Storage of @pieces pieces in final memory that begins at 1 MiB, tight or roomy. */
static void random_machine(unsigned pieces)
{
	struct memmap storage = { .count = 0 }, final = { 1, { { HOST_MIB, 0 } } };
	phys_t at = HOST_MIB + (phys_t)(rand() % 3 ? 0 : rand() % 30) * PAGE;

	for (unsigned i = 0; i < pieces; i++) {
		uint32_t pages = 8 + (uint32_t)rand() % 60;

		storage.region[storage.count++] = (struct mem_region){ at, pages * PAGE };
		at += (pages + 1 + (phys_t)rand() % 6) * PAGE;
	}
	final.region[0].size = at - HOST_MIB + (phys_t)(rand() % 2 ? 0 : rand() % 40) * PAGE;
	host_memmap_set(&storage, &final);
	space_init();
}

struct tally { unsigned booted, refused_room, refused_pieces, sorted; };

static void one_layout(unsigned round, unsigned pieces, struct tally *tally)
{
	static uint8_t whole_bytes[(MODEL_IMAGES + 2) * 64 * KIB];
	struct model one, whole = { whole_bytes, 0 }, high = { NULL, 0 };
	unsigned count = 1 + (unsigned)rand() % MODEL_IMAGES, kernel_at = (unsigned)rand() % count;
	struct image *kernel, *image = NULL;
	phys_t kernel_start;
	int rc;

	random_machine(pieces);
	for (unsigned i = 0; i < count; i++)
		random_image(i, i == kernel_at);
	for (unsigned i = 0; rand() % 2 && i < 2; i++) {
		char name[20];

		snprintf(name, sizeof(name), "image%u", (unsigned)rand() % count);
		image_free(image_find(name));
		random_image(20 + i, false);
	}
	kernel = image_find("linux");
	while (kernel && (image = image_next(image)) != NULL) {
		if (image == kernel || image->format)
			continue;
		for (one = model_initrd(image); whole.len % 4; whole.len++)     /* the next one begins so; the last one ends where it ends */
			whole.bytes[whole.len] = 0;
		memcpy(whole.bytes + whole.len, one.bytes, one.len);
		whole.len += one.len;
		free(one.bytes);
	}
	if (kernel) {
		high = (struct model){ malloc(kernel->block.length), kernel->block.length - 1024 };
		memcpy(high.bytes, image_bytes(kernel, 1024, high.len), high.len);
		plan_init(&plan);
		kernel_start = kernel->block.start;
		rc = bzimage_plan(kernel, &plan);
		if (rc == 0) {
			uint32_t at;
			struct memmap final;

			memmap_final(&final);
			plan_execute(&plan);
			host_plan_run();
			at = low(0x218, 4);
			tally->booted++;
			tally->sorted += kernel->block.start != kernel_start;
			if (low(0x21c, 4) != whole.len || memcmp(host_phys(at, whole.len), whole.bytes, whole.len) != 0)
				test_fail(__FILE__, __LINE__, "round %u: initrd differs", round);
			if (memcmp(host_phys(0x100000, high.len), high.bytes, high.len) != 0)
				test_fail(__FILE__, __LINE__, "round %u: kernel differs", round);
			if (whole.len && (at % PAGE || at < 0x100000 + high.len || at + whole.len > final.region[0].start + final.region[0].size))
				test_fail(__FILE__, __LINE__, "round %u: initrd at %x", round, at);
		} else if (strstr(error_now(rc), "several pieces")) {
			tally->refused_pieces++;
			if (pieces == 1)
				test_fail(__FILE__, __LINE__, "round %u: refused in one piece", round);
		} else {
			tally->refused_room++;
			if (!strstr(error_now(rc), "need"))
				test_fail(__FILE__, __LINE__, "round %u: %s", round, error_now(rc));
		}
	}
	plan_free(&plan);
	images_free_all();
	free(high.bytes);
}

TEST(any_layout_in_one_region_arrives_as_the_model_says)
{
	struct tally tally = { 0, 0, 0, 0 };

	host_memory(32);
	srand(1);
	for (unsigned round = 0; round < 3000; round++)
		one_layout(round, 1, &tally);
	printf("one region: %u booted (%u after sorting), %u without room\n", tally.booted, tally.sorted, tally.refused_room);
	EXPECT(tally.booted > 1500 && tally.sorted > 50 && tally.refused_pieces == 0);
}

TEST(any_layout_in_several_regions_arrives_or_is_refused)
{
	struct tally tally = { 0, 0, 0, 0 };

	host_memory(32);
	srand(2);
	for (unsigned round = 0; round < 3000; round++)
		one_layout(round, 2 + round % 3, &tally);
	printf("several regions: %u booted (%u after sorting), %u without room, %u in pieces\n", tally.booted, tally.sorted, tally.refused_room,
	       tally.refused_pieces);
	EXPECT(tally.booted > 1500);
}
