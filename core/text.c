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

bool text_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *text_skip_spaces(const char *s)
{
	while (text_is_space(*s))
		s++;
	return s;
}

const char *text_word_end(const char *s)
{
	while (*s && !text_is_space(*s))
		s++;
	return s;
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

int text_escape(const char *s)
{
	int high = text_hex_digit(s[1]);
	int low = high < 0 ? -1 : text_hex_digit(s[2]);

	return low < 0 ? -1 : high << 4 | low;
}

const char *text_digits(const char *s, unsigned base, uint32_t *value)
{
	unsigned digit;

	for (*value = 0; (digit = (unsigned)text_hex_digit(*s)) < base; s++) {
		if (*value > (UINT32_MAX - digit) / base) {
			*value = UINT32_MAX;
			break;
		}
		*value = *value * base + digit;
	}
	return s;
}

bool text_to_u32(const char *s, uint32_t max, uint32_t *value)
{
	bool hex = s[0] == '0' && lower(s[1]) == 'x';
	const char *digits = hex ? s + 2 : s;
	uint32_t number;
	const char *end = text_digits(digits, hex ? 16 : 10, &number);

	if (end == digits || *end || number > max)
		return false;
	*value = number;
	return true;
}

bool text_to_u64(const char *s, size_t len, uint64_t *value)
{
	uint64_t total = 0;

	if (!len)
		return false;
	for (; len; len--, s++) {
		unsigned digit = (unsigned)(*s - '0');

		if (digit > 9 || total > UINT64_MAX / 10)
			return false;
		total = total * 10 + digit;
		if (total < digit)              /* overflow */
			return false;
	}
	*value = total;
	return true;
}

const char *text_ipv4(const char *s, uint32_t *addr)
{
	uint32_t value;

	*addr = 0;
	for (unsigned part = 0; ; part++) {
		const char *end = text_digits(s, 10, &value);

		if (end == s || end > s + 4 || value > 255)
			return NULL;
		*addr = *addr << 8 | value;
		if (part == 3)
			return end;
		if (*end != '.')
			return NULL;
		s = end + 1;
	}
}

bool text_to_ipv4(const char *s, uint32_t *addr)
{
	const char *end = text_ipv4(s, addr);

	return end && !*end;
}
