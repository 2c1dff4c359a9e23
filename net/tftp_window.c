/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of a file's blocks have come (see net/tftp_window.h).
 *
 * Where a server begins again behind 65535 is seen when it does. That is plain as long as no block is missing; but where windows are larger
 * than one block, a 1 is either the first after 65535, or the second and a 0 was lost. Until this is known nothing behind 65535 is
 * taken but a 0; a 1 is answered as any block behind a gap, so that the server sends both again, and believed when it has come so
 * often that a 0 cannot have been lost each time. */
#include "net/tftp_window.h"

#include "core/string.h"

enum { LAST_NUMBER = 65535, ONES_BELIEVED = 4 };

void tftp_window_init(struct tftp_window *w, unsigned size)
{
	memset(w, 0, sizeof(*w));
	w->size = size;
	w->next = 1;
}

/** The number that @block has on the wire. */
static uint16_t number_of(const struct tftp_window *w, uint32_t block)
{
	if (w->wrap == TFTP_WRAP_TO_1 && block > LAST_NUMBER)
		block = (block - 1) % LAST_NUMBER + 1;
	return (uint16_t)block;
}

/** The block with @number that is nearest to the one expected. 0: there is none. */
static uint32_t nearest(const struct tftp_window *w, uint16_t number)
{
	uint32_t period = w->wrap == TFTP_WRAP_TO_1 ? LAST_NUMBER : LAST_NUMBER + 1;
	uint32_t ahead = (number + period - number_of(w, w->next)) % period, behind = period - ahead;

	if (w->wrap == TFTP_WRAP_TO_1 && number == 0)
		return 0;
	if (ahead <= period / 2)
		return w->next + ahead;
	return behind < w->next ? w->next - behind : 0;
}

/** Block @block, behind number 65535 if the next is a 0, which is not known yet. Is it known now? */
static bool learn_wrap(struct tftp_window *w, uint32_t block)
{
	if (block == w->next)
		w->wrap = TFTP_WRAP_TO_0;
	else if (w->next == LAST_NUMBER + 1 && block == w->next + 1 && (w->size == 1 || ++w->ones == ONES_BELIEVED))
		w->wrap = TFTP_WRAP_TO_1;
	return w->wrap != TFTP_WRAP_UNKNOWN;
}

enum tftp_arrival tftp_window_find(struct tftp_window *w, uint16_t number, uint32_t *block)
{
	uint32_t found = nearest(w, number);
	bool unclear = false;

	if (found > LAST_NUMBER && w->wrap == TFTP_WRAP_UNKNOWN) {
		unclear = !learn_wrap(w, found);
		found = unclear ? found : w->next;
	}
	if (found == 0 || found >= w->next + w->size)
		return TFTP_NONSENSE;
	w->found_before = w->found;
	w->found = found;
	if (unclear || found < w->next || w->here[found % TFTP_WINDOW_MAX])
		return TFTP_AGAIN;
	*block = found;
	return TFTP_NEW;
}

void tftp_window_take(struct tftp_window *w, uint32_t block)
{
	w->here[block % TFTP_WINDOW_MAX] = true;
	for (; w->here[w->next % TFTP_WINDOW_MAX]; w->next++) {
		w->here[w->next % TFTP_WINDOW_MAX] = false;
		w->gap_said = false;
	}
}

bool tftp_window_due(struct tftp_window *w)
{
	bool begun_anew = w->found <= w->found_before;

	if (w->found < w->next)
		return w->next > w->acked + w->size;
	if (w->gap_said && !begun_anew)
		return false;
	return w->gap_said = true;
}

bool tftp_window_repeated(const struct tftp_window *w)
{
	return w->found <= w->acked;
}

uint16_t tftp_window_acknowledge(struct tftp_window *w)
{
	w->acked = w->next - 1;
	return number_of(w, w->acked);
}

uint16_t tftp_window_acknowledged(const struct tftp_window *w)
{
	return number_of(w, w->acked);
}
