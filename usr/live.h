/* SPDX-License-Identifier: BSD-2-Clause */
/* Live lines: the last few rows of the console, redrawn in place by \r, \n and ESC [ n A. What did not change is not drawn again, so that
 * a serial line keeps up and its log can be read. Before anything else is printed: live_end() or live_wipe(). */
#ifndef USR_LIVE_H
#define USR_LIVE_H

#include "config/features.h"
#include "core/console.h"

#define LIVE_COLUMNS (CONSOLE_COLUMNS - 1)      /* a character in the last column would begin the next row */
#define LIVE_ROWS (CONFIG_BACKGROUND ? 8 : 1)

/** Row @row, 0 to live_rows(), reads @text from now on; what is too long for it is cut. */
void live_draw(unsigned row, const char *text);
/** How many there are. */
unsigned live_rows(void);
/** They stay as they are; the cursor goes to the start of the row below. */
void live_end(void);
/** Take them off the screen; the cursor goes to where the first one began. */
void live_wipe(void);

#endif
