/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 reassembly: reassembly_input() for each fragment, reassembly_poll() ends what takes too long. */
#include "net/reassembly.h"

#include "core/clock.h"
#include "core/errors.h"
#include "core/string.h"
#include "net/ipv4.h"
#include "net/net.h"

static struct reassembly *find(const struct ipv4_header *h, uint16_t id)
{
	struct reassembly *table = h->netif->net->reassembly;

	for (struct reassembly *a = table; a < table + REASSEMBLY_DATAGRAMS; a++)
		if (a->p && a->id == id && a->src == h->src && a->dst == h->dst && a->protocol == h->protocol && a->netif == h->netif)
			return a;
	return NULL;
}

static void release(struct reassembly *a)
{
	pkt_free(a->p);
	a->p = NULL;
}

/** A free place, or that of the oldest. NULL without a packet buffer. */
static struct reassembly *start(const struct ipv4_header *h, uint16_t id, uint32_t now_ms)
{
	struct reassembly *table = h->netif->net->reassembly, *chosen = table;

	for (struct reassembly *a = table; chosen->p && a < table + REASSEMBLY_DATAGRAMS; a++)
		if (!a->p || time_reached(chosen->expires_ms, a->expires_ms))
			chosen = a;
	release(chosen);
	memset(chosen, 0, sizeof *chosen);
	chosen->p = pkt_alloc();
	if (!chosen->p)
		return NULL;
	chosen->netif = h->netif;
	chosen->src = h->src;
	chosen->dst = h->dst;
	chosen->protocol = h->protocol;
	chosen->id = id;
	chosen->expires_ms = now_ms + REASSEMBLY_TIMEOUT_MS;
	return chosen;
}

/** Does a fragment agree with what is known of the datagram's length? Learns it from the last one. */
static bool length_ok(struct reassembly *a, size_t offset, size_t len, bool more)
{
	size_t end = offset + len;

	if (len == 0 || (more && len % 8 != 0) || end > PKT_DATA_MAX)
		return false;
	if (more)
		return a->total == 0 || end <= a->total;
	if (a->total != 0)
		return a->total == end;
	for (size_t unit = (end + 7) / 8; unit < REASSEMBLY_UNITS; unit++)
		if (a->unit[unit])
			return false;
	a->total = end;
	return true;
}

/** Mark what arrived: the bytes that are new, 0 for a whole duplicate, -EPROTO for a partial overlap (RFC 5722). */
static int mark(struct reassembly *a, size_t offset, size_t len)
{
	size_t first = offset / 8, end = (offset + len + 7) / 8, known = 0;

	for (size_t unit = first; unit < end; unit++)
		known += a->unit[unit];
	if (known == end - first)
		return 0;
	if (known != 0)
		return -EPROTO;
	memset(a->unit + first, 1, end - first);
	return (int)len;
}

int reassembly_input(const struct ipv4_header *h, uint16_t id, size_t offset, bool more, struct pkt *p, uint32_t now_ms)
{
	struct reassembly *a = find(h, id);
	size_t len = pkt_len(p);
	struct pkt *whole;
	int fresh = 0;

	if (!a)
		a = start(h, id, now_ms);
	if (a && !a->spoilt) {
		fresh = length_ok(a, offset, len, more) ? mark(a, offset, len) : -EPROTO;
		a->spoilt = fresh < 0;
	}
	if (fresh > 0) {
		memcpy(a->p->data + offset, p->data, (size_t)fresh);
		a->arrived += (size_t)fresh;
	}
	if (fresh <= 0 || a->arrived != a->total) {
		pkt_free(p);
		return -EINPROGRESS;
	}
	/* The caller goes on with @p, so the whole is copied there: rare, and it keeps one owner for each packet. */
	whole = a->p;
	p->data = p->tail = p->head + PKT_HEADROOM;
	memcpy(pkt_put(p, a->total), whole->data, a->total);
	p->checksum_ok = false;
	release(a);
	return 0;
}

void reassembly_poll(struct net *net, uint32_t now_ms)
{
	for (struct reassembly *a = net->reassembly; a < net->reassembly + REASSEMBLY_DATAGRAMS; a++)
		if (a->p && time_reached(now_ms, a->expires_ms))
			release(a);
}

void reassembly_forget(struct netif *netif)
{
	struct reassembly *table = netif->net->reassembly;

	for (struct reassembly *a = table; a < table + REASSEMBLY_DATAGRAMS; a++)
		if (a->p && a->netif == netif)
			release(a);
}
