/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands: sanboot, sanhook, sanunhook. */
#include "usr/commands.h"

#include "core/drive.h"
#include "core/errors.h"
#include "image/disk_options.h"
#include "usr/disk.h"
#include "usr/san.h"

enum { DRIVE_MAX = 255, FIRST_HARD_DISK = 0x80 };
enum { OPTION_DRIVE, OPTION_NO_DESCRIBE, OPTION_READ_ONLY, OPTION_KEEP };
#define HOOK_OPTIONS \
	{ 'd', "drive", "N", "INT 13h's number of the (first) disk" }, \
	{ 'n', "no-describe", NULL, "taken, and of no effect: no table describes such a disk" }, \
	{ 'r', "read-only", NULL, "refuse writes, instead of keeping them in memory" }
static const struct option boot_options[] = {
	HOOK_OPTIONS,
	{ 'k', "keep", NULL, "leave the disks attached when what boots gives up" },
	{ 0 }
};
static const struct option hook_options[] = {
	HOOK_OPTIONS,
	{ 0 }
};
static const struct option unhook_options[] = {
	{ 'd', "drive", "N", "the disk with that number, not the last one" },
	{ 0 }
};

/** --drive's number; -1 without. */
static int drive_option(const struct arguments *a, int *number)
{
	uint32_t value = 0;
	int rc = command_number(a, OPTION_DRIVE, &value);

	if (rc == 0 && value > DRIVE_MAX)
		rc = fail(-EINVAL, "drives have numbers up to 0x%x", DRIVE_MAX);
	*number = a->option[OPTION_DRIVE] ? (int)value : -1;
	return rc;
}

static void detach_all(struct disk *const *disk, int count)
{
	while (count-- > 0)
		disk_detach(disk[count]);
}

/* ---- commands ------------------------------------------------------------------------------------------------------------------------ */

/** Attach what the words name; none if one cannot be. */
static int attach_all(const struct arguments *a, struct disk **disk)
{
	struct disk_options options;
	int rc = disk_options_parse(&options, "");

	if (rc == 0)
		rc = drive_option(a, &options.drive);
	options.read_only = a->option[OPTION_READ_ONLY] != NULL;
	for (int i = 0; i < a->argc && rc == 0; i++) {
		rc = san_attach(a->argv[i], &options, &disk[i]);
		if (rc != 0)
			detach_all(disk, i);
		options.drive = -1;
	}
	return rc;
}

static int run_sanboot(const struct arguments *a)
{
	struct disk *disk[DRIVES_MAX];
	int number, rc = drive_option(a, &number);

	if (rc == 0 && a->argc == 0)
		return disk_boot_drive(number < 0 ? FIRST_HARD_DISK : (unsigned)number);
	if (rc == 0)
		rc = attach_all(a, disk);
	if (rc != 0)
		return rc;
	rc = disk_boot(disk[0]);
	if (!a->option[OPTION_KEEP])
		detach_all(disk, a->argc);
	return rc;
}
const struct command cmd_sanboot = {
	.name = "sanboot", .arguments = "[URL...]",
	.help = "Boots a disk whose image stays on a server (HTTP); without a URL the drive of that number, or the first hard disk.",
	.options = boot_options, .max_args = DRIVES_MAX, .run = run_sanboot,
};

static int run_sanhook(const struct arguments *a)
{
	struct disk *disk[DRIVES_MAX];

	return attach_all(a, disk);
}
const struct command cmd_sanhook = {
	.name = "sanhook", .arguments = "URL...",
	.help = "Shows disks whose images stay on a server as drives of the BIOS, for what is booted next.",
	.options = hook_options, .min_args = 1, .max_args = DRIVES_MAX, .run = run_sanhook,
};

static int run_sanunhook(const struct arguments *a)
{
	struct disk *disk;
	int number, rc = drive_option(a, &number);

	if (rc != 0)
		return rc;
	disk = disk_find(number);
	if (!disk)
		return number < 0 ? fail(-ENOENT, "no disk is attached") : fail(-ENOENT, "no disk of ours is drive %02xh", (unsigned)number);
	disk_detach(disk);
	return 0;
}
const struct command cmd_sanunhook = {
	.name = "sanunhook", .arguments = "",
	.help = "Takes away a drive that sanhook made: the last one, or that of a number.",
	.options = unhook_options, .max_args = 0, .run = run_sanunhook,
};
