/* SPDX-License-Identifier: BSD-2-Clause */
/* TFTP blocks: each is checked against what was agreed upon, brought to its place in the file, whatever their order, and acknowledged when it
 * is time. Which block is which: net/tftp_window.c.
 *
 * RFC 1123 4.2.3.1: nothing is sent for a packet that has only been doubled on its way. A block that comes again is acknowledged again
 * only if it comes so late that the server must have sent it twice. */
#include "core/errors.h"
#include "core/string.h"
#include "net/tftp_transfer.h"

enum { ECHO_MS = 200 };                 /* copies made on the way come sooner than this */

static int begin(struct tftp *t)
{
	struct transfer_info info = { { 0, RANGE_UNKNOWN }, t->total_known, 0, false, "" };

	if (t->transfer.stage == TRANSFER_RECEIVING)
		return 0;
	if (t->total_known)
		info.piece.end = info.total_bytes = t->total_bytes;
	t->transfer.stage = TRANSFER_RECEIVING;
	return t->transfer.user->begin(t->transfer.user, &info);
}

/** Are @len bytes at @offset what was announced? The last block alone is shorter than the others. */
static int check(const struct tftp *t, uint64_t offset, size_t len)
{
	unsigned long long end = offset + len, total = t->total_bytes;

	if (len > t->block_bytes)
		return fail(-EPROTO, "a block of %u bytes, where %u were agreed upon", (unsigned)len, (unsigned)t->block_bytes);
	if (t->total_known && end > total)
		return fail(-EPROTO, "more than the %llu bytes that were announced", total);
	if (t->total_known && len < t->block_bytes && end < total)
		return fail(-EPROTO, "got %llu of %llu bytes: truncated", end, total);
	return 0;
}

/** Bring @block to its place. An error is refused; @code says how. */
static int place(struct tftp *t, uint32_t block, const struct tftp_message *m, uint16_t *code)
{
	uint64_t offset = (uint64_t)(block - 1) * t->block_bytes;
	int rc = check(t, offset, m->len);
	uint8_t *where = NULL;

	*code = TFTP_ILLEGAL;
	if (rc != 0)
		return rc;
	*code = TFTP_NO_ROOM;
	if ((rc = begin(t)) != 0)
		return rc;
	if (m->len && !(where = t->transfer.user->at(t->transfer.user, offset, m->len)))
		return fail(-ENOMEM, "no room for more than %llu bytes", (unsigned long long)offset);
	if (m->len)
		memcpy(where, m->data, m->len);
	if (m->len < t->block_bytes && (!t->last_block || block < t->last_block)) {
		t->last_block = block;
		t->last_bytes = (uint32_t)m->len;
	}
	return 0;
}

/** Has the last block come, and all before it? */
static bool whole(const struct tftp *t)
{
	return t->last_block && t->window.next > t->last_block;
}

uint64_t tftp_data_end(const struct tftp *t)
{
	uint64_t end = (uint64_t)(t->window.next - 1) * t->block_bytes;

	return whole(t) ? end - t->block_bytes + t->last_bytes : end;
}

/** @block is in its place, and with it perhaps others behind it that waited for it. */
static void taken(struct tftp *t, uint32_t block, uint32_t now_ms)
{
	uint64_t before = tftp_data_end(t), after;

	t->heard_ms = now_ms;
	tftp_window_take(&t->window, block);
	after = tftp_data_end(t);
	if (t->window.next <= block)
		return;
	tftp_progress(t, now_ms);
	if (after > before)
		t->transfer.user->arrived(t->transfer.user, before, after - before, now_ms);
}

void tftp_data_input(struct tftp *t, const struct tftp_message *m, uint32_t now_ms)
{
	uint32_t block;
	enum tftp_arrival arrival = tftp_window_find(&t->window, m->number, &block);
	uint16_t code;
	int rc;

	if (arrival == TFTP_NONSENSE)
		return;
	if (arrival == TFTP_NEW) {
		if ((rc = place(t, block, m, &code)) != 0) {
			tftp_refuse(t, rc, code, "cannot take it", now_ms);
			return;
		}
		taken(t, block, now_ms);
	}
	if (whole(t) && t->window.next > t->last_block + 1) {
		tftp_refuse(t, fail(-EPROTO, "a block behind the last"), TFTP_ILLEGAL, "cannot take it", now_ms);
	} else if (whole(t)) {
		tftp_send_ack(t, now_ms);
		tftp_finish(t, TRANSFER_DONE, 0, false, now_ms);
	} else if (tftp_waits(t)) {
		if (arrival == TFTP_AGAIN && now_ms - t->sent_ms >= ECHO_MS + 2 * t->transfer.rtt_ms)
			tftp_send_ack(t, now_ms);       /* somebody is still here: servers give up, but not on who says that */
	} else if (tftp_window_due(&t->window) || (tftp_window_repeated(&t->window) && now_ms - t->sent_ms >= ECHO_MS)) {
		tftp_send_ack(t, now_ms);
	}
}
