/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts prebuilt frames on an interface by a raw socket: sender INTERFACE FILE RATE SECONDS
 * FILE is a row of frames, each after its length (2 bytes, big endian); they are sent in turn, RATE a second, from the beginning again
 * after the last, for SECONDS. What the interface took is printed. Linux only. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <linux/if_packet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, FRAMES_MAX = 65536 };

static struct iovec frames[FRAMES_MAX];

static unsigned read_frames(const char *path)
{
	static uint8_t bytes[32 << 20];
	FILE *f = fopen(path, "rb");
	size_t len = f ? fread(bytes, 1, sizeof bytes, f) : 0, at = 0;
	unsigned count = 0;

	while (at + 2 <= len && count < FRAMES_MAX) {
		size_t size = (size_t)bytes[at] << 8 | bytes[at + 1];

		if (size > len - at - 2)
			break;
		frames[count++] = (struct iovec){ bytes + at + 2, size };
		at += 2 + size;
	}
	return count;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/** Send @wanted frames from number @next on; how many were taken. One that the kernel refuses is passed over. */
static unsigned send_some(int s, struct sockaddr_ll *to, unsigned next, unsigned wanted, unsigned count)
{
	struct mmsghdr messages[BATCH] = { 0 };
	unsigned taken = 0;

	for (unsigned i = 0; i < wanted; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &frames[(next + i) % count],
			.msg_iovlen = 1 };
	for (unsigned i = 0; i < wanted;) {
		int n = sendmmsg(s, messages + i, wanted - i, 0);

		taken += n > 0 ? (unsigned)n : 0;
		i += n > 0 ? (unsigned)n : 1;
	}
	return taken;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6 };
	unsigned long tried = 0, taken = 0;
	unsigned count = argc == 5 ? read_frames(argv[2]) : 0;
	int s = socket(AF_PACKET, SOCK_RAW, 0);
	double begin = seconds(), rate, end;

	if (!count || s < 0 || !(to.sll_ifindex = (int)if_nametoindex(argv[1]))) {
		fprintf(stderr, "sender: INTERFACE FILE RATE SECONDS, as root\n");
		return 2;
	}
	rate = atof(argv[3]);
	end = begin + atof(argv[4]);
	for (double now = begin; now < end; now = seconds()) {
		/* What a busy machine could not send in time is not made up for by a burst later on. */
		unsigned long due = (unsigned long)((now - begin) * rate);
		unsigned n = due > tried ? (due - tried < BATCH ? (unsigned)(due - tried) : BATCH) : 0;

		if (n == 0)
			nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
		else
			taken += send_some(s, &to, (unsigned)(tried % count), n, count);
		tried += n;
	}
	printf("%lu %lu %.2f\n", tried, taken, seconds() - begin);
	return 0;
}
