/* SPDX-License-Identifier: BSD-2-Clause */
/* A boot file's name becomes a URL. */
#include "usr/boot_file.h"

#include "core/string.h"   // text_is_print
#include "tests/unit/usr/session.h"

static struct settings_scope scope;

static void expect_url(const char *wanted)
{
	char *url;
	int rc = boot_file_url(&scope, &url);

	EXPECT_EQ(rc, 0);
	if (rc == 0)
		EXPECT_STR(url, wanted);
	heap_free(url);
}

static void put(uint32_t tag, const void *value, size_t len)
{
	settings_store(&scope, tag, NULL, value, len);
}

TEST(the_server_is_next_server_then_66_then_150_then_who_answered)
{
	char *url;

	net_init(&the_net);
	settings_attach(&scope, settings_root(), "s");
	EXPECT(!boot_file_named(&scope));
	EXPECT_EQ(boot_file_url(&scope, &url), -ENOENT);
	put(TAG_FILENAME, "f", 1);
	EXPECT(boot_file_named(&scope));
	put(TAG_DHCP_SERVER, "\x0a\0\x02\x09", 4);
	expect_url("tftp://10.0.2.9/f");
	put(TAG_TFTP_ADDRESS, "\x0a\0\x02\x08\x0a\0\x02\x07", 8);
	expect_url("tftp://10.0.2.8/f");
	put(TAG_TFTP_SERVER, "boot.example", 12);
	expect_url("tftp://boot.example/f");
	put(TAG_NEXT_SERVER, "\x0a\0\x02\x06", 4);
	expect_url("tftp://10.0.2.6/f");
	put(TAG_FILENAME, "http://h/x", 10);
	expect_url("http://h/x");
	settings_detach(&scope);
}

/* A name of the most bytes that options can hold, and every byte in it. */
TEST(long_names_and_odd_bytes)
{
	uint8_t name[1400];
	char *url;

	net_init(&the_net);
	settings_attach(&scope, settings_root(), "s");
	put(TAG_NEXT_SERVER, "\x0a\0\x02\x06", 4);
	memset(name, '?', sizeof name);
	put(TAG_FILENAME, name, sizeof name);
	EXPECT_EQ(boot_file_url(&scope, &url), 0);
	EXPECT_EQ(strlen(url), strlen("tftp://10.0.2.6/") + 3 * sizeof name);
	heap_free(url);
	for (unsigned i = 0; i < 256; i++)
		name[i] = (uint8_t)(255 - i);
	put(TAG_FILENAME, name, 256);
	EXPECT_EQ(boot_file_url(&scope, &url), 0);
	for (const char *c = url; *c; c++)
		EXPECT(text_is_print(*c) && *c != ' ');
	heap_free(url);
	settings_detach(&scope);
}

/* CVE-2025-0624: each part as long as two options can make it, together one URL; a byte less and a byte more, too. */
TEST(the_longest_server_and_the_longest_file_make_one_url)
{
	char server[513], file[513], wanted[1100];

	net_init(&the_net);
	settings_attach(&scope, settings_root(), "s");
	for (size_t len = 509; len <= 511; len++) {
		memset(server, 's', len);
		memset(file, 'f', len);
		server[len] = file[len] = '\0';
		put(TAG_TFTP_SERVER, server, len);
		put(TAG_FILENAME, file, len);
		snprintf(wanted, sizeof wanted, "tftp://%s/%s", server, file);
		expect_url(wanted);
	}
	settings_detach(&scope);
}
