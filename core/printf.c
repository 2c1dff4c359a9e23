/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted text (see core/printf.h): text_vformat_to() hands each byte to a function; the others are built on it. */
#include "core/printf.h"

#include <stdbool.h>
#include <stdint.h>
#include "core/math64.h"
#include "core/string.h"

/* A sign and the 20 digits of 2^64 - 1, or "255.255.255.255", or an Ethernet address: the longest thing that is built before it is
 * padded. Zeros in front of a number fill no more than this either. */
#define SCRATCH_BYTES 24

struct output {
	text_put_fn *put;
	void *context;
	int len;
};

/* One conversion: what stands between % and its letter. */
struct spec {
	bool left, zero, long_long;
	int width, precision;           /* precision -1: not given */
};

/* A va_list of its own type, so that it can be handed on by address on every machine. */
struct arguments { va_list list; };

static void put(struct output *out, char c)
{
	out->put(out->context, c);
	out->len++;
}

static void pad(struct output *out, int n, char c)
{
	for (; n > 0; n--)
		put(out, c);
}

/** @len bytes of @text in a field. */
static void put_field(struct output *out, const struct spec *spec, const char *text, int len)
{
	if (!spec->left)
		pad(out, spec->width - len, ' ');
	for (int i = 0; i < len; i++)
		put(out, text[i]);
	if (spec->left)
		pad(out, spec->width - len, ' ');
}

static void put_number(struct output *out, const struct spec *spec, bool negative, uint64_t value, char letter)
{
	char scratch[SCRATCH_BYTES], *end = scratch + sizeof(scratch), *p = end;
	int least = spec->zero && !spec->left ? spec->width - negative : 1;
	char ten = letter == 'X' ? 'A' : 'a';

	do {
		uint64_t digit;

		value = math_divide(value, (letter | 0x20) == 'x' ? 16 : 10, &digit);
		*--p = (char)(digit < 10 ? '0' + digit : ten + digit - 10);
	} while (value || (end - p < least && p > scratch + 1));
	if (negative)
		*--p = '-';
	put_field(out, spec, p, (int)(end - p));
}

static void put_string(struct output *out, const struct spec *spec, const char *s)
{
	if (!s)
		s = "(null)";
	put_field(out, spec, s, (int)strnlen(s, (size_t)spec->precision));      /* -1: all of it */
}

/** One of the kinds of %p; false when @kind is none. */
static bool put_pointer(struct output *out, const struct spec *spec, char kind, const void *p)
{
	char text[SCRATCH_BYTES];
	const uint8_t *mac = p;
	uint32_t n;

	if (kind == 'I') {
		n = *(const uint32_t *)p;
		text_format(text, sizeof(text), "%u.%u.%u.%u", n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255);
	} else if (kind == 'M') {
		text_format(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	} else if (kind == 'K') {
		n = (uint32_t)(uintptr_t)p;
		text_format(text, sizeof(text), "%u.%u", n >> 10, (n & 1023) * 10 >> 10);
	} else {
		return false;
	}
	put_string(out, spec, text);
	return true;
}

/** A width or precision: a number, or * for an argument. */
static int take_count(const char **fmt, struct arguments *args)
{
	int n = 0;

	if (**fmt == '*') {
		(*fmt)++;
		return va_arg(args->list, int);
	}
	for (; text_is_digit(**fmt); (*fmt)++)
		n = n * 10 + (**fmt - '0');
	return n;
}

/** Parse from after % up to the letter, which is returned; *@fmt is left after it. */
static char take_spec(const char **fmt, struct spec *spec, struct arguments *args)
{
	*spec = (struct spec){ .precision = -1 };
	for (;; (*fmt)++) {
		if (**fmt == '-')
			spec->left = true;
		else if (**fmt == '0')
			spec->zero = true;
		else
			break;
	}
	spec->width = take_count(fmt, args);
	if (spec->width < 0) {                  /* C11 7.21.6.1: a negative * is the - flag and a width */
		spec->left = true;
		spec->width = -spec->width;
	}
	if (**fmt == '.') {
		(*fmt)++;
		spec->precision = take_count(fmt, args);
	}
	for (; **fmt == 'l'; (*fmt)++)
		spec->long_long = true;
	return *(*fmt)++;
}

/** Write one conversion; false when its letter is none, and nothing was written. */
static bool put_conversion(struct output *out, const struct spec *spec, char letter, struct arguments *args, const char **fmt)
{
	uint64_t number;
	bool negative;
	char c;

	switch (letter) {
	case 'd':
		number = (uint64_t)(spec->long_long ? va_arg(args->list, long long) : va_arg(args->list, int));
		negative = number >> 63;
		put_number(out, spec, negative, negative ? -number : number, letter);
		return true;
	case 'u':
	case 'x':
	case 'X':
		number = spec->long_long ? va_arg(args->list, unsigned long long) : va_arg(args->list, unsigned);
		put_number(out, spec, false, number, letter);
		return true;
	case 'c':
		c = (char)va_arg(args->list, int);
		put_field(out, spec, &c, 1);
		return true;
	case 's':
		put_string(out, spec, va_arg(args->list, const char *));
		return true;
	case 'p':
		c = *(*fmt)++;
		if (c == 'I')
			(*fmt)++;       /* its 4 */
		return put_pointer(out, spec, c, va_arg(args->list, const void *));
	case '%':
		put(out, '%');
		return true;
	}
	return false;
}

int text_vformat_to(text_put_fn *put_fn, void *context, const char *fmt, va_list list)
{
	struct output out = { put_fn, context, 0 };
	struct arguments args;

	va_copy(args.list, list);
	while (*fmt) {
		struct spec spec;
		char letter;

		if (*fmt != '%') {
			put(&out, *fmt++);
			continue;
		}
		fmt++;
		letter = take_spec(&fmt, &spec, &args);
		if (!put_conversion(&out, &spec, letter, &args, &fmt))
			break;          /* an own mistake: what its argument is cannot be known */
	}
	va_end(args.list);
	return out.len;
}

static void put_buffer(void *context, char c)
{
	struct text_buffer *t = context;

	if ((size_t)t->len + 1 < t->size)
		t->data[t->len] = c;
	t->len++;
}

/** Append to @t and end it with a NUL. */
static void vappend(struct text_buffer *t, const char *fmt, va_list args)
{
	text_vformat_to(put_buffer, t, fmt, args);
	if (t->size)
		t->data[(size_t)t->len < t->size ? (size_t)t->len : t->size - 1] = '\0';
}

void text_append(struct text_buffer *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vappend(t, fmt, args);
	va_end(args);
}

int text_vformat(char *buf, size_t size, const char *fmt, va_list args)
{
	struct text_buffer t = { buf, size, 0 };

	vappend(&t, fmt, args);
	return t.len;
}

int text_format(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = text_vformat(buf, size, fmt, args);
	va_end(args);
	return len;
}
