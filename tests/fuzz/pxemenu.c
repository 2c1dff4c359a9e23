/* SPDX-License-Identifier: BSD-2-Clause */
/* A PXE boot menu of any bytes in front of somebody who presses any keys: the first byte is the length of the prompt, the second that of the
 * menu; both follow, then keys. It ends; what is chosen is in the menu; and what a server wrote reaches the screen as printable characters alone. */
#include <stdlib.h>
#include <string.h>
#include "core/console.h"
#include "core/errors.h"
#include "net/net.h"
#include "net/pxe_options.h"
#include "tests/host/host.h"
#include "usr/pxemenu.h"
#include "usr/wait.h"

static void check(bool good)
{
	if (!good)
		abort();
}

/** Bytes in memory that ends where they end. */
static struct pxe_bytes bytes(const uint8_t **data, size_t *size, size_t len)
{
	uint8_t *copy;

	if (len > *size)
		len = *size;
	copy = malloc(len ? len : 1);
	memcpy(copy, *data, len);
	*data += len;
	*size -= len;
	return (struct pxe_bytes){ copy, len };
}

static bool listed(const struct pxe_options *o, uint16_t type)
{
	struct pxe_item item;

	for (unsigned i = 0; pxe_menu_item(o, i, &item); i++)
		if (item.type == type)
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int beyond[] = { KEY_UP, KEY_DOWN, KEY_F8, '\r' };
	struct pxe_options o = { 0 };
	size_t prompt_len, menu_len;
	uint16_t type = 0;
	int rc;

	if (size < 2 || size > 1000)
		return 0;
	host_reset();
	host_clock_step(1000);
	net_init(&the_net);
	prompt_len = data[0];
	menu_len = data[1];
	data += 2;
	size -= 2;
	o.prompt = bytes(&data, &size, prompt_len);
	o.menu = bytes(&data, &size, menu_len);
	for (size_t i = 0; i < size && i < 60; i++)
		host_key_after(data[i] & 1 ? 300 : 0, data[i] < 0x80 ? data[i] : beyond[data[i] >> 1 & 3]);
	host_key(KEY_CTRL('C'));
	rc = pxemenu_choose(&o, &type);
	check(rc == 0 || rc == -ECANCELED || rc == -EPROTO);
	check(rc != 0 || listed(&o, type));
	for (const char *p = host_console_plain(); *p; p++)
		check((*p >= ' ' && *p <= '~') || *p == '\n' || *p == '\r');
	wait_forget_shell_key();
	free((void *)o.prompt.data);
	free((void *)o.menu.data);
	return 0;
}
