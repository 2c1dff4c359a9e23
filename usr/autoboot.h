/* SPDX-License-Identifier: BSD-2-Clause */
/* Autoboot: what DHCP says is fetched and booted. */
#ifndef USR_AUTOBOOT_H
#define USR_AUTOBOOT_H

/** Configure the @count interfaces named (0: all, our own card's first), and boot from the first that leads to something. Where a link or a
 *  DHCP server is silent the next one has its turn, and all of them again until the time of config/general.h is over. Each failure is
 *  printed, once. Returns when nothing booted (the last error), when a script ended (0), or when a boot menu says that the BIOS's next
 *  device is to boot (0). */
int autoboot(int count, char **names);

#endif
