/* SPDX-License-Identifier: BSD-2-Clause */
/* core/setting_list.c: the names people know. */
#include "tests/unit/test.h"

#include "core/setting_list.h"
#include "core/settings.h"

TEST(every_name_is_there_and_is_its_tags_first)
{
	static const char *const names[] = {
		"ip", "netmask", "gateway", "dns", "domain", "hostname", "next-server", "filename", "root-path", "dhcp-server",
		"username", "password", "priority", "use-cached", "keep-san", "user-class", "vendor-class", "mac", "busid", "uuid",
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct setting *s = setting_find_name(names[i]);

		EXPECT(s != NULL);
		if (s)
			EXPECT(setting_find_tag(s->tag) == s);
	}
	EXPECT(setting_find_name("nonsense") == NULL);
	EXPECT(setting_find_tag(211) == NULL);
}

TEST(two_names_of_one_thing_share_their_tag)
{
	EXPECT_EQ(setting_find_name("hwaddr")->tag, setting_find_name("mac")->tag);
	EXPECT_STR(setting_find_tag(TAG_FILENAME)->name, "filename");
	EXPECT_STR(setting_find_name("reverse-username")->name, "reverse-username");
}
