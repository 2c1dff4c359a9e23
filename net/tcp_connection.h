/* SPDX-License-Identifier: BSD-2-Clause */
/* A TCP connection, for those who embed one (http; later tftp's and dns's relatives), and for net/tcp*.c.
 *
 * tcp_connect() - user->connected() - tcp_send(), user->deliver()/placed() - user->closed(), or tcp_close(), or tcp_abort().
 *
 * A callback may end its own connection, no other one. The memory must stay until that callback has returned, but for closed(), which
 * is the last that is heard of a connection: its memory may be freed or used again there and then. An end that takes time (our FIN
 * has to be acknowledged) goes on in a small table of tcp's own. A peer that closes its half ends the whole: there is no half-closed
 * state for users. */
#ifndef NET_TCP_CONNECTION_H
#define NET_TCP_CONNECTION_H

#include "net/ipv4.h"
#include "net/net.h"
#include "net/stream.h"
#include "net/tcp.h"
#include "net/tcp_mtu.h"
#include "net/tcp_segment.h"

enum { TCP_SYN_TRIES = 6, TCP_RETRIES = 8,
       TCP_PROBE_FIRST_MS = 1000, TCP_PROBE_LAST_MS = 16000, TCP_KEEPALIVE_MS = 15000, /* at 1, 2, 4, 8, 16 s of silence, then so often */
       TCP_BLOCKS_MAX = 512,                    /* holes at a time: 5 % of the segments of a window of 16 MiB */
       TCP_ACK_EVERY_MAX = 256 * 1024, TCP_ACK_DELAY_MS = 2,
       TCP_ANSWERS_PER_SECOND = 10 };            /* to doubtful segments (RFC 5961 7), of each connection apart: none tells of another */

enum tcp_state { TCP_CLOSED, TCP_SYN_SENT, TCP_SYN_RECEIVED, TCP_ESTABLISHED };

/** The two ends, and what every segment from here to there has in it. */
struct tcp_path {
	struct ipv4_route route;
	uint32_t remote_ip;
	uint16_t remote_port, local_port;
	bool timestamps_ok;
	uint32_t ts_recent, ts_offset;
};

/** Invariants, in sequence order: snd_una <= snd_nxt <= snd_una + send_len (+ 1 for the SYN);
 *  acked_to <= rcv_nxt < block[0].start < block[0].end < block[1].start ... <= rcv_edge. A kept packet lies inside one block. */
struct tcp {
	struct list link;                       /* net->tcp_connections */
	struct stream_user *user;
	enum tcp_state state;
	struct tcp_path path;
	bool idle;                              /* nothing is expected: no keep-alive probes, and an end is nobody's failure */

	/* Sending: little, and never more than ten segments ahead (RFC 6928). */
	uint8_t *send_data;                     /* send_len bytes from snd_una on, on the heap */
	size_t send_len;
	uint32_t snd_una, snd_nxt, snd_wnd;
	uint16_t snd_mss;
	uint8_t snd_shift;
	uint8_t tries;                          /* times the timer fired for snd_una */
	bool timer_running, rtt_running;
	uint32_t timer_ms, rto_ms;

	/* Receiving. */
	bool sack_ok;
	bool placed;                            /* the user has not been told of placed bytes yet */
	bool fin_known;
	bool ack_now;
	uint8_t ahead_count;                    /* segments beyond rcv_nxt since it moved, as far as they are counted */
	uint8_t rcv_shift;
	uint16_t block_count;
	uint32_t rcv_nxt, rcv_edge;             /* rcv_edge: the right edge of the widest window ever offered */
	uint64_t rcv_offset;                    /* bytes of the stream before rcv_nxt */
	uint64_t rcv_stop;                      /* where in the stream the user's interest ends */
	uint64_t rcv_hold;                      /* and from where on there is no place yet; UINT64_MAX: there is for all */
	uint32_t acked_to;                      /* rcv_nxt of the last ACK sent */
	uint32_t heard_ms;                      /* when the peer last sent anything good */
	uint32_t data_ms;                       /* when new data last came, or was first expected */
	uint32_t ack_limit;                     /* most bytes that one ACK may stand for */

	/* What is looked at less often. */
	uint32_t snd_wnd_max, snd_wl1, snd_wl2;
	uint32_t snd_first;                     /* behind the SYN */
	uint32_t recover;                       /* what was in flight when the timer fired: resent as the ACKs come in */
	uint32_t srtt_ms, rttvar_ms;
	uint32_t rtt_seq, rtt_started_ms;       /* the byte being timed (RFC 6298 3: never one sent twice) */
	uint32_t fin_seq;
	uint32_t pending_ms;                    /* when rcv_nxt first left acked_to behind */
	uint32_t probed_ms;
	struct rate challenges;                 /* challenge ACKs */
	unsigned kept_count;
	uint16_t rcv_mss, full_len;             /* offered; a full-size segment's data */
	bool wide;                              /* full-size segments come through, or there is nothing smaller */
	bool missing;                           /* the peer has sent what did not come, as seen last */
	uint32_t missing_ms, peer_nxt;          /* since when; the highest number that the peer has spoken of */
	struct list kept;                       /* packets beyond rcv_nxt that could not be placed, by sequence */
	struct tcp_block duplicate;             /* what came twice, for D-SACK (RFC 2883); empty: nothing */
	uint32_t recent[TCP_SACK_MAX];          /* a sequence number in each of the blocks that changed last */
	struct tcp_block block[TCP_BLOCKS_MAX]; /* what arrived beyond rcv_nxt */
};

/** Connect to @ip:@port. @t is the caller's memory, not in use; @user gets the callbacks. 0, or -ENETUNREACH, -ENOBUFS. */
int tcp_connect(struct tcp *t, struct net *net, struct stream_user *user, uint32_t ip, uint16_t port, uint32_t now_ms);
/** Queue @len bytes (copied) and send what may be sent. -ENOMEM, -ENOTCONN. */
int tcp_send(struct tcp *t, const void *data, size_t len, uint32_t now_ms);
/** The user wants no more: end orderly. @t is free for other use. Harmless when closed. */
void tcp_close(struct tcp *t, uint32_t now_ms);
/** End at once; the peer gets a RST. Harmless when closed. */
void tcp_abort(struct tcp *t, uint32_t now_ms);
/** Of the stream nothing is wanted from @offset on, which lies ahead: what comes beyond was not received, and the window does not grow
 *  beyond it, but for rounding. The user ends the connection when it got so far. */
void tcp_receive_until(struct tcp *t, uint64_t offset);
/** There is no place yet for what comes from @offset on, which is not before where it was last: the window ends exactly there. Set further
 *  on, the peer is told. UINT64_MAX: there is a place for all. */
void tcp_hold(struct tcp *t, uint64_t offset);
/** Bytes of the stream from @offset on that wait in a packet for their turn, *@len of them, valid until t is polled; NULL: there are none. */
const uint8_t *tcp_peek(const struct tcp *t, uint64_t offset, size_t *len);
/** Is data expected from the peer (as at first)? If so the silence begins now. */
void tcp_expect(struct tcp *t, bool expected, uint32_t now_ms);

/* ---- between net/tcp*.c -------------------------------------------------------------------------------------------------------- */

/** tcp.c: unlink @t and tell its user, who may free it. @rc after fail(), or 0. */
void tcp_end(struct tcp *t, int rc, uint32_t now_ms);
/** tcp.c: unlink @t and give back what it holds. */
void tcp_drop(struct tcp *t);
/** tcp.c: it is the peer's turn: all that was sent is acknowledged, and data is expected. */
bool tcp_awaits_data(const struct tcp *t);
/** tcp.c: answer a segment that belongs to no connection (RFC 9293 3.10.7.1). */
void tcp_refuse(const struct ipv4_header *ip, const struct tcp_segment *s, uint32_t now_ms);

/** tcp_rx.c: a segment for @t, which is past SYN-SENT. Takes @p. @t may be gone afterwards. */
void tcp_receive(struct tcp *t, const struct tcp_segment *s, struct pkt *p, uint32_t now_ms);
/** tcp_ack.c: tell the user of what was placed; acknowledge what is due. */
void tcp_flush(struct tcp *t, uint32_t now_ms);
void tcp_tell_placed(struct tcp *t, uint32_t now_ms);
/** tcp_ack.c: is this the beginning of a stream, when the peer's window is small? */
bool tcp_quick(const struct tcp *t);
/** tcp_ack.c: how many bytes one ACK may stand for now. */
uint32_t tcp_ack_every(const struct tcp *t);
/** tcp_ack.c: the window that can be taken beyond rcv_nxt, in bytes. */
uint32_t tcp_window(const struct tcp *t);
/** tcp_ack.c: packets that one connection may keep out of order. */
unsigned tcp_kept_max(void);
/** tcp_ack.c: fill the SACK blocks of an ACK. */
void tcp_sack_blocks(struct tcp *t, struct tcp_segment *s);
/** tcp_ack.c: the block around @seq has changed. */
void tcp_note_recent(struct tcp *t, uint32_t seq, uint32_t now_ms);
/** tcp_ack.c: which of the blocks is the first to end beyond @seq; block_count: none. */
unsigned tcp_block_beyond(const struct tcp *t, uint32_t seq);
/** tcp_ack.c: the block that holds @seq; NULL. */
const struct tcp_block *tcp_block_with(const struct tcp *t, uint32_t seq);
/** tcp_ack.c: an ACK for a doubtful segment (RFC 5961), if not too many were sent. */
void tcp_challenge(struct tcp *t, uint32_t now_ms);

/** tcp_tx.c: send one segment; an ACK says all that is due. */
void tcp_transmit(struct tcp *t, uint8_t flags, uint32_t seq, const uint8_t *data, size_t len, uint32_t now_ms);
/** tcp_tx.c: the same without data, at the sequence number that such a segment has. */
void tcp_say(struct tcp *t, uint8_t flags, uint32_t now_ms);
/** tcp_tx.c: send what the window allows of what is queued. */
void tcp_output(struct tcp *t, uint32_t now_ms);
/** tcp_tx.c: the peer acknowledged up to @ack, which lies in (snd_una, snd_nxt]. */
void tcp_acknowledged(struct tcp *t, uint32_t ack, uint32_t now_ms);
/** tcp_tx.c: the retransmission timer, which is due. @t may be gone afterwards. */
void tcp_timeout(struct tcp *t, uint32_t now_ms);
/** tcp_tx.c: the peer takes data again after a time of none: what waits, probes included, goes out. */
void tcp_window_opened(struct tcp *t, uint32_t now_ms);
void tcp_timer_start(struct tcp *t, uint32_t now_ms);
/** tcp_tx.c: make the peer say where it is, by a byte it has had (RFC 9293 3.8.4). */
void tcp_probe(struct tcp *t, uint32_t now_ms);
static inline void tcp_ack(struct tcp *t, uint32_t now_ms) { tcp_say(t, TCP_ACK, now_ms); }

/** tcp_close.c: take over the orderly end of @t, whose FIN is sent now; @peer_closed: after the peer's own. */
void tcp_closing_start(struct tcp *t, bool peer_closed, uint32_t now_ms);
/** tcp_close.c: a segment for a closing connection; false when there is none such. */
bool tcp_closing_input(const struct ipv4_header *ip, const struct tcp_segment *s, uint32_t now_ms);
void tcp_closing_poll(struct net *net, uint32_t now_ms);
uint32_t tcp_closing_deadline(const struct net *net, uint32_t deadline_ms);
void tcp_closing_shutdown(struct net *net, uint32_t now_ms);
bool tcp_closing_uses(const struct net *net, uint16_t local_port);

/** tcp_tx.c: begin segment @s for @path: all but what it acknowledges, window and data. */
void tcp_segment_start(struct tcp_segment *s, const struct tcp_path *path, uint8_t flags, uint32_t seq, uint32_t now_ms);
/** tcp_tx.c: send @s, which needs no connection, by @route. */
void tcp_transmit_bare(const struct ipv4_route *route, uint32_t dst, const struct tcp_segment *s, uint32_t now_ms);
/** tcp.c: does a received segment come from the far end of @path? */
bool tcp_path_is(const struct tcp_path *path, const struct ipv4_header *ip, const struct tcp_segment *s);

#endif
