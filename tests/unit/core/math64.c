/* SPDX-License-Identifier: BSD-2-Clause */
/* core/math64.c, the compiler's names, against the host's own division. */
#include "tests/unit/test.h"

#define __udivdi3 fw_udivdi3
#define __umoddi3 fw_umoddi3
#define __divdi3 fw_divdi3
#define __moddi3 fw_moddi3
#define __lshrdi3 fw_lshrdi3
#define __ashldi3 fw_ashldi3
#include "core/math64.c"

static const uint64_t edges[] = {
	0, 1, 2, 3, 10, 1000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x100000001, 0x123456789abcdef,
	INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX - 1, UINT64_MAX,
};
#define EDGES (sizeof(edges) / sizeof(*edges))

TEST(unsigned_division_is_exact_at_every_edge)
{
	for (unsigned i = 0; i < EDGES; i++)
		for (unsigned j = 1; j < EDGES; j++) {
			EXPECT_EQ(fw_udivdi3(edges[i], edges[j]), edges[i] / edges[j]);
			EXPECT_EQ(fw_umoddi3(edges[i], edges[j]), edges[i] % edges[j]);
		}
}

TEST(signed_division_cuts_towards_zero)
{
	for (unsigned i = 0; i < EDGES; i++)
		for (unsigned j = 1; j < EDGES; j++) {
			int64_t n = (int64_t)edges[i], d = (int64_t)edges[j];

			if (n == INT64_MIN && d == -1)
				continue;       /* undefined in C */
			EXPECT_EQ(fw_divdi3(n, d), n / d);
			EXPECT_EQ(fw_moddi3(n, d), n % d);
		}
}

TEST(shifts_by_halves_are_shifts)
{
	for (unsigned i = 0; i < EDGES; i++)
		for (int by = 0; by < 64; by++) {
			EXPECT_EQ(fw_lshrdi3(edges[i], by), edges[i] >> by);
			EXPECT_EQ(fw_ashldi3(edges[i], by), edges[i] << by);
		}
}
