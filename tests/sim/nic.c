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
	pkt_large_close(s->merges);
	s->merges = 0;
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

void sim_merge(struct sim *s)
{
	s->merges = pkt_large_open(8);
}

static struct sim_frame *ring_take(struct sim *s)
{
	struct sim_frame *f = list_entry(s->ring.next, struct sim_frame, link);

	list_remove(&f->link);
	s->ring_count--;
	return f;
}

/** Does the frame next in the ring continue the one in @p, which ends at @seq? Then its data may be joined on. */
static bool continues(const struct sim_packet *p, uint32_t seq, const struct sim_packet *next)
{
	return p->ok && next->ok && p->protocol == 6 && next->protocol == 6 && p->src == next->src && p->src_port == next->src_port &&
	       p->dst_port == next->dst_port && next->seq == seq && p->ack == next->ack && p->flags == SIM_ACK &&
	       (next->flags & ~SIM_PSH) == SIM_ACK && p->data_len && next->data_len && p->data - p->ip == next->data - next->ip;
}

/** What a device does that merges: the header is the first segment's but for the length, and no checksum is computed. */
static void merge(struct sim *s, struct pkt *p)
{
	struct sim_packet first, next;
	uint8_t *ip;
	bool more;

	sim_parse_frame(&first, p->data, pkt_len(p));
	more = first.data && first.data + first.data_len == p->tail;    /* no padding */
	while (more && s->ring_count) {
		const struct sim_frame *f = list_entry(s->ring.next, struct sim_frame, link);

		sim_parse_frame(&next, f->data, f->len);
		if (!continues(&first, first.seq + (uint32_t)(p->tail - first.data), &next) || pkt_len(p) + next.data_len > PKT_LARGE_DATA_MAX)
			break;
		memcpy(pkt_put(p, next.data_len), next.data, next.data_len);
		more = next.flags == SIM_ACK;
		p->checksum_ok = true;
		free(ring_take(s));
	}
	if (!p->checksum_ok)
		return;
	ip = p->data + ETH_HEADER_BYTES;
	sim_put16(ip + 2, (uint16_t)(p->tail - ip));
	sim_put16(ip + 10, 0);
	sim_put16(ip + 10, sim_checksum(0, ip, (size_t)(ip[0] & 15) * 4));
	if (!more)
		p->data[first.payload - first.frame + 13] |= SIM_PSH;
}

static struct pkt *nic_receive(struct nic *nic)
{
	struct sim *s = nic->priv;
	struct sim_frame *f;
	struct pkt *p;

	if (!s->nic_open)
		host_die("sim: receive() on a NIC that is closed");
	if (s->ring_count == 0)
		return NULL;
	f = ring_take(s);
	p = s->merges ? pkt_alloc_large() : pkt_alloc();
	if (p && f->len <= (size_t)(p->end - p->data)) {
		memcpy(pkt_put(p, f->len), f->data, f->len);
		if (s->merges)
			merge(s, p);
		p->checksum_ok |= s->verifies_checksums;
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
