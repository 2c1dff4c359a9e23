/* SPDX-License-Identifier: BSD-2-Clause */
/* bin/fpxe-host's platform: fPXE as a Linux program whose NIC is a tap. What its files share, in the order main.c uses them; what they
 * define otherwise are the seams of core/ and image/plan.h, as arch/x86/ does for the ROM and tests/host/ for the tests. */
#ifndef TESTS_LINUX_PLATFORM_H
#define TESTS_LINUX_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#define MIB (1u << 20)
#define MEMORY_MIB_MIN 32u
#define MEMORY_MIB_MAX 4095u

/** Say why the program cannot go on, as printf() does, and end it with status 1. */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* memory.c */
/** A machine with @mib MiB; heap and packet pool at their end. */
void memory_open(unsigned mib);

/* tap.c, pci.c */
/* What PCI says of the tap; no vendor's. */
enum { TAP_VENDOR = 0xf9e0, TAP_DEVICE = 0x7a90 };
/** Join the tap @name, which is made if it is not there (as root). @mac is ours; NULL: one that depends on @name alone. */
void tap_open(const char *name, const uint8_t *mac);
/** What to watch for frames; -1: nothing, the NIC is not open. */
int tap_fd(void);

/* console.c */
/** A terminal is raw from now on, until the program ends in whatever way. */
void console_open(void);
/** What to watch for keys; -1: nothing. */
int console_fd(void);
void console_flush(void);

/* system.c */
/** How we were entered: with a @script (NUL-terminated), into the shell, or (both not) as a machine that nobody touched. */
void system_open(const char *script, bool shell);

/* clock.c */
/** Sleep until a frame or a key has come, but at most @ms. */
void clock_rest(uint32_t ms);

#endif
