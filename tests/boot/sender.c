/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts prebuilt frames on an interface by a raw socket: sender INTERFACE FILE RATE SECONDS [MAC PORT]
 * FILE is a row of frames, each after its length (2 bytes, big endian); they are sent in turn, RATE a second, from the beginning again
 * after the last, for SECONDS. What the interface took is printed. Linux only.
 *
 * Frames behind a length with its highest bit set are TCP segments of whatever connection MAC has with PORT just then, seen on the interface:
 * their sequence number is counted from the one that it awaits, their acknowledgement from the one that it sends next. Printed is how many of
 * them were sent, and how many connections MAC opened meanwhile. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, FRAMES_MAX = 65536, LIVE = 0x8000, IP_AT = 14, TCP_AT = IP_AT + 20 };

static struct iovec frames[FRAMES_MAX];
static uint8_t *live[FRAMES_MAX];               /* as it was in the file; NULL: sent as it is */
static struct { uint8_t mac[6]; uint16_t port, its_port; uint32_t awaited, next; unsigned long opened, sent; } seen;

static unsigned read_frames(const char *path)
{
	static uint8_t bytes[32 << 20];
	FILE *f = fopen(path, "rb");
	size_t len = f ? fread(bytes, 1, sizeof bytes, f) : 0, at = 0;
	unsigned count = 0;

	while (at + 2 <= len && count < FRAMES_MAX) {
		size_t head = (size_t)bytes[at] << 8 | bytes[at + 1], size = head & (LIVE - 1);

		if (size > len - at - 2)
			break;
		frames[count] = (struct iovec){ bytes + at + 2, size };
		if (head & LIVE)
			live[count] = memcpy(malloc(size), bytes + at + 2, size);
		count++;
		at += 2 + size;
	}
	return count;
}

static uint32_t get(const uint8_t *p, unsigned bytes)
{
	return bytes ? get(p, bytes - 1) << 8 | p[bytes - 1] : 0;
}

static void put(uint8_t *p, unsigned bytes, uint32_t value)
{
	while (bytes--) {
		p[bytes] = (uint8_t)value;
		value >>= 8;
	}
}

/** Take what passed the interface since: the newest numbers of the machine's connection are kept. */
static void listen_to(int s)
{
	uint8_t f[2048];
	ssize_t len;

	while ((len = recv(s, f, sizeof f, MSG_DONTWAIT)) > 0) {
		const uint8_t *t = f + TCP_AT;
		uint8_t flags = t[13];

		if (len < TCP_AT + 20 || memcmp(f + 6, seen.mac, 6) != 0 || get(f + 12, 2) != 0x800 || f[IP_AT] != 0x45 || f[IP_AT + 9] != 6 ||
		    get(t + 2, 2) != seen.port)
			continue;
		seen.opened += (flags & 0x12) == 0x02;
		if ((flags & 0x17) != 0x10)
			continue;
		seen.its_port = (uint16_t)get(t, 2);
		seen.next = get(t + 4, 4) + get(f + IP_AT + 2, 2) - 20 - 4 * (t[12] >> 4);
		seen.awaited = get(t + 8, 4);
	}
}

/** Make segment @i one of the connection's. */
static void bring_up_to_date(unsigned i)
{
	uint8_t *f = frames[i].iov_base, *t = f + TCP_AT;
	size_t len = frames[i].iov_len - TCP_AT;
	uint32_t sum = 6 + (uint32_t)len;

	put(t + 2, 2, seen.its_port);
	put(t + 4, 4, get(live[i] + TCP_AT + 4, 4) + seen.awaited);
	put(t + 8, 4, get(live[i] + TCP_AT + 8, 4) + seen.next);
	put(t + 16, 2, 0);
	for (unsigned at = 0; at < 8; at += 2)
		sum += get(f + IP_AT + 12 + at, 2);
	for (size_t at = 0; at < len; at += 2)
		sum += at + 1 < len ? get(t + at, 2) : (uint32_t)t[at] << 8;
	sum = (sum & 0xffff) + (sum >> 16);
	put(t + 16, 2, ~(sum + (sum >> 16)));
	seen.sent++;
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

	for (unsigned i = 0; i < wanted; i++) {
		if (live[(next + i) % count])
			bring_up_to_date((next + i) % count);
		messages[i].msg_hdr = (struct msghdr){ .msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &frames[(next + i) % count],
			.msg_iovlen = 1 };
	}
	for (unsigned i = 0; i < wanted;) {
		int n = sendmmsg(s, messages + i, wanted - i, 0);

		taken += n > 0 ? (unsigned)n : 0;
		i += n > 0 ? (unsigned)n : 1;
	}
	return taken;
}

/** A socket that hears the interface of @argv. */
static int hear(char **argv)
{
	struct sockaddr_ll all = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(argv[1]) };
	int s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

	for (unsigned i = 0; i < 6; i++)
		seen.mac[i] = (uint8_t)strtoul(argv[5] + 3 * i, NULL, 16);
	seen.port = (uint16_t)atoi(argv[6]);
	return bind(s, (struct sockaddr *)&all, sizeof all) == 0 ? s : -1;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6 };
	unsigned long tried = 0, taken = 0;
	unsigned count = argc == 5 || argc == 7 ? read_frames(argv[2]) : 0;
	int s = socket(AF_PACKET, SOCK_RAW, 0), ear = argc == 7 ? hear(argv) : -1;
	double begin = seconds(), rate, end;

	if (!count || s < 0 || !(to.sll_ifindex = (int)if_nametoindex(argv[1]))) {
		fprintf(stderr, "sender: INTERFACE FILE RATE SECONDS [MAC PORT], as root\n");
		return 2;
	}
	rate = atof(argv[3]);
	end = begin + atof(argv[4]);
	for (double now = begin; now < end; now = seconds()) {
		/* What a busy machine could not send in time is not made up for by a burst later on. */
		unsigned long due = (unsigned long)((now - begin) * rate);
		unsigned n = due > tried ? (due - tried < BATCH ? (unsigned)(due - tried) : BATCH) : 0;

		if (ear >= 0)
			listen_to(ear);
		if (n == 0)
			nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
		else
			taken += send_some(s, &to, (unsigned)(tried % count), n, count);
		tried += n;
	}
	printf("%lu %lu %.2f %lu %lu\n", tried, taken, seconds() - begin, seen.sent, seen.opened);
	return 0;
}
