/* SPDX-License-Identifier: BSD-2-Clause */
/* A thousand downloads in one power-on, a tenth of them cancelled at random times: heap, packets and the largest free block are in the end what
 * they were after the first. */
#include "tests/unit/usr/wired.h"

#include "image/image.h"

enum { DOWNLOADS = sizeof(void *) == 8 ? 1000 : 200 /* in an emulator, ten times slower */, SIZES = 6 };

static const uint32_t sizes[SIZES] = { 1, 700, 20000, 100000, 300000, 3 << 20 };
static const char *const paths[SIZES] = { "/1", "/700", "/20000", "/100000", "/300000", "/3145728" };
static unsigned done, whole, cancelled, kind;
static enum { DHCP, FIRST, SETTLE, FETCH, FREE, REST, OVER } stage;
static uint32_t typed_ms, cancel_after_ms;
static bool cancel;
static size_t heap_then, largest_then, packets_then;
static uint64_t random_state;

static uint32_t draw(uint32_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % below;
}

static const char *fetch(void)
{
	static char text[60];

	cancel = done % 10 == 9;
	kind = cancel ? SIZES - 1 - draw(3) : draw(20) ? draw(SIZES - 1) : SIZES - 1;
	snprintf(text, sizeof text, "initrd http://10.0.2.9%s", paths[kind]);
	cancel_after_ms = cancel ? draw(sizes[kind] / 2000) : 0;
	typed_ms = clock_ms();
	return text;
}

/** What has come: all of it, or nothing where it was cancelled. */
static void look(void)
{
	const struct image *image = image_next(NULL);
	const uint8_t *bytes;

	if (!image) {
		EXPECT(host_console_has("cancelled by user"));
		cancelled++;
		return;
	}
	EXPECT_EQ(image->block.length, sizes[kind]);
	bytes = image_bytes(image, 0, sizes[kind]);
	for (uint32_t i = 0; bytes && i < sizes[kind]; i++)
		if (bytes[i] != server_byte(1, i)) {
			test_fail(__FILE__, __LINE__, "download %u: byte %u differs", done, i);
			break;
		}
	whole++;
}

/** Past idle connections, those that close, and entries of the ARP table; the setting "errno" is there by then. */
static const char rest[] = "sleep 400";

static const char *next_line(void)
{
	switch (stage) {
	case DHCP:
		stage = FIRST;
		return "dhcp";
	case FIRST:
		stage = SETTLE;
		return "initrd http://10.0.2.9/20000 && imgfree && sleep x";
	case SETTLE:
		stage = FETCH;
		return rest;
	case FETCH:
		if (!heap_then) {
			heap_then = heap_free_bytes();
			largest_then = heap_largest_free();
			packets_then = pkt_pool_free();
		}
		stage = FREE;
		return fetch();
	case FREE:
		look();
		cancel = false;
		stage = ++done < DOWNLOADS ? FETCH : REST;
		return "imgfree";
	case REST:
		stage = OVER;
		return rest;
	default:
		EXPECT_EQ(heap_free_bytes(), heap_then);
		EXPECT_EQ(heap_largest_free(), largest_then);
		EXPECT_EQ(pkt_pool_free(), packets_then);
		return NULL;
	}
}

static void tick(uint32_t now_ms)
{
	if (!cancel || now_ms - typed_ms < cancel_after_ms)
		return;
	host_key(KEY_CTRL('C'));
	cancel = false;
}

TEST(a_thousand_downloads_leave_heap_and_packets_as_they_were)
{
	static struct lan_file files[SIZES + 1];

	for (unsigned i = 0; i < SIZES; i++)
		files[i] = (struct lan_file){ .path = paths[i], .len = sizes[i] };
	wired_begin();
	lan.files = files;
	lan.next_line = next_line;
	lan.tick = tick;
	lan.web.host.to_stack = (struct sim_link){ .delay_us = 2000, .rate_bytes_per_ms = 1250, .queue_bytes = 256 << 10, .loss_ppm = 2000 };
	lan.web.host.to_host = (struct sim_link){ .delay_us = 2000, .loss_ppm = 2000 };
	fpxe_main();
	EXPECT_EQ(done, DOWNLOADS);
	EXPECT_EQ(whole + cancelled, DOWNLOADS);
	EXPECT_EQ(cancelled, DOWNLOADS / 10);
	printf("%u downloads, %u cancelled, %u s of simulated time\n", whole, cancelled, lan.sim.now_ms / 1000);
	wired_end();
}
