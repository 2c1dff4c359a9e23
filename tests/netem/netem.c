/* SPDX-License-Identifier: BSD-2-Clause */
/* A network emulator: joins two ends, and each direction between them delays, loses, repeats, reorders, corrupts and holds up frames.
 *
 *   netem [OPTION]... FIRST SECOND          an end is tap:NAME or unix:LOCAL,REMOTE (QEMU's -netdev dgram with the paths the other way round)
 *     --down SPEC --up SPEC --both SPEC     from the first end to the second, from the second to the first, both
 *     --seed N                              of every chance; the default is 1
 *     --flap UP,DOWN                        the link is up for so many ms, down for so many, again and again
 *     --pcap FILE --snap BYTES              what the second end receives and sends
 *
 * SPEC is a list of delay=MS jitter=MS wander=MS reorder-delay=MS, loss=% duplicate=% reorder=% corrupt=%, rate=BYTES (a second)
 * queue=BYTES size=BYTES, with commas between: link.h says what they do.
 *
 * It says "ready" when frames pass. SIGUSR1 pulls the link's plug, and puts it back; SIGUSR2 prints the counters, a line of JSON, so far;
 * SIGTERM and SIGINT end it with that line, and so does a tap that is no longer there. Frames still on their way then are forgotten. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/netem/capture.h"
#include "tests/netem/end.h"
#include "tests/netem/flows.h"
#include "tests/netem/link.h"

#define NS_PER_S 1000000000u
#define FRAMES_AT_ONCE 128              /* read from one end before the other has its turn */

enum { DOWN, UP };

static struct netem {
	struct end ends[2];
	struct link links[2];           /* links[DOWN] leads from ends[0] to ends[1] */
	bool busy[2];                   /* the end that links[i] leads to takes nothing now */
	struct flows flows;
	uint64_t start_ns, unix_offset_ns;
	uint64_t flap_up_ns, flap_down_ns, next_flap_ns;
	bool plug_pulled, flapped;
	const char *pcap_path;
	FILE *pcap;
	uint32_t snap;
} n = { .snap = 65535 };

static volatile sig_atomic_t ends_now, toggles, reports;

static uint64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void on_signal(int number)
{
	if (number == SIGUSR1)
		toggles = toggles + 1;
	else if (number == SIGUSR2)
		reports = reports + 1;
	else
		ends_now = 1;
}

/* ---- What it prints */

static void print_link(const char *name, const struct link *l, uint64_t tap_dropped)
{
	const struct link_counts *c = &l->counts;

	printf("\"%s\": {\"frames\": %llu, \"bytes\": %llu, \"delivered\": %llu, \"delivered_bytes\": %llu, \"lost\": %llu, "
	       "\"too_large\": %llu, \"queue_full\": %llu, \"link_down\": %llu, \"overflow\": %llu, \"absent\": %llu, \"tap_dropped\": %llu, "
	       "\"duplicated\": %llu, \"reordered\": %llu, \"corrupted\": %llu, \"most_held\": %llu, \"latest_ms\": %.3f}, ", name,
	       (unsigned long long)c->frames, (unsigned long long)c->bytes, (unsigned long long)c->delivered,
	       (unsigned long long)c->delivered_bytes, (unsigned long long)c->lost, (unsigned long long)c->too_large,
	       (unsigned long long)c->queue_full, (unsigned long long)c->link_down, (unsigned long long)c->overflow,
	       (unsigned long long)c->absent, (unsigned long long)tap_dropped, (unsigned long long)c->duplicated,
	       (unsigned long long)c->reordered, (unsigned long long)c->corrupted, (unsigned long long)c->most_held,
	       (double)c->latest_ns / 1e6);
}

static void print_counts(uint64_t now_ns)
{
	printf("{\"ran_ms\": %.3f, ", (double)(now_ns - n.start_ns) / 1e6);
	print_link("down", &n.links[DOWN], end_tap_dropped(&n.ends[0]));
	print_link("up", &n.links[UP], end_tap_dropped(&n.ends[1]));
	printf("\"flows\": ");
	flows_print(&n.flows, stdout, n.start_ns);
	printf("}\n");
	fflush(stdout);
	if (n.pcap)
		fflush(n.pcap);
}

/* ---- Frames */

static void set_link_state(void)
{
	n.links[DOWN].down = n.links[UP].down = n.plug_pulled || n.flapped;
}

static void capture(const void *data, size_t len, uint64_t now_ns)
{
	capture_write(n.pcap, now_ns + n.unix_offset_ns, data, len, n.snap);
}

/** Read what has arrived at the end that links[@way] begins at. True: there may be more. */
static bool take_in(int way, uint64_t now_ns)
{
	static uint8_t frame[FRAME_BYTES_MAX];
	size_t len;

	for (int i = 0; i < FRAMES_AT_ONCE; i++) {
		len = end_receive(&n.ends[way], frame, sizeof frame);
		if (len == 0)
			return false;
		flows_see(&n.flows, way == DOWN ? FLOW_SENT : FLOW_CLIENT, frame, len, now_ns);
		if (way == UP)
			capture(frame, len, now_ns);
		link_accept(&n.links[way], frame, len, now_ns);
	}
	return true;
}

/** Hand over what is due on links[@way], until the other end takes no more. */
static void hand_out(int way, uint64_t now_ns)
{
	struct link *l = &n.links[way];
	const struct frame *f;

	n.busy[way] = false;
	while ((f = link_due(l, now_ns)) != NULL) {
		enum end_sent sent = l->down ? END_ABSENT : end_send(&n.ends[1 - way], f->data, f->len);

		if (sent == END_BUSY) {
			n.busy[way] = true;
			return;
		}
		if (l->down)
			l->counts.link_down++;
		else
			l->counts.absent += sent == END_ABSENT;
		if (sent == END_SENT && way == DOWN) {
			flows_see(&n.flows, FLOW_ARRIVED, f->data, f->len, now_ns);
			capture(f->data, f->len, now_ns);
		}
		link_next(l, sent == END_SENT, now_ns);
	}
}

static void flap(uint64_t now_ns)
{
	while (n.flap_down_ns && now_ns >= n.next_flap_ns) {
		n.flapped = !n.flapped;
		n.next_flap_ns += n.flapped ? n.flap_down_ns : n.flap_up_ns;
	}
	set_link_state();
}

/** When something is to be done though no frame arrives. An end that is busy is waited for, not looked at again and again. */
static uint64_t deadline_ns(void)
{
	uint64_t next = n.flap_down_ns ? n.next_flap_ns : UINT64_MAX;

	for (int way = DOWN; way <= UP; way++)
		if (!n.busy[way] && link_deadline(&n.links[way]) < next)
			next = link_deadline(&n.links[way]);
	return next;
}

/** Wait for frames, for room, for a frame's time, or for a signal. */
static void wait_for_work(const sigset_t *unblocked, bool more)
{
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC), until = deadline_ns(), ns = until > now_ns && !more ? until - now_ns : 0;
	struct timespec timeout = { (time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S) };
	struct pollfd fds[2];

	for (int i = 0; i < 2; i++)
		fds[i] = (struct pollfd){ n.ends[i].fd, (short)(POLLIN | (n.busy[1 - i] ? POLLOUT : 0)), 0 };
	if (ppoll(fds, 2, until == UINT64_MAX && !more ? NULL : &timeout, unblocked) < 0) {
		if (errno != EINTR)
			abort();
		return;
	}
	/* A tap that was deleted is always ready: nothing would wait any more, and a signal is only seen while something does. */
	for (int i = 0; i < 2; i++)
		if (n.ends[i].is_tap && fds[i].revents & POLLERR)
			ends_now = 1;
}

static void run(const sigset_t *unblocked)
{
	int toggled = 0, reported = 0;

	while (!ends_now) {
		uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
		bool more = false;

		if (toggled != toggles) {
			n.plug_pulled ^= (toggles - toggled) & 1;
			toggled = toggles;
		}
		flap(now_ns);
		for (int way = DOWN; way <= UP; way++)
			more |= take_in(way, now_ns);
		for (int way = DOWN; way <= UP; way++)
			hand_out(way, clock_ns(CLOCK_MONOTONIC));
		if (reported != reports) {
			reported = reports;
			print_counts(clock_ns(CLOCK_MONOTONIC));
		}
		wait_for_work(unblocked, more);
	}
}

/* ---- Options */

static int usage(void)
{
	fprintf(stderr, "usage: netem [--down SPEC] [--up SPEC] [--both SPEC] [--seed N] [--flap UP,DOWN] [--pcap FILE] [--snap BYTES] "
	        "FIRST SECOND\n");
	return 2;
}

static bool parse_flap(const char *text)
{
	double up, down;
	char end;

	if (sscanf(text, "%lf,%lf%c", &up, &down, &end) != 2 || up <= 0 || down <= 0)
		return false;
	n.flap_up_ns = (uint64_t)(up * 1e6);
	n.flap_down_ns = (uint64_t)(down * 1e6);
	return true;
}

static bool parse_options(int argc, char **argv, struct link_spec specs[2], uint64_t *seed)
{
	static const struct option options[] = {
		{ "down", 1, NULL, 'd' }, { "up", 1, NULL, 'u' }, { "both", 1, NULL, 'b' }, { "seed", 1, NULL, 's' }, { "flap", 1, NULL, 'f' },
		{ "pcap", 1, NULL, 'p' }, { "snap", 1, NULL, 'n' }, { NULL, 0, NULL, 0 },
	};
	bool ok = true;
	int c;

	while (ok && (c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 'd': ok = link_parse(&specs[DOWN], optarg); break;
		case 'u': ok = link_parse(&specs[UP], optarg); break;
		case 'b': ok = link_parse(&specs[DOWN], optarg) && link_parse(&specs[UP], optarg); break;
		case 's': *seed = strtoull(optarg, NULL, 0); break;
		case 'f': ok = parse_flap(optarg); break;
		case 'p': n.pcap_path = optarg; break;
		case 'n': n.snap = (uint32_t)strtoul(optarg, NULL, 0); break;
		default: ok = false;
		}
	return ok && argc - optind == 2;
}

/** Signals arrive only while we wait. */
static void catch_signals(sigset_t *unblocked)
{
	static const int numbers[] = { SIGUSR1, SIGUSR2, SIGTERM, SIGINT };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		sigaddset(&blocked, numbers[i]);
		sigaction(numbers[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, unblocked);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigdelset(unblocked, numbers[i]);
}

/** Frames leave on time though the machine is busy: timers to the microsecond, and before others where that is allowed. */
static void come_first(void)
{
	struct sched_param first = { .sched_priority = 1 };

	prctl(PR_SET_TIMERSLACK, 1000ul);
	if (sched_setscheduler(0, SCHED_RR, &first) != 0)
		setpriority(PRIO_PROCESS, 0, -15);
}

int main(int argc, char **argv)
{
	struct link_spec specs[2] = { 0 };
	uint64_t seed = 1;
	sigset_t unblocked;

	if (!parse_options(argc, argv, specs, &seed))
		return usage();
	catch_signals(&unblocked);
	if (!end_open(&n.ends[0], argv[optind]) || !end_open(&n.ends[1], argv[optind + 1]))
		return 1;
	if (n.pcap_path && (n.pcap = capture_open(n.pcap_path, n.snap)) == NULL)
		return 1;
	link_init(&n.links[DOWN], &specs[DOWN], 2 * seed);
	link_init(&n.links[UP], &specs[UP], 2 * seed + 1);
	come_first();
	n.start_ns = clock_ns(CLOCK_MONOTONIC);
	n.unix_offset_ns = clock_ns(CLOCK_REALTIME) - n.start_ns;
	n.next_flap_ns = n.start_ns + n.flap_up_ns;
	puts("ready");
	fflush(stdout);
	run(&unblocked);
	print_counts(clock_ns(CLOCK_MONOTONIC));
	if (n.pcap)
		fclose(n.pcap);
	for (int i = 0; i < 2; i++) {
		link_free(&n.links[i]);
		end_close(&n.ends[i]);
	}
	flows_free(&n.flows);
	return 0;
}
