/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings: the tree of scopes and the values in it (see core/settings.h). Names are setting_name.c's, their types and texts
 * setting_types.c's, the settings with a meaning setting_list.c's.
 *
 * A value is known by its tag or, where no tag belongs to its name, by the name. */
#include "core/settings.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/setting_list.h"
#include "core/setting_value.h"
#include "core/string.h"

static struct settings_scope root = {
	.children = { &root.children, &root.children },
	.siblings = { &root.siblings, &root.siblings },
	.values = { &root.values, &root.values },
};

uint32_t settings_generation, settings_lost;

struct settings_scope *settings_root(void)
{
	return &root;
}

void settings_init(void)
{
	list_init(&root.children);
	list_init(&root.values);
	settings_generation++;
}

void settings_attach(struct settings_scope *scope, struct settings_scope *parent, const char *name)
{
	text_copy(scope->name, sizeof(scope->name), name);
	scope->parent = parent;
	list_init(&scope->children);
	list_init(&scope->values);
	list_insert(&scope->siblings, parent->children.next);
	settings_generation++;
}

void settings_detach(struct settings_scope *scope)
{
	while (!list_empty(&scope->children))
		settings_detach(list_entry(scope->children.next, struct settings_scope, siblings));
	settings_wipe(scope);
	list_remove(&scope->siblings);
	scope->parent = NULL;
	settings_generation++;
}

void settings_prefer(struct settings_scope *scope)
{
	list_remove(&scope->siblings);
	list_insert(&scope->siblings, scope->parent->children.next);
	settings_generation++;
}

static void remove_value(struct setting_value *v)
{
	list_remove(&v->link);
	heap_free(v);
	settings_generation++;
}

void settings_wipe(struct settings_scope *scope)
{
	while (!list_empty(&scope->values))
		remove_value(list_entry(scope->values.next, struct setting_value, link));
}

/** A setting of the list is known by its tag alone, however it was asked for. */
static void normalize(uint32_t *tag, const char **name)
{
	const struct setting *listed;

	if (*tag)
		*name = NULL;
	else if ((listed = setting_find(0, *name)) != NULL) {
		*tag = setting_tag(listed);
		*name = NULL;
	}
}

static struct setting_value *find_own(const struct settings_scope *scope, uint32_t tag, const char *name)
{
	struct list *pos;

	list_for_each(pos, &scope->values) {
		struct setting_value *v = list_entry(pos, struct setting_value, link);

		if (v->tag == tag && (tag || strcmp(v->name, name) == 0))
			return v;
	}
	return NULL;
}

/** @scope's own, then each child's with all below it. */
static struct setting_value *find_below(const struct settings_scope *scope, uint32_t tag, const char *name,
                                        const struct settings_scope **where)
{
	struct setting_value *v = find_own(scope, tag, name);
	struct list *pos;

	if (v) {
		*where = scope;
		return v;
	}
	list_for_each(pos, &scope->children) {
		v = find_below(list_entry(pos, struct settings_scope, siblings), tag, name, where);
		if (v)
			return v;
	}
	return NULL;
}

const struct setting_value *setting_value_find(const struct settings_scope *scope, uint32_t tag, const char *name, bool deep,
                                               const struct settings_scope **where)
{
	normalize(&tag, &name);
	*where = scope;
	return deep ? find_below(scope, tag, name, where) : find_own(scope, tag, name);
}

int setting_value_store(struct settings_scope *scope, uint32_t tag, const char *name, int type, const void *data, size_t len)
{
	struct setting_value *old, *v;
	size_t name_size;

	if (len > SETTING_VALUE_MAX)
		return -EFBIG;
	normalize(&tag, &name);
	old = find_own(scope, tag, name);
	if (old && old->len == len && old->type == type && memcmp(old->data, data, len) == 0)
		return 0;               /* nothing changed, and nobody need look again */
	name_size = name ? strlen(name) + 1 : 0;
	v = heap_alloc(sizeof(*v) + len + name_size);
	if (!v) {
		settings_lost++;
		return -ENOMEM;
	}
	v->tag = tag;
	v->type = type;
	v->len = len;
	if (len)
		memcpy(v->data, data, len);
	v->name = (char *)v->data + len;
	if (name)
		memcpy(v->data + len, name, name_size);
	list_append(&scope->values, &v->link);
	if (old)
		remove_value(old);
	settings_generation++;
	return 0;
}

int setting_value_remove(struct settings_scope *scope, uint32_t tag, const char *name)
{
	struct setting_value *v;

	normalize(&tag, &name);
	v = find_own(scope, tag, name);
	if (!v)
		return -ENOENT;
	remove_value(v);
	return 0;
}

int settings_store(struct settings_scope *scope, uint32_t tag, const char *name, const void *data, size_t len)
{
	return setting_value_store(scope, tag, name, SETTING_UNTYPED, data, len);
}

const uint8_t *settings_find(const struct settings_scope *scope, uint32_t tag, const char *name, bool deep, size_t *len)
{
	const struct settings_scope *where;
	const struct setting_value *v = setting_value_find(scope, tag, name, deep, &where);

	if (!v)
		return NULL;
	*len = v->len;
	return v->data;
}

bool settings_find_ipv4(const struct settings_scope *scope, uint32_t tag, bool deep, uint32_t *addr)
{
	size_t len;
	const uint8_t *p = settings_find(scope, tag, NULL, deep, &len);

	if (!p || len < 4)
		return false;
	*addr = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return true;
}
