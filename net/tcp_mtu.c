/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP, paths that drop full-size packets. See net/tcp_mtu.h. */
#include "net/tcp_mtu.h"

#include "config/features.h"
#include "core/clock.h"   // time_earlier
#include "core/errors.h"
#include "net/tcp_connection.h"

enum {
	IP_TCP_BYTES = 40, TIMESTAMP_BYTES = 12,
	SILENCE_MS = 4000,                      /* a sender that heard nothing has tried four times by then (RFC 6298) */
	SIGN_MS = 2500,                         /* the hole must have lain there so long: not what a short outage left behind */
};

static const uint16_t smaller[] = { 1220 /* RFC 8200's 1280 bytes */, TCP_MSS_DEFAULT /* RFC 791's 576 */ };

uint16_t tcp_mtu_mss(const struct net *net, uint32_t ip, uint16_t link_mss)
{
	for (unsigned i = 0; CONFIG_PATH_MTU && i < TCP_MTU_NARROW_MAX; i++)
		if (net->mtu.narrow[i].ip == ip && net->mtu.narrow[i].mss < link_mss)
			return net->mtu.narrow[i].mss;
	return link_mss;
}

static void remember(struct tcp_mtu *mtu, uint32_t ip, uint16_t mss)
{
	unsigned i = 0;

	while (i < TCP_MTU_NARROW_MAX && mtu->narrow[i].ip != ip)
		i++;
	if (i == TCP_MTU_NARROW_MAX)
		i = mtu->next++ % TCP_MTU_NARROW_MAX;
	mtu->narrow[i].ip = ip;
	mtu->narrow[i].mss = mss;
}

void tcp_mtu_agreed(struct tcp *t, const struct tcp_segment *s)
{
	t->full_len = s->mss && s->mss < t->rcv_mss ? s->mss : t->rcv_mss;      /* a peer sends no more than it takes itself */
	if (s->has_timestamp)
		t->full_len = (uint16_t)(t->full_len - TIMESTAMP_BYTES);
	t->peer_nxt = t->rcv_nxt;
	t->wide = !CONFIG_PATH_MTU || t->rcv_mss <= TCP_MSS_DEFAULT;    /* there is nothing smaller */
}

void tcp_mtu_input(struct tcp *t, const struct tcp_segment *s)
{
	if (s->data_len >= t->full_len)
		t->wide = true;
	if (seq_after(s->seq, t->peer_nxt))
		t->peer_nxt = s->seq;
}

/** Has the peer sent what has not come? */
static bool misses(const struct tcp *t)
{
	return t->block_count || t->fin_known || seq_after(t->peer_nxt, t->rcv_nxt);
}

static bool watched(const struct tcp *t)
{
	return CONFIG_PATH_MTU && !t->wide && tcp_awaits_data(t);
}

static int found(struct tcp *t)
{
	unsigned i = smaller[0] < t->rcv_mss ? 0 : 1;

	remember(&t->path.route.netif->net->mtu, t->path.remote_ip, smaller[i]);
	return fail(-EMSGSIZE, "path from %pI4 drops full-size packets: using %u", &t->path.remote_ip, smaller[i] + IP_TCP_BYTES);
}

bool tcp_mtu_poll(struct tcp *t, uint32_t now_ms)
{
	uint32_t silent_ms = now_ms - t->data_ms;

	if (!watched(t))
		return false;
	if (!t->missing && misses(t))
		t->missing_ms = now_ms;
	t->missing = misses(t);
	if (t->missing && silent_ms >= SILENCE_MS && now_ms - t->missing_ms >= SIGN_MS) {
		tcp_end(t, found(t), now_ms);
		return true;
	}
	return false;
}

void tcp_mtu_told(struct net *net, uint32_t dst, uint16_t src_port, uint16_t dst_port, uint32_t sequence, uint16_t mtu)
{
	uint16_t mss = (uint16_t)(mtu < IP_TCP_BYTES + TCP_MSS_DEFAULT ? TCP_MSS_DEFAULT : mtu - IP_TCP_BYTES);
	struct list *pos;

	list_for_each(pos, &net->tcp_connections) {
		struct tcp *t = list_entry(pos, struct tcp, link);

		if (t->path.remote_ip == dst && t->path.remote_port == dst_port && t->path.local_port == src_port &&
		    t->state == TCP_ESTABLISHED && !seq_before(sequence, t->snd_una) && seq_before(sequence, t->snd_nxt) &&
		    mss - TIMESTAMP_BYTES < t->snd_mss)
			t->snd_mss = (uint16_t)(mss - TIMESTAMP_BYTES);
	}
}

uint32_t tcp_mtu_deadline(const struct tcp *t, uint32_t deadline_ms)
{
	uint32_t quiet_ms = t->data_ms + SILENCE_MS, sure_ms = t->missing_ms + SIGN_MS;

	if (!watched(t) || !t->missing)
		return deadline_ms;
	return time_earlier(deadline_ms, time_reached(sure_ms, quiet_ms) ? sure_ms : quiet_ms);
}
