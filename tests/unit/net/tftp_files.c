/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole files by TFTP from a simulated server: every byte, whatever the server knows and the links do. */
#include "core/errors.h"
#include "core/uri.h"
#include "net/download.h"
#include "net/tftp.h"
#include "net/tftp_message.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/sim/tcp_peer.h"
#include "tests/sim/tftp_server.h"
#include "tests/unit/test.h"

#define SERVER_IP SIM_ADDR(10, 0, 2, 9)
enum { ROOM = 4 << 20 };

static struct sim s;
static struct sim_tftp server;
static struct uri *uri;
static struct transfer *transfer;
static struct {
	struct transfer_user user;
	unsigned begun, ended;
	struct transfer_info info;
	struct transfer_end end;
	uint64_t arrived;
	uint8_t bytes[ROOM];
} talk;

static int talk_begin(struct transfer_user *user, const struct transfer_info *info)
{
	talk.begun++;
	talk.info = *info;
	return 0;
}

static uint8_t *talk_at(struct transfer_user *user, uint64_t offset, size_t len)
{
	return offset + len <= ROOM ? talk.bytes + offset : NULL;
}

static void talk_arrived(struct transfer_user *user, uint64_t offset, uint64_t len, uint32_t now_ms)
{
	EXPECT_EQ(offset, talk.arrived);
	talk.arrived += len;
}

static void talk_ended(struct transfer_user *user, const struct transfer_end *end, uint32_t now_ms)
{
	talk.ended++;
	talk.end = *end;
}

static bool over(void *arg)
{
	return talk.ended;
}

/** A server that knows everything, with a file of @len bytes. */
static void begin(uint32_t len)
{
	host_reset();
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	memset(&server, 0, sizeof server);
	server.seed = 5;
	server.len = len;
	server.size_max = 1468;
	server.window_max = 64;
	server.knows_total = true;
	sim_tftp_join(&server, &s, SERVER_IP);
	memset(&talk, 0, sizeof talk);
	talk.user = (struct transfer_user){ talk_begin, talk_at, talk_arrived, talk_ended };
	error_clear();
}

static void start(void)
{
	struct transfer_request request = { .address = SERVER_IP, .piece = { 0, RANGE_UNKNOWN } };

	uri_parse("tftp://10.0.2.9/f", &uri);
	request.uri = uri;
	EXPECT_EQ(tftp_scheme.open(&transfer, &talk.user, &s.net, &request, s.now_ms), 0);
}

static void end(void)
{
	tftp_scheme.close(transfer, s.now_ms);
	transfer = NULL;
	uri_free(uri);
	uri = NULL;
	sim_stop(&s);
}

/** The whole file, within @max_ms; how long it took. */
static uint32_t fetch(uint32_t max_ms)
{
	char text[300];
	bool same = true;

	start();
	sim_run_until(&s, over, NULL, max_ms);
	error_format(text, sizeof text, talk.end.rc);
	if (talk.ended != 1 || talk.end.how != TRANSFER_DONE || talk.arrived != server.len)
		test_fail(__FILE__, __LINE__, "ended %u times, how %d, after %llu bytes: %s", talk.ended, talk.end.how,
		          (unsigned long long)talk.arrived, text);
	for (uint32_t i = 0; same && i < server.len; i++)
		same = talk.bytes[i] == server_byte(server.seed, i);
	EXPECT(same);
	return s.now_ms - s.start_ms;
}

/* ---- what servers know ---------------------------------------------------------------------------------------------------------------- */

TEST(every_combination_of_options)
{
	for (unsigned i = 0; i < 8; i++) {
		begin(200000);
		if (i & 1)
			server.size_max = 0;
		if (i & 2)
			server.window_max = 0;
		server.knows_total = !(i & 4);
		fetch(10000);
		EXPECT_EQ(talk.info.known, server.knows_total);
		EXPECT_EQ(server.requests, 1);
		EXPECT_EQ(server.errors, 0);
		end();
	}
}

TEST(every_size_around_a_block_and_a_window)
{
	static const uint32_t sizes[] = { 0, 1, 7, 8, 9, 1467, 1468, 1469, 2936, 64 * 1468 - 1, 64 * 1468, 64 * 1468 + 1, 65 * 1468 };

	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (unsigned window = 1; window <= 64; window *= 8) {
			begin(sizes[i]);
			server.window_max = window;
			fetch(10000);
			/* one for the options, one a window, one at the end if the last window is not whole */
			EXPECT_EQ(server.acks, 1 + (sizes[i] / 1468 + 1 + window - 1) / window);
			EXPECT_EQ(server.blocks_sent, sizes[i] / 1468 + 1);
			end();
		}
}

TEST(servers_that_refuse_options)
{
	static const int codes[] = { 0, 4, 8 };

	for (unsigned i = 0; i < 3; i++) {
		begin(20000);
		server.refuses = codes[i] + 1;
		fetch(10000);
		EXPECT_EQ(server.requests, 2);
		end();
	}
}

static void wrap(bool to_1, uint32_t window, uint32_t loss_ppm, uint32_t seed)
{
	begin(140000 * 8 + 3);
	server.size_max = 8;
	server.wraps_to_1 = to_1;
	server.window_max = window;
	server.knows_total = !(seed & 1);
	server.host.to_stack.loss_ppm = server.host.to_host.loss_ppm = loss_ppm;
	server.host.to_stack.random = seed;
	server.host.to_host.random = seed + 100;
	fetch(3600000);
	end();
}

TEST(block_numbers_begin_again_twice_at_0_and_at_1)
{
	for (unsigned to_1 = 0; to_1 < 2; to_1++) {
		wrap(to_1, 1, 0, 1);
		wrap(to_1, 0, 0, 2);
		wrap(to_1, 64, 0, 3);
		wrap(to_1, 7, 0, 4);
		for (uint32_t seed = 5; seed < 9; seed++)
			wrap(to_1, 64, 10000, seed);
	}
}

/* ---- what links do ---------------------------------------------------------------------------------------------------------------------- */

static void impair(uint32_t seed, uint32_t loss_ppm, uint32_t reorder_ppm, uint32_t duplicate_ppm, uint32_t corrupt_ppm, uint32_t delay_us)
{
	server.host.to_host = server.host.to_stack = (struct sim_link){
		.delay_us = delay_us, .loss_ppm = loss_ppm, .reorder_ppm = reorder_ppm, .reorder_us = 3000, .duplicate_ppm = duplicate_ppm,
		.corrupt_ppm = corrupt_ppm, .rate_bytes_per_ms = 12500, .random = seed,
	};
	server.host.to_host.random = seed + 1000;
}

TEST(every_byte_arrives_over_bad_links)
{
	static const struct { uint32_t loss, reorder, duplicate, corrupt; } links[] = {
		{ 1000, 0, 0, 0 }, { 10000, 0, 0, 0 }, { 50000, 0, 0, 0 }, { 100000, 0, 0, 0 }, { 0, 10000, 0, 0 }, { 0, 250000, 0, 0 },
		{ 0, 0, 50000, 0 }, { 0, 0, 0, 20000 }, { 20000, 250000, 50000, 10000 },
	};
	static const uint32_t windows[] = { 0, 1, 4, 16, 64 };

	for (unsigned i = 0; i < sizeof links / sizeof *links; i++)
		for (unsigned w = 0; w < sizeof windows / sizeof *windows; w++) {
			begin(300000 + i);
			server.window_max = windows[w];
			impair(10 * i + w, links[i].loss, links[i].reorder, links[i].duplicate, links[i].corrupt, 2000);
			fetch(3600000);
			end();
		}
}

TEST(a_server_that_repeats_on_every_acknowledgement_does_not_run_wild)
{
	begin(400 * 1468);
	server.window_max = 1;
	server.apprentice = true;
	impair(3, 0, 0, 50000, 0, 1000);
	fetch(60000);
	EXPECT(server.blocks_sent < 401 + 401 / 5);
	end();
}

/** A million bytes at 20 ms in windows of 64 blocks: 11 windows, and a block lost in each hundred. */
TEST(a_lost_block_costs_a_round_trip_and_not_a_second)
{
	uint32_t clean_ms, lossy_ms;

	begin(1000000);
	impair(1, 0, 0, 0, 0, 10000);
	clean_ms = fetch(60000);
	end();
	begin(1000000);
	impair(1, 0, 0, 0, 0, 10000);
	server.host.to_stack.loss_ppm = 10000;
	lossy_ms = fetch(60000);
	end();
	EXPECT(clean_ms < 12 * 30 + 100);
	EXPECT(lossy_ms < 3 * clean_ms);
}

/* ---- servers that come and go ------------------------------------------------------------------------------------------------------------ */

TEST(a_server_that_is_deaf_at_first)
{
	begin(50000);
	server.deaf = true;
	start();
	sim_advance(&s, 6000);
	server.deaf = false;
	sim_run_until(&s, over, NULL, 60000);
	EXPECT_EQ(talk.end.how, TRANSFER_DONE);
	EXPECT_EQ(talk.arrived, 50000);
	end();
}

TEST(a_server_that_is_cut_off_for_20_seconds_goes_on)
{
	begin(1000000);
	impair(1, 0, 0, 0, 0, 10000);
	start();
	sim_advance(&s, 100);
	EXPECT(talk.arrived > 0 && talk.arrived < 1000000);
	server.deaf = true;
	sim_advance(&s, 20000);
	server.deaf = false;
	sim_run_until(&s, over, NULL, 60000);
	EXPECT_EQ(talk.end.how, TRANSFER_DONE);
	EXPECT_EQ(talk.arrived, 1000000);
	EXPECT_EQ(server.requests, 1);
	end();
}

TEST(a_server_that_has_forgotten_the_transfer)
{
	begin(1000000);
	impair(1, 0, 0, 0, 0, 10000);
	start();
	sim_advance(&s, 100);
	sim_tftp_restart(&server);
	sim_run_until(&s, over, NULL, 1100);
	EXPECT_EQ(talk.end.how, TRANSFER_FAILED);
	EXPECT_EQ(talk.end.rc, -ECONNRESET);
	EXPECT(talk.end.broken && !talk.end.connecting);
	end();
}

TEST(closing_at_any_moment_stops_the_server_and_leaves_nothing)
{
	for (unsigned ms = 0; ms < 300; ms += 7) {
		uint64_t arrived;

		begin(1000000);
		impair(1, 0, 0, 0, 0, 10000);
		start();
		sim_advance(&s, ms);
		tftp_scheme.close(transfer, s.now_ms);
		transfer = NULL;
		arrived = talk.arrived;
		sim_advance(&s, 200);
		EXPECT_EQ(talk.arrived, arrived);
		if (arrived)
			EXPECT(server.errors == 1 && server.error == 0 && !server.transfer[0].in_use);
		sim_tftp_restart(&server);
		end();
	}
}

/* ---- as downloads ------------------------------------------------------------------------------------------------------------------------- */

static struct sink sink;
static struct download *d;

static int sink_size(struct sink *unused, bool known, uint64_t total_bytes) { return 0; }
static uint8_t *sink_at(struct sink *unused, uint64_t offset, size_t len) { return talk_at(NULL, offset, len); }

static bool download_over(void *arg)
{
	return download_rc(d) != -EINPROGRESS;
}

static int download(const char *text)
{
	int rc = uri_parse(text, &uri);

	sink = (struct sink){ .size = sink_size, .at = sink_at };
	if (rc == 0)
		rc = download_start(&d, &s.net, uri, &sink, s.now_ms);
	if (rc == 0) {
		sim_run_until(&s, download_over, NULL, 600000);
		rc = download_rc(d);
	}
	return rc;
}

static void download_end(void)
{
	download_stop(d, s.now_ms);
	d = NULL;
	end();
}

TEST(a_download_with_a_total_and_one_without)
{
	for (unsigned known = 0; known < 2; known++) {
		begin(100000);
		server.knows_total = known;
		EXPECT_EQ(download("tftp://10.0.2.9/f"), 0);
		EXPECT_EQ(download_progress(d)->done_bytes, 100000);
		EXPECT_EQ(download_progress(d)->total_bytes, 100000);
		download_end();
	}
}

TEST(an_empty_file_is_downloaded)
{
	for (unsigned known = 0; known < 2; known++) {
		begin(0);
		server.knows_total = known;
		EXPECT_EQ(download("tftp://10.0.2.9/f"), 0);
		EXPECT_EQ(download_progress(d)->done_bytes, 0);
		download_end();
	}
}

/** Begin a download of a million bytes over a link that takes a while, and let it run for 100 ms. */
static void begin_download(void)
{
	begin(1000000);
	impair(1, 0, 0, 0, 0, 10000);
	sink = (struct sink){ .size = sink_size, .at = sink_at };
	uri_parse("tftp://10.0.2.9/f", &uri);
	EXPECT_EQ(download_start(&d, &s.net, uri, &sink, s.now_ms), 0);
	sim_advance(&s, 100);
	EXPECT(download_progress(d)->done_bytes > 0 && download_progress(d)->done_bytes < 1000000);
}

static bool file_is_here(void)
{
	bool same = download_rc(d) == 0 && download_progress(d)->done_bytes == server.len;

	for (uint32_t i = 0; same && i < server.len; i++)
		same = talk.bytes[i] == server_byte(server.seed, i);
	return same;
}

TEST(a_server_that_is_started_anew_is_asked_from_the_beginning)
{
	begin_download();
	sim_tftp_restart(&server);
	sim_run_until(&s, download_over, NULL, 5000);
	EXPECT(file_is_here());
	EXPECT_EQ(server.requests, 2);
	download_end();
}

TEST(a_server_that_is_dead_for_a_minute_is_waited_for)
{
	begin_download();
	sim_tftp_restart(&server);
	server.dead = true;
	sim_advance(&s, 60000);
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	server.dead = false;
	sim_run_until(&s, download_over, NULL, 20000);
	EXPECT(file_is_here());
	download_end();
}

TEST(a_server_that_is_silent_for_40_seconds_is_asked_again)
{
	begin_download();
	sim_tftp_restart(&server);
	server.deaf = true;
	sim_advance(&s, 40000);
	server.deaf = false;
	sim_run_until(&s, download_over, NULL, 20000);
	EXPECT(file_is_here());
	download_end();
}

TEST(a_server_that_stays_dead_is_given_up)
{
	begin_download();
	sim_tftp_restart(&server);
	server.deaf = true;
	sim_run_until(&s, download_over, NULL, 600000);
	EXPECT_EQ(download_rc(d), -ETIMEDOUT);
	EXPECT(s.now_ms - s.start_ms < 400000);
	download_end();
}

TEST(a_file_that_is_not_there_is_not_asked_for_again)
{
	begin(1000);
	server.refuses = TFTP_NOT_FOUND + 1;
	EXPECT_EQ(download("tftp://10.0.2.9/f"), -ENOENT);
	EXPECT_EQ(server.requests, 1);
	download_end();
}

/* ---- redirects ------------------------------------------------------------------------------------------------------------------------------- */

static struct sim_server web;
static char redirect[70000];

static void answer_redirect(struct server_connection *c, const char *request)
{
	server_say(c, redirect, strlen(redirect));
}

/** A web server sends us to a TFTP file whose name has @len bytes. */
static int redirected(size_t len)
{
	int rc, at = snprintf(redirect, sizeof redirect, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: tftp://10.0.2.9/");

	memset(redirect + at, 'f', len);
	strcpy(redirect + at + len, "\r\n\r\n");
	begin(1000);
	memset(&web, 0, sizeof web);
	web.answer = answer_redirect;
	sim_server_join(&web, &s, SIM_ADDR(10, 0, 2, 8), 80);
	rc = download("http://10.0.2.8/");
	if (rc == 0)
		EXPECT_EQ(download_progress(d)->done_bytes, 1000);
	EXPECT_EQ(server.requests, rc == 0);
	download_stop(d, s.now_ms);
	d = NULL;
	sim_advance(&s, 100);
	sim_server_leave(&web);
	download_end();
	return rc;
}

TEST(a_redirect_may_lead_to_tftp)
{
	EXPECT_EQ(redirected(1), 0);
	EXPECT_EQ(redirected(400), 0);
}

TEST(a_redirect_to_a_name_that_no_request_holds_is_refused)
{
	EXPECT_EQ(redirected(600), -EMSGSIZE);
	EXPECT(redirected(65536) < 0);
}
