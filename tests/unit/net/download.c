/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole downloads from a simulated server: words, redirects, patience, idle connections, and every byte over links that lose some. */
#include "tests/unit/net/fetch.h"

TEST(a_file_arrives)
{
	begin();
	server.answer = answer_file;
	EXPECT_EQ(run("http://10.0.2.9/file/100000", 10000), 0);
	EXPECT(memory.known);
	EXPECT_EQ(memory.total, 100000);
	EXPECT_EQ(download_progress(d)->done_bytes, 100000);
	EXPECT_EQ(download_progress(d)->total_bytes, 100000);
	EXPECT(file_is(SEED, 100000));
	EXPECT_EQ(server.resent, 0);
	end();
}

static unsigned one_lossy(uint32_t seed, uint32_t loss_ppm, uint32_t reorder_ppm, uint32_t duplicate_ppm, uint32_t delay_us, size_t len)
{
	char url[64];
	unsigned took;

	begin();
	server.answer = answer_file;
	server.host.to_host = server.host.to_stack = (struct sim_link){
		.delay_us = delay_us, .loss_ppm = loss_ppm, .reorder_ppm = reorder_ppm, .reorder_us = 3000,
		.duplicate_ppm = duplicate_ppm, .random = seed, .rate_bytes_per_ms = 12500, .queue_bytes = 256 << 10,
	};
	server.host.to_host.random = seed + 1000;
	snprintf(url, sizeof url, "http://10.0.2.9/file/%zu", len);
	EXPECT_EQ(run(url, 600000), 0);
	if (download_rc(d) != 0)
		said("");
	EXPECT(file_is(SEED, len));
	took = s.now_ms - s.start_ms;
	end();
	return took;
}

TEST(every_byte_arrives_over_lossy_links)
{
	static const uint32_t losses[] = { 0, 1000, 10000, 20000, 50000, 100000 };

	for (unsigned i = 0; i < sizeof losses / sizeof losses[0]; i++)
		for (unsigned seed = 0; seed < 2; seed++) {
			unsigned took = one_lossy(seed, losses[i], 0, 0, 10000, 1 << 20);

			if (getenv("V"))
				printf("loss %u ppm: %u ms\n", losses[i], took);
		}
}

TEST(every_byte_arrives_in_any_order_and_twice)
{
	one_lossy(1, 0, 10000, 0, 10000, 1 << 20);
	one_lossy(2, 0, 250000, 0, 10000, 1 << 20);
	one_lossy(3, 0, 0, 50000, 10000, 1 << 20);
	one_lossy(4, 20000, 250000, 50000, 10000, 1 << 20);
}

/* ---- beginnings -------------------------------------------------------------------------------------------------------------------- */

TEST(an_unknown_scheme_is_named_with_those_there_are)
{
	char text[300];

	begin();
	EXPECT_EQ(start("ftp://10.0.2.9/x"), -EPROTONOSUPPORT);
	EXPECT(!d);
	error_format(text, sizeof text, -EPROTONOSUPPORT);
	EXPECT(strstr(text, "protocol not supported: \"ftp\" (have: http, tftp)"));
	end();
}

TEST(a_url_without_host_is_refused)
{
	begin();
	EXPECT_EQ(start("http:///x"), -EINVAL);
	EXPECT(!d);
	end();
}

TEST(no_memory_at_any_allocation_is_an_error_and_leaks_nothing)
{
	unsigned failures = 0;

	for (unsigned n = 1; n < 60; n++) {
		int rc;

		begin();
		server.answer = answer_file;
		heap_fail_after(n);
		rc = fetch("http://10.0.2.9/file/5000");
		heap_fail_after(0);
		EXPECT(rc == 0 || rc == -ENOMEM || rc == -EINVAL);
		failures += rc != 0;
		if (rc == 0)
			EXPECT(file_is(SEED, 5000));
		end();
	}
	EXPECT(failures > 5);
}

TEST(states_are_said)
{
	begin();
	server.answer = answer_file;
	server.host.to_host.delay_us = server.host.to_stack.delay_us = 100000;
	EXPECT_EQ(start("http://10.0.2.9/file/50000"), 0);
	sim_advance(&s, 1);
	EXPECT_STR(download_state(d), "connecting to 10.0.2.9");
	sim_advance(&s, 500);
	EXPECT_STR(download_state(d), "waiting for data");
	sim_advance(&s, 201);
	EXPECT_STR(download_state(d), "");
	EXPECT(download_progress(d)->done_bytes > 0 && download_progress(d)->done_bytes < 50000);
	EXPECT_EQ(download_progress(d)->total_bytes, 50000);
	sim_run_until(&s, over, NULL, 10000);
	EXPECT_EQ(download_rc(d), 0);
	end();
}

TEST(a_name_that_nobody_resolves_is_said)
{
	begin();
	EXPECT_EQ(start("http://boot.example/x"), 0);
	sim_run_until(&s, over, NULL, 120000);
	EXPECT(download_rc(d) < 0 && download_rc(d) != -EINPROGRESS);
	end();
}

/* ---- servers that are not there ------------------------------------------------------------------------------------------------------ */

TEST(downloads_that_fail_at_the_same_moment_have_their_own_words)
{
	struct download *first;

	begin();
	server.deaf = true;
	sim_add_host(&s, SIM_ADDR(10, 0, 2, 8));
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	first = d;
	EXPECT_EQ(start("http://10.0.2.8/x"), 0);
	sim_run_until(&s, over, NULL, 300000);
	sim_settle(&s);
	EXPECT_EQ(download_rc(first), -ETIMEDOUT);
	EXPECT_EQ(download_rc(d), -ETIMEDOUT);
	download_blame(first);
	EXPECT(said("timed out: no reply to 6 SYNs from 10.0.2.9"));
	download_blame(d);
	EXPECT(said("timed out: no reply to 6 SYNs from 10.0.2.8"));
	sim_discard(&s);
	download_stop(first, s.now_ms);
	end();
}

TEST(refused_silent_and_absent_servers_are_told_apart)
{
	begin();
	server.refuse = true;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), -ECONNREFUSED);
	EXPECT(said("connection refused: 10.0.2.9 port 80"));
	server.refuse = false;
	server.deaf = true;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), -ETIMEDOUT);
	EXPECT(said("timed out: no reply to 6 SYNs from 10.0.2.9"));
	EXPECT_EQ(fetch("http://10.0.2.10/x"), -EHOSTUNREACH);
	EXPECT(said("host unreachable: no ARP reply from 10.0.2.10"));
	server.deaf = false;
	server.answer = answer_file;
	EXPECT_EQ(fetch("http://10.0.2.9/file/10"), 0);
	end();
}

/* ---- cancelling ------------------------------------------------------------------------------------------------------------------------ */

TEST(stopping_at_any_moment_resets_and_leaves_nothing)
{
	for (unsigned ms = 0; ms < 400; ms += 10) {
		uint8_t *copy = malloc(ROOM);

		begin();
		server.answer = answer_file;
		server.host.to_host.delay_us = server.host.to_stack.delay_us = 20000;
		EXPECT_EQ(start("http://10.0.2.9/file/1000000"), 0);
		sim_advance(&s, ms);
		download_stop(d, s.now_ms);
		d = NULL;
		memcpy(copy, memory.bytes, ROOM);
		sim_advance(&s, 200);
		EXPECT(memcmp(copy, memory.bytes, ROOM) == 0);
		for (unsigned i = 0; i < SIM_SERVER_CONNECTIONS; i++)
			EXPECT(server.connection[i].state == SERVER_FREE || server.connection[i].state == SERVER_SYN);
		free(copy);
		end();
	}
}

TEST(shutting_the_stack_down_ends_a_download)
{
	begin();
	server.answer = answer_file;
	server.host.to_stack.delay_us = 20000;
	EXPECT_EQ(start("http://10.0.2.9/file/1000000"), 0);
	sim_advance(&s, 100);
	download_shutdown(&s.net, s.now_ms);
	EXPECT_EQ(download_rc(d), -ENETDOWN);
	end();
}

/* ---- the sink -------------------------------------------------------------------------------------------------------------------------- */

static void answer_huge(struct server_connection *c, const char *request)
{
	server_sayf(c, "HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n");
	server_say_file(c, SEED, 0, 100000);
}

TEST(what_cannot_fit_is_refused_before_a_byte_is_fetched)
{
	begin();
	server.answer = answer_huge;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), -ENOMEM);
	EXPECT(said("5000000000 bytes needed, 16777216 free"));
	EXPECT_EQ(memory.bytes[0], 0);
	EXPECT_EQ(download_progress(d)->done_bytes, 0);
	end();
}

static void answer_endless(struct server_connection *c, const char *request)
{
	server_sayf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	server_say_file(c, SEED, 0, 50000);
	c->close_after = true;
}

TEST(a_body_of_unknown_length_may_fill_the_room_but_no_more)
{
	begin();
	server.answer = answer_endless;
	memory.room = 50000;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), 0);
	EXPECT(!memory.known);
	EXPECT_EQ(download_progress(d)->done_bytes, 50000);
	EXPECT_EQ(download_progress(d)->total_bytes, 50000);
	EXPECT(file_is(SEED, 50000));
	memory.room = 49999;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), -ENOMEM);
	EXPECT(said("no room for more than"));
	end();
}

/* ---- redirects -------------------------------------------------------------------------------------------------------------------------- */

static unsigned hops;

static void answer_redirects(struct server_connection *c, const char *request)
{
	unsigned n = (unsigned)strtoul(request + strlen("GET /"), NULL, 10);

	if (n == hops)
		server_sayf(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
	else
		server_sayf(c, "HTTP/1.1 302 Found\r\nLocation: /%u\r\nContent-Length: 5\r\n\r\nmoved", n + 1);
}

TEST(eight_redirects_are_followed_and_nine_are_not)
{
	char uri[100];

	begin();
	server.answer = answer_redirects;
	hops = 8;
	EXPECT_EQ(fetch("http://10.0.2.9/0"), 0);
	EXPECT(body_is("done"));
	uri_format(download_final_uri(d), uri, sizeof uri, 1);
	EXPECT_STR(uri, "http://10.0.2.9/8");
	EXPECT_EQ(server.accepted, 1);                  /* all on one connection */
	hops = 9;
	EXPECT_EQ(fetch("http://10.0.2.9/0"), -ELOOP);
	EXPECT(said("too many redirects (8), last: http://10.0.2.9/9"));
	end();
}

static const char *target;
static char seen[8192];

static void answer_to_target(struct server_connection *c, const char *request)
{
	if (strncmp(request, "GET /from ", 10) == 0 || strncmp(request, "GET /from/x ", 12) == 0) {
		server_sayf(c, "HTTP/1.1 %s\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", canned, target);
		return;
	}
	snprintf(seen, sizeof seen, "%s", request);
	server_sayf(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

TEST(each_kind_of_redirect_and_location_is_followed)
{
	static const char *const kinds[] = { "301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent" };
	static const struct { const char *location, *line; } targets[] = {
		{ "http://10.0.2.9/to", "GET /to " }, { "/to?a=b", "GET /to?a=b " }, { "to", "GET /from/to " }, { "../to", "GET /to " },
		{ "//10.0.2.9/to", "GET /to " }, { "?q", "GET /from/x?q " }, { "http://10.0.2.9", "GET / " }, { "/a b", "GET /a%20b " },
	};

	begin();
	server.answer = answer_to_target;
	for (unsigned i = 0; i < 5; i++) {
		canned = kinds[i];
		target = targets[0].location;
		EXPECT_EQ(fetch("http://10.0.2.9/from/x"), 0);
	}
	for (unsigned i = 0; i < sizeof targets / sizeof targets[0]; i++) {
		target = targets[i].location;
		EXPECT_EQ(fetch("http://10.0.2.9/from/x"), 0);
		EXPECT(strncmp(seen, targets[i].line, strlen(targets[i].line)) == 0);
	}
	end();
}

TEST(a_redirect_to_nowhere_is_an_error_that_says_so)
{
	static const char *const bad[] = { "https://10.0.2.9/", "tftp://10.0.2.9/x", "gopher://x/", "http:///", "http://a:99999/", "http://[/" };

	begin();
	server.answer = answer_to_target;
	canned = "302 Found";
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		target = bad[i];
		EXPECT(fetch("http://10.0.2.9/from") < 0);
		EXPECT(download_rc(d) != -EINPROGRESS);
	}
	target = bad[0];
	EXPECT_EQ(fetch("http://10.0.2.9/from"), -EPROTONOSUPPORT);
	EXPECT(said("\"https\" (have: http, tftp)"));
	end();
}

TEST(a_password_does_not_follow_to_another_server)
{
	begin();
	server.answer = answer_to_target;
	canned = "302 Found";
	target = "http://10.0.2.9/to";
	EXPECT_EQ(fetch("http://user:secret@10.0.2.9/from"), 0);
	EXPECT(!strstr(seen, "Authorization"));
	end();
}

/* ---- patience --------------------------------------------------------------------------------------------------------------------------- */

static unsigned busy_times;
static const char *busy_header = "";

static void answer_busy(struct server_connection *c, const char *request)
{
	if (busy_times && busy_times--)
		server_sayf(c, "HTTP/1.1 503 Service Unavailable\r\n%sContent-Length: 4\r\n\r\nbusy", busy_header);
	else
		server_sayf(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

TEST(a_busy_server_is_asked_three_times_more_after_1_2_and_4_s)
{
	uint32_t start_ms;

	begin();
	server.answer = answer_busy;
	busy_times = 3;
	busy_header = "";
	start_ms = s.now_ms;
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 500);
	EXPECT_STR(download_state(d), "server busy, try 1/3 in 1 s");
	sim_run_until(&s, over, NULL, 60000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(s.now_ms - start_ms >= 7000 && s.now_ms - start_ms < 7500);
	busy_times = 4;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), -EIO);
	EXPECT(said("input/output error: HTTP 503 Service Unavailable"));
	EXPECT_EQ(server.requests, 8);
	end();
}

TEST(retry_after_is_honoured_up_to_thirty_seconds)
{
	uint32_t start_ms;

	begin();
	server.answer = answer_busy;
	busy_times = 1;
	busy_header = "Retry-After: 7\r\n";
	start_ms = s.now_ms;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), 0);
	EXPECT(s.now_ms - start_ms >= 7000 && s.now_ms - start_ms < 7100);
	busy_times = 1;
	busy_header = "Retry-After: 86400\r\n";
	start_ms = s.now_ms;
	EXPECT_EQ(fetch("http://10.0.2.9/x"), 0);
	EXPECT(s.now_ms - start_ms >= 30000 && s.now_ms - start_ms < 30100);
	end();
}

TEST(two_downloads_run_side_by_side)
{
	static struct memory second;
	struct download *d2;
	struct uri *uri;

	begin();
	server.answer = answer_file;
	server.host.to_stack.delay_us = 5000;
	EXPECT_EQ(start("http://10.0.2.9/file/300000"), 0);
	second = (struct memory){ .sink = memory.sink, .bytes = calloc(1, ROOM), .room = ROOM };
	EXPECT_EQ(uri_parse("http://10.0.2.9/file/200000", &uri), 0);
	EXPECT_EQ(download_start(&d2, &s.net, uri, &second.sink, s.now_ms), 0);
	uri_free(uri);
	sim_advance(&s, 2000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT_EQ(download_rc(d2), 0);
	EXPECT(file_is(SEED, 300000));
	EXPECT(memcmp(memory.bytes, second.bytes, 200000) == 0);
	EXPECT_EQ(server.accepted, 2);
	download_stop(d2, s.now_ms);
	free(second.bytes);
	end();
}

/* ---- several addresses ------------------------------------------------------------------------------------------------------------------- */

/* A name server whose every name has the addresses 10.0.2.8 (nobody), 10.0.2.7 (refuses) and 10.0.2.9 (serves). */
static void name_server_input(struct sim_host *host, const uint8_t *packet, size_t len, uint32_t now_ms)
{
	static const uint8_t last[] = { 8, 7, 9 };
	uint8_t answer[600], out[700];
	struct sim_packet p;
	size_t n;

	sim_parse_ip(&p, packet, len);
	if (p.protocol != 17 || p.dst_port != 53)
		return;
	n = p.data_len;
	memcpy(answer, p.data, n);
	sim_put16(answer + 2, 0x8180);
	sim_put16(answer + 6, 3);
	for (unsigned i = 0; i < 3; i++, n += 16) {
		memcpy(answer + n, "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x02", 15);
		answer[n + 15] = last[i];
	}
	sim_host_output(host, out, sim_build_udp(out, &(struct sim_udp){ .src = host->ip, .dst = p.src, .src_port = 53, .dst_port = p.src_port,
	                                                                 .data = answer, .len = n }));
}

TEST(a_server_that_cannot_be_reached_is_looked_for_at_its_next_address)
{
	struct sim_host names = { .ip = SIM_ADDR(10, 0, 2, 3), .input = name_server_input };
	struct sim_server refusing = { .refuse = true };
	char uri[100];

	begin();
	EXPECT_EQ(settings_set("net0/dns", "10.0.2.3"), 0);
	sim_host_join(&s, &names);
	sim_server_join(&refusing, &s, SIM_ADDR(10, 0, 2, 7), 80);
	server.answer = answer_file;
	EXPECT_EQ(fetch("http://boot.example/file/5000"), 0);
	EXPECT(file_is(SEED, 5000));
	uri_format(download_final_uri(d), uri, sizeof uri, 1);
	EXPECT_STR(uri, "http://boot.example/file/5000");
	sim_advance(&s, 16000);                         /* the idle connection is closed */
	server.refuse = true;
	EXPECT_EQ(fetch("http://boot.example/x"), -ECONNREFUSED);
	EXPECT(said("10.0.2.9 port 80"));
	end();
}

/** That name server; who has the two addresses in front of the good server's is for the test to say. */
static void begin_named(struct sim_host *names)
{
	begin();
	*names = (struct sim_host){ .ip = SIM_ADDR(10, 0, 2, 3), .input = name_server_input };
	EXPECT_EQ(settings_set("net0/dns", "10.0.2.3"), 0);
	sim_host_join(&s, names);
	server.answer = answer_file;
}

/** RFC 792: says that it cannot be reached, whatever comes for it. */
static void unreachable_input(struct sim_host *host, const uint8_t *packet, size_t len, uint32_t now_ms)
{
	uint8_t out[200];

	sim_host_output(host, out, sim_build_icmp(out, host->ip, SIM_IP, 3, 1, 0, packet, 28));
}

TEST(an_address_that_icmp_calls_unreachable_is_followed_by_the_next)
{
	struct sim_host names, first = { .ip = SIM_ADDR(10, 0, 2, 8), .input = unreachable_input };
	struct sim_server refusing = { .refuse = true };
	uint32_t start_ms;

	begin_named(&names);
	sim_host_join(&s, &first);
	sim_server_join(&refusing, &s, SIM_ADDR(10, 0, 2, 7), 80);
	start_ms = s.now_ms;
	EXPECT_EQ(fetch("http://boot.example/file/5000"), 0);
	EXPECT(file_is(SEED, 5000));
	EXPECT_EQ(s.now_ms, start_ms);
	end();
}

TEST(an_address_that_answers_no_syn_is_followed_by_the_next)
{
	struct sim_host names;
	struct sim_server deaf = { .deaf = true }, refusing = { .refuse = true };
	uint32_t start_ms;

	begin_named(&names);
	sim_server_join(&deaf, &s, SIM_ADDR(10, 0, 2, 8), 80);
	sim_server_join(&refusing, &s, SIM_ADDR(10, 0, 2, 7), 80);
	start_ms = s.now_ms;
	EXPECT_EQ(fetch("http://boot.example/file/5000"), 0);
	EXPECT(file_is(SEED, 5000));
	EXPECT(s.now_ms - start_ms > 1000 && s.now_ms - start_ms <= 63000);     /* six SYNs: RFC 6298 5.5 */
	EXPECT_EQ(refusing.refused, 1);
	end();
}

static void answer_by_ending(struct server_connection *c, const char *request)
{
	c->close_after = true;
}

TEST(an_address_that_takes_the_connection_and_ends_it_is_followed_by_the_next)
{
	struct sim_host names;
	struct sim_server first = { .answer = answer_by_ending }, refusing = { .refuse = true };
	uint32_t start_ms;

	begin_named(&names);
	sim_server_join(&first, &s, SIM_ADDR(10, 0, 2, 8), 80);
	sim_server_join(&refusing, &s, SIM_ADDR(10, 0, 2, 7), 80);
	start_ms = s.now_ms;
	EXPECT_EQ(fetch("http://boot.example/file/5000"), 0);
	EXPECT(file_is(SEED, 5000));
	EXPECT_EQ(first.accepted, 1);
	EXPECT_EQ(s.now_ms, start_ms);
	end();
	sim_server_leave(&first);
}

TEST(an_address_that_refuses_the_file_is_not_followed_by_the_next)
{
	struct sim_host names;
	struct sim_server first = { .answer = answer_canned };

	begin_named(&names);
	canned = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
	canned_close = false;
	sim_server_join(&first, &s, SIM_ADDR(10, 0, 2, 8), 80);
	EXPECT_EQ(fetch("http://boot.example/file/5000"), -ENOENT);
	EXPECT_EQ(server.requests, 0);
	end();
	sim_server_leave(&first);
}
