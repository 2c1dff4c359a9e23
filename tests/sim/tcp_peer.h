/* SPDX-License-Identifier: BSD-2-Clause */
/* Two other ends for the stack's TCP, sharing no code with it.
 *
 * struct tcp_peer speaks exactly what a test tells it to: a conversation, segment by segment, over sim_take() and sim_send_tcp().
 * struct sim_server is a host with a TCP of its own (SACK, retransmission, congestion window) that serves what a test's answer()
 * says, for whole downloads over links that lose, double and swap frames. */
#ifndef TESTS_SIM_TCP_PEER_H
#define TESTS_SIM_TCP_PEER_H

#include "tests/sim/sim.h"

/* ---- a scripted peer ------------------------------------------------------------------------------------------------------------- */

struct tcp_peer {
	struct sim *sim;
	uint32_t ip;                            /* whom it plays; the test adds that host */
	uint16_t port, stack_port;              /* stack_port from the SYN */
	uint32_t iss, seq, ack;                 /* seq: what it sends next; ack: what it has received */
	uint32_t stack_iss;
	uint16_t window;
	bool timestamps;                        /* put into every segment once agreed */
	uint32_t ts_value, ts_echo;
	int scale;                              /* of the stack's window; 0: none */
	struct sim_packet last;                 /* what peer_expect() took */
};

/** Which options the peer's SYN-ACK has. */
struct peer_options { bool mss, scale, sack, timestamps; };
static const struct peer_options PEER_ALL = { true, true, true, true };
static const struct peer_options PEER_NONE = { false, false, false, false };

void peer_init(struct tcp_peer *peer, struct sim *s, uint32_t ip, uint16_t port);
/** Take the stack's SYN; false if none came. */
bool peer_take_syn(struct tcp_peer *peer);
/** Answer it. */
void peer_answer_syn(struct tcp_peer *peer, struct peer_options options);
/** Both, and the ACK that ends the handshake; anything sent behind it is left to be taken. */
bool peer_accept(struct tcp_peer *peer, struct peer_options options);
/** Send with the peer's state; peer_send() moves seq on, peer_send_at() says its own and leaves it. */
void peer_send(struct tcp_peer *peer, uint8_t flags, const void *data, size_t len);
void peer_send_at(struct tcp_peer *peer, uint32_t seq, uint8_t flags, const void *data, size_t len);
/** The next TCP segment of the stack's into peer->last; false: none. Its data and FIN move peer->ack on. */
bool peer_expect(struct tcp_peer *peer);
/** The last of all segments waiting; false: none. */
bool peer_expect_last(struct tcp_peer *peer);
/** The window that peer->last offers, in bytes. */
uint32_t peer_window(const struct tcp_peer *peer);

/* ---- a server --------------------------------------------------------------------------------------------------------------------- */

#define SIM_SERVER_CONNECTIONS 16

struct server_segment { uint32_t seq, len, order; bool sacked, lost; };

struct server_connection {
	struct sim_server *server;
	enum { SERVER_FREE, SERVER_SYN, SERVER_OPEN, SERVER_FIN, SERVER_DEAD } state;
	uint32_t stack_ip;
	uint16_t stack_port;
	bool sack, timestamps;
	unsigned shift;
	uint16_t mss;
	uint32_t ts_recent;
	uint32_t iss, una, nxt, rcv_nxt, window;
	char request[8192];
	size_t request_len;
	unsigned requests;                      /* answered on this connection */

	uint8_t *data;                          /* everything said since data_seq */
	size_t data_len, data_room;
	uint32_t data_seq;
	bool close_after;                       /* FIN when all is said */
	bool fin_sent;
	int64_t reset_at, stall_at;             /* after so many bytes of data[]; -1: never */

	struct server_segment *segment;         /* sent, not acknowledged */
	size_t segment_count, segment_room;
	uint32_t order, order_acked;            /* transmissions; the latest one known to have arrived */
	uint32_t cwnd, ssthresh, recover;
	bool recovering;
	uint32_t srtt_ms, rto_ms, timer_ms;
	bool timer;
};

struct sim_server {
	struct sim_host host;                   /* set ip and links, then sim_server_join() */
	uint16_t port;
	bool no_sack, no_timestamps, no_scale;
	uint32_t cwnd_max;                      /* bytes; 0: 4 MiB */
	bool refuse, deaf;                      /* RST to every SYN; no answer to any */
	unsigned connections_max;               /* more are refused; 0: as many as there are */
	/** A whole request (NUL-terminated) is there: say something. */
	void (*answer)(struct server_connection *c, const char *request);
	void *context;                          /* the test's */
	struct server_connection connection[SIM_SERVER_CONNECTIONS];
	/* What happened. */
	unsigned accepted, refused, requests, resets_seen, resent, spurious;
	uint64_t sent;                          /* bytes said, each once */
};

void sim_server_join(struct sim_server *server, struct sim *s, uint32_t ip, uint16_t port);
void sim_server_leave(struct sim_server *server);
/** To be called by answer(): bytes, or text, go to the client. */
void server_say(struct server_connection *c, const void *data, size_t len);
void server_sayf(struct server_connection *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** End it by a RST, now; not from within answer(). */
void server_reset(struct server_connection *c);
/** One that stalls sends so many bytes more. */
void server_go_on(struct server_connection *c, uint32_t bytes);
/** Byte @offset of the endless file @seed; and @len of them said. */
uint8_t server_byte(uint32_t seed, uint64_t offset);
void server_say_file(struct server_connection *c, uint32_t seed, uint64_t offset, size_t len);

#endif
