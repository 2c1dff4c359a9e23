/* SPDX-License-Identifier: BSD-2-Clause */
/* The scopes "proxydhcp" and "pxebs". */
#include "net/pxe_answers.h"

#include "core/cursor.h"
#include "net/dhcp_message.h"
#include "net/net.h"

static void forget_all(struct pxe_answers *answers)
{
	for (unsigned i = 0; i < 2; i++)
		if (answers->scope[i].parent)
			settings_detach(&answers->scope[i]);
	answers->netif = NULL;
}

static void store_sender(struct settings_scope *scope, uint32_t from)
{
	uint8_t address[4];
	struct writer w = wr_init(address, sizeof address);

	wr_be32(&w, from);
	settings_store(scope, TAG_DHCP_SERVER, NULL, address, sizeof address);
}

void pxe_answer_store(struct netif *netif, enum pxe_answer which, const struct dhcp_message *m)
{
	struct pxe_answers *answers = &netif->net->pxe_answers;
	struct settings_scope *scope = &answers->scope[which];

	if (answers->netif != netif)
		forget_all(answers);
	answers->netif = netif;
	if (scope->parent) {
		settings_wipe(scope);
	} else {
		settings_attach(scope, settings_root(), which == PXE_PROXYDHCP ? "proxydhcp" : "pxebs");
		settings_prefer(&netif->settings);      /* what the lease has itself is found first */
	}
	dhcp_message_store(m, scope);
	if (!m->server_id && m->from)
		store_sender(scope, m->from);
	dhcp_cache_store(netif, DHCP_CACHED_REPLY, m->data, m->len);
}

const struct settings_scope *pxe_answer(const struct netif *netif, enum pxe_answer which)
{
	const struct pxe_answers *answers = &netif->net->pxe_answers;

	return answers->netif == netif && answers->scope[which].parent ? &answers->scope[which] : NULL;
}

void pxe_answers_forget(struct netif *netif)
{
	if (netif->net->pxe_answers.netif == netif)
		forget_all(&netif->net->pxe_answers);
}
