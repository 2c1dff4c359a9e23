/* SPDX-License-Identifier: BSD-2-Clause */
/* The fake NIC: a receive ring, a transmit ring whose frames leave at kick(), a link that the test pulls. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/eth.h"
#include "tests/host/host.h"
#include "tests/sim/frame.h"

static int nic_open(struct nic *nic)
{
	struct sim *s = nic->priv;

	s->nic_open = true;
	return 0;
}

static void nic_close(struct nic *nic)
{
	struct sim *s = nic->priv;

	s->nic_open = false;
	sim_frames_free(&s->ring);
	sim_frames_free(&s->transmitting);
	s->ring_count = 0;
}

void sim_nic_arrive(struct sim *s, struct sim_frame *f)
{
	if (!s->nic_open || !s->link_up || s->ring_count == SIM_RING) {
		s->ring_overruns += s->ring_count == SIM_RING;
		free(f);
		return;
	}
	sim_pcap_write(s->pcap, s->now_us, f->data, f->len);
	s->ring_count++;
	list_append(&s->ring, &f->link);
}

static struct pkt *nic_receive(struct nic *nic)
{
	struct sim *s = nic->priv;
	struct sim_frame *f = list_entry(s->ring.next, struct sim_frame, link);
	struct pkt *p;

	if (!s->nic_open)
		host_die("sim: receive() on a NIC that is closed");
	if (s->ring_count == 0)
		return NULL;
	p = pkt_alloc();
	list_remove(&f->link);
	s->ring_count--;
	if (p && f->len <= PKT_DATA_MAX) {
		memcpy(pkt_put(p, f->len), f->data, f->len);
		p->checksum_ok = s->verifies_checksums;
	} else {
		pkt_free(p);
		p = NULL;
	}
	free(f);
	return p;
}

static int nic_transmit(struct nic *nic, struct pkt *p)
{
	struct sim *s = nic->priv;
	bool fails = s->transmit_fails > 0;

	if (!s->nic_open)
		host_die("sim: transmit() on a NIC that is closed");
	if (pkt_len(p) < ETH_HEADER_BYTES || pkt_len(p) > nic->mtu + 18u)
		host_die("sim: transmit() of a frame of impossible length");
	if (fails)
		s->transmit_fails--;
	else
		list_append(&s->transmitting, &sim_frame_new(p->data, pkt_len(p))->link);
	pkt_free(p);
	return fails ? -ENOBUFS : 0;
}

static void nic_kick(struct nic *nic)
{
	struct sim *s = nic->priv;

	s->kicks++;
	while (!list_empty(&s->transmitting)) {
		struct sim_frame *f = list_entry(s->transmitting.next, struct sim_frame, link);

		list_remove(&f->link);
		if (s->link_up)
			sim_wire_output(s, f);
		else
			free(f);
	}
}

static bool nic_link_up(struct nic *nic)
{
	return ((struct sim *)nic->priv)->link_up;
}

static int nic_probe(struct nic *nic)
{
	return -ENODEV;
}

static void nic_remove(struct nic *nic)
{
}

const struct nic_driver sim_nic_driver = {
	.name = "sim", .probe = nic_probe, .remove = nic_remove, .open = nic_open, .close = nic_close, .receive = nic_receive,
	.transmit = nic_transmit, .kick = nic_kick, .link_up = nic_link_up,
};
