/* SPDX-License-Identifier: BSD-2-Clause */
/* Which parts are in a small ROM (bin/VVVVDDDD.small.rom), which must fit 56 KiB. See config/features.h. */
#ifndef CONFIG_FEATURES_H
#define CONFIG_FEATURES_H

#define CONFIG_TFTP     0
#define CONFIG_GZIP     0
#define CONFIG_XZ       0
#define CONFIG_DIGESTS  0
#define CONFIG_DATES    0   /* the date of its last change tells a file's version where there is no entity tag */
#define CONFIG_TOOLS    0
#define CONFIG_BACKGROUND 0

#endif
