/* SPDX-License-Identifier: BSD-2-Clause */
/* net/download_part.c: heads, parts behind them, and parts that grow, of a file on a simulated web server. */
#include "tests/unit/net/fetch_web.h"

static struct download *head;

static int start_head(const char *text, uint64_t bytes)
{
	struct uri *uri;
	int rc = uri_parse(text, &uri);

	if (rc == 0)
		rc = download_start_head(&head, &s.net, uri, bytes, &memory.sink, s.now_ms);
	uri_free(uri);
	return rc;
}

static bool head_over(void *arg)
{
	return download_rc(head) != -EINPROGRESS;
}

static int fetch_head(uint64_t bytes)
{
	EXPECT_EQ(start_head("http://10.0.2.9/x", bytes), 0);
	sim_run_until(&s, head_over, NULL, 600000);
	return download_rc(head);
}

static int fetch_part(uint64_t from, uint64_t to)
{
	const struct range part = { from, to };

	download_stop(d, s.now_ms);
	EXPECT_EQ(download_start_part(&d, head, &part, &memory.sink, s.now_ms), 0);
	sim_run_until(&s, over, NULL, 600000);
	return download_rc(d);
}

static bool has(uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		if (memory.bytes[i] != server_byte(SEED, i))
			return false;
	return true;
}

static void finish(void)
{
	download_stop(head, s.now_ms);
	head = NULL;
	end();
}

TEST(a_head_comes_and_no_more)
{
	begin_web(4 * MB, "\"v1\"");
	EXPECT_EQ(fetch_head(5000), 0);
	EXPECT(has(0, 5000));
	EXPECT_EQ(memory.bytes[5000], 0);
	EXPECT_EQ(download_progress(head)->done_bytes, 5000);
	EXPECT_EQ(download_progress(head)->total_bytes, 4 * MB);
	finish();
}

TEST(parts_come_over_the_heads_connection)
{
	begin_web(4 * MB, "\"v1\"");
	EXPECT_EQ(fetch_head(5000), 0);
	EXPECT_EQ(fetch_part(1 * MB, 3 * MB), 0);
	EXPECT(has(1 * MB, 3 * MB));
	EXPECT_EQ(fetch_part(4 * MB - 1, 4 * MB), 0);
	EXPECT(has(4 * MB - 1, 4 * MB));
	EXPECT_EQ(server.accepted, 1);
	finish();
}

TEST(a_part_grows_while_it_comes)
{
	struct range part = { 100000, 200000 };

	begin_path(4 * MB, 20, 0, 0);
	EXPECT_EQ(fetch_head(5000), 0);
	EXPECT_EQ(download_start_part(&d, head, &part, &memory.sink, s.now_ms), 0);
	sim_advance(&s, 60);
	EXPECT(download_extend_part(d, 300000));
	EXPECT(download_extend_part(d, 400000));
	sim_run_until(&s, over, NULL, 600000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(has(100000, 400000));
	EXPECT_EQ(memory.bytes[400000], 0);
	EXPECT_EQ(download_progress(d)->done_bytes, 300000);
	EXPECT(!download_extend_part(d, 500000));
	finish();
}

TEST(a_part_that_breaks_is_gone_on_with)
{
	begin_web(4 * MB, "\"v1\"");
	EXPECT_EQ(fetch_head(5000), 0);
	breaks = 2;
	break_at = 30000;
	break_how = WEB_RESET;
	EXPECT_EQ(fetch_part(1 * MB, 2 * MB), 0);
	EXPECT(has(1 * MB, 2 * MB));
	EXPECT_EQ(breaks, 0);
	finish();
}

TEST(another_file_ends_a_part)
{
	begin_web(4 * MB, "\"v1\"");
	EXPECT_EQ(fetch_head(5000), 0);
	file.etag = "\"v2\"";
	EXPECT_EQ(fetch_part(1 * MB, 2 * MB), -ESTALE);
	EXPECT(said("file changed on server, of which only parts were fetched"));
	EXPECT_EQ(memory.bytes[1 * MB], 0);
	finish();
}

TEST(a_shorter_file_ends_a_part)
{
	begin_web(4 * MB, "\"v1\"");
	EXPECT_EQ(fetch_head(5000), 0);
	file.size = 1 * MB;
	EXPECT_EQ(fetch_part(2 * MB, 3 * MB), -ESTALE);
	finish();
}

TEST(no_parts_is_said)
{
	begin_web(4 * MB, "\"v1\"");
	file.no_ranges = true;
	EXPECT_EQ(fetch_head(5000), -ENOTSUP);
	finish();
	begin_web(4 * MB, NULL);
	EXPECT_EQ(fetch_head(5000), -ENOTSUP);
	finish();
}

TEST(a_head_longer_than_the_file_is_the_file)
{
	begin_web(3000, "\"v1\"");
	EXPECT_EQ(fetch_head(5000), 0);
	EXPECT(has(0, 3000));
	EXPECT_EQ(download_progress(head)->done_bytes, 3000);
	finish();
}

static unsigned redirects;

static void answer_elsewhere(struct server_connection *c, const char *request)
{
	if (strncmp(request, "GET /x ", 7) != 0) {
		answer_web(c, request);
		return;
	}
	redirects++;
	server_sayf(c, "HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n");
}

TEST(a_redirect_is_followed_once_for_all_parts)
{
	begin_web(4 * MB, "\"v1\"");
	server.answer = answer_elsewhere;
	redirects = 0;
	EXPECT_EQ(fetch_head(5000), 0);
	EXPECT_EQ(fetch_part(1 * MB, 2 * MB), 0);
	EXPECT(has(1 * MB, 2 * MB));
	EXPECT_EQ(redirects, 1);
	finish();
}
