/* SPDX-License-Identifier: BSD-2-Clause */
/* Who says what an interface is to boot, once it has its lease: the lease itself, else ProxyDHCP servers and other DHCP servers, whose
 * answers are waited for; a PXE boot menu and the boot server that it leads to. Each step is a line that a person can follow. */
#ifndef USR_BOOT_CHOICE_H
#define USR_BOOT_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

struct netif;

struct boot_choice {
	char *url;                      /* on the heap, the caller's; NULL with 0: nothing of ours, the menu's choice is the BIOS's next device */
	bool disk;                      /* of a disk to be booted (root-path), not of a file */
};

/** What @netif is to boot. Errors with fail(). */
int boot_choice(struct netif *netif, struct boot_choice *choice);
/** Look for a boot server of @type, as @netif was told how; its answer is the scope "pxebs". */
int boot_choice_server(struct netif *netif, uint16_t type);

#endif
