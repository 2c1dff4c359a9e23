/* SPDX-License-Identifier: BSD-2-Clause */
/* The one place that draws progress: a line that is redrawn in place by \r, never wider than 79 columns, readable on a serial
 * console, too (what did not change is not drawn again). One line is live at a time.
 *
 * A job that counts bytes: progress_begin() - progress_update() a few times a second - progress_end(). One that does not:
 * progress_show() as often as there are new words - progress_finish() or progress_wipe(). */
#ifndef USR_PROGRESS_H
#define USR_PROGRESS_H

#include <stdint.h>

struct progress;

/** A transfer as the line shows it. */
struct transfer {
	const char *what;               /* its URL */
	uint32_t started_ms, sampled_ms;
	uint64_t sampled_bytes;
	uint32_t rate;                  /* bytes per second, smoothed */
};

void progress_begin(struct transfer *t, const char *what, uint32_t now_ms);
/** Draw URL, percent, done/total, rate and time left; before the first byte @state ("connecting to 10.0.2.2") instead. */
void progress_update(struct transfer *t, const struct progress *p, const char *state, uint32_t now_ms);
/** The last state of the line: size, time and rate, "ok". */
void progress_end(struct transfer *t, const struct progress *p, uint32_t now_ms);

/** Redraw the live line with these words. */
void progress_show(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** The same, and the line is over. */
void progress_finish(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** The live line, if there is one, stands as it is; " ok" is added. */
void progress_over(void);
/** Take the live line off the screen; the error that ended its job is printed in its place. */
void progress_wipe(void);

/** Write "@what  @rest" in at most @columns columns; a long @what loses its middle. For tests. */
void progress_fit(char *buf, unsigned columns, const char *what, const char *rest);

#endif
