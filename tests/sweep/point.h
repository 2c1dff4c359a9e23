/* SPDX-License-Identifier: BSD-2-Clause */
/* One point of the sweep: a download over a path with given faults on the simulated network, in a stack of its own. */
#ifndef TESTS_SWEEP_POINT_H
#define TESTS_SWEEP_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whose packets the faults befall. */
enum side { SERVERS, OURS, BOTH };

struct point {
	uint32_t seed;                          /* of chance, and of the file */
	uint32_t loss_ppm, reorder_ppm, duplicate_ppm;
	enum side side;
	uint32_t delay_ms;                      /* of a round trip, half of it each way */
	uint32_t rate_kbit;                     /* each way; 0: none */
	uint16_t mtu;
	uint32_t size;                          /* of the file */
};

enum { POINT_SIZE_MAX = 64 << 20 };

struct outcome {
	bool good;
	char why[200];                          /* it is not */
	uint32_t ms;                            /* of simulated time */
	uint64_t window;                        /* the most that all connections together offered at a time */
	unsigned accepted, resent, overruns;    /* connections; segments; frames that found the NIC's ring full */
};

void point_run(const struct point *p, struct outcome *o);
/** A download that takes longer than this has failed. */
uint32_t point_bound_ms(const struct point *p);
/** The smaller of the rate and window / round trip, in bytes a second; 0: there is none. */
uint64_t point_limit(const struct point *p, uint64_t window);
/** "loss 1 %, reordering 25 %, ..." */
void point_describe(const struct point *p, char *text, size_t size);

/** All points of the matrix, by number; and those that are drawn, of at least a mebibyte, half of them with loss, by seed. */
uint32_t point_count(void);
void point_of_matrix(uint32_t number, struct point *p);
void point_draw(uint32_t seed, struct point *p);

#endif
