/* SPDX-License-Identifier: BSD-2-Clause */
/* How much each module says: LOG_NONE, LOG_WARN, LOG_INFO or LOG_DEBUG. Lines above the level cost no byte. */
#ifndef CONFIG_LOG_H
#define CONFIG_LOG_H

#define LOG_LEVEL_NET   LOG_NONE
#define LOG_LEVEL_ARP   LOG_NONE
#define LOG_LEVEL_TCP   LOG_NONE
#define LOG_LEVEL_DHCP  LOG_NONE

#endif
