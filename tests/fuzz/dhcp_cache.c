/* SPDX-License-Identifier: BSD-2-Clause */
/* A lease that somebody else got, as a PXE stack hands it over: the ACK (two bytes of length, then itself; MAC made ours where the first byte
 * is odd), and the reply of a ProxyDHCP server, the rest. What is taken gives an address that a host may have; what is kept is what was given;
 * and all is forgotten when a lease is asked for. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/dhcp_message.h"
#include "net/net.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"

static struct sim s;

static void check(bool good)
{
	if (!good)
		abort();
}

/** A message in memory that ends where it ends. */
static uint8_t *message(const uint8_t *data, size_t len, bool ours)
{
	uint8_t *m = malloc(len ? len : 1);

	if (len)
		memcpy(m, data, len);
	if (ours && len >= 34)
		memcpy(m + 28, sim_stack_mac, 6);
	return m;
}

static void use_ack(const uint8_t *ack, size_t len)
{
	const struct dhcp_packet *kept;
	int rc = dhcp_use_cached(&s.netif, ack, len, s.now_ms);

	check(rc == 0 || rc == -EPROTO || rc == -ENETDOWN);
	check((rc == 0) == (s.netif.ip != 0));
	if (rc != 0)
		return;
	check(ipv4_is_host(s.netif.ip) && s.netif.ip == sim_get32(ack + 16) && ipv4_is_netmask(s.netif.netmask));
	check(memcmp(ack + 28, sim_stack_mac, 6) == 0);
	kept = dhcp_cached(&s.netif, DHCP_CACHED_ACK);
	check(kept && kept->len <= len && memcmp(kept->data, ack, kept->len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *ack, *reply;
	size_t len;
	int rc;

	if (size < 3 || size > 3000)
		return 0;
	len = sim_get16(data + 1) & 0xfff;
	len = len < size - 3 ? len : size - 3;
	ack = message(data + 3, len, data[0] & 1);
	reply = message(data + 3 + len, size - 3 - len, data[0] & 1);
	sim_start(&s);
	use_ack(ack, len);
	if (data[0] & 2) {
		rc = dhcp_use_cached_reply(&s.netif, ack, len);
		check(s.netif.ip == 0 || rc == 0);
	}
	rc = dhcp_use_cached_reply(&s.netif, reply, size - 3 - len);
	check(rc == 0 || rc == -EPROTO);
	sim_advance(&s, (uint32_t)data[0] * 1000);
	dhcp_start(&s.netif, 1000, s.now_ms);
	check(!dhcp_cached(&s.netif, DHCP_CACHED_ACK));
	sim_advance(&s, 5000);
	settings_wipe(settings_root());
	sim_discard(&s);
	sim_stop(&s);
	free(ack);
	free(reply);
	return 0;
}
