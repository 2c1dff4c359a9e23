/* SPDX-License-Identifier: BSD-2-Clause */
/* Downloads into a sink that has no place for every byte: how far they come, what they wait for, when they ask again. */
#include "tests/unit/net/fetch_web.h"

static uint64_t place_for;
static unsigned begun_anew;

static uint64_t memory_room(struct sink *sink)
{
	return place_for;
}

static void memory_anew(struct sink *sink)
{
	begun_anew++;
}

static void begin_held(uint64_t size, const char *etag)
{
	begin_web(size, etag);
	place_for = 40000;
	begun_anew = 0;
	memory.sink.room = memory_room;
	memory.sink.anew = memory_anew;
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
}

static uint32_t said_bytes(void)
{
	return server.connection[0].nxt - server.connection[0].iss;
}

TEST(it_comes_as_far_as_there_is_room)
{
	begin_held(200000, "\"v1\"");
	sim_advance(&s, 5000);
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	EXPECT(download_progress(d)->done_bytes > 40000 - 1024 && download_progress(d)->done_bytes <= 40000);
	EXPECT(said_bytes() < 40000 + 1024);
	end();
}

TEST(it_goes_on_when_room_grows)
{
	begin_held(200000, "\"v1\"");
	for (; place_for < 250000; place_for += 10000)
		sim_advance(&s, 1000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED, 200000));
	EXPECT_EQ(server.requests, 1);
	end();
}

TEST(a_large_file_has_one_connection)
{
	begin_far(8 * MB);
	place_for = 16 * MB;
	memory.sink.room = memory_room;
	memory.sink.anew = memory_anew;
	took_ms();
	EXPECT_EQ(most, 1);
	EXPECT_EQ(server.requests, 1);
	end();
}

TEST(silence_is_nobodys_fault_while_there_is_no_room)
{
	begin_held(200000, "\"v1\"");
	sim_advance(&s, 200000);
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	EXPECT_STR(notice(), "");
	EXPECT_EQ(server.requests, 1);
	place_for = 1 << 20;
	to_the_end();
	EXPECT_EQ(server.requests, 1);
	end();
}

TEST(a_silent_server_is_given_up_where_there_is_room)
{
	begin_held(200000, "\"v1\"");
	breaks = 1;
	break_at = 10000;
	break_how = WEB_STALL;
	sim_advance(&s, 29000);
	EXPECT_EQ(server.requests, 1);
	place_for = 1 << 20;
	to_the_end();
	EXPECT_EQ(server.requests, 2);
	end();
}

TEST(what_broke_is_asked_for_when_there_is_room)
{
	begin_held(200000, "\"v1\"");
	sim_advance(&s, 5000);
	web_kill(&server);
	sim_advance(&s, 100000);
	EXPECT_EQ(server.requests, 1);
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	place_for = 1 << 20;
	to_the_end();
	EXPECT_EQ(server.requests, 2);
	end();
}

TEST(the_sink_hears_that_a_file_is_begun_anew)
{
	begin_held(100000, NULL);
	breaks = 1;
	break_at = 20000;
	break_how = WEB_RESET;
	sim_advance(&s, 100);
	EXPECT(begun_anew > 0);
	begun_anew = 0;
	place_for = 1 << 20;
	to_the_end();
	EXPECT_EQ(begun_anew, 1);
	end();
}

TEST(a_small_file_needs_no_more_room_than_it_has_bytes)
{
	begin_held(40000, "\"v1\"");
	to_the_end();
	EXPECT_EQ(server.requests, 1);
	end();
}
