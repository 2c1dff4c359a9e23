/* SPDX-License-Identifier: BSD-2-Clause */
/* What the simulator's files share among themselves. */
#ifndef TESTS_SIM_FRAME_H
#define TESTS_SIM_FRAME_H

#include "tests/sim/sim.h"

struct sim_frame {
	struct list link;
	uint64_t arrives_us;                    /* or was sent */
	struct sim_host *to;                    /* NULL: the stack */
	size_t len;
	uint8_t data[];
};

struct sim_frame *sim_frame_new(const void *data, size_t len);
void sim_frames_free(struct list *frames);
/** A frame reaches the NIC. Takes @f. */
void sim_nic_arrive(struct sim *s, struct sim_frame *f);
/** A frame leaves the NIC. Takes @f. */
void sim_wire_output(struct sim *s, struct sim_frame *f);

#endif
