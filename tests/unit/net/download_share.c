/* SPDX-License-Identifier: BSD-2-Clause */
/* Downloads over several connections: what happens when some of them die, or say something else than the others. */
#include "net/download_parts.h"
#include "tests/unit/net/fetch_web.h"

/** Of a server: connections that stand. */
static unsigned standing(const struct sim_server *of)
{
	unsigned count = 0;

	for (unsigned i = 0; i < SIM_SERVER_CONNECTIONS; i++)
		count += of->connection[i].state == SERVER_OPEN;
	return count;
}

/* ---- some die ------------------------------------------------------------------------------------------------------------------- */

TEST(of_four_connections_two_die)
{
	begin_far(15 * MB);
	EXPECT_EQ(settings_set("connections", "4"), 0);
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 6000);
	EXPECT_EQ(standing(&server), 4);
	server_reset(&server.connection[1]);
	server_reset(&server.connection[2]);
	sim_advance(&s, 500);
	EXPECT_EQ(standing(&server), 2);
	sim_advance(&s, 1500);
	EXPECT_EQ(standing(&server), 4);
	to_the_end();
	EXPECT_STR(notice(), "");                       /* as long as some go on there is nothing to tell */
	EXPECT(server.sent < 15 * MB + 1 * MB);
	end();
}

TEST(the_first_connection_may_die_too)
{
	begin_far(15 * MB);
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 6000);
	server_reset(&server.connection[0]);
	to_the_end();
	EXPECT(server.sent < 15 * MB + 1 * MB);
	EXPECT_EQ(memory.sized, 1);
	end();
}

TEST(a_server_killed_three_times_is_gone_on_with_by_as_many_connections_as_it_takes)
{
	begin_far(15 * MB);
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	for (unsigned i = 0; i < 3; i++) {
		sim_advance(&s, 3500);
		EXPECT(standing(&server) >= 2);
		web_kill(&server);
		server.refuse = true;
		sim_advance(&s, 3000);
		EXPECT_EQ(standing(&server), 0);
		server.refuse = false;
		EXPECT(strstr(notice(), "; retry 1/5 in 1 s"));
		EXPECT_STR(notice(), "");
	}
	to_the_end();
	EXPECT(server.sent < 15 * MB + 3 * MB);
	EXPECT_EQ(memory.sized, 1);
	end();
}

TEST(what_a_silent_connection_has_is_brought_by_the_others)
{
	uint32_t ms;

	begin_far(15 * MB);
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 6000);
	server.connection[2].stall_at = 0;
	ms = to_the_end();
	EXPECT(ms < 15000);                             /* long before it would be given up */
	EXPECT_STR(notice(), "");
	end();
}

TEST(every_connection_may_end_after_its_answer)
{
	begin_far(8 * MB);
	file.closes = true;
	took_ms();
	EXPECT(most >= 3);
	EXPECT_STR(notice(), "");
	EXPECT(server.sent < 8 * MB + 1 * MB);
	end();
}

/* ---- others say something else --------------------------------------------------------------------------------------------------- */

/** The first connection is served as it should be, the others by @others. */
static void (*others)(struct server_connection *c, const char *request);

static void answer_first_well(struct server_connection *c, const char *request)
{
	if (c == &server.connection[0])
		answer_web(c, request);
	else
		others(c, request);
}

static void without_range(struct server_connection *c, const char *request)
{
	file.no_ranges = true;
	web_answer(c, request, &file);
	file.no_ranges = false;
}

TEST(a_proxy_that_strips_range_from_the_second_connection_on_leaves_one)
{
	begin_far(8 * MB);
	server.answer = answer_first_well;
	others = without_range;
	took_ms();
	EXPECT_EQ(server.requests, 2);
	EXPECT_EQ(memory.sized, 1);
	EXPECT_STR(notice(), "");
	end();
}

static struct web_file newer;

static void newer_file(struct server_connection *c, const char *request)
{
	web_answer(c, request, &newer);
}

TEST(a_file_replaced_while_its_first_connection_has_all_of_it_is_the_old_one)
{
	begin_far(8 * MB);
	server.answer = answer_first_well;
	others = newer_file;
	newer = (struct web_file){ .seed = SEED + 1, .size = 8 * MB, .etag = "\"v2\"" };
	took_ms();
	EXPECT_EQ(server.requests, 2);
	EXPECT_EQ(memory.sized, 1);
	end();
}

TEST(a_file_replaced_when_others_have_parts_of_it_is_the_new_one)
{
	begin_far(8 * MB);
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 4500);
	EXPECT(download_progress(d)->connections >= 3);
	file = (struct web_file){ .seed = SEED + 1, .size = 9 * MB, .etag = "\"v2\"" };
	server_reset(&server.connection[0]);
	to_the_end();
	EXPECT_STR(notice(), "file changed on server, restarting");
	EXPECT_STR(notice(), "");
	EXPECT_EQ(memory.total, 9 * MB);
	end();
}

static void busy(struct server_connection *c, const char *request)
{
	server_sayf(c, "HTTP/1.1 503 Enough\r\nContent-Length: 0\r\n\r\n");
}

static void elsewhere(struct server_connection *c, const char *request)
{
	server_sayf(c, "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n");
}

static void nonsense(struct server_connection *c, const char *request)
{
	server_sayf(c, "SSH-2.0-OpenSSH_9.2\r\n");
}

static void another_part(struct server_connection *c, const char *request)
{
	file.lie_start = 1000;
	web_answer(c, request, &file);
	file.lie_start = 0;
}

static void another_total(struct server_connection *c, const char *request)
{
	file.lie_total = file.size + 1;
	web_answer(c, request, &file);
	file.lie_total = 0;
}

static void nothing(struct server_connection *c, const char *request) { }

TEST(whatever_other_connections_say_the_first_one_goes_on)
{
	static void (*const answers[])(struct server_connection *, const char *) = {
		busy, elsewhere, nonsense, another_part, another_total, nothing,
	};

	for (unsigned i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		begin_far(6 * MB);
		server.answer = answer_first_well;
		others = answers[i];
		EXPECT(took_ms() < 25000);
		EXPECT_EQ(memory.sized, 1);
		EXPECT_STR(notice(), "");
		end();
	}
}

/* ---- several addresses ----------------------------------------------------------------------------------------------------------- */

static struct sim_server second;

/** A name server whose every name is that of the servers at so many addresses from that one on. */
static uint8_t names_first, names_count;
static unsigned names_asked;
static bool names_silent;
static void name_server_input(struct sim_host *host, const uint8_t *packet, size_t len, uint32_t now_ms)
{
	uint8_t answer[600], out[700];
	struct sim_packet p;
	size_t n;

	sim_parse_ip(&p, packet, len);
	if (p.protocol != 17 || p.dst_port != 53 || names_silent)
		return;
	names_asked++;
	n = p.data_len;
	memcpy(answer, p.data, n);
	sim_put16(answer + 2, 0x8180);
	sim_put16(answer + 6, names_count);
	for (unsigned i = 0; i < names_count; i++, n += 16) {
		memcpy(answer + n, "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x02", 15);
		answer[n + 15] = (uint8_t)(names_first + i);
	}
	sim_host_output(host, out, sim_build_udp(out, &(struct sim_udp){ .src = host->ip, .dst = p.src, .src_port = 53, .dst_port = p.src_port,
	                                                                 .data = answer, .len = n }));
}

static void answer_second(struct server_connection *c, const char *request)
{
	web_answer(c, request, &newer);
}

static struct sim_host names;

/** The second server has the same file, as version @etag. The first one dies in the middle. */
static void begin_two(const char *etag, unsigned addresses)
{
	begin_far(4 * MB);
	names_first = 9;
	names_count = (uint8_t)addresses;
	names_asked = 0;
	names_silent = false;
	names = (struct sim_host){ .ip = SIM_ADDR(10, 0, 2, 3), .input = name_server_input };
	second = (struct sim_server){ .answer = answer_second, .cwnd_max = 32 << 10 };
	newer = file;
	newer.etag = etag;
	EXPECT_EQ(settings_set("net0/dns", "10.0.2.3"), 0);
	sim_host_join(&s, &names);
	sim_server_join(&second, &s, SIM_ADDR(10, 0, 2, 10), 80);
	EXPECT_EQ(start("http://boot.example/x"), 0);
	sim_advance(&s, 4000);
	web_kill(&server);
	server.refuse = true;
}

static void end_two(void)
{
	sim_server_leave(&second);
	end();
}

TEST(a_second_address_with_the_same_version_is_gone_on_with_at_once)
{
	uint32_t ms;

	begin_two("\"v1\"", 2);
	ms = to_the_end();
	EXPECT(ms < 8000);
	EXPECT(strstr(notice(), "; going on at 10.0.2.10"));
	EXPECT_STR(notice(), "");
	EXPECT(second.sent + server.sent < 4 * MB + 1 * MB);
	EXPECT_EQ(memory.sized, 1);
	end_two();
}

TEST(a_second_address_with_another_version_is_left_alone)
{
	begin_two("\"other\"", 2);
	sim_advance(&s, 20000);
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	EXPECT_EQ(second.requests, 1);
	server.refuse = false;
	to_the_end();
	EXPECT(strstr(notice(), "; going on at 10.0.2.10"));
	EXPECT_STR(notice(), "10.0.2.10 has another version of the file");
	EXPECT_EQ(memory.sized, 1);
	end_two();
}

/* ---- memory --------------------------------------------------------------------------------------------------------------------- */

TEST(a_server_that_has_moved_is_found_by_its_name)
{
	begin_two("\"v1\"", 1);
	EXPECT_EQ(names_asked, 1);
	sim_advance(&s, 30000);
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	EXPECT(names_asked > 2);
	names_first = 10;
	EXPECT(to_the_end() < 20000);
	EXPECT(second.requests > 0 && second.sent > 100000);
	EXPECT_EQ(memory.sized, 1);
	end_two();
}

TEST(where_no_name_server_answers_any_more_the_old_address_does)
{
	begin_two("\"v1\"", 1);
	names_silent = true;
	sim_advance(&s, 60000);
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	server.refuse = false;
	EXPECT(to_the_end() < 40000);
	EXPECT_EQ(second.requests, 0);
	EXPECT_EQ(memory.sized, 1);
	end_two();
}

TEST(an_address_with_another_version_stays_one_when_the_name_is_looked_up_again)
{
	begin_two("\"other\"", 2);
	sim_advance(&s, 60000);
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	EXPECT(names_asked > 2);
	EXPECT_EQ(second.requests, 1);
	server.refuse = false;
	to_the_end();
	EXPECT_EQ(memory.sized, 1);
	end_two();
}

/* ---- more missing ranges than the set has room for ------------------------------------------------------------------------------- */

/** Here is [@start, @end) of the file. */
static void have(uint64_t start, uint64_t end)
{
	for (uint64_t i = start; i < end; i++)
		memory.bytes[i] = server_byte(file.seed, i);
	EXPECT(ranges_remove(&d->missing, start, end));
	d->left = ranges_total(&d->missing);
}

TEST(a_full_set_of_missing_ranges_costs_some_bytes_and_no_wrong_one)
{
	begin_far(8 * MB);
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 1500);
	web_kill(&server);
	sim_settle(&s);
	for (uint64_t at = MB; d->missing.count < RANGES_MAX; at += 32 << 10)
		have(at, at + 1000);
	EXPECT(!ranges_remove(&d->missing, 7 * MB, 7 * MB + 1));
	to_the_end();
	EXPECT(most > 1);
	EXPECT(server.sent < 9 * MB);
	end();
}

TEST(no_memory_for_a_further_connection_is_no_failure)
{
	unsigned failures = 0;

	for (unsigned n = 1; n < 60; n++) {
		begin_far(3 * MB);
		EXPECT_EQ(start("http://10.0.2.9/x"), 0);
		sim_advance(&s, 500);                   /* the first one stands */
		heap_fail_after(n);
		sim_run_until(&s, over_counting, NULL, 100000);
		heap_fail_after(0);
		failures += download_rc(d) != 0;
		EXPECT(download_rc(d) == 0 || download_rc(d) == -ENOMEM);
		if (download_rc(d) == 0)
			EXPECT(file_is(SEED, file.size));
		end();
	}
	EXPECT_EQ(failures, 0);
}
