/* SPDX-License-Identifier: BSD-2-Clause */
/* The console: every byte to the BIOS's screen and to the serial port, keys from both. */
#include "core/console.h"

#include "arch/x86/arch.h"
#include "core/clock.h"
#include "core/system.h"

/* Looking at the keyboard means a trip through real mode, which also lets the BIOS's interrupts run: often enough for a typist,
 * Ctrl-C and the timer tick, seldom enough to cost a download nothing. */
#define LOOK_EVERY_MS 10

static bool serial;
static uint32_t look_ms;

void console_open(void)
{
	serial = serial_open();
	look_ms = clock_ms();
}

void console_close(void)
{
	serial = false;
}

void system_serial(bool on)
{
	serial = on && serial_open();
}

void console_putc(char c)
{
	bios_console_putc(c);
	if (serial) {
		if (c == '\n')
			serial_putc('\r');
		serial_putc(c);
	}
}

int console_getkey(void)
{
	static int waiting = -1;              /* more may follow a key at once: do not make them wait their turn */
	uint32_t now = clock_ms();
	int key;

	if (waiting < 0 && !time_reached(now, look_ms))
		return -1;
	look_ms = now + LOOK_EVERY_MS;
	key = bios_console_getkey();
	if (key < 0 && serial)
		key = serial_getkey();
	waiting = key;
	return key;
}

bool console_ctrl_b_typed(void)
{
	bool found = false;
	uint16_t key;
	int byte;

	if (bios_console_peek(&key) && (key & 0xff) == KEY_CTRL('B'))
		found = bios_console_getkey() >= 0;
	while (serial && (byte = serial_getkey()) >= 0)
		found |= byte == KEY_CTRL('B');
	return found;
}

/** Do timer interrupts come? Where they have not been seen nobody would wake us. */
static bool timer_ticks(void)
{
	static uint32_t first;
	uint32_t ticks = *(const volatile uint32_t *)bios_data(0x46c);

	if (!first)
		first = ticks;
	return ticks != first;
}

/** Rest until an interrupt, the timer's at the latest: sti; hlt; cli; retf in the bounce buffer. */
void console_idle(void)
{
	static const uint8_t rest[] = { 0xfb, 0xf4, 0xfa, 0xcb };
	struct rm_call call = { .target = (uint32_t)bios_bounce_segment() << 16 | LOWMEM_BOUNCE };
	uint8_t *bounce = bios_bounce();

	if (!timer_ticks())
		return;
	for (unsigned i = 0; i < sizeof(rest); i++)
		bounce[i] = rest[i];
	rm_call_at(boot_info->lowmem, &call);
}
