/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeping and ranking offers. */
#include "net/dhcp_offers.h"

#include "core/string.h"
#include "net/dhcp_message.h"
#include "net/pxe_options.h"

enum { FPXE_PRIORITY = 1 };

enum dhcp_offer_kind dhcp_offer_kind(const struct dhcp_message *m)
{
	bool file = dhcp_message_has_file(m);

	if (!m->pxe)
		return file ? DHCP_OFFER_LEASE_FILE : DHCP_OFFER_NOTHING;
	return file || dhcp_message_suboption(m, OPTION_VENDOR, PXE_MENU) >= 0 ? DHCP_OFFER_PROXY : DHCP_OFFER_PROXY_ASK;
}

void dhcp_offers_add(struct dhcp_offers *offers, const struct dhcp_message *m)
{
	unsigned i = 0;

	if (m->type != DHCP_OFFER || m->len > DHCP_MESSAGE_MAX || dhcp_offer_kind(m) == DHCP_OFFER_NOTHING)
		return;
	while (i < offers->count && (offers->offer[i].from != m->from || offers->offer[i].lease != (m->yiaddr != 0)))
		i++;
	if (i == DHCP_OFFERS_MAX)
		return;
	if (i == offers->count)
		offers->count++;
	offers->offer[i].from = m->from;
	offers->offer[i].lease = m->yiaddr != 0;
	offers->offer[i].packet.len = (uint16_t)m->len;
	memcpy(offers->offer[i].packet.data, m->data, m->len);
}

bool dhcp_offers_get(const struct dhcp_offers *offers, unsigned index, struct dhcp_message *m)
{
	const struct dhcp_packet *p;

	if (index >= offers->count)
		return false;
	p = &offers->offer[index].packet;
	dhcp_message_parse(m, p->data, p->len);         /* as it did when it came */
	m->from = offers->offer[index].from;
	return true;
}

/** Priority first, then kind. */
static int rank(const struct dhcp_message *m)
{
	int priority = dhcp_message_suboption(m, OPTION_FPXE, FPXE_PRIORITY);

	return (priority < 0 ? 0 : (int8_t)priority) * 4 + (int)dhcp_offer_kind(m);
}

int dhcp_offers_best(const struct dhcp_offers *offers, uint32_t taken)
{
	struct dhcp_message m;
	int best = -1, best_rank = 0;

	for (unsigned i = 0; dhcp_offers_get(offers, i, &m); i++) {
		int r = rank(&m);

		if ((m.yiaddr && m.server_id == taken) || (best >= 0 && r <= best_rank))
			continue;
		best = (int)i;
		best_rank = r;
	}
	return best;
}
