/* SPDX-License-Identifier: BSD-2-Clause */
/* One DHCP message, read and stored, in memory that ends where it ends. */
#include "net/dhcp_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings_scope scope;
	struct dhcp_message m;

	settings_attach(&scope, settings_root(), "fuzz");
	if (size <= DHCP_MESSAGE_MAX && dhcp_message_parse(&m, data, size) == 0)
		dhcp_message_store(&m, &scope);
	settings_detach(&scope);
	return 0;
}
