/* SPDX-License-Identifier: BSD-2-Clause */
/* Disks that the BIOS shows: see usr/disk.h. */
#include "usr/disk.h"

#include "core/clock.h"
#include "core/drive.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/list.h"
#include "core/printf.h"
#include "core/string.h"
#include "image/disk_shape.h"
#include "image/disk_window.h"
#include "image/el_torito.h"
#include "image/image.h"
#include "image/memory_disk.h"
#include "net/net.h"
#include "usr/boot.h"
#include "usr/script.h"
#include "usr/wait.h"

#define BOOT_PLACE 0x7c00u
#define CYLINDERS_MAX 1024              /* that INT 13h can name */
#define GAVE_UP 0x18                    /* by this interrupt */

struct disk {
	struct list link;
	struct block_device *device;    /* sectors of 512 bytes */
	struct disk_shape shape;
	struct disk_window whole;       /* the disk itself, in blocks of its kind */
	struct disk_window emulated;    /* a CD's floppy or hard disk */
	struct el_torito_boot boot;     /* of a CD that boots */
	bool boots;
	struct drive drive;
	/* In memory: */
	struct memory_disk memory;
	struct space_block block;
	char *name;
	bool ran;                       /* something has run that may have written to all other memory */
};

static struct list disks = { &disks, &disks };

static struct disk *disk_of(struct list *node)
{
	return list_entry(node, struct disk, link);
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------------ */

struct reading { struct block_device *device; uint64_t first; uint32_t count; void *data; };

static int read_step(void *context)
{
	struct reading *r = context;

	return r->device->read(r->device, r->first, r->count, r->data);
}

/** Wait for what @step does with @device. */
static int wait_device(struct block_device *device, int (*step)(void *context), void *context)
{
	struct waiting w = { .done = step, .context = context };
	int rc = wait_for(&w);

	if (rc == -ECANCELED && device->abandon)
		device->abandon(device);
	return rc;
}

static int read_sectors(struct block_device *device, uint64_t first, uint32_t count, void *data)
{
	struct reading r = { device, first, count, data };

	if (!block_range_ok(device, first, count))
		return fail(-ENOEXEC, "%s has no sector %llu", device->name, (unsigned long long)first);
	return wait_device(device, read_step, &r);
}

/* ---- what it is --------------------------------------------------------------------------------------------------------------------- */

static int find_shape(struct disk *d, const struct disk_options *options)
{
	uint64_t skip = options->offset / DISK_SECTOR, left = skip < d->device->blocks ? d->device->blocks - skip : 0;
	uint32_t sectors = left < DISK_START_BYTES / DISK_SECTOR ? (uint32_t)left : DISK_START_BYTES / DISK_SECTOR;
	uint8_t *start = heap_alloc(DISK_START_BYTES);
	int rc = start ? 0 : -ENOMEM;

	if (rc == 0 && sectors)
		rc = read_sectors(d->device, skip, sectors, start);
	if (rc == 0)
		rc = disk_shape_find(start, sectors * DISK_SECTOR, d->device->blocks * DISK_SECTOR, options, &d->shape);
	heap_free(start);
	if (rc == 0 && d->shape.offset % DISK_SECTOR)
		rc = fail(-EINVAL, "%s begins at byte %llu, which is inside a sector: use memdisk", d->device->name,
			  (unsigned long long)d->shape.offset);
	return rc;
}

struct cataloguing { struct el_torito torito; struct block_device *cd; };

static int catalogue_step(void *context)
{
	struct cataloguing *c = context;

	return el_torito_run(&c->torito, c->cd);
}

/** What the CD boots, if it does. */
static int find_boot(struct disk *d)
{
	struct cataloguing *c = heap_alloc(sizeof(*c));
	int rc;

	if (!c)
		return -ENOMEM;
	el_torito_init(&c->torito);
	c->cd = &d->whole.device;
	rc = wait_device(d->device, catalogue_step, c);
	d->boots = rc == 0;
	d->boot = c->torito.boot;
	heap_free(c);
	return rc;
}

static void set_geometry(struct drive *drive, const struct disk_geometry *g)
{
	drive->geometry.cylinders = (uint16_t)(g->cylinders < CYLINDERS_MAX ? g->cylinders : CYLINDERS_MAX);
	drive->geometry.heads = g->heads;
	drive->geometry.sectors = g->sectors;
}

/** A CD that boots is shown as what its catalogue says. */
static void take_catalogue(struct disk *d)
{
	const struct el_torito_boot *b = &d->boot;
	struct drive *drive = &d->drive;

	drive->boot = (struct drive_boot){ &d->whole.device, b->media, b->first_block, b->catalogue, b->segment, b->sectors };
	if (b->media == EL_TORITO_NO_EMULATION)
		return;
	disk_window_init(&d->emulated, d->device, d->whole.first + (uint64_t)b->first_block * d->whole.ratio, b->disk_sectors, DISK_SECTOR);
	drive->device = &d->emulated.device;
	drive->kind = b->media == EL_TORITO_HARD_DISK ? DRIVE_HARD_DISK : DRIVE_FLOPPY;
	set_geometry(drive, &b->geometry);
}

/** Where its bytes are, if it is in memory. */
static void tell_memory(struct disk *d)
{
	const struct disk_window *w = d->drive.device == &d->emulated.device ? &d->emulated : &d->whole;
	uint64_t at = w->first * DISK_SECTOR, len = w->device.blocks * w->device.block_bytes;

	if (d->device != &d->memory.device)
		return;
	d->drive.hidden = d->block.start;
	d->drive.hidden_len = d->block.size;
	d->drive.bytes = d->memory.bytes + at;
	d->drive.bytes_len = (uint32_t)(len < d->memory.length - at ? len : d->memory.length - at);
}

/** Make a drive of what has a shape. @first: the sector where it begins. */
static int show(struct disk *d, uint64_t first, const struct disk_options *options)
{
	static const enum drive_kind kinds[] = { [DISK_CD] = DRIVE_CD, [DISK_FLOPPY] = DRIVE_FLOPPY, [DISK_HARD] = DRIVE_HARD_DISK };
	int rc = 0;

	disk_window_init(&d->whole, d->device, first, UINT64_MAX, d->shape.block_bytes);
	d->drive = (struct drive){ .device = &d->whole.device, .kind = kinds[d->shape.kind], .number = options->drive,
	                           .no_edd = options->edd == DISK_EDD_OFF };
	d->boots = true;
	if (d->shape.kind != DISK_CD)
		set_geometry(&d->drive, &d->shape.geometry);
	else if ((rc = find_boot(d)) == 0)
		take_catalogue(d);
	if (rc != 0 && rc != -ENOEXEC)
		return rc;
	tell_memory(d);
	rc = drive_attach(&d->drive);
	if (rc == 0)
		list_append(&disks, &d->link);
	return rc;
}

/* ---- coming and going --------------------------------------------------------------------------------------------------------------- */

static struct disk *disk_alloc(void)
{
	struct disk *d = heap_zalloc(sizeof(*d));

	if (d)
		list_init(&d->link);
	return d;
}

static void disk_free(struct disk *d)
{
	list_remove(&d->link);
	d->device->close(d->device);
	space_free(&d->block);
	heap_free(d->name);
	heap_free(d);
}

int disk_attach(struct block_device *device, const struct disk_options *options, struct disk **disk)
{
	struct disk *d = disk_alloc();
	int rc;

	*disk = NULL;
	if (!d) {
		device->close(device);
		return -ENOMEM;
	}
	d->device = device;
	device->read_only |= options->read_only;
	rc = find_shape(d, options);
	if (rc == 0)
		rc = show(d, d->shape.offset / DISK_SECTOR, options);
	if (rc != 0) {
		disk_free(d);
		return rc;
	}
	*disk = d;
	return 0;
}

void disk_detach(struct disk *d)
{
	if (!d)
		return;
	drive_detach((unsigned)d->drive.number);
	disk_free(d);
}

unsigned disk_number(const struct disk *d)
{
	return (unsigned)d->drive.number;
}

const char *disk_kind_name(const struct disk *d)
{
	return disk_shape_name(&d->shape);
}

struct disk *disk_find(int number)
{
	struct list *node;
	struct disk *found = NULL;

	list_for_each(node, &disks)
		if (number < 0 || disk_of(node)->drive.number == number)
			found = disk_of(node);
	return found;
}

int disk_hide_memory(void)
{
	struct list *node;
	int rc = 0;

	list_for_each(node, &disks) {
		const struct disk *d = disk_of(node);
		uint32_t start, len;

		if (rc != 0 || !d->device->memory)
			continue;
		d->device->memory(d->device, &start, &len);
		rc = drive_hide(disk_number(d), start, len);
	}
	return rc;
}

bool disk_wants_network(void)
{
	struct list *node;

	list_for_each(node, &disks)
		if (disk_of(node)->device != &disk_of(node)->memory.device)
			return true;
	return false;
}

/* ---- booting ------------------------------------------------------------------------------------------------------------------------ */

/** What boots, and where it goes. */
struct start { uint64_t first; uint32_t sectors, address, entry; };

static struct start start_of(const struct disk *d)
{
	const struct el_torito_boot *b = &d->boot;
	struct start s = { d->whole.first, 1, BOOT_PLACE, BOOT_PLACE };

	if (d->shape.kind != DISK_CD)
		return s;
	s.first += (uint64_t)b->first_block * d->whole.ratio;
	s.sectors = b->sectors;
	s.address = b->segment * 16u;
	if (b->media == EL_TORITO_NO_EMULATION || s.address != BOOT_PLACE)
		s.entry = (uint32_t)b->segment << 16;
	return s;
}

/** Put it there. */
static int load(struct disk *d, const struct start *s)
{
	void *room;
	int rc;

	if (!d->boots && (rc = find_boot(d)) != 0)
		return rc;                      /* again, for its words */
	rc = drive_room(s->address, s->sectors * DISK_SECTOR, &room);
	if (rc == 0)
		rc = read_sectors(d->device, s->first, s->sectors, room);
	if (rc == 0 && d->shape.kind != DISK_CD && memcmp((const uint8_t *)room + DISK_SECTOR - 2, "\x55\xaa", 2) != 0)
		rc = fail(-ENOEXEC, "%s does not boot: no 55AAh at the end of its first sector", d->device->name);
	return rc;
}

static int check_script(void)
{
	return script_lies_among_images() ? fail(-EFBIG, "a script that runs is too long to be kept beside a disk that boots") : 0;
}

/** What is to run is in its place, or why not (@rc): all memory but ours and the attached disks' is its own from here on. */
static int run(int rc, struct disk *d, unsigned number, uint32_t entry)
{
	if (rc == 0)
		rc = disk_hide_memory();
	if (rc != 0) {
		drive_room_free();
		return rc;
	}
	if (d) {
		print("Booting %s as a %s, drive %02xh\n", d->device->name, disk_shape_name(&d->shape), number);
		d->ran = true;
	} else {
		print("Booting drive %02xh\n", number);
	}
	boot_free_images();
	if (!disk_wants_network())
		net_shutdown(&the_net, clock_ms());
	if (drive_run(number, entry) == GAVE_UP)
		return fail(-ENOEXEC, "what the disk booted gave up (INT 18h)");
	return 0;
}

int disk_boot(struct disk *d)
{
	struct start s = start_of(d);
	int rc = check_script();

	return run(rc ? rc : load(d, &s), d, disk_number(d), s.entry);
}

int disk_boot_drive(unsigned number)
{
	struct disk *d = disk_find((int)number);
	int rc = check_script();
	void *room;

	if (d)
		return disk_boot(d);
	if (rc == 0)
		rc = drive_room(BOOT_PLACE, DISK_SECTOR, &room);
	if (rc == 0)
		rc = drive_load(number, room);
	if (rc == 0 && memcmp((const uint8_t *)room + DISK_SECTOR - 2, "\x55\xaa", 2) != 0)
		rc = fail(-ENOEXEC, "drive %02xh does not boot: no 55AAh at the end of its first sector", number);
	return run(rc, NULL, number, BOOT_PLACE);
}

/* ---- in memory ---------------------------------------------------------------------------------------------------------------------- */

/** @image's bytes as sectors, from shape.offset on. A block that is not whole is filled up in memory, as far as pages reach. */
static void fill_memory(struct disk *d, bool read_only)
{
	uint32_t room = d->block.size - SPACE_HEADER_ROOM, length = d->block.length, rest;
	uint8_t *bytes = space_at(&d->block, 0, length);

	rest = (uint32_t)(length - d->shape.offset) % d->shape.block_bytes;
	if (rest && d->shape.block_bytes - rest <= room - length) {
		d->block.length += d->shape.block_bytes - rest;
		bytes = space_at(&d->block, 0, d->block.length);
		memset(bytes + length, 0, d->shape.block_bytes - rest);
	}
	d->block.fixed = true;
	memory_disk_init(&d->memory, d->name, bytes, d->block.length, d->shape.offset, DISK_SECTOR, read_only);
	d->device = &d->memory.device;
}

static int image_shape(const struct image *image, const struct disk_options *options, struct disk_shape *shape)
{
	uint64_t length = image->block.length, left = options->offset < length ? length - options->offset : 0;
	size_t start_bytes = left < DISK_START_BYTES ? (size_t)left : DISK_START_BYTES;
	const uint8_t *start = left ? image_bytes(image, (uint32_t)options->offset, start_bytes) : NULL;

	return disk_shape_find(start, start_bytes, length, options, shape);
}

int disk_attach_image(struct image *image, const struct disk_options *options, struct disk **disk)
{
	struct disk *d = disk_alloc();
	int rc = d && (d->name = heap_strdup(image->name)) != NULL ? image_shape(image, options, &d->shape) : -ENOMEM;

	if (rc == 0) {
		space_take(&d->block, &image->block);
		fill_memory(d, options->read_only);
		rc = show(d, 0, options);
	}
	if (rc == 0) {
		*disk = d;
		return 0;
	}
	if (d && d->device)
		space_take(&image->block, &d->block);
	if (d)
		heap_free(d->name);
	heap_free(d);
	return rc;
}

int disk_boot_image(struct image *image)
{
	struct disk_options options;
	struct disk *d;
	int rc = plan_leave(image->uri);

	if (rc != -ENOENT)                      /* a PXE program runs, and is left for it */
		return rc;
	rc = disk_options_parse(&options, image->arguments);
	if (rc == 0)
		rc = disk_attach_image(image, &options, &d);
	if (rc != 0)
		return rc;
	rc = disk_boot(d);
	if (!d->ran)
		space_take(&image->block, &d->block);
	disk_detach(d);
	return rc;
}
