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

/* "The Real-Mode Kernel Header", as it lies at HEADER_AT in the file and in the real-mode part. */
struct header {
	uint8_t setup_sects;
	uint16_t root_flags;
	uint32_t syssize;
	uint16_t ram_size, vid_mode, root_dev, boot_flag;
	uint16_t jump;
	uint32_t magic;
	uint16_t version;
	uint32_t realmode_swtch;
	uint16_t start_sys_seg, kernel_version;
	uint8_t type_of_loader, loadflags;
	uint16_t setup_move_size;
	uint32_t code32_start, ramdisk_image, ramdisk_size, bootsect_kludge;
	uint16_t heap_end_ptr;
	uint8_t ext_loader_ver, ext_loader_type;
	uint32_t cmd_line_ptr, initrd_addr_max, kernel_alignment;
	uint8_t relocatable_kernel, min_alignment;
	uint16_t xloadflags;
	uint32_t cmdline_size, hardware_subarch, hardware_subarch_data[2], payload_offset, payload_length, setup_data[2];
	uint32_t pref_address, pref_address_high, init_size;
} __attribute__((packed));
#define HEADER_AT 0x1f1
_Static_assert(HEADER_AT + offsetof(struct header, magic) == 0x202 && HEADER_AT + offsetof(struct header, ramdisk_image) == 0x218 &&
	       HEADER_AT + offsetof(struct header, cmdline_size) == 0x238 && HEADER_AT + offsetof(struct header, init_size) == 0x260,
	       "the header lies as the protocol says");

/* Where the command line of a protocol before 2.02 is said. */
struct old_command_line { uint16_t magic, offset; } __attribute__((packed));
#define OLD_COMMAND_LINE_AT 0x020

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
	struct header header;           /* zeros past the end of the file */
	uint32_t setup_bytes;           /* boot sector and setup code */
	uint32_t high_bytes;            /* the protected-mode part */
	uint32_t runtime;               /* where it unpacks itself to (2.10), else where it is loaded */
	uint32_t runtime_bytes;         /* what it needs there before it knows of memory */
};

static int read_header(const struct image *image, struct kernel *kernel)
{
	struct header *h = &kernel->header;
	size_t len = 0;

	memset(kernel, 0, sizeof(*kernel));
	kernel->image = image;
	if (image->block.length > HEADER_AT)
		len = image->block.length - HEADER_AT;
	if (len > sizeof(*h))
		len = sizeof(*h);
	if (len)
		memcpy(h, image_bytes(image, HEADER_AT, len), len);
	kernel->setup_bytes = ((h->setup_sects ? h->setup_sects : 4u) + 1) * SECTOR;
	kernel->high_bytes = image->block.length - kernel->setup_bytes;
	return h->boot_flag == BOOT_FLAG_MAGIC && h->magic == HEADER_MAGIC ? 0 : -ENOEXEC;
}

/** What the header promises must be there. Before 2.04 syssize has 16 bits that matter to nobody; up to 2.6.30 the last
 *  paragraph may be incomplete. */
static int check_size(const struct kernel *kernel)
{
	uint32_t length = kernel->image->block.length;
	uint64_t promised = kernel->setup_bytes + 1;

	if (kernel->setup_bytes > SETUP_MAX)
		return fail(-EPROTO, "setup of %u bytes, at most %u make sense", kernel->setup_bytes, SETUP_MAX);
	if (kernel->header.version >= 0x204 && kernel->header.syssize)
		promised += ((uint64_t)kernel->header.syssize - 1) * 16;
	if (length < promised)
		return fail(-EPROTO, "truncated kernel: %u bytes, its header promises %llu", length, (unsigned long long)promised);
	return 0;
}

static int parse(const struct image *image, struct kernel *kernel)
{
	int rc = read_header(image, kernel);

	return rc ? rc : check_size(kernel);
}

int bzimage_probe(const struct image *image)
{
	struct kernel kernel;

	return parse(image, &kernel);
}

/** "runtime_start" of init_size's description; kernels never unpack below their pref_address. */
static uint32_t runtime_start(const struct header *h)
{
	uint32_t start = h->pref_address_high ? UINT32_MAX : h->pref_address;
	uint32_t align = h->kernel_alignment;

	if (!h->relocatable_kernel || !align || (align & (align - 1)))
		align = 1;
	align = (KERNEL_HIGH + align - 1) & ~(align - 1);
	return start > align ? start : align;
}

/** Does memory reach from @start over @bytes? */
static int check_room(uint32_t start, uint32_t bytes)
{
	uint32_t room = initrd_room(start);

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
		*args = text_skip_spaces(text_word_end(word));
		if (!strncmp(word, key, len))
			return word + len;
	}
	return NULL;
}

/** An integer in C notation; *@s moves past it. The largest value if it is larger. */
static uint32_t c_integer(const char **s)
{
	unsigned base = 10;
	uint32_t value;

	if (**s == '0')
		base = ((*s)[1] | 0x20) == 'x' ? 16 : 8;
	*s = text_digits(*s + (base == 16 ? 2 : 0), base, &value);
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
static uint32_t memory_limit(const char *args)
{
	static const char suffixes[] = "kmgtpe";
	uint32_t limit = UINT32_MAX, bytes;
	const char *value, *suffix;

	while ((value = option_next(&args, "mem=")) != NULL) {
		bytes = c_integer(&value);
		suffix = *value ? strchr(suffixes, *value | 0x20) : NULL;
		for (const char *s = suffixes; suffix && s <= suffix; s++)
			bytes = bytes >> 22 ? UINT32_MAX : bytes << 10;
		if (bytes && bytes < limit)
			limit = bytes;
	}
	return limit;
}

/** Where initrds may lie, and in words what keeps them from lying higher. */
static struct initrd_limits initrd_limits(const struct kernel *kernel, const char **why)
{
	uint32_t high = kernel->header.version >= 0x203 ? kernel->header.initrd_addr_max : 0x37ffffff;
	uint32_t mem = memory_limit(kernel->image->arguments);
	struct initrd_limits limits = { kernel->runtime + kernel->runtime_bytes, 0 };
	struct memmap map;

	memmap_final(&map);
	if (map.count)
		limits.ceiling = map.region[map.count - 1].start + map.region[map.count - 1].size;
	*why = "end of memory";
	if (high < limits.ceiling) {
		limits.ceiling = high + 1;
		*why = "initrd_addr_max";
	}
	if (mem < limits.ceiling) {
		limits.ceiling = mem;
		*why = "mem=";
	}
	if (limits.floor < KERNEL_HIGH + kernel->high_bytes)
		limits.floor = KERNEL_HIGH + kernel->high_bytes;
	return limits;
}

static int check_command_line(const struct kernel *kernel)
{
	uint32_t most = kernel->header.version >= 0x206 ? kernel->header.cmdline_size : 255;
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
	const char *args = kernel->image->arguments;
	unsigned version = kernel->header.version;
	uint32_t heap_end = version >= 0x202 ? HEAP_END : HEAP_END_201;
	uint32_t line = (uint32_t)strlen(args) + 1;
	struct header *h;
	uint8_t *low;

	if ((low = heap_zalloc(heap_end + line)) == NULL)
		return fail(-ENOMEM, "no room for the kernel's real-mode part");
	memcpy(low, image_bytes(kernel->image, 0, kernel->setup_bytes), kernel->setup_bytes);
	memcpy(low + heap_end, args, line);
	h = (struct header *)(low + HEADER_AT);
	h->vid_mode = video_mode(args, h->vid_mode);
	h->type_of_loader = LOADER_UNDEFINED;
	h->ramdisk_image = initrd;
	h->ramdisk_size = initrd_bytes;
	if (version >= 0x201) {
		h->heap_end_ptr = (uint16_t)(heap_end - 0x200);
		h->loadflags |= CAN_USE_HEAP;
	}
	if (version >= 0x202) {
		h->cmd_line_ptr = REAL_SEGMENT * 16 + heap_end;
	} else {
		*(struct old_command_line *)(low + OLD_COMMAND_LINE_AT) =
			(struct old_command_line){ CMD_LINE_MAGIC_VALUE, (uint16_t)heap_end };
		h->setup_move_size = (uint16_t)(heap_end + line);
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
	int rc;

	plan->count = 0;
	if ((rc = plan_move(plan, KERNEL_HIGH, space_phys(&kernel->image->block) + kernel->setup_bytes, kernel->high_bytes)) != 0 ||
	    (rc = initrd_plan(kernel->image, initrd, plan)) != 0)
		return rc;
	return plan_order(plan);
}

/** Where @bytes of initrds may lie, and the highest such place. */
static int find_place(const struct kernel *kernel, uint64_t bytes, struct initrd_limits *limits, phys_t *dst)
{
	const char *why;
	uint32_t room;

	*limits = initrd_limits(kernel, &why);
	if (initrd_place(limits, bytes, dst, &room))
		return 0;
	return fail(-ENOMEM, "initrd: need " MIB ", " MIB " free from " MIB " (end of the kernel) to " MIB " (%s)", MIB_OF(bytes),
		    MIB_OF(room), MIB_OF(limits->floor), MIB_OF(limits->ceiling), why);
}

/** Choose where @bytes of initrds go, and plan the moves: left where they are, or at the top, or below where they are, or at the
 *  top after sorting them in place. */
static int place_initrds(const struct kernel *kernel, uint32_t bytes, phys_t *dst, struct load_plan *plan)
{
	struct initrd_limits limits;
	uint32_t room;
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
static int begin(const struct image *image, struct kernel *kernel, uint32_t *initrd_bytes)
{
	const struct header *h = &kernel->header;
	int rc = parse(image, kernel);

	if (rc)
		return rc;
	/* Protected-mode code at 10000h, below 2.00 or in a zImage, wants the setup code at 90000h, where our mover runs. */
	if (h->version < 0x200 || !(h->loadflags & LOADED_HIGH))
		return fail(-ENOTSUP, "zImage (boot protocol %u.%02u): only bzImage, 2.00 and up", h->version >> 8, h->version & 255);
	kernel->runtime = KERNEL_HIGH;
	kernel->runtime_bytes = kernel->high_bytes;
	if (h->version >= 0x20a) {
		kernel->runtime = runtime_start(h);
		kernel->runtime_bytes = h->init_size;
	}
	if ((rc = check_room(KERNEL_HIGH, kernel->high_bytes)) != 0 || (rc = check_room(kernel->runtime, kernel->runtime_bytes)) != 0)
		return rc;
	return initrd_size(image, initrd_bytes);
}

int bzimage_plan(const struct image *image, struct load_plan *plan)
{
	struct kernel kernel;
	uint32_t bytes;
	phys_t initrd = 0;
	int rc;

	if ((rc = begin(image, &kernel, &bytes)) != 0 || (rc = check_command_line(&kernel)) != 0)
		return rc;
	rc = bytes ? place_initrds(&kernel, bytes, &initrd, plan) : plan_moves(&kernel, 0, plan);
	if (rc == -EBUSY)
		return fail(-ENOMEM, "the images lie in several pieces of memory and cannot pass each other");
	return rc ? rc : compose_low(&kernel, initrd, bytes, plan);
}

static int bzimage_fits(const struct image *image, uint64_t more)
{
	struct initrd_limits limits;
	struct kernel kernel;
	uint32_t bytes;
	phys_t dst;
	int rc = begin(image, &kernel, &bytes);

	if (rc != 0)
		return rc;
	bytes = (bytes + INITRD_ALIGN - 1) & ~(INITRD_ALIGN - 1u);
	return find_place(&kernel, more > UINT64_MAX - bytes ? UINT64_MAX : bytes + more, &limits, &dst);
}

const struct image_format bzimage_format = { .name = "bzImage", .probe = bzimage_probe, .plan = bzimage_plan, .fits = bzimage_fits };
