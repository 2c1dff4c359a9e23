/* SPDX-License-Identifier: BSD-2-Clause */
/* A doubly linked list whose links live in what it links. An empty list's head points to itself. */
#ifndef CORE_LIST_H
#define CORE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list { struct list *prev, *next; };

#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#define list_entry(node, type, member) container_of(node, type, member)
/** Walk @head; @pos is a struct list *; the current one may be removed. */
#define list_for_each_safe(pos, tmp, head) \
	for ((pos) = (head)->next, (tmp) = (pos)->next; (pos) != (head); (pos) = (tmp), (tmp) = (pos)->next)
#define list_for_each(pos, head) for ((pos) = (head)->next; (pos) != (head); (pos) = (pos)->next)

static inline void list_init(struct list *head) { head->prev = head->next = head; }
static inline bool list_empty(const struct list *head) { return head->next == head; }
void list_insert(struct list *node, struct list *before);
static inline void list_append(struct list *head, struct list *node) { list_insert(node, head); }
/** Unlink @node and leave it pointing to itself, so that removing twice is harmless. */
void list_remove(struct list *node);

#endif
