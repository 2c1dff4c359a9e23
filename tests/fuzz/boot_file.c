/* SPDX-License-Identifier: BSD-2-Clause */
/* What a DHCP server names as boot file, next-server and TFTP server, each two bytes of length and itself, as a URL: it can be parsed or is
 * refused, what is shown of it is printable, and a digest behind it is whole or none. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "core/heap.h"
#include "core/settings.h"
#include "core/uri.h"
#include "net/dhcp_message.h"
#include "tests/host/host.h"
#include "tests/sim/packet.h"
#include "usr/boot_file.h"
#include "usr/expect.h"

static const uint32_t tags[] = { TAG_FILENAME, TAG_NEXT_SERVER, TAG_TFTP_SERVER, TAG_TFTP_ADDRESS, TAG_DHCP_SERVER };

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_url(const char *url)
{
	struct expect expect = { 0 };
	struct uri *uri;

	if (uri_parse(url, &uri) != 0)
		return;
	if (expect_fragment(&expect, uri->fragment) == 0) {
		check(expect.count <= 1 && (!expect.count || expect.digest[0].algorithm->bytes <= DIGEST_BYTES_MAX));
		check(!expect.count || strlen(strchr(uri->fragment, '=') + 1) == 2 * expect.digest[0].algorithm->bytes);
	}
	uri_free(uri);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings_scope net0, lease;
	size_t at = 0;
	char *url;
	int rc;

	settings_attach(&net0, settings_root(), "net0");
	settings_attach(&lease, &net0, "dhcp");
	for (unsigned i = 0; i < sizeof(tags) / sizeof(*tags) && at + 2 <= size; i++) {
		size_t len = sim_get16(data + at) & 0x1ff;

		at += 2;
		len = len < size - at ? len : size - at;
		if (len)
			settings_store(&lease, tags[i], NULL, data + at, len);
		at += len;
	}
	rc = boot_file_url(&lease, &url);
	check((rc == 0) == (url != NULL) && (rc == 0 || !boot_file_named(&lease)));
	if (rc == 0) {
		check_url(url);
		heap_free(url);
		boot_file_show(&lease);
		for (const char *p = host_console_text(); *p; p++)
			check(*p >= ' ' && *p <= '~');
	}
	host_console_clear();
	settings_detach(&net0);
	settings_wipe(settings_root());
	check(host_heap_held() == 0);
	return 0;
}
