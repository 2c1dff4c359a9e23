/* SPDX-License-Identifier: BSD-2-Clause */
/* Load plans: collecting moves, and finding the order in which they may be done. */
#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "image/plan.h"

void plan_init(struct load_plan *plan)
{
	memset(plan, 0, sizeof(*plan));
}

void plan_free(struct load_plan *plan)
{
	heap_free(plan->low);
	plan_init(plan);
}

int plan_move(struct load_plan *plan, phys_t dst, phys_t src, uint32_t len)
{
	if (!len || dst == src)
		return 0;
	if (plan->count == PLAN_MOVES_MAX)
		return fail(-ENOSPC, "more than %u pieces to put in place", PLAN_MOVES_MAX);
	plan->move[plan->count++] = (struct plan_move){ dst, src, len };
	return 0;
}

/** Would @first, done before @later, overwrite what @later is to read? */
static bool overwrites(const struct plan_move *first, const struct plan_move *later)
{
	return later->src != PLAN_ZERO && first->dst < later->src + later->len && later->src < first->dst + first->len;
}

/** May @candidate come before all others from @from on? */
static bool may_come_next(const struct load_plan *plan, const struct plan_move *from, const struct plan_move *candidate)
{
	for (; from < plan->move + plan->count; from++)
		if (from != candidate && overwrites(candidate, from))
			return false;
	return true;
}

int plan_order(struct load_plan *plan)
{
	struct plan_move *end = plan->move + plan->count;

	for (struct plan_move *next = plan->move; next < end; next++) {
		struct plan_move first = *next, *chosen = next;

		while (chosen < end && !may_come_next(plan, next, chosen))
			chosen++;
		if (chosen == end)
			return -EBUSY;
		*next = *chosen;
		*chosen = first;
	}
	return 0;
}
