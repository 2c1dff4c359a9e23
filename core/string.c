/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of C's <string.h> that the firmware has (see core/string.h). Firmware only: a host has its libc's.
 *
 * memcpy() and memmove() are the platform's: one routine moves all bytes, from packet to image too. */
#include "core/string.h"

/* A word at any address, which may alias any object. */
typedef uint32_t __attribute__((may_alias, aligned(1))) word;

void *memset(void *dst, int c, size_t n)
{
	uint8_t *p = dst;
	word fill = (uint8_t)c * 0x01010101u;

	for (; n >= 16; n -= 16, p += 16) {
		((word *)p)[0] = fill;
		((word *)p)[1] = fill;
		((word *)p)[2] = fill;
		((word *)p)[3] = fill;
	}
	for (; n; n--)
		*p++ = (uint8_t)c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *p = a, *q = b;

	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const uint8_t *p = s;

	for (; n; n--, p++)
		if (*p == (uint8_t)c)
			return (void *)p;
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++)
		if (*a != *b || !*a)
			return (uint8_t)*a - (uint8_t)*b;
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do
		if (*s == (char)c)
			last = s;
	while (*s++);
	return (char *)last;
}

char *strstr(const char *haystack, const char *needle)
{
	size_t n = strlen(needle);

	do
		if (strncmp(haystack, needle, n) == 0)
			return (char *)haystack;
	while (*haystack++);
	return NULL;
}
