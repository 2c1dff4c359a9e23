/* SPDX-License-Identifier: BSD-2-Clause */
/* sanboot, sanhook and sanunhook, on a server that gives no parts of files: what it has is fetched whole. */
#include "tests/unit/usr/floppy.h"

TEST(a_disk_without_parts_is_fetched_whole_and_boots)
{
	serve_floppy("http://10.0.2.2/a.img");
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
	serve_floppy("http://10.0.2.2/a.img");
	run_shell("dhcp\nsanhook --drive 7 http://10.0.2.2/a.img\nsanunhook --drive 8\nsanunhook -d 7\nsanunhook\n");
	EXPECT(host_console_has("Drive 07h is"));
	EXPECT(host_console_has("no disk of ours is drive 08h"));
	EXPECT(host_console_has("no disk is attached"));
	EXPECT(!drive_any());
}

TEST(a_disk_that_is_kept_can_be_booted_again)
{
	serve_floppy("http://10.0.2.2/a.img");
	run_shell("dhcp\nsanboot --keep http://10.0.2.2/a.img\nsanboot --drive 0\nsanunhook\n");
	EXPECT_EQ(host_drives.runs, 2);
	EXPECT(!drive_any());
}

TEST(of_two_disks_one_that_is_missing_leaves_none)
{
	serve_floppy("http://10.0.2.2/a.img");
	run_shell("dhcp\nsanhook http://10.0.2.2/a.img http://10.0.2.2/b.img\nsanunhook\n");
	EXPECT(host_console_has("no disk is attached"));
}

TEST(without_a_url_a_drive_of_the_bios_is_meant)
{
	run_shell("sanboot --drive 0x90\nsanboot -n\n");
	EXPECT(host_console_has("the BIOS cannot read drive 90h"));
	EXPECT(host_console_has("drive 80h does not boot: no 55AAh"));
}

TEST(numbers_beyond_a_byte_are_refused)
{
	run_shell("sanboot --drive 256\nsanhook -d 1000 http://10.0.2.2/a.img\nsanunhook -d x\n");
	EXPECT_EQ(count("drives have numbers up to 0xff"), 2);
	EXPECT(!drive_any());
}
