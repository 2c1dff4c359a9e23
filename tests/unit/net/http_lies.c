/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers by which others' boot loaders were overrun, and what is refused at its limit: whatever a server says, a download ends, no byte is
 * where none belongs, and the next server's file is fetched. */
#include "net/http_parse.h"
#include "tests/sim/web.h"
#include "tests/unit/net/fetch.h"

#define OK_ "HTTP/1.1 200 OK\r\n"

/** What the server says: a text, then a long body or header made of @fill. */
static struct { const char *before, *fill, *after; size_t fills; bool close; } lie;

static void answer_lie(struct server_connection *c, const char *request)
{
	size_t len = lie.fill ? strlen(lie.fill) : 0;

	server_say(c, lie.before, strlen(lie.before));
	for (size_t i = 0; i < lie.fills; i++)
		server_say(c, lie.fill, len);
	if (lie.after)
		server_say(c, lie.after, strlen(lie.after));
	c->close_after = lie.close;
}

static int hear_lie(void)
{
	server.answer = answer_lie;
	return fetch("http://10.0.2.9/x");
}

static bool nothing_from(size_t offset)
{
	for (size_t i = offset; i < ROOM; i++)
		if (memory.bytes[i])
			return false;
	return true;
}

/** And a good server afterwards. */
static bool goes_on(void)
{
	memset(memory.bytes, 0, 5000);
	server.answer = answer_file;
	return fetch("http://10.0.2.9/file/5000") == 0 && file_is(SEED, 5000);
}

/* ---- lengths -------------------------------------------------------------------------------------------------------------------------- */

/* CVE-2023-40547: a buffer of the length that was said, and then all that came. */
TEST(a_mebibyte_behind_a_length_of_ten_is_not_taken)
{
	begin();
	lie = (typeof(lie)){ OK_ "Content-Length: 10\r\n\r\n", "0123456789abcdef", NULL, 65536, true };
	EXPECT_EQ(hear_lie(), 0);
	EXPECT(body_is("0123456789"));
	EXPECT_EQ(memory.total, 10);
	EXPECT(nothing_from(10));
	EXPECT(goes_on());
	end();
}

TEST(a_mebibyte_behind_a_length_of_none_is_not_taken)
{
	begin();
	lie = (typeof(lie)){ OK_ "Content-Length: 0\r\n\r\n", "0123456789abcdef", NULL, 65536, true };
	EXPECT_EQ(hear_lie(), 0);
	EXPECT_EQ(download_progress(d)->done_bytes, 0);
	EXPECT(nothing_from(0));
	EXPECT(goes_on());
	end();
}

TEST(a_mebibyte_behind_a_part_of_ten_bytes_is_not_taken)
{
	begin();
	lie = (typeof(lie)){ "HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-9/10\r\n\r\n", "0123456789abcdef", NULL, 65536, true };
	EXPECT_EQ(hear_lie(), 0);
	EXPECT(body_is("0123456789"));
	EXPECT(nothing_from(10));
	EXPECT(goes_on());
	end();
}

/** Each is said as a Content-Length, with a body behind it. */
static void refuse_lengths(const char *const *lengths, size_t count, int rc)
{
	char text[200];

	for (size_t i = 0; i < count; i++) {
		begin();
		snprintf(text, sizeof text, OK_ "Content-Length: %s\r\n\r\nbody", lengths[i]);
		lie = (typeof(lie)){ .before = text, .close = true };
		if (hear_lie() != rc || memory.sized > (rc == -ENOMEM) || !nothing_from(0) || !goes_on())
			test_fail(__FILE__, __LINE__, "\"%s\": result %d", lengths[i], download_rc(d));
		end();
	}
}

/* CVE-2023-40547 */
TEST(a_length_that_is_no_number_is_an_error_and_nothing_is_written)
{
	static const char *const lengths[] = { "-1", "+5", "0x10", "1e3", "5 5", "5;5", "", "5.", "five", "0b1", "1_0", "\t" };

	refuse_lengths(lengths, sizeof lengths / sizeof *lengths, -EPROTO);
}

TEST(a_length_that_wraps_64_bits_is_an_error_and_nothing_is_written)
{
	static const char *const lengths[] = { "18446744073709551615", "18446744073709551616", "18446744073709551620", "9223372036854775808",
	                                       "36893488147419103236", "99999999999999999999999999999999" };

	refuse_lengths(lengths, sizeof lengths / sizeof *lengths, -EPROTO);
}

/* Sums with an overhead of some bytes went past the end of 32 bits and became small (iPXE mended such a one in 2026). */
TEST(a_length_near_the_end_of_32_bits_does_not_become_small)
{
	char text[16][16];
	const char *lengths[16];

	for (unsigned i = 0; i < 16; i++) {
		snprintf(text[i], sizeof text[i], "%u", 0xfffffff0u + i);
		lengths[i] = text[i];
	}
	refuse_lengths(lengths, 16, -ENOMEM);
}

TEST(a_length_beyond_32_bits_does_not_become_small)
{
	static const char *const lengths[] = { "4294967296", "4294967297", "4294967300", "8589934596", "1099511627780", "9223372036854775807" };

	refuse_lengths(lengths, sizeof lengths / sizeof *lengths, -ENOMEM);
}

/* shim 1958b0f3 took the one and checked the other. */
TEST(two_lengths_that_differ_are_an_error_and_nothing_is_written)
{
	static const char *const texts[] = { "5\r\nContent-Length: 6", "6\r\nContent-Length: 5", "5, 6", "5,5,6", "5\r\nContent-Length: -5",
	                                     "5\r\nX: y\r\ncontent-length: 4294967301", "5\r\nContent-Length:" };

	refuse_lengths(texts, sizeof texts / sizeof *texts, -EPROTO);
}

TEST(two_lengths_that_agree_are_one)
{
	begin();
	EXPECT_EQ(exchange(OK_ "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", false), 0);
	EXPECT(body_is("hello"));
	EXPECT_EQ(exchange(OK_ "Content-Length: 5, 5, 05\r\n\r\nhello", false), 0);
	EXPECT(body_is("hello"));
	end();
}

/* RFC 9112 6.3: never both. */
TEST(chunks_win_over_any_length_beside_them)
{
	static const char *const lengths[] = { "0", "3", "11", "4294967295", "9223372036854775807" };
	char text[300];

	for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		begin();
		snprintf(text, sizeof text, OK_ "Content-Length: %s\r\nTransfer-Encoding: chunked\r\n\r\n"
		         "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", lengths[i]);
		EXPECT_EQ(exchange(text, false), 0);
		EXPECT(body_is("hello world"));
		EXPECT(!memory.known);
		EXPECT(list_empty(&s.net.idle_connections));
		end();
	}
}

TEST(a_chunk_near_the_end_of_32_or_63_bits_does_not_become_small)
{
	static const char *const sizes[] = { "fffffff0", "ffffffff", "100000000", "100000004", "7ffffffffffffff0", "7fffffffffffffff" };
	char text[200];

	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		begin();
		snprintf(text, sizeof text, OK_ "Transfer-Encoding: chunked\r\n\r\n%s\r\n", sizes[i]);
		lie = (typeof(lie)){ text, "0123456789abcdef", NULL, 65536, false };
		memory.room = 1000000;
		EXPECT_EQ(hear_lie(), -ENOMEM);
		EXPECT(said("no room for more than"));
		EXPECT(nothing_from(1000000));
		memory.room = ROOM;
		EXPECT(goes_on());
		end();
	}
}

/* ---- headers -------------------------------------------------------------------------------------------------------------------------- */

/* Syslinux 99e8e9b8 tested for the end of its buffer a byte too late. */
TEST(a_header_line_around_8192_bytes_or_of_a_mebibyte_is_an_error)
{
	static const size_t lengths[] = { 4097, 8191, 8192, 8193, 16384, 1 << 20 };

	for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		begin();
		lie = (typeof(lie)){ OK_ "X:", "y", "\r\nContent-Length: 0\r\n\r\n", lengths[i] - 2, true };
		EXPECT_EQ(hear_lie(), -EPROTO);
		EXPECT(said("header line longer than 4096 bytes"));
		EXPECT_EQ(server.requests, 1);
		EXPECT(goes_on());
		end();
	}
}

TEST(a_header_line_of_4096_bytes_is_read)
{
	begin();
	lie = (typeof(lie)){ OK_ "X:", "y", "\r\nContent-Length: 5\r\n\r\nhello", 4094, false };
	EXPECT_EQ(hear_lie(), 0);
	EXPECT(body_is("hello"));
	end();
}

TEST(ten_thousand_headers_are_an_error_at_the_hundredth)
{
	begin();
	lie = (typeof(lie)){ OK_, "X: y\r\n", "Content-Length: 0\r\n\r\n", 10000, true };
	EXPECT_EQ(hear_lie(), -EPROTO);
	EXPECT(said("more than 100 header lines"));
	EXPECT(goes_on());
	end();
}

TEST(headers_of_long_lines_are_an_error_at_32_kib)
{
	static char line[4001];

	memset(line, 'x', 4000);
	memcpy(line, "X: ", 3);
	memcpy(line + 3998, "\r\n", 2);
	begin();
	lie = (typeof(lie)){ OK_, line, "Content-Length: 0\r\n\r\n", 50, true };
	EXPECT_EQ(hear_lie(), -EPROTO);
	EXPECT(said("header longer than 32768 bytes"));
	EXPECT(goes_on());
	end();
}

TEST(a_status_line_without_end_is_an_error)
{
	begin();
	lie = (typeof(lie)){ "HTTP/1.1 200 ", "OK ", NULL, 100000, true };
	EXPECT_EQ(hear_lie(), -EPROTO);
	EXPECT(said("header line longer than 4096 bytes"));
	EXPECT(goes_on());
	end();
}

TEST(a_chunk_line_of_1024_bytes_is_read_and_one_of_1025_is_not)
{
	for (unsigned extra = 0; extra < 2; extra++) {
		begin();
		lie = (typeof(lie)){ OK_ "Transfer-Encoding: chunked\r\n\r\n5;", "x", "\r\nhello\r\n0\r\n\r\n",
		                     HTTP_CHUNK_LINE_MAX - 2 + extra, false };
		EXPECT_EQ(hear_lie(), extra ? -EPROTO : 0);
		EXPECT_EQ(download_progress(d)->done_bytes, extra ? 0 : 5);
		end();
	}
}

TEST(trailers_of_8192_bytes_are_skipped_and_a_byte_more_is_not)
{
	for (unsigned extra = 0; extra < 2; extra++) {
		begin();
		lie = (typeof(lie)){ OK_ "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT:", "x", "\r\n\r\n",
		                     HTTP_TRAILER_MAX - 6 + extra, false };
		EXPECT_EQ(hear_lie(), extra ? -EPROTO : 0);
		end();
	}
}

/* RFC 9110 15.4.5: whatever it says of a length, nothing follows, and nothing is waited for. */
TEST(a_304_with_a_length_ends_at_once)
{
	begin();
	EXPECT_EQ(exchange("HTTP/1.1 304 Not Modified\r\nContent-Length: 100000\r\n\r\n", false), -EIO);
	EXPECT(said("HTTP 304 Not Modified"));
	EXPECT(s.now_ms - s.start_ms < 10);
	end();
}

/* ---- where it leads ------------------------------------------------------------------------------------------------------------------- */

static char location[70000], asked[300];

static void answer_location(struct server_connection *c, const char *request)
{
	static const char head[] = "HTTP/1.1 302 Found\r\nLocation: ", tail[] = "\r\nContent-Length: 0\r\n\r\n";

	snprintf(asked, sizeof asked, "%s", request);
	server_say(c, head, sizeof head - 1);
	server_say(c, location, strlen(location));
	server_say(c, tail, sizeof tail - 1);
}

static unsigned tftp_requests;
static size_t tftp_request_len;

static void tftp_input(struct sim_host *host, const uint8_t *packet, size_t len, uint32_t now_ms)
{
	static const uint8_t not_found[] = { 0, 5, 0, 1, 'n', 'o', 0 };
	uint8_t out[100];
	struct sim_packet p;

	sim_parse_ip(&p, packet, len);
	if (p.protocol != 17 || p.dst_port != 69)
		return;
	tftp_requests++;
	tftp_request_len = p.data_len;
	sim_host_output(host, out, sim_build_udp(out, &(struct sim_udp){ .src = host->ip, .dst = p.src, .src_port = 1069, .dst_port = p.src_port,
	                                                                 .data = not_found, .len = sizeof not_found }));
}

/** A redirect to tftp://10.0.2.7/ with @len letters behind it. */
static int led_to_tftp(size_t len)
{
	static struct sim_host host;

	begin();
	host = (struct sim_host){ .ip = SIM_ADDR(10, 0, 2, 7), .input = tftp_input };
	sim_host_join(&s, &host);
	tftp_requests = 0;
	snprintf(location, sizeof location, "tftp://10.0.2.7/");
	memset(location + 16, 'p', len);
	location[16 + len] = '\0';
	server.answer = answer_location;
	return fetch("http://10.0.2.9/x");
}

/* CVE-2017-1000100, CVE-2006-1061: a name longer than the packet that was to hold it. */
TEST(a_redirect_to_tftp_with_a_long_name_is_sent_whole_or_refused)
{
	static const size_t lengths[] = { 10, 468, 500, 511, 512, 513, 600, 1024, 1400, 1500, 2000 };

	for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		int rc = led_to_tftp(lengths[i]);

		EXPECT(rc == -ENOENT || rc == -EMSGSIZE);
		EXPECT_EQ(tftp_requests > 0, rc == -ENOENT);
		if (tftp_requests)
			EXPECT(tftp_request_len >= 2 + lengths[i] + 1 + 6);
		EXPECT(goes_on());
		end();
	}
}

TEST(a_redirect_of_64_kib_is_an_error)
{
	EXPECT_EQ(led_to_tftp(65536), -EPROTO);
	EXPECT(said("header line longer than 4096 bytes"));
	EXPECT_EQ(tftp_requests, 0);
	EXPECT(goes_on());
	end();
}

TEST(a_redirect_of_two_kib_is_followed_and_a_byte_more_is_an_error)
{
	for (size_t extra = 0; extra < 2; extra++) {
		EXPECT_EQ(led_to_tftp(HTTP_LOCATION_MAX - 16 + extra), extra ? -EPROTO : -EMSGSIZE);
		EXPECT(said(extra ? "Location longer than 2048 bytes" : "a file name of 2032 bytes does not fit in a TFTP request"));
		end();
	}
}

TEST(a_redirect_to_itself_is_followed_eight_times)
{
	begin();
	snprintf(location, sizeof location, "/x");
	server.answer = answer_location;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), -ELOOP);
	EXPECT(said("too many redirects (8), last: http://10.0.2.9/x"));
	EXPECT_EQ(server.requests, 9);
	EXPECT(goes_on());
	end();
}

/* What would be two lines of the next request is part of its path. */
TEST(a_location_cannot_add_lines_to_the_next_request)
{
	static const struct { const char *location; int rc; const char *line; } places[] = {
		{ "/a b", -ELOOP, "GET /a%20b HTTP/1.1\r\nHost: 10.0.2.9\r\nUser-Agent: " },
		{ "/a#b c", -ELOOP, "GET /a HTTP/1.1\r\nHost: 10.0.2.9\r\nUser-Agent: " },
		{ "/a%0d%0aX:", -ELOOP, "GET /a%0d%0aX: HTTP/1.1\r\nHost: 10.0.2.9\r\nUser-Agent: " },
		{ "/a\tb", -EINVAL, "GET /x HTTP/1.1\r\nHost: 10.0.2.9\r\nUser-Agent: " },
		{ "/a\x7f", -EINVAL, "GET /x HTTP/1.1\r\nHost: 10.0.2.9\r\nUser-Agent: " },
	};

	for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
		begin();
		snprintf(location, sizeof location, "%s", places[i].location);
		server.answer = answer_location;
		EXPECT_EQ(fetch("http://10.0.2.9/x"), places[i].rc);
		asked[strlen(places[i].line)] = '\0';
		EXPECT_STR(asked, places[i].line);
		EXPECT(goes_on());
		end();
	}
}

/* ---- resuming ------------------------------------------------------------------------------------------------------------------------- */

static struct web_file file;
static unsigned cut_answers;
static size_t cut_at;

/** The first @cut_answers end after @cut_at bytes, be they of the header. */
static void answer_cut(struct server_connection *c, const char *request)
{
	web_answer(c, request, &file);
	if (cut_answers == 0)
		return;
	cut_answers--;
	web_break(c, cut_at, WEB_CLOSE);
}

TEST(an_answer_cut_at_each_byte_of_its_header_is_asked_for_again)
{
	for (cut_at = 0; cut_at < 140; cut_at += 3) {
		begin();
		file = (struct web_file){ .seed = SEED, .size = 3000, .etag = "\"v1\"" };
		cut_answers = 1;
		server.answer = answer_cut;
		EXPECT_EQ(fetch("http://10.0.2.9/x"), 0);
		EXPECT(file_is(SEED, 3000));
		EXPECT(server.requests == 2);
		end();
	}
}

TEST(a_later_piece_cut_at_each_byte_of_its_header_is_asked_for_again)
{
	for (cut_at = 0; cut_at < 140; cut_at += 3) {
		size_t later = cut_at;

		begin();
		file = (struct web_file){ .seed = SEED, .size = 60000, .etag = "\"v1\"" };
		server.answer = answer_cut;
		cut_answers = 1;
		cut_at = 30000;
		EXPECT_EQ(start("http://10.0.2.9/x"), 0);
		sim_advance(&s, 100);
		cut_answers = 1;
		cut_at = later;
		sim_run_until(&s, over, NULL, 60000);
		EXPECT_EQ(download_rc(d), 0);
		EXPECT(file_is(SEED, 60000));
		EXPECT_EQ(server.requests, 3);
		EXPECT(server.sent < 60000 + 1000);
		end();
	}
}

static void answer_416(struct server_connection *c, const char *request)
{
	server_sayf(c, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */100000\r\nContent-Length: 0\r\n\r\n");
}

/* RFC 9110 15.5.17: after the first bytes have come it begins anew, once, and then that is an answer like another. */
TEST(a_server_that_refuses_every_range_is_an_error_in_the_end)
{
	begin();
	file = (struct web_file){ .seed = SEED, .size = 60000, .etag = "\"v1\"" };
	server.answer = answer_cut;
	cut_answers = 1;
	cut_at = 30000;
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 100);
	server.answer = answer_416;
	sim_run_until(&s, over, NULL, 600000);
	EXPECT_EQ(download_rc(d), -ERANGE);
	EXPECT(server.requests <= 1 + 2 + 5);
	EXPECT(goes_on());
	end();
}
