/* SPDX-License-Identifier: BSD-2-Clause */
/* A DHCP message as bytes: reading a reply (RFC 2131 2, options by RFC 2132 and 3396) and storing its options as settings. Pure but
 * for the settings. Every length on the wire is taken for a lie until checked. */
#ifndef NET_DHCP_MESSAGE_H
#define NET_DHCP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/settings.h"
#include "net/dhcp_cache.h"     // DHCP_MESSAGE_MAX

enum { DHCP_SERVER_PORT = 67, DHCP_CLIENT_PORT = 68, PXE_SERVER_PORT = 4011, DHCP_COOKIE = 0x63825363 };
enum { DHCP_DISCOVER = 1, DHCP_OFFER, DHCP_REQUEST, DHCP_DECLINE, DHCP_ACK, DHCP_NAK };
enum {
	OPTION_PAD = 0, OPTION_VENDOR = 43, OPTION_REQUESTED_IP = 50, OPTION_OVERLOAD = 52, OPTION_MESSAGE_TYPE = 53,
	OPTION_PARAMETERS = 55, OPTION_MAX_SIZE = 57, OPTION_T1 = 58, OPTION_T2 = 59, OPTION_CLIENT_ID = 61, OPTION_SERVER_NAME = 66,
	OPTION_ARCHITECTURE = 93, OPTION_UNDI = 94, OPTION_UUID = 97, OPTION_FPXE = 175, OPTION_END = 255,
};
/* What option 60 begins with, a client's and a PXE server's. */
#define PXE_CLASS "PXEClient"
#define DHCP_LEASE_FOREVER 0xffffffffu

/** A reply. Points into the packet. */
struct dhcp_message {
	const uint8_t *data;                    /* the whole of it */
	size_t len;
	uint32_t from;                          /* who sent it, and from where: filled in by who received it, else 0 */
	uint16_t from_port;
	uint8_t type;
	bool pxe;                               /* a PXE server's: its option 60 says so */
	uint8_t mac[6];
	uint32_t xid, yiaddr, siaddr;
	uint32_t server_id, netmask;            /* 0: absent or unusable */
	uint32_t lease_s, t1_s, t2_s;           /* DHCP_LEASE_FOREVER, 0, 0 when absent */
	struct { const uint8_t *data; size_t len; } options[3];         /* in RFC 3396's order: options, file, sname */
	const uint8_t *file, *sname;            /* NULL when they hold options */
};

/** -EPROTO: not a reply to a client on Ethernet, or without a message type. */
int dhcp_message_parse(struct dhcp_message *m, const void *data, size_t len);
/** Copy option @tag, its parts joined (RFC 3396), into @buf; its length, or -1 when absent or longer than @size. */
int dhcp_message_option(const struct dhcp_message *m, uint8_t tag, uint8_t *buf, size_t size);
/** The first byte of sub-option @sub of option @tag, 0 when it is empty, -1 when it is absent. */
int dhcp_message_suboption(const struct dhcp_message *m, uint8_t tag, uint8_t sub);
/** Does it name a boot file, in option 67 or in the header? */
bool dhcp_message_has_file(const struct dhcp_message *m);
/** Store every option, those encapsulated in 43 and 175, yiaddr, siaddr, file and sname in @scope. */
void dhcp_message_store(const struct dhcp_message *m, struct settings_scope *scope);

#endif
