/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of settings known by name. Numbers are those of DHCP options (RFC 2132 and its extensions); 175 is the option that
 * Etherboot registered, with sub-options as gPXE and iPXE use them. */
#include "core/setting_list.h"

#include <stddef.h>
#include "core/settings.h"
#include "core/string.h"

/* A tag of our own, for what no DHCP server sends. */
#define OURS(n) (0x20000u + (n))

static const struct setting settings[] = {
	/* What DHCP brings and people set. */
	{ TAG_IP,                  SETTING_IPV4,   false, "ip" },
	{ TAG_NETMASK,             SETTING_IPV4,   false, "netmask" },
	{ TAG_GATEWAY,             SETTING_IPV4,   false, "gateway" },
	{ TAG_DNS,                 SETTING_IPV4,   true,  "dns" },
	{ TAG_DOMAIN,              SETTING_STRING, false, "domain" },
	{ TAG_HOSTNAME,            SETTING_STRING, false, "hostname" },
	{ TAG_NEXT_SERVER,         SETTING_IPV4,   false, "next-server" },
	{ TAG_FILENAME,            SETTING_STRING, false, "filename" },
	{ TAG_ROOT_PATH,           SETTING_STRING, false, "root-path" },
	{ TAG_DHCP_SERVER,         SETTING_IPV4,   false, "dhcp-server" },
	{ TAG_MTU,                 SETTING_INT16,  false, "mtu" },
	{ 42,                      SETTING_IPV4,   false, "ntp" },
	{ 7,                       SETTING_IPV4,   false, "syslog" },
	{ TAG_USER_CLASS,          SETTING_STRING, false, "user-class" },
	{ TAG_VENDOR_CLASS,        SETTING_STRING, false, "vendor-class" },
	{ TAG_USERNAME,            SETTING_STRING, false, "username" },
	{ TAG_PASSWORD,            SETTING_STRING, false, "password" },
	{ SETTING_TAG(175, 192),   SETTING_STRING, false, "reverse-username" },
	{ SETTING_TAG(175, 193),   SETTING_STRING, false, "reverse-password" },
	{ 203,                     SETTING_STRING, false, "initiator-iqn" },
	{ SETTING_TAG(175, 1),     SETTING_INT8,   false, "priority" },
	{ SETTING_TAG(175, 8),     SETTING_INT8,   false, "keep-san" },
	{ SETTING_TAG(175, 9),     SETTING_INT8,   false, "skip-san-boot" },
	{ SETTING_TAG(175, 81),    SETTING_STRING, false, "scriptlet" },
	{ SETTING_TAG(175, 178),   SETTING_UINT8,  false, "use-cached" },
	{ SETTING_TAG(175, 188),   SETTING_STRING, false, "san-filename" },
	{ SETTING_TAG(175, 189),   SETTING_UINT8,  false, "san-drive" },
	/* What an interface knows of itself. */
	{ OURS(1),                 SETTING_HEX,    false, "mac" },
	{ OURS(1),                 SETTING_HEX,    false, "hwaddr" },
	{ OURS(2),                 SETTING_HEX,    false, "busid" },
	{ OURS(3),                 SETTING_STRING, false, "chip" },
	{ OURS(4),                 SETTING_STRING, false, "ifname" },
	/* What the machine says of itself (SMBIOS). */
	{ OURS(8),                 SETTING_UUID,   false, "uuid" },
	{ OURS(9),                 SETTING_STRING, false, "manufacturer" },
	{ OURS(10),                SETTING_STRING, false, "product" },
	{ OURS(11),                SETTING_STRING, false, "serial" },
	{ OURS(12),                SETTING_STRING, false, "asset" },
};
#define COUNT (sizeof(settings) / sizeof(*settings))

const struct setting *setting_find_name(const char *name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

const struct setting *setting_find_tag(uint32_t tag)
{
	for (size_t i = 0; i < COUNT; i++)
		if (settings[i].tag == tag)
			return &settings[i];
	return NULL;
}
