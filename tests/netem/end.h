/* SPDX-License-Identifier: BSD-2-Clause */
/* An end of the emulated link: a tap interface, or a UNIX datagram socket that speaks with QEMU's -netdev dgram. A datagram is a frame.
 * end_open(), then end_receive() and end_send() whenever poll() says so (end->fd), end_close(). */
#ifndef TESTS_NETEM_END_H
#define TESTS_NETEM_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct end {
	int fd;
	bool is_tap, connected;
	const char *name;
	char local[108], remote[108];           /* a socket's paths */
	uint64_t tap_dropped;                   /* by the kernel before end_open(): not ours */
};

enum end_sent { END_SENT, END_BUSY, END_ABSENT };

/** @text is "tap:NAME" (opened, or made if it is not there) or "unix:LOCAL,REMOTE". False, and a line on standard error: it can't be. */
bool end_open(struct end *e, const char *text);

/** The next frame's length; 0: there is none now. */
size_t end_receive(struct end *e, void *buffer, size_t room);

/** END_BUSY: nothing was sent, wait until poll() says that it can be. END_ABSENT: there is nobody to send it to. */
enum end_sent end_send(struct end *e, const void *data, size_t len);

/** Frames for us that the kernel dropped because the tap's queue was full; 0 for a socket, which drops nothing. */
uint64_t end_tap_dropped(const struct end *e);

void end_close(struct end *e);

#endif
