/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists: order, insertion in the middle, removal while walking. */
#include "core/list.h"

#include "tests/unit/test.h"

struct item { char name; struct list link; };

static const char *names(const struct list *head)
{
	static char text[8];
	const struct list *pos;
	size_t n = 0;

	list_for_each(pos, head)
		text[n++] = list_entry(pos, const struct item, link)->name;
	text[n] = '\0';
	return text;
}

TEST(a_list_keeps_its_order)
{
	struct item a = { .name = 'a' }, b = { .name = 'b' }, c = { .name = 'c' };
	struct list head, *pos, *tmp;

	list_init(&head);
	EXPECT(list_empty(&head));
	list_append(&head, &a.link);
	list_append(&head, &c.link);
	list_insert(&b.link, &c.link);
	EXPECT_STR(names(&head), "abc");
	list_remove(&b.link);
	list_remove(&b.link);                   /* harmless */
	EXPECT_STR(names(&head), "ac");
	list_for_each_safe(pos, tmp, &head)
		list_remove(pos);
	EXPECT(list_empty(&head));
}
