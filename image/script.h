/* SPDX-License-Identifier: BSD-2-Clause */
/* Scripts: text whose first line is #!fpxe, #!ipxe or #!gpxe. usr/script.c runs them. */
#ifndef IMAGE_SCRIPT_H
#define IMAGE_SCRIPT_H

#include "core/command_line.h"  // enum line_dialect
#include "image/image.h"

extern const struct image_format script_format;

/** The dialect of the script whose text begins with @len bytes at @text, or -ENOEXEC. */
int script_dialect(const char *text, size_t len);

#endif
