/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial console: the first port, 115200 8N1, beside the BIOS's screen. */
#ifndef CONFIG_CONSOLE_H
#define CONFIG_CONSOLE_H

#define CONFIG_SERIAL       1      /* 0: never touch the port */
#define CONFIG_SERIAL_PORT  0x3f8  /* I/O address */
#define CONFIG_SERIAL_BAUD  115200

#endif
