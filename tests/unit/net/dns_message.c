/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS messages as bytes. RFC 9267 lists how parsers of these have failed; its sections are tried here in turn. */
#include "net/dns_message.h"

#include "core/errors.h"
#include "tests/host/host.h"
#include "tests/sim/packet.h"
#include "tests/unit/test.h"

static uint8_t message[1500];
static size_t len;
static struct dns_answer a;

static void add(const char *bytes, size_t n)
{
	memcpy(message + len, bytes, n);
	len += n;
}
#define ADD(bytes) add(bytes, sizeof(bytes) - 1)

/* The question of a.example: header 0-11, "a" at 12, "example" at 14, type at 23, class at 25. */
enum { QUESTION_END = 27 };

static void begin(unsigned answers)
{
	memset(message, 0, sizeof message);
	memcpy(message, "\x12\x34\x81\x80\x00\x01\x00\x00\x00\x00\x00\x00", 12);
	sim_put16(message + 6, (uint16_t)answers);
	len = 12;
	ADD("\x01" "a" "\x07" "example" "\x00\x00\x01\x00\x01");
	EXPECT_EQ(len, QUESTION_END);
}

/* In memory that ends where the message ends. */
static int parse(void)
{
	static uint8_t *copy;

	free(copy);
	copy = malloc(len ? len : 1);
	memcpy(copy, message, len);
	return dns_message_parse(&a, copy, len, "a.example", 8);
}

TEST(dns_message_names_that_can_be_asked)
{
	char label[66], name[300];

	EXPECT(dns_name_ok("a") && dns_name_ok("a.b") && dns_name_ok("a.b.") && dns_name_ok("_x-1.example"));
	EXPECT(!dns_name_ok("") && !dns_name_ok(".") && !dns_name_ok("a..b") && !dns_name_ok(".a") && !dns_name_ok("a b"));
	EXPECT(!dns_name_ok("a..") && !dns_name_ok("a\n") && !dns_name_ok("\xc3\xa4.example"));
	memset(label, 'l', sizeof label);
	label[63] = '\0';
	EXPECT(dns_name_ok(label));
	label[63] = 'l';
	label[64] = '\0';
	EXPECT(!dns_name_ok(label));
	for (unsigned i = 0; i < sizeof name; i++)
		name[i] = i % 2 ? '.' : 'a';
	name[253] = '\0';
	EXPECT(dns_name_ok(name));
	name[253] = 'b';
	name[254] = '\0';
	EXPECT(!dns_name_ok(name));
}

TEST(dns_message_question)
{
	uint8_t buf[DNS_QUERY_MAX];
	char name[254];

	EXPECT_EQ(dns_message_emit(buf, 0x1234, "a.example"), 27);
	EXPECT_MEM(buf, "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01" "a" "\x07" "example" "\x00\x00\x01\x00\x01", 27);
	EXPECT_EQ(dns_message_emit(buf, 0x1234, "a.example."), 27);
	for (unsigned i = 0; i < 253; i++)
		name[i] = i % 2 ? '.' : 'a';
	name[253] = '\0';
	EXPECT_EQ(dns_message_emit(buf, 1, name), 12 + 255 + 4);
}

TEST(dns_message_matches_its_question)
{
	begin(0);
	EXPECT(dns_message_matches(message, len, 0x1234, "a.example"));
	EXPECT(dns_message_matches(message, len, 0x1234, "A.eXAMPLe."));
	EXPECT(!dns_message_matches(message, len, 0x1235, "a.example"));
	EXPECT(!dns_message_matches(message, len, 0x1234, "b.example"));
	EXPECT(!dns_message_matches(message, len, 0x1234, "a.example.org"));
	EXPECT(!dns_message_matches(message, len, 0x1234, "a.exampl"));
	for (size_t n = 0; n < len; n++)
		EXPECT(!dns_message_matches(message, n, 0x1234, "a.example"));
	message[2] &= 0x7f;                     /* a question */
	EXPECT(!dns_message_matches(message, len, 0x1234, "a.example"));
	begin(0);
	message[2] |= 0x28;                     /* another opcode */
	EXPECT(!dns_message_matches(message, len, 0x1234, "a.example"));
	begin(0);
	message[5] = 2;                         /* two questions */
	EXPECT(!dns_message_matches(message, len, 0x1234, "a.example"));
	begin(0);
	message[5] = 0;
	EXPECT(!dns_message_matches(message, len, 0x1234, "a.example"));
	begin(0);
	message[24] = 28;                       /* AAAA */
	EXPECT(!dns_message_matches(message, len, 0x1234, "a.example"));
	begin(0);
	message[26] = 3;                        /* Chaos */
	EXPECT(!dns_message_matches(message, len, 0x1234, "a.example"));
}

TEST(dns_message_addresses_in_their_order)
{
	begin(3);
	ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
	ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x02");
	ADD("\x01" "A" "\x07" "EXAMPLE" "\x00\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x03");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(a.address_count, 3);
	for (unsigned i = 0; i < 3; i++)
		EXPECT_EQ(a.address[i], SIM_ADDR(10, 0, 0, 1) + i);
}

TEST(dns_message_eight_addresses_at_most)
{
	begin(20);
	for (unsigned i = 0; i < 20; i++)
		ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(a.address_count, DNS_ADDRESSES_MAX);
}

/* Each is read again for each alias, and a name may be of 127 pieces. */
TEST(dns_message_records_after_many_others_are_not_looked_at)
{
	for (unsigned others = 63; others <= 64; others++) {
		begin(others + 1);
		for (unsigned i = 0; i < others; i++)
			ADD("\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x00\x00\x00");     /* TXT, empty */
		ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x0a\x00\x00\x01");
		EXPECT_EQ(parse(), 0);
		EXPECT_EQ(a.address_count, others == 63);
	}
}

TEST(dns_message_follows_aliases_in_any_order)
{
	begin(3);
	/* c -> 10.0.0.9 first, then b -> c, then a -> b */
	ADD("\x01" "c" "\xc0\x0e\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x0a\x00\x00\x09");
	ADD("\x01" "b" "\xc0\x0e\x00\x05\x00\x01\x00\x00\x00\x00\x00\x04\x01" "c" "\xc0\x0e");
	ADD("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x04\x01" "b" "\xc0\x0e");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(a.cnames, 2);
	EXPECT_EQ(a.address_count, 1);
	EXPECT_EQ(a.address[0], SIM_ADDR(10, 0, 0, 9));
	EXPECT_STR(a.name, "c.example");
}

TEST(dns_message_alias_without_its_address)
{
	begin(1);
	ADD("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x04\x01" "b" "\xc0\x0e");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(a.address_count, 0);
	EXPECT_EQ(a.cnames, 1);
	EXPECT_STR(a.name, "b.example");
}

TEST(dns_message_alias_loops_end)
{
	begin(2);
	ADD("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x04\x01" "b" "\xc0\x0e");
	ADD("\x01" "b" "\xc0\x0e\x00\x05\x00\x01\x00\x00\x00\x00\x00\x02\xc0\x0c");
	EXPECT_EQ(parse(), -ELOOP);
	begin(1);
	ADD("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x02\xc0\x0c");        /* itself */
	EXPECT_EQ(parse(), -ELOOP);
}

TEST(dns_message_other_records_are_passed_over)
{
	begin(5);
	ADD("\xc0\x0c\x00\x1c\x00\x01\x00\x00\x00\x3c\x00\x10" "0123456789abcdef");    /* AAAA */
	ADD("\xc0\x0c\x00\x01\x00\x03\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");       /* Chaos */
	ADD("\xc0\x0e\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x02");       /* somebody else's */
	ADD("\x00\x00\x29\x02\x00\x00\x00\x00\x00\x00\x00");                            /* EDNS */
	ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x03");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(a.address_count, 1);
	EXPECT_EQ(a.address[0], SIM_ADDR(10, 0, 0, 3));
}

/* CVE-2020-24336, RFC 9267 4: an address has four bytes, and is one that a host can have. */
TEST(dns_message_addresses_of_other_lengths)
{
	begin(5);
	ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x00");
	ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x03\x0a\x00\x00");
	ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x05\x0a\x00\x00\x01\x02");
	ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x00\x00\x00\x00");
	ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(a.address_count, 0);
	begin(1);
	ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\xff\xff\x0a\x00\x00\x01");
	EXPECT_EQ(parse(), -EPROTO);
}

/* CVE-2020-24338, RFC 9267 2: pointers to themselves, forwards, into the header, behind the end, round and round. */
TEST(dns_message_pointers_that_lead_astray)
{
	static const char *const pointers[] = { "\xc0\x1b", "\xc0\x1c", "\xc0\x30", "\xc0\x00", "\xc0\x0b", "\xff\xff", "\xc0\xff" };

	for (unsigned i = 0; i < sizeof pointers / sizeof *pointers; i++) {
		begin(1);
		add(pointers[i], 2);
		ADD("\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
		EXPECT_EQ(parse(), -EPROTO);
		EXPECT_EQ(a.address_count, 0);
	}
	begin(1);                               /* two that point at each other, in an alias's data */
	ADD("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x06\xc0\x29\x01" "x" "\xc0\x27");
	EXPECT_EQ(parse(), -EPROTO);
	begin(1);                               /* a label, then a pointer back to that label */
	ADD("\x01" "x" "\xc0\x1b\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
	EXPECT_EQ(parse(), -EPROTO);
}

TEST(dns_message_long_chain_of_pointers)
{
	begin(2);
	ADD("\x00\x00\x10\x00\x01\x00\x00\x00\x00\x00\xfe");    /* 254 bytes of text that are 127 pointers */
	for (unsigned i = 0; i < 127; i++) {
		uint16_t to = i ? (uint16_t)(len - 2) : 12;

		sim_put16(message + len, 0xc000 | to);
		len += 2;
	}
	sim_put16(message + len, (uint16_t)(0xc000 | (len - 2)));
	len += 2;
	ADD("\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(a.address_count, 1);
}

/* RFC 9267 3: the two other values of a label's upper bits mean nothing. */
TEST(dns_message_labels_of_unknown_kinds)
{
	for (unsigned first = 64; first < 192; first++) {
		begin(1);
		message[len++] = (uint8_t)first;
		for (unsigned i = 0; i < 200; i++)
			message[len++] = 'x';
		EXPECT_EQ(parse(), -EPROTO);
	}
}

TEST(dns_message_names_too_long)
{
	begin(1);
	for (unsigned i = 0; i < 200; i++)
		ADD("\x01x");
	ADD("\x00\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
	EXPECT_EQ(parse(), -EPROTO);
	begin(2);                               /* doubled by a pointer */
	for (unsigned i = 0; i < 90; i++)
		ADD("\x01x");
	ADD("\x00\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
	for (unsigned i = 0; i < 90; i++)
		ADD("\x01y");
	ADD("\xc0\x1b\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
	EXPECT_EQ(parse(), -EPROTO);
}

/* A label may hold any byte; a dot or NUL in it must not make it another name. */
TEST(dns_message_labels_that_look_like_names)
{
	begin(1);
	ADD("\x09" "a.example" "\x00\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
	EXPECT_EQ(parse(), -EPROTO);
	begin(1);
	ADD("\x01" "a" "\x08" "example\0" "\x00\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
	EXPECT_EQ(parse(), -EPROTO);
	begin(1);
	ADD("\x01" "a" "\x07" "example" "\x03" "org" "\x00\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(a.address_count, 0);
}

/* RFC 9267 6: counts that promise more than there is. CVE-2018-12178: every truncation. */
TEST(dns_message_counts_and_truncations)
{
	size_t all;

	begin(65535);
	ADD("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01");
	EXPECT_EQ(parse(), -EPROTO);
	EXPECT_EQ(a.address_count, 1);
	begin(2);
	ADD("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x04\x01" "b" "\xc0\x0e");
	ADD("\x01" "b" "\xc0\x0e\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x0a\x00\x00\x01");
	EXPECT_EQ(parse(), 0);
	all = len;
	for (len = 0; len < all; len++)
		EXPECT_EQ(parse(), -EPROTO);
}

TEST(dns_message_alias_longer_or_shorter_than_its_data)
{
	begin(1);
	ADD("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x05\x01" "b" "\xc0\x0e" "!");
	EXPECT_EQ(parse(), -EPROTO);
	begin(1);
	ADD("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x03\x01" "b" "\xc0\x0e");
	EXPECT_EQ(parse(), -EPROTO);
	begin(1);
	ADD("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x01\x00");
	EXPECT_EQ(parse(), -EPROTO);
	begin(1);
	ADD("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x00");
	EXPECT_EQ(parse(), -EPROTO);
}

TEST(dns_message_flags)
{
	begin(0);
	message[2] |= 2;
	message[3] = 0x83;
	EXPECT_EQ(parse(), 0);
	EXPECT(a.truncated);
	EXPECT_EQ(a.rcode, DNS_NO_SUCH_NAME);
}

/* ---- what RFC 9267 lists ------------------------------------------------------------------------------------------------------------- */

/** Behind the question stands what @bytes says: it is refused, or it passes and brings no address. */
struct vector { const char *what, *bytes; size_t len; int rc; };
#define VECTOR(what, rc, bytes) { what, bytes, sizeof(bytes) - 1, rc }
#define A_ "\x00\x01\x00\x01\x00\x00\x00\x3c"
#define CNAME_ "\x00\x05\x00\x01\x00\x00\x00\x3c"

static void refuse_all(const struct vector *vectors, size_t count, unsigned answers)
{
	for (size_t i = 0; i < count; i++) {
		int rc;

		begin(answers);
		add(vectors[i].bytes, vectors[i].len);
		rc = parse();
		if (rc != vectors[i].rc || a.address_count)
			test_fail(__FILE__, __LINE__, "%s: result %d, %u addresses", vectors[i].what, rc, a.address_count);
	}
}

/* RFC 9267 2, CVE-2020-24338, CVE-2020-25767: the record's name begins at 27. */
TEST(dns_message_compression_pointers_are_checked)
{
	static const struct vector vectors[] = {
		VECTOR("to itself", -EPROTO, "\xc0\x1b" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("to its second byte", -EPROTO, "\xc0\x1c" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("just behind itself", -EPROTO, "\xc0\x1d" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("to the last byte", -EPROTO, "\xc0\x2a" A_ "\x00\x04\x0a\x00\x00\x00"),
		VECTOR("behind the last byte", -EPROTO, "\xc0\x2b" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("far outside", -EPROTO, "\xff\xff" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("to the header's first byte", -EPROTO, "\xc0\x00" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("to the header's last byte", -EPROTO, "\xc0\x0b" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("forwards out of a label", -EPROTO, "\x01x\xc0\x20" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("to the label in front of it", -EPROTO, "\x01x\xc0\x1b" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("two round and round", -EPROTO, "\xc0\x0c" CNAME_ "\x00\x04\xc0\x29\xc0\x27"),
		VECTOR("half of one at the end", -EPROTO, "\xc0"),
		VECTOR("half of one behind a label", -EPROTO, "\x01x\xc0"),
		VECTOR("into the middle of a label", -EPROTO, "\xc0\x0f" A_ "\x00\x04\x0a\x00\x00\x01"),     /* 'e' is no length */
	};

	refuse_all(vectors, sizeof vectors / sizeof *vectors, 1);
}

/* RFC 9267 3: 63 bytes a label, 255 a name. */
TEST(dns_message_label_and_name_lengths_are_checked)
{
	static const struct vector vectors[] = {
		VECTOR("a label beyond the end", -EPROTO, "\x3f" "abc"),
		VECTOR("a label up to the end and no more", -EPROTO, "\x03" "abc"),
		VECTOR("a label of nothing but its length", -EPROTO, "\x01"),
		VECTOR("a label of 64", -EPROTO, "\x40" "0123456789012345678901234567890123456789012345678901234567890123\x00" A_
		                                 "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("a label of 127", -EPROTO, "\x7f" "0123456789012345678901234567890123456789012345678901234567890123"
		                                  "012345678901234567890123456789012345678901234567890123456789012\x00" A_
		                                  "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("what would be a pointer but for 0x40", -EPROTO, "\x40\x0c" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("what would be a pointer but for 0x80", -EPROTO, "\x80\x0c" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("a label with 0x80", -EPROTO, "\x80\x00" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("a label with 0xbf", -EPROTO, "\xbf\xff" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("a length that eats the type", -EPROTO, "\x01" "a\x07" "example\x0b" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("an alias's label beyond its data", -EPROTO, "\xc0\x0c" CNAME_ "\x00\x04\x05" "ab\x00"),
		VECTOR("an alias's label beyond the end", -EPROTO, "\xc0\x0c" CNAME_ "\x00\x04\x3f" "abc"),
		VECTOR("nothing at all", -EPROTO, ""),
	};
	enum { LABELS_255 = 127 };              /* of one letter each: 254 bytes and the root's */

	refuse_all(vectors, sizeof vectors / sizeof *vectors, 1);
	for (unsigned labels = LABELS_255 - 1; labels <= LABELS_255 + 1; labels++) {
		begin(1);
		for (unsigned i = 0; i < labels; i++)
			ADD("\x01x");
		ADD("\x00" A_ "\x00\x04\x0a\x00\x00\x01");
		EXPECT_EQ(parse(), labels > LABELS_255 ? -EPROTO : 0);
		EXPECT_EQ(a.address_count, 0);
	}
}

/* RFC 9267 4: a name ends with its NUL, which is the root's label and nothing else. */
TEST(dns_message_end_of_a_name_is_checked)
{
	static const struct vector vectors[] = {
		VECTOR("an owner without an end", -EPROTO, "\x01" "a\x07" "example"),
		VECTOR("an owner whose end would be the last byte", -EPROTO, "\x01" "a\x07" "example\x00"),
		VECTOR("a NUL in a label", -EPROTO, "\x01" "a\x07" "exam\0le\x00" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("a label that is a NUL", -EPROTO, "\x01\x00\x00" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("the right name and NULs behind it", -EPROTO, "\x01" "a\x0a" "example\0\0\0\x00" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("an end that comes too soon", 0, "\x01" "a\x00" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("the root alone", 0, "\x00" A_ "\x00\x04\x0a\x00\x00\x01"),
		VECTOR("an alias without an end", -EPROTO, "\xc0\x0c" CNAME_ "\x00\x04\x03" "abc"),
		VECTOR("an alias whose end is behind its data", -EPROTO, "\xc0\x0c" CNAME_ "\x00\x04\x03" "abc\x00"),
		VECTOR("an alias of the root", -EPROTO, "\xc0\x0c" CNAME_ "\x00\x01\x00"),
		VECTOR("an alias with a NUL in it", -EPROTO, "\xc0\x0c" CNAME_ "\x00\x05\x03" "a\0c\x00"),
	};

	refuse_all(vectors, sizeof vectors / sizeof *vectors, 1);
}

/* RFC 9267 5, CVE-2020-24336 */
TEST(dns_message_data_lengths_are_checked)
{
	static const struct vector vectors[] = {
		VECTOR("an address of none", 0, "\xc0\x0c" A_ "\x00\x00"),
		VECTOR("an address of 3", 0, "\xc0\x0c" A_ "\x00\x03\x0a\x00\x00"),
		VECTOR("an address of 5", 0, "\xc0\x0c" A_ "\x00\x05\x0a\x00\x00\x01\x02"),
		VECTOR("an address of 65535", -EPROTO, "\xc0\x0c" A_ "\xff\xff\x0a\x00\x00\x01"),
		VECTOR("an address of 4 where 3 are left", -EPROTO, "\xc0\x0c" A_ "\x00\x04\x0a\x00\x00"),
		VECTOR("an address of 4 where none is left", -EPROTO, "\xc0\x0c" A_ "\x00\x04"),
		VECTOR("half a length", -EPROTO, "\xc0\x0c" A_ "\x00"),
		VECTOR("no length", -EPROTO, "\xc0\x0c" A_),
		VECTOR("an IPv6 address of 15", 0, "\xc0\x0c\x00\x1c\x00\x01\x00\x00\x00\x3c\x00\x0f" "0123456789abcde"),
		VECTOR("an IPv6 address of 17", 0, "\xc0\x0c\x00\x1c\x00\x01\x00\x00\x00\x3c\x00\x11" "0123456789abcdefg"),
		VECTOR("an IPv6 address of 16 where 15 are left", -EPROTO, "\xc0\x0c\x00\x1c\x00\x01\x00\x00\x00\x3c\x00\x10"
		                                                           "0123456789abcde"),
		VECTOR("text of 65535", -EPROTO, "\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c\xff\xff\x03" "abc"),
		VECTOR("an alias of none", -EPROTO, "\xc0\x0c" CNAME_ "\x00\x00"),
		VECTOR("an alias with a byte too many", -EPROTO, "\xc0\x0c" CNAME_ "\x00\x05\x01" "b\xc0\x0e!"),
		VECTOR("an alias with a byte too few", -EPROTO, "\xc0\x0c" CNAME_ "\x00\x03\x01" "b\xc0\x0e"),
	};

	refuse_all(vectors, sizeof vectors / sizeof *vectors, 1);
}

/* RFC 9267 6: how many there are is for the bytes to say. */
TEST(dns_message_record_counts_are_checked)
{
	static const struct { const char *what; unsigned records, answers, authorities, additional; int rc; unsigned addresses; } cases[] = {
		{ "none said, one there", 1, 0, 0, 0, 0, 0 }, { "two said, one there", 1, 2, 0, 0, -EPROTO, 1 },
		{ "65535 said, one there", 1, 65535, 0, 0, -EPROTO, 1 }, { "65535 said, none there", 0, 65535, 0, 0, -EPROTO, 0 },
		{ "one said, none there", 0, 1, 0, 0, -EPROTO, 0 }, { "one said, three there", 3, 1, 0, 0, 0, 1 },
		{ "authorities said and not there", 1, 1, 65535, 0, 0, 1 }, { "additional ones said and not there", 1, 1, 0, 65535, 0, 1 },
		{ "an answer that is an authority", 1, 0, 1, 0, 0, 0 }, { "an answer that is additional", 1, 0, 0, 1, 0, 0 },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		int rc;

		begin(cases[i].answers);
		sim_put16(message + 8, (uint16_t)cases[i].authorities);
		sim_put16(message + 10, (uint16_t)cases[i].additional);
		for (unsigned n = 0; n < cases[i].records; n++)
			ADD("\xc0\x0c" A_ "\x00\x04\x0a\x00\x00\x01");
		rc = parse();
		if (rc != cases[i].rc || a.address_count != cases[i].addresses)
			test_fail(__FILE__, __LINE__, "%s: result %d, %u addresses", cases[i].what, rc, a.address_count);
	}
}

/* RFC 1034 3.6.2: names may be passed on eight times, whoever says so. */
TEST(dns_message_eight_aliases_are_followed_and_nine_are_not)
{
	for (unsigned aliases = 8; aliases <= 9; aliases++) {
		begin(aliases + 1);
		for (unsigned i = 0; i < aliases; i++) {
			uint8_t from = i ? (uint8_t)('a' + i) : 'a', to = (uint8_t)('b' + i);

			message[len++] = 1;
			message[len++] = from;
			ADD("\xc0\x0e" CNAME_ "\x00\x04\x01");
			message[len++] = to;
			ADD("\xc0\x0e");
		}
		message[len++] = 1;
		message[len++] = (uint8_t)('a' + aliases);
		ADD("\xc0\x0e" A_ "\x00\x04\x0a\x00\x00\x09");
		EXPECT_EQ(parse(), aliases == 8 ? 0 : -ELOOP);
		EXPECT_EQ(a.address_count, aliases == 8);
	}
}

/* RFC 1034 3.6.2: beside an alias there is nothing else, but some servers say so. What comes first counts. */
TEST(dns_message_alias_beside_an_address)
{
	begin(2);
	ADD("\xc0\x0c" A_ "\x00\x04\x0a\x00\x00\x01");
	ADD("\xc0\x0c" CNAME_ "\x00\x04\x01" "b" "\xc0\x0e");
	EXPECT_EQ(parse(), 0);
	EXPECT(a.address_count == 1 && a.address[0] == SIM_ADDR(10, 0, 0, 1));
}

/* RFC 4343: and of an alias's, too. */
TEST(dns_message_names_are_compared_without_case)
{
	begin(2);
	ADD("\x01" "A" "\x07" "eXaMpLe" "\x00" CNAME_ "\x00\x04\x01" "B" "\xc0\x0e");
	ADD("\x01" "b" "\x07" "EXAMPLE" "\x00" A_ "\x00\x04\x0a\x00\x00\x09");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(a.address_count, 1);
}

/* RFC 2181 5.4.1: who answers about one name says nothing about others. */
TEST(dns_message_addresses_of_names_off_the_chain_are_not_taken)
{
	begin(4);
	ADD("\xc0\x0c" CNAME_ "\x00\x04\x01" "b" "\xc0\x0e");
	ADD("\x01" "c" "\xc0\x0e" A_ "\x00\x04\x0a\x00\x00\x06");
	ADD("\x01" "c" "\xc0\x0e" CNAME_ "\x00\x04\x01" "d" "\xc0\x0e");
	ADD("\x01" "b" "\xc0\x0e" A_ "\x00\x04\x0a\x00\x00\x09");
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(a.address_count, 1);
	EXPECT_EQ(a.address[0], SIM_ADDR(10, 0, 0, 9));
	EXPECT_STR(a.name, "b.example");
}
