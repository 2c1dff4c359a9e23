/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever builds text in somebody's buffer, at one byte too few, just enough, and one more (the off-by-one NUL of many a loader: iPXE's
 * nfs_uri_symlink, GRUB's CVE-2025-0624). Each buffer ends where its memory does, so that a byte too far is noticed. */
#include "core/printf.h"

#include "core/command_line.h"
#include "core/errors.h"
#include "core/lineedit.h"
#include "core/settings.h"
#include "core/string.h"
#include "core/uri.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

static void fresh(void)
{
	host_reset();
	settings_init();
}
static void no_leaks(void)
{
	settings_wipe(settings_root());
	EXPECT_EQ(host_heap_held(), 0);
}
__attribute__((constructor)) static void use(void) { test_setup = fresh; test_teardown = no_leaks; }

/** What is built: into @size bytes at @buf. Returns the whole text's length, or a negative error when it does not fit. */
typedef int builder(char *buf, size_t size);

/** @build cuts @whole, ends it by a NUL and says its whole length, whatever the size. */
static void cuts(builder *build, const char *whole)
{
	size_t len = strlen(whole);

	for (size_t size = 0; size <= len + 2; size++) {
		char *buf = malloc(size + !size);
		int rc = build(buf, size);

		if (rc != (int)len)
			test_fail(__FILE__, __LINE__, "%zu bytes for \"%s\": %d", size, whole, rc);
		if (size && (strlen(buf) >= size || strncmp(buf, whole, strlen(buf)) != 0 || strlen(buf) != (len < size ? len : size - 1)))
			test_fail(__FILE__, __LINE__, "%zu bytes for \"%s\" hold \"%s\"", size, whole, buf);
		free(buf);
	}
}

static int three_pieces(char *buf, size_t size)
{
	struct text_buffer t = { buf, size, 0 };

	text_append(&t, "%s", "abc");
	text_append(&t, "-%u-", 42);
	text_append(&t, "%s", "xyz");
	return t.len;
}
TEST(pieces_appended) { cuts(three_pieces, "abc-42-xyz"); }

static int address(char *buf, size_t size)
{
	uint32_t ip = 0xffffffff;

	return text_format(buf, size, "%pI4", &ip);
}
TEST(an_address) { cuts(address, "255.255.255.255"); }

static int hardware_address(char *buf, size_t size)
{
	return text_format(buf, size, "%pM", "\xff\xfe\xfd\xfc\xfb\xfa");
}
TEST(a_hardware_address) { cuts(hardware_address, "ff:fe:fd:fc:fb:fa"); }

static int escapes(char *buf, size_t size)
{
	struct text_buffer t = { buf, size, 0 };

	uri_append_encoded(&t, "a b\x7f%", 5);
	return t.len;
}
TEST(an_escaped_name) { cuts(escapes, "a%20b%7F%25"); }

static int relative(char *buf, size_t size)
{
	struct uri *base, *uri;
	int len = -1;

	EXPECT_EQ(uri_parse("http://u:secret@host:81/a/b?c", &base), 0);
	EXPECT_EQ(uri_resolve(base, "../d", &uri), 0);
	len = (int)uri_format(uri, buf, size, true);
	uri_free(uri);
	uri_free(base);
	return len;
}
TEST(a_resolved_url_without_its_password) { cuts(relative, "http://u:***@host:81/d"); }

/* ---- settings ---------------------------------------------------------------------------------------------------------------- */

static const char *shown;
static int setting(char *buf, size_t size) { return settings_get(shown, buf, size, NULL); }

TEST(settings_of_every_type)
{
	static const struct { const char *name, *value, *as; } cases[] = {
		{ "a", "text", "a:string" }, { "a", "text", "a:hex" }, { "a", "text", "a:hexhyp" }, { "a", "a b/c", "a:uristring" },
		{ "b:ipv4", "255.255.255.255", "b:ipv4" }, { "c:uint32", "4294967295", "c:uint32" }, { "c:int32", "-2147483648", "c:int32" },
		{ "d:uuid", "01234567-89ab-cdef-0123-456789abcdef", "d:uuid" }, { "e:uint8", "255", "e:uint8" },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		char whole[200];

		EXPECT_EQ(settings_set(cases[i].name, cases[i].value), 0);
		shown = cases[i].as;
		EXPECT(settings_get(shown, whole, sizeof whole, NULL) > 0);
		cuts(setting, whole);
	}
}

TEST(a_settings_name_of_63_bytes_is_the_longest)
{
	for (size_t len = 60; len <= 66; len++) {
		char name[80], canonical[SETTING_NAME_MAX];

		memset(name, 'n', len);
		name[len] = '\0';
		EXPECT_EQ(settings_set(name, "v"), len < SETTING_NAME_MAX ? 0 : -EINVAL);
		if (settings_get(name, NULL, 0, canonical) >= 0)
			EXPECT(strlen(canonical) < sizeof canonical);
	}
}

/* ---- the rest ---------------------------------------------------------------------------------------------------------------- */

TEST(an_error_in_words)
{
	char whole[300];

	fail(-EINVAL, "detail \"%s\"", "of it");
	error_format(whole, sizeof whole, -EINVAL);
	for (unsigned size = 1; size <= strlen(whole) + 2; size++) {
		char *buf = malloc(size);

		error_format(buf, size, -EINVAL);
		EXPECT_EQ(strlen(buf), strlen(whole) < size ? strlen(whole) : size - 1);
		EXPECT(strncmp(buf, whole, strlen(buf)) == 0);
		free(buf);
	}
}

/* The text is as long as what replaces it, shorter and longer. */
TEST(a_line_with_values_in_it)
{
	static const char *const values[] = { "", "v", "1234", "12345678" };

	for (unsigned i = 0; i < 4; i++) {
		size_t whole = 2 * strlen(values[i]) + 3, shown_len = strlen("<${v}|${v}>");

		settings_set("v", values[i]);
		for (size_t size = 1; size < 40; size++) {
			char *buf = malloc(size);
			int rc = line_expand("<${v}|${v}>", buf, size);

			EXPECT_EQ(rc, size > whole && size > shown_len ? 0 : -EFBIG);
			if (rc == 0)
				EXPECT_EQ(strlen(buf), whole);
			free(buf);
		}
	}
}

TEST(text_inserted_into_a_line_that_is_nearly_full)
{
	for (size_t len = LINE_MAX - 4; len < LINE_MAX; len++)
		for (size_t more = 0; more <= 5; more++) {
			struct lineedit *e = calloc(1, sizeof *e);

			memset(e->line, 'a', len);
			e->len = e->cursor = len;
			EXPECT_EQ(lineedit_insert(e, "vwxyz" + 5 - more), len + more < LINE_MAX);
			EXPECT_EQ(strlen(e->line), e->len);
			EXPECT_EQ(e->len, len + more < LINE_MAX ? len + more : len);
			free(e);
		}
}
