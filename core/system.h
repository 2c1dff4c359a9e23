/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: what only the platform can do to the machine as a whole. */
#ifndef CORE_SYSTEM_H
#define CORE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Restart the machine. @warm: skip the memory test (40:72 = 1234h). Does not return. */
void system_reboot(bool warm) __attribute__((noreturn));

/** Switch the machine off (ACPI, APM). Returns a negative error where that is not possible. */
int system_poweroff(void);

/** How we were entered. */
struct system_entry {
	bool in_post;                /* INIT of an option ROM: exit goes back to POST, memory is PMM's */
	bool shell;                  /* Ctrl-B was pressed at POST's prompt */
	bool has_pci;                /* a PCI function belongs to this ROM */
	uint8_t bus, slot, function; /* that function, if has_pci */
};
const struct system_entry *system_entry(void);

/** A DHCP packet that whoever started us has kept for us; its length, 0: none. @which as PXE's GET_CACHED_INFO: 2 ACK, 3 reply. It belongs to
 *  the NIC that booted us. */
size_t system_cached_packet(unsigned which, void *buffer, size_t size);
/** Is @program, @len bytes, the program as which a PXE stack loaded us? False when none did. */
bool system_is_this_program(const void *program, size_t len);
/** The command line that a boot loader gave us; NULL: none. */
const char *system_command_line(void);
/** The initrd that it gave us, @len bytes that stay where they are; NULL: none. */
const void *system_initrd(size_t *len);

/** The script that `make EMBED=file` put inside, NUL-terminated; NULL when there is none. */
const char *system_embedded_script(void);

/** Switch the serial console on or off; `show`/`set serial` calls it. Off where there is no port or the BIOS owns it. */
void system_serial(bool on);

#endif
