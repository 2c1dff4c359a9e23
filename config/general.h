/* SPDX-License-Identifier: BSD-2-Clause */
/* What a site may want to change about the product as a whole. Plain values with units; see README, "Configuration". */
#ifndef CONFIG_GENERAL_H
#define CONFIG_GENERAL_H

#define CONFIG_PRODUCT_NAME     "fPXE"
#define CONFIG_PRODUCT_VERSION  "0.1"

/* How long POST's Ctrl-B prompt stands, in seconds, 0 to 3600; 0 prints the text and does not wait. */
#define CONFIG_POST_PROMPT_S    3
/* How long Ctrl-B stays open after autoboot failed, in seconds, before the BIOS tries its next device; 0 to 600. */
#define CONFIG_FAILED_PROMPT_S  3

/* How long autoboot goes on trying before the BIOS tries its next device, in seconds: for a link to come up, and where there is one for a
 * DHCP server to answer (a switch that learns its spanning tree lets nothing through for 30 s and more). 1 to 86400; 0: for ever. */
#define CONFIG_AUTOBOOT_LINK_S  30
#define CONFIG_AUTOBOOT_S       120
/* With several cards, how long each has its turn before the next is looked at; a turn comes again until the time above is over. */
#define CONFIG_AUTOBOOT_TURN_S  15

#endif
