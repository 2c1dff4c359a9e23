/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum (RFC 1071), by 32-bit words: the sum does not depend on the byte order it was added in, only the result
 * is swapped (RFC 1071 2.B). Little-endian machines only. */
#include "net/ipv4.h"

#include "core/sum.h"

uint32_t checksum_add(uint32_t sum, const void *data, size_t len)
{
	uint32_t words = sum_words(data, len);

	words = words << 8 | words >> 24;       /* times 2^8 modulo 2^32 - 1, and so modulo 2^16 - 1: bytes swapped */
	sum += words;
	return sum < words ? sum + 1 : sum;
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

void checksum_store(uint8_t *field, uint32_t sum, const void *data, size_t len)
{
	uint16_t checksum = checksum_finish(checksum_add(sum, data, len));

	field[0] = (uint8_t)(checksum >> 8);
	field[1] = (uint8_t)checksum;
}

bool checksum_good(const struct ipv4_header *ip, const struct pkt *p)
{
	size_t len = pkt_len(p);

	return p->checksum_ok ||
	       checksum_finish(checksum_add(checksum_pseudo(ip->src, ip->dst, ip->protocol, len), p->data, len)) == 0;
}
