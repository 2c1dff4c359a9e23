/* SPDX-License-Identifier: BSD-2-Clause */
/* How many connections a download has, over paths of many kinds, and what they gain. */
#include "tests/unit/net/fetch_web.h"

TEST(a_short_file_keeps_to_one_connection)
{
	begin_path((2 << 20) - 1, 10, 10, 0);
	took_ms();
	EXPECT_EQ(server.accepted, 1);
	EXPECT_EQ(server.requests, 1);
	end();
}

TEST(a_file_that_is_here_within_two_seconds_keeps_to_one_connection)
{
	begin_path(12 * MB, 10, 12500, 0);
	EXPECT(took_ms() < 2000);
	EXPECT_EQ(server.accepted, 1);
	EXPECT_EQ(server.requests, 1);
	end();
}

TEST(one_connection_is_opened_at_a_time_while_each_brings_a_tenth_more)
{
	uint32_t ms;

	begin_far(15 * MB);
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 300 + 999);             /* ARP, SYN, request; and then 1 s */
	EXPECT_EQ(download_progress(d)->connections, 1);
	sim_advance(&s, 1);
	EXPECT_EQ(download_progress(d)->connections, 2);
	for (unsigned lanes = 2; lanes < 6; lanes++) {          /* the next one not before this one's bytes make a difference */
		sim_advance(&s, 200 + 249);
		EXPECT(download_progress(d)->connections <= lanes);
	}
	sim_advance(&s, 3000);
	EXPECT_EQ(download_progress(d)->connections, 6);
	ms = to_the_end();
	EXPECT_EQ(most, 6);
	EXPECT(server.accepted <= 7);                           /* the first one may be cut where it meets the others */
	EXPECT(server.sent < 15 * MB + 300000);
	if (getenv("V"))
		printf("%u ms more\n", ms);
	end();
}

TEST(the_setting_says_how_many)
{
	static const struct { const char *text; unsigned lanes; } settings[] = { { "1", 1 }, { "3", 3 }, { "0", 1 }, { "200", 14 } };

	for (unsigned i = 0; i < 4; i++) {
		begin_far(15 * MB);
		EXPECT_EQ(settings_set("connections", settings[i].text), 0);
		took_ms();
		if (i < 3)
			EXPECT_EQ(most, settings[i].lanes);
		else
			EXPECT(most > 6 && most <= 16);
		end();
	}
}

TEST(six_connections_over_a_lossy_path_are_faster_than_one)
{
	uint32_t one, six;

	begin_path(12 * MB, 50, 0, 10000);
	EXPECT_EQ(settings_set("connections", "1"), 0);
	one = took_ms();
	EXPECT_EQ(server.accepted, 1);
	end();
	begin_path(12 * MB, 50, 0, 10000);
	six = took_ms();
	EXPECT(six * 3 < one);
	if (getenv("V"))
		printf("one: %u ms, %u: %u ms\n", one, most, six);
	end();
}

TEST(a_long_path_takes_several_connections_of_which_each_is_slow)
{
	uint32_t one, several;

	begin_path(16 << 20, 100, 0, 0);
	server.cwnd_max = 256 << 10;            /* 1.3 MB/s at this distance */
	EXPECT_EQ(settings_set("connections", "1"), 0);
	one = took_ms();
	end();
	begin_path(16 << 20, 100, 0, 0);
	server.cwnd_max = 256 << 10;
	several = took_ms();
	if (getenv("V"))
		printf("one: %u ms, %u: %u ms\n", one, most, several);
	EXPECT(most > 3);
	EXPECT(several * 2 < one);
	end();
}

/* A server doubles what it sends each round trip: the first second says little of the next. */
TEST(what_gets_faster_and_is_soon_over_keeps_to_one_connection)
{
	begin_path(6 << 20, 80, 0, 0);
	took_ms();
	EXPECT_EQ(server.accepted, 1);
	EXPECT_EQ(server.requests, 1);
	end();
}

TEST(a_path_that_is_full_gets_no_more_connections)
{
	begin_path(15 * MB, 20, 1000, 0);
	server.host.to_stack.queue_bytes = 64 << 10;
	took_ms();
	EXPECT(most <= 3);                      /* the one that did not pay has its piece still when the next is tried */
	EXPECT(server.accepted <= 4);
	end();
}

TEST(a_server_that_lets_only_two_in_is_taken_by_two)
{
	begin_far(15 * MB);
	server.connections_max = 2;
	took_ms();
	EXPECT(server.accepted <= 3);
	EXPECT(server.refused > 0 && server.refused < 5);
	EXPECT_STR(notice(), "");
	end();
}

/* Twice as much each round trip, from 14600 bytes on, takes ten of them for the whole file: five seconds. */
TEST(a_long_file_from_far_away_does_not_wait_four_round_trips_for_its_second_connection)
{
	uint32_t first_ms;

	begin_path(15 * MB, 250, 0, 0);
	server.cwnd_max = 256 << 10;
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	while (download_progress(d)->done_bytes == 0)
		sim_advance(&s, 1);
	first_ms = s.now_ms;
	while (download_progress(d)->connections == 1)
		sim_advance(&s, 1);
	EXPECT(s.now_ms - first_ms >= 500 && s.now_ms - first_ms < 1500);
	to_the_end();
	EXPECT(most > 3);
	end();
}
