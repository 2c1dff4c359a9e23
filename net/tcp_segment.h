/* SPDX-License-Identifier: BSD-2-Clause */
/* A TCP segment on the wire (RFC 9293 3.1): parsed and written, nothing remembered. Options: MSS, window scale and timestamps
 * (RFC 7323), SACK (RFC 2018). Others are skipped; a received SACK is skipped too, for we send too little to use it. */
#ifndef NET_TCP_SEGMENT_H
#define NET_TCP_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "net/pkt.h"

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10, TCP_URG = 0x20 };
enum { TCP_HEADER_BYTES = 20, TCP_OPTIONS_MAX = 40, TCP_MSS_DEFAULT = 536, TCP_SHIFT_MAX = 14, TCP_SACK_MAX = 4 };

/** A stretch of sequence space, [start, end). */
struct tcp_block { uint32_t start, end; };

/** Header fields in host order, and the options that were there. */
struct tcp_segment {
	uint32_t seq, ack;
	uint16_t src_port, dst_port;
	uint16_t window;                        /* as it stands in the header, not scaled */
	uint8_t flags;
	bool has_timestamp, has_shift, sack_permitted;
	uint8_t shift;                          /* at most TCP_SHIFT_MAX */
	uint16_t mss;                           /* 0: no such option */
	uint32_t timestamp, echo;
	unsigned sack_count;                    /* written only */
	struct tcp_block sack[TCP_SACK_MAX];
	const uint8_t *data;
	size_t data_len;
};

static inline bool seq_before(uint32_t a, uint32_t b) { return (int32_t)(a - b) < 0; }
static inline bool seq_after(uint32_t a, uint32_t b) { return (int32_t)(b - a) < 0; }

/** Sequence space that @s takes: its data, a SYN, a FIN. */
static inline uint32_t tcp_segment_length(const struct tcp_segment *s)
{
	return (uint32_t)s->data_len + !!(s->flags & TCP_SYN) + !!(s->flags & TCP_FIN);
}

/** Parse @len bytes at @bytes, whose checksum is known to be good. -EPROTO: header or an option does not fit; drop it. */
int tcp_segment_parse(struct tcp_segment *s, const uint8_t *bytes, size_t len);

/** Append @s to the empty packet @p, checksum made for @src and @dst. False if it does not fit. */
bool tcp_segment_emit(const struct tcp_segment *s, struct pkt *p, uint32_t src, uint32_t dst);

#endif
