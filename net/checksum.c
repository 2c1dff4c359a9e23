/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum (RFC 1071), by 32-bit words: the sum does not depend on the byte order it was added in, only the result
 * is swapped (RFC 1071 2.B). Little-endian machines only. */
#include "net/ipv4.h"

#include "core/string.h"

struct __attribute__((packed, may_alias)) word { uint32_t value; };    /* at any alignment */

static uint32_t fold(uint64_t sum)
{
	sum = (sum >> 32) + (uint32_t)sum;
	sum = (sum >> 32) + (uint32_t)sum;
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint32_t)((sum >> 16) + (sum & 0xffff));
}

uint32_t checksum_add(uint32_t sum, const void *data, size_t len)
{
	const struct word *w = data;
	uint64_t words = 0;
	uint32_t rest = 0;

	for (; len >= 32; len -= 32, w += 8) {
		words += w[0].value;
		words += w[1].value;
		words += w[2].value;
		words += w[3].value;
		words += w[4].value;
		words += w[5].value;
		words += w[6].value;
		words += w[7].value;
	}
	for (; len >= 4; len -= 4)
		words += (w++)->value;
	memcpy(&rest, w, len);          /* an odd end is padded by zero */
	rest = fold(words + rest);
	rest = (rest & 0xff) << 8 | (rest >> 8 & 0xff) | (rest >> 16);
	sum += rest;
	return sum < rest ? sum + 1 : sum;
}

uint16_t checksum_finish(uint32_t sum)
{
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)~sum;
}

uint32_t checksum_pseudo(uint32_t src, uint32_t dst, uint8_t protocol, size_t len)
{
	return (src >> 16) + (src & 0xffff) + (dst >> 16) + (dst & 0xffff) + protocol + (uint32_t)len;
}
