/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock is Linux's monotonic one, and what it costs to wait: the firmware polls, a program rests where nothing would come of it. */
#include "core/clock.h"

#include <poll.h>
#include <time.h>
#include "tests/linux/platform.h"

#define SPINS_MAX 500                   /* readings of one millisecond: a loop that waits, for that long has nothing else to do */

uint64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint32_t clock_ms(void)
{
	static uint32_t last_ms, spins;
	uint32_t now_ms = (uint32_t)(clock_us() / 1000);

	spins = now_ms == last_ms ? spins + 1 : 0;
	last_ms = now_ms;
	if (spins == SPINS_MAX) {
		clock_rest(1);
		spins = 0;
	}
	return now_ms;
}

void clock_delay_us(uint32_t us)
{
	struct timespec wait = { us / 1000000, us % 1000000 * 1000 };

	while (nanosleep(&wait, &wait) != 0)
		;
}

void clock_rest(uint32_t ms)
{
	struct pollfd watched[] = { { tap_fd(), POLLIN, 0 }, { console_fd(), POLLIN, 0 } };

	console_flush();
	poll(watched, 2, (int)ms);
}
