/* SPDX-License-Identifier: BSD-2-Clause */
/* What the TCP connections that pass have done: how much was sent to the side that opened them, how much of it arrived, how much was
 * acknowledged. The difference of the first and the last is what was sent twice or in vain. */
#ifndef TESTS_NETEM_FLOWS_H
#define TESTS_NETEM_FLOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct flow {
	uint8_t client[4], server[4];
	uint16_t client_port, server_port;
	uint64_t opened_ns, first_ns, last_ns;          /* SYN; first and last byte that arrived */
	uint64_t longest_gap_ns;                        /* between bytes that arrived */
	uint64_t sent, arrived, acked;                  /* payload bytes from the server */
	uint64_t most_window, acks;                     /* as the client advertised, scaled; its segments without data */
	uint32_t last_ack;
	uint8_t window_shift;
	bool established, finished, reset;
};

struct flows {
	struct flow *all;
	size_t count, room, last;
};

/** Where a frame is seen: as the server's side put it in, as the client's side got it, as the client's side put it in. */
enum flow_point { FLOW_SENT, FLOW_ARRIVED, FLOW_CLIENT };

void flows_see(struct flows *t, enum flow_point point, const uint8_t *frame, size_t len, uint64_t now_ns);

/** The flows as a JSON list; times in ms since @start_ns. */
void flows_print(const struct flows *t, FILE *f, uint64_t start_ns);

void flows_free(struct flows *t);

#endif
