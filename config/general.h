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

#endif
