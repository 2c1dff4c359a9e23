/* SPDX-License-Identifier: BSD-2-Clause */
/* A PXE server's bytes: first as option 43's sub-options, each two bytes of length, one of its number, then itself; what is left are
 * messages to a client that looks for boot servers by them (xid and MAC made ours). */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/dhcp_message.h"
#include "net/net.h"
#include "net/pxe_options.h"
#include "tests/sim/sim.h"

enum { SUB_OPTIONS = 5 };

static struct sim s;

/** Everything that is read of a menu and a list must lie inside them. */
static void read_all(const struct pxe_options *o)
{
	struct pxe_item item;
	uint32_t address[BOOT_SERVERS_MAX];
	uint8_t timeout_s;
	unsigned index = 0;
	bool any;

	for (; pxe_menu_item(o, index, &item); index++)
		if ((const uint8_t *)item.text < o->menu.data || (const uint8_t *)item.text + item.len > o->menu.data + o->menu.len)
			abort();
	if (index > o->menu.len / 3)
		abort();
	pxe_prompt(o, &item, &timeout_s);
	for (unsigned type = 0; type < 20; type++)
		if (pxe_servers(o, (uint16_t)type, address, BOOT_SERVERS_MAX, &any) > BOOT_SERVERS_MAX)
			abort();
}

static void send_message(const uint8_t *data, size_t len)
{
	uint8_t message[DHCP_MESSAGE_MAX];
	struct sim_udp udp = { .src = SIM_GATEWAY, .dst = SIM_IP, .src_port = 4011, .dst_port = 68, .data = message, .len = len };

	memcpy(message, data, len);
	if (len >= 34) {
		sim_put32(message + 4, s.netif.boot_server.listener.xid);
		memcpy(message + 28, sim_stack_mac, 6);
	}
	sim_send_udp(&s, &udp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_options o;
	size_t at = 0;

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	for (unsigned i = 0; i < SUB_OPTIONS && at + 3 <= size; i++) {
		size_t len = sim_get16(data + at) & 0x3ff, left = size - at - 3;

		len = len < left ? len : left;
		settings_store(settings_root(), SETTING_TAG(OPTION_VENDOR, data[at + 2] ? data[at + 2] : 1), NULL, data + at + 3, len);
		at += 3 + len;
	}
	pxe_options_read(&o, settings_root());
	read_all(&o);
	boot_server_discover(&s.netif, &o, 15, s.now_ms);
	while (at + 2 <= size) {
		size_t len = sim_get16(data + at) & 0x7ff;

		at += 2;
		len = len > size - at ? size - at : len;
		len = len > DHCP_MESSAGE_MAX ? DHCP_MESSAGE_MAX : len;
		send_message(data + at, len);
		at += len;
		sim_advance(&s, 500);
	}
	sim_advance(&s, 60000);
	if (s.netif.boot_server.rc == -EINPROGRESS)
		abort();
	settings_wipe(settings_root());
	sim_stop(&s);
	return 0;
}
