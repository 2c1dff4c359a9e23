/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/mix.h"
#include "core/errors.h"
#include "core/string.h"

enum { LEARNING = 16, CERTAIN = 32 };   /* how fast weights move; no odds are taken for closer than this to 0 or 65536 */

static uint32_t hash(uint32_t value, uint32_t salt)
{
	uint32_t h = (value ^ salt * 0x85ebca6b) * 0x9e3779b1;

	return (h ^ h >> 15) * 0x2c1b3c6d;
}

/** squash(x) = 65536 / (1 + e^-x), and its inverse. */
static void make_tables(struct mix *m)
{
	uint32_t power = 1 << 16;               /* e^(d / 256), in 65536ths */
	int p = 0;

	for (int d = 0; d <= MIX_SCALE; d++) {
		uint32_t less = (1u << 28) / (4096 + (power >> 4));

		m->squash[MIX_SCALE - d] = (uint16_t)less;
		m->squash[MIX_SCALE + d] = (uint16_t)(65535 - less);
		power += (uint32_t)((uint64_t)power * 16810026 >> 32);
	}
	for (int d = -MIX_SCALE; d <= MIX_SCALE; d++)
		while (p < 4096 && p <= m->squash[d + MIX_SCALE] >> 4)
			m->stretch[p++] = (int16_t)d;
	while (p < 4096)
		m->stretch[p++] = MIX_SCALE;
	for (int seen = 0; seen <= MIX_SURE; seen++)
		m->pace[seen] = (uint16_t)(65536 / (2 * seen + 3));
}

static void begin(struct mix *m)
{
	memset(m, 0, sizeof(*m));
	make_tables(m);
	for (int i = 0; i <= MIX_LONGEST; i++)
		m->match_odds[i] = 49152;
	for (unsigned set = 0; set < 2 * 256; set++)
		for (unsigned i = 0; i < MIX_INPUTS; i++)
			m->weights[set / 256][set % 256][i] = 65536 / 4;
	for (unsigned i = 0; i < 8 * 256; i++)
		for (unsigned step = 0; step <= MIX_STEPS; step++)
			m->corrected[i / 256][i % 256][step] = m->squash[step < MIX_STEPS ? 256 * step : 2 * MIX_SCALE];
}

/** The slot of a context, new if it has none: in place of the one of two that was seen less. */
static uint32_t *slot_of(struct mix *m, uint32_t h)
{
	uint32_t index = h >> (32 - MIX_SLOT_BITS), check = h << MIX_SLOT_BITS >> 24 << 8;
	uint32_t *a = &m->slots[index], *b = &m->slots[index ^ 1];

	if ((*a & 0xff00) == check && *a & 0xff)
		return a;
	if ((*b & 0xff00) == check && *b & 0xff)
		return b;
	if ((*b & 0xff) < (*a & 0xff))
		a = b;
	*a = 1u << 31 | check;
	return a;
}

/** Where the last bytes before data[@at] stood before, as long a match as is known. */
static void find_match(struct mix *m, const uint8_t *data, uint32_t at, uint32_t last)
{
	uint32_t *place = &m->places[hash(last & 0xffffff, 0) >> (32 - MIX_PLACE_BITS)];

	if (m->match_len && data[m->match] == data[at - 1]) {
		m->match_len++;
		m->match++;
	} else {
		m->match = *place;
		for (m->match_len = 0; m->match_len < m->match && m->match_len < MIX_LONGEST; m->match_len++)
			if (data[m->match - 1 - m->match_len] != data[at - 1 - m->match_len])
				break;
	}
	*place = at;
}

/** Ready for the byte data[@at]. Most contexts know where in an instruction it stands. */
static void begin_byte(struct mix *m, const uint8_t *data, uint32_t at)
{
	uint32_t b[5] = { 0 }, last, place;

	for (unsigned i = 1; i < 5 && i <= at; i++)
		b[i] = data[at - i];
	last = b[1] | b[2] << 8 | b[3] << 16 | b[4] << 24;
	if (at)
		x86_code_step(&m->code, b[1]);
	place = m->code.next | m->code.left << 3;
	m->context[0] = hash(place, 1);
	m->context[1] = hash(place << 8 | b[1], 2);
	m->context[2] = hash(place << 9 | m->code.opcode, 3);
	m->context[3] = hash(m->code.modrm << 20 | place << 9 | m->code.opcode, 4);
	m->context[4] = hash(last & 0xffff, 5);
	m->context[5] = hash(m->code.before << 16 ^ place << 9 ^ m->code.opcode, 6);
	m->context[6] = hash(last & 0xffff0000, 7);
	m->weight[1] = m->weights[1][b[1]];
	find_match(m, data, at, last);
}

static int32_t within_scale(int32_t x)
{
	return x > MIX_SCALE ? MIX_SCALE : x < -MIX_SCALE ? -MIX_SCALE : x;
}

static uint16_t *match_odds(struct mix *m)
{
	return &m->match_odds[m->match_len < MIX_LONGEST ? m->match_len : MIX_LONGEST];
}

/** What the match says of the next bit, stretched; 0 if there is none, or if it was wrong in this byte. */
static int32_t match_guess(struct mix *m, const uint8_t *data, unsigned so_far, unsigned bit)
{
	int32_t trust = m->stretch[*match_odds(m) >> 4];

	m->expected = -1;
	if (!m->match_len || (data[m->match] | 0x100u) >> (bit + 1) != so_far)
		return 0;
	m->expected = data[m->match] >> bit & 1;
	return m->expected ? trust : -trust;
}

/** What became of such odds before: @stretched, which was mixed, is between two steps. */
static unsigned correct(struct mix *m, unsigned so_far, int32_t stretched)
{
	unsigned at = (unsigned)(stretched + MIX_SCALE), part = at % 256;
	uint16_t *step = &m->corrected[m->code.next][so_far][at / 256];

	m->correction = step + (part >= 128);
	return (step[0] * (256 - part) + step[1] * part) / 256;
}

/** The odds that the next bit is a 1, in 65536ths. @so_far: the byte's bits before it, below a 1. */
static unsigned guess(struct mix *m, const uint8_t *data, unsigned so_far, unsigned bit)
{
	int32_t sum[2] = { 0, 0 }, mixed;
	unsigned odds;

	m->weight[0] = m->weights[0][so_far];
	m->input[MIX_CONTEXTS] = match_guess(m, data, so_far, bit);
	m->input[MIX_CONTEXTS + 1] = 256;
	for (unsigned i = 0; i < MIX_INPUTS; i++) {
		if (i < MIX_CONTEXTS) {
			m->slot[i] = slot_of(m, (m->context[i] + so_far * 0x3d4d51cb) * 0x9e3779b1);
			m->input[i] = m->stretch[*m->slot[i] >> 20];
		}
		sum[0] += (m->weight[0][i] >> 6) * m->input[i];
		sum[1] += (m->weight[1][i] >> 6) * m->input[i];
	}
	m->guess[0] = within_scale(sum[0] >> 10);
	m->guess[1] = within_scale(sum[1] >> 10);
	mixed = (m->guess[0] + m->guess[1]) / 2;
	odds = (m->squash[mixed + MIX_SCALE] + correct(m, so_far, mixed)) / 2;
	return odds < CERTAIN ? CERTAIN : odds > 65536 - CERTAIN ? 65536 - CERTAIN : odds;
}

static uint32_t nearer(uint32_t odds, unsigned bit, int32_t pace)
{
	return (uint32_t)((int32_t)odds + (((bit ? 65535 : 0) - (int32_t)odds) * pace >> 15));
}

/** How wrong a guess was, times how fast weights move. */
static int32_t error_of(const struct mix *m, unsigned set, unsigned bit)
{
	return ((int32_t)(bit << 12) - (m->squash[m->guess[set] + MIX_SCALE] >> 4)) * LEARNING;
}

/** It was @bit. */
static void learn(struct mix *m, unsigned bit)
{
	int32_t error[2] = { error_of(m, 0, bit), error_of(m, 1, bit) };

	for (unsigned i = 0; i < MIX_INPUTS; i++) {
		m->weight[0][i] += (m->input[i] * error[0] + 0x2000) >> 14;
		m->weight[1][i] += (m->input[i] * error[1] + 0x2000) >> 14;
		if (i < MIX_CONTEXTS) {
			uint32_t slot = *m->slot[i], seen = slot & 0xff;

			slot = nearer(slot >> 16, bit, m->pace[seen]) << 16 | (slot & 0xffff);
			*m->slot[i] = seen < MIX_SURE ? slot + 1 : slot;
		}
	}
	*m->correction = (uint16_t)nearer(*m->correction, bit, 1024);
	if (m->expected >= 0) {
		*match_odds(m) = (uint16_t)nearer(*match_odds(m), (unsigned)m->expected == bit, 512);
		if ((unsigned)m->expected != bit)
			m->match_len = 0;
	}
}

/** The arithmetic coder's interval, and where a 1 ends in it. */
struct interval { uint32_t low, high; };

static uint32_t divide(const struct interval *v, unsigned odds)
{
	return v->low + (uint32_t)((uint64_t)(v->high - v->low) * odds >> 16);
}

static void narrow(struct interval *v, uint32_t middle, unsigned bit)
{
	if (bit)
		v->high = middle;
	else
		v->low = middle + 1;
}

/** Is the first byte of all that is in the interval the same? Then it is done with. */
static bool widen(struct interval *v)
{
	if ((v->low ^ v->high) >> 24)
		return false;
	v->low <<= 8;
	v->high = v->high << 8 | 255;
	return true;
}

static uint32_t next_byte(const struct mix_input *in, size_t at)
{
	return at < in->len ? in->data[at] : 0;
}

void mix_decode_begin(struct mix *m, const uint8_t *in, size_t in_len)
{
	begin(m);
	m->packed = (struct mix_input){ .data = in, .len = in_len, .high = UINT32_MAX };
	for (; m->packed.taken < 4; m->packed.taken++)
		m->packed.code = m->packed.code << 8 | next_byte(&m->packed, m->packed.taken);
}

void mix_decode_to(struct mix *m, uint8_t *out, size_t end)
{
	struct mix_input in = m->packed;
	struct interval v = { in.low, in.high };

	for (; in.at < end && in.taken <= in.len; in.at++) {
		unsigned byte = 1;

		begin_byte(m, out, (uint32_t)in.at);
		for (unsigned bit = 8; bit-- > 0;) {
			uint32_t middle = divide(&v, guess(m, out, byte, bit));
			bool one = in.code <= middle;

			narrow(&v, middle, one);
			learn(m, one);
			byte = byte << 1 | one;
			for (; widen(&v); in.taken++)
				in.code = in.code << 8 | next_byte(&in, in.taken);
		}
		out[in.at] = (uint8_t)byte;
	}
	in.low = v.low;
	in.high = v.high;
	m->packed = in;
}

int mix_decode_end(const struct mix *m)
{
	return m->packed.taken == m->packed.len ? 0 : -EPROTO;
}

int mix_decode(struct mix *m, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
	mix_decode_begin(m, in, in_len);
	mix_decode_to(m, out, out_len);
	return mix_decode_end(m);
}

size_t mix_encode(struct mix *m, uint8_t *out, size_t room, const uint8_t *in, size_t in_len)
{
	struct interval v = { 0, UINT32_MAX };
	size_t len = 0;

	begin(m);
	for (size_t at = 0; at < in_len; at++) {
		unsigned byte = 1;

		begin_byte(m, in, (uint32_t)at);
		for (unsigned bit = 8; bit-- > 0;) {
			unsigned one = in[at] >> bit & 1;

			narrow(&v, divide(&v, guess(m, in, byte, bit)), one);
			learn(m, one);
			byte = byte << 1 | one;
			for (uint32_t first = v.low >> 24; widen(&v); first = v.low >> 24, len++)
				if (len < room)
					out[len] = (uint8_t)first;
		}
	}
	for (unsigned shift = 32; shift > 0; len++) {
		shift -= 8;
		if (len < room)
			out[len] = (uint8_t)(v.high >> shift);
	}
	return len;
}
