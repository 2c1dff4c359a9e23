/* SPDX-License-Identifier: BSD-2-Clause */
/* The runner behind tests/unit/test.h. */
#include "tests/unit/test.h"

#include <stdarg.h>

static struct test *first, **last = &first;
static bool failed;
const char *test_name;
void (*test_setup)(void);
void (*test_teardown)(void);

void test_register(struct test *t)
{
	*last = t;
	last = &t->next;
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	failed = true;
	printf("%s:%d: ", file, line);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

void test_expect_eq(const char *file, int line, const char *what, long long got, long long wanted)
{
	if (got != wanted)
		test_fail(file, line, "%s is %lld (0x%llx), wanted %lld (0x%llx)", what, got, got, wanted, wanted);
}

void test_expect_str(const char *file, int line, const char *what, const char *got, const char *wanted)
{
	if (!got || strcmp(got, wanted) != 0)
		test_fail(file, line, "%s is \"%s\", wanted \"%s\"", what, got ? got : "(null)", wanted);
}

void test_expect_mem(const char *file, int line, const char *what, const void *got, const void *wanted, size_t len)
{
	if (memcmp(got, wanted, len) != 0)
		test_fail(file, line, "%s: %zu bytes differ from what was wanted", what, len);
}

static bool chosen(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return true;
	return argc < 2;
}

int main(int argc, char **argv)
{
	unsigned passed = 0, bad = 0;

	for (struct test *t = first; t; t = t->next) {
		if (!chosen(t->name, argc, argv))
			continue;
		failed = false;
		test_name = t->name;
		if (test_setup)
			test_setup();
		t->run();
		if (test_teardown)
			test_teardown();
		if (failed)
			printf("FAILED %s\n", t->name);
		failed ? bad++ : passed++;
	}
	printf("%u passed, %u failed\n", passed, bad);
	return bad || !passed;
}
