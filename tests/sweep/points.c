/* SPDX-License-Identifier: BSD-2-Clause */
/* Which points there are. */
#include <stdio.h>
#include "tests/sweep/point.h"

#define COUNT(a) (uint32_t)(sizeof(a) / sizeof *(a))

static const uint32_t losses[] = { 0, 1000, 10000, 20000, 50000, 100000, 200000 };
static const uint32_t reorderings[] = { 0, 10000, 250000 };
static const uint32_t duplications[] = { 0, 50000 };
static const uint32_t delays[] = { 0, 20, 100, 300 };
static const uint32_t rates[] = { 1000, 10000, 100000, 0 };
static const uint16_t mtus[] = { 576, 1400, 1500 };
static const uint32_t sizes[] = { 1, 1461, 100000, 1 << 20, 8 << 20, POINT_SIZE_MAX };

/* Without faults it is all the same whose packets they would befall. */
static const uint32_t faults = (COUNT(losses) * COUNT(reorderings) * COUNT(duplications) - 1) * 3 + 1;

uint32_t point_count(void)
{
	return COUNT(sizes) * faults * COUNT(delays) * COUNT(rates) * COUNT(mtus);
}

/** Take one of @count off *@number. */
static uint32_t digit(uint32_t *number, uint32_t count)
{
	uint32_t value = *number % count;

	*number /= count;
	return value;
}

/* The small files come first. */
void point_of_matrix(uint32_t number, struct point *p)
{
	uint32_t rest = number, fault;

	p->seed = number + 1;
	p->mtu = mtus[digit(&rest, COUNT(mtus))];
	p->rate_kbit = rates[digit(&rest, COUNT(rates))];
	p->delay_ms = delays[digit(&rest, COUNT(delays))];
	fault = digit(&rest, faults) + 2;
	p->side = (enum side)digit(&fault, 3);
	p->duplicate_ppm = duplications[digit(&fault, COUNT(duplications))];
	p->reorder_ppm = reorderings[digit(&fault, COUNT(reorderings))];
	p->loss_ppm = losses[fault];
	p->size = sizes[rest];
}

static uint32_t draw(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % below;
}

/** Of 25 files one may have 64 MiB, of the others one in six 16 MiB, the rest two. */
static uint32_t draw_size(uint64_t *state)
{
	uint32_t more = 1 << 20;

	if (draw(state, 25) == 0)
		more = POINT_SIZE_MAX - (1 << 20);
	else if (draw(state, 6) == 0)
		more = 15 << 20;
	return (1 << 20) + draw(state, more + 1);
}

void point_draw(uint32_t seed, struct point *p)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15u;

	p->seed = seed;
	p->loss_ppm = seed % 2 ? losses[1 + draw(&state, COUNT(losses) - 1)] : 0;
	p->reorder_ppm = reorderings[draw(&state, COUNT(reorderings))];
	p->duplicate_ppm = duplications[draw(&state, COUNT(duplications))];
	p->side = (enum side)draw(&state, 3);
	p->delay_ms = delays[draw(&state, COUNT(delays))];
	p->rate_kbit = rates[draw(&state, COUNT(rates))];
	p->mtu = mtus[draw(&state, COUNT(mtus))];
	p->size = draw_size(&state);
}

void point_describe(const struct point *p, char *text, size_t size)
{
	static const char *const side[] = { "the server's", "our", "all" };
	char rate[24] = "no rate";

	if (p->rate_kbit)
		snprintf(rate, sizeof rate, "%u Mbit/s", p->rate_kbit / 1000);
	snprintf(text, size, "seed %u: %u bytes, MTU %u, %s, %u ms, %s packets: loss %g %%, reordering %u %%, duplication %u %%", p->seed, p->size,
	         p->mtu, rate, p->delay_ms, side[p->side], p->loss_ppm / 1e4, p->reorder_ppm / 10000, p->duplicate_ppm / 10000);
}
