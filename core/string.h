/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory and strings: the part of <string.h> that the compiler and we need, with the C standard's meaning, and a few of ours.
 * The host build links libc's own for the standard names; core/string.c defines them for the firmware only (see Makefile). */
#ifndef CORE_STRING_H
#define CORE_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *haystack, const char *needle);

/* Ours, in core/text.c, on both sides. ASCII only. */

/** Copy @src into @dst of @size bytes, always NUL-terminated. False if it was cut. */
bool text_copy(char *dst, size_t size, const char *src);
/** Compare without regard to ASCII case; like strcmp()/strncmp(). */
int text_casecmp(const char *a, const char *b);
int text_ncasecmp(const char *a, const char *b, size_t n);
/** Value of a hex digit, or -1. */
int text_hex_digit(char c);
/** Value of the escape at @s, which is a %: two hex digits follow. Or -1. */
int text_escape(const char *s);
/** The number that the digits of @base (at most 16) at @s are, which may be none; returns where they end. One that does not fit is
 *  UINT32_MAX, and ends before the digit that is too much. */
const char *text_digits(const char *s, unsigned base, uint32_t *value);
/** Parse all of @s as an unsigned number: decimal, or 0x hex. False when empty, not a number or above @max. */
bool text_to_u32(const char *s, uint32_t max, uint32_t *value);
/** Parse exactly @len decimal digits of @s (no sign, no space) into 64 bits. False when empty, another byte or overflow. */
bool text_to_u64(const char *s, size_t len, uint64_t *value);
/** Parse a.b.c.d at @s into host order; returns where it ends, NULL when malformed. */
const char *text_ipv4(const char *s, uint32_t *addr);
/** The same for all of @s. False when malformed. */
bool text_to_ipv4(const char *s, uint32_t *addr);
bool text_is_space(char c);
/** Past the spaces at @s, and to the space or the end behind the word at @s. */
const char *text_skip_spaces(const char *s);
const char *text_word_end(const char *s);
static inline bool text_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool text_is_print(char c) { return c >= ' ' && c <= '~'; }

#endif
