/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections to HTTP servers that are kept between downloads. */
#include "tests/unit/net/fetch.h"

static unsigned idle_count(void)
{
	struct list *pos;
	unsigned n = 0;

	list_for_each(pos, &s.net.idle_connections)
		n++;
	return n;
}

TEST(the_next_download_from_a_server_uses_the_same_connection)
{
	begin();
	server.answer = answer_file;
	for (unsigned i = 0; i < 5; i++) {
		EXPECT_EQ(fetch("http://10.0.2.9/file/30000"), 0);
		EXPECT(file_is(SEED, 30000));
		memset(memory.bytes, 0, 30000);
		EXPECT_EQ(idle_count(), 1);
	}
	EXPECT_EQ(server.accepted, 1);
	EXPECT_EQ(server.requests, 5);
	end();
}

TEST(an_idle_connection_is_closed_after_fifteen_seconds)
{
	begin();
	server.answer = answer_file;
	EXPECT_EQ(fetch("http://10.0.2.9/file/300"), 0);
	sim_advance(&s, 14000);
	EXPECT_EQ(idle_count(), 1);
	sim_advance(&s, 2000);
	EXPECT_EQ(idle_count(), 0);
	EXPECT_EQ(server.resets_seen, 0);               /* orderly */
	EXPECT_EQ(server.connection[0].state, SERVER_FREE);
	EXPECT_EQ(fetch("http://10.0.2.9/file/300"), 0);
	EXPECT_EQ(server.accepted, 2);
	end();
}

TEST(four_connections_are_kept_at_most)
{
	struct sim_server others[5];

	begin();
	server.answer = answer_file;
	memset(others, 0, sizeof others);
	for (unsigned i = 0; i < 5; i++) {
		char url[60];

		others[i].answer = answer_file;
		sim_server_join(&others[i], &s, SIM_ADDR(10, 0, 2, 20 + i), 80);
		snprintf(url, sizeof url, "http://10.0.2.%u/file/100", 20 + i);
		EXPECT_EQ(fetch(url), 0);
	}
	sim_advance(&s, 100);
	EXPECT_EQ(idle_count(), 4);
	EXPECT_EQ(others[0].connection[0].state, SERVER_FREE);
	download_stop(d, s.now_ms);
	d = NULL;
	download_shutdown(&s.net, s.now_ms);
	sim_settle(&s);
	for (unsigned i = 0; i < 5; i++)
		sim_server_leave(&others[i]);
	end();
}

static void answer_and_close_later(struct server_connection *c, const char *request)
{
	if (c->requests > 1) {                          /* the server's patience is over while the request is on its way */
		c->close_after = true;
		return;
	}
	answer_file(c, request);
}

TEST(a_kept_connection_that_ends_under_a_request_is_replaced)
{
	begin();
	server.answer = answer_and_close_later;
	EXPECT_EQ(fetch("http://10.0.2.9/file/300"), 0);
	EXPECT_EQ(fetch("http://10.0.2.9/file/400"), 0);
	EXPECT(file_is(SEED, 400));
	EXPECT_EQ(server.accepted, 2);
	end();
}

TEST(a_server_that_was_restarted_between_two_downloads_is_not_noticed)
{
	begin();
	server.answer = answer_file;
	EXPECT_EQ(fetch("http://10.0.2.9/file/300"), 0);
	sim_server_leave(&server);                      /* it forgets all */
	EXPECT_EQ(fetch("http://10.0.2.9/file/400"), 0);
	EXPECT_EQ(server.accepted, 2);
	end();
}

TEST(an_idle_connection_that_the_server_closes_is_forgotten)
{
	begin();
	canned = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	canned_close = true;
	server.answer = answer_canned;
	EXPECT_EQ(fetch("http://10.0.2.9/"), 0);
	sim_advance(&s, 100);
	EXPECT_EQ(idle_count(), 0);
	EXPECT_EQ(server.connection[0].state, SERVER_FREE);
	end();
}

TEST(what_comes_unasked_on_an_idle_connection_ends_it)
{
	begin();
	server.answer = answer_file;
	EXPECT_EQ(fetch("http://10.0.2.9/file/300"), 0);
	EXPECT_EQ(idle_count(), 1);
	fail(-ENOENT, "what the user was told");
	exchange("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\nevil", false);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(body_is("ok"));
	sim_advance(&s, 100);
	EXPECT_EQ(idle_count(), 0);
	end();
}
