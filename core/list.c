/* SPDX-License-Identifier: BSD-2-Clause */
/* Linking and unlinking: in a file, not in the header, for a call is shorter. */
#include "core/list.h"

void list_insert(struct list *node, struct list *before)
{
	node->prev = before->prev;
	node->next = before;
	before->prev->next = node;
	before->prev = node;
}

void list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}
