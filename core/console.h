/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: the console a person sees: the BIOS's screen and keyboard and the first serial port at once. Given by the platform.
 *
 * Output is bytes of ASCII with the ANSI sequences  ESC [ n m  (colour, bold, reset),  ESC [ K  (clear to end of line),
 * ESC [ n C / ESC [ n D  (cursor right/left),  ESC [ n A  (up); "\n" moves to the start of the next line, "\r" to the start of this one. */
#ifndef CORE_CONSOLE_H
#define CORE_CONSOLE_H

#include <stdbool.h>

/* Keys beyond ASCII, as console_getkey() returns them whether they came from the BIOS or as an escape sequence over the
 * serial line. Control keys are their ASCII codes: Ctrl-B 0x02, Ctrl-C 0x03, Enter '\r', Backspace 0x08, TAB 0x09, ESC 0x1b. */
enum console_key {
	KEY_UP = 0x100, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_DELETE, KEY_F8,
};
#define KEY_CTRL(letter) ((letter) & 0x1f)

/** Columns of the narrowest output; 80. */
#define CONSOLE_COLUMNS 80

void console_putc(char c);

/** The next key, or -1 when none is waiting. Never blocks. Lets the BIOS's interrupts run. */
int console_getkey(void);

/** Let the processor rest until something may have happened, at most some 55 ms. For prompts with nothing under way. */
void console_idle(void);

#endif
