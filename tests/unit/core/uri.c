/* SPDX-License-Identifier: BSD-2-Clause */
/* core/uri.c: RFC 3986's own examples, what is refused, and what a request line may carry. */
#include "tests/unit/test.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/uri.h"
#include "tests/host/host.h"

static void no_leaks(void)
{
	EXPECT_EQ(host_heap_held(), 0);
}
__attribute__((constructor)) static void use(void) { test_setup = host_reset; test_teardown = no_leaks; }

static struct uri *parsed(const char *text)
{
	struct uri *u = NULL;

	EXPECT_EQ(uri_parse(text, &u), 0);
	if (!u)
		exit(printf("%s was refused\n", text) ? 1 : 1);
	return u;
}

static void refused(const char *text)
{
	struct uri *u = NULL;

	if (uri_parse(text, &u) != -EINVAL)
		test_fail(__FILE__, __LINE__, "%s was taken", text);
	uri_free(u);
}

static void resolves(const char *base_text, const char *reference, const char *wanted)
{
	struct uri *base = parsed(base_text), *u = NULL;
	char buf[200];

	EXPECT_EQ(uri_resolve(base, reference, &u), 0);
	if (u) {
		uri_format(u, buf, sizeof(buf), 0);
		if (strcmp(buf, wanted) != 0)
			test_fail(__FILE__, __LINE__, "%s + %s = %s, wanted %s", base_text, reference, buf, wanted);
	}
	uri_free(u);
	uri_free(base);
}

static void round_trip(const char *text)
{
	struct uri *u = parsed(text), *copy = uri_copy(u);
	char buf[300];

	EXPECT_EQ(uri_format(u, buf, sizeof(buf), 0), strlen(text));
	EXPECT_STR(buf, text);
	uri_format(copy, buf, sizeof(buf), 0);
	EXPECT_STR(buf, text);
	uri_free(u);
	uri_free(copy);
}

TEST(a_url_has_all_its_parts)
{
	struct uri *u = parsed("HTTP://us%40er:p:w@Boot.example:8080/a%20b/vmlinuz?x=1&y=?#params=q");

	EXPECT_STR(u->scheme, "http");
	EXPECT_STR(u->user, "us@er");
	EXPECT_STR(u->password, "p:w");
	EXPECT_STR(u->host, "Boot.example");
	EXPECT_EQ(u->port, 8080);
	EXPECT_STR(u->path, "/a%20b/vmlinuz");
	EXPECT_STR(u->query, "x=1&y=?");
	EXPECT_STR(u->fragment, "params=q");
	EXPECT_STR(uri_filename(u), "vmlinuz");
	uri_free(u);
}

TEST(absent_parts_are_empty_or_null)
{
	struct uri *u = parsed("http://h");

	EXPECT(!u->user && !u->password && !u->query && !u->fragment);
	EXPECT_EQ(u->port, 0);
	EXPECT_STR(u->path, "");
	EXPECT_STR(uri_filename(u), "");
	uri_free(u);
	u = parsed("");
	EXPECT_STR(u->scheme, "");
	EXPECT_STR(u->host, "");
	EXPECT_STR(u->path, "");
	uri_free(u);
	u = parsed("http://h:/?#");
	EXPECT_EQ(u->port, 0);
	EXPECT_STR(u->query, "");
	EXPECT_STR(u->fragment, "");
	uri_free(u);
	u = parsed("boot/net.cfg");
	EXPECT_STR(u->scheme, "");
	EXPECT_STR(u->path, "boot/net.cfg");
	EXPECT_STR(uri_filename(u), "net.cfg");
	uri_free(u);
}

TEST(what_could_not_stand_in_a_request_line_is_escaped)
{
	struct uri *u = parsed("http://h/my file\xc3\xa9?a b#c d");

	EXPECT_STR(u->path, "/my%20file%C3%A9");
	EXPECT_STR(u->query, "a%20b");
	EXPECT_STR(u->fragment, "c%20d");
	uri_free(u);
}

TEST(the_last_at_sign_ends_the_password)
{
	struct uri *u = parsed("http://user:p@ss@h/x@y");

	EXPECT_STR(u->user, "user");
	EXPECT_STR(u->password, "p@ss");
	EXPECT_STR(u->host, "h");
	EXPECT_STR(u->path, "/x@y");
	uri_free(u);
}

TEST(malformed_urls_are_refused)
{
	refused("http://h:0/");
	refused("http://h:65536/");
	refused("http://h:99999999999999999999999/");
	refused("http://h:-1/");
	refused("http://h:8o/");
	refused("http://h:80:80/");
	refused("http://ho st/");
	refused("http://ho%20st/");
	refused("http://h%2fx/");
	refused("http://h\\x/");
	refused("http://h\xc3\xa9/");
	refused("http://h/a\r\nX: y");
	refused("http://h/a\x7f");
	refused("http://h/a\tb");
	refused("http://h/%");
	refused("http://h/%4");
	refused("http://h/%zz");
	refused("http://h/?%g0");
	refused("http://h/#%");
	refused("http://u%00:p@h/");
	refused("http://u%4@h/");
	refused("http://u%@h/");
	refused("http://u@/");
	refused("http://:80/");
	refused("http://[::1/");
	refused("http://[::1]x/");
	refused("http://a:b:c/");
}

TEST(a_refusal_says_why_and_does_not_show_the_password)
{
	char buf[300];

	refused("http://u:secret@h:0/");
	error_format(buf, sizeof(buf), -EINVAL);
	EXPECT(strstr(buf, "malformed URL: a port is 1 to 65535") != NULL);
	EXPECT(!strstr(buf, "secret"));
}

TEST(an_address_in_brackets_is_a_host)
{
	struct uri *u = parsed("http://[2001:db8::1]:81/x");

	EXPECT_STR(u->host, "2001:db8::1");
	EXPECT_EQ(u->port, 81);
	uri_free(u);
	round_trip("http://[2001:db8::1]:81/x");
}

TEST(text_is_written_as_it_was_read)
{
	round_trip("http://u:p@h:81/a/b?c=d#e");
	round_trip("http://h");
	round_trip("tftp://10.0.2.2/pxelinux.0");
	round_trip("relative/path?x");
	round_trip("/absolute");
	round_trip("//host/path");
	round_trip("file:/x");
	round_trip("http://u@h/");
	round_trip("http://u:@h/");
	round_trip("http://u%40:%3A%2F@h/");
	round_trip("scheme:");
	round_trip("#f");
	round_trip("");
	round_trip("x:////y");
}

TEST(the_password_is_hidden_when_asked)
{
	struct uri *u = parsed("http://me:secret@h/x");
	char buf[100];

	uri_format(u, buf, sizeof(buf), 1);
	EXPECT_STR(buf, "http://me:***@h/x");
	uri_free(u);
}

TEST(every_size_of_buffer_is_kept)
{
	const char *text = "http://us%20er:p@host:81/path?q#f";
	struct uri *u = parsed(text);

	for (size_t size = 0; size <= strlen(text) + 2; size++) {
		char *buf = malloc(size ? size : 1);

		EXPECT_EQ(uri_format(u, buf, size, 0), strlen(text));
		if (size) {
			EXPECT(strlen(buf) < size);
			EXPECT(strncmp(buf, text, strlen(buf)) == 0);
		}
		if (size > strlen(text))
			EXPECT_STR(buf, text);
		free(buf);
	}
	uri_free(u);
}

/* RFC 3986 5.4.1 */
TEST(rfc_3986_normal_examples)
{
	const char *base = "http://a/b/c/d;p?q";

	resolves(base, "g:h", "g:h");
	resolves(base, "g", "http://a/b/c/g");
	resolves(base, "./g", "http://a/b/c/g");
	resolves(base, "g/", "http://a/b/c/g/");
	resolves(base, "/g", "http://a/g");
	resolves(base, "//g", "http://g");
	resolves(base, "?y", "http://a/b/c/d;p?y");
	resolves(base, "g?y", "http://a/b/c/g?y");
	resolves(base, "#s", "http://a/b/c/d;p?q#s");
	resolves(base, "g#s", "http://a/b/c/g#s");
	resolves(base, "g?y#s", "http://a/b/c/g?y#s");
	resolves(base, ";x", "http://a/b/c/;x");
	resolves(base, "g;x", "http://a/b/c/g;x");
	resolves(base, "g;x?y#s", "http://a/b/c/g;x?y#s");
	resolves(base, "", "http://a/b/c/d;p?q");
	resolves(base, ".", "http://a/b/c/");
	resolves(base, "./", "http://a/b/c/");
	resolves(base, "..", "http://a/b/");
	resolves(base, "../", "http://a/b/");
	resolves(base, "../g", "http://a/b/g");
	resolves(base, "../..", "http://a/");
	resolves(base, "../../", "http://a/");
	resolves(base, "../../g", "http://a/g");
}

/* RFC 3986 5.4.2 */
TEST(rfc_3986_abnormal_examples)
{
	const char *base = "http://a/b/c/d;p?q";

	resolves(base, "../../../g", "http://a/g");
	resolves(base, "../../../../g", "http://a/g");
	resolves(base, "/./g", "http://a/g");
	resolves(base, "/../g", "http://a/g");
	resolves(base, "g.", "http://a/b/c/g.");
	resolves(base, ".g", "http://a/b/c/.g");
	resolves(base, "g..", "http://a/b/c/g..");
	resolves(base, "..g", "http://a/b/c/..g");
	resolves(base, "./../g", "http://a/b/g");
	resolves(base, "./g/.", "http://a/b/c/g/");
	resolves(base, "g/./h", "http://a/b/c/g/h");
	resolves(base, "g/../h", "http://a/b/c/h");
	resolves(base, "g;x=1/./y", "http://a/b/c/g;x=1/y");
	resolves(base, "g;x=1/../y", "http://a/b/c/y");
	resolves(base, "g?y/./x", "http://a/b/c/g?y/./x");
	resolves(base, "g?y/../x", "http://a/b/c/g?y/../x");
	resolves(base, "g#s/./x", "http://a/b/c/g#s/./x");
	resolves(base, "g#s/../x", "http://a/b/c/g#s/../x");
}

TEST(a_reference_keeps_the_login_of_the_same_server_only)
{
	resolves("http://u:p@h:81/a/b", "c", "http://u:p@h:81/a/c");
	resolves("http://u:p@h", "c", "http://u:p@h/c");
	resolves("http://u:p@h:81/a", "//other/c", "http://other/c");
	resolves("http://u:p@h/a", "http://other/c", "http://other/c");
	resolves("http://u:p@h/a", "https:/c", "https:/c");
	resolves("tftp://h/a/b", "c", "tftp://h/a/c");
	resolves("a/b", "c", "a/c");
}

TEST(running_out_of_memory_is_an_error_without_a_leak)
{
	struct uri *base = parsed("http://u:p@h/a/b"), *u;

	for (unsigned n = 1; n <= 4; n++) {
		heap_fail_after(n);
		EXPECT_EQ(uri_resolve(base, "../c", &u), -ENOMEM);
	}
	heap_fail_after(1);
	EXPECT(uri_copy(base) == NULL);
	heap_fail_after(0);
	uri_free(base);
	uri_free(NULL);
}
