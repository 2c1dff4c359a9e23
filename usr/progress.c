/* SPDX-License-Identifier: BSD-2-Clause */
/* Drawing progress. */
#include "usr/progress.h"

#include "core/console.h"
#include "core/printf.h"
#include "core/string.h"
#include "net/download.h"   // struct progress

#define COLUMNS (CONSOLE_COLUMNS - 1)   /* a character in the last column would begin the next line */

static char drawn[COLUMNS + 1];         /* the live line as it stands; "" when there is none */

/** Put @text in place of the live line. What only adds to it is added; what is shorter gets blanks over the old one's rest. */
static void draw(const char *text)
{
	size_t old = strlen(drawn);

	if (strncmp(text, drawn, old) == 0)
		print("%s", text + old);
	else
		print("\r%-*s", (int)old, text);
	text_format(drawn, sizeof(drawn), "%-*s", (int)old, text);
}

void progress_show(const char *fmt, ...)
{
	char text[COLUMNS + 1];
	va_list args;

	va_start(args, fmt);
	text_vformat(text, sizeof(text), fmt, args);
	va_end(args);
	draw(text);
}

void progress_finish(const char *fmt, ...)
{
	char text[COLUMNS + 1];
	va_list args;

	va_start(args, fmt);
	text_vformat(text, sizeof(text), fmt, args);
	va_end(args);
	draw(text);
	drawn[0] = '\0';
	print("\n");
}

void progress_over(void)
{
	if (drawn[0])
		print(" ok\n");
	drawn[0] = '\0';
}

void progress_wipe(void)
{
	if (drawn[0])
		print("\r%*s\r", (int)strlen(drawn), "");
	drawn[0] = '\0';
}

void progress_fit(char *buf, unsigned columns, const char *what, const char *rest)
{
	unsigned len = (unsigned)strlen(what), room = columns - 2 - (unsigned)strlen(rest), head;

	if (len <= room) {
		text_format(buf, columns + 1, "%s  %s", what, rest);
		return;
	}
	head = (room - 3) / 2;          /* the end, a file's name, says more than the middle */
	text_format(buf, columns + 1, "%.*s...%s  %s", (int)head, what, what + len - (room - 3 - head), rest);
}

/* Sizes are shown in the unit of the whole, with one decimal place from KiB up. */
static const char *const units[] = { "B", "KiB", "MiB", "GiB" };

static unsigned unit_of(uint64_t bytes)
{
	unsigned unit = 0;

	while (unit < 3 && bytes >> (10 * (unit + 1)))
		unit++;
	return unit;
}

/** @bytes in @unit, without the unit's name. */
static void format_amount(char *buf, size_t size, uint64_t bytes, unsigned unit)
{
	uint32_t tenths = (uint32_t)((bytes * 10) >> (10 * unit));

	if (unit == 0)
		text_format(buf, size, "%u", (unsigned)bytes);
	else
		text_format(buf, size, "%u.%u", (unsigned)(tenths / 10), (unsigned)(tenths % 10));
}

static void format_size(char *buf, size_t size, uint64_t bytes)
{
	unsigned unit = unit_of(bytes);
	char amount[16];

	format_amount(amount, sizeof(amount), bytes, unit);
	text_format(buf, size, "%s %s", amount, units[unit]);
}

static uint32_t rate_of(uint64_t bytes, uint32_t ms)
{
	uint64_t rate = bytes * 1000 / (ms ? ms : 1);

	return rate > UINT32_MAX ? UINT32_MAX : (uint32_t)rate;
}

void progress_begin(struct transfer *t, const char *what, uint32_t now_ms)
{
	*t = (struct transfer){ .what = what, .started_ms = now_ms, .sampled_ms = now_ms };
}

/** Take a new sample into the smoothed rate; a download that begins anew has fewer bytes than before. */
static void sample(struct transfer *t, uint64_t done, uint32_t now_ms)
{
	uint32_t ms = now_ms - t->sampled_ms;

	if (ms == 0)
		return;
	if (done >= t->sampled_bytes) {
		uint32_t now_rate = rate_of(done - t->sampled_bytes, ms);

		t->rate = t->sampled_bytes ? t->rate - t->rate / 4 + now_rate / 4 : now_rate;
	}
	t->sampled_ms = now_ms;
	t->sampled_bytes = done;
}

/** "37%  4.1/11.0 MiB  9.2 MiB/s  1 s"; what is not known is left out. */
static void format_figures(char *buf, size_t size, const struct transfer *t, const struct progress *p)
{
	unsigned unit = unit_of(p->total_bytes);
	char done[16], total[16], rate[24], left[24] = "";

	format_size(rate, sizeof(rate), t->rate);
	if (!p->total_bytes) {
		format_size(total, sizeof(total), p->done_bytes);
		text_format(buf, size, "%s  %s/s", total, rate);
		return;
	}
	format_amount(done, sizeof(done), p->done_bytes, unit);
	format_amount(total, sizeof(total), p->total_bytes, unit);
	if (t->rate)
		text_format(left, sizeof(left), "  %u s", (unsigned)((p->total_bytes - p->done_bytes + t->rate - 1) / t->rate));
	text_format(buf, size, "%2u%%  %s/%s %s  %s/s%s", (unsigned)(p->done_bytes * 100 / p->total_bytes), done, total, units[unit],
	            rate, left);
}

void progress_update(struct transfer *t, const struct progress *p, const char *state, uint32_t now_ms)
{
	char line[COLUMNS + 1], rest[COLUMNS / 2 + 10];

	sample(t, p->done_bytes, now_ms);
	if (p->done_bytes)
		format_figures(rest, sizeof(rest), t, p);
	else
		text_format(rest, sizeof(rest), "%s", state);
	progress_fit(line, COLUMNS, t->what, rest);
	draw(line);
}

void progress_end(struct transfer *t, const struct progress *p, uint32_t now_ms)
{
	uint32_t ms = now_ms - t->started_ms;
	char line[COLUMNS + 1], rest[COLUMNS / 2 + 10], size[24], rate[24];

	format_size(size, sizeof(size), p->done_bytes);
	format_size(rate, sizeof(rate), rate_of(p->done_bytes, ms));
	text_format(rest, sizeof(rest), "%s in %u.%u s (%s/s) ok", size, (unsigned)(ms / 1000), (unsigned)(ms / 100 % 10), rate);
	progress_fit(line, COLUMNS, t->what, rest);
	progress_finish("%s", line);
}
