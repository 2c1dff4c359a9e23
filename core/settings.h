/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings: named, typed values in a tree of scopes, filled by DHCP, by drivers (mac, busid), by SMBIOS and by hand.
 *
 * A name is  [scope/]setting[:type]  or the old form scope.setting:   ip   net0/ip   net0.dhcp/filename   210:string   175.189:int8
 * A setting is one of the list in setting_list.c (name, tag, type), a numeric tag (DHCP option, nested ones by dots), or any other name
 * made by `set`. Values are stored as bytes in wire form: an ipv4 is 4 bytes in network order, a string has no NUL.
 * Scopes form a tree: root "" -> net0, net1... -> net0.dhcp; reading without a scope searches the whole tree: root's own values
 * first, then the most recently opened interface's, its children before the other interfaces. "netX" names that interface. */
#ifndef CORE_SETTINGS_H
#define CORE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/list.h"

#define SETTING_NAME_MAX 64          /* bytes of one full name, NUL included */
#define SETTING_VALUE_MAX 4096       /* bytes of one value */

enum setting_type {
	SETTING_STRING, SETTING_URISTRING, SETTING_IPV4, SETTING_INT8, SETTING_INT16, SETTING_INT32,
	SETTING_UINT8, SETTING_UINT16, SETTING_UINT32, SETTING_HEX, SETTING_HEXHYP, SETTING_HEXRAW, SETTING_UUID,
};

/* Tags: 1..254 a DHCP option; SETTING_TAG(a, b) a nested one; 0 a setting known by name alone. */
#define SETTING_TAG(option, sub) ((uint32_t)(option) << 8 | (sub) | 0x10000u)

/** A scope. Embedded in its owner (an interface, a DHCP lease); holds its values on the heap. */
struct settings_scope {
	char name[16];                /* "net0", "dhcp"; "" for the root */
	struct settings_scope *parent;
	struct list children;         /* of siblings */
	struct list siblings;
	struct list values;
};

/** Begin with an empty tree, forgetting one whose memory is gone. Not needed at start; for tests that begin the heap anew. */
void settings_init(void);
/** The root; always there. */
struct settings_scope *settings_root(void);
/** Hang @scope (memory of the caller's) under @parent as @name. The newest goes first. */
void settings_attach(struct settings_scope *scope, struct settings_scope *parent, const char *name);
/** Unhang and free all its values. */
void settings_detach(struct settings_scope *scope);
/** Move @scope to the front of its siblings: it becomes what "netX" and unscoped reads see first. */
void settings_prefer(struct settings_scope *scope);
/** Free all values of @scope (a new lease begins). */
void settings_wipe(struct settings_scope *scope);

/** Store @len bytes under a tag or a name (the other being 0 or NULL). 0, -ENOMEM, -EFBIG. len 0 stores an empty value. */
int settings_store(struct settings_scope *scope, uint32_t tag, const char *name, const void *data, size_t len);
/** Find in @scope alone, or in the whole tree below it if @deep. NULL when absent, else *@len is set; valid until changed. */
const uint8_t *settings_find(const struct settings_scope *scope, uint32_t tag, const char *name, bool deep, size_t *len);
/** A 4-byte value as a host-order number (the first, where a list); false when absent or shorter. */
bool settings_find_ipv4(const struct settings_scope *scope, uint32_t tag, bool deep, uint32_t *addr);

/** `set`: parse @text by the setting's type and store it. @name is a full name. -EINVAL, -ENOENT (no such scope), -ENOMEM. */
int settings_set(const char *name, const char *text);
/** `clear`. -ENOENT when there is none. */
int settings_clear(const char *name);
/** `show` and ${}: format into @buf by the setting's type (or the type named). Returns the text's length (the caller compares
 *  with @size as for text_format()), or -ENOENT, -EINVAL. @canonical, if not NULL (SETTING_NAME_MAX bytes), gets the name where
 *  it was found, e.g. "net0.dhcp/filename:string". */
int settings_get(const char *name, char *buf, size_t size, char *canonical);

/** Rises with every change; lets an interface notice that ip or gateway was set by hand. */
extern uint32_t settings_generation;
/** Rises with every value for which there was no memory; who says so sets it to 0. */
extern uint32_t settings_lost;

/* Tags of the settings code refers to by number (RFC 2132, RFC 5859...). */
enum {
	TAG_NETMASK = 1, TAG_GATEWAY = 3, TAG_DNS = 6, TAG_HOSTNAME = 12, TAG_DOMAIN = 15, TAG_ROOT_PATH = 17, TAG_MTU = 26,
	TAG_LEASE_TIME = 51, TAG_DHCP_SERVER = 54, TAG_VENDOR_CLASS = 60, TAG_TFTP_SERVER = 66, TAG_FILENAME = 67, TAG_USER_CLASS = 77,
	TAG_TFTP_ADDRESS = 150,
	TAG_IP = SETTING_TAG(175, 2), TAG_NEXT_SERVER = SETTING_TAG(175, 3), TAG_NO_PROXYDHCP = SETTING_TAG(175, 176),
	TAG_USE_CACHED = SETTING_TAG(175, 178), TAG_USERNAME = SETTING_TAG(175, 190), TAG_PASSWORD = SETTING_TAG(175, 191),
};

#endif
