/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted text to the console: print() and vprint() of core/printf.h. */
#include "core/console.h"
#include "core/printf.h"

static void put_console(void *context, char c)
{
	(void)context;
	console_putc(c);
}

int vprint(const char *fmt, va_list args)
{
	return text_vformat_to(put_console, NULL, fmt, args);
}

int print(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vprint(fmt, args);
	va_end(args);
	return len;
}
