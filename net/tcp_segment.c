/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP segments on the wire. See net/tcp_segment.h. */
#include "net/tcp_segment.h"

#include "core/cursor.h"
#include "core/errors.h"
#include "core/string.h"
#include "net/ipv4.h"   // checksum_*, ipv4_next_option

enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2, OPTION_SHIFT = 3, OPTION_SACK_PERMITTED = 4, OPTION_SACK = 5,
       OPTION_TIMESTAMP = 8 };

static void parse_option(struct tcp_segment *s, uint8_t kind, struct reader *body)
{
	size_t len = rd_left(body);

	if (kind == OPTION_MSS && len == 2) {
		s->mss = rd_be16(body);
	} else if (kind == OPTION_SHIFT && len == 1) {
		s->has_shift = true;
		s->shift = rd_u8(body);
		if (s->shift > TCP_SHIFT_MAX)           /* RFC 7323 2.3 */
			s->shift = TCP_SHIFT_MAX;
	} else if (kind == OPTION_SACK_PERMITTED && len == 0) {
		s->sack_permitted = true;
	} else if (kind == OPTION_TIMESTAMP && len == 8) {
		s->has_timestamp = true;
		s->timestamp = rd_be32(body);
		s->echo = rd_be32(body);
	}
}

int tcp_segment_parse(struct tcp_segment *s, const uint8_t *bytes, size_t len)
{
	struct reader r = rd_init(bytes, len), options, body;
	const uint8_t *option_bytes;
	size_t header;
	uint8_t kind;

	memset(s, 0, offsetof(struct tcp_segment, sack));
	s->src_port = rd_be16(&r);
	s->dst_port = rd_be16(&r);
	s->seq = rd_be32(&r);
	s->ack = rd_be32(&r);
	header = (size_t)(rd_u8(&r) >> 4) * 4;
	s->flags = rd_u8(&r);
	s->window = rd_be16(&r);
	rd_skip(&r, 4);                                 /* checksum, urgent pointer */
	if (!rd_ok(&r) || header < TCP_HEADER_BYTES)
		return -EPROTO;
	option_bytes = rd_bytes(&r, header - TCP_HEADER_BYTES);
	if (!option_bytes)
		return -EPROTO;
	options = rd_init(option_bytes, header - TCP_HEADER_BYTES);
	while ((kind = ipv4_next_option(&options, &body)) != OPTION_END)
		parse_option(s, kind, &body);
	s->data = r.data;
	s->data_len = rd_left(&r);
	return rd_ok(&options) ? 0 : -EPROTO;   /* an option that claims no or too much room spoils the segment */
}

/** The options of @s, aligned by NOPs so that each 32-bit field stands on a multiple of four (RFC 7323 appendix A). */
static size_t emit_options(const struct tcp_segment *s, uint8_t *buf)
{
	struct writer w = wr_init(buf, TCP_OPTIONS_MAX);

	if (s->mss)
		wr_fields(&w, "112", OPTION_MSS, 4, s->mss);
	if (s->has_shift)
		wr_fields(&w, "1111", OPTION_NOP, OPTION_SHIFT, 3, s->shift);
	if (s->sack_permitted)
		wr_fields(&w, "1111", OPTION_NOP, OPTION_NOP, OPTION_SACK_PERMITTED, 2);
	if (s->has_timestamp)
		wr_fields(&w, "111144", OPTION_NOP, OPTION_NOP, OPTION_TIMESTAMP, 10, s->timestamp, s->echo);
	if (s->sack_count)
		wr_fields(&w, "1111", OPTION_NOP, OPTION_NOP, OPTION_SACK, 2 + 8 * s->sack_count);
	for (unsigned i = 0; i < s->sack_count; i++)
		wr_fields(&w, "44", s->sack[i].start, s->sack[i].end);
	return TCP_OPTIONS_MAX - wr_left(&w);
}

bool tcp_segment_emit(const struct tcp_segment *s, struct pkt *p, uint32_t src, uint32_t dst)
{
	uint8_t options[TCP_OPTIONS_MAX];
	size_t options_len = emit_options(s, options), len = TCP_HEADER_BYTES + options_len + s->data_len;
	uint8_t *bytes = pkt_put(p, len);
	struct writer w;

	if (!bytes)
		return false;
	w = wr_init(bytes, TCP_HEADER_BYTES);
	wr_fields(&w, "22441124", s->src_port, s->dst_port, s->seq, s->ack, (uint32_t)(TCP_HEADER_BYTES + options_len) / 4 << 4, s->flags,
	          s->window, 0);
	memcpy(bytes + TCP_HEADER_BYTES, options, options_len);
	if (s->data_len)
		memcpy(bytes + TCP_HEADER_BYTES + options_len, s->data, s->data_len);
	checksum_store(bytes + 16, checksum_pseudo(src, dst, IP_TCP, len), bytes, len);
	return true;
}
