/* SPDX-License-Identifier: BSD-2-Clause */
/* core/math_divide.c against the host's own division. */
#include "tests/unit/test.h"

#include "core/math64.h"

static const uint64_t edges[] = {
	0, 1, 2, 3, 10, 1000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x100000001, 0x123456789abcdef,
	INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX - 1, UINT64_MAX,
};
#define EDGES (sizeof(edges) / sizeof(*edges))

TEST(division_is_exact_at_every_edge)
{
	for (unsigned i = 0; i < EDGES; i++)
		for (unsigned j = 1; j < EDGES; j++) {
			uint64_t r, q = math_divide(edges[i], edges[j], &r);

			EXPECT_EQ(q, edges[i] / edges[j]);
			EXPECT_EQ(r, edges[i] % edges[j]);
			EXPECT_EQ(math_divide(edges[i], edges[j], NULL), q);
		}
}

TEST(random_pairs_agree)
{
	uint64_t a = 88172645463325252u, b = 0x9e3779b97f4a7c15u;

	for (unsigned i = 0; i < 20000; i++) {
		uint64_t r, d;

		a ^= a << 13, a ^= a >> 7, a ^= a << 17;
		b ^= b << 13, b ^= b >> 7, b ^= b << 17;
		d = (b >> (i % 64)) | 1;
		EXPECT_EQ(math_divide(a, d, &r), a / d);
		EXPECT_EQ(r, a % d);
	}
}
