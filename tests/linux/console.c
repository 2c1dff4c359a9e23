/* SPDX-License-Identifier: BSD-2-Clause */
/* The console: standard output, and keys from standard input, a terminal in raw mode or anything else.
 *
 * The shell keeps some hundred keys typed ahead. A pipe has all of them at once, so what follows a line of it is held back until a prompt
 * rests with nothing under way; Ctrl-B and Ctrl-C pass. Where the pipe ends `exit` is typed, as often as it takes. */
#include "core/console.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "core/string.h"
#include "tests/linux/platform.h"

enum { IDLE_MS = 50, ESCAPE_MS = 20 /* within this the rest of a cursor key's sequence arrives */, ESC = 0x1b, DELETE = 0x7f };

static struct { char bytes[256]; size_t at, len; bool ended, partial, held; } input;
static bool is_terminal;
static struct termios found;

/* ---- terminal -------------------------------------------------------------------------------------------------------------------- */

static void restore(void)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &found);
}

static void end_by_signal(int number)
{
	restore();
	_exit(128 + number);
}

void console_open(void)
{
	static char buffer[4096];
	struct termios raw;

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	is_terminal = tcgetattr(STDIN_FILENO, &found) == 0;
	if (!is_terminal)
		return;
	atexit(restore);
	signal(SIGTERM, end_by_signal);
	signal(SIGHUP, end_by_signal);
	raw = found;
	raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IXON);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void console_putc(char c)
{
	putchar(c);
}

void console_flush(void)
{
	fflush(stdout);
}

/* ---- keys ------------------------------------------------------------------------------------------------------------------------ */

int console_fd(void)
{
	return input.held || input.ended ? -1 : STDIN_FILENO;
}

/** Nothing will come any more: finish a line that was begun, and leave. */
static void end_input(void)
{
	const char *typed = input.partial ? "\nexit\n" : "exit\n";

	input.ended = true;
	input.at = 0;
	input.len = strlen(typed);
	memcpy(input.bytes, typed, input.len);
}

/** Have some bytes, waiting for them up to @ms. */
static bool fill(int ms)
{
	struct pollfd watched = { STDIN_FILENO, POLLIN, 0 };
	ssize_t n;

	if (input.at < input.len)
		return true;
	if (!input.ended && poll(&watched, 1, ms) <= 0)
		return false;
	n = input.ended ? 0 : read(STDIN_FILENO, input.bytes, sizeof(input.bytes));
	input.at = 0;
	input.len = n > 0 ? (size_t)n : 0;
	if (n <= 0)
		end_input();
	return true;
}

/** The next byte, or -1. */
static int next_byte(int ms)
{
	int byte;

	if (!fill(ms))
		return -1;
	byte = (uint8_t)input.bytes[input.at];
	if (input.held && byte != KEY_CTRL('B') && byte != KEY_CTRL('C'))
		return -1;
	input.at++;
	input.partial = byte != '\n' && byte != '\r';
	input.held |= !is_terminal && !input.partial;
	return byte;
}

/** What follows ESC [ or ESC O: a letter, or a number and ~ (ECMA-48; VT220's editing keys). -1: no key of ours. */
static int sequence_key(void)
{
	static const struct { char letter; unsigned number; int key; } keys[] = {
		{ 'A', 0, KEY_UP }, { 'B', 0, KEY_DOWN }, { 'C', 0, KEY_RIGHT }, { 'D', 0, KEY_LEFT }, { 'F', 0, KEY_END }, { 'H', 0, KEY_HOME },
		{ '~', 1, KEY_HOME }, { '~', 3, KEY_DELETE }, { '~', 4, KEY_END }, { '~', 7, KEY_HOME }, { '~', 8, KEY_END }, { '~', 19, KEY_F8 },
	};
	int byte = next_byte(ESCAPE_MS);
	unsigned number = 0;

	for (; byte >= '0' && byte <= ';'; byte = next_byte(ESCAPE_MS))
		number = number * 10 % 100 + (unsigned)(byte - '0');
	for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].letter == byte && keys[i].number == (byte == '~' ? number : 0))
			return keys[i].key;
	return -1;
}

int console_getkey(void)
{
	int byte;

	console_flush();
	byte = next_byte(0);
	if (byte == DELETE)
		return '\b';
	if (byte != ESC)
		return byte == '\n' ? '\r' : byte;
	byte = next_byte(ESCAPE_MS);
	return byte == '[' || byte == 'O' ? sequence_key() : ESC;
}

void console_idle(void)
{
	if (input.held)
		input.held = false;
	else
		clock_rest(IDLE_MS);
}
