/* SPDX-License-Identifier: BSD-2-Clause */
/* A TFTP server for simulated downloads, by code that shares nothing with ours: RFC 1350, 2347 to 2349, 7440, and the ways in which
 * servers differ. It has one file of @len bytes, server_byte(@seed, offset), by any name.
 *
 * Fill in what differs from zero - sim_tftp_join(). */
#ifndef TESTS_SIM_TFTP_SERVER_H
#define TESTS_SIM_TFTP_SERVER_H

#include "tests/sim/sim.h"

enum { SIM_TFTP_TRANSFERS = 8 };

struct sim_tftp_transfer {
	bool in_use;
	uint16_t id, client_port;
	uint32_t client_ip;
	uint32_t size, window;
	uint32_t acked, sent, blocks;           /* counted from 1, not wrapped; acked and sent 0: the options */
	bool options;                           /* they were acknowledged, and that is not acknowledged yet */
	uint8_t oack[100];
	size_t oack_len;
	unsigned tries;
	uint32_t timer_ms;
};

struct sim_tftp {
	struct sim_host host;                   /* first: links are set there */
	uint32_t seed, len;
	uint32_t size_max;                      /* of blocks; 0: it does not know blksize */
	uint32_t window_max;                    /* 0: it does not know windowsize */
	bool knows_total;                       /* tsize */
	int refuses;                            /* an error's code for requests with options, and 1; 0: none */
	bool wraps_to_1;
	bool apprentice;                        /* a repeated acknowledgement is answered by blocks (RFC 1123 4.2.3.1) */
	bool deaf;
	bool dead;                              /* no process: its machine says so */
	uint32_t retry_ms;                      /* 0: 1000 */
	/* What happened. */
	unsigned requests, acks, blocks_sent, errors;
	uint16_t error;                         /* the last one's code */
	uint16_t next_id;
	struct sim_tftp_transfer transfer[SIM_TFTP_TRANSFERS];
};

void sim_tftp_join(struct sim_tftp *server, struct sim *s, uint32_t ip);
/** Forget every transfer, as if the server had been started anew. */
void sim_tftp_restart(struct sim_tftp *server);

#endif
