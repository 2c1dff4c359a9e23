/* SPDX-License-Identifier: BSD-2-Clause */
/* Forgeries from off the path, a million in all (off_path.c, off_path_dhcp.c). Who forges can send whatever he wants under any address, and
 * sees nothing. He knows who talks with whom, the server's port, the file's and the host's name, our MAC: all but what is random. */
#ifndef TESTS_UNIT_NET_OFF_PATH_H
#define TESTS_UNIT_NET_OFF_PATH_H

#include <stdint.h>

enum {
	FORGED_RESETS = 100000, FORGED_RESETS_TO_THE_PORT = 100000,     /* _TO_THE_PORT: he knows the client's port, too */
	FORGED_DATA = 100000, FORGED_DATA_TO_THE_PORT = 100000, FORGED_FINS = 50000,
	FORGED_SYNS = 50000, FORGED_SYNS_TO_THE_PORT = 50000, FORGED_SYN_ACKS = 50000,
	FORGED_DNS_ANSWERS = 150000,
	FORGED_TFTP_BLOCKS = 70000, FORGED_TFTP_ERRORS = 20000, FORGED_TFTP_OPTIONS = 10000,
	FORGED_DHCP_OFFERS = 50000, FORGED_DHCP_ACKS = 50000, FORGED_DHCP_NAKS = 25000, FORGED_DHCP_NAKS_OF_RENEWALS = 25000,
};
_Static_assert(FORGED_RESETS + FORGED_RESETS_TO_THE_PORT + FORGED_DATA + FORGED_DATA_TO_THE_PORT + FORGED_FINS + FORGED_SYNS +
	FORGED_SYNS_TO_THE_PORT + FORGED_SYN_ACKS + FORGED_DNS_ANSWERS + FORGED_TFTP_BLOCKS + FORGED_TFTP_ERRORS + FORGED_TFTP_OPTIONS +
	FORGED_DHCP_OFFERS + FORGED_DHCP_ACKS + FORGED_DHCP_NAKS + FORGED_DHCP_NAKS_OF_RENEWALS == 1000000, "a million");

/** What he makes up (splitmix64). */
static inline uint32_t guess(void)
{
	static uint64_t state;
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(z ^ z >> 31);
}

static inline uint16_t guess_port(void) { return (uint16_t)(0xc000 | guess()); }       /* RFC 6056's dynamic ports */

#endif
