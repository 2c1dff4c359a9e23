/* SPDX-License-Identifier: BSD-2-Clause */
/* The sweep: downloads over every kind of path, on the simulated network.
 *     sweep check LOG       a thousand points by their seeds, each of at least a mebibyte, half of them with loss; a line for each goes to LOG
 *     sweep all LOG         every point of the matrix that LOG has no line of yet
 *     sweep check|all N     point N alone, said aloud
 * Two at a time, each in a process of its own: a crash is one point that failed. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tests/sweep/point.h"

enum { DRAWN = 1000, WORKERS = 2, LOSSES_MAX = 8, LINE_BYTES = 600 };

/* What the points of one loss come to. */
struct sum {
	uint32_t loss_ppm, points, limited;     /* limited: there is a rate or a round trip */
	uint64_t bytes, ms;
	double share;                           /* of the limit, added up */
};

static struct shared {
	uint32_t next, passed, failed;
	uint32_t at[WORKERS];                   /* the point that each runs; UINT32_MAX: none */
	struct sum sum[WORKERS][LOSSES_MAX];
} *shared;

static bool drawn;
static uint32_t first, count;                   /* of the points */
static bool *finished;                          /* those with a line in the log */
static int log_fd;

static void get(uint32_t number, struct point *p)
{
	if (drawn)
		point_draw(number, p);
	else
		point_of_matrix(number, p);
}

/** "17 ok seed 17: ...: 1234567 bytes in 4512 ms, 273 of 1250 KB/s" */
static void report(char *line, size_t size, uint32_t number, const struct point *p, const struct outcome *o)
{
	char what[200], limit[40] = "no limit";

	point_describe(p, what, sizeof what);
	if (point_limit(p, o->window))
		snprintf(limit, sizeof limit, "%llu KB/s", (unsigned long long)point_limit(p, o->window) / 1000);
	if (o->good)
		snprintf(line, size, "%u ok %s: %u ms of %u, %.0f KB/s of %s, %u connections, %u resent\n", number, what, o->ms, point_bound_ms(p),
		         o->ms ? (double)p->size / o->ms : 0.0, limit, o->accepted, o->resent);
	else
		snprintf(line, size, "%u FAILED %s: %s\n", number, what, o->why);
}

static void note(const char *line)
{
	if (write(log_fd, line, strlen(line)) < 0)
		perror("sweep: the log");
}

static void add_up(struct sum *sum, const struct point *p, const struct outcome *o)
{
	uint64_t limit = point_limit(p, o->window);

	while (sum->points && sum->loss_ppm != p->loss_ppm)
		sum++;
	sum->loss_ppm = p->loss_ppm;
	sum->points++;
	sum->bytes += p->size;
	sum->ms += o->ms;
	if (limit && o->ms) {
		sum->limited++;
		sum->share += p->size * 1000.0 / o->ms / (double)limit;
	}
}

static void show_sums(void)
{
	struct sum *all = shared->sum[0];

	for (struct sum *s = shared->sum[1]; s < shared->sum[2]; s++)
		for (struct sum *to = all; s->points; to++) {
			if (to->points && to->loss_ppm != s->loss_ppm)
				continue;
			to->loss_ppm = s->loss_ppm;
			to->points += s->points;
			to->limited += s->limited;
			to->bytes += s->bytes;
			to->ms += s->ms;
			to->share += s->share;
			s->points = 0;
		}
	for (uint32_t loss = 0; loss <= 1000000; loss += 1000)
		for (struct sum *s = all; s < all + LOSSES_MAX; s++)
			if (s->points && s->loss_ppm == loss)
				printf("loss %4.1f %%: %4u points, %5llu MiB, %5llu KB/s; "
				       "%3.0f %% of the smaller of rate and window/RTT\n",
				       loss / 1e4, s->points, (unsigned long long)s->bytes >> 20,
				       (unsigned long long)(s->bytes / (s->ms ? s->ms : 1)),
				       s->limited ? s->share * 100 / s->limited : 0.0);
}

static void work(unsigned worker)
{
	uint32_t number;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while ((number = __atomic_fetch_add(&shared->next, 1, __ATOMIC_SEQ_CST)) < count) {
		struct outcome outcome;
		struct point point;
		char line[LINE_BYTES];

		if (finished[number])
			continue;
		shared->at[worker] = number;
		get(first + number, &point);
		point_run(&point, &outcome);
		report(line, sizeof line, first + number, &point, &outcome);
		note(line);
		if (!outcome.good)
			printf("%s", line);
		else
			add_up(shared->sum[worker], &point, &outcome);
		fflush(stdout);
		__atomic_fetch_add(outcome.good ? &shared->passed : &shared->failed, 1, __ATOMIC_SEQ_CST);
		shared->at[worker] = UINT32_MAX;
	}
	exit(0);
}

static pid_t hire(unsigned worker)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		work(worker);
	return pid;
}

/** The point that a worker died of. */
static void lost(unsigned worker, int status)
{
	struct outcome outcome = { .good = false };
	struct point point;
	char line[LINE_BYTES];

	if (shared->at[worker] == UINT32_MAX)
		return;
	get(first + shared->at[worker], &point);
	snprintf(outcome.why, sizeof outcome.why, "the program ended with status %x", (unsigned)status);
	report(line, sizeof line, first + shared->at[worker], &point, &outcome);
	note(line);
	printf("%s", line);
	shared->failed++;
	shared->at[worker] = UINT32_MAX;
}

/** On a terminal the line is drawn anew; else there is one for each hundredth part. */
static void show_progress(bool last)
{
	static uint32_t shown;
	uint32_t done = shared->passed + shared->failed;
	bool terminal = isatty(STDOUT_FILENO);

	if (!terminal && (drawn || done / (count / 100) == shown))
		return;
	shown = done / (count / 100);
	printf("%s%u of %u points, %u failed%s", terminal ? "\r" : "", done, count, shared->failed, terminal && !last ? "" : "\n");
	fflush(stdout);
}

/** Which program this is: what another one found does not count. */
static uint32_t build(void)
{
	FILE *self = fopen("/proc/self/exe", "rb");
	uint32_t sum = 2166136261u;
	int c;

	while (self && (c = getc(self)) != EOF)
		sum = (sum ^ (uint32_t)c) * 16777619;
	if (self)
		fclose(self);
	return sum;
}

/** Take from the log what is finished. A line that was cut short is not. */
static void resume(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[LINE_BYTES], how[8];
	unsigned number, by = 0;
	bool ours;

	if (!f)
		return;
	if (fgets(line, sizeof line, f))
		sscanf(line, "by program %x", &by);
	ours = by == build();
	while (ours && fgets(line, sizeof line, f))
		if (strchr(line, '\n') && sscanf(line, "%u %7s", &number, how) == 2 && number < count && !finished[number]) {
			finished[number] = true;
			++*(strcmp(how, "ok") == 0 ? &shared->passed : &shared->failed);
		}
	fclose(f);
}

/** Open the log: where it is to be gone on with, behind a line's end. */
static bool open_log(const char *path)
{
	char line[40];

	if (!drawn)
		resume(path);
	log_fd = open(path, O_RDWR | O_CREAT | O_APPEND | (shared->passed + shared->failed ? 0 : O_TRUNC), 0644);
	if (log_fd < 0) {
		perror(path);
		return false;
	}
	if (shared->passed + shared->failed) {
		printf("%u points were finished before\n", shared->passed + shared->failed);
		note("\n");
	} else {
		snprintf(line, sizeof line, "by program %x\n", build());
		note(line);
	}
	return true;
}

static void run(void)
{
	pid_t pid[WORKERS];
	unsigned working = WORKERS;

	for (unsigned i = 0; i < WORKERS; i++) {
		shared->at[i] = UINT32_MAX;
		pid[i] = hire(i);
	}
	while (working) {
		struct timespec tenth = { 0, 100000000 };
		int status;
		pid_t ended = waitpid(-1, &status, WNOHANG);

		show_progress(false);
		if (ended <= 0)
			nanosleep(&tenth, NULL);
		for (unsigned i = 0; i < WORKERS; i++) {
			if (ended != pid[i])
				continue;
			lost(i, status);
			pid[i] = status ? hire(i) : 0;
			working -= !status;
		}
	}
	show_progress(true);
}

static int one(uint32_t number)
{
	struct outcome outcome;
	struct point point;
	char line[LINE_BYTES];

	get(number, &point);
	point_run(&point, &outcome);
	report(line, sizeof line, number, &point, &outcome);
	printf("%soverruns %u, window %llu\n", line, outcome.overruns, (unsigned long long)outcome.window);
	return !outcome.good;
}

int main(int argc, char **argv)
{
	time_t started = time(NULL);

	drawn = argc == 3 && strcmp(argv[1], "check") == 0;
	if (argc != 3 || (!drawn && strcmp(argv[1], "all") != 0)) {
		fprintf(stderr, "usage: sweep check|all LOG|N\n");
		return 2;
	}
	first = drawn;
	count = drawn ? DRAWN : point_count();
	if (strspn(argv[2], "0123456789") == strlen(argv[2]))
		return one((uint32_t)atoi(argv[2]));
	finished = calloc(count, sizeof *finished);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!open_log(argv[2]))
		return 2;
	run();
	show_sums();
	printf("%u points in %u s of real time, two at a time; a line for each is in %s\n", count, (unsigned)(time(NULL) - started), argv[2]);
	printf("sweep: %u passed, %u failed\n", shared->passed, shared->failed);
	return shared->failed != 0;
}
