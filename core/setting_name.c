/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings by their full names, as people and scripts use them: settings_set(), settings_clear() and settings_get().
 *
 * Scopes are divided by . or / alike; where there is a / the setting stands behind the last one, else behind as many words as are
 * scopes: net0/ip, net0.ip, net0.dhcp/filename, net0/dhcp/filename, net0.175.189, 175.189:int8. */
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/setting_list.h"
#include "core/setting_types.h"
#include "core/setting_value.h"
#include "core/string.h"

/* A full name taken apart. */
struct reference {
	struct settings_scope *scope;
	uint32_t tag;                   /* 0: only a name */
	const char *name;               /* of the setting, in @text */
	const struct setting *listed;   /* NULL: not in the list */
	int type;                       /* the one that was named, or SETTING_UNTYPED */
	char text[SETTING_NAME_MAX];
};

/** Is @scope called @name? "netX" is whichever interface comes first. */
static bool scope_has_name(const struct settings_scope *scope, const char *name, size_t len)
{
	if (len == 4 && memcmp(name, "netX", 4) == 0)
		return strncmp(scope->name, "net", 3) == 0 && text_is_digit(scope->name[3]);
	return strncmp(scope->name, name, len) == 0 && !scope->name[len];
}

static struct settings_scope *find_child(const struct settings_scope *scope, const char *name, size_t len)
{
	struct list *pos;

	list_for_each(pos, &scope->children) {
		struct settings_scope *child = list_entry(pos, struct settings_scope, siblings);

		if (len && len < sizeof(child->name) && scope_has_name(child, name, len))
			return child;
	}
	return NULL;
}

/** Go down from the root along the words before the setting; returns where the setting begins, NULL for a scope that is not. */
static const char *find_scope(struct settings_scope **scope, const char *path)
{
	const char *slash = strrchr(path, '/');

	*scope = settings_root();
	for (;;) {
		size_t len = 0;
		struct settings_scope *child;

		while (path[len] && path[len] != '.' && path[len] != '/')
			len++;
		if (!path[len])
			return path;
		if (slash && path > slash)
			return path;            /* behind the last / : what has dots is a number */
		child = find_child(*scope, path, len);
		if (!child)
			return slash || !text_is_digit(*path) ? NULL : path;
		*scope = child;
		path += len + 1;
	}
}

/** "67" or "43.6". */
static bool parse_tag(const char *text, uint32_t *tag)
{
	uint32_t option, sub = 1;
	const char *end = text_digits(text, 10, &option);

	*tag = option;
	if (*end == '.') {
		end = text_digits(end + 1, 10, &sub);
		*tag = SETTING_TAG(option, sub);
	}
	return !*end && option >= 1 && option <= 254 && sub >= 1 && sub <= 254;
}

static int parse_reference(const char *full, struct reference *r)
{
	char *colon;

	if (!text_copy(r->text, sizeof(r->text), full))
		return fail(-EINVAL, "setting name too long");
	r->type = SETTING_UNTYPED;
	r->tag = 0;
	colon = strrchr(r->text, ':');
	if (colon) {
		*colon = '\0';
		r->type = setting_type_find(colon + 1);
		if (r->type < 0)
			return fail(-EINVAL, "no setting type \"%s\"", colon + 1);
	}
	r->name = find_scope(&r->scope, r->text);
	if (!r->name)
		return fail(-ENOENT, "no settings scope for \"%s\"", r->text);
	if (!*r->name || (text_is_digit(*r->name) && !parse_tag(r->name, &r->tag)))
		return fail(-EINVAL, "bad setting name \"%s\"", full);
	r->listed = setting_find(r->tag, r->name);
	if (r->listed)
		r->tag = setting_tag(r->listed);
	return 0;
}

/** The type named, the one a value was stored with, the list's; else a number is hex and a name text. */
static enum setting_type reference_type(const struct reference *r, const struct setting_value *v)
{
	if (r->type != SETTING_UNTYPED)
		return (enum setting_type)r->type;
	if (v && v->type != SETTING_UNTYPED)
		return (enum setting_type)v->type;
	if (r->listed)
		return (enum setting_type)r->listed->type;
	return r->tag ? SETTING_HEX : SETTING_STRING;
}

int settings_set(const char *name, const char *text)
{
	const struct settings_scope *where;
	struct reference r;
	enum setting_type type;
	uint8_t *data;
	int len, rc = parse_reference(name, &r);

	if (rc)
		return rc;
	type = reference_type(&r, r.listed ? NULL : setting_value_find(r.scope, r.tag, r.name, false, &where));
	data = heap_alloc(SETTING_PARSED_MAX(strlen(text)));
	if (!data)
		return -ENOMEM;
	len = setting_type_parse(type, text, data);
	if (len < 0)
		rc = fail(-EINVAL, "\"%s\" is not of type %s", text, setting_type_name(type));
	else
		rc = setting_value_store(r.scope, r.tag, r.name, (int)type, data, (size_t)len);
	heap_free(data);
	return rc;
}

int settings_clear(const char *name)
{
	struct reference r;
	int rc = parse_reference(name, &r);

	return rc ? rc : setting_value_remove(r.scope, r.tag, r.name);
}

/** "net0.dhcp/", or nothing for the root. */
static void append_scope(struct text_buffer *t, const struct settings_scope *scope, bool last)
{
	if (!scope->parent)
		return;
	append_scope(t, scope->parent, false);
	text_append(t, "%s%s", scope->name, last ? "/" : ".");
}

int settings_get(const char *name, char *buf, size_t size, char *canonical)
{
	struct text_buffer out = { buf, size, 0 };
	const struct settings_scope *where;
	const struct setting_value *v;
	struct reference r;
	enum setting_type type;
	int rc = parse_reference(name, &r);

	if (rc)
		return rc;
	v = setting_value_find(r.scope, r.tag, r.name, true, &where);
	if (!v)
		return -ENOENT;
	type = reference_type(&r, v);
	text_append(&out, "%s", "");
	rc = setting_type_format(type, r.type == SETTING_UNTYPED && r.tag == TAG_DNS, v->data, v->len, &out);
	if (rc)
		return fail(rc, "the value is not of type %s", setting_type_name(type));
	if (canonical) {
		struct text_buffer full = { canonical, SETTING_NAME_MAX, 0 };

		append_scope(&full, where, true);
		text_append(&full, "%s:%s", r.name, setting_type_name(type));
	}
	return out.len;
}
