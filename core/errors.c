/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors: the texts of the codes and the last sentence of detail (see core/errors.h). */
#include "core/errors.h"

#include <stdarg.h>
#include <stddef.h>
#include "core/printf.h"
#include "core/string.h"

/* Number, text, number, text ... in one run of bytes: no pointers to relocate. */
#define ERROR_FIELDS(name, number, text) char name##_number, name##_text[sizeof(text)];
#define ERROR_VALUES(name, number, text) number, text,
static const struct { ERROR_LIST(ERROR_FIELDS) char end; } texts = { ERROR_LIST(ERROR_VALUES) 0 };

static struct error_detail detail;

const char *error_text(int rc)
{
	int code = rc < 0 ? rc : -rc;          /* negative: -INT_MIN is no int */

	for (const char *p = (const char *)&texts; *p; p += strlen(p) + 1)
		if (-*p++ == code)
			return p;
	return "unknown error";
}

int error_fail(int rc, const char *file, int line, const char *fmt, ...)
{
	char text[ERROR_DETAIL_MAX];
	va_list args;

	/* Built beside the old one, which may be among the arguments. */
	va_start(args, fmt);
	text_vformat(text, sizeof(text), fmt, args);
	va_end(args);
	for (char *c = text; *c; c++)           /* a server's words may be in it: none of them moves the cursor */
		if (!text_is_print(*c))
			*c = '?';
	memcpy(detail.text, text, sizeof(text));
	detail.rc = rc;
	detail.file = file;
	detail.line = line;
	return rc;
}

void error_clear(void)
{
	detail.rc = 0;
}

void error_copy(struct error_detail *copy)
{
	*copy = detail;
}

void error_take(struct error_detail *taken)
{
	error_copy(taken);
	detail.rc = 0;
}

void error_give(const struct error_detail *given)
{
	detail = *given;
}

void error_format(char *buf, unsigned size, int rc)
{
	if (rc && detail.rc == rc)
		text_format(buf, size, "%s: %s [%s:%d]", error_text(rc), detail.text, detail.file, detail.line);
	else
		text_format(buf, size, "%s", error_text(rc));
}
