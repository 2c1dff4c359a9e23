/* SPDX-License-Identifier: BSD-2-Clause */
/* A PXE boot menu as a person sees it: the prompt with its countdown (F8 shows the menu, another key takes the first item at once), and the
 * menu, chosen from by letter or with the arrows. */
#ifndef USR_PXEMENU_H
#define USR_PXEMENU_H

#include <stdint.h>

struct pxe_options;

/** Let somebody choose, or time; *@type is the item's. -ECANCELED: Ctrl-C, ESC, or Ctrl-B (which opens the shell). -EPROTO with fail():
 *  a menu without items. The network goes on meanwhile: @options must be a copy. */
int pxemenu_choose(const struct pxe_options *options, uint16_t *type);

#endif
