/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing DHCP requests: the header, then who we are, then what the state of the conversation wants. */
#include "net/dhcp_request.h"

#include "config/features.h"
#include "config/net.h"
#include "core/cursor.h"
#include "core/string.h"
#include "net/dhcp_message.h"
#include "net/netif.h"
#include "net/pkt.h"
#include "net/pxe_options.h"

enum {
	MESSAGE_MIN = 300,              /* RFC 951's size, that some relays still insist on */
	FLAG_BROADCAST = 0x8000,
};

static const uint8_t parameters[] = {
	TAG_NETMASK, TAG_GATEWAY, TAG_DNS, 7, TAG_HOSTNAME, TAG_DOMAIN, TAG_ROOT_PATH, TAG_MTU, OPTION_VENDOR, TAG_LEASE_TIME,
	TAG_DHCP_SERVER, OPTION_T1, OPTION_T2, TAG_VENDOR_CLASS, TAG_TFTP_SERVER, TAG_FILENAME,
	TAG_TFTP_ADDRESS, OPTION_FPXE, 203 /* initiator name */, 209, 210 /* PXELINUX's configuration file and path */,
};

/* Option 175's sub-options that say what we can do, as gPXE numbers them: servers look for one or the other. */
static const struct { uint8_t number, present; } features[] = {
	{ 19 /* HTTP */, 1 }, { 21 /* TFTP */, CONFIG_TFTP }, { 23 /* DNS */, 1 }, { 24 /* bzImage */, 1 },
	{ 25 /* Multiboot */, CONFIG_MULTIBOOT }, { 33 /* PXE programs */, CONFIG_PXE }, { 34 /* ELF */, CONFIG_ELF },
};
enum { FPXE_BUS_ID = 177 };

static void put_option(struct writer *w, uint8_t tag, const void *value, size_t len)
{
	wr_fields(w, "11", tag, (uint32_t)len);
	wr_bytes(w, value, len);
}

static void put_u32(struct writer *w, uint8_t tag, uint32_t value)
{
	wr_fields(w, "114", tag, 4, value);
}

static void put_features(struct writer *w, const struct netif *netif)
{
	size_t len = 0;
	const uint8_t *bus_id = settings_find(&netif->settings, 0, "busid", false, &len);
	uint8_t *total;

	wr_u8(w, OPTION_FPXE);
	total = wr_space(w, 1);
	for (unsigned i = 0; i < sizeof features / sizeof *features; i++)
		if (features[i].present)
			wr_fields(w, "111", features[i].number, 1, 1);
	put_option(w, FPXE_BUS_ID, bus_id, len);
	*total = (uint8_t)(w->data - total - 1);
}

static const uint8_t identity[] = {
	OPTION_MAX_SIZE, 2, DHCP_MESSAGE_MAX >> 8, DHCP_MESSAGE_MAX & 0xff,
	OPTION_ARCHITECTURE, 2, 0, 0 /* x86 BIOS */,
	OPTION_UNDI, 3, 1, 2, 1,
};

static void put_client_id(struct writer *w, const struct netif *netif)
{
	wr_fields(w, "111", OPTION_CLIENT_ID, 7, 1);                    /* Ethernet */
	wr_bytes(w, netif->mac, sizeof netif->mac);
}

/* RFC 4578: who we are, as every PXE client says it; servers choose the boot file by it. */
static void put_identity(struct writer *w, const struct netif *netif)
{
	size_t len = 0;
	const uint8_t *uuid = settings_find(settings_root(), 0, "uuid", true, &len);

	wr_bytes(w, identity, sizeof identity);
	put_option(w, TAG_VENDOR_CLASS, PXE_CLASS ":Arch:00000:UNDI:002001", 32);
	put_option(w, TAG_USER_CLASS, CONFIG_USER_CLASS, sizeof CONFIG_USER_CLASS - 1);
	put_option(w, OPTION_PARAMETERS, parameters, sizeof parameters);
	put_features(w, netif);
	put_client_id(w, netif);
	if (uuid && len == 16) {
		wr_fields(w, "111", OPTION_UUID, 17, 0);
		wr_bytes(w, uuid, 16);
	}
}

static void put_header(struct writer *w, const struct dhcp_request *r)
{
	uint32_t secs = r->waited_ms / 1000;

	wr_fields(w, "1111422", 1, 1, 6, 0, r->xid, secs > 0xffff ? 0xffff : secs,
	          r->ciaddr ? 0 : FLAG_BROADCAST);                      /* BOOTREQUEST, Ethernet, 6 bytes, no hops */
	wr_fields(w, "4444", r->ciaddr, 0, 0, 0);                       /* yiaddr, siaddr, giaddr */
	wr_bytes(w, r->netif->mac, 6);
	memset(wr_space(w, 10 + 64 + 128), 0, 10 + 64 + 128);           /* the rest of chaddr, sname, file */
	wr_be32(w, DHCP_COOKIE);
}

struct pkt *dhcp_request_build(const struct dhcp_request *r)
{
	struct pkt *p = pkt_alloc();
	struct writer w;

	if (!p)
		return NULL;
	w = wr_init(pkt_put(p, DHCP_MESSAGE_MAX), DHCP_MESSAGE_MAX);
	put_header(&w, r);
	put_option(&w, OPTION_MESSAGE_TYPE, &r->type, 1);
	if (r->requested_ip)
		put_u32(&w, OPTION_REQUESTED_IP, r->requested_ip);
	if (r->server_id)
		put_u32(&w, TAG_DHCP_SERVER, r->server_id);
	if (r->type == DHCP_DECLINE)                                    /* RFC 2131 table 5 allows no more */
		put_client_id(&w, r->netif);
	else
		put_identity(&w, r->netif);
	if (CONFIG_PROXYDHCP && r->boot_item != PXE_NO_ITEM) {
		wr_fields(&w, "11", OPTION_VENDOR, 7);
		put_u32(&w, PXE_BOOT_ITEM, r->boot_item);
		wr_u8(&w, OPTION_END);
	}
	wr_u8(&w, OPTION_END);
	while (w.data < p->data + MESSAGE_MIN)
		wr_u8(&w, OPTION_PAD);
	pkt_trim(p, (size_t)(w.data - p->data));
	return p;
}
