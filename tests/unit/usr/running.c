/* SPDX-License-Identifier: BSD-2-Clause */
/* What boots itself again without end. */
#include "usr/running.h"

#include "tests/unit/usr/session.h"

#define URL "http://10.0.2.2/loop"

TEST(a_script_that_chains_itself_is_ended_and_said)
{
	fake_file[0] = (struct fake_file){ .url = URL, .contents = "#!fpxe\necho once more\nchain " URL "\n" };
	run_shell("dhcp\nchain " URL "\n");
	EXPECT_EQ(count("\nonce more\n"), 3);
	EXPECT(host_console_has("chain " URL ": loop detected: it runs itself for the 4th time, with the same bytes from the same URL"));
	EXPECT_EQ(count("loop detected"), 1);
}

TEST(two_scripts_that_chain_each_other_are_ended)
{
	fake_file[0] = (struct fake_file){ .url = URL, .contents = "#!fpxe\necho ping\nchain b\n" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/b", .contents = "#!fpxe\necho pong\nchain loop --replace\n" };
	run_shell("dhcp\nchain " URL "\n");
	EXPECT_EQ(count("\nping\n"), 3);
	EXPECT(host_console_has("loop detected"));
}

TEST(autoboot_in_what_autoboot_runs_is_ended)
{
	fake_port[0].filename = URL;
	fake_file[0] = (struct fake_file){ .url = URL, .contents = "#!fpxe\necho booted\nautoboot\n" };
	fpxe_main();
	EXPECT_EQ(count("\nbooted\n"), 3);
	EXPECT(host_console_has("loop detected"));
	EXPECT(host_console_has("Press Ctrl-B"));
}

/* Until so many are inside one another that each would want its own word. */
TEST(a_script_that_somebody_leads_round_is_let)
{
	fake_file[0] = (struct fake_file){ .url = URL, .contents = "#!fpxe\necho round\nshell\nchain " URL "\n" };
	run_shell("dhcp\nchain " URL "\nexit\nexit\nexit\nexit\nexit\nexit\nexit\nexit\nexit\nexit\nexit\nexit\nexit\nexit\nexit\nexit\n");
	EXPECT_EQ(count("\nround\n"), 16);
	EXPECT(host_console_has("16 scripts run one another"));
	EXPECT(!host_console_has("runs itself"));
}

TEST(the_same_bytes_from_elsewhere_are_something_else)
{
	static const char *const urls[] = { "http://10.0.2.2/1", "http://10.0.2.2/2", "http://10.0.2.2/3", "http://10.0.2.2/4" };
	static const char copy[] = "#!fpxe\nset n ${more}\nset more ${even-more}\nset even-more 4\necho at ${n}\nchain http://10.0.2.2/${n}\n";

	for (unsigned i = 0; i < 4; i++)
		fake_file[i] = (struct fake_file){ .url = urls[i], .contents = i < 3 ? copy : "#!fpxe\necho the end\n" };
	run_shell("dhcp\nset more 2\nset even-more 3\nchain http://10.0.2.2/1\n");
	EXPECT(!host_console_has("loop detected"));
	EXPECT(host_console_has("\nat 4\n"));
	EXPECT(host_console_has("\nthe end\n"));
}

/* ---- ourselves ------------------------------------------------------------------------------------------------------------------- */

static struct image *program_from(const char *url, const char *bytes)
{
	static const struct image_format other = { .name = "program" };
	struct image *image = image_alloc("x", url);

	image->format = &other;
	EXPECT_EQ(space_alloc(&image->block, strlen(bytes)), 0);
	memcpy(space_at(&image->block, 0, strlen(bytes)), bytes, strlen(bytes));
	return image;
}

TEST(the_program_that_we_are_is_not_fetched_again)
{
	static const char bytes[] = "the bytes";
	struct image *ours, *other, *newer;

	ours = program_from("tftp://10.0.2.2/undionly.kpxe", bytes);
	other = program_from("tftp://10.0.2.2/pxelinux.0", bytes);
	newer = program_from("tftp://10.0.2.2/undionly.kpxe", "other bytes");
	host_system.program = bytes;
	host_system.program_len = strlen(bytes);
	EXPECT_EQ(running_check(ours), 0);
	running_set_program("tftp://10.0.2.2/undionly.kpxe");
	EXPECT_EQ(running_check(other), 0);
	EXPECT_EQ(running_check(newer), 0);
	if (wait_keys_read() == 0)
		EXPECT_EQ(running_check(ours), -ELOOP);
	running_set_program(NULL);
	EXPECT_EQ(running_check(ours), 0);
	image_free(ours);
	image_free(other);
	image_free(newer);
}
