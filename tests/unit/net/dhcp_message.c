/* SPDX-License-Identifier: BSD-2-Clause */
/* DHCP messages as bytes: where options hide, and how they lie. */
#include "net/dhcp_message.h"

#include "core/errors.h"
#include "tests/host/host.h"
#include "tests/sim/packet.h"
#include "tests/unit/test.h"

static uint8_t message[600];
static size_t len;
static struct dhcp_message m;
static struct settings_scope scope;

static void begin(void)
{
	memset(message, 0, sizeof message);
	message[0] = 2;
	message[1] = 1;
	message[2] = 6;
	sim_put32(message + 4, 0xdeadbeef);
	sim_put32(message + 16, SIM_ADDR(10, 0, 2, 15));
	sim_put32(message + 20, SIM_ADDR(10, 0, 2, 2));
	memcpy(message + 28, "\x52\x54\x00\x12\x34\x56", 6);
	sim_put32(message + 236, 0x63825363);
	memcpy(message + 240, "\x35\x01\x02", 3);
	len = 243;
	settings_attach(&scope, settings_root(), "test");
}

static void end(void)
{
	settings_detach(&scope);
}

static void add(const char *bytes, size_t n)
{
	memcpy(message + len, bytes, n);
	len += n;
}
#define ADD(bytes) add(bytes, sizeof(bytes) - 1)

/* Parse a copy that ends exactly where the message does, so that a byte read beyond it is noticed. */
static int parse(void)
{
	static uint8_t *copy;

	free(copy);
	copy = malloc(len ? len : 1);
	memcpy(copy, message, len);
	return dhcp_message_parse(&m, copy, len);
}

static void expect(uint32_t tag, const char *wanted, size_t n)
{
	size_t have = 0;
	const uint8_t *value = settings_find(&scope, tag, NULL, false, &have);

	if (!value || have != n || memcmp(value, wanted, n) != 0)
		test_fail(__FILE__, __LINE__, "tag %x: %zu bytes \"%.*s\", wanted \"%.*s\"", tag, have, (int)have,
		          value ? (const char *)value : "", (int)n, wanted);
}
#define EXPECT_TAG(tag, wanted) expect(tag, wanted, sizeof(wanted) - 1)

static bool stored(uint32_t tag)
{
	size_t have;

	return settings_find(&scope, tag, NULL, false, &have) != NULL;
}

static void store(void)
{
	EXPECT_EQ(parse(), 0);
	dhcp_message_store(&m, &scope);
}

TEST(dhcp_message_header_and_basic_options)
{
	begin();
	ADD("\x36\x04\x0a\x00\x02\x02\x01\x04\xff\xff\xff\x00\x33\x04\x00\x00\x0e\x10\x3a\x04\x00\x00\x00\x09\x3b\x04\x00\x00\x00\x0a\xff");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(m.type, DHCP_OFFER);
	EXPECT_EQ(m.xid, 0xdeadbeef);
	EXPECT_EQ(m.yiaddr, SIM_ADDR(10, 0, 2, 15));
	EXPECT_EQ(m.siaddr, SIM_ADDR(10, 0, 2, 2));
	EXPECT_MEM(m.mac, "\x52\x54\x00\x12\x34\x56", 6);
	EXPECT_EQ(m.server_id, SIM_ADDR(10, 0, 2, 2));
	EXPECT_EQ(m.netmask, 0xffffff00);
	EXPECT_EQ(m.lease_s, 3600);
	EXPECT_EQ(m.t1_s, 9);
	EXPECT_EQ(m.t2_s, 10);
	end();
}

TEST(dhcp_message_refuses_what_is_no_reply)
{
	static const unsigned where[] = { 0, 1, 2, 236, 237, 238, 239 };

	begin();
	EXPECT_EQ(parse(), 0);
	for (unsigned i = 0; i < sizeof where / sizeof *where; i++) {
		message[where[i]] ^= 3;
		EXPECT_EQ(parse(), -EPROTO);
		message[where[i]] ^= 3;
	}
	message[241] = 2;                       /* a message type of two bytes */
	EXPECT_EQ(parse(), -EPROTO);
	message[240] = 255;                     /* none */
	EXPECT_EQ(parse(), -EPROTO);
	end();
}

/* RFC 1542 4.1.1: a message that 16 relays have passed on goes in circles. */
TEST(dhcp_message_of_too_many_hops_is_refused)
{
	begin();
	for (unsigned hops = 0; hops < 256; hops++) {
		message[3] = (uint8_t)hops;
		EXPECT_EQ(parse(), hops <= 16 ? 0 : -EPROTO);
	}
	end();
}

/* A packet of each length, down to nothing. */
TEST(dhcp_message_every_truncation)
{
	size_t all;

	begin();
	ADD("\x36\x04\x0a\x00\x02\x02\x2b\x05\x06\x01\x08\x09\x07\x34\x01\x03\x43\x04" "file" "\x01\x04\xff\xff\xff\x00\xff");
	all = len;
	for (len = 0; len < all; len++)
		if (parse() == 0) {
			EXPECT(len >= 243);
			dhcp_message_store(&m, &scope);
		}
	end();
}

/* Lengths other than 4 for what has 4. */
TEST(dhcp_message_four_byte_options_have_four_bytes)
{
	static const uint8_t tags[] = { 1, 51, 54, 58, 59 };

	for (unsigned n = 0; n < 8; n++) {
		if (n == 4)
			continue;
		begin();
		for (unsigned i = 0; i < sizeof tags; i++) {
			message[len++] = tags[i];
			message[len++] = (uint8_t)n;
			memset(message + len, 0xff, n);
			len += n;
		}
		EXPECT_EQ(parse(), 0);
		EXPECT_EQ(m.server_id, 0);
		EXPECT_EQ(m.netmask, 0);
		EXPECT_EQ(m.lease_s, DHCP_LEASE_FOREVER);
		EXPECT_EQ(m.t1_s, 0);
		EXPECT_EQ(m.t2_s, 0);
		end();
	}
}

TEST(dhcp_message_options_end_where_they_are_cut_off)
{
	begin();
	ADD("\x0f\x03" "lan" "\x0c\x09" "cut");
	store();
	EXPECT_TAG(15, "lan");
	EXPECT(!stored(12));
	end();
	begin();
	ADD("\x0f\x03" "lan" "\x0c");           /* a tag and nothing else */
	store();
	EXPECT_TAG(15, "lan");
	EXPECT(!stored(12));
	end();
}

TEST(dhcp_message_pads_and_what_follows_the_end)
{
	begin();
	ADD("\0\0\0\0\x0f\x03" "lan" "\0\0\xff\x0c\x04" "host");
	store();
	EXPECT_TAG(15, "lan");
	EXPECT(!stored(12));
	end();
}

TEST(dhcp_message_empty_options)
{
	begin();
	ADD("\x0f\x00\x06\x00\xff");
	store();
	EXPECT_TAG(15, "");
	EXPECT_TAG(6, "");
	end();
}

/* RFC 2132 9.3 */
TEST(dhcp_message_options_in_file_and_sname)
{
	begin();
	memcpy(message + 108, "\x43\x05" "afile" "\xff", 8);
	memcpy(message + 44, "\x42\x05" "aname", 7);    /* without an end */
	ADD("\x34\x01\x03\xff");
	store();
	EXPECT_TAG(67, "afile");
	EXPECT_TAG(66, "aname");
	end();
}

TEST(dhcp_message_overload_of_one_field)
{
	begin();
	memcpy(message + 108, "\x0f\x03" "lan" "\xff", 6);
	memcpy(message + 44, "server", 6);
	ADD("\x34\x01\x01\xff");
	store();
	EXPECT_TAG(15, "lan");
	EXPECT_TAG(66, "server");
	EXPECT(!stored(67));
	end();
	begin();
	memcpy(message + 108, "file", 4);
	memcpy(message + 44, "\x0f\x03" "lan" "\xff", 6);
	ADD("\x34\x01\x02\xff");
	store();
	EXPECT_TAG(15, "lan");
	EXPECT_TAG(67, "file");
	EXPECT(!stored(66));
	end();
}

TEST(dhcp_message_overload_within_overload_is_not_heard)
{
	begin();
	memcpy(message + 108, "\x34\x01\x02\x0f\x03" "lan" "\xff", 9);
	memcpy(message + 44, "\x0c\x04" "host" "\xff", 7);
	ADD("\x34\x01\x01\xff");
	store();
	EXPECT_TAG(15, "lan");
	EXPECT(!stored(12));
	end();
}

TEST(dhcp_message_overload_that_cannot_be)
{
	static const char *const cases[] = { "\x34\x01\x00\xff", "\x34\x01\x04\xff", "\x34\x01\xf8\xff" };

	for (unsigned i = 0; i < 3; i++) {
		begin();
		memcpy(message + 108, "\x0f\x03" "lan" "\xff", 6);
		add(cases[i], 4);
		store();
		EXPECT(!stored(15));
		end();
	}
	begin();
	memcpy(message + 108, "\x0f\x03" "lan" "\xff", 6);
	ADD("\x34\x02\x01\x01\xff");
	store();
	EXPECT(!stored(15));
	end();
}

/* RFC 3396 5, 7: parts are joined, in the order options, file, sname, wherever they were cut. */
TEST(dhcp_message_joins_split_options)
{
	begin();
	memcpy(message + 108, "\xd2\x03" "le/" "\xff", 6);
	memcpy(message + 44, "\xd2\x01" "x" "\xff", 4);
	ADD("\xd2\x05" "http:" "\x0c\x01" "h" "\xd2\x04" "//ab" "\xd2\x00\x34\x01\x03\xff");
	store();
	EXPECT_TAG(210, "http://able/x");
	EXPECT_TAG(12, "h");
	end();
	begin();
	ADD("\x01\x02\xff\xff\x01\x02\xff\x00\xff");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(m.netmask, 0xffffff00);
	end();
}

TEST(dhcp_message_does_not_join_beyond_the_buffer)
{
	uint8_t value[7];

	begin();
	ADD("\xd2\x04" "abcd" "\xd2\x04" "efgh" "\xff");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(dhcp_message_option(&m, 210, value, sizeof value), -1);
	EXPECT_EQ(dhcp_message_option(&m, 211, value, sizeof value), -1);
	end();
}

TEST(dhcp_message_text_ends_at_its_nul)
{
	begin();
	ADD("\x0f\x04" "lan\0" "\x43\x06" "a\0b\0\0\0" "\x06\x04\x0a\x00\x00\x00\x11\x01\0\xff");
	store();
	EXPECT_TAG(15, "lan");
	EXPECT_TAG(67, "a");
	EXPECT_TAG(6, "\x0a\x00\x00\x00");
	EXPECT_TAG(17, "");
	end();
}

TEST(dhcp_message_file_and_sname_without_end)
{
	char full[129];

	begin();
	memset(full, 'f', sizeof full);
	memcpy(message + 44, full, 64);
	memcpy(message + 108, full, 128);
	store();
	expect(67, full, 128);
	expect(66, full, 64);
	end();
}

TEST(dhcp_message_option_wins_over_the_field)
{
	begin();
	memcpy(message + 108, "field", 5);
	memcpy(message + 44, "field", 5);
	ADD("\x43\x06" "option" "\x42\x06" "option" "\xff");
	store();
	EXPECT_TAG(67, "option");
	EXPECT_TAG(66, "option");
	end();
}

TEST(dhcp_message_empty_fields_are_not_stored)
{
	begin();
	sim_put32(message + 20, 0);
	store();
	EXPECT(!stored(66));
	EXPECT(!stored(67));
	EXPECT(!stored(TAG_NEXT_SERVER));
	EXPECT_TAG(TAG_IP, "\x0a\x00\x02\x0f");
	end();
}

TEST(dhcp_message_encapsulated_options)
{
	begin();
	ADD("\x2b\x09\x06\x01\x08\x00\x47\x02\x80\x00\xff\xaf\x06\xbe\x04" "user" "\xff");
	store();
	EXPECT_TAG(SETTING_TAG(43, 6), "\x08");
	EXPECT_TAG(SETTING_TAG(43, 71), "\x80\x00");
	EXPECT_TAG(TAG_USERNAME, "user");
	EXPECT_TAG(43, "\x06\x01\x08\x00\x47\x02\x80\x00\xff");
	end();
}

/* Lengths inside that reach outside; and nobody smuggles in another address. */
TEST(dhcp_message_encapsulated_lies)
{
	begin();
	ADD("\x2b\x05\x06\x01\x08\x09\x07\x0f\x03" "lan" "\xaf\x06\x02\x04\x01\x02\x03\x04\xff");
	store();
	EXPECT_TAG(SETTING_TAG(43, 6), "\x08");
	EXPECT(!stored(SETTING_TAG(43, 9)));
	EXPECT_TAG(15, "lan");
	EXPECT_TAG(TAG_IP, "\x0a\x00\x02\x0f");
	end();
}

TEST(dhcp_message_of_many_options)
{
	begin();
	for (unsigned tag = 1; tag < 255 && len < sizeof message - 3; tag++) {
		if (tag == 52 || tag == 53)
			continue;
		message[len++] = (uint8_t)tag;
		message[len++] = 0;
	}
	store();
	EXPECT(stored(1) && stored(170));
	end();
}

TEST(dhcp_message_knows_a_pxe_server)
{
	static const struct { const char *option; size_t n; bool pxe; } cases[] = {
		{ "\x3c\x09PXEClient", 11, true }, { "\x3c\x0cPXEClient:A", 13, false /* cut off */ }, { "\x3c\x0aPXEClient:", 12, true },
		{ "\x3c\x08PXEClien", 10, false }, { "\x3c\x00", 2, false }, { "\x3c\x05PXECl\x3c\x04ient", 13, true }, { "", 0, false },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		begin();
		add(cases[i].option, cases[i].n);
		EXPECT_EQ(parse(), 0);
		EXPECT_EQ(m.pxe, cases[i].pxe);
		end();
	}
}

TEST(dhcp_message_sub_options)
{
	begin();
	ADD("\x2b\x09\x06\x01\x08\x09\x00\x0a\x02\x05\x41\xff");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(dhcp_message_suboption(&m, 43, 6), 8);
	EXPECT_EQ(dhcp_message_suboption(&m, 43, 9), 0);
	EXPECT_EQ(dhcp_message_suboption(&m, 43, 10), 5);
	EXPECT_EQ(dhcp_message_suboption(&m, 43, 7), -1);
	EXPECT_EQ(dhcp_message_suboption(&m, 175, 6), -1);
	end();
	begin();
	ADD("\x2b\x03\x06\x05\x08\xff");           /* the inner one is longer than the outer */
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(dhcp_message_suboption(&m, 43, 6), -1);
	end();
}

TEST(dhcp_message_names_a_file_or_does_not)
{
	begin();
	EXPECT(parse() == 0 && !dhcp_message_has_file(&m));
	ADD("\x43\x00");
	EXPECT(parse() == 0 && !dhcp_message_has_file(&m));
	ADD("\x43\x01x");
	EXPECT(parse() == 0 && dhcp_message_has_file(&m));
	end();
	begin();
	message[108] = 'f';
	EXPECT(parse() == 0 && dhcp_message_has_file(&m));
	ADD("\x34\x01\x01");                      /* the field holds options */
	EXPECT(parse() == 0 && !dhcp_message_has_file(&m));
	end();
}
