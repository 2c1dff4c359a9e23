/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives on the host: what would be shown, and what would be started, is noted in host_drives. */
#include "core/drive.h"

#include "core/errors.h"
#include "core/string.h"
#include "tests/host/host.h"

struct host_drives host_drives;

void host_drives_reset(void)
{
	memset(&host_drives, 0, sizeof(host_drives));
}

static unsigned find(unsigned number)
{
	unsigned i = 0;

	while (i < DRIVES_MAX && !(host_drives.used[i] && host_drives.drive[i].number == (int)number))
		i++;
	return i;
}

__attribute__((weak)) int drive_attach(struct drive *drive)
{
	static const uint8_t first[] = { [DRIVE_FLOPPY] = 0, [DRIVE_HARD_DISK] = 0x80, [DRIVE_CD] = 0xe0 };
	unsigned i = 0;

	while (i < DRIVES_MAX && host_drives.used[i])
		i++;
	if (i == DRIVES_MAX)
		return fail(-ENOSPC, "%u drives are attached already", DRIVES_MAX);
	if (drive->number >= 0 && find((unsigned)drive->number) != DRIVES_MAX)
		return fail(-EBUSY, "drive %02xh is attached already", (unsigned)drive->number);
	if (drive->number < 0)
		for (drive->number = first[drive->kind]; find((unsigned)drive->number) != DRIVES_MAX; drive->number++)
			;
	host_drives.used[i] = true;
	host_drives.drive[i] = *drive;
	return 0;
}

__attribute__((weak)) void drive_detach(unsigned number)
{
	unsigned i = find(number);

	if (i < DRIVES_MAX)
		host_drives.used[i] = false;
}

__attribute__((weak)) int drive_hide(unsigned number, uint32_t start, uint32_t len)
{
	unsigned i = find(number);

	if (i < DRIVES_MAX) {
		host_drives.drive[i].hidden = start;
		host_drives.drive[i].hidden_len = len;
	}
	return 0;
}

__attribute__((weak)) bool drive_any(void)
{
	for (unsigned i = 0; i < DRIVES_MAX; i++)
		if (host_drives.used[i])
			return true;
	return false;
}

__attribute__((weak)) int drive_room(uint32_t address, uint32_t len, void **room)
{
	if (address < 0x500 || address > HOST_RESIDENT || len > HOST_RESIDENT - address)
		return fail(-ENOMEM, "what boots wants %u bytes at %xh", len, address);
	*room = host_phys(address, len);
	return 0;
}

__attribute__((weak)) void drive_room_free(void)
{
	host_drives.freed++;
}

__attribute__((weak)) int drive_load(unsigned number, void *room)
{
	memset(room, 0, 512);
	return number == 0x80 ? 0 : fail(-EIO, "the BIOS cannot read drive %02xh", number);
}

__attribute__((weak)) int drive_run(unsigned number, uint32_t entry)
{
	host_drives.runs++;
	host_drives.ran = number;
	host_drives.entry = entry;
	host_drives.ran_drive = host_drives.drive[find(number)];
	return host_drives.gives_up ? host_drives.gives_up : 0x18;
}
