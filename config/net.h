/* SPDX-License-Identifier: BSD-2-Clause */
/* The network's limits and timers. */
#ifndef CONFIG_NET_H
#define CONFIG_NET_H

#define CONFIG_LINK_WAIT_MS     15000  /* how long ifopen and dhcp wait for the link */
#define CONFIG_DHCP_GIVE_UP_MS  60000  /* how long dhcp asks before it fails */
#define CONFIG_USER_CLASS       "fPXE" /* DHCP option 77; "iPXE" makes servers set up for iPXE answer */
#define CONFIG_TCP_WINDOW_BYTES (16u << 20) /* the most one connection offers for a body that is placed */
#define CONFIG_CONNECTIONS      6      /* the most one download uses at a time, 1 to 16; the setting "connections" changes it */
#define CONFIG_TFTP_WINDOW      64     /* blocks that a TFTP server may send before it waits, 1 to 64 (windowsize, RFC 7440) */
#define CONFIG_PACKETS          1024   /* receive and send buffers of 2 KiB in the pool */
#define CONFIG_LARGE_PACKETS    32     /* receive buffers of 64 KiB, while a NIC that merges TCP segments is open */

#endif
