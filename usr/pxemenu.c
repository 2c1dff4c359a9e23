/* SPDX-License-Identifier: BSD-2-Clause */
/* Prompt, countdown, menu. */
#include "usr/pxemenu.h"

#include "core/clock.h"
#include "core/console.h"
#include "core/errors.h"
#include "core/printf.h"
#include "core/string.h"
#include "net/pxe_options.h"
#include "usr/progress.h"
#include "usr/wait.h"

#define TEXT_MAX  64            /* of an item or prompt that is shown */
#define ITEMS_MAX 26            /* a letter each */

/** @item's text, of printable characters alone. */
static const char *shown(const struct pxe_item *item, char buf[TEXT_MAX])
{
	size_t len = 0;

	for (; len < item->len && len < TEXT_MAX - 1 && item->text[len]; len++)
		buf[len] = text_is_print(item->text[len]) ? item->text[len] : '?';
	buf[len] = '\0';
	return buf;
}

/** The next key within @ms (0: any time), or -1; -ECANCELED for one that ends it all. */
static int next_key(uint32_t ms)
{
	int key = wait_key(ms);

	if (key == KEY_CTRL('B'))
		wait_want_shell();
	if (key == KEY_CTRL('B') || key == KEY_CTRL('C') || key == 0x1b) {
		progress_wipe();
		return -ECANCELED;
	}
	return key;
}

/** Count down; true: the menu is wanted, false: the first item is. Or -ECANCELED. */
static int prompt(const struct pxe_item *text, uint8_t timeout_s)
{
	uint32_t end = clock_ms() + timeout_s * 1000u, now;
	char buf[TEXT_MAX];
	int key = -1;

	if (timeout_s == 0)
		return false;
	if (timeout_s == PXE_WAIT_FOREVER) {
		print("%s\n", shown(text, buf));
		return true;
	}
	while (key == -1 && !time_reached(now = clock_ms(), end)) {
		uint32_t left = end - now;

		progress_show("%s (%u)", shown(text, buf), (unsigned)((left + 999) / 1000));
		key = next_key(left % 1000 ? left % 1000 : 1000);
	}
	if (key != -ECANCELED)
		progress_wipe();
	return key == -ECANCELED ? key : key == KEY_F8;
}

/** Show all items; their number. */
static unsigned show_items(const struct pxe_options *options)
{
	struct pxe_item item;
	char buf[TEXT_MAX];
	unsigned count = 0;

	for (; count < ITEMS_MAX && pxe_menu_item(options, count, &item); count++)
		print(" %c. %s\n", 'A' + count, shown(&item, buf));
	return count;
}

/** What @key makes of the @selected one of @count; *@chosen: it is meant. */
static unsigned move(unsigned selected, unsigned count, int key, bool *chosen)
{
	unsigned letter = (unsigned)((key | 0x20) - 'a');

	if (key == KEY_UP)
		return (selected + count - 1) % count;
	if (key == KEY_DOWN)
		return (selected + 1) % count;
	if (key < 0x100 && letter < count) {
		*chosen = true;
		return letter;
	}
	*chosen = key == '\r' || key == '\n';
	return selected;
}

static int no_item(void)
{
	return fail(-EPROTO, "the boot menu has no items");
}

static int choose(const struct pxe_options *options)
{
	unsigned count = show_items(options), selected = 0;
	bool chosen = false;
	struct pxe_item item;
	char buf[TEXT_MAX];

	while (!chosen) {
		int key;

		if (!pxe_menu_item(options, selected, &item))
			return no_item();
		progress_show("Boot: %c. %s", 'A' + selected, shown(&item, buf));
		key = next_key(0);
		if (key == -ECANCELED)
			return key;
		selected = move(selected, count, key, &chosen);
	}
	progress_wipe();
	return (int)selected;
}

int pxemenu_choose(const struct pxe_options *options, uint16_t *type)
{
	struct pxe_item item, text;
	char buf[TEXT_MAX];
	uint8_t timeout_s;
	int rc = true;

	if (!pxe_menu_item(options, 0, &item))
		return no_item();
	if (pxe_prompt(options, &text, &timeout_s))
		rc = prompt(&text, timeout_s);
	if (rc > 0)
		rc = choose(options);
	if (rc < 0)
		return rc;
	if (!pxe_menu_item(options, (unsigned)rc, &item))
		return no_item();
	print("Chosen: %c. %s\n", 'A' + rc, shown(&item, buf));
	*type = item.type;
	return 0;
}
