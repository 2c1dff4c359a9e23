/* SPDX-License-Identifier: BSD-2-Clause */
/* Taps and UNIX datagram sockets. Neither loses a frame in silence: a tap's queue is deep and its drops are read from the kernel, a full
 * socket says EAGAIN. The socket is connected as soon as its peer is there: poll() tells only of a connected peer that it has room. */
#include "tests/netem/end.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define TAP_QUEUE_FRAMES 65536          /* 4 MiB windows of several connections arrive at once */
#define SOCKET_BUFFER_BYTES (8 << 20)

static bool trouble(const char *what, const char *name)
{
	fprintf(stderr, "netem: %s %s: %s\n", what, name, strerror(errno));
	return false;
}

/** The interface's count of frames dropped on their way to us, from its line of /proc/net/dev (sysfs may be another namespace's). */
static uint64_t read_tap_dropped(const char *name)
{
	unsigned long long n, found = 0;
	char line[400], *counters;
	FILE *f = fopen("/proc/self/net/dev", "r");

	while (f && fgets(line, sizeof line, f)) {
		counters = strchr(line, ':');
		if (!counters)
			continue;
		*counters++ = '\0';
		/* eight numbers of what was received; bytes, packets, errors, drops of what was to be sent */
		if (strcmp(line + strspn(line, " "), name) == 0 && sscanf(counters, "%*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %llu", &n) == 1)
			found = n;
	}
	if (f)
		fclose(f);
	return found;
}

/** A queue for bursts, by an ioctl that any socket takes. */
static bool deepen_queue(const char *name)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq r = { .ifr_qlen = TAP_QUEUE_FRAMES };
	bool ok;

	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
	ok = s >= 0 && ioctl(s, SIOCSIFTXQLEN, &r) == 0;
	if (s >= 0)
		close(s);
	return ok || trouble("queue of tap", name);
}

static bool tap_open(struct end *e, const char *name)
{
	struct ifreq r = { .ifr_flags = IFF_TAP | IFF_NO_PI };

	e->is_tap = true;
	e->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (e->fd < 0)
		return trouble("open", "/dev/net/tun");
	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
	/* No offloads: frames as they are on a wire, checksums filled in, nothing merged. */
	if (ioctl(e->fd, TUNSETIFF, &r) != 0 || ioctl(e->fd, TUNSETOFFLOAD, 0ul) != 0)
		return trouble("tap", name);
	e->tap_dropped = read_tap_dropped(name);
	return deepen_queue(name);
}

static bool unix_open(struct end *e, const char *paths)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *comma = strchr(paths, ',');
	int bytes = SOCKET_BUFFER_BYTES;

	if (!comma || (size_t)(comma - paths) >= sizeof e->local || strlen(comma + 1) >= sizeof e->remote) {
		fprintf(stderr, "netem: unix:%s: wanted unix:LOCAL,REMOTE\n", paths);
		return false;
	}
	memcpy(e->local, paths, (size_t)(comma - paths));
	strcpy(e->remote, comma + 1);
	e->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (e->fd < 0)
		return trouble("socket", e->local);
	/* The kernel gives what it may; what does not fit waits with us. */
	setsockopt(e->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	setsockopt(e->fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
	strcpy(a.sun_path, e->local);
	unlink(e->local);
	if (bind(e->fd, (struct sockaddr *)&a, sizeof a) != 0)
		return trouble("bind", e->local);
	return true;
}

bool end_open(struct end *e, const char *text)
{
	memset(e, 0, sizeof *e);
	e->fd = -1;
	e->name = text;
	if (strncmp(text, "tap:", 4) == 0)
		return tap_open(e, text + 4);
	if (strncmp(text, "unix:", 5) == 0)
		return unix_open(e, text + 5);
	fprintf(stderr, "netem: %s: an end is tap:NAME or unix:LOCAL,REMOTE\n", text);
	return false;
}

size_t end_receive(struct end *e, void *buffer, size_t room)
{
	ssize_t n = read(e->fd, buffer, room);

	/* A connected socket tells here that its peer went away: the next frame for it connects again. */
	if (n < 0 && errno == ECONNREFUSED)
		e->connected = false;
	return n > 0 ? (size_t)n : 0;
}

/** Connect to the peer's path, if somebody is bound to it. */
static bool meet_peer(struct end *e)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	strcpy(a.sun_path, e->remote);
	e->connected = connect(e->fd, (struct sockaddr *)&a, sizeof a) == 0;
	return e->connected;
}

enum end_sent end_send(struct end *e, const void *data, size_t len)
{
	for (int tries = 0; tries < 2; tries++) {
		if (!e->is_tap && !e->connected && !meet_peer(e))
			return END_ABSENT;
		if (write(e->fd, data, len) >= 0)
			return END_SENT;
		if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
			return END_BUSY;
		e->connected = false;           /* the peer was started anew, or the tap is not up */
	}
	return END_ABSENT;
}

uint64_t end_tap_dropped(const struct end *e)
{
	uint64_t n = e->is_tap ? read_tap_dropped(e->name + 4) : 0;

	return n > e->tap_dropped ? n - e->tap_dropped : 0;     /* 0, too, of an interface that moved to another namespace */
}

void end_close(struct end *e)
{
	if (e->fd >= 0)
		close(e->fd);
	if (!e->is_tap && e->local[0])
		unlink(e->local);
}
