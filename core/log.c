/* SPDX-License-Identifier: BSD-2-Clause */
/* Where log lines go unless a platform or a test says otherwise: the console (see core/log.h). */
#include "core/log.h"
#include "core/printf.h"

__attribute__((weak)) void log_line(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprint(fmt, args);
	va_end(args);
}
