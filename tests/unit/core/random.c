/* SPDX-License-Identifier: BSD-2-Clause */
/* core/random.c, built in so that each test can begin with an unseeded generator. */
#include "tests/unit/test.h"

#include "core/random.c"
#include "tests/host/host.h"

static void fresh(void)
{
	host_reset();
	memset(&generator, 0, sizeof(generator));
}
__attribute__((constructor)) static void use_fresh(void) { test_setup = fresh; }

TEST(unseeded_output_is_an_own_bug)
{
	if (host_catch() == HOST_STAYED) {
		random_u32();
		EXPECT(!"output without a seed");
	}
}

TEST(the_same_seed_gives_the_same_numbers_another_gives_others)
{
	uint32_t first[20];

	random_stir("seed", 4);
	for (unsigned i = 0; i < 20; i++)
		first[i] = random_u32();
	fresh();
	random_stir("seed", 4);
	for (unsigned i = 0; i < 20; i++)
		EXPECT_EQ(random_u32(), first[i]);
	fresh();
	random_stir("sed", 3);
	EXPECT(random_u32() != first[0]);
}

TEST(stirring_mixes_in_and_never_replaces)
{
	uint32_t a, b;

	random_stir("first secret", 12);
	random_stir("known", 5);
	a = random_u32();
	fresh();
	random_stir("other secret", 12);
	random_stir("known", 5);
	b = random_u32();
	EXPECT(a != b);
}

TEST(how_input_was_cut_matters)
{
	uint32_t a;

	random_stir("abcdef", 6);
	a = random_u32();
	fresh();
	random_stir("abc", 3);
	random_stir("def", 3);
	EXPECT(random_u32() != a);
	fresh();
	random_stir("abcdef\0", 7);
	EXPECT(random_u32() != a);
}

TEST(bits_are_even_and_numbers_do_not_repeat)
{
	unsigned ones[32] = { 0 };
	uint32_t last = 0;

	random_stir("x", 1);
	for (unsigned i = 0; i < 4096; i++) {
		uint32_t v = random_u32();

		EXPECT(v != last);
		last = v;
		for (unsigned b = 0; b < 32; b++)
			ones[b] += v >> b & 1;
	}
	for (unsigned b = 0; b < 32; b++)
		EXPECT(ones[b] > 1850 && ones[b] < 2250);       /* 2048 +- 6 sigma */
}

TEST(below_stays_below_and_reaches_all)
{
	unsigned seen[10] = { 0 };

	random_stir("x", 1);
	for (unsigned i = 0; i < 10000; i++) {
		uint32_t v = random_below(10);

		EXPECT(v < 10);
		seen[v % 10]++;
	}
	for (unsigned i = 0; i < 10; i++)
		EXPECT(seen[i] > 800 && seen[i] < 1200);
	EXPECT_EQ(random_below(1), 0);
	EXPECT(random_below(0x80000001u) <= 0x80000000u);
}

TEST(the_keyed_hash_depends_on_all_input_and_stays)
{
	uint8_t tuple[40] = { 0 };
	uint32_t first;

	random_stir("x", 1);
	first = random_keyed_hash(tuple, sizeof(tuple));
	random_stir("more", 4);
	EXPECT_EQ(random_keyed_hash(tuple, sizeof(tuple)), first);
	for (unsigned i = 0; i < sizeof(tuple); i++) {
		tuple[i] ^= 1;
		EXPECT(random_keyed_hash(tuple, sizeof(tuple)) != first);
		tuple[i] ^= 1;
	}
	EXPECT(random_keyed_hash(tuple, sizeof(tuple) - 1) != first);
	fresh();
	random_stir("y", 1);
	EXPECT(random_keyed_hash(tuple, sizeof(tuple)) != first);
}
