/* SPDX-License-Identifier: BSD-2-Clause */
/* The first serial port (16550 UART and its ancestors), 8N1 by polling.
 *
 * Some BIOSes redirect their screen and keyboard to this port. Then it is theirs: every line would come twice, and a typed key be
 * read by one of us at random. We find out by having the BIOS print while the UART loops back: bytes that arrive are the BIOS's. */
#include "arch/x86/arch.h"

#include "config/console.h"
#include "core/clock.h"
#include "core/console.h"
#include "core/io.h"

enum { UART_DATA = 0, UART_INTERRUPTS = 1, UART_FIFO = 2, UART_LINE = 3, UART_MODEM = 4, UART_STATUS = 5, UART_SCRATCH = 7 };
enum { LINE_8N1 = 3, LINE_DIVISOR = 0x80, MODEM_DTR_RTS = 3, MODEM_LOOPBACK = 0x10, STATUS_DATA = 1, STATUS_EMPTY = 0x20,
       STATUS_IDLE = 0x40 };
#define FIFO_ON 0x01                         /* without clearing it: somebody may have typed */
#define UART_CLOCK 115200
#define EMPTY_SPINS 100000                   /* a port that never empties is dropped, not waited for */
#define LOOPBACK_US 2000                     /* a few characters at 9600 baud and faster */
#define ESCAPE_US 20000                      /* within this the rest of a cursor key's sequence arrives */

static uint8_t uart_read(unsigned reg) { return io_in8((uint16_t)(CONFIG_SERIAL_PORT + reg)); }
static void uart_write(unsigned reg, uint8_t value) { io_out8((uint16_t)(CONFIG_SERIAL_PORT + reg), value); }

static bool uart_present(void)
{
	if (uart_read(UART_STATUS) == 0xff)
		return false;
	uart_write(UART_SCRATCH, 0x5a);
	return uart_read(UART_SCRATCH) == 0x5a;
}

static bool stuck;                           /* the port has stopped working */

/** Wait until @bit is set. A port that does not get there is stuck, and not waited for again: false. */
static bool wait_for_status(uint8_t bit)
{
	for (unsigned spin = 0; !stuck && !(uart_read(UART_STATUS) & bit); spin++)
		stuck = spin == EMPTY_SPINS;
	return !stuck;
}

/* What was typed before we asked: Ctrl-B between two of our entries counts. */
static uint8_t typed[64];
static unsigned typed_count, typed_at;

/** Take the bytes that have arrived; they are typed ones or (@loop) our own come back. How many there were. */
static unsigned drain(bool loop)
{
	unsigned count = 0;

	for (; count < sizeof(typed) && (uart_read(UART_STATUS) & STATUS_DATA); count++) {
		uint8_t byte = uart_read(UART_DATA);

		if (!loop && typed_count < sizeof(typed))
			typed[typed_count++] = byte;
	}
	return count;
}

/** Print two spaces by the BIOS while what is sent comes back to us; then put its cursor where it was. */
static bool bios_uses_port(void)
{
	uint8_t modem = uart_read(UART_MODEM);
	struct rm_call at = { .eax = 0x0300 }, print = { .eax = 0x0e20, .ebx = 7 };
	unsigned received;

	bios_int(0x10, &at);
	wait_for_status(STATUS_IDLE);           /* our own last character must not come back as the BIOS's */
	drain(false);
	uart_write(UART_MODEM, modem | MODEM_LOOPBACK);
	for (unsigned i = 0; i < 2; i++) {
		print.eax = 0x0e20;
		bios_int(0x10, &print);
		clock_delay_us(LOOPBACK_US);
	}
	received = drain(true);
	at.eax = 0x0200;
	at.ebx = 0;
	bios_int(0x10, &at);
	received += drain(true);
	uart_write(UART_MODEM, modem);
	return received > 0;
}

bool serial_open(void)
{
	unsigned divisor = UART_CLOCK / CONFIG_SERIAL_BAUD;

	stuck = false;
	if (!CONFIG_SERIAL || !uart_present() || bios_uses_port())
		return false;
	uart_write(UART_INTERRUPTS, 0);
	uart_write(UART_LINE, LINE_DIVISOR | LINE_8N1);
	uart_write(UART_DATA, (uint8_t)divisor);
	uart_write(UART_INTERRUPTS, (uint8_t)(divisor >> 8));
	uart_write(UART_LINE, LINE_8N1);
	drain(false);
	uart_write(UART_FIFO, FIFO_ON);
	uart_write(UART_MODEM, MODEM_DTR_RTS);
	return true;
}

void serial_putc(char c)
{
	if (wait_for_status(STATUS_EMPTY))
		uart_write(UART_DATA, (uint8_t)c);
}

static int serial_byte(void)
{
	if (typed_at < typed_count)
		return typed[typed_at++];
	return uart_read(UART_STATUS) & STATUS_DATA ? uart_read(UART_DATA) : -1;
}

/** The next byte of an escape sequence, waited for a moment. */
static int sequence_byte(void)
{
	uint64_t end = clock_us() + ESCAPE_US;
	int byte;

	while ((byte = serial_byte()) < 0 && clock_us() < end)
		;
	return byte;
}

/** What follows ESC [ or ESC O: a letter, or a number and ~ (ECMA-48; VT220's editing keys). */
static int sequence_key(void)
{
	static const uint16_t letters[] = { ['A' - 'A'] = KEY_UP, ['B' - 'A'] = KEY_DOWN, ['C' - 'A'] = KEY_RIGHT, ['D' - 'A'] = KEY_LEFT,
	                                    ['F' - 'A'] = KEY_END, ['H' - 'A'] = KEY_HOME };
	static const uint16_t numbers[] = { [1] = KEY_HOME, [3] = KEY_DELETE, [4] = KEY_END, [7] = KEY_HOME, [8] = KEY_END, [19] = KEY_F8 };
	int byte = sequence_byte();
	unsigned number = 0;
	int key = 0;

	while (byte >= '0' && byte <= ';') {
		number = number * 10 % 100 + (unsigned)(byte - '0');
		byte = sequence_byte();
	}
	if (byte == '~' && number < sizeof(numbers) / sizeof(numbers[0]))
		key = numbers[number];
	else if (byte >= 'A' && byte < 'A' + (int)(sizeof(letters) / sizeof(letters[0])))
		key = letters[byte - 'A'];
	return key ? key : -1;
}

int serial_getkey(void)
{
	int byte = serial_byte();

	if (byte == 0x7f)
		return '\b';
	if (byte != 0x1b)
		return byte == '\n' ? '\r' : byte;
	byte = sequence_byte();
	return byte == '[' || byte == 'O' ? sequence_key() : 0x1b;
}
