/* SPDX-License-Identifier: BSD-2-Clause */
/* Turns of the interfaces: a lease, what to boot (usr/boot_choice.c), fetch and boot. */
#include "usr/autoboot.h"

#include "config/features.h"
#include "config/general.h"
#include "core/clock.h"
#include "core/errors.h"
#include "core/heap.h"
#include "net/netif.h"
#include "usr/boot.h"
#include "usr/boot_choice.h"
#include "usr/ifmgmt.h"
#include "usr/san.h"
#include "usr/shell.h"
#include "usr/wait.h"

#define FOREVER_MS 0x3fffffffu          /* twelve days */
#define INTERFACES_MAX 32               /* that have turns; more are left alone */

/** Interfaces that take turns. */
struct turns {
	struct netif *netif[INTERFACES_MAX];    /* NULL: had its turn, and it is over */
	unsigned count, left;
	unsigned round;
	uint32_t started_ms;
};

static uint32_t limit_ms(uint32_t seconds)
{
	return seconds ? seconds * 1000 : FOREVER_MS;
}

/** What is left of @seconds from the start on. */
static uint32_t time_left(const struct turns *t, uint32_t seconds)
{
	uint32_t spent_ms = clock_ms() - t->started_ms;

	return spent_ms < limit_ms(seconds) ? limit_ms(seconds) - spent_ms : 0;
}

/** A part of it, at least 1, for one turn; the last interface that is left need not share. */
static uint32_t turn_ms(const struct turns *t, uint32_t seconds)
{
	uint32_t left_ms = time_left(t, seconds), turn = CONFIG_AUTOBOOT_TURN_S * 1000;

	if (t->left > 1 && left_ms > turn)
		return turn;
	return left_ms ? left_ms : 1;
}

/** While @netif boots, the others keep quiet. */
static void hush_others(const struct turns *t, const struct netif *netif)
{
	for (unsigned i = 0; i < t->count; i++)
		if (t->netif[i] && t->netif[i] != netif && dhcp_is_asking(t->netif[i]))
			dhcp_stop(t->netif[i]);
}

static int boot_from(const struct turns *t, struct netif *netif, bool *silent)
{
	struct ifmgmt_turn turn = {
		.first = t->round == 0, .link_ms = turn_ms(t, CONFIG_AUTOBOOT_LINK_S), .dhcp_ms = turn_ms(t, CONFIG_AUTOBOOT_S),
		.give_up_ms = time_left(t, CONFIG_AUTOBOOT_S),
	};
	struct boot_choice choice = { 0 };
	int rc = CONFIG_SETTLING ? ifmgmt_dhcp_turn(netif, &turn) : ifmgmt_dhcp(netif, 0);

	*silent = CONFIG_SETTLING && (rc == -ENETDOWN || rc == -ETIMEDOUT);
	if (CONFIG_SETTLING && rc == 0)
		hush_others(t, netif);
	if (rc == 0)
		rc = boot_choice(netif, &choice);
	if (rc == 0 && choice.url)
		rc = CONFIG_SAN && choice.disk ? san_boot(choice.url) : boot_url(choice.url);
	heap_free(choice.url);
	return rc;
}

/** Let @netif have its turn and say what went wrong, of silence only once. *@again: it gets another turn. */
static int try_interface(const struct turns *t, struct netif *netif, bool *again)
{
	bool silent;
	int rc;

	shell_job_begin();
	rc = boot_from(t, netif, &silent);
	*again = silent && time_left(t, netif->link_up ? CONFIG_AUTOBOOT_S : CONFIG_AUTOBOOT_LINK_S) > 0;
	if (!wait_shell_wanted() && !(silent && t->round > 0))
		shell_job_end(netif->name, rc);
	return rc;
}

/** Gather the @count interfaces named, up to a wrong name, or all (0). Returns the wrong name's error, -ENODEV, or 0. */
static int gather(struct turns *t, int count, char **names)
{
	struct netif *netif = ifmgmt_next(NULL);
	int rc = netif ? 0 : ifmgmt_none();

	for (int i = 0; rc == 0 && i < count && t->count < INTERFACES_MAX; i++) {
		rc = ifmgmt_find(names[i], &netif);
		if (rc == 0)
			t->netif[t->count++] = netif;
	}
	for (; count == 0 && netif && t->count < INTERFACES_MAX; netif = ifmgmt_next(netif))
		t->netif[t->count++] = netif;
	t->left = t->count;
	t->started_ms = clock_ms();
	return rc;
}

/** A turn each. True: that was it, with *@rc. */
static bool run_round(struct turns *t, int *rc)
{
	for (unsigned i = 0; i < t->count; i++) {
		struct netif *netif = t->netif[i];
		bool again = false;

		if (!netif)
			continue;
		*rc = try_interface(t, netif, &again);
		if (*rc >= 0 || wait_shell_wanted())
			return true;
		if (again)
			continue;
		t->netif[i] = NULL;
		if (--t->left)
			netif_close(netif);     /* the last one stays open: somebody may come and look */
	}
	t->round++;
	return t->left == 0;
}

int autoboot(int count, char **names)
{
	bool watched = wait_watch_shell_key(true);
	struct turns t = { .round = 0 };
	int rc = gather(&t, count, names);

	while (rc == 0 && t.left && !run_round(&t, &rc))
		rc = 0;
	wait_watch_shell_key(watched);
	return rc;
}
