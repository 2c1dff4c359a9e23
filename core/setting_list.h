/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings known by name: each has a tag, under which it is stored, and a type. */
#ifndef CORE_SETTING_LIST_H
#define CORE_SETTING_LIST_H

#include <stdint.h>

struct setting {
	uint8_t option, sub;    /* of its tag; sub 0: none; option 0: of our own, for what no DHCP server sends */
	uint8_t type;           /* enum setting_type */
	char name[];
};

/** By tag or, where @tag is 0, by name: the first; NULL when there is none. */
const struct setting *setting_find(uint32_t tag, const char *name);
/** Never 0. */
uint32_t setting_tag(const struct setting *s);

#endif
