/* SPDX-License-Identifier: BSD-2-Clause */
/* Which parts are in a small ROM (bin/VVVVDDDD.small.rom), which must fit 56 KiB. See config/features.h. */
#ifndef CONFIG_FEATURES_H
#define CONFIG_FEATURES_H

#define CONFIG_TFTP     0
#define CONFIG_PROXYDHCP 0
#define CONFIG_SETTLING 0
#define CONFIG_DECLINE  1
#define CONFIG_CIRCLES  0
#define CONFIG_RESUME   0
#define CONFIG_GZIP     0
#define CONFIG_XZ       0
#define CONFIG_DIGESTS  0
#define CONFIG_DATES    0
#define CONFIG_DNS_TCP  0
#define CONFIG_TOOLS    0
#define CONFIG_BACKGROUND 0
#define CONFIG_PATH_MTU 0
#define CONFIG_WRAP     0
#define CONFIG_MULTIBOOT 0
#define CONFIG_ELF      0
#define CONFIG_LOOKS    0
#define CONFIG_FRAGMENTS 0
#define CONFIG_MERGING  0
#define CONFIG_PXE      0
#define CONFIG_SAN      0
#define CONFIG_DISKS    0
#define CONFIG_CONTAINERS 0

#endif
