/* SPDX-License-Identifier: BSD-2-Clause */
/* Helpers for text beyond the C standard's (see core/string.h): bounded copies, comparison without case, numbers and addresses. */
#include "core/string.h"

bool text_copy(char *dst, size_t size, const char *src)
{
	size_t len = strlen(src), fits = size ? size - 1 : 0;

	if (len < fits)
		fits = len;
	if (size) {
		memcpy(dst, src, fits);
		dst[fits] = '\0';
	}
	return len < size;
}

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : (unsigned char)c;
}

int text_ncasecmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++)
		if (lower(*a) != lower(*b) || !*a)
			return lower(*a) - lower(*b);
	return 0;
}

int text_casecmp(const char *a, const char *b)
{
	return text_ncasecmp(a, b, SIZE_MAX);
}

int text_hex_digit(char c)
{
	if (text_is_digit(c))
		return c - '0';
	c = (char)lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_to_u32(const char *s, uint32_t max, uint32_t *value)
{
	unsigned base = 10;
	uint32_t total = 0;

	if (s[0] == '0' && lower(s[1]) == 'x') {
		base = 16;
		s += 2;
	}
	if (!*s)
		return false;
	for (; *s; s++) {
		int digit = text_hex_digit(*s);

		if (digit < 0 || (unsigned)digit >= base || total > (UINT32_MAX - (unsigned)digit) / base)
			return false;
		total = total * base + (unsigned)digit;
	}
	*value = total;
	return total <= max;
}

bool text_to_u64(const char *s, size_t len, uint64_t *value)
{
	const uint64_t before_overflow = UINT64_MAX / 10;
	uint64_t total = 0;

	if (!len)
		return false;
	for (; len; len--, s++) {
		unsigned digit = (unsigned)(*s - '0');

		if (!text_is_digit(*s) || total > before_overflow || (total == before_overflow && digit > UINT64_MAX % 10))
			return false;
		total = total * 10 + digit;
	}
	*value = total;
	return true;
}

bool text_to_ipv4(const char *s, uint32_t *addr)
{
	uint32_t total = 0;

	for (unsigned part = 0; part < 4; part++) {
		unsigned value = 0, digits = 0;

		for (; text_is_digit(*s) && digits < 4; s++, digits++)
			value = value * 10 + (unsigned)(*s - '0');
		if (!digits || value > 255 || *s++ != (part < 3 ? '.' : '\0'))
			return false;
		total = total << 8 | value;
	}
	*addr = total;
	return true;
}
