/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of settings: their names, and their values as text and as the bytes that are stored. Pure. */
#ifndef CORE_SETTING_TYPES_H
#define CORE_SETTING_TYPES_H

#include "core/printf.h"     // struct text_buffer
#include "core/settings.h"   // enum setting_type

/** The type called @name, or -EINVAL. */
int setting_type_find(const char *name);
const char *setting_type_name(enum setting_type type);

/** Bytes that setting_type_parse() may write for @text of @len bytes. */
#define SETTING_PARSED_MAX(len) ((len) + 4)
/** Parse @text into @out; returns how many bytes, or -EINVAL. Several addresses may stand behind commas or spaces. */
int setting_type_parse(enum setting_type type, const char *text, uint8_t *out);
/** Append @len bytes of @data as text; all addresses with @list, else the first. 0, or -EINVAL when they are no such value. */
int setting_type_format(enum setting_type type, bool list, const uint8_t *data, size_t len, struct text_buffer *out);

#endif
