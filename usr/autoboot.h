/* SPDX-License-Identifier: BSD-2-Clause */
/* Autoboot: what DHCP says is fetched and booted. */
#ifndef USR_AUTOBOOT_H
#define USR_AUTOBOOT_H

/** Configure the @count interfaces named (0: all) one after the other, and boot from the first that leads to something. Each failure
 *  is printed. Returns only when nothing booted (the last error) or a script ended (0). */
int autoboot(int count, char **names);

#endif
