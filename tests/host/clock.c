/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated clock: microseconds since an epoch that host_clock_set() chooses. */
#include "tests/host/host.h"

#include "core/clock.h"

#define READINGS_MAX 10000000u          /* without the time moving: the code under test waits for ever */

void (*host_on_time)(uint32_t now_ms);

static uint64_t now_us;
static uint32_t step_us, readings;

void host_clock_reset(void)
{
	now_us = 1000 * 1000;
	step_us = 0;
	readings = 0;
	host_on_time = NULL;
}

void host_clock_set(uint32_t now_ms)
{
	now_us = (uint64_t)now_ms * 1000;
}

void host_clock_advance_us(uint64_t us)
{
	uint64_t before_ms = now_us / 1000;

	readings = 0;
	now_us += us;
	if (host_on_time && now_us / 1000 != before_ms)
		host_on_time((uint32_t)(now_us / 1000));
}

void host_clock_advance(uint32_t ms)
{
	host_clock_advance_us((uint64_t)ms * 1000);
}

void host_clock_step(uint32_t us)
{
	step_us = us;
}

static void read_clock(void)
{
	if (step_us)
		host_clock_advance_us(step_us);
	else if (++readings > READINGS_MAX)
		host_die("the clock was read ten million times and stands still: host_clock_step()?");
}

__attribute__((weak)) uint32_t clock_ms(void)
{
	read_clock();
	return (uint32_t)(now_us / 1000);
}

__attribute__((weak)) uint64_t clock_us(void)
{
	read_clock();
	return now_us;
}

__attribute__((weak)) void clock_delay_us(uint32_t us)
{
	host_clock_advance_us(us);
}
