/* SPDX-License-Identifier: BSD-2-Clause */
/* usr/disk.c: disks become drives, and boot. */
#include "tests/unit/usr/session.h"
#include "tests/unit/image/disks.h"

#include "usr/boot.h"
#include "image/el_torito.h"
#include "usr/disk.h"

#define MIB_BYTES (1024u * 1024)
#define CD_BLOCKS 2000
#define CATALOGUE 33
#define BOOT 40

static uint8_t bytes[CD_BLOCKS * 2048];

/** Something behind a network, which answers each call at the second time. */
static struct far { struct block_device device; bool asked, lost; unsigned closed, abandoned; } far;

static int far_read(struct block_device *d, uint64_t first, uint32_t n, void *data)
{
	if (far.lost || !far.asked) {
		far.asked = true;
		return -EINPROGRESS;
	}
	far.asked = false;
	memcpy(data, bytes + first * 512, n * 512);
	return 0;
}

static void far_abandon(struct block_device *d)
{
	far.abandoned++;
}

static void far_close(struct block_device *d)
{
	far.closed++;
}

static void start(void)
{
	net_init(&the_net);
	machine(HOST_MIB, 64 * HOST_MIB, HOST_MIB, 64 * HOST_MIB);
	memset(bytes, 0, sizeof(bytes));
	far = (struct far){ .device = { .name = "far", .block_bytes = 512, .blocks = sizeof(bytes) / 512, .read = far_read,
	                                .abandon = far_abandon, .close = far_close } };
}

static const struct drive *last(void)
{
	return &host_drives.ran_drive;
}

/** Boot the first @len bytes as an image with these words. */
static int boot(uint32_t len, const char *words)
{
	struct image *image = image_of_bytes("x.img", bytes, len);
	int rc;

	image_set_arguments(image, words);
	rc = disk_boot_image(image);
	image_free(image);
	EXPECT(!drive_any());
	return rc;
}

static void cd(unsigned media, unsigned sectors)
{
	set_descriptors(bytes, CD_BLOCKS, CATALOGUE);
	set_validation(bytes + CATALOGUE * 2048, 0);
	set_entry(bytes + CATALOGUE * 2048 + 32, true, media, sectors, BOOT);
	memset(bytes + BOOT * 2048, 0x5a, 8192);
}

TEST(a_floppy_is_drive_0_and_is_entered_at_7c00)
{
	int rc;

	start();
	set_signature(bytes);
	rc = boot(1440 * 1024, "");
	EXPECT_EQ(rc, -ENOEXEC);
	EXPECT(error_says(rc, "INT 18h"));
	EXPECT_EQ(host_drives.ran, 0);
	EXPECT_EQ(host_drives.entry, 0x7c00);
	EXPECT_MEM(host_megabyte() + 0x7c00, bytes, 512);
	EXPECT_EQ(last()->kind, DRIVE_FLOPPY);
	EXPECT_EQ(last()->geometry.cylinders, 80);
	EXPECT_EQ(last()->geometry.sectors, 18);
	EXPECT(last()->bytes && last()->bytes_len == 1440 * 1024);
	EXPECT_EQ(last()->hidden % 4096, 0);
	EXPECT(last()->hidden_len >= 1440 * 1024);
}

TEST(int_19h_is_no_error)
{
	start();
	set_signature(bytes);
	host_drives.gives_up = 0x19;
	EXPECT_EQ(boot(1440 * 1024, ""), 0);
}

TEST(a_hard_disk_is_drive_80h_or_what_the_words_say)
{
	start();
	set_partition(bytes, 1, 63, 2000, 16, 63);
	boot(2 * MIB_BYTES, "");
	EXPECT_EQ(host_drives.ran, 0x80);
	EXPECT_EQ(last()->kind, DRIVE_HARD_DISK);
	boot(2 * MIB_BYTES, "harddisk=2 c=5 h=4 s=3 noedd ro");
	EXPECT_EQ(host_drives.ran, 0x82);
	EXPECT_EQ(last()->geometry.cylinders, 5);
	EXPECT_EQ(last()->geometry.heads, 4);
	EXPECT_EQ(last()->geometry.sectors, 3);
	EXPECT(last()->no_edd);
}

TEST(int_13h_can_name_1024_cylinders)
{
	start();
	set_signature(bytes);
	boot(2 * MIB_BYTES, "harddisk h=1 s=1");
	EXPECT_EQ(last()->geometry.cylinders, 1024);
}

TEST(a_cd_is_drive_e0h_and_its_sectors_are_entered_where_its_catalogue_says)
{
	start();
	cd(0, 4);
	boot(sizeof(bytes), "");
	EXPECT_EQ(host_drives.ran, 0xe0);
	EXPECT_EQ(host_drives.entry, 0x07c00000);
	EXPECT_MEM(host_megabyte() + 0x7c00, bytes + BOOT * 2048, 2048);
	EXPECT_EQ(last()->boot.image, BOOT);
	EXPECT_EQ(last()->boot.catalog, CATALOGUE);
	EXPECT_EQ(last()->boot.load_sectors, 4);
}

TEST(an_emulated_floppy_is_shown_in_place_of_the_cd)
{
	start();
	cd(EL_TORITO_FLOPPY_1440, 1);
	boot(sizeof(bytes), "");
	EXPECT_EQ(host_drives.ran, 0);
	EXPECT_EQ(host_drives.entry, 0x7c00);
	EXPECT_EQ(last()->kind, DRIVE_FLOPPY);
	EXPECT_EQ(last()->bytes_len, 1440 * 1024);
	EXPECT_EQ(last()->boot.media, EL_TORITO_FLOPPY_1440);
}

TEST(a_cd_boots_by_the_first_bootable_entry_of_a_section_if_the_default_one_does_not)
{
	uint8_t *catalogue = bytes + CATALOGUE * 2048;
	int rc;

	start();
	cd(0, 4);
	set_entry(catalogue + 32, false, 0, 4, BOOT + 1);
	set_section(catalogue + 64, false, 0xef, 1);
	set_entry(catalogue + 96, true, 0, 4, BOOT + 1);
	rc = boot(sizeof(bytes), "");
	EXPECT(error_says(rc, "CD boots on EFI only"));
	EXPECT_EQ(host_drives.runs, 0);
	set_section(catalogue + 128, true, 0, 1);
	set_entry(catalogue + 160, true, 0, 4, BOOT);
	boot(sizeof(bytes), "");
	EXPECT_EQ(host_drives.runs, 1);
	EXPECT_EQ(last()->boot.image, BOOT);
	EXPECT_MEM(host_megabyte() + 0x7c00, bytes + BOOT * 2048, 2048);
}

TEST(what_does_not_boot_leaves_the_image_as_it_was)
{
	struct image *image;
	int rc;

	start();
	image = image_of_bytes("x", bytes, MIB_BYTES);
	image_set_arguments(image, "floppy");
	rc = disk_boot_image(image);
	EXPECT_EQ(rc, -ENOEXEC);
	EXPECT(error_says(rc, "55AAh"));
	EXPECT_EQ(image->block.length, MIB_BYTES);
	EXPECT_EQ(host_drives.runs, 0);
	EXPECT(!drive_any());
	image_set_arguments(image, "");
	EXPECT_EQ(disk_boot_image(image), -ENOEXEC);
	image_set_arguments(image, "iso");
	EXPECT_EQ(disk_boot_image(image), -ENOEXEC);
	image_set_arguments(image, "green");
	EXPECT_EQ(disk_boot_image(image), -EINVAL);
	EXPECT_EQ(image->block.length, MIB_BYTES);
	image_free(image);
}

TEST(a_cd_without_a_catalogue_says_so)
{
	int rc;

	start();
	set_descriptors(bytes, CD_BLOCKS, 0);
	rc = boot(sizeof(bytes), "");
	EXPECT_EQ(rc, -ENOEXEC);
	EXPECT(error_says(rc, "El Torito"));
}

TEST(a_sector_that_is_not_whole_is_filled_up)
{
	start();
	set_signature(bytes);
	memset(bytes + MIB_BYTES, 0xee, 4096);
	boot(MIB_BYTES + 7, "floppy");
	EXPECT_EQ(last()->bytes_len, MIB_BYTES + 512);
}

TEST(other_images_are_gone_when_a_disk_runs)
{
	start();
	set_signature(bytes);
	registered("other", "some bytes", 10);
	boot(1440 * 1024, "");
	EXPECT(!image_next(NULL));
}

TEST(a_device_is_waited_for_and_stays_until_it_is_detached)
{
	struct disk_options options;
	struct disk *disk;

	start();
	cd(0, 4);
	disk_options_parse(&options, "");
	EXPECT(!disk_wants_network());
	EXPECT_EQ(disk_attach(&far.device, &options, &disk), 0);
	EXPECT_EQ(disk_number(disk), 0xe0);
	EXPECT_STR(disk_kind_name(disk), "CD");
	EXPECT(disk_wants_network());
	EXPECT(disk_find(0xe0) == disk && disk_find(-1) == disk && !disk_find(0x80));
	EXPECT_EQ(disk_boot(disk), -ENOEXEC);
	EXPECT_MEM(host_megabyte() + 0x7c00, bytes + BOOT * 2048, 2048);
	EXPECT(!last()->bytes);
	EXPECT_EQ(far.closed, 0);
	disk_detach(disk);
	EXPECT_EQ(far.closed, 1);
	EXPECT(!drive_any() && !disk_find(-1));
	disk_detach(NULL);
}

static void far_memory(const struct block_device *d, uint32_t *from, uint32_t *len)
{
	*from = 0x2000000;
	*len = 0x10000;
}

TEST(memory_of_a_device_is_hidden_where_it_is_when_the_disk_boots)
{
	struct disk_options options;
	struct disk *disk;

	start();
	set_signature(bytes);
	far.device.memory = far_memory;
	disk_options_parse(&options, "harddisk");
	EXPECT_EQ(disk_attach(&far.device, &options, &disk), 0);
	EXPECT_EQ(disk_boot(disk), -ENOEXEC);
	EXPECT_EQ(last()->hidden, 0x2000000);
	EXPECT_EQ(last()->hidden_len, 0x10000);
	disk_detach(disk);
}

TEST(a_device_is_closed_when_it_cannot_be_attached)
{
	struct disk_options options;
	struct disk *disk;

	start();
	disk_options_parse(&options, "");
	EXPECT_EQ(disk_attach(&far.device, &options, &disk), -ENOEXEC);
	EXPECT(!disk);
	EXPECT_EQ(far.closed, 1);
	set_signature(bytes);
	disk_options_parse(&options, "harddisk offset=7");
	EXPECT_EQ(disk_attach(&far.device, &options, &disk), -EINVAL);
	EXPECT_EQ(far.closed, 2);
}

TEST(ctrl_c_ends_waiting_for_a_device)
{
	struct disk_options options;
	struct disk *disk;

	start();
	far.lost = true;
	disk_options_parse(&options, "harddisk");
	host_type("\3");
	EXPECT_EQ(disk_attach(&far.device, &options, &disk), -ECANCELED);
	EXPECT_EQ(far.abandoned, 1);
	EXPECT_EQ(far.closed, 1);
}

TEST(two_disks_have_two_numbers)
{
	struct disk_options options;
	struct disk *disk, *second;

	start();
	set_signature(bytes);
	disk_options_parse(&options, "harddisk");
	EXPECT_EQ(disk_attach(&far.device, &options, &disk), 0);
	EXPECT_EQ(disk_attach(&far.device, &options, &second), 0);
	EXPECT_EQ(disk_number(disk), 0x80);
	EXPECT_EQ(disk_number(second), 0x81);
	disk_detach(disk);
	disk_detach(second);
	options.drive = 0x80;
	EXPECT_EQ(disk_attach(&far.device, &options, &disk), 0);
	EXPECT_EQ(disk_attach(&far.device, &options, &second), -EBUSY);
	disk_detach(disk);
}
