/* SPDX-License-Identifier: BSD-2-Clause */
/* Values in the tree of settings, with their types: what core/setting_name.c needs of core/settings.c. */
#ifndef CORE_SETTING_VALUE_H
#define CORE_SETTING_VALUE_H

#include "core/settings.h"

#define SETTING_UNTYPED (-1)         /* a value of which only the bytes are known: a DHCP option */

struct setting_value {
	struct list link;
	uint32_t tag;                /* 0: known by name */
	const char *name;            /* behind the data */
	int type;                    /* enum setting_type or SETTING_UNTYPED */
	size_t len;
	uint8_t data[];
};

/** As settings_find(), the whole value; @where gets the scope that has it. */
const struct setting_value *setting_value_find(const struct settings_scope *scope, uint32_t tag, const char *name, bool deep,
                                               const struct settings_scope **where);
/** As settings_store(), with a type to be remembered. */
int setting_value_store(struct settings_scope *scope, uint32_t tag, const char *name, int type, const void *data, size_t len);
/** -ENOENT when @scope itself has none. */
int setting_value_remove(struct settings_scope *scope, uint32_t tag, const char *name);

#endif
