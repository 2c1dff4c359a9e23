/* SPDX-License-Identifier: BSD-2-Clause */
/* What lanes are lent, against a scheme of the test's own whose connections bring bytes at the rates they are told: every decision can be
 * looked at. There is no network, and no memory behind the bytes. */
#include "core/errors.h"
#include "net/download_parts.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

#define MB ((uint64_t)1 << 20)
#define KIB ((uint64_t)1 << 10)

enum { RTT_MS = 50, ASKED_MAX = 64 };

/** A request, and what became of it. */
struct asked {
	struct transfer transfer;               /* first: what the download holds */
	struct range piece;                     /* as asked for */
	char validator[32];
	struct asked *front;                    /* behind this one */
	uint32_t at_ms, heard_ms;
	uint64_t limit, next;                   /* the next byte that it brings */
	bool begun, over, closed;
	unsigned connection;
};

static struct asked asked[ASKED_MAX];
static unsigned asked_count, connections;

static struct net net;
static struct download *d;
static uint32_t start_ms, now_ms;
static uint64_t total;
static uint32_t rates[ASKED_MAX];               /* bytes a millisecond of each connection */
static int open_fails;                          /* what the next open() of a new connection returns */
static bool none_behind;

/* ---- the scheme ----------------------------------------------------------------------------------------------------------------- */

static int fake_open(struct transfer **t, struct transfer_user *user, struct net *n, const struct transfer_request *request, uint32_t now)
{
	struct asked *a = &asked[asked_count];

	if (request->behind && none_behind)
		return -EAGAIN;
	if (!request->behind && open_fails)
		return fail(open_fails, "as the test said");
	if (asked_count++ == ASKED_MAX)
		host_die("more requests than the test thought of");
	*a = (struct asked){ .piece = request->piece, .at_ms = now, .heard_ms = now, .limit = RANGE_UNKNOWN, .next = request->piece.start };
	a->transfer = (struct transfer){ .user = user, .stage = TRANSFER_WAITING, .address = request->address, .rtt_ms = RTT_MS };
	snprintf(a->validator, sizeof a->validator, "%s", request->validator ? request->validator : "none");
	a->front = (struct asked *)request->behind;
	a->connection = a->front ? a->front->connection : connections++;
	*t = &a->transfer;
	return 0;
}

static void fake_close(struct transfer *t, uint32_t now)
{
	if (t)
		((struct asked *)t)->closed = true;
}

static void fake_limit(struct transfer *t, uint64_t end)
{
	((struct asked *)t)->limit = end;
}

static uint32_t fake_heard_ms(const struct transfer *t)
{
	return ((const struct asked *)t)->heard_ms;
}

static const struct scheme fake = { .name = "fake", .port = 1, .open = fake_open, .close = fake_close, .limit = fake_limit,
                                    .heard_ms = fake_heard_ms };
const struct scheme *const schemes[] = { &fake, NULL };
const struct scheme *scheme_find(const char *name) { return &fake; }

/* ---- the sink ------------------------------------------------------------------------------------------------------------------- */

static int take_size(struct sink *sink, bool known, uint64_t bytes) { return 0; }
static uint8_t *take_at(struct sink *sink, uint64_t offset, size_t len) { return NULL; }
static struct sink sink = { .size = take_size, .at = take_at };

/* ---- time ----------------------------------------------------------------------------------------------------------------------- */

static void end_of(struct asked *a, int how, int rc, bool broken)
{
	struct transfer_end end = { .how = how, .rc = rc, .broken = broken };

	a->over = true;
	a->transfer.stage = TRANSFER_OVER;
	a->transfer.user->ended(a->transfer.user, &end, now_ms);
}

static void begin_of(struct asked *a)
{
	struct transfer_info info = { a->piece, true, total, true, "\"v1\"" };
	int rc;

	if (info.piece.end > total)
		info.piece.end = total;
	a->begun = true;
	a->transfer.stage = TRANSFER_RECEIVING;
	rc = a->transfer.user->begin(a->transfer.user, &info);
	if (rc != 0)
		end_of(a, TRANSFER_FAILED, rc, false);
}

/** Bring @len bytes, or as many as there are. */
static void bring(struct asked *a, uint64_t len)
{
	uint64_t end = a->piece.end < total ? a->piece.end : total;

	if (a->limit < end)
		end = a->limit;
	if (len > end - a->next)
		len = end - a->next;
	a->next += len;
	a->heard_ms = now_ms;
	if (len)
		a->transfer.user->arrived(a->transfer.user, a->next - len, len, now_ms);
	if (a->next == end)
		end_of(a, TRANSFER_DONE, 0, false);
}

/** One millisecond. An answer begins a round trip after it was asked for, and not before the one in front is over. */
static void tick(void)
{
	now_ms++;
	for (unsigned i = 0; i < asked_count; i++) {
		struct asked *a = &asked[i];

		if (a->closed || a->over || now_ms - a->at_ms < RTT_MS || (a->front && !a->front->over) || !rates[a->connection])
			continue;
		if (!a->begun)
			begin_of(a);
		if (!a->over)
			bring(a, rates[a->connection]);
	}
	download_poll(&net, now_ms);
}

static void advance(uint32_t ms)
{
	while (ms--)
		tick();
}

/** Until so many requests were made; false after @ms. */
static bool advance_to(unsigned count, uint32_t ms)
{
	while (asked_count < count && ms--)
		tick();
	return asked_count >= count;
}

static void begin(uint64_t bytes, uint32_t rate)
{
	struct uri *uri;

	host_reset();
	host_leaks_from_here();
	net_init(&net);
	asked_count = connections = 0;
	open_fails = 0;
	none_behind = false;
	total = bytes;
	for (unsigned i = 0; i < ASKED_MAX; i++)
		rates[i] = rate;
	start_ms = now_ms = 0xfffffc00;                 /* the clock wraps within every test */
	EXPECT_EQ(uri_parse("fake://10.0.0.1/file", &uri), 0);
	EXPECT_EQ(download_start(&d, &net, uri, &sink, now_ms), 0);
	uri_free(uri);
	download_poll(&net, now_ms);
}

static void end(void)
{
	download_stop(d, now_ms);
	settings_wipe(settings_root());
	EXPECT_EQ(host_heap_held(), 0);
	for (unsigned i = 0; i < asked_count; i++)
		EXPECT(asked[i].closed);
}

static bool piece_is(unsigned i, uint64_t start, uint64_t stop)
{
	if (asked[i].piece.start == start && asked[i].piece.end == stop)
		return true;
	printf("request %u was for %llu-%llu, not %llu-%llu\n", i, (unsigned long long)asked[i].piece.start,
	       (unsigned long long)asked[i].piece.end, (unsigned long long)start, (unsigned long long)stop);
	return false;
}

/** Within a hundredth: a rate is what was counted at whole milliseconds. */
static bool about(uint64_t bytes, uint64_t wanted)
{
	if (bytes >= wanted - wanted / 100 && bytes <= wanted + wanted / 100)
		return true;
	printf("%llu, not %llu\n", (unsigned long long)bytes, (unsigned long long)wanted);
	return false;
}

/* ---- pieces --------------------------------------------------------------------------------------------------------------------- */

TEST(the_first_request_is_for_all_and_brings_it)
{
	begin(1 * MB, 1000);
	EXPECT_EQ(asked_count, 1);
	EXPECT(piece_is(0, 0, RANGE_UNKNOWN));
	EXPECT_STR(asked[0].validator, "none");
	advance(RTT_MS + 1 * MB / 1000 + 1);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT_EQ(asked_count, 1);
	EXPECT_EQ(download_progress(d)->done_bytes, 1 * MB);
	end();
}

TEST(the_second_lane_takes_two_seconds_work_from_the_far_end)
{
	begin(100 * MB, 1000);
	EXPECT(!advance_to(2, RTT_MS - 1 + 1000));      /* a second from the first byte */
	EXPECT(advance_to(2, 1));
	EXPECT(about(100 * MB - asked[1].piece.start, 2000000));
	EXPECT_EQ(asked[1].piece.end, RANGE_UNKNOWN);
	EXPECT_STR(asked[1].validator, "\"v1\"");
	EXPECT_EQ(asked[0].limit, asked[1].piece.start); /* the first one need not go there */
	EXPECT(!asked[1].front);
	end();
}

TEST(a_piece_is_at_most_32_mib_and_at_least_256_kib)
{
	begin(8192 * MB, 100000);
	EXPECT(advance_to(2, 2000));
	EXPECT(piece_is(1, (8192 - 32) * MB, RANGE_UNKNOWN));
	end();
	begin(4 * MB, 50);
	EXPECT(advance_to(2, 2000));
	EXPECT(piece_is(1, 4 * MB - 256 * KIB, RANGE_UNKNOWN));
	end();
}

TEST(the_next_piece_is_asked_for_behind_the_one_before_it_is_over)
{
	uint64_t left;

	begin(100 * MB, 1000);
	EXPECT_EQ(settings_set("connections", "2"), 0);
	EXPECT(advance_to(3, 5000));
	EXPECT(asked[2].front == &asked[1]);
	EXPECT_EQ(asked[2].connection, 1);
	EXPECT_EQ(asked[2].piece.end, asked[1].piece.start);
	EXPECT_EQ(asked[0].limit, asked[2].piece.start);
	left = 100 * MB - asked[1].next;
	EXPECT(about(left, (4 * RTT_MS + 100) * 1000)); /* four round trips and 100 ms */
	end();
}

TEST(where_nothing_may_be_asked_behind_the_next_piece_is_asked_for_when_the_one_before_is_over)
{
	begin(100 * MB, 1000);
	EXPECT_EQ(settings_set("connections", "2"), 0);
	none_behind = true;
	EXPECT(advance_to(3, 5000));
	EXPECT(!asked[2].front);
	EXPECT(asked[1].over);
	end();
}

TEST(nobody_is_asked_behind_an_answer_that_brings_all)
{
	begin(100 * MB, 1000);
	EXPECT_EQ(settings_set("connections", "1"), 0);
	advance(RTT_MS + 100 * MB / 1000 + 2);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT_EQ(asked_count, 1);
	end();
}

TEST(all_lanes_end_within_a_second_of_each_other)
{
	uint32_t over_ms[ASKED_MAX] = { 0 }, last = 0, first = UINT32_MAX;

	begin(60 * MB, 1000);
	rates[1] = 700;
	rates[2] = 400;
	rates[3] = 1300;
	while (download_rc(d) == -EINPROGRESS && now_ms - start_ms < 60000) {
		tick();
		for (unsigned i = 0; i < asked_count; i++)
			if (!asked[i].over)
				over_ms[asked[i].connection] = now_ms - start_ms;
	}
	EXPECT_EQ(download_rc(d), 0);
	for (unsigned i = 0; i < 4; i++) {
		last = over_ms[i] > last ? over_ms[i] : last;
		first = over_ms[i] < first ? over_ms[i] : first;
	}
	EXPECT(last - first < 1000);
	end();
}

/* ---- how many ------------------------------------------------------------------------------------------------------------------- */

TEST(a_lane_that_brings_no_tenth_more_is_retired_and_the_next_tried_later)
{
	unsigned tried;

	begin(200 * MB, 1000);
	rates[1] = 50;                                  /* a twentieth */
	EXPECT(advance_to(2, 2000));
	advance(1000 + 2 * RTT_MS);
	tried = asked_count;
	EXPECT_EQ(tried, 2);
	advance(1500);
	EXPECT_EQ(asked_count, tried);
	EXPECT(!asked[1].over);                         /* it keeps what it has */
	EXPECT(advance_to(3, 3000));
	end();
}

TEST(no_memory_for_a_further_lane_is_no_failure)
{
	begin(100 * MB, 1000);
	advance(500);
	open_fails = -ENOMEM;
	advance(3000);
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	EXPECT_EQ(asked_count, 1);
	EXPECT_EQ(asked[0].limit, RANGE_UNKNOWN);       /* and nothing was taken from the first */
	open_fails = 0;
	EXPECT(advance_to(2, 10000));
	end();
}

/* ---- breaks --------------------------------------------------------------------------------------------------------------------- */

TEST(what_a_broken_lane_did_not_bring_is_lent_again)
{
	uint64_t at;

	begin(30 * MB, 1000);
	EXPECT(advance_to(2, 2000));
	advance(800);
	at = asked[1].next;
	EXPECT(at > asked[1].piece.start && at < 30 * MB);
	end_of(&asked[1], TRANSFER_FAILED, -ECONNRESET, true);
	while (download_rc(d) == -EINPROGRESS && now_ms - start_ms < 60000)
		tick();
	EXPECT_EQ(download_rc(d), 0);
	for (unsigned i = 2; i < asked_count; i++)      /* of what it had brought not a byte */
		EXPECT(asked[i].piece.end <= asked[1].piece.start || asked[i].piece.start >= at);
	end();
}

TEST(a_first_lane_that_is_the_only_one_left_goes_on_where_it_was_to_stop)
{
	begin(30 * MB, 1000);
	EXPECT(advance_to(2, 2000));
	EXPECT(asked[0].limit < 30 * MB);
	rates[1] = 0;
	EXPECT_EQ(settings_set("connections", "1"), 0);
	end_of(&asked[1], TRANSFER_FAILED, -ECONNRESET, true);
	while (download_rc(d) == -EINPROGRESS && now_ms - start_ms < 60000)
		tick();
	EXPECT_EQ(download_rc(d), 0);
	EXPECT_EQ(asked_count, 2);
	EXPECT_EQ(asked[0].next, 30 * MB);
	end();
}

TEST(what_a_silent_lane_has_is_lent_to_one_that_is_free)
{
	begin(12 * MB, 1000);
	EXPECT_EQ(settings_set("connections", "2"), 0);
	EXPECT(advance_to(2, 2000));
	advance(500);
	rates[1] = 0;
	while (download_rc(d) == -EINPROGRESS && now_ms - start_ms < 60000)
		tick();
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(now_ms - start_ms < 20000);
	end();
}

TEST(bytes_that_come_twice_count_once)
{
	struct asked *a = &asked[0];

	begin(1 * MB, 1000);
	advance(RTT_MS + 100);
	EXPECT_EQ(download_progress(d)->done_bytes, 101000);
	a->transfer.user->arrived(a->transfer.user, 50000, 1000, now_ms);
	EXPECT_EQ(download_progress(d)->done_bytes, 101000);
	a->transfer.user->arrived(a->transfer.user, 100500, 1000, now_ms);
	EXPECT_EQ(download_progress(d)->done_bytes, 101500);
	end();
}
