/* SPDX-License-Identifier: BSD-2-Clause */
/* A simulated network: our stack with a fake NIC on a LAN, on a clock that moves only when told. A protocol test is a conversation:
 *
 *     struct sim s;
 *     struct sim_packet p;
 *
 *     sim_start(&s);                                       net0 is open, its link up, without an address
 *     sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
 *     sim_add_host(&s, SIM_GATEWAY);                       somebody who answers ARP
 *     ...let the stack do something...
 *     EXPECT(sim_take(&s, &p)); EXPECT_EQ(p.flags, SIM_SYN);
 *     sim_advance(&s, 999); EXPECT_SILENCE(&s);
 *     sim_send_tcp(&s, &(struct sim_tcp){ .src = SIM_GATEWAY, ... });
 *     sim_stop(&s);                                        fails the test if a packet or heap block is still held
 *
 * Frames that the stack sends go to the host they are addressed to, if it has an input(), over a link that may delay, lose, double,
 * swap and spoil them by a seed; all others wait for sim_take(). With SIM_PCAP=dir in the environment, what passes the stack's NIC is
 * written to dir/<test>.pcap. The clock begins shortly before its 32-bit wrap: times are compared with s.now_ms or s.start_ms. */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "core/list.h"
#include "net/net.h"
#include "tests/sim/packet.h"

#define SIM_IP       SIM_ADDR(10, 0, 2, 15)
#define SIM_NETMASK  SIM_ADDR(255, 255, 255, 0)
#define SIM_GATEWAY  SIM_ADDR(10, 0, 2, 2)
#define SIM_FRAME_MAX 1600
#define SIM_RING     256                /* frames that wait at most in the NIC's receive ring; more are lost */
#define SIM_FOREVER  UINT64_MAX

/** One direction of a path. All zeros: perfect and instant. Chances are parts per million. */
struct sim_link {
	uint32_t delay_us, jitter_us;           /* each frame takes delay plus up to jitter; jitter alone never swaps frames */
	uint32_t rate_bytes_per_ms;             /* 0: unlimited. 1250 is 10 Mbit/s */
	uint32_t queue_bytes;                   /* what waits for the rate beyond this is lost; 0: nothing is */
	uint32_t loss_ppm, duplicate_ppm, corrupt_ppm;
	uint32_t reorder_ppm, reorder_us;       /* that many frames come this much later */
	bool (*drop)(struct sim_link *link, const struct sim_packet *p);        /* a test's own choice; NULL: none */
	void *context;                          /* the test's */
	uint64_t random;                        /* seed and state; 0 is as good as any */
	/* What happened. */
	uint64_t busy_until_us, last_arrival_us;
	uint32_t carried, lost, duplicated, reordered, corrupted;
};

/** Somebody on the LAN. Answers ARP for @ip. What the stack sends to its address reaches input(), after to_host's doing. */
struct sim_host {
	struct list link;
	struct sim *sim;
	uint32_t ip;
	uint8_t mac[6];                         /* set by sim_host_join() */
	bool silent;                            /* no ARP answers */
	struct sim_link to_host, to_stack;
	/** One IPv4 packet, valid during the call, which came in. NULL: the stack's frames wait for sim_take(). */
	void (*input)(struct sim_host *host, const uint8_t *packet, size_t len, uint32_t now_ms);
	/** Run timers: called when deadline() is reached. Both NULL: no timers. */
	void (*poll)(struct sim_host *host, uint32_t now_ms);
	uint32_t (*deadline)(struct sim_host *host, uint32_t now_ms);
	void *context;                          /* the test's */
};

struct sim {
	struct net net;
	struct netif netif;                     /* "net0" */
	struct nic nic;
	uint32_t start_ms, now_ms;
	uint64_t now_us;                        /* since the start */
	bool wire_only;                         /* sim_start_wire(): the stack is somebody else's */

	/* The NIC as the test sees it. */
	bool nic_open, link_up;                 /* link_up: the test may change it */
	bool verifies_checksums;                /* set checksum_ok in what it receives */
	unsigned merges;                        /* sim_merge(): large packets of the NIC's */
	unsigned transmit_fails;                /* the next so many transmit() return -ENOBUFS */
	unsigned kicks, ring_overruns;

	/* Frames. */
	struct list hosts;                      /* struct sim_host */
	struct list sent;                       /* by the stack, waiting for sim_take() */
	struct list transmitting;               /* by the stack, waiting for kick() */
	struct list ring;                       /* waiting for receive() */
	struct list flying;                     /* on some link, by time of arrival */
	unsigned ring_count;
	struct sim_frame *taken;
	struct sim_host own[8];                 /* sim_add_host() */
	unsigned own_count;
	FILE *pcap;
};

/** Everything new: a stack, net0 open on a NIC with MAC 52:54:00:12:34:56, its link up. */
void sim_start(struct sim *s);
/** The same without a stack: only the NIC (s->nic, for a netif_init() elsewhere) and the wire, moved by sim_run_wire(). */
void sim_start_wire(struct sim *s, uint32_t now_ms);
/** Shut the stack down and free everything. Fails the test if the stack keeps a packet or a heap block. */
void sim_stop(struct sim *s);
/** net0's address, set by hand as with `set net0/ip`; @gateway 0: none. */
void sim_configure(struct sim *s, uint32_t ip, uint32_t netmask, uint32_t gateway);

/** From now on the NIC merges TCP segments that wait in its ring and continue one another, and receives into large packets. */
void sim_merge(struct sim *s);

/** A host that answers ARP and does nothing else. */
struct sim_host *sim_add_host(struct sim *s, uint32_t ip);
/** Put @host (the caller's; ip, links and callbacks filled in) on the LAN. */
void sim_host_join(struct sim *s, struct sim_host *host);
void sim_host_leave(struct sim_host *host);
/** From a host: send an IPv4 packet towards the stack over to_stack. */
void sim_host_output(struct sim_host *host, const void *packet, size_t len);

/** Let the stack and the hosts run until nothing is left to be done at this moment; then until @ms milliseconds later. */
void sim_settle(struct sim *s);
void sim_advance(struct sim *s, uint32_t ms);
/** Run until @done(@arg), looked at after each event, but at most @max_ms. Did it become true? */
bool sim_run_until(struct sim *s, bool (*done)(void *arg), void *arg, uint32_t max_ms);
/** sim_start_wire(): move frames until @now_ms, without running a stack. */
void sim_run_wire(struct sim *s, uint32_t now_ms);

/** The next frame that the stack sent to nobody in particular (see above); false when there is none. Valid until the next call. */
bool sim_take(struct sim *s, struct sim_packet *p);
/** The same, leaving out frames of other kinds: ETH_TYPE_ARP, or an IPv4 protocol number. They are lost. */
bool sim_take_arp(struct sim *s, struct sim_packet *p);
bool sim_take_protocol(struct sim *s, uint8_t protocol, struct sim_packet *p);
/** Forget what was sent. */
void sim_discard(struct sim *s);
/** Was nothing sent? Else says what, for EXPECT_SILENCE(). */
bool sim_silent(struct sim *s, char *what, size_t size);
#define EXPECT_SILENCE(s)                                                                      \
	do {                                                                                   \
		char what_[160];                                                               \
		if (!sim_silent((s), what_, sizeof what_))                                     \
			test_fail(__FILE__, __LINE__, "expected silence, but sent: %s", what_); \
	} while (0)

/** A frame arrives at the stack's NIC now; the stack sees it at once. */
void sim_send_frame(struct sim *s, const void *frame, size_t len);
/** An IPv4 packet in a frame to the stack's MAC, or to all if it is for a broadcast address, from the MAC of sim_mac(source). */
void sim_send_ip(struct sim *s, const void *packet, size_t len);
void sim_send_udp(struct sim *s, const struct sim_udp *udp);
void sim_send_tcp(struct sim *s, const struct sim_tcp *tcp);
void sim_send_arp(struct sim *s, const struct sim_arp *arp);
/** The MAC of the simulated host with address @ip: 02:00 and the address. */
void sim_mac(uint32_t ip, uint8_t mac[6]);

extern const uint8_t sim_stack_mac[6];
extern const struct nic_driver sim_nic_driver;

/* tests/sim/pcap.c */
FILE *sim_pcap_open(void);
void sim_pcap_write(FILE *f, uint64_t at_us, const void *frame, size_t len);

#endif
