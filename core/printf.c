/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted text (see core/printf.h): text_vformat_to() hands each byte to a function; the others are built on it. */
#include "core/printf.h"

#include <stdbool.h>
#include <stdint.h>
#include "core/math64.h"
#include "core/string.h"

/* The 20 digits of 2^64 - 1, or "255.255.255.255", or an Ethernet address: the longest thing that is built before it is padded. */
#define SCRATCH_BYTES 24

struct output {
	text_put_fn *put;
	void *context;
	int len;
};

/* One conversion: what stands between % and its letter. */
struct spec {
	bool left, zero, long_long, is_long, is_size;
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
static void put_text(struct output *out, const struct spec *spec, const char *text, int len)
{
	if (!spec->left)
		pad(out, spec->width - len, ' ');
	for (int i = 0; i < len; i++)
		put(out, text[i]);
	if (spec->left)
		pad(out, spec->width - len, ' ');
}

/** Digits of @value, right-aligned to @end; returns where they begin. */
static char *digits(char *end, uint64_t value, unsigned base, bool upper)
{
	const char ten = upper ? 'A' : 'a';

	do {
		uint64_t digit;

		value = math_divide(value, base, &digit);
		*--end = (char)(digit < 10 ? '0' + digit : ten + digit - 10);
	} while (value);
	return end;
}

/** A number, with @prefix ("-", "0x" or ""), zeros as width or precision ask, and padding. */
static void put_number(struct output *out, const struct spec *spec, const char *prefix, uint64_t value, unsigned base, bool upper)
{
	char scratch[SCRATCH_BYTES];
	char *first = digits(scratch + sizeof(scratch), value, base, upper);
	int count = (int)(scratch + sizeof(scratch) - first);
	int signs = (int)strlen(prefix);
	int zeros = spec->precision - count;

	if (spec->precision < 0 && spec->zero && !spec->left)
		zeros = spec->width - count - signs;
	if (zeros < 0)
		zeros = 0;
	if (!spec->left)
		pad(out, spec->width - signs - zeros - count, ' ');
	for (; *prefix; prefix++)
		put(out, *prefix);
	pad(out, zeros, '0');
	for (int i = 0; i < count; i++)
		put(out, first[i]);
	if (spec->left)
		pad(out, spec->width - signs - zeros - count, ' ');
}

static void put_string(struct output *out, const struct spec *spec, const char *s)
{
	if (!s)
		s = "(null)";
	put_text(out, spec, s, (int)strnlen(s, spec->precision < 0 ? INT32_MAX : (size_t)spec->precision));
}

static void put_ipv4(struct output *out, const struct spec *spec, const uint32_t *addr)
{
	char text[SCRATCH_BYTES];
	char *p = text + sizeof(text);

	for (unsigned shift = 0; shift < 32; shift += 8) {
		if (shift)
			*--p = '.';
		p = digits(p, *addr >> shift & 0xff, 10, false);
	}
	put_text(out, spec, p, (int)(text + sizeof(text) - p));
}

static void put_mac(struct output *out, const struct spec *spec, const uint8_t *mac)
{
	char text[SCRATCH_BYTES];
	char *p = text + sizeof(text);

	for (int i = 5; i >= 0; i--) {
		p = digits(p, mac[i] | 0x100u, 16, false) + 1;    /* drop the leading 1: always two digits */
		if (i)
			*--p = ':';
	}
	put_text(out, spec, p, (int)(text + sizeof(text) - p));
}

/** A number of KiB as MiB with a decimal, cut. */
static void put_mib(struct output *out, const struct spec *spec, uint32_t kib)
{
	char text[SCRATCH_BYTES];
	char *p = digits(text + sizeof(text), (kib & 1023) * 10 >> 10, 10, false);

	*--p = '.';
	p = digits(p, kib >> 10, 10, false);
	put_text(out, spec, p, (int)(text + sizeof(text) - p));
}

/** %p and its three kinds; returns how many letters of @kind belong to it. */
static unsigned put_pointer(struct output *out, const struct spec *spec, const char *kind, const void *p)
{
	if (kind[0] == 'I' && kind[1] == '4') {
		put_ipv4(out, spec, p);
		return 2;
	}
	if (kind[0] == 'M') {
		put_mac(out, spec, p);
		return 1;
	}
	if (kind[0] == 'K') {
		put_mib(out, spec, (uint32_t)(uintptr_t)p);
		return 1;
	}
	put_number(out, spec, "0x", (uintptr_t)p, 16, false);
	return 0;
}

static uint64_t take_unsigned(const struct spec *spec, struct arguments *args)
{
	if (spec->long_long)
		return va_arg(args->list, unsigned long long);
	if (spec->is_size)
		return va_arg(args->list, size_t);
	if (spec->is_long)
		return va_arg(args->list, unsigned long);
	return va_arg(args->list, unsigned);
}

static int64_t take_signed(const struct spec *spec, struct arguments *args)
{
	if (spec->long_long)
		return va_arg(args->list, long long);
	if (spec->is_size || spec->is_long)
		return va_arg(args->list, long);
	return va_arg(args->list, int);
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
	for (; **fmt == 'l' || **fmt == 'z' || **fmt == 'h'; (*fmt)++) {
		spec->long_long = spec->is_long && **fmt == 'l';
		spec->is_long = **fmt == 'l';
		spec->is_size = **fmt == 'z';
	}
	return *(*fmt)++;
}

/** Write one conversion; false when its letter is none, and nothing was written. */
static bool put_conversion(struct output *out, const struct spec *spec, char letter, struct arguments *args, const char **fmt)
{
	int64_t number;
	char c;

	switch (letter) {
	case 'd':
	case 'i':
		number = take_signed(spec, args);
		put_number(out, spec, number < 0 ? "-" : "", number < 0 ? -(uint64_t)number : (uint64_t)number, 10, false);
		return true;
	case 'u':
		put_number(out, spec, "", take_unsigned(spec, args), 10, false);
		return true;
	case 'x':
	case 'X':
		put_number(out, spec, "", take_unsigned(spec, args), 16, letter == 'X');
		return true;
	case 'c':
		c = (char)va_arg(args->list, int);
		put_text(out, spec, &c, 1);
		return true;
	case 's':
		put_string(out, spec, va_arg(args->list, const char *));
		return true;
	case 'p':
		*fmt += put_pointer(out, spec, *fmt, va_arg(args->list, const void *));
		return true;
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
