/* SPDX-License-Identifier: BSD-2-Clause */
/* The BIOS's screen (INT 10h) and keyboard (INT 16h). The screen understands the sequences of core/console.h. */
#include "arch/x86/arch.h"
#include "core/console.h"

#define COLUMNS 80
#define ATTRIBUTE_DEFAULT 0x07
#define ATTRIBUTE_BOLD    0x08

/** The sequence being received: ESC, then [, then digits and semicolons. */
static struct {
	enum { TEXT, ESCAPE, BRACKET } state;
	unsigned number[4], count;
} ansi;
static uint8_t attribute = ATTRIBUTE_DEFAULT;

static void video(uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx, struct rm_call *result)
{
	struct rm_call call = { .eax = eax, .ebx = ebx, .ecx = ecx, .edx = edx };

	bios_int(0x10, &call);
	if (result)
		*result = call;
}

static void teletype(char c)
{
	video(0x0e00 | (uint8_t)c, 0x0007, 0, 0, NULL);
}

/** Column and row of the cursor as INT 10h has them: row << 8 | column. */
static uint16_t cursor(void)
{
	struct rm_call result;

	video(0x0300, 0, 0, 0, &result);
	return (uint16_t)result.edx;
}

static void clear_to_end(void)
{
	video(0x0920, attribute, COLUMNS - (cursor() & 0xff), 0, NULL);
}

static void move_columns(int by)
{
	uint16_t at = cursor();
	int column = (at & 0xff) + by;

	column = column < 0 ? 0 : column >= COLUMNS ? COLUMNS - 1 : column;
	video(0x0200, 0, 0, (at & 0xff00u) | (unsigned)column, NULL);
}

static void move_up(unsigned by)
{
	uint16_t at = cursor();
	unsigned row = at >> 8;

	video(0x0200, 0, 0, (row > by ? row - by : 0) << 8 | (at & 0xff), NULL);
}

/** SGR: 0 all off, 1 bold, 30 to 37 the colour, whose red and blue ANSI and VGA number the other way round. */
static void select_rendition(unsigned n)
{
	static const uint8_t vga[8] = { 0, 4, 2, 6, 1, 5, 3, 7 };

	if (n == 0)
		attribute = ATTRIBUTE_DEFAULT;
	else if (n == 1)
		attribute |= ATTRIBUTE_BOLD;
	else if (n >= 30 && n <= 37)
		attribute = (uint8_t)((attribute & ~7) | vga[n - 30]);
	else if (n == 39)
		attribute = (uint8_t)((attribute & ~7) | 7);
}

static void sequence_end(char c)
{
	unsigned n = ansi.number[0];

	if (c == 'm')
		for (unsigned i = 0; i <= ansi.count; i++)
			select_rendition(ansi.number[i]);
	else if (c == 'K')
		clear_to_end();
	else if (c == 'A')
		move_up(n ? n : 1);
	else if (c == 'C')
		move_columns((int)(n ? n : 1));
	else if (c == 'D')
		move_columns(-(int)(n ? n : 1));
}

static void sequence_putc(char c)
{
	if (ansi.state == ESCAPE) {
		ansi.state = c == '[' ? BRACKET : TEXT;
		ansi.count = ansi.number[0] = 0;
	} else if (c >= '0' && c <= '9') {
		ansi.number[ansi.count] = ansi.number[ansi.count] * 10 % 1000 + (unsigned)(c - '0');
	} else if (c == ';' && ansi.count + 1 < sizeof(ansi.number) / sizeof(ansi.number[0])) {
		ansi.number[++ansi.count] = 0;
	} else {
		sequence_end(c);
		ansi.state = TEXT;
	}
}

void bios_console_putc(char c)
{
	if (ansi.state != TEXT) {
		sequence_putc(c);
	} else if (c == 0x1b) {
		ansi.state = ESCAPE;
	} else {
		if (c == '\n')
			teletype('\r');
		if (attribute != ATTRIBUTE_DEFAULT && c >= ' ')   /* teletype keeps the attribute it finds */
			video(0x0920, attribute, 1, 0, NULL);
		teletype(c);
	}
}

bool bios_console_peek(uint16_t *key)
{
	struct rm_call call = { .eax = 0x1100 };

	bios_int(0x16, &call);
	if (call.flags & FLAG_ZERO)
		return false;
	if (key)
		*key = (uint16_t)call.eax;
	return true;
}

/** Scan codes of keys that have no ASCII code of their own. */
static int extended_key(uint8_t scan)
{
	static const struct { uint8_t scan; uint16_t key; } keys[] = {
		{ 0x48, KEY_UP }, { 0x50, KEY_DOWN }, { 0x4b, KEY_LEFT }, { 0x4d, KEY_RIGHT }, { 0x47, KEY_HOME }, { 0x4f, KEY_END },
		{ 0x53, KEY_DELETE }, { 0x42, KEY_F8 },
	};

	for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].scan == scan)
			return keys[i].key;
	return -1;
}

int bios_console_getkey(void)
{
	struct rm_call call = { .eax = 0x1000 };
	uint8_t ascii;

	if (!bios_console_peek(NULL))
		return -1;
	bios_int(0x16, &call);
	ascii = (uint8_t)call.eax;
	if (ascii == 0 || ascii == 0xe0)
		return extended_key((uint8_t)(call.eax >> 8));
	return ascii;
}
