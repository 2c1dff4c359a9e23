/* SPDX-License-Identifier: BSD-2-Clause */
/* core/command_line.c: words, operators, comments, quotes and ${} in each dialect. */
#include "tests/unit/test.h"

#include "core/command_line.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/settings.h"
#include "tests/host/host.h"

static struct settings_scope net0;

static void fresh(void)
{
	host_reset();
	settings_init();
	settings_attach(&net0, settings_root(), "net0");
}

static void no_leaks(void)
{
	settings_detach(&net0);
	settings_wipe(settings_root());
	EXPECT_EQ(host_heap_held(), 0);
}
__attribute__((constructor)) static void use(void) { test_setup = fresh; test_teardown = no_leaks; }

/** All commands of @line as "<word> <word>" each with its operator behind: "<a> <b> && <c>". */
static void splits(const char *line, enum line_dialect dialect, const char *wanted)
{
	static const char *const operators[] = { "", " && ", " || ", " ; " };
	const char *at = line;
	char got[4096] = "";
	enum line_operator op;

	do {
		struct line_words w;
		int rc = line_next(&at, dialect, &w, &op);

		if (rc) {
			sprintf(got + strlen(got), "error %d", rc);
			break;
		}
		EXPECT(w.argv[w.argc] == NULL);
		for (int i = 0; i < w.argc; i++)
			sprintf(got + strlen(got), "%s<%s>", i ? " " : "", w.argv[i]);
		strcat(got, operators[op]);
		line_free(&w);
	} while (op != LINE_END);
	if (strcmp(got, wanted) != 0)
		test_fail(__FILE__, __LINE__, "%s gives %s, wanted %s", line, got, wanted);
}

static void expands(const char *text, const char *wanted)
{
	char buf[256];

	EXPECT_EQ(line_expand(text, buf, sizeof(buf)), 0);
	EXPECT_STR(buf, wanted);
}

static void set(const char *name, const char *text)
{
	EXPECT_EQ(settings_set(name, text), 0);
}

TEST(words_are_split_at_any_white_space)
{
	splits("  kernel\thttp://h/k  a=1\r\n", LINE_FPXE, "<kernel> <http://h/k> <a=1>");
	splits("", LINE_FPXE, "");
	splits(" \t ", LINE_IPXE, "");
	splits("a b", LINE_GPXE, "<a> <b>");
	splits("", LINE_GPXE, "");
	splits("  a  ", LINE_GPXE, "<a>");
}

TEST(operators_are_words_of_their_own)
{
	splits("a && b || c ; d", LINE_FPXE, "<a> && <b> || <c> ; <d>");
	splits("a&&b c||d e;f", LINE_FPXE, "<a&&b> <c||d> <e;f>");
	splits("a &&", LINE_IPXE, "<a> && ");
	splits("&& a", LINE_IPXE, " && <a>");
	splits("a '&&' b \";\"", LINE_FPXE, "<a> <&&> <b> <;>");
	splits("a && b ; c", LINE_GPXE, "<a> <&&> <b> <;> <c>");
	splits("a &&& ;; |||", LINE_FPXE, "<a> <&&&> <;;> <|||>");
	set("x", "&&");
	splits("a ${x} b", LINE_FPXE, "<a> <&&> <b>");
}

TEST(a_hash_at_the_start_of_a_word_begins_a_comment)
{
	splits("a # b && c", LINE_FPXE, "<a>");
	splits("a b#c http://h/k#frag", LINE_IPXE, "<a> <b#c> <http://h/k#frag>");
	splits("# a", LINE_IPXE, "");
	splits("a '#' b", LINE_FPXE, "<a> <#> <b>");
	splits("#a ${x}", LINE_GPXE, "");
	splits("a # b", LINE_GPXE, "<a> <#> <b>");
}

TEST(quotes_group_words_in_our_dialect_only)
{
	splits("echo \"a  b\" 'c  d'", LINE_FPXE, "<echo> <a  b> <c  d>");
	splits("a\"b c\"d'e'", LINE_FPXE, "<ab cde>");
	splits("'' \"\"", LINE_FPXE, "<> <>");
	splits("\"it's\" 'say \"x\"'", LINE_FPXE, "<it's> <say \"x\">");
	splits("echo \"a  b\" don't", LINE_IPXE, "<echo> <\"a> <b\"> <don't>");
	splits("echo \"a  b\" don't", LINE_GPXE, "<echo> <\"a> <b\"> <don't>");
}

TEST(a_quote_that_is_not_closed_is_an_error)
{
	splits("echo \"abc", LINE_FPXE, "error -22");
	splits("echo abc' def", LINE_FPXE, "error -22");
	splits("echo \"a'", LINE_FPXE, "error -22");
}

TEST(settings_expand_in_double_quotes_not_in_single_ones)
{
	set("x", "a b");
	splits("echo ${x} \"${x}  c\" '${x}' pre${x}post", LINE_FPXE, "<echo> <a b> <a b  c> <${x}> <prea bpost>");
	splits("echo ${x}", LINE_IPXE, "<echo> <a b>");
	splits("${unset} '${x}'${x}", LINE_FPXE, "<> <${x}a b>");
}

TEST(a_value_never_adds_words_or_quotes_or_operators)
{
	set("x", "a && \"b # c");
	splits("echo ${x} d", LINE_FPXE, "<echo> <a && \"b # c> <d>");
	splits("echo ${x} d", LINE_IPXE, "<echo> <a && \"b # c> <d>");
	splits("echo ${x} d", LINE_GPXE, "<echo> <a> <&&> <\"b> <#> <c> <d>");
}

TEST(innermost_is_expanded_first_and_again_until_none_is_left)
{
	set("i", "0");
	set("net0/ip", "10.0.0.1");
	set("y", "${net${i}/ip}");
	expands("${net${i}/ip}", "10.0.0.1");
	expands("<${y}>", "<10.0.0.1>");
	expands("${i}${i}${i}", "000");
	expands("${net0/ip:hex}", "0a:00:00:01");
	expands("${}", "");
	expands("${nonsense/x} ${i:nonsense}", " ");
	expands("a}b$c{d}", "a}b$c{d}");
	expands("${i", "${i");
	expands("${i ${i}", "${i 0");
	expands("$${i}", "$0");
	set("z", "");
	expands("<${z}>", "<>");
}

TEST(gpxe_takes_the_leftmost_with_the_next_brace)
{
	set("i", "0");
	set("net0/ip", "10.0.0.1");
	set("word", "x y");
	set("open", "${");
	splits("echo ${net${i}/ip}", LINE_GPXE, "<echo> </ip}>");
	splits("echo ${net0/ip} ${word}", LINE_GPXE, "<echo> <10.0.0.1> <x> <y>");
	splits("echo ${i} a${i lost words", LINE_GPXE, "<echo> <0> <a>");
	splits("echo a ${open}i} b", LINE_GPXE, "<echo> <a> <0> <b>");
}

TEST(endless_expansion_is_an_error)
{
	char buf[300];

	set("a", "${b}");
	set("b", "${a}");
	set("grow", "${grow}${grow}");
	EXPECT_EQ(line_expand("${a}", buf, sizeof(buf)), -EFBIG);
	EXPECT_EQ(line_expand("${grow}", buf, sizeof(buf)), -EFBIG);
	splits("echo ${a}", LINE_FPXE, "error -27");
	splits("echo ${a}", LINE_IPXE, "error -27");
	splits("echo ${a}", LINE_GPXE, "error -27");
}

TEST(many_settings_in_one_word_are_no_endless_expansion)
{
	char text[1201] = "", buf[400];

	set("a", "v");
	for (unsigned i = 0; i < 300; i++)
		strcat(text, "${a}");
	EXPECT_EQ(line_expand(text, buf, sizeof(buf)), -EFBIG);         /* the text itself does not fit */
	text[4 * 90] = '\0';
	EXPECT_EQ(line_expand(text, buf, sizeof(buf)), 0);
	EXPECT_EQ(strlen(buf), 90);
}

/* Each of them is looked for from the start of the line. */
TEST(a_short_line_of_settings_expands_and_a_long_one_is_refused_before_it_takes_long)
{
	static const struct { size_t len; int rc; } cases[] = { { 2048, 0 }, { 16000, -EFBIG } };
	static struct line_words w;
	enum line_operator op;
	char line[16384];

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int dialect = LINE_FPXE; dialect <= LINE_GPXE; dialect++) {
			const char *at = line;

			for (size_t n = 0; n < cases[i].len; n++)
				line[n] = "${}x"[n % 4];
			line[cases[i].len] = '\0';
			EXPECT_EQ(line_next(&at, (enum line_dialect)dialect, &w, &op), cases[i].rc);
			if (cases[i].rc)
				continue;
			EXPECT_EQ(strspn(w.argv[0], "x"), cases[i].len / 4);
			line_free(&w);
		}
}

TEST(every_size_of_buffer_is_kept)
{
	set("a", "12345");
	for (size_t size = 1; size < 20; size++) {
		char *buf = malloc(size);
		int rc = line_expand("x${a}y${a}", buf, size);

		EXPECT_EQ(rc, size < 13 ? -EFBIG : 0);
		if (rc == 0)
			EXPECT_STR(buf, "x12345y12345");
		free(buf);
	}
}

TEST(expansion_happens_when_a_command_is_taken)
{
	const char *line = "set x 1 && echo ${x}";
	struct line_words w;
	enum line_operator op;

	EXPECT_EQ(line_next(&line, LINE_FPXE, &w, &op), 0);
	EXPECT_EQ(op, LINE_AND);
	line_free(&w);
	set("x", "1");
	EXPECT_EQ(line_next(&line, LINE_FPXE, &w, &op), 0);
	EXPECT_STR(w.argv[1], "1");
	EXPECT_EQ(op, LINE_END);
	line_free(&w);
}

TEST(skipping_stops_where_taking_would)
{
	const char *line = "a 'b && c' ${x} || d # e";
	enum line_operator op;

	EXPECT_EQ(line_skip(&line, LINE_FPXE, &op), 0);
	EXPECT_EQ(op, LINE_OR);
	EXPECT_STR(line, " d # e");
	EXPECT_EQ(line_skip(&line, LINE_FPXE, &op), 0);
	EXPECT_EQ(op, LINE_END);
	EXPECT_STR(line, "");
	line = "a 'b && c";
	EXPECT_EQ(line_skip(&line, LINE_FPXE, &op), -EINVAL);
	line = "a 'b && c";
	EXPECT_EQ(line_skip(&line, LINE_IPXE, &op), 0);
	EXPECT_EQ(op, LINE_AND);
}

TEST(a_line_of_4095_bytes_may_be_all_words_of_one_letter)
{
	char line[4096];
	static struct line_words w;
	enum line_operator op;

	for (size_t i = 0; i < sizeof(line); i++)
		line[i] = i % 2 ? ' ' : (char)('a' + i / 2 % 26);
	line[4095] = '\0';
	for (int dialect = LINE_FPXE; dialect <= LINE_GPXE; dialect++) {
		const char *at = line;

		EXPECT_EQ(line_next(&at, (enum line_dialect)dialect, &w, &op), 0);
		EXPECT_EQ(w.argc, 2048);
		for (int i = 0; i < w.argc; i++)
			EXPECT(w.argv[i][0] == 'a' + i % 26 && !w.argv[i][1]);
		EXPECT(w.argv[w.argc] == NULL);
		line_free(&w);
	}
}

TEST(a_line_has_limits)
{
	char *line = malloc(40000);
	struct line_words w;
	enum line_operator op;
	const char *at = line;

	line[0] = '\0';
	for (int i = 0; i < LINE_WORDS_MAX; i++)
		strcat(line, "w ");
	EXPECT_EQ(line_next(&at, LINE_FPXE, &w, &op), 0);
	EXPECT_EQ(w.argc, LINE_WORDS_MAX);
	line_free(&w);
	strcat(line, "w");
	at = line;
	EXPECT_EQ(line_next(&at, LINE_FPXE, &w, &op), -EFBIG);
	at = line;
	EXPECT_EQ(line_next(&at, LINE_GPXE, &w, &op), -EFBIG);
	for (int dialect = LINE_FPXE; dialect <= LINE_GPXE; dialect++)
		for (int len = LINE_EXPANDED_MAX - 3; len <= LINE_EXPANDED_MAX + 2; len++) {
			int rc;

			memset(line, 'x', (size_t)len);
			line[len] = '\0';
			at = line;
			rc = line_next(&at, (enum line_dialect)dialect, &w, &op);
			EXPECT_EQ(rc, len < LINE_EXPANDED_MAX ? 0 : -EFBIG);
			if (rc == 0) {
				EXPECT_EQ(strlen(w.argv[0]), len);
				line_free(&w);
			}
			memcpy(line + len - 2, " y", 3);
			at = line;
			if (line_next(&at, (enum line_dialect)dialect, &w, &op) == 0)
				line_free(&w);
		}
	free(line);
}

TEST(lack_of_memory_is_an_error)
{
	const char *line = "a b";
	struct line_words w;
	enum line_operator op;

	for (unsigned n = 1; n <= 2; n++) {
		heap_fail_after(n);
		EXPECT_EQ(line_next(&line, LINE_FPXE, &w, &op), -ENOMEM);
		line = "a b";
	}
	heap_fail_after(0);
}
