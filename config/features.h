/* SPDX-License-Identifier: BSD-2-Clause */
/* Which parts are in. 1 or 0 each; the lists of schemes, commands and codecs read them. config/small/ has another answer for the ROMs
 * that must fit 56 KiB. */
#ifndef CONFIG_FEATURES_H
#define CONFIG_FEATURES_H

#define CONFIG_TFTP     1   /* tftp:// */
#define CONFIG_PROXYDHCP 1  /* ProxyDHCP, PXE boot menus, boot servers (pxebs), DHCP packets kept and taken over */
#define CONFIG_SETTLING 1   /* autoboot goes on while a network settles, and its cards take turns; 0: each is tried once */
#define CONFIG_DECLINE  1   /* an address that somebody on the link has is not taken from DHCP */
#define CONFIG_CIRCLES  1   /* what boots itself again without end is noticed */
#define CONFIG_RESUME   1   /* what breaks is gone on with, and a download may have several connections (config/net.h) */
#define CONFIG_GZIP     1   /* gzip and zlib images: imgextract, kernels that arrive so */
#define CONFIG_XZ       1   /* the same for xz */
#define CONFIG_DIGESTS  1   /* --sha256, --sha1, --md5, #sha256= and the commands of these names */
#define CONFIG_DATES    1   /* the date of its last change tells a file's version where there is no entity tag */
#define CONFIG_DNS_TCP  1   /* a name server's answer that does not fit a packet is asked for by TCP */
#define CONFIG_TOOLS    1   /* commands: route, nslookup, ping, time, poweroff; and TAB completes words */
#define CONFIG_BACKGROUND 1 /* several files at a time; 0: --background is taken and one file fetched after the other */
#define CONFIG_PATH_MTU 1   /* paths that drop full-size packets are found, and asked for smaller ones */
#define CONFIG_WRAP     1   /* initrd URL path: files are put into the initrd under a name (cpio) */
#define CONFIG_MULTIBOOT 1  /* Multiboot 1 kernels and their modules */
#define CONFIG_ELF      1   /* ELF executables without a Multiboot header */
#define CONFIG_LOOKS    1   /* says what an image that cannot be booted looks like */
#define CONFIG_FRAGMENTS 1  /* IPv4 packets that come in fragments are put together */
#define CONFIG_MERGING  1   /* a NIC that can may merge TCP segments into packets of up to 64 KiB */
#define CONFIG_PXE      1   /* PXE programs, and the API that they call */
#define CONFIG_SAN      1   /* disks that stay on a server: sanboot, sanhook, sanunhook; needs CONFIG_DISKS and CONFIG_RESUME */
#define CONFIG_DISKS    1   /* disk images, shown to the BIOS as drives: memdisk, boot; wants CONFIG_PXE, whose entries and waiting they share */
#define CONFIG_CONTAINERS 1 /* starts from elsewhere than a ROM: what a PXE stack or a boot loader hands over is used */

_Static_assert(!CONFIG_DISKS || CONFIG_PXE, "CONFIG_DISKS wants CONFIG_PXE");

#endif
