/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of URI schemes. */
#include "net/schemes.h"

#include "config/features.h"
#include "core/errors.h"
#include "core/printf.h"
#include "core/string.h"
#include "net/http.h"
#include "net/tftp.h"

const struct scheme *const schemes[] = {
	&http_scheme,
#if CONFIG_TFTP
	&tftp_scheme,
#endif
	NULL
};

const struct scheme *scheme_find(const char *name)
{
	char names[40] = "";
	size_t len = 0;

	for (unsigned i = 0; schemes[i]; i++) {
		if (strcmp(schemes[i]->name, name) == 0)
			return schemes[i];
		if (len < sizeof(names))
			len += (size_t)text_format(names + len, sizeof(names) - len, "%s%s", i ? ", " : "", schemes[i]->name);
	}
	fail(-EPROTONOSUPPORT, "\"%.20s\" (have: %s)", name, names);
	return NULL;
}
