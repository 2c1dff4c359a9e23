/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk by its URL, without a command: what DHCP's root-path does. */
#include "core/errors.h"
#include "tests/unit/usr/floppy.h"
#include "usr/san.h"

TEST(a_root_path_that_is_a_url_boots_as_a_disk)
{
	serve_floppy("http://10.0.2.2/a.img");
	fake_port[0].root_path = "http://10.0.2.2/a.img";
	run_shell("autoboot\n");
	EXPECT(host_console_has("net0: booting the disk \"http://10.0.2.2/a.img\" (root-path)\n"));
	EXPECT_EQ(host_drives.runs, 1);
	EXPECT(!drive_any());                   /* it came back */
}

TEST(a_boot_file_goes_before_a_root_path)
{
	fake_port[0].root_path = "http://10.0.2.2/a.img";
	fake_port[0].filename = "http://10.0.2.2/script";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/script", .contents = "#!fpxe\necho the file\n" };
	run_shell("autoboot\n");
	EXPECT(host_console_has("\nthe file\n"));
	EXPECT(!host_console_has("booting the disk"));
}

TEST(a_disk_that_is_not_there_is_an_error)
{
	fake_port[0].root_path = "http://10.0.2.2/none.img";
	run_shell("autoboot\necho ali''ve\n");
	EXPECT_EQ(host_drives.runs, 0);
	EXPECT(host_console_has("not found"));
	EXPECT(host_console_has("\nalive\n"));
	EXPECT(!drive_any());
}
