/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux by the x86 boot protocol (Documentation/arch/x86/boot.rst), entered in real mode: see image/bzimage.h.
 *
 * The real-mode part is composed for segment 1000h: code, then stack and heap, then the command line. The protected-mode part
 * goes to 1 MiB, the initrds as high as they may. */
#include "core/errors.h"
#include "core/heap.h"
#include "core/memmap.h"
#include "core/string.h"
#include "image/bzimage.h"
#include "image/initrd.h"
#include "image/mib.h"

/* "The Real-Mode Kernel Header": offsets in the file, and in the real-mode part. */
#define CMD_LINE_MAGIC          0x020
#define CMD_LINE_OFFSET         0x022
#define SETUP_SECTS             0x1f1
#define SYSSIZE                 0x1f4
#define VID_MODE                0x1fa
#define BOOT_FLAG               0x1fe
#define HEADER                  0x202
#define VERSION                 0x206
#define TYPE_OF_LOADER          0x210
#define LOADFLAGS               0x211
#define SETUP_MOVE_SIZE         0x212
#define RAMDISK_IMAGE           0x218
#define RAMDISK_SIZE            0x21c
#define HEAP_END_PTR            0x224
#define CMD_LINE_PTR            0x228
#define INITRD_ADDR_MAX         0x22c
#define KERNEL_ALIGNMENT        0x230
#define RELOCATABLE_KERNEL      0x234
#define CMDLINE_SIZE            0x238
#define PREF_ADDRESS            0x258
#define INIT_SIZE               0x260

#define BOOT_FLAG_MAGIC         0xaa55
#define HEADER_MAGIC            0x53726448      /* HdrS */
#define LOADED_HIGH             0x01
#define CAN_USE_HEAP            0x80
#define LOADER_UNDEFINED        0xff            /* the protocol's number for loaders without one of their own */
#define CMD_LINE_MAGIC_VALUE    0xa33f

#define SECTOR                  512
#define SETUP_MAX               0x8000          /* "the real-mode code can total up to 32K" */
#define KERNEL_HIGH             0x100000
#define REAL_SEGMENT            0x1000
#define HEAP_END                0xe000          /* "Sample Boot Configuration"; the command line follows */
#define HEAP_END_201            0x9800          /* the same up to protocol 2.01, which moves all that to 90000h */
#define CMDLINE_ROOM            0x2000

_Static_assert(HEAP_END + CMDLINE_ROOM <= PLAN_LOW_BYTES, "the real-mode segment fits what a plan may compose");

/** What the header says. */
struct kernel {
	const struct image *image;
	unsigned version;
	uint32_t setup_bytes;           /* boot sector and setup code */
	uint64_t runtime;               /* where it unpacks itself to (2.10), else where it is loaded */
	uint64_t runtime_bytes;         /* what it needs there before it knows of memory */
};

/** Little-endian number of @bytes at @offset; zero past the end. */
static uint32_t field(const struct image *image, uint32_t offset, unsigned bytes)
{
	const uint8_t *p = image_bytes(image, offset, bytes);
	uint32_t value = 0;

	while (p && bytes-- > 0)
		value = value << 8 | p[bytes];
	return value;
}

static void put(uint8_t *low, uint32_t offset, unsigned bytes, uint32_t value)
{
	for (; bytes-- > 0; value >>= 8)
		low[offset++] = (uint8_t)value;
}

static uint32_t setup_bytes(const struct image *image)
{
	uint32_t sectors = field(image, SETUP_SECTS, 1);

	return ((sectors ? sectors : 4) + 1) * SECTOR;
}

/** What the header promises must be there. Before 2.04 syssize has 16 bits that matter to nobody; up to 2.6.30 the last
 *  paragraph may be incomplete. */
static int check_size(const struct image *image)
{
	uint32_t length = image->block.length;
	uint64_t promised = setup_bytes(image) + 1;

	if (setup_bytes(image) > SETUP_MAX)
		return fail(-EPROTO, "setup of %u bytes, at most %u make sense", setup_bytes(image), SETUP_MAX);
	if (field(image, VERSION, 2) >= 0x204 && field(image, SYSSIZE, 4))
		promised = setup_bytes(image) + ((uint64_t)field(image, SYSSIZE, 4) - 1) * 16 + 1;
	if (length < promised)
		return fail(-EPROTO, "truncated kernel: %u bytes, its header promises %llu", length, (unsigned long long)promised);
	return 0;
}

int bzimage_probe(const struct image *image)
{
	if (field(image, BOOT_FLAG, 2) != BOOT_FLAG_MAGIC || field(image, HEADER, 4) != HEADER_MAGIC)
		return -ENOEXEC;
	return check_size(image);
}

/** "runtime_start" of init_size's description; kernels never unpack below their pref_address. */
static uint64_t runtime_start(const struct image *image)
{
	uint64_t start = (uint64_t)field(image, PREF_ADDRESS + 4, 4) << 32 | field(image, PREF_ADDRESS, 4);
	uint64_t align = field(image, KERNEL_ALIGNMENT, 4);

	if (!field(image, RELOCATABLE_KERNEL, 1) || !align || (align & (align - 1)))
		align = 1;
	align = (KERNEL_HIGH + align - 1) & ~(align - 1);
	return start > align ? start : align;
}

static int parse(const struct image *image, struct kernel *kernel)
{
	int rc = bzimage_probe(image);

	if (rc != 0)
		return rc;
	kernel->image = image;
	kernel->version = field(image, VERSION, 2);
	kernel->setup_bytes = setup_bytes(image);
	kernel->runtime = KERNEL_HIGH;
	kernel->runtime_bytes = image->block.length - kernel->setup_bytes;
	/* Protected-mode code at 10000h, below 2.00 or in a zImage, wants the setup code at 90000h, where our mover runs. */
	if (kernel->version < 0x200 || !(field(image, LOADFLAGS, 1) & LOADED_HIGH))
		return fail(-ENOTSUP, "zImage (boot protocol %u.%02u): only bzImage, 2.00 and up", kernel->version >> 8,
			    kernel->version & 255);
	if (kernel->version >= 0x20a) {
		kernel->runtime = runtime_start(image);
		kernel->runtime_bytes = field(image, INIT_SIZE, 4);
	}
	return 0;
}

/** Does memory reach from @start over @bytes? */
static int check_room(uint64_t start, uint64_t bytes)
{
	uint64_t room = 0, end;
	struct memmap map;

	memmap_final(&map);
	for (unsigned i = 0; i < map.count; i++) {
		end = (uint64_t)map.region[i].start + map.region[i].size;
		if (map.region[i].start <= start && start < end)
			room = end - start;
	}
	if (room < bytes)
		return fail(-ENOMEM, "kernel: need " MIB " at " MIB ", " MIB " free there", MIB_OF(bytes), MIB_OF(start), MIB_OF(room));
	return 0;
}

/** The value of the next word @key=... in *@args, which moves on; NULL when there is none. */
static const char *option_next(const char **args, const char *key)
{
	size_t len = strlen(key);
	const char *word;

	while (*(word = *args)) {
		while (**args && !text_is_space(**args))
			++*args;
		while (text_is_space(**args))
			++*args;
		if (!strncmp(word, key, len))
			return word + len;
	}
	return NULL;
}

/** An integer in C notation; *@s moves past it. Sticks at the largest value. */
static uint64_t c_integer(const char **s)
{
	unsigned base = 10;
	uint64_t value = 0;
	int digit;

	if (**s == '0')
		base = ((*s)[1] | 0x20) == 'x' ? 16 : 8;
	if (base == 16)
		*s += 2;
	for (; (digit = text_hex_digit(**s)) >= 0 && (unsigned)digit < base; ++*s)
		value = value >> 56 ? UINT64_MAX : value * base + (unsigned)digit;
	return value;
}

/** "Special Command Line Options": vga=; the last one counts. @mode when there is none. */
static uint16_t video_mode(const char *args, uint16_t mode)
{
	const char *value;

	while ((value = option_next(&args, "vga=")) != NULL) {
		if (!strncmp(value, "normal", 6))
			mode = 0xffff;
		else if (!strncmp(value, "ext", 3))
			mode = 0xfffe;
		else if (!strncmp(value, "ask", 3))
			mode = 0xfffd;
		else if (text_is_digit(*value))
			mode = (uint16_t)c_integer(&value);
	}
	return mode;
}

/** "Special Command Line Options": mem=, where memory ends for this kernel; the smallest one counts. */
static uint64_t memory_limit(const char *args)
{
	static const char suffixes[] = "kmgtpe";
	uint64_t limit = UINT64_MAX, bytes;
	const char *value, *suffix;

	while ((value = option_next(&args, "mem=")) != NULL) {
		bytes = c_integer(&value);
		suffix = *value ? strchr(suffixes, *value | 0x20) : NULL;
		for (const char *s = suffixes; suffix && s <= suffix; s++)
			bytes = bytes >> 54 ? UINT64_MAX : bytes << 10;
		if (bytes && bytes < limit)
			limit = bytes;
	}
	return limit;
}

/** Where initrds may lie, and in words what keeps them from lying higher. */
static struct initrd_limits initrd_limits(const struct kernel *kernel, const char **why)
{
	uint64_t high = kernel->version >= 0x203 ? field(kernel->image, INITRD_ADDR_MAX, 4) : 0x37ffffff;
	uint64_t mem = memory_limit(kernel->image->arguments);
	uint64_t file_end = KERNEL_HIGH + kernel->image->block.length - kernel->setup_bytes;
	struct initrd_limits limits = { kernel->runtime + kernel->runtime_bytes, 0 };
	struct memmap map;

	memmap_final(&map);
	if (map.count)
		limits.ceiling = (uint64_t)map.region[map.count - 1].start + map.region[map.count - 1].size;
	*why = "end of memory";
	if (high + 1 < limits.ceiling) {
		limits.ceiling = high + 1;
		*why = "initrd_addr_max";
	}
	if (mem < limits.ceiling) {
		limits.ceiling = mem;
		*why = "mem=";
	}
	if (limits.floor < file_end)
		limits.floor = file_end;
	return limits;
}

static int check_command_line(const struct kernel *kernel)
{
	uint32_t most = kernel->version >= 0x206 ? field(kernel->image, CMDLINE_SIZE, 4) : 255;
	size_t len = strlen(kernel->image->arguments);

	if (most >= CMDLINE_ROOM)
		most = CMDLINE_ROOM - 1;
	if (len > most)
		return fail(-EMSGSIZE, "command line of %u bytes, this kernel takes %u", (unsigned)len, most);
	return 0;
}

/** The real-mode part with what a loader writes into it, by "Sample Boot Configuration". */
static int compose_low(const struct kernel *kernel, phys_t initrd, uint32_t initrd_bytes, struct load_plan *plan)
{
	const struct image *image = kernel->image;
	uint32_t heap_end = kernel->version >= 0x202 ? HEAP_END : HEAP_END_201;
	uint32_t line = (uint32_t)strlen(image->arguments) + 1;
	uint8_t *low;

	if ((low = heap_zalloc(heap_end + line)) == NULL)
		return fail(-ENOMEM, "no room for the kernel's real-mode part");
	memcpy(low, image_bytes(image, 0, kernel->setup_bytes), kernel->setup_bytes);
	memcpy(low + heap_end, image->arguments, line);
	put(low, VID_MODE, 2, video_mode(image->arguments, (uint16_t)field(image, VID_MODE, 2)));
	put(low, TYPE_OF_LOADER, 1, LOADER_UNDEFINED);
	put(low, RAMDISK_IMAGE, 4, initrd);
	put(low, RAMDISK_SIZE, 4, initrd_bytes);
	if (kernel->version >= 0x201) {
		put(low, HEAP_END_PTR, 2, heap_end - 0x200);
		low[LOADFLAGS] |= CAN_USE_HEAP;
	}
	if (kernel->version >= 0x202) {
		put(low, CMD_LINE_PTR, 4, REAL_SEGMENT * 16 + heap_end);
	} else {
		put(low, CMD_LINE_MAGIC, 2, CMD_LINE_MAGIC_VALUE);
		put(low, CMD_LINE_OFFSET, 2, heap_end);
		put(low, SETUP_MOVE_SIZE, 2, heap_end + line);
	}
	plan->low = low;
	plan->low_len = heap_end + line;
	plan->low_dst = REAL_SEGMENT * 16;
	plan->entry = (struct plan_entry){ .cs = REAL_SEGMENT + 0x20, .ip = 0, .ss = REAL_SEGMENT, .sp = (uint16_t)heap_end,
					   .ds = REAL_SEGMENT };
	return 0;
}

/** All moves, in an order that works; -EBUSY when there is none. */
static int plan_moves(const struct kernel *kernel, phys_t initrd, struct load_plan *plan)
{
	const struct image *image = kernel->image;
	int rc;

	plan->count = 0;
	if ((rc = plan_move(plan, KERNEL_HIGH, space_phys(&image->block) + kernel->setup_bytes,
			    image->block.length - kernel->setup_bytes)) != 0 ||
	    (rc = initrd_plan(image, initrd, plan)) != 0)
		return rc;
	return plan_order(plan);
}

/** Where @bytes of initrds may lie, and the highest such place. */
static int find_place(const struct kernel *kernel, uint64_t bytes, struct initrd_limits *limits, phys_t *dst)
{
	const char *why;
	uint64_t room;

	*limits = initrd_limits(kernel, &why);
	if (initrd_place(limits, bytes, dst, &room))
		return 0;
	return fail(-ENOMEM, "initrd: need " MIB ", " MIB " free from " MIB " (end of the kernel) to " MIB " (%s)", MIB_OF(bytes),
		    MIB_OF(room), MIB_OF(limits->floor), MIB_OF(limits->ceiling), why);
}

/** Choose where @bytes of initrds go, and plan the moves: left where they are, or at the top, or below where they are, or at the
 *  top after sorting them in place. */
static int place_initrds(const struct kernel *kernel, uint64_t bytes, phys_t *dst, struct load_plan *plan)
{
	struct initrd_limits limits;
	uint64_t room;
	phys_t other;
	int rc;

	if ((rc = find_place(kernel, bytes, &limits, dst)) != 0)
		return rc;
	if (initrd_stays(kernel->image, &limits, &other))
		*dst = other;
	if ((rc = plan_moves(kernel, *dst, plan)) != -EBUSY)
		return rc;
	if (limits.ceiling > initrd_lowest(kernel->image))
		limits.ceiling = initrd_lowest(kernel->image);
	if (initrd_place(&limits, bytes, &other, &room) && plan_moves(kernel, other, plan) == 0) {
		*dst = other;
		return 0;
	}
	initrd_arrange(kernel->image);
	return plan_moves(kernel, *dst, plan);
}

/** What can be said before all modules are there; and the size of those that are. */
static int begin(const struct image *image, struct kernel *kernel, uint64_t *initrd_bytes)
{
	int rc;

	if ((rc = parse(image, kernel)) != 0 || (rc = check_room(KERNEL_HIGH, image->block.length - kernel->setup_bytes)) != 0 ||
	    (rc = check_room(kernel->runtime, kernel->runtime_bytes)) != 0)
		return rc;
	return initrd_size(image, initrd_bytes);
}

int bzimage_plan(const struct image *image, struct load_plan *plan)
{
	struct kernel kernel;
	uint64_t bytes;
	phys_t initrd = 0;
	int rc;

	if ((rc = begin(image, &kernel, &bytes)) != 0 || (rc = check_command_line(&kernel)) != 0)
		return rc;
	rc = bytes ? place_initrds(&kernel, bytes, &initrd, plan) : plan_moves(&kernel, 0, plan);
	if (rc == -EBUSY)
		return fail(-ENOMEM, "the images lie in several pieces of memory and cannot pass each other");
	return rc ? rc : compose_low(&kernel, initrd, (uint32_t)bytes, plan);
}

static int bzimage_fits(const struct image *image, uint64_t more)
{
	struct initrd_limits limits;
	struct kernel kernel;
	uint64_t bytes;
	phys_t dst;
	int rc = begin(image, &kernel, &bytes);

	if (rc != 0)
		return rc;
	return find_place(&kernel, more > UINT64_MAX - bytes ? UINT64_MAX : bytes + more, &limits, &dst);
}

const struct image_format bzimage_format = { .name = "bzImage", .probe = bzimage_probe, .plan = bzimage_plan, .fits = bzimage_fits };
