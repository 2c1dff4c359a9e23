/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a DHCP reply: dhcp_message_parse(), then dhcp_message_store() for the one that counts. */
#include "net/dhcp_message.h"

#include "config/features.h"
#include "core/cursor.h"
#include "core/errors.h"
#include "core/string.h"
#include "net/ipv4.h"

enum { BOOTREPLY = 2, ETHERNET = 1, SNAME_BYTES = 64, FILE_BYTES = 128, HOPS_MAX = 16 /* RFC 1542 4.1.1 */, OVERLOAD_FILE = 1, OVERLOAD_SNAME = 2 };

struct option { uint8_t tag; size_t len; const uint8_t *data; };

/** The next option; false at the end marker, at the end of the bytes, or where an option is cut off. */
static bool next_option(struct reader *r, struct option *o)
{
	do
		o->tag = rd_u8(r);
	while (o->tag == OPTION_PAD && rd_ok(r));
	if (!rd_ok(r) || o->tag == OPTION_END)
		return false;
	o->len = rd_u8(r);
	o->data = rd_bytes(r, o->len);
	return rd_ok(r);
}

int dhcp_message_option(const struct dhcp_message *m, uint8_t tag, uint8_t *buf, size_t size)
{
	size_t total = 0;
	bool found = false;
	struct option o;

	for (unsigned i = 0; i < 3; i++) {
		struct reader r = rd_init(m->options[i].data, m->options[i].len);

		while (next_option(&r, &o)) {
			if (o.tag != tag)
				continue;
			found = true;
			if (o.len > size - total)
				return -1;
			memcpy(buf + total, o.data, o.len);
			total += o.len;
		}
	}
	return found ? (int)total : -1;
}

/** An option of exactly 4 bytes; @absent when it is missing or of another length. */
static uint32_t option_u32(const struct dhcp_message *m, uint8_t tag, uint32_t absent)
{
	uint8_t value[4];
	struct reader r = rd_init(value, sizeof value);

	return dhcp_message_option(m, tag, value, sizeof value) == 4 ? rd_be32(&r) : absent;
}

static uint8_t option_u8(const struct dhcp_message *m, uint8_t tag)
{
	uint8_t value;

	return dhcp_message_option(m, tag, &value, 1) == 1 ? value : 0;
}

/** RFC 2132 9.3: file and sname may hold options. What they say of overloading themselves is not heard. */
static void find_option_fields(struct dhcp_message *m, struct reader *r, const uint8_t *sname, const uint8_t *file)
{
	uint8_t overload;

	m->options[0].len = rd_left(r);
	m->options[0].data = m->options[1].data = m->options[2].data = rd_bytes(r, m->options[0].len);
	overload = option_u8(m, OPTION_OVERLOAD);
	m->file = file;
	m->sname = sname;
	if (overload & OVERLOAD_FILE) {
		m->options[1].data = file;
		m->options[1].len = FILE_BYTES;
		m->file = NULL;
	}
	if (overload & OVERLOAD_SNAME) {
		m->options[2].data = sname;
		m->options[2].len = SNAME_BYTES;
		m->sname = NULL;
	}
}

/** Option 60's beginning; a server that says more than the class alone is one, too. */
static bool is_pxe(const struct dhcp_message *m)
{
	uint8_t class[255];

	return dhcp_message_option(m, TAG_VENDOR_CLASS, class, sizeof class) >= (int)sizeof PXE_CLASS - 1 &&
	       memcmp(class, PXE_CLASS, sizeof PXE_CLASS - 1) == 0;
}

int dhcp_message_parse(struct dhcp_message *m, const void *data, size_t len)
{
	struct reader r = rd_init(data, len);
	const uint8_t *sname, *file;
	bool reply;

	memset(m, 0, sizeof *m);
	m->data = data;
	m->len = len;
	reply = rd_u8(&r) == BOOTREPLY;
	reply &= rd_u8(&r) == ETHERNET;
	reply &= rd_u8(&r) == sizeof m->mac;
	reply &= rd_u8(&r) <= HOPS_MAX;
	m->xid = rd_be32(&r);
	rd_skip(&r, 8);                         /* secs, flags, ciaddr */
	m->yiaddr = rd_be32(&r);
	m->siaddr = rd_be32(&r);
	rd_skip(&r, 4);                         /* giaddr */
	rd_copy(&r, m->mac, sizeof m->mac);
	rd_skip(&r, 16 - sizeof m->mac);
	sname = rd_bytes(&r, SNAME_BYTES);
	file = rd_bytes(&r, FILE_BYTES);
	reply &= rd_be32(&r) == DHCP_COOKIE;
	if (!rd_ok(&r) || !reply)
		return -EPROTO;
	find_option_fields(m, &r, sname, file);
	m->type = option_u8(m, OPTION_MESSAGE_TYPE);
	m->server_id = option_u32(m, TAG_DHCP_SERVER, 0);
	m->netmask = option_u32(m, TAG_NETMASK, 0);
	if (!ipv4_is_netmask(m->netmask))
		m->netmask = 0;
	m->lease_s = option_u32(m, TAG_LEASE_TIME, DHCP_LEASE_FOREVER);
	m->t1_s = option_u32(m, OPTION_T1, 0);
	m->t2_s = option_u32(m, OPTION_T2, 0);
	m->pxe = CONFIG_PROXYDHCP && is_pxe(m);
	return m->type ? 0 : -EPROTO;
}

int dhcp_message_suboption(const struct dhcp_message *m, uint8_t tag, uint8_t sub)
{
	uint8_t value[DHCP_MESSAGE_MAX];
	int len = dhcp_message_option(m, tag, value, sizeof value);
	struct reader r = rd_init(value, len < 0 ? 0 : (size_t)len);
	struct option o;

	while (next_option(&r, &o))
		if (o.tag == sub)
			return o.len ? o.data[0] : 0;
	return -1;
}

bool dhcp_message_has_file(const struct dhcp_message *m)
{
	uint8_t name[DHCP_MESSAGE_MAX];

	return (m->file && m->file[0]) || dhcp_message_option(m, TAG_FILENAME, name, sizeof name) > 0;
}

/* Servers count a final NUL in or leave it out (RFC 2132 2): settings have none. */
static size_t text_len(uint32_t tag, const uint8_t *value, size_t len)
{
	bool text = tag == TAG_HOSTNAME || tag == TAG_DOMAIN || tag == TAG_ROOT_PATH || tag == OPTION_SERVER_NAME || tag == TAG_FILENAME;

	return text ? strnlen((const char *)value, len) : len;
}

static void store_encapsulated(struct settings_scope *scope, uint8_t outer, const uint8_t *value, size_t len)
{
	struct reader r = rd_init(value, len);
	struct option o;

	while (next_option(&r, &o))
		settings_store(scope, SETTING_TAG(outer, o.tag), NULL, o.data, o.len);
}

static void store_option(const struct dhcp_message *m, struct settings_scope *scope, uint8_t tag)
{
	uint8_t value[DHCP_MESSAGE_MAX];
	int len = dhcp_message_option(m, tag, value, sizeof value);

	if (len < 0)
		return;
	settings_store(scope, tag, NULL, value, text_len(tag, value, (size_t)len));
	if (tag == OPTION_VENDOR || tag == OPTION_FPXE)
		store_encapsulated(scope, tag, value, (size_t)len);
}

static void store_ipv4(struct settings_scope *scope, uint32_t tag, uint32_t ip)
{
	uint8_t value[4];
	struct writer w = wr_init(value, sizeof value);

	wr_be32(&w, ip);
	if (ip != 0)
		settings_store(scope, tag, NULL, value, sizeof value);
}

/* A header field that is not empty stands for the option of the same meaning, unless that is there too. */
static void store_field(struct settings_scope *scope, uint32_t tag, const uint8_t *field, size_t size)
{
	size_t len = field ? strnlen((const char *)field, size) : 0, have;

	if (len > 0 && !settings_find(scope, tag, NULL, false, &have))
		settings_store(scope, tag, NULL, field, len);
}

void dhcp_message_store(const struct dhcp_message *m, struct settings_scope *scope)
{
	uint8_t seen[256] = { 0 };
	struct option o;

	for (unsigned i = 0; i < 3; i++) {
		struct reader r = rd_init(m->options[i].data, m->options[i].len);

		while (next_option(&r, &o)) {
			if (!seen[o.tag])
				store_option(m, scope, o.tag);
			seen[o.tag] = 1;
		}
	}
	store_ipv4(scope, TAG_IP, m->yiaddr);
	store_ipv4(scope, TAG_NEXT_SERVER, m->siaddr);
	store_field(scope, TAG_FILENAME, m->file, FILE_BYTES);
	store_field(scope, OPTION_SERVER_NAME, m->sname, SNAME_BYTES);
}
