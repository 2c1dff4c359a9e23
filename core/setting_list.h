/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings known by name: each has a tag, under which it is stored, and a type. */
#ifndef CORE_SETTING_LIST_H
#define CORE_SETTING_LIST_H

#include <stdbool.h>
#include <stdint.h>

struct setting {
	uint32_t tag;           /* never 0 */
	uint8_t type;           /* enum setting_type */
	bool list;              /* shown with all its addresses */
	char name[18];
};

/** NULL when there is none. */
const struct setting *setting_find_name(const char *name);
/** The first with @tag; NULL when there is none. */
const struct setting *setting_find_tag(uint32_t tag);

#endif
