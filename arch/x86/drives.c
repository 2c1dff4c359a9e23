/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives of ours in the BIOS (core/drive.h): INT 13h from the hook to who answers it (int13.c), how many drives there are, and the table by
 * which operating systems find a disk in memory. */
#include "core/drive.h"

#include "arch/x86/arch.h"
#include "arch/x86/base_memory.h"
#include "arch/x86/drives.h"
#include "arch/x86/hooks.h"
#include "arch/x86/int13.h"
#include "arch/x86/pxe_entry.h"
#include "core/errors.h"
#include "core/string.h"

_Static_assert(DRIVES_MAX == DISKS_MAX, "layout.inc has another number of drives");
enum { FIRST_HARD_DISK = 0x80, FIRST_CD = 0xe0, LOW_START = 0x500 };
enum { HAS_FLOPPY = 1, FLOPPIES_SHIFT = 6, FLOPPIES_MAX = 4, FLOPPY_BITS = HAS_FLOPPY | 3 << FLOPPIES_SHIFT };  /* of 40:10 */

extern const uint8_t int13_start[], int13_end[];

static struct int13_drive drives[DRIVES_MAX];

static struct low_disks *low_disks(void)
{
	return (struct low_disks *)(boot_info->lowmem + LOWMEM_DISKS);
}

static struct low_disk *low_disk(unsigned i)
{
	return (struct low_disk *)(boot_info->lowmem + LOWMEM_DISKS + DISKS_RECORD) + i;
}

static bool is_hooked(void)
{
	return low_hooks()->old_13;
}

static bool in_use(unsigned i)
{
	return is_hooked() && (low_disk(i)->flags & DISK_IN_USE);
}

/** The place of drive @number; DRIVES_MAX: it is none of ours. */
static unsigned find(unsigned number)
{
	unsigned i = 0;

	while (i < DRIVES_MAX && !(in_use(i) && drives[i].number == number))
		i++;
	return i;
}

bool drive_any(void)
{
	unsigned i = 0;

	while (i < DRIVES_MAX && !in_use(i))
		i++;
	return i < DRIVES_MAX;
}

/* ---- INT 13h ------------------------------------------------------------------------------------------------------------------------ */

/** The caller's stack: what call32 (mode.asm) has put there, what int13_hook.asm has, and the interrupt's frame. */
struct int13_frame {
	uint16_t gs, fs, es, ds, di, di_high, si, si_high, bp, bp_high, sp, sp_high, kept_bx, kept_bx_high, dx, dx_high, cx, cx_high;
	uint16_t kept_ax, kept_ax_high, kept_flags, return_ip, return_cs;
	uint16_t bx, bx_high, ax, ax_high;
	uint16_t ip, cs, flags;
};

/** Hand the call to each drive of ours. False: it is meant for none. */
static bool answer(struct int13_regs *r)
{
	bool done = false;

	for (unsigned i = 0; i < DRIVES_MAX; i++)
		if (in_use(i) && int13_call(&drives[i], r))
			done = true;
	return done;
}

static void recount(void);

/** An emulation that a call has ended is none of the machine's drives any more. */
static void take_out_ended(void)
{
	for (unsigned i = 0; i < DRIVES_MAX; i++) {
		if (!in_use(i) || !drives[i].ended)
			continue;
		low_disk(i)->flags = 0;
		recount();
	}
}

/** From int13_hook.asm by call32, with where the hook's part of the stack is. 0: the call is for who had the vector before. */
static uint32_t called(uint8_t *top)
{
	struct int13_frame *f = (struct int13_frame *)(top - offsetof(struct int13_frame, bx));
	struct int13_regs r = { f->ax, f->bx, f->cx, f->dx, f->si, f->di, f->ds, f->es, f->flags };
	struct sse_caller caller;
	bool done;

	exceptions_install();
	sse_borrow(&caller);
	done = answer(&r);
	if (done) {
		f->ax = r.ax;
		f->bx = r.bx;
		f->cx = r.cx;
		f->dx = r.dx;
		f->si = r.si;
		f->di = r.di;
		f->ds = r.ds;
		f->es = r.es;
		f->flags = r.flags;
		take_out_ended();
	}
	sse_return(&caller);
	return done;
}

/* ---- how many drives there are ------------------------------------------------------------------------------------------------------ */

/** Drives of ours with numbers from @first up to before @end. */
static uint8_t count(unsigned first, unsigned end)
{
	uint8_t n = 0;

	for (unsigned i = 0; i < DRIVES_MAX; i++)
		if (in_use(i) && drives[i].number >= first && drives[i].number < end)
			n++;
	return n;
}

/** What 16-bit code answers for a drive by itself. */
static void keep_answers(struct low_disk *low, struct int13_drive *d)
{
	struct int13_regs r = { .ax = 0x0800, .dx = d->number };

	int13_call(d, &r);
	low->bx = r.bx;
	low->cx = r.cx;
	low->dx = r.dx;
	low->es = r.es;
	low->di = r.di;
	r = (struct int13_regs){ .ax = 0x1500, .dx = d->number };
	int13_call(d, &r);
	low->type = (uint8_t)(r.ax >> 8);
	r = (struct int13_regs){ .ax = 0x4100, .bx = 0x55aa, .dx = d->number };
	int13_call(d, &r);
	low->edd = r.flags & INT13_CARRY ? 0 : r.cx;
	d->status = INT13_OK;
}

/** Tell the disk in memory that was attached first to operating systems, as memdisk does. */
static void describe(void)
{
	struct low_disks *low = low_disks();
	struct mbft *t = &low->mbft;
	unsigned i = 0;

	memset(t, 0, sizeof(*t));
	low->mbft_at = 0;
	while (i < DRIVES_MAX && !(in_use(i) && (low_disk(i)->flags & DISK_MEMORY)))
		i++;
	if (i == DRIVES_MAX)
		return;
	*t = (struct mbft){
		.signature = { 'm', 'B', 'F', 'T' }, .length = sizeof(*t), .revision = 1, .oem = { 'f', 'P', 'X', 'E' },
		.safe_hook = (uint32_t)low, .bytes = sizeof(*t) - offsetof(struct mbft, bytes), .minor = 4, .major = 6,
		.disk = low_disk(i)->base, .disk_blocks = low_disk(i)->blocks, .command_line = low_address(LOWMEM_DISKS + DISKS_EMPTY),
		.old_13 = low_hooks()->old_13, .old_15 = low_hooks()->old_15, .base_kib = boot_info->base_kib, .shift = low_disk(i)->shift,
	};
	for (unsigned at = 0; at < sizeof(*t); at++)
		t->checksum = (uint8_t)(t->checksum - (at == offsetof(struct mbft, checksum) ? 0 : ((const uint8_t *)t)[at]));
	low->mbft_at = (uint32_t)t;
}

/** Drives have come or gone: all that tells of them is made right. */
static void recount(void)
{
	struct low_hooks *hooks = low_hooks();
	struct low_disks *low = low_disks();
	uint8_t floppies = hooks->equipment & HAS_FLOPPY ? (hooks->equipment >> FLOPPIES_SHIFT) + 1 : 0;
	uint8_t told;

	floppies = (uint8_t)(floppies + count(0, FIRST_HARD_DISK));
	told = floppies < FLOPPIES_MAX ? floppies : FLOPPIES_MAX;
	low->totals[0] = floppies;
	low->totals[1] = (uint8_t)(hooks->hard_disks + count(FIRST_HARD_DISK, FIRST_CD));
	*(volatile uint8_t *)bios_data(BDA_EQUIPMENT) =
		(uint8_t)((hooks->equipment & ~FLOPPY_BITS) | (told ? HAS_FLOPPY | (told - 1) << FLOPPIES_SHIFT : 0));
	*(volatile uint8_t *)bios_data(BDA_HARD_DISKS) = low->totals[1];
	for (unsigned i = 0; i < DRIVES_MAX; i++) {
		if (!in_use(i))
			continue;
		drives[i].count = low->totals[drives[i].number >= FIRST_HARD_DISK];
		keep_answers(low_disk(i), &drives[i]);
	}
	describe();
}

/* ---- coming and going --------------------------------------------------------------------------------------------------------------- */

/** Put the 16-bit part into its place, and have INT 13h lead there. */
static void open_hook(void)
{
	struct low_hooks *hooks = low_hooks();

	if (is_hooked())
		return;
	memcpy(low_disks(), int13_start, (size_t)(int13_end - int13_start));
	hooks->equipment = *(volatile uint8_t *)bios_data(BDA_EQUIPMENT);
	hooks->hard_disks = *(volatile uint8_t *)bios_data(BDA_HARD_DISKS);
	hook(VECTOR_13, LOWMEM_DISKS, &hooks->old_13);
	low_disks()->old_13 = hooks->old_13;
}

/** No drive is left. Where somebody has hooked over us the resident part stays for good, and passes all on. */
static void close_hook(void)
{
	struct low_hooks *hooks = low_hooks();
	bool memory_free = hooks_close(HOOKS_FOR_DISKS);

	hooks->nic = BDF_NONE;
	low_disks()->api = 0;
	if (!memory_free)
		hooks_silence();
	if (hook_is_free(VECTOR_13, LOWMEM_DISKS, hooks->old_13) && memory_free)
		unhook(VECTOR_13, &hooks->old_13);
	else
		boot_info->base_kib = (uint16_t)(boot_info->lowmem >> 10);
}

/** The first number from @drive's wanted one on, or its kind's first, that is not taken. */
static int find_number(struct drive *drive)
{
	static const uint8_t first[] = { [DRIVE_FLOPPY] = 0, [DRIVE_HARD_DISK] = FIRST_HARD_DISK, [DRIVE_CD] = FIRST_CD };

	if (drive->number >= 0)
		return find((unsigned)drive->number) == DRIVES_MAX ? 0 : fail(-EBUSY, "drive %02xh is attached already", drive->number);
	for (drive->number = first[drive->kind]; find((unsigned)drive->number) != DRIVES_MAX; drive->number++)
		;
	return 0;
}

static void fill(unsigned i, const struct drive *drive)
{
	struct low_disks *low = low_disks();
	struct int13_drive *d = &drives[i];
	bool is_cd = drive->kind == DRIVE_CD;
	uint8_t shift = is_cd ? 11 : 9;

	*d = (struct int13_drive){
		.number = (uint8_t)drive->number, .kind = (enum int13_kind)drive->kind, .device = drive->device, .no_edd = drive->no_edd,
		.geometry = { drive->geometry.cylinders, drive->geometry.heads, drive->geometry.sectors },
		.floppy_table = { LOWMEM_DISKS + DISKS_FLOPPY, rm_segment(boot_info->lowmem) },
		.eltorito = { drive->boot.cd, drive->boot.media, drive->boot.image, drive->boot.catalog, drive->boot.load_segment,
		              drive->boot.load_sectors },
	};
	*low_disk(i) = (struct low_disk){
		.number = d->number, .shift = shift, .base = (uint32_t)drive->bytes, .blocks = drive->bytes_len >> shift,
		.flags = (uint8_t)(DISK_IN_USE | (drive->bytes ? DISK_MEMORY : 0) | (is_cd ? DISK_IS_CD : 0) |
		                   (is_cd || drive->device->read_only ? DISK_READ_ONLY : 0)),
		.sectors = d->geometry.sectors, .heads = d->geometry.heads, .cylinders = d->geometry.cylinders,
	};
	if (drive->kind == DRIVE_FLOPPY) {
		int13_floppy_table(d, low->floppy);
		hook(VECTOR_1E, LOWMEM_DISKS + DISKS_FLOPPY, &low_hooks()->old_1e);
	}
}

/** Hide what is ours, and say by which NIC disks are read. */
static int hide(void)
{
	pxe_note_nic();
	return hooks_open(HOOKS_FOR_DISKS);
}

int drive_attach(struct drive *drive)
{
	unsigned i = 0;
	int rc;

	while (i < DRIVES_MAX && in_use(i))
		i++;
	if (i == DRIVES_MAX)
		return fail(-ENOSPC, "%u drives are attached already", DRIVES_MAX);
	rc = find_number(drive);
	if (rc != 0)
		return rc;
	hooks_hide(i, drive->hidden, drive->hidden + drive->hidden_len);
	rc = hide();
	if (rc != 0) {
		hooks_hide(i, 0, 0);
		return rc;
	}
	open_hook();
	low_disks()->api = (uint32_t)called;
	fill(i, drive);
	recount();
	pxe_memory_open();
	return 0;
}

int drive_hide(unsigned number, uint32_t start, uint32_t len)
{
	unsigned i = find(number);
	int rc = 0;

	if (i != DRIVES_MAX) {
		hooks_hide(i, start, start + len);
		rc = hide();
		pxe_memory_open();
	}
	return rc;
}

void drive_detach(unsigned number)
{
	unsigned i = find(number);

	if (i == DRIVES_MAX)
		return;
	low_disk(i)->flags = 0;
	hooks_hide(i, 0, 0);
	if (!count(0, FIRST_HARD_DISK))
		unhook(VECTOR_1E, &low_hooks()->old_1e);
	recount();
	if (drive_any())
		hide();
	else
		close_hook();
}

void drives_close(void)
{
	for (unsigned i = 0; i < DRIVES_MAX; i++)
		if (in_use(i))
			drive_detach(drives[i].number);
}

/* ---- the start ---------------------------------------------------------------------------------------------------------------------- */

int drive_room(uint32_t address, uint32_t len, void **room)
{
	if (address < LOW_START || address > boot_info->lowmem || len > boot_info->lowmem - address)
		return fail(-ENOMEM, "what boots wants %u bytes at %xh, and base memory is free from %xh to %xh", len, address, LOW_START,
			    boot_info->lowmem);
	*room = (void *)address;
	return base_memory_keep();
}

void drive_room_free(void)
{
	base_memory_put_back();
}

int drive_load(unsigned number, void *room)
{
	uint32_t at = (uint32_t)room;
	struct rm_call call = { .eax = 0x0201, .ebx = at & 15, .ecx = 0x0001, .edx = number, .es = (uint16_t)(at >> 4) };

	bios_int(0x13, &call);
	if (call.flags & FLAG_CARRY)
		return fail(-EIO, "the BIOS cannot read drive %02xh (status %02xh)", number, call.eax >> 8 & 0xff);
	return 0;
}

/** The interrupts by which it gives up lead to us meanwhile; whoever it had there is gone with it. */
int drive_run(unsigned number, uint32_t entry)
{
	struct low_hooks *hooks = low_hooks();
	struct rm_call call = { .target = low_address(hooks->disk), .eax = entry, .edx = number };
	struct sse_caller its;

	hook(VECTOR_18, hooks->int18, &hooks->old_18);
	hook(VECTOR_19, hooks->int19, &hooks->old_19);
	rm_call_at(boot_info->lowmem, &call);
	exceptions_install();
	sse_borrow(&its);                               /* it may have switched SSE off */
	unhook(VECTOR_18, &hooks->old_18);
	unhook(VECTOR_19, &hooks->old_19);
	base_memory_put_back();
	return call.eax & 0xff;
}
