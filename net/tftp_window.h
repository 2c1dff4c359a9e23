/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of a file's blocks have come, and what is to be acknowledged (RFC 1350, RFC 7440): tells block numbers apart, which have 16 bits
 * on the wire and begin again, at 0 or at 1 as the server likes. Pure: no packets, no bytes.
 *
 * tftp_window_init() - for each DATA: tftp_window_find(), tftp_window_take() when it is new, tftp_window_due() - and whenever an
 * acknowledgement is sent, due or not, tftp_window_acknowledge().
 *
 * Blocks are counted from 1 and do not wrap here. Always acked < next <= acked + size + 1. */
#ifndef NET_TFTP_WINDOW_H
#define NET_TFTP_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

enum { TFTP_WINDOW_MAX = 64 };                  /* blocks */

struct tftp_window {
	unsigned size;                          /* blocks that the server sends before it waits, 1 to TFTP_WINDOW_MAX */
	uint32_t next;                          /* the first block that has not come */
	uint32_t acked;                         /* the block acknowledged last; 0 at first */
	uint32_t found, found_before;           /* the last two that came */
	enum { TFTP_WRAP_UNKNOWN, TFTP_WRAP_TO_0, TFTP_WRAP_TO_1 } wrap;        /* what follows number 65535 */
	uint8_t ones;                           /* times that number 1 came while it could be either kind's */
	bool gap_said;                          /* it was acknowledged that @next is missing */
	bool here[TFTP_WINDOW_MAX];             /* those behind a gap, by their numbers modulo that */
};

enum tftp_arrival {
	TFTP_NEW,
	TFTP_AGAIN,                             /* it has come before, or must come again to be understood */
	TFTP_NONSENSE,                          /* nothing that the server may send now */
};

void tftp_window_init(struct tftp_window *w, unsigned size);
/** What is DATA @number? *@block is set to its block, if that is a new one. */
enum tftp_arrival tftp_window_find(struct tftp_window *w, uint16_t number, uint32_t *block);
/** @block, a new one, is in memory. */
void tftp_window_take(struct tftp_window *w, uint32_t block);
/** Does the block that was found last call for an acknowledgement: of a whole window, or because one before it is missing? Each gap
 *  is said once, and once more each time that the server has begun its window anew and the block is missing again. */
bool tftp_window_due(struct tftp_window *w);
/** Was the block that was found last acknowledged before? */
bool tftp_window_repeated(const struct tftp_window *w);
/** The number by which all blocks before @next are acknowledged now; the server goes on behind them. */
uint16_t tftp_window_acknowledge(struct tftp_window *w);
/** The number of the acknowledgement before: the server sends the same blocks once more. */
uint16_t tftp_window_acknowledged(const struct tftp_window *w);

#endif
