/* SPDX-License-Identifier: BSD-2-Clause */
/* Building and taking apart packets for tests, by code that shares nothing with the stack under test. */
#ifndef TESTS_SIM_PACKET_H
#define TESTS_SIM_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_ADDR(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

enum { SIM_FIN = 0x01, SIM_SYN = 0x02, SIM_RST = 0x04, SIM_PSH = 0x08, SIM_ACK = 0x10, SIM_URG = 0x20 };
enum { SIM_ARP_REQUEST = 1, SIM_ARP_REPLY = 2 };

/** A packet taken apart, as far as it goes: fields of protocols it does not have are zero. Points into the bytes. */
struct sim_packet {
	uint32_t at_ms;                         /* when it was sent */
	const uint8_t *frame;                   /* NULL when only an IPv4 packet was parsed */
	size_t len;
	uint8_t eth_dst[6], eth_src[6];
	uint16_t type;
	bool ok;                                /* lengths and checksums are right, as far as was parsed */

	uint16_t arp_op;
	uint8_t arp_sender_mac[6], arp_target_mac[6];
	uint32_t arp_sender_ip, arp_target_ip;

	const uint8_t *ip;                      /* its header */
	size_t ip_len;
	uint32_t src, dst;
	uint8_t protocol, ttl;
	uint16_t ip_id, fragment;
	const uint8_t *payload;                 /* behind the IP header */
	size_t payload_len;

	uint8_t icmp_type, icmp_code;

	uint16_t src_port, dst_port;            /* UDP, TCP */
	const uint8_t *data;                    /* behind their header */
	size_t data_len;

	uint32_t seq, ack;                      /* TCP */
	uint8_t flags;
	uint16_t window;
	uint16_t mss;                           /* 0: no such option */
	int scale;                              /* -1: no such option */
	bool sack_permitted, timestamps;
	uint32_t ts_value, ts_echo;
	unsigned sack_count;
	uint32_t sack[4][2];
};

/** Take an Ethernet frame, or an IPv4 packet, apart. p->ok says whether it is well-formed. */
void sim_parse_frame(struct sim_packet *p, const void *frame, size_t len);
void sim_parse_ip(struct sim_packet *p, const void *packet, size_t len);
/** A line about @p for a failed test's message. */
void sim_describe(const struct sim_packet *p, char *text, size_t size);

/** What to build. 0 means the usual (ttl 64, ...). Flags spoil what is named. */
struct sim_ip4 {
	uint32_t src, dst;
	uint8_t protocol, ttl;
	uint16_t id, fragment;                  /* fragment: flags and offset as in the header */
	const void *options; size_t options_len;        /* a multiple of 4 */
	bool bad_checksum;
	int total_length_error;                 /* added to the total length field */
};
struct sim_udp {
	uint32_t src, dst;
	uint16_t src_port, dst_port;
	const void *data; size_t len;
	bool bad_checksum, no_checksum;
	int length_error;                       /* added to the UDP length field */
};
struct sim_tcp {
	uint32_t src, dst;
	uint16_t src_port, dst_port;
	uint32_t seq, ack;
	uint8_t flags;                          /* SIM_SYN ... */
	uint16_t window, urgent;
	const void *options; size_t options_len;        /* padded to a multiple of 4 with zeros */
	const void *data; size_t len;
	bool bad_checksum;
	int data_offset_error;                  /* added to the data offset, in words */
};
struct sim_arp {
	uint16_t op;
	uint8_t sender_mac[6], target_mac[6];
	uint32_t sender_ip, target_ip;
	bool broadcast;                         /* the frame goes to all; else to the stack */
};

/** Write a packet into @buf, which has room (2 KiB is enough for one frame); returns its length. */
size_t sim_build_ip(uint8_t *buf, const struct sim_ip4 *ip, const void *payload, size_t len);
size_t sim_build_udp(uint8_t *buf, const struct sim_udp *udp);         /* with its IPv4 header */
size_t sim_build_tcp(uint8_t *buf, const struct sim_tcp *tcp);
size_t sim_build_icmp(uint8_t *buf, uint32_t src, uint32_t dst, uint8_t type, uint8_t code, uint32_t rest, const void *data, size_t len);
size_t sim_build_frame(uint8_t *buf, const uint8_t dst[6], const uint8_t src[6], uint16_t type, const void *payload, size_t len);
size_t sim_build_arp(uint8_t *buf, const struct sim_arp *arp);         /* ARP's 28 bytes alone */

void sim_put16(uint8_t *p, uint16_t v);
void sim_put32(uint8_t *p, uint32_t v);
uint16_t sim_get16(const uint8_t *p);
uint32_t sim_get32(const uint8_t *p);
/** RFC 1071 over @len bytes, beginning with @sum. */
uint16_t sim_checksum(uint32_t sum, const uint8_t *data, size_t len);

#endif
