/* SPDX-License-Identifier: BSD-2-Clause */
/* Downloads that are silent, that trickle, or whose link is lost: what is said, and when. */
#include "tests/unit/net/fetch_web.h"

/* ---- silence -------------------------------------------------------------------------------------------------------------------- */

TEST(a_server_that_stops_sending_is_said_at_20_s_and_given_up_at_30)
{
	break_half(WEB_STALL);
	sim_advance(&s, 19000);
	EXPECT_STR(download_state(d), "");
	sim_advance(&s, 1000);
	EXPECT_STR(notice(), "no data for 20 s from 10.0.2.9");
	EXPECT_STR(download_state(d), "no data for 20 s");
	sim_advance(&s, 5000);
	EXPECT_STR(download_state(d), "no data for 25 s");
	sim_advance(&s, 5000);
	EXPECT_STR(notice(), "no data for 30 s at 48 KiB; retry 1/5 in 1 s");
	EXPECT_STR(download_state(d), "no data for 30 s at 48 KiB; retry 1/5 in 1 s");
	EXPECT_EQ(server.resets_seen, 1);
	sim_run_until(&s, over, NULL, 2000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED, 100000));
	end();
}

/* ---- the link ------------------------------------------------------------------------------------------------------------------- */

static void flap(uint32_t ms, bool resumable)
{
	uint64_t before;

	begin_web(2000000, resumable ? "\"v1\"" : NULL);
	server.host.to_stack = (struct sim_link){ .delay_us = 5000, .rate_bytes_per_ms = 1000, .queue_bytes = 64 << 10 };
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 1000);
	before = download_progress(d)->done_bytes;
	EXPECT(before > 500000);
	s.link_up = false;
	sim_advance(&s, ms);
	EXPECT(strncmp(notice(), "net0: link lost at 4", 20) == 0);
	s.link_up = true;
	sim_run_until(&s, over, NULL, 300000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT_STR(notice(), "net0: link up, resuming");
	EXPECT_STR(notice(), "");
	EXPECT(file_is(SEED, 2000000));
	EXPECT(server.sent < 2000000 + 300000);
	end();
}

TEST(a_link_lost_for_1_5_or_30_s_or_an_hour_burns_no_try)
{
	flap(1000, true);
	flap(5000, true);
	flap(30000, true);
	flap(3600000, true);
	flap(5000, false);
}

/* ---- trickles ------------------------------------------------------------------------------------------------------------------- */

TEST(a_trickle_is_said_and_goes_on)
{
	break_half(WEB_STALL);
	for (unsigned i = 0; i < 13; i++) {
		server_go_on(&server.connection[0], 10);
		sim_advance(&s, 10000);
	}
	EXPECT_STR(notice(), "only 60 bytes in 60 s from 10.0.2.9");
	EXPECT_STR(notice(), "");
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	EXPECT_EQ(server.accepted, 1);
	end();
}

/** Ten bytes of the header, and more only when told. */
static void answer_in_drops(struct server_connection *c, const char *request)
{
	web_answer(c, request, &file);
	web_break(c, 10, WEB_STALL);
}

TEST(a_header_that_trickles_is_said_too)
{
	begin_web(100000, "\"v1\"");
	server.answer = answer_in_drops;
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	for (unsigned i = 0; i < 13; i++) {
		sim_advance(&s, 10000);
		server_go_on(&server.connection[0], 1);
	}
	EXPECT_STR(notice(), "only 0 bytes in 60 s from 10.0.2.9");
	EXPECT_STR(notice(), "only 0 bytes in 60 s from 10.0.2.9");
	EXPECT_STR(notice(), "");
	server_go_on(&server.connection[0], UINT32_MAX / 2);
	sim_run_until(&s, over, NULL, 10000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT_EQ(server.accepted, 1);
	EXPECT(file_is(SEED, 100000));
	end();
}
