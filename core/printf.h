/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted text. Conversions: %d %u %x %X %c %s %%, flags - 0, width, precision of %s (both also *), length ll; and
 *     %pI4  an IPv4 address in host order, passed by pointer to uint32_t    10.0.2.15
 *     %pM   an Ethernet address, passed by pointer to 6 bytes                52:54:00:12:34:56
 *     %pK   a number of KiB in MiB, passed as the pointer itself             38.9
 * These are what all our code calls (the host's libc does not know %pI4); the ROM has no other. */
#ifndef CORE_PRINTF_H
#define CORE_PRINTF_H

#include <stdarg.h>
#include <stddef.h>

/** Write at most @size bytes with the NUL; returns the length the whole text has, like C's vsnprintf. */
int text_vformat(char *buf, size_t size, const char *fmt, va_list args);
int text_format(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/** Text built piece by piece: what does not fit in @size bytes is cut and counted in @len, as by text_format(). */
struct text_buffer { char *data; size_t size; int len; };
void text_append(struct text_buffer *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Hand the text to @put byte by byte, without a NUL; returns its length. */
typedef void text_put_fn(void *context, char c);
int text_vformat_to(text_put_fn *put, void *context, const char *fmt, va_list args);

/** Write to the console. usr/ and arch/ only. */
int print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int vprint(const char *fmt, va_list args);

#endif
