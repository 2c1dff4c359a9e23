/* SPDX-License-Identifier: BSD-2-Clause */
/* Unit tests on the host: TEST(name) { EXPECT(...); } A file of tests is a program of its own, linked with the code (libfpxe.a) and
 * the host's platform (tests/host/). A failed expectation prints where and what and fails that test; the program goes on. At the
 * end it prints one line "N passed, N failed" and exits 1 if any failed. Arguments choose tests by name. */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test { const char *name; void (*run)(void); struct test *next; };
void test_register(struct test *t);
void test_fail(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void test_expect_eq(const char *file, int line, const char *what, long long got, long long wanted);
void test_expect_str(const char *file, int line, const char *what, const char *got, const char *wanted);
void test_expect_mem(const char *file, int line, const char *what, const void *got, const void *wanted, size_t len);

/* A name says what is shown: TEST(uri_refuses_port_zero). */
#define TEST(name_)                                                                        \
	static void name_(void);                                                           \
	static struct test test_##name_ = { #name_, name_, NULL };                         \
	__attribute__((constructor)) static void register_##name_(void) { test_register(&test_##name_); } \
	static void name_(void)

#define EXPECT(condition) ((condition) ? (void)0 : test_fail(__FILE__, __LINE__, "%s", #condition))
#define EXPECT_EQ(got, wanted) test_expect_eq(__FILE__, __LINE__, #got, (long long)(got), (long long)(wanted))
#define EXPECT_STR(got, wanted) test_expect_str(__FILE__, __LINE__, #got, (got), (wanted))
#define EXPECT_MEM(got, wanted, len) test_expect_mem(__FILE__, __LINE__, #got, (got), (wanted), (len))

/** The test that runs now. */
extern const char *test_name;
/** Called before and after each test if defined by the file: reset the platform, look for leaks. */
extern void (*test_setup)(void);
extern void (*test_teardown)(void);

#endif
