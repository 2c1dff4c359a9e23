/* SPDX-License-Identifier: BSD-2-Clause */
/* Logging: log_debug(TCP, "%s: port %u: ...\n", ...). A module's level is LOG_LEVEL_<MODULE> in config/log.h, constant-folded:
 * a line above the level compiles, is type-checked, and costs no byte. Lines start with the object, lower case, end in \n. */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include "config/log.h"

enum { LOG_NONE, LOG_WARN, LOG_INFO, LOG_DEBUG };

#define log_at(level, module, ...) \
	do { if (LOG_LEVEL_##module >= (level)) log_line(__VA_ARGS__); } while (0)
#define log_warn(module, ...)  log_at(LOG_WARN, module, __VA_ARGS__)
#define log_info(module, ...)  log_at(LOG_INFO, module, __VA_ARGS__)
#define log_debug(module, ...) log_at(LOG_DEBUG, module, __VA_ARGS__)

/** Where log lines go. Platforms and tests may replace it; the default is print(). */
void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
