/* SPDX-License-Identifier: BSD-2-Clause */
/* Askers as in tests/unit/net/ask.h, and a peer instead of a server, that says each segment as the test wants it. */
#ifndef TESTS_UNIT_NET_ASK_TALK_H
#define TESTS_UNIT_NET_ASK_TALK_H

#include "tests/unit/net/ask.h"

#define PART_ "HTTP/1.1 206 Partial Content\r\n"

static struct tcp_peer peer;

static inline void begin_talk(void)
{
	host_reset();
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	sim_add_host(&s, SERVER_IP);
	peer_init(&peer, &s, SERVER_IP, 80);
	memset(asker, 0, sizeof asker);
	memset(&server, 0, sizeof server);
	file = calloc(1, ROOM);
	error_clear();
}

/** The stack asked, by a new connection: the peer accepts it and has the request. */
static inline bool peer_is_asked(void)
{
	return peer_accept(&peer, PEER_ALL) && peer_expect(&peer) && peer.last.data_len > 0;
}

static inline void say(const char *text)
{
	peer_send(&peer, SIM_ACK | SIM_PSH, text, strlen(text));
}

/** Bytes [@from, @to) of the file. */
static inline void say_part(uint64_t from, uint64_t to)
{
	while (from < to) {
		uint8_t bytes[1400];
		size_t n = to - from < sizeof bytes ? to - from : sizeof bytes;

		for (size_t i = 0; i < n; i++)
			bytes[i] = server_byte(SEED, from + i);
		peer_send(&peer, SIM_ACK, bytes, n);
		from += n;
	}
}

static inline void say_header(uint64_t from, uint64_t to, uint64_t total, const char *more)
{
	char text[300];

	snprintf(text, sizeof text, PART_ "Content-Range: bytes %llu-%llu/%llu\r\nContent-Length: %llu\r\n%s\r\n", (unsigned long long)from,
	         (unsigned long long)to - 1, (unsigned long long)total, (unsigned long long)(to - from), more);
	say(text);
}

static inline void end_talk(void)
{
	for (unsigned i = 0; i < ASKERS; i++)
		put_away(&asker[i]);
	http_scheme.shutdown(&s.net, s.now_ms);
	sim_discard(&s);
	sim_stop(&s);
	free(file);
}

#endif
