/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading SMBIOS tables: the entry point lies on a paragraph of F0000h..FFFFFh (DSP0134, 5.2.1). The tables are the BIOS's own: trusted
 * to be there, not to be well formed. */
#include "core/smbios.h"

#include "core/cursor.h"
#include "core/string.h"

enum { SYSTEM_INFORMATION = 1, SYSTEM_ENCLOSURE = 3, END_OF_TABLE = 127 };
enum { SYSTEM_MANUFACTURER = 4, SYSTEM_PRODUCT = 5, SYSTEM_SERIAL = 7, SYSTEM_UUID = 8, ENCLOSURE_ASSET = 8 };   /* offsets */

struct entry_point {
	char anchor[4];
	uint8_t checksum, length, major, minor, rest[8];
	char intermediate[5];
	uint8_t sum;
	uint16_t table_length;
	uint32_t table;
} __attribute__((packed));

static const struct entry_point *find_entry_point(void)
{
	for (uint32_t at = 0xf0000; at < 0x100000; at += 16) {
		const struct entry_point *e = (const struct entry_point *)at;
		uint8_t sum = 0;

		if (memcmp(e->anchor, "_SM_", 4) != 0)
			continue;
		for (unsigned i = 0; i < e->length; i++)
			sum = (uint8_t)(sum + ((const uint8_t *)at)[i]);
		if (sum == 0)
			return e;
	}
	return NULL;
}

/** String number @n of the set that starts at @strings (6.1.3), which ends before @end. */
static void copy_string(char *to, const char *strings, const char *end, uint8_t n)
{
	while (n > 1 && strings < end && *strings) {
		strings += strnlen(strings, (size_t)(end - strings)) + 1;
		n--;
	}
	if (n == 1 && strings < end)
		text_copy(to, SMBIOS_STRING_MAX, strings);
}

/** The three leading fields are little-endian in the table since 2.6 (7.2.1); none set or all ones: no UUID. */
static void copy_uuid(struct smbios_system *system, const uint8_t *from)
{
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	uint8_t any = 0, all = 0xff;

	for (unsigned i = 0; i < 16; i++) {
		system->uuid[i] = from[order[i]];
		any |= from[i];
		all &= from[i];
	}
	system->has_uuid = any && all != 0xff;
}

/** A structure of @len bytes at @s; its strings follow, up to @end. */
static void read_structure(struct smbios_system *system, const uint8_t *s, uint8_t len, const char *end)
{
	const char *strings = (const char *)s + len;

	if (s[0] == SYSTEM_INFORMATION && len >= SYSTEM_UUID + 16) {
		copy_string(system->manufacturer, strings, end, s[SYSTEM_MANUFACTURER]);
		copy_string(system->product, strings, end, s[SYSTEM_PRODUCT]);
		copy_string(system->serial, strings, end, s[SYSTEM_SERIAL]);
		copy_uuid(system, s + SYSTEM_UUID);
	} else if (s[0] == SYSTEM_ENCLOSURE && len > ENCLOSURE_ASSET) {
		copy_string(system->asset, strings, end, s[ENCLOSURE_ASSET]);
	}
}

bool smbios_read(struct smbios_system *system)
{
	const struct entry_point *entry = find_entry_point();
	struct reader r;

	memset(system, 0, sizeof(*system));
	if (!entry)
		return false;
	r = rd_init((const void *)entry->table, entry->table_length);
	while (rd_left(&r) >= 4 && r.data[0] != END_OF_TABLE && r.data[1] >= 4) {
		const uint8_t *s = r.data;

		rd_skip(&r, s[1]);
		while (rd_left(&r) >= 2 && (r.data[0] || r.data[1]))      /* two zeros end the strings */
			rd_skip(&r, 1);
		rd_skip(&r, 2);
		if (rd_ok(&r))
			read_structure(system, s, s[1], (const char *)r.data);
	}
	return true;
}
