/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading option 43's sub-options. */
#include "net/pxe_options.h"

#include "core/cursor.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/settings.h"
#include "core/string.h"
#include "net/dhcp_message.h"
#include "net/ipv4.h"

static const uint8_t *find(const struct settings_scope *scope, uint8_t sub, size_t *len)
{
	return settings_find(scope, SETTING_TAG(OPTION_VENDOR, sub), NULL, true, len);
}

void pxe_options_read(struct pxe_options *o, const struct settings_scope *scope)
{
	size_t len;
	const uint8_t *control = find(scope, PXE_CONTROL, &len);

	*o = (struct pxe_options){ .control = control && len == 1 ? *control : 0 };
	if (!settings_find_ipv4(scope, SETTING_TAG(OPTION_VENDOR, PXE_MULTICAST), true, &o->multicast) || !ipv4_is_multicast(o->multicast))
		o->multicast = 0;
	o->servers.data = find(scope, PXE_SERVERS, &o->servers.len);
	o->menu.data = find(scope, PXE_MENU, &o->menu.len);
	o->prompt.data = find(scope, PXE_PROMPT, &o->prompt.len);
}

int pxe_options_copy(struct pxe_options *o, const struct settings_scope *scope)
{
	struct pxe_bytes *const parts[] = { &o->servers, &o->menu, &o->prompt };
	uint8_t *at;

	pxe_options_read(o, scope);
	at = o->copy = heap_alloc(o->servers.len + o->menu.len + o->prompt.len);
	if (!at)
		return -ENOMEM;
	for (unsigned i = 0; i < 3; i++) {
		if (!parts[i]->data)
			continue;
		parts[i]->data = memcpy(at, parts[i]->data, parts[i]->len);
		at += parts[i]->len;
	}
	return 0;
}

void pxe_options_free(struct pxe_options *o)
{
	heap_free(o->copy);
	*o = (struct pxe_options){ 0 };
}

static struct reader reader_of(const struct pxe_bytes *bytes)
{
	return bytes->data ? rd_init(bytes->data, bytes->len) : rd_init("", 0);
}

static bool next_item(struct reader *r, struct pxe_item *item)
{
	item->type = rd_be16(r);
	item->len = rd_u8(r);
	item->text = (const char *)rd_bytes(r, item->len);
	return rd_ok(r);
}

bool pxe_menu_item(const struct pxe_options *o, unsigned index, struct pxe_item *item)
{
	struct reader r = reader_of(&o->menu);

	while (next_item(&r, item))
		if (index-- == 0)
			return true;
	return false;
}

bool pxe_prompt(const struct pxe_options *o, struct pxe_item *text, uint8_t *timeout_s)
{
	if (!o->prompt.data || o->prompt.len == 0)
		return false;
	*timeout_s = o->prompt.data[0];
	text->text = (const char *)o->prompt.data + 1;
	text->len = o->prompt.len - 1;
	return true;
}

unsigned pxe_servers(const struct pxe_options *o, uint16_t type, uint32_t *address, unsigned max, bool *any)
{
	struct reader r = reader_of(&o->servers);
	unsigned found = 0;

	*any = false;
	while (rd_left(&r) > 0) {
		bool wanted = rd_be16(&r) == type;
		uint8_t count = rd_u8(&r);

		*any |= wanted && rd_ok(&r) && count == 0;      /* a type without addresses is anybody's */
		for (; count > 0 && rd_ok(&r); count--) {
			uint32_t ip = rd_be32(&r);

			if (wanted && rd_ok(&r) && ipv4_is_host(ip) && found < max)
				address[found++] = ip;
		}
	}
	return found;
}
