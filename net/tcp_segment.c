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

/** RFC 7323 appendix A: the options as nearly every segment has them, a timestamp behind two NOPs. */
static bool just_timestamp(struct tcp_segment *s, const uint8_t *options, size_t len)
{
	if (len != 12 || be32_at(options) != 0x0101080a)
		return false;
	s->has_timestamp = true;
	s->timestamp = be32_at(options + 4);
	s->echo = be32_at(options + 8);
	return true;
}

/** False: an option that claims no or too much room. */
static bool parse_options(struct tcp_segment *s, const uint8_t *bytes, size_t len)
{
	struct reader r = rd_init(bytes, len), body;
	uint8_t kind;

	while ((kind = ipv4_next_option(&r, &body)) != OPTION_END)
		parse_option(s, kind, &body);
	return rd_ok(&r);
}

int tcp_segment_parse(struct tcp_segment *s, const uint8_t *bytes, size_t len)
{
	const uint8_t *options = bytes + TCP_HEADER_BYTES;
	size_t options_len;

	if (len < TCP_HEADER_BYTES)
		return -EPROTO;
	s->has_timestamp = s->has_shift = s->sack_permitted = false;
	s->shift = 0;
	s->mss = 0;
	s->timestamp = s->echo = 0;
	s->sack_count = 0;
	s->src_port = be16_at(bytes);
	s->dst_port = be16_at(bytes + 2);
	s->seq = be32_at(bytes + 4);
	s->ack = be32_at(bytes + 8);
	s->flags = bytes[13];
	s->window = be16_at(bytes + 14);
	options_len = (size_t)(bytes[12] >> 4) * 4 - TCP_HEADER_BYTES;          /* less than none wraps, and is past the end */
	if (options_len > len - TCP_HEADER_BYTES || (!just_timestamp(s, options, options_len) && !parse_options(s, options, options_len)))
		return -EPROTO;
	s->data = options + options_len;
	s->data_len = len - TCP_HEADER_BYTES - options_len;
	return 0;
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
