/* SPDX-License-Identifier: BSD-2-Clause */
/* sanboot, sanhook and sanunhook, on a server that gives no parts of files: what it has is fetched whole. */
#include "tests/unit/usr/session.h"

#include "usr/disk.h"

enum { FLOPPY_BYTES = 1440 << 10 };

static uint8_t floppy[FLOPPY_BYTES];

/** A boot sector of a floppy's, with a FAT header. */
static void serve_floppy(void)
{
	static const uint8_t start[] = { 0xeb, 0x3c, 0x90, 'S', 'Y', 'S', 'L', 'I', 'N', 'U', 'X', 0x00, 0x02, 0x01, 0x01, 0x00, 0x02, 0xe0, 0x00,
	                                 0x40, 0x0b, 0xf0, 0x09, 0x00, 0x12, 0x00, 0x02, 0x00 };

	memcpy(floppy, start, sizeof(start));
	floppy[510] = 0x55;
	floppy[511] = 0xaa;
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a.img", .contents = (const char *)floppy, .len = sizeof(floppy) };
}

TEST(a_disk_without_parts_is_fetched_whole_and_boots)
{
	serve_floppy();
	run_shell("dhcp\nsanboot http://10.0.2.2/a.img\n");
	EXPECT(host_console_has("the server gives no parts of files"));
	EXPECT(host_console_has("fetching all of it\n"));
	EXPECT(host_console_has("Drive 00h is http://10.0.2.2/a.img, a floppy\n"));
	EXPECT_EQ(host_drives.runs, 1);
	EXPECT_EQ(host_drives.ran, 0);
	EXPECT(!drive_any());
}

TEST(a_disk_is_hooked_and_unhooked_by_its_number)
{
	serve_floppy();
	run_shell("dhcp\nsanhook --drive 7 http://10.0.2.2/a.img\nsanunhook --drive 8\nsanunhook -d 7\nsanunhook\n");
	EXPECT(host_console_has("Drive 07h is"));
	EXPECT(host_console_has("no disk of ours is drive 08h"));
	EXPECT(host_console_has("no disk is attached"));
	EXPECT(!drive_any());
}

TEST(a_disk_that_is_kept_can_be_booted_again)
{
	serve_floppy();
	run_shell("dhcp\nsanboot --keep http://10.0.2.2/a.img\nsanboot --drive 0\nsanunhook\n");
	EXPECT_EQ(host_drives.runs, 2);
	EXPECT(!drive_any());
}

TEST(of_two_disks_one_that_is_missing_leaves_none)
{
	serve_floppy();
	run_shell("dhcp\nsanhook http://10.0.2.2/a.img http://10.0.2.2/b.img\nsanunhook\n");
	EXPECT(host_console_has("no disk is attached"));
}

TEST(without_a_url_a_drive_of_the_bios_is_meant)
{
	run_shell("sanboot --drive 0x90\nsanboot -n\n");
	EXPECT(host_console_has("the BIOS cannot read drive 90h"));
	EXPECT(host_console_has("drive 80h does not boot: no 55AAh"));
}

/** Run a script whose line @line stands before @len bytes of a comment; its text lies among images if it is long. */
static void run_script(const char *line, size_t len)
{
	static char text[100000];
	int n = snprintf(text, sizeof(text), "#!fpxe\n%s\n#", line);

	memset(text + n, 'x', len);
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = text, .len = (size_t)n + len };
	host_console_clear();
	run_shell("dhcp\nchain http://10.0.2.2/s\necho ali''ve\n");
	EXPECT(host_console_has("\nalive\n"));
}

TEST(a_script_too_long_to_be_kept_is_refused_before_a_drive_boots)
{
	static const char *const lines[] = {
		"sanboot http://10.0.2.2/a.img", "sanhook http://10.0.2.2/a.img && sanboot --drive 0", "sanboot --drive 0x80"
	};

	serve_floppy();
	for (unsigned i = 0; i < 3; i++) {
		run_script(lines[i], 90000);
		EXPECT_EQ(count("a script that runs is too long to be kept beside a disk that boots"), 1);
		EXPECT_EQ(host_drives.runs, 0);
		disk_detach(disk_find(-1));
		EXPECT(!drive_any());
	}
	run_script(lines[0], 1000);
	EXPECT_EQ(count("too long to be kept"), 0);
	EXPECT_EQ(host_drives.runs, 1);
}

TEST(numbers_beyond_a_byte_are_refused)
{
	run_shell("sanboot --drive 256\nsanhook -d 1000 http://10.0.2.2/a.img\nsanunhook -d x\n");
	EXPECT_EQ(count("drives have numbers up to 0xff"), 2);
	EXPECT(!drive_any());
}
