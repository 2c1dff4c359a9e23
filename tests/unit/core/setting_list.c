/* SPDX-License-Identifier: BSD-2-Clause */
/* core/setting_list.c: the names people know. */
#include "tests/unit/test.h"

#include "core/setting_list.h"
#include "core/settings.h"

TEST(every_name_is_there_and_is_its_tags_first)
{
	static const char *const names[] = {
		"ip", "netmask", "gateway", "dns", "domain", "hostname", "next-server", "filename", "root-path", "dhcp-server",
		"username", "password", "priority", "use-cached", "keep-san", "user-class", "vendor-class", "mac", "busid",
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct setting *s = setting_find(0, names[i]);

		EXPECT(s != NULL);
		if (s)
			EXPECT(setting_find(setting_tag(s), NULL) == s);
	}
	EXPECT(setting_find(0, "nonsense") == NULL);
	EXPECT(setting_find(211, NULL) == NULL);
}

TEST(two_names_of_one_thing_share_their_tag)
{
	EXPECT_EQ(setting_tag(setting_find(0, "hwaddr")), setting_tag(setting_find(0, "mac")));
	EXPECT_STR(setting_find(TAG_FILENAME, NULL)->name, "filename");
	EXPECT_STR(setting_find(0, "reverse-username")->name, "reverse-username");
}
