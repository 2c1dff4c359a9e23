/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's platform: what tests put behind the seams of core/ and image/plan.h. Deterministic; nothing of the real machine shows.
 *
 * It is ready when main() begins. host_reset() brings everything back to that state: call it from test_setup. Every seam function is
 * weak, so a test may define one itself (clock_ms(), console_putc(), ...) and that definition wins.
 *
 *     clock     stands still until host_clock_*(), clock_delay_us() or console_idle() moves it
 *     console   output is kept as text; keys come from a script
 *     memory    a machine with 256 MiB: fake physical memory, "our" heap and packet pool in its last 16 MiB
 *     devices   none; host_device_add() puts a fake PCI function there
 *     system    reboot, boot and failed assertions come back to host_catch()
 */
#ifndef TESTS_HOST_HOST_H
#define TESTS_HOST_HOST_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/drive.h"
#include "core/memmap.h"
#include "core/pci.h"
#include "core/smbios.h"
#include "core/system.h"
#include "image/plan.h"

/** Everything as at program start: clock 1000 ms, no output, no keys, 256 MiB zeroed, heap and packet pool empty, no devices. */
void host_reset(void);

/* ---- clock ------------------------------------------------------------------------------------------------------------------- */

/** Set the time; may be any, also just before the 32-bit wrap. */
void host_clock_set(uint32_t now_ms);
void host_clock_advance(uint32_t ms);
void host_clock_advance_us(uint64_t us);
/** Let @us pass at each clock_ms() and clock_us(), for code that waits in a loop of its own (usr/wait.c). 0 at start: exact time.
 *  A clock that stands still for ten million readings aborts the test rather than hang it. */
void host_clock_step(uint32_t us);
/** Called with the time after each whole millisecond or more that passed; a simulated network delivers its frames here. */
extern void (*host_on_time)(uint32_t now_ms);

/* ---- console ----------------------------------------------------------------------------------------------------------------- */

/** All output since the last host_console_clear(), NUL-terminated; valid until more is written. */
const char *host_console_text(void);
/** The same without ANSI sequences. */
const char *host_console_plain(void);
void host_console_clear(void);
/** Is @text part of the output (without ANSI sequences)? */
bool host_console_has(const char *text);
/** Put keys into the script: each byte of @text one key, '\n' as Enter. */
void host_type(const char *text);
/** One key (core/console.h's codes). */
void host_key(int key);
/** One key that is pressed @ms after the one before it in the script, or after now; keys after it wait for it. */
void host_key_after(uint32_t ms, int key);
/** Keys not read yet. */
size_t host_keys_left(void);
/** When the script is empty, console_getkey() gives this once per call: -1 (nothing) at start. */
void host_key_default(int key);

/* ---- memory ------------------------------------------------------------------------------------------------------------------ */

#define HOST_MIB (1u << 20)
#define HOST_MEMORY_MIB 256             /* the machine's memory after host_reset() */
#define HOST_OURS_MIB 16                /* at its top: heap and packets; memmap_storage() does not list them */
#define HOST_HEAP_MIB 8

/** Give the machine @mib MiB (32 to 4095 on a 64-bit host, to 1024 on a 32-bit one): storage is 1 MiB to the top less 16 MiB, final 1 MiB
 *  to the top. Memory is zeroed, heap and packet pool begin anew. */
void host_memory(unsigned mib);
/** Replace the two lists. Regions must lie inside the machine's memory. */
void host_memmap_set(const struct memmap *storage, const struct memmap *final);
/** A pointer to any @size bytes of physical memory, in a region or not (fake NICs do DMA with it); aborts outside memory. */
void *host_phys(phys_t addr, uint32_t size);
/** The heap's size after host_reset(): heap_free_bytes() of an empty one is a little less. */
void host_heap_size(size_t bytes);     /* starts the heap anew with less memory, for tests of its end */
/** For a test's teardown: heap blocks and packets that are still held. 0: no leaks. Counts from host_leaks_from_here(). */
void host_leaks_from_here(void);
size_t host_heap_held(void);
size_t host_packets_held(void);

/* ---- devices ----------------------------------------------------------------------------------------------------------------- */

#define HOST_BARS 6

/** A fake PCI function. Fill in what is needed, leave the rest zero, add it; it is the caller's memory until host_reset(). */
struct host_device {
	struct pci_device pci;                       /* bus, slot, function, IDs, class */
	uint8_t config[256];                         /* configuration space; IDs, class and BARs are written by host_device_add() */
	struct { bool io; uint32_t size; } bar[HOST_BARS];      /* size 0: none */
	/** Registers: @offset in bar @bar, @bytes 1, 2 or 4. A NULL read gives all ones. */
	uint32_t (*read)(struct host_device *dev, unsigned bar, uint32_t offset, unsigned bytes);
	void (*write)(struct host_device *dev, unsigned bar, uint32_t offset, unsigned bytes, uint32_t value);
	/** Told of a configuration write, after config[] was changed; may be NULL. */
	void (*config_written)(struct host_device *dev, unsigned reg, unsigned bytes);
	void *context;                               /* the test's */
	/* Filled by the platform. */
	unsigned reads, writes;                      /* register accesses since it was added (or since the test zeroed them) */
	volatile uint8_t *window[HOST_BARS];         /* what pci_map_bar() gives; touching it directly crashes */
	uint16_t port[HOST_BARS];                    /* what pci_io_bar() gives */
};
void host_device_add(struct host_device *dev);
/** Add a capability to @dev's list: @id at offset @at (0x40 and up) with @len bytes of @body after the two bytes id and next. */
void host_device_capability(struct host_device *dev, uint8_t id, unsigned at, const void *body, unsigned len);

/* ---- entropy ----------------------------------------------------------------------------------------------------------------- */

/** The sequence entropy_gather() gives from now on. */
void host_entropy_seed(uint64_t seed);

/* ---- system, boot, assertions ------------------------------------------------------------------------------------------------ */

enum host_left { HOST_STAYED, HOST_REBOOTED, HOST_BOOTED, HOST_ASSERTED };

/** Come back here, once, with what happened, when the code under test reboots, boots or fails an assertion:
 *      switch (host_catch()) { case HOST_STAYED: run(); break; case HOST_REBOOTED: ...; }
 *  Locals changed in between must be volatile. Without it a reboot or failed assertion aborts, and plan_execute() returns. */
#define host_catch() setjmp(*host_leaving())
jmp_buf *host_leaving(void);

struct host_system {
	struct system_entry entry;          /* what system_entry() gives; all false at start */
	const char *embedded_script;        /* NULL at start */
	const char *command_line;           /* what a boot loader handed over; NULL at start */
	const void *initrd;
	size_t initrd_len;
	const void *cached[4];              /* what system_cached_packet() gives, by PXE's packet types; lengths 0 at start: there is none */
	size_t cached_len[4];
	const void *program;                /* as which a PXE stack loaded us; its length 0 at start: none did */
	size_t program_len;
	struct smbios_system *smbios;       /* what smbios_read() gives; NULL at start: there is none */
	unsigned reboots, poweroffs;
	bool rebooted_warm;
	int poweroff_result;                /* -ENOTSUP at start */
	bool serial;                        /* true at start */
	const char *assertion;              /* the file whose assertion failed, NULL */
	unsigned plans;                     /* plan_execute() calls */
	struct load_plan plan;              /* a copy of the last plan, low bytes included */
	int plan_result;                    /* what plan_execute() returns; 0 at start */
	unsigned calls;                     /* plan_call() calls */
	char call_arguments[100];           /* of the last */
	int call_result;                    /* what they return */
	const char *call_next[4];           /* and the URLs they ask for, by call; NULL at start */
};
extern struct host_system host_system;

/** Drives (core/drive.h): what is shown, and the last one that was started. All zeros at start. */
struct host_drives {
	bool used[DRIVES_MAX];
	struct drive drive[DRIVES_MAX];
	unsigned runs, freed;               /* drive_run() and drive_room_free() calls */
	unsigned ran;                       /* number and entry of the last drive_run(), and what the drive was */
	uint32_t entry;
	struct drive ran_drive;
	int gives_up;                       /* what it returns; 0: 18h */
};
extern struct host_drives host_drives;
void host_drives_reset(void);

/** Carry the last plan out in the fake memory: low bytes, then the moves in order. Aborts on an address outside memory. */
void host_plan_run(void);

/* ---- PXE callers (arch/x86/pxe_memory.h, pxe_wait.h) ---------------------------------------------------------------------------- */

enum { HOST_MEGABYTE = 0x110000, HOST_BASE_BYTES = 0xa0000, HOST_RESIDENT = 0x90000, HOST_RESIDENT_BYTES = 0xfc00 };
/** The fake first megabyte and 64 KiB: a segment and an offset reach no further. Of it "we" have HOST_RESIDENT_BYTES at HOST_RESIDENT. */
uint8_t *host_megabyte(void);
/** The simulated network that PXE calls run; NULL at start: no interface is up. */
struct sim;
extern struct sim *host_pxe_sim;
/** What pxe_unhook() returns (true at start), and how often it was called; whether pxe_is_nested(); the packets by type less one. */
struct host_pxe { bool unhooks; unsigned unhooked; bool nested; const char *packet[3]; uint16_t packet_len[3]; };
extern struct host_pxe host_pxe;
/** How much time passes with each pxe_poll(): 0 at start. */
extern uint32_t host_pxe_poll_ms;

/* The parts host_reset() calls. */
void host_clock_reset(void);
void host_console_reset(void);
void host_device_reset(void);
void host_entropy_reset(void);
void host_system_reset(void);
/** Say @what and abort: the test itself is wrong. */
void host_die(const char *what) __attribute__((noreturn));

#endif
