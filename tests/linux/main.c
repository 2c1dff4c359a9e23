/* SPDX-License-Identifier: BSD-2-Clause */
/* bin/fpxe-host: the options, and the steps that arch/x86/start.c takes in the ROM. Ends with the status of the shell or script: 0, what
 * `exit` said, 1 after an error. */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "net/nic.h"        // NIC_MAC_BYTES
#include "tests/linux/platform.h"
#include "usr/main.h"

#define MEMORY_MIB 1024u

static const char usage[] =
	"usage: fpxe-host --tap NAME [--script FILE | --autoboot] [--memory MIB] [--mac MAC]\n"
	"\n"
	"The shell and the network stack of fPXE as a program, its only NIC a tap.\n"
	"\n"
	"  -t, --tap NAME      the tap; made if it is not there, which takes root:\n"
	"                        ip tuntap add NAME mode tap; ip link set NAME up\n"
	"  -s, --script FILE   run FILE (#!fpxe ...; - is standard input) instead of the shell\n"
	"  -a, --autoboot      do what a machine does that nobody touches\n"
	"  -m, --memory MIB    the machine's memory, 32 to 4095; 1024\n"
	"      --mac MAC       our address; one that depends on NAME alone\n"
	"  -h, --help\n"
	"\n"
	"Keys come from standard input. A terminal is raw meanwhile: Ctrl-C ends what runs, `exit` the program. Of a pipe a line is read\n"
	"when nothing is under way any more; its end is `exit`. Booting prints what would go where and ends the program.\n";

struct options { const char *tap, *script; unsigned memory_mib; bool autoboot, has_mac; uint8_t mac[NIC_MAC_BYTES]; };

void die(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "fpxe-host: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(1);
}

/** All of @path, NUL-terminated; "-" is standard input. */
static char *read_script(const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	size_t len = 0, room = 0;
	char *text = NULL;

	if (!f)
		die("%s: %m", path);
	do {
		room = 2 * room + 4096;
		text = realloc(text, room);
		if (!text)
			die("%s: too long", path);
		len += fread(text + len, 1, room - 1 - len, f);
	} while (len == room - 1);
	if (ferror(f))
		die("%s: %m", path);
	if (f != stdin)
		fclose(f);
	text[len] = '\0';
	return text;
}

static void parse_mac(struct options *o, const char *text)
{
	unsigned byte[NIC_MAC_BYTES];
	char rest;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &byte[0], &byte[1], &byte[2], &byte[3], &byte[4], &byte[5], &rest) != 6)
		die("--mac %s: not an address like 52:54:00:12:34:56", text);
	for (unsigned i = 0; i < NIC_MAC_BYTES; i++)
		o->mac[i] = (uint8_t)byte[i];
	if (o->mac[0] & 1)
		die("--mac %s: a group's address", text);
	o->has_mac = true;
}

static void parse_memory(struct options *o, const char *text)
{
	char *end;
	unsigned long mib = strtoul(text, &end, 10);

	if (*end || mib < MEMORY_MIB_MIN || mib > MEMORY_MIB_MAX)
		die("--memory %s: not a number of MiB from %u to %u", text, MEMORY_MIB_MIN, MEMORY_MIB_MAX);
	o->memory_mib = (unsigned)mib;
}

static void parse_options(struct options *o, int argc, char **argv)
{
	static const struct option known[] = {
		{ "tap", required_argument, NULL, 't' }, { "script", required_argument, NULL, 's' }, { "autoboot", no_argument, NULL, 'a' },
		{ "memory", required_argument, NULL, 'm' }, { "mac", required_argument, NULL, 'M' }, { "help", no_argument, NULL, 'h' }, { 0 } };
	int c;

	while ((c = getopt_long(argc, argv, "t:s:am:h", known, NULL)) != -1)
		switch (c) {
		case 't':
			o->tap = optarg;
			break;
		case 's':
			o->script = optarg;
			break;
		case 'a':
			o->autoboot = true;
			break;
		case 'm':
			parse_memory(o, optarg);
			break;
		case 'M':
			parse_mac(o, optarg);
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			exit(2);
		}
	if (!o->tap || optind != argc || (o->script && o->autoboot)) {
		fputs(usage, stderr);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct options o = { .memory_mib = MEMORY_MIB };
	int rc;

	parse_options(&o, argc, argv);
	memory_open(o.memory_mib);
	tap_open(o.tap, o.has_mac ? o.mac : NULL);
	system_open(o.script ? read_script(o.script) : NULL, !o.script && !o.autoboot);
	console_open();
	rc = fpxe_main();
	return rc < 0 ? 1 : rc;
}
