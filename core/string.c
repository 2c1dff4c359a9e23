/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of C's <string.h> that the firmware has (see core/string.h). Firmware only: a host has its libc's.
 *
 * Copies go 32 bits at a time, unrolled: far quicker under emulation than byte loops or `rep movsb`, and small. They rely on x86
 * taking unaligned words. The copy from packet to image is another routine's. */
#include "core/string.h"

/* A word at any address, which may alias any object. */
typedef uint32_t __attribute__((may_alias, aligned(1))) word;

/** Copy upwards; right also for an overlap with @dst below @src, as each word is read before it can be written over. */
static void copy_up(uint8_t *dst, const uint8_t *src, size_t n)
{
	for (; n >= 16; n -= 16, dst += 16, src += 16) {
		word a = ((const word *)src)[0], b = ((const word *)src)[1], c = ((const word *)src)[2], d = ((const word *)src)[3];

		((word *)dst)[0] = a;
		((word *)dst)[1] = b;
		((word *)dst)[2] = c;
		((word *)dst)[3] = d;
	}
	for (; n; n--)
		*dst++ = *src++;
}

static void copy_down(uint8_t *dst, const uint8_t *src, size_t n)
{
	for (; n >= 16; n -= 16) {
		const word *s = (const word *)(src + n - 16);
		word *w = (word *)(dst + n - 16);
		word a = s[0], b = s[1], c = s[2], d = s[3];

		w[3] = d;
		w[2] = c;
		w[1] = b;
		w[0] = a;
	}
	while (n--)
		dst[n] = src[n];
}

void *memcpy(void *dst, const void *src, size_t n)
{
	copy_up(dst, src, n);
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	if ((uintptr_t)dst - (uintptr_t)src >= n)       /* below, or past the end */
		copy_up(dst, src, n);
	else
		copy_down(dst, src, n);
	return dst;
}

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
