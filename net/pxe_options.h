/* SPDX-License-Identifier: BSD-2-Clause */
/* Option 43 as PXE servers fill it (PXE 2.1, section 2.2): the boot menu, its prompt, the boot servers and how they are looked for. Read
 * from the settings of a server's answer, which hold what the wire said and are taken for lies until checked. */
#ifndef NET_PXE_OPTIONS_H
#define NET_PXE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct settings_scope;

/* Sub-options of 43. */
enum { PXE_CONTROL = 6, PXE_MULTICAST = 7, PXE_SERVERS = 8, PXE_MENU = 9, PXE_PROMPT = 10, PXE_BOOT_ITEM = 71 };
/* Bits of PXE_CONTROL. */
enum { PXE_NO_BROADCAST = 1, PXE_NO_MULTICAST = 2, PXE_LISTED_ONLY = 4, PXE_JUST_BOOT = 8 };
enum { PXE_LOCAL_BOOT = 0 };                    /* the type of the menu's item that lets the BIOS go on */
enum { PXE_WAIT_FOREVER = 255 };                /* the prompt's timeout: no default is taken */

/** Points into the settings, valid until they change: until the network goes on. A copy is valid until it is freed. */
struct pxe_options {
	uint8_t control;
	uint32_t multicast;                     /* 0: none that is one */
	struct pxe_bytes { const uint8_t *data; size_t len; } servers, menu, prompt;    /* data NULL: not given */
	uint8_t *copy;                          /* what they point into instead of the settings, on the heap; NULL: nothing */
};

/** Read @scope, and what is below it. */
void pxe_options_read(struct pxe_options *o, const struct settings_scope *scope);
/** The same as a copy, for who waits while the settings may change. Freed by the caller, unless -ENOMEM. */
int pxe_options_copy(struct pxe_options *o, const struct settings_scope *scope);
void pxe_options_free(struct pxe_options *o);

/** An item of the menu: text of what may be any bytes, without a NUL. */
struct pxe_item { uint16_t type; const char *text; size_t len; };
/** The item at @index; false: the last one is before it, or what follows is cut off. */
bool pxe_menu_item(const struct pxe_options *o, unsigned index, struct pxe_item *item);
/** The prompt's text and timeout in seconds; false: there is none, and the menu is shown at once. */
bool pxe_prompt(const struct pxe_options *o, struct pxe_item *text, uint8_t *timeout_s);
/** The addresses of boot servers of @type, up to @max; their number. @any: is one of them "any server"? */
unsigned pxe_servers(const struct pxe_options *o, uint16_t type, uint32_t *address, unsigned max, bool *any);

#endif
