/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop that waits, and the keyboard beside it: keys typed ahead are kept, Ctrl-C and a watched Ctrl-B act at once. */
#include "usr/wait.h"

#include "core/clock.h"
#include "core/console.h"
#include "core/errors.h"
#include "core/printf.h"
#include "net/net.h"
#include "usr/fetch.h"
#include "usr/progress.h"

#define KEYBOARD_MS 20          /* a look costs a BIOS call; 200 ms is what Ctrl-C may take, 50 ms what the BIOS's interrupts may */
#define DRAW_MS     250
#define KEYS_MAX    256

struct net the_net;

static struct { uint16_t key[KEYS_MAX]; unsigned head, count; } ahead;
static bool watching, shell_wanted;
static unsigned keys_read;

static void keep_key(int key)
{
	if (ahead.count < KEYS_MAX)
		ahead.key[(ahead.head + ahead.count++) % KEYS_MAX] = (uint16_t)key;
}

static int kept_key(void)
{
	int key;

	if (ahead.count == 0)
		return -1;
	key = ahead.key[ahead.head];
	ahead.head = (ahead.head + 1) % KEYS_MAX;
	ahead.count--;
	return key;
}

/** Let the network, and what is fetched over it, go on. Was anything received? */
static bool go_on(uint32_t now_ms)
{
	bool received = net_poll(&the_net, now_ms);

	fetch_poll(now_ms);
	return received;
}

/** Is what runs to end? */
static bool interrupted(void)
{
	int key;

	while ((key = console_getkey()) >= 0) {
		if (key == KEY_CTRL('B') && watching)
			shell_wanted = true;
		else if (key != KEY_CTRL('C')) {
			keep_key(key);
			continue;
		}
		ahead.count = 0;        /* what was typed before was for what ends here */
		return true;
	}
	return shell_wanted && watching;
}

bool wait_interrupted(void)
{
	go_on(clock_ms());
	return interrupted();
}

static void warn_of_dispute(void)
{
	const struct netif *netif = the_net.disputed;
	char text[64];

	if (!netif)
		return;
	the_net.disputed = NULL;
	text_format(text, sizeof(text), "warning: %pI4 also claimed by %pM", &netif->disputed_ip, netif->rival_mac);
	progress_say(netif->name, text);
}

int wait_for(const struct waiting *w)
{
	uint32_t start = clock_ms(), look = start, draw = start + DRAW_MS;

	for (;;) {
		uint32_t now = clock_ms();
		int rc;

		go_on(now);
		warn_of_dispute();
		rc = w->done(w->context);
		if (rc != -EINPROGRESS)
			return rc;
		if (w->timeout_ms && now - start >= w->timeout_ms)
			return -ETIMEDOUT;
		if (time_reached(now, look)) {
			if (interrupted())
				return -ECANCELED;
			look = now + KEYBOARD_MS;
		}
		if (w->draw && time_reached(now, draw)) {
			w->draw(w->context);
			draw = now + DRAW_MS;
		}
	}
}

static int never_done(void *context)
{
	(void)context;
	return -EINPROGRESS;
}

int wait_ms(uint32_t ms)
{
	struct waiting w = { .done = never_done, .timeout_ms = ms };
	int rc = ms ? wait_for(&w) : 0;

	return rc == -ETIMEDOUT ? 0 : rc;
}

/** May the processor rest, or would that slow something down? */
static bool nothing_under_way(void)
{
	struct list *pos;

	list_for_each(pos, &the_net.netifs)
		if (dhcp_is_asking(list_entry(pos, struct netif, link)))
			return false;
	return !fetch_under_way();
}

int wait_key(uint32_t timeout_ms)
{
	uint32_t start = clock_ms();

	for (;;) {
		uint32_t now = clock_ms();
		int key = kept_key();

		if (key < 0)
			key = console_getkey();
		if (key >= 0) {
			keys_read++;
			return key;
		}
		if (timeout_ms && time_reached(now, start + timeout_ms))
			return -1;
		if (!go_on(now) && nothing_under_way())
			console_idle();
	}
}

bool wait_watch_shell_key(bool on)
{
	bool before = watching;

	watching = on;
	return before;
}

bool wait_shell_wanted(void)
{
	return shell_wanted;
}

void wait_forget_shell_key(void)
{
	shell_wanted = false;
}

void wait_want_shell(void)
{
	shell_wanted |= watching;
}

unsigned wait_keys_read(void)
{
	return keys_read;
}
