/* SPDX-License-Identifier: BSD-2-Clause */
/* Drawing progress. */
#include "usr/progress.h"

#include "core/printf.h"
#include "core/string.h"
#include "net/download.h"   // struct progress
#include "usr/live.h"

#define COLUMNS   LIVE_COLUMNS
#define REST_SIZE 65            /* of a line, for what follows the URL */

void progress_show(const char *fmt, ...)
{
	char text[COLUMNS + 1];
	va_list args;

	va_start(args, fmt);
	text_vformat(text, sizeof(text), fmt, args);
	va_end(args);
	live_draw(0, text);
}

void progress_finish(const char *fmt, ...)
{
	char text[COLUMNS + 1];
	va_list args;

	va_start(args, fmt);
	text_vformat(text, sizeof(text), fmt, args);
	va_end(args);
	live_draw(0, text);
	live_end();
}

void progress_over(void)
{
	if (live_rows())
		print(" ok");
	live_end();
}

void progress_wipe(void)
{
	live_wipe();
}

void progress_keep(unsigned rows)
{
	if (live_rows() > rows)
		live_wipe();
}

void progress_say(const char *what, const char *text)
{
	live_wipe();
	print("%s: %s\n", what, text);
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

/** Smoothed; a download that begins anew has fewer bytes than before. */
void progress_sample(struct transfer *t, const struct progress *p, uint32_t now_ms)
{
	uint32_t ms = now_ms - t->sampled_ms;

	if (ms == 0)
		return;
	if (p->done_bytes >= t->sampled_bytes) {
		uint32_t now_rate = rate_of(p->done_bytes - t->sampled_bytes, ms);

		t->rate = t->sampled_bytes ? t->rate - t->rate / 4 + now_rate / 4 : now_rate;
	}
	t->sampled_ms = now_ms;
	t->sampled_bytes = p->done_bytes;
}

static unsigned percent(const struct progress *p)
{
	return (unsigned)(p->done_bytes * 100 / p->total_bytes);
}

/** "37%  4.1/11.0 MiB", or "4.1 MiB" where the whole is not known. */
static void append_amount(struct text_buffer *buf, const struct progress *p)
{
	unsigned unit = unit_of(p->total_bytes);
	char done[16], total[16];

	if (!p->total_bytes) {
		format_size(done, sizeof(done), p->done_bytes);
		text_append(buf, "%s", done);
		return;
	}
	format_amount(done, sizeof(done), p->done_bytes, unit);
	format_amount(total, sizeof(total), p->total_bytes, unit);
	text_append(buf, "%2u%%  %s/%s %s", percent(p), done, total, units[unit]);
}

/** "  9.2 MiB/s x4  1 s". */
static void append_pace(struct text_buffer *buf, const struct transfer *t, const struct progress *p)
{
	char rate[24];

	format_size(rate, sizeof(rate), t->rate);
	text_append(buf, "  %s/s", rate);
	if (p->connections > 1)
		text_append(buf, " x%u", p->connections);
	if (p->total_bytes && t->rate)
		text_append(buf, "  %u s", (unsigned)((p->total_bytes - p->done_bytes + t->rate - 1) / t->rate));
}

void progress_update(unsigned row, struct transfer *t, const struct progress *p, const char *state, uint32_t now_ms)
{
	char line[COLUMNS + 1], text[REST_SIZE];
	struct text_buffer rest = { text, sizeof(text), 0 };

	progress_sample(t, p, now_ms);
	text[0] = '\0';
	if (*state && p->done_bytes && p->total_bytes)
		text_append(&rest, "%2u%%  ", percent(p));
	if (*state) {
		text_append(&rest, "%s", state);
	} else if (p->done_bytes) {
		append_amount(&rest, p);
		append_pace(&rest, t, p);
	}
	progress_fit(line, COLUMNS, t->what, text);
	live_draw(row, line);
}

void progress_more(unsigned row, unsigned count)
{
	char line[COLUMNS + 1];

	text_format(line, sizeof(line), "and %u more", count);
	live_draw(row, line);
}

void progress_end(const struct transfer *t, const struct progress *p, uint32_t now_ms)
{
	uint32_t ms = now_ms - t->started_ms;
	char line[COLUMNS + 1], rest[REST_SIZE], size[24], rate[24];

	format_size(size, sizeof(size), p->done_bytes);
	format_size(rate, sizeof(rate), rate_of(p->done_bytes, ms));
	text_format(rest, sizeof(rest), "%s in %u.%u s (%s/s) ok", size, (unsigned)(ms / 1000), (unsigned)(ms / 100 % 10), rate);
	progress_fit(line, COLUMNS, t->what, rest);
	if (live_rows() > 1)
		live_wipe();
	live_draw(0, line);
	live_end();
}
