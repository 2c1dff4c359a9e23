/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of settings known by name. Numbers are those of DHCP options (RFC 2132 and its extensions); 175 is the option that
 * Etherboot registered, with sub-options as gPXE and iPXE use them. A name that is not here is text. */
#include "core/setting_list.h"

#include <stddef.h>
#include "core/settings.h"
#include "core/string.h"

#define SETTING_LIST(X) \
	X(ip, 175, 2, IPV4, "ip")                                                       \
	X(netmask, 1, 0, IPV4, "netmask")                                               \
	X(gateway, 3, 0, IPV4, "gateway")                                               \
	X(dns, 6, 0, IPV4, "dns")                                                       \
	X(domain, 15, 0, STRING, "domain")                                              \
	X(hostname, 12, 0, STRING, "hostname")                                          \
	X(next_server, 175, 3, IPV4, "next-server")                                     \
	X(filename, 67, 0, STRING, "filename")                                          \
	X(root_path, 17, 0, STRING, "root-path")                                        \
	X(dhcp_server, 54, 0, IPV4, "dhcp-server")                                      \
	X(mtu, 26, 0, INT16, "mtu")                                                     \
	X(ntp, 42, 0, IPV4, "ntp")                                                      \
	X(syslog, 7, 0, IPV4, "syslog")                                                 \
	X(user_class, 77, 0, STRING, "user-class")                                      \
	X(vendor_class, 60, 0, STRING, "vendor-class")                                  \
	X(username, 175, 190, STRING, "username")                                       \
	X(password, 175, 191, STRING, "password")                                       \
	X(reverse_username, 175, 192, STRING, "reverse-username")                       \
	X(reverse_password, 175, 193, STRING, "reverse-password")                       \
	X(initiator_iqn, 203, 0, STRING, "initiator-iqn")                               \
	X(priority, 175, 1, INT8, "priority")                                           \
	X(keep_san, 175, 8, INT8, "keep-san")                                           \
	X(use_cached, 175, 178, UINT8, "use-cached")                                    \
	X(mac, 0, 1, HEX, "mac")                                                        \
	X(hwaddr, 0, 1, HEX, "hwaddr")                                                  \
	X(busid, 0, 2, HEX, "busid")                                                    \
	X(uuid, 0, 3, UUID, "uuid")                                                     \
	X(connections, 0, 4, UINT8, "connections")

/* One behind the other in one run of bytes: no pointers to relocate. */
#define FIELDS(id, option, sub, type, name) struct { uint8_t numbers[3]; char text[sizeof(name)]; } id;
#define VALUES(id, option, sub, type, name) { { option, sub, SETTING_##type }, name },
static const struct { SETTING_LIST(FIELDS) } settings = { SETTING_LIST(VALUES) };

uint32_t setting_tag(const struct setting *s)
{
	return s->sub ? SETTING_TAG(s->option, s->sub) : s->option;
}

const struct setting *setting_find(uint32_t tag, const char *name)
{
	const struct setting *s = (const struct setting *)&settings;

	while ((const char *)s < (const char *)(&settings + 1)) {
		if (tag ? setting_tag(s) == tag : strcmp(s->name, name) == 0)
			return s;
		s = (const struct setting *)(s->name + strlen(s->name) + 1);
	}
	return NULL;
}
