/* SPDX-License-Identifier: BSD-2-Clause */
/* The console of the tests: output is kept, keys come from a script. */
#include "tests/host/host.h"

#include <stdlib.h>
#include <string.h>
#include "core/clock.h"
#include "core/console.h"

#define KEYS_MAX 16384
#define IDLE_MS 10

struct scripted_key { int key; bool timed; uint32_t at_ms; };

static char *text, *plain;
static size_t text_len, text_size;
static struct scripted_key keys[KEYS_MAX];
static size_t keys_head, keys_tail;
static int default_key;
static uint32_t last_key_ms;

void host_console_reset(void)
{
	host_console_clear();
	keys_head = keys_tail = 0;
	default_key = -1;
}

void host_console_clear(void)
{
	free(text);
	free(plain);
	text = plain = NULL;
	text_len = text_size = 0;
}

__attribute__((weak)) void console_putc(char c)
{
	if (text_len + 2 > text_size) {
		text_size = text_size ? text_size * 2 : 4096;
		text = realloc(text, text_size);
		if (!text)
			host_die("no memory for the console's text");
	}
	text[text_len++] = c;
	text[text_len] = '\0';
}

const char *host_console_text(void)
{
	return text ? text : "";
}

/** The byte after the ANSI sequence that begins at @s (ESC [ parameters letter). */
static const char *skip_sequence(const char *s)
{
	s++;
	if (*s != '[')
		return s;
	for (s++; *s && !(*s >= '@' && *s <= '~'); s++)
		;
	return *s ? s + 1 : s;
}

const char *host_console_plain(void)
{
	const char *s = host_console_text();
	size_t n = 0;

	free(plain);
	plain = malloc(strlen(s) + 1);
	if (!plain)
		host_die("no memory for the console's text");
	while (*s) {
		if (*s == 0x1b)
			s = skip_sequence(s);
		else
			plain[n++] = *s++;
	}
	plain[n] = '\0';
	return plain;
}

bool host_console_has(const char *wanted)
{
	return strstr(host_console_plain(), wanted) != NULL;
}

static void add_key(struct scripted_key key)
{
	if (keys_head == keys_tail)
		keys_head = keys_tail = 0;
	if (keys_tail == KEYS_MAX)
		host_die("too many keys in the script");
	keys[keys_tail++] = key;
	last_key_ms = key.timed ? key.at_ms : clock_ms();
}

void host_key(int key)
{
	add_key((struct scripted_key){ .key = key });
}

void host_key_after(uint32_t ms, int key)
{
	uint32_t from = keys_head == keys_tail ? clock_ms() : last_key_ms;

	add_key((struct scripted_key){ .key = key, .timed = true, .at_ms = from + ms });
}

void host_type(const char *typed)
{
	for (; *typed; typed++)
		host_key(*typed == '\n' ? '\r' : (unsigned char)*typed);
}

size_t host_keys_left(void)
{
	return keys_tail - keys_head;
}

void host_key_default(int key)
{
	default_key = key;
}

__attribute__((weak)) int console_getkey(void)
{
	if (keys_head == keys_tail)
		return default_key;
	if (keys[keys_head].timed && !time_reached(clock_ms(), keys[keys_head].at_ms))
		return -1;
	return keys[keys_head++].key;
}

__attribute__((weak)) void console_idle(void)
{
	host_clock_advance(IDLE_MS);
}
