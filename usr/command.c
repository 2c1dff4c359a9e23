/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands by their tables: finding one, parsing its options, printing its help. */
#include "usr/command.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/string.h"

const struct command *command_find(const char *name)
{
	for (const struct command *const *c = commands; *c; c++) {
		if (strcmp((*c)->name, name) == 0)
			return *c;
		for (unsigned i = 0; i < COMMAND_ALIASES && (*c)->alias[i]; i++)
			if (strcmp((*c)->alias[i], name) == 0)
				return *c;
	}
	return NULL;
}

static void print_option(const struct option *o)
{
	char name[32];

	text_format(name, sizeof(name), "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
	if (o->letter)
		print("  -%c, %-16s %s\n", o->letter, name, o->help);
	else
		print("      %-16s %s\n", name, o->help);
}

void command_help(const struct command *c)
{
	static const struct option help = { 'h', "help", NULL, "print this" };
	const struct option *o;

	print("usage: %s%s%s%s\n%s\n", c->name, c->options ? " [options]" : "", *c->arguments ? " " : "", c->arguments, c->help);
	for (o = c->options; o && o->name; o++)
		print_option(o);
	print_option(&help);
	for (unsigned i = 0; i < COMMAND_ALIASES && c->alias[i]; i++)
		print("%s %s", i == 0 ? "also:" : ",", c->alias[i]);
	if (c->alias[0])
		print("\n");
}

/* Parsing. One word may hold several letters ("-qn NAME") or a name with its value ("--name=NAME"). */
struct parser {
	const struct command *command;
	struct arguments *arguments;
	char **next;                    /* words not looked at yet, NULL-terminated */
	bool help;
};

/** Note option @o (NULL: unknown, as @dashes @name[0..@len) was typed), whose value is @value, the next word, or none at all. */
static int take_option(struct parser *p, const struct option *o, const char *dashes, const char *name, size_t len, const char *value)
{
	if (!o)
		return fail(-EINVAL, "unknown option %s%.*s", dashes, (int)len, name);
	if (!o->value && value)
		return fail(-EINVAL, "option --%s takes no value", o->name);
	if (o->value && !value && !*p->next)
		return fail(-EINVAL, "option --%s wants %s", o->name, o->value);
	if (o->value && !value)
		value = *p->next++;
	p->arguments->option[o - p->command->options] = value ? value : "";
	return 0;
}

/** "--name", "--name=VALUE". @word is without its dashes. */
static int parse_long(struct parser *p, const char *word)
{
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	const struct option *o = p->command->options;

	if (strcmp(word, "help") == 0) {
		p->help = true;
		return 0;
	}
	while (o && o->name && (strlen(o->name) != len || memcmp(o->name, word, len) != 0))
		o++;
	return take_option(p, o && o->name ? o : NULL, "--", word, len, equals ? equals + 1 : NULL);
}

/** "-q", "-qn NAME", "-nNAME". @letters is without the dash. */
static int parse_letters(struct parser *p, const char *letters)
{
	int rc = 0;

	for (; rc == 0 && *letters; letters++) {
		const struct option *o = p->command->options;

		if (*letters == 'h') {
			p->help = true;
			continue;
		}
		while (o && o->name && o->letter != *letters)
			o++;
		if (o && o->name && o->value && letters[1])
			return take_option(p, o, "-", letters, 1, letters + 1);
		rc = take_option(p, o && o->name ? o : NULL, "-", letters, 1, NULL);
	}
	return rc;
}

/** Sort the words after the command's name into options and others; the others end up in order at argv + 1. */
static int parse(struct parser *p, char **argv)
{
	char **out = argv + 1;
	bool options = true;

	p->arguments->argv = p->next = out;
	while (*p->next) {
		char *word = *p->next++;
		int rc = 0;

		if (options && strcmp(word, "--") == 0)
			options = false;
		else if (options && word[0] == '-' && word[1] == '-')
			rc = parse_long(p, word + 2);
		else if (options && word[0] == '-' && word[1])
			rc = parse_letters(p, word + 1);
		else {
			*out++ = word;
			options = options && !p->command->raw;
		}
		if (rc != 0)
			return rc;
	}
	*out = NULL;
	p->arguments->argc = (int)(out - p->arguments->argv);
	return 0;
}

int command_run(int argc, char **argv)
{
	const struct command *c = command_find(argv[0]);
	struct arguments a = { .argc = 0 };
	struct parser p = { .command = c, .arguments = &a };
	int rc;

	(void)argc;
	if (!c)
		return fail(-ENOENT, "no such command (help lists them)");
	rc = parse(&p, argv);
	if (rc != 0)
		return rc;
	if (p.help) {
		command_help(c);
		return 0;
	}
	if (a.argc < c->min_args || (c->max_args >= 0 && a.argc > c->max_args))
		return fail(-EINVAL, "usage: %s %s", c->name, c->arguments);
	return c->run(&a);
}

int command_number(const struct arguments *a, unsigned index, uint32_t *value)
{
	if (a->option[index] && !text_to_u32(a->option[index], UINT32_MAX, value))
		return fail(-EINVAL, "\"%s\" is not a number", a->option[index]);
	return 0;
}

char *command_join(int argc, char **argv)
{
	size_t size = 1;
	char *text, *end;

	for (int i = 0; i < argc; i++)
		size += strlen(argv[i]) + 1;
	text = end = heap_alloc(size);
	if (!text)
		return NULL;
	for (int i = 0; i < argc; i++) {
		size_t len = strlen(argv[i]);

		if (i > 0)
			*end++ = ' ';
		memcpy(end, argv[i], len);
		end += len;
	}
	*end = '\0';
	return text;
}
