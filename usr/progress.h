/* SPDX-License-Identifier: BSD-2-Clause */
/* The one place that draws progress: live lines (usr/live.h), never wider than 79 columns, one for each transfer under way.
 *
 * A job that counts bytes: progress_begin() - progress_update() a few times a second, row by row - progress_end() or, when it failed,
 * progress_wipe(). One that does not has the only row: progress_show() as often as there are new words - progress_finish(), progress_over()
 * or progress_wipe(). */
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
/** Take the figures of now into @t, without drawing. */
void progress_sample(struct transfer *t, const struct progress *p, uint32_t now_ms);
/** Draw @row: URL, percent, done/total, rate, connections and time left. Words of @state ("connecting to 10.0.2.2"), where there are any, take
 *  the place of all figures but the percentage. */
void progress_update(unsigned row, struct transfer *t, const struct progress *p, const char *state, uint32_t now_ms);
/** Draw @row: there are @count more, which have no row. */
void progress_more(unsigned row, unsigned count);
/** @t's last line, which stays: size, time and rate, "ok". Rows of others that are live have to be drawn again. */
void progress_end(const struct transfer *t, const struct progress *p, uint32_t now_ms);
/** A line that stays, "@what: @text". Rows that are live have to be drawn again. */
void progress_say(const char *what, const char *text);
/** Rows from @rows on are not needed any more; where there are any all have to be drawn again. */
void progress_keep(unsigned rows);

/** Redraw the only row with these words. */
void progress_show(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** The same, and it stays. */
void progress_finish(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** The live rows, if there are any, stay as they are; " ok" is added. */
void progress_over(void);
/** Take the live rows off the screen; the error that ended the job is printed in their place. */
void progress_wipe(void);

/** Write "@what  @rest" in at most @columns columns; a long @what loses its middle. For tests. */
void progress_fit(char *buf, unsigned columns, const char *what, const char *rest);

#endif
