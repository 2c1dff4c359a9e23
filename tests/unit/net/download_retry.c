/* SPDX-License-Identifier: BSD-2-Clause */
/* Downloads that break: what is tried again, exactly when, with which words, and that the bytes are those of one file. */
#include "config/net.h"
#include "tests/unit/net/fetch_web.h"

static uint32_t broke_ms;

/** The SYNs that the server sees, by time since the download began. */
static uint32_t syn_ms[64];
static unsigned syns;

static bool note_syn(struct sim_link *link, const struct sim_packet *p)
{
	if (p->protocol == 6 && p->flags == SIM_SYN && syns < 64)
		syn_ms[syns++] = s.now_ms;
	return false;
}

static void watch_syns(void)
{
	syns = 0;
	server.host.to_host.drop = note_syn;
}

/** Is @ms, a wait, @wanted with the eighth of chance at most? */
static bool about(uint32_t ms, uint32_t wanted)
{
	if (ms >= wanted && ms < wanted + wanted / 8 + 5)
		return true;
	printf("%u ms instead of %u\n", ms, wanted);
	return false;
}

/* ---- narrow paths --------------------------------------------------------------------------------------------------------------- */

static size_t largest;                          /* packet that comes through */
static bool drop_large(struct sim_link *link, const struct sim_packet *p)
{
	return p->ip_len > largest;
}

static bool begun(void *arg)
{
	return over(arg) || download_progress(d)->done_bytes > 0;
}

/* RFC 2923 2.1: with 1220 bytes a segment it goes within 6 s, with 536 within 12. */
TEST(a_path_that_drops_full_size_packets_is_found_and_said)
{
	static const struct { size_t largest; uint32_t within_ms; unsigned notices; } paths[] = { { 1280, 6000, 1 }, { 1000, 12000, 2 } };

	for (unsigned i = 0; i < 2; i++) {
		begin_web(1000000, "\"v1\"");
		largest = paths[i].largest;
		server.host.to_stack.drop = drop_large;
		server.host.to_stack.delay_us = server.host.to_host.delay_us = 150000;
		EXPECT_EQ(start("http://10.0.2.9/x"), 0);
		EXPECT(sim_run_until(&s, begun, NULL, paths[i].within_ms));
		for (unsigned n = 0; n < paths[i].notices; n++)
			EXPECT_STR(notice(), "path from 10.0.2.9 drops full-size packets: asking for smaller ones");
		EXPECT_STR(notice(), "");
		sim_run_until(&s, over, NULL, 600000);
		EXPECT_EQ(download_rc(d), 0);
		EXPECT(file_is(SEED, 1000000));
		end();
	}
}

/* ---- going on ------------------------------------------------------------------------------------------------------------------- */

TEST(a_reset_is_said_and_gone_on_after_from_where_it_was)
{
	begin_web(3000000, "\"v1\"");
	watch_syns();
	breaks = 1;
	break_at = 1500000;
	break_how = WEB_RESET;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), 0);
	EXPECT(file_is(SEED, 3000000));
	EXPECT_STR(notice(), "connection reset at 1.4 MiB; retry 1/5 in 1 s");
	EXPECT_STR(notice(), "");
	EXPECT_EQ(syns, 2);
	EXPECT(about(syn_ms[1] - syn_ms[0], 1000));
	EXPECT(server.sent < 3000000 + 1000);           /* not a byte twice */
	EXPECT_EQ(memory.sized, 1);
	end();
}

TEST(each_way_to_break_at_each_odd_place_is_gone_on_after)
{
	static const uint64_t places[] = { 0, 1, 1447, 1448, 1449, 65536, 99999 };
	static const enum web_break ways[] = { WEB_RESET, WEB_CLOSE, WEB_STALL };

	for (unsigned w = 0; w < 3; w++)
		for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
			begin_web(100000, "\"v1\"");
			breaks = 1;
			break_at = places[i];
			break_how = ways[w];
			EXPECT_EQ(fetch("http://10.0.2.9/x"), 0);
			EXPECT(file_is(SEED, 100000));
			EXPECT(server.sent < 100000 + 1000);
			end();
		}
}

TEST(a_server_killed_at_twenty_places_sends_no_byte_twice_that_was_here)
{
	begin_web(8 << 20, "\"v1\"");
	server.host.to_stack = (struct sim_link){ .delay_us = 10000, .rate_bytes_per_ms = 2000, .queue_bytes = 64 << 10 };
	breaks = 20;
	break_how = WEB_RESET;
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	for (uint32_t random = 12345; download_rc(d) == -EINPROGRESS; random = random * 1664525 + 1013904223) {
		break_at = random >> 8 & 0x7ffff;
		sim_run_until(&s, over, NULL, 100);
	}
	EXPECT_EQ(download_rc(d), 0);
	EXPECT_EQ(breaks, 0);
	EXPECT(file_is(SEED, 8 << 20));
	EXPECT(server.sent < (8 << 20) + (1 << 20));
	end();
}

/* With LONG in the environment (make check-long) in ten downloads. */
TEST(a_server_that_dies_twenty_times_sends_twice_only_what_was_on_its_way)
{
	enum { DEATHS = 20, WINDOW = 10 << 10 };
	uint32_t random = 1;

	for (unsigned n = getenv("LONG") ? 10 : 1; n > 0; n--) {
		begin_far(15 * MB);
		server.cwnd_max = WINDOW;
		EXPECT_EQ(start("http://10.0.2.9/x"), 0);
		for (unsigned i = 0; i < DEATHS; i++) {
			random = random * 1664525 + 1013904223;
			sim_advance(&s, 300 + (random >> 8) % 4000);
			EXPECT_EQ(download_rc(d), -EINPROGRESS);
			web_kill(&server);
		}
		to_the_end();
		EXPECT(server.sent < 15 * MB + DEATHS * (CONFIG_CONNECTIONS * (WINDOW + 2000)));
		EXPECT_EQ(memory.sized, 1);
		end();
	}
}

TEST(a_date_that_is_a_validator_does_as_well)
{
	begin_web(100000, NULL);
	file.modified = "Mon, 02 Nov 2026 10:00:00 GMT";
	file.date = "Mon, 02 Nov 2026 10:02:00 GMT";
	breaks = 1;
	break_at = 50000;
	break_how = WEB_RESET;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), 0);
	EXPECT(file_is(SEED, 100000));
	end();
}

TEST(without_a_validator_it_begins_anew)
{
	begin_web(100000, NULL);
	breaks = 1;
	break_at = 50000;
	break_how = WEB_RESET;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), 0);
	EXPECT(file_is(SEED, 100000));
	EXPECT_STR(notice(), "connection reset at 48 KiB; retry 1/5 from the beginning in 1 s");
	EXPECT(server.sent > 150000);
	EXPECT_EQ(memory.sized, 2);
	end();
}

TEST(a_chunked_body_begins_anew)
{
	begin_web(100000, "\"v1\"");
	file.chunked = true;
	breaks = 2;
	break_at = 50000;
	break_how = WEB_CLOSE;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), 0);
	EXPECT(file_is(SEED, 100000));
	EXPECT_EQ(download_progress(d)->done_bytes, 100000);
	end();
}

TEST(a_server_without_ranges_begins_anew)
{
	begin_web(100000, "\"v1\"");
	file.no_ranges = true;
	breaks = 1;
	break_at = 50000;
	break_how = WEB_RESET;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), 0);
	EXPECT(file_is(SEED, 100000));
	end();
}

/* ---- the schedule --------------------------------------------------------------------------------------------------------------- */

/** Break after half of the file, which is @broke_ms. */
static void break_and_watch(enum web_break how)
{
	begin_web(100000, "\"v1\"");
	watch_syns();
	breaks = 1;
	break_at = 50000;
	break_how = how;
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	broke_ms = s.now_ms;
	sim_advance(&s, 100);
}

TEST(a_server_that_refuses_is_knocked_at_for_143_s)
{
	static const uint32_t waits[] = { 1000, 2000, 4000, 8000 };

	break_and_watch(WEB_RESET);
	server.refuse = true;
	sim_run_until(&s, over, NULL, 1000000);
	EXPECT_EQ(download_rc(d), -ECONNREFUSED);
	EXPECT(said("connection refused: got 50000 of 100000 bytes, and no more in 5 retries"));
	EXPECT_EQ(syns, 1 + 20);
	for (unsigned i = 1; i < syns; i++)
		EXPECT(about(syn_ms[i] - syn_ms[i - 1], waits[i < 4 ? i - 1 : 3]));
	EXPECT(about(s.now_ms - broke_ms, 143000));
	EXPECT_STR(notice(), "connection refused at 48 KiB; retry 2/5 in 8 s");
	EXPECT_STR(notice(), "connection refused at 48 KiB; retry 3/5 in 8 s");
	end();
}

static void comes_back_after(uint32_t ms)
{
	break_and_watch(WEB_RESET);
	server.refuse = true;
	sim_advance(&s, ms);
	server.refuse = false;
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	sim_run_until(&s, over, NULL, 10000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED, 100000));
	EXPECT(server.sent < 101000);
	end();
}

TEST(a_server_that_comes_back_after_3_30_or_120_s_is_gone_on_with)
{
	comes_back_after(3000);
	comes_back_after(30000);
	comes_back_after(120000);
}

TEST(a_machine_that_vanished_for_two_minutes_is_gone_on_with)
{
	break_and_watch(WEB_STALL);
	server.deaf = true;
	sim_advance(&s, 120000);
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	EXPECT_STR(notice(), "no data for 20 s from 10.0.2.9");
	EXPECT_STR(notice(), "no data for 30 s at 48 KiB; retry 1/5 in 1 s");
	EXPECT_STR(notice(), "timed out at 48 KiB; retry 2/5 in 2 s");
	server.deaf = false;
	sim_run_until(&s, over, NULL, 60000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED, 100000));
	end();
}

TEST(a_server_that_answers_and_sends_nothing_is_tried_five_times)
{
	break_and_watch(WEB_RESET);
	breaks = 1000;
	break_at = 0;
	sim_run_until(&s, over, NULL, 1000000);
	EXPECT_EQ(download_rc(d), -ECONNRESET);
	EXPECT(said("connection reset: got 50000 of 100000 bytes, and no more in 5 retries"));
	EXPECT_EQ(syns, 1 + 5);
	EXPECT(about(s.now_ms - broke_ms, 23000));
	end();
}

TEST(any_byte_begins_the_count_anew)
{
	break_and_watch(WEB_RESET);
	breaks = 49;
	break_at = 1000;
	sim_run_until(&s, over, NULL, 1000000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED, 100000));
	EXPECT_EQ(syns, 51);
	for (unsigned i = 1; i < syns; i++)
		EXPECT(about(syn_ms[i] - syn_ms[i - 1], 1000));
	end();
}

TEST(bytes_that_were_here_before_do_not_count)
{
	begin_web(100000, NULL);
	breaks = 1000;
	break_at = 50000;
	break_how = WEB_CLOSE;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), -ECONNABORTED);
	EXPECT(said("connection closed early: got 50000 of 100000 bytes: truncated, and no more in 5 retries"));
	EXPECT_EQ(server.requests, 6);
	end();
}

/* ---- first contact -------------------------------------------------------------------------------------------------------------- */

static void answer_and_break(struct server_connection *c, const char *request)
{
	server_sayf(c, "HTTP/1.1 ");
	web_break(c, c->data_len, break_how);
}

TEST(a_connection_that_ends_before_the_answer_is_tried_five_times_more)
{
	begin();
	watch_syns();
	server.answer = answer_and_break;
	break_how = WEB_CLOSE;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), -ECONNABORTED);
	EXPECT(said("in the middle of an HTTP header"));
	EXPECT_EQ(syns, 6);
	EXPECT(about(syn_ms[5] - syn_ms[0], 23000));
	end();
}

static void answer_nothing(struct server_connection *c, const char *request) { }

TEST(a_server_that_never_answers_is_said_so_and_tried_again)
{
	uint32_t start_ms;

	begin();
	server.answer = answer_nothing;
	start_ms = s.now_ms;
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 19999);
	EXPECT_STR(notice(), "");
	sim_advance(&s, 2);
	EXPECT_STR(notice(), "no data for 20 s from 10.0.2.9");
	sim_advance(&s, 9998);
	EXPECT_STR(notice(), "");
	sim_advance(&s, 2);
	EXPECT_STR(notice(), "no data for 30 s at 0 KiB; retry 1/5 in 1 s");
	sim_run_until(&s, over, NULL, 1000000);
	EXPECT_EQ(download_rc(d), -ETIMEDOUT);
	EXPECT(said("timed out: no data for 30 s from 10.0.2.9"));
	EXPECT(about(s.now_ms - start_ms, 6 * 30000 + 23000));
	EXPECT_EQ(server.requests, 6);
	end();
}

/* ---- another version ------------------------------------------------------------------------------------------------------------ */

TEST(a_file_replaced_between_two_tries_begins_anew_and_says_so)
{
	break_and_watch(WEB_RESET);
	file = (struct web_file){ .seed = SEED + 1, .size = 120000, .etag = "\"v2\"" };
	sim_run_until(&s, over, NULL, 10000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED + 1, 120000));
	EXPECT_EQ(download_progress(d)->total_bytes, 120000);
	EXPECT_STR(notice(), "connection reset at 48 KiB; retry 1/5 in 1 s");
	EXPECT_STR(notice(), "file changed on server, restarting");
	EXPECT_EQ(memory.total, 120000);
	end();
}

TEST(a_file_replaced_by_one_of_the_same_length_is_noticed)
{
	break_and_watch(WEB_RESET);
	file = (struct web_file){ .seed = SEED + 1, .size = 100000, .etag = "\"v2\"" };
	sim_run_until(&s, over, NULL, 10000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED + 1, 100000));
	end();
}

TEST(a_file_without_validators_replaced_between_two_tries_is_one_of_the_two)
{
	begin_web(100000, NULL);
	breaks = 1;
	break_at = 50000;
	break_how = WEB_RESET;
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 100);
	file = (struct web_file){ .seed = SEED + 1, .size = 100000 };
	sim_run_until(&s, over, NULL, 10000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED + 1, 100000));
	end();
}

/** A server that gives parts of the new file whatever If-Range says: its 206 tells. */
static void answer_without_if_range(struct server_connection *c, const char *request)
{
	char copy[8192], *line;

	snprintf(copy, sizeof copy, "%s", request);
	if ((line = strstr(copy, "If-Range")) != NULL)
		line[0] = 'X';
	answer_web(c, copy);
}

TEST(a_part_of_another_version_is_not_taken)
{
	static const struct { uint64_t size; const char *etag; } other[] = {
		{ 120000, "\"v1\"" }, { 100000, "\"v2\"" }, { 100000, "W/\"v2\"" }, { 100000, "\"v1\"\r\nETag: \"v2\"" },
	};

	for (unsigned i = 0; i < sizeof other / sizeof other[0]; i++) {
		break_half(WEB_RESET);
		server.answer = answer_without_if_range;
		file = (struct web_file){ .seed = SEED + 1, .size = other[i].size, .etag = other[i].etag };
		sim_run_until(&s, over, NULL, 10000);
		EXPECT_EQ(download_rc(d), 0);
		EXPECT(file_is(SEED + 1, other[i].size));
		end();
	}
}

/** Each answer is of another version, and breaks. */
static void answer_ever_new(struct server_connection *c, const char *request)
{
	static char etag[16];

	snprintf(etag, sizeof etag, "\"%u\"", server.requests);
	file.etag = etag;
	answer_web(c, request);
}

TEST(a_file_that_changes_for_ever_is_an_error)
{
	begin_web(100000, NULL);
	server.answer = answer_ever_new;
	breaks = 1000;
	break_at = 50000;
	break_how = WEB_RESET;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), -EPROTO);
	EXPECT(said("file changed on server: 5 times, and never the whole file"));
	end();
}

TEST(a_file_that_got_shorter_begins_anew_once)
{
	break_and_watch(WEB_RESET);
	server.answer = answer_without_if_range;
	file = (struct web_file){ .seed = SEED + 1, .size = 30000, .etag = "\"v2\"" };
	sim_run_until(&s, over, NULL, 10000);
	EXPECT_EQ(file.refused, 1);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED + 1, 30000));
	end();
}

TEST(a_lie_about_the_length_ends_with_both_figures)
{
	begin_web(100000, NULL);
	file.no_ranges = file.closes = true;
	file.lie_length = 200000;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), -ECONNABORTED);
	EXPECT(said("got 100000 of 200000 bytes: truncated"));
	end();
}

TEST(a_lie_about_the_range_begins_anew_with_one_connection)
{
	break_and_watch(WEB_RESET);
	file.lie_start = 1;
	sim_run_until(&s, over, NULL, 1000000);
	EXPECT(download_rc(d) != -EINPROGRESS);
	if (download_rc(d) == 0)
		EXPECT(file_is(SEED, 100000));
	end();
}

TEST(a_file_that_is_gone_is_asked_for_five_times)
{
	break_and_watch(WEB_RESET);
	canned = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
	canned_close = false;
	server.answer = answer_canned;
	sim_run_until(&s, over, NULL, 1000000);
	EXPECT_EQ(download_rc(d), -ENOENT);
	EXPECT(said("not found: got 50000 of 100000 bytes, and no more in 5 retries"));
	EXPECT(about(s.now_ms - broke_ms, 23000));
	end();
}

TEST(a_server_that_is_busy_in_the_middle_is_waited_for)
{
	break_and_watch(WEB_RESET);
	canned = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n";
	canned_close = false;
	server.answer = answer_canned;
	sim_advance(&s, 60000);
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	EXPECT_EQ(server.requests, 4);
	server.answer = answer_web;
	sim_run_until(&s, over, NULL, 30000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED, 100000));
	end();
}

/* ---- redirects, later ------------------------------------------------------------------------------------------------------------ */

static unsigned signature;                      /* the one that is good now */
static const char *stale;                       /* what is said to others */

/** "/x" leads to "/file?N", which is good until the signature changes. */
static void answer_signed(struct server_connection *c, const char *request)
{
	unsigned n;

	if (strncmp(request, "GET /x ", 7) == 0)
		server_sayf(c, "HTTP/1.1 302 Found\r\nLocation: /file?%u\r\nContent-Length: 0\r\n\r\n", signature);
	else if (sscanf(request, "GET /file?%u ", &n) == 1 && n == signature)
		answer_web(c, request);
	else
		server_say(c, stale, strlen(stale));
}

static void begin_signed(void)
{
	begin_web(100000, "\"v1\"");
	watch_syns();
	server.answer = answer_signed;
	signature = 1;
	breaks = 1;
	break_at = 50000;
	break_how = WEB_RESET;
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 100);
}

TEST(a_signed_url_that_has_expired_is_got_anew_from_the_original)
{
	static const char *const answers[] = {
		"HTTP/1.1 403 Expired\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: /file?0\r\nContent-Length: 0\r\n\r\n",
	};

	for (unsigned i = 0; i < 2; i++) {
		char uri[60];

		begin_signed();
		stale = answers[i];
		signature = 2;
		sim_run_until(&s, over, NULL, 10000);
		EXPECT_EQ(download_rc(d), 0);
		EXPECT(file_is(SEED, 100000));
		EXPECT_EQ(memory.sized, 1);
		EXPECT(server.sent < 102000);
		uri_format(download_final_uri(d), uri, sizeof uri, 1);
		EXPECT_STR(uri, "http://10.0.2.9/file?2");
		end();
	}
}

TEST(a_redirect_of_a_later_piece_is_followed_once)
{
	begin_signed();
	stale = "HTTP/1.1 307 Temporary\r\nLocation: /file?2\r\nContent-Length: 0\r\n\r\n";
	signature = 2;
	sim_run_until(&s, over, NULL, 10000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED, 100000));
	EXPECT_EQ(server.requests, 4);                  /* /x, /file?1, /file?1, /file?2 */
	end();
}

/** Nothing is good any more. */
static void answer_round_and_round(struct server_connection *c, const char *request)
{
	server_sayf(c, "HTTP/1.1 302 Found\r\nLocation: /%u\r\nContent-Length: 0\r\n\r\n", server.requests);
}

TEST(redirects_without_end_end)
{
	begin_signed();
	server.answer = answer_round_and_round;
	sim_run_until(&s, over, NULL, 1000000);
	EXPECT(download_rc(d) == -ELOOP);
	EXPECT(server.requests < 200);
	end();
}
