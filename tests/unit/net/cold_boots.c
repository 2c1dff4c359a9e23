/* SPDX-License-Identifier: BSD-2-Clause */
/* A thousand cold boots of one machine: what must not be guessed cannot be worked out from one boot to the next, nor from one connection to
 * the next (RFC 6528, RFC 6056, RFC 5452, RFC 7323 5.4). The clock, the MAC, and whatever is talked about are the same each time. What
 * differs is as little as one can have: a machine without RDSEED and RDRAND, where ten of the port reads by which arch/x86/entropy.c looks
 * at the TSC took a cycle more, or not, in each combination of the ten: the number of the boot. */
#include "core/random.c"        /* a cold boot has no memory of the one before */
#include "core/entropy.h"
#include "core/errors.h"
#include "net/dns.h"
#include "net/tcp_connection.h"
#include "net/tftp.h"
#include "tests/unit/net/dhcp_talk.h"

#define WEB SIM_ADDR(10, 0, 2, 9)

enum { BOOTS = 1000, CONNECTIONS = 10, ALL = BOOTS * CONNECTIONS };

/** What somebody on the wire could see of a boot. */
struct boot {
	uint32_t xid, xid_again;                /* DHCP's, and those of a second round */
	uint16_t ip_id;                         /* of the first packet */
	uint16_t dns_id, dns_port, dns_id_again, dns_port_again, tftp_port;
	uint32_t isn[CONNECTIONS], timestamp[CONNECTIONS];
	uint16_t port[CONNECTIONS];
};
static struct boot boot[BOOTS];
static unsigned noise;                          /* ten bits of it */

/* As arch/x86/entropy.c does it. */
void entropy_gather(uint8_t *buf, size_t len)
{
	uint64_t tsc = 0x123456789a;

	for (size_t i = 0; i < len; i++) {
		uint32_t mix = 0;

		for (unsigned j = 0; j < 8; j++) {
			tsc += 3000 + (j == 3 && i < 10 && noise >> i & 1);
			mix = (mix << 5 | mix >> 27) ^ (uint32_t)tsc;
		}
		buf[i] = (uint8_t)(mix ^ mix >> 8 ^ mix >> 16 ^ mix >> 24);
	}
}

static void ask_dns(uint16_t *id, uint16_t *port)
{
	static struct dns_query q;
	struct sim_packet p;

	EXPECT_EQ(dns_start(&q, &s.net, "boot.example", s.now_ms), -EINPROGRESS);
	EXPECT(sim_take_protocol(&s, 17, &p) && p.dst_port == 53);
	*id = sim_get16(p.data);
	*port = p.src_port;
	dns_stop(&q);
}

static uint16_t ask_tftp(void)
{
	static struct transfer_user user;
	struct transfer_request request = { .address = WEB, .piece = { 0, RANGE_UNKNOWN } };
	struct transfer *transfer = NULL;
	struct sim_packet p;
	struct uri *uri;

	EXPECT_EQ(uri_parse("tftp://10.0.2.9/f", &uri), 0);
	request.uri = uri;
	EXPECT_EQ(tftp_scheme.open(&transfer, &user, &s.net, &request, s.now_ms), 0);
	EXPECT(sim_take_protocol(&s, 17, &p) && p.dst_port == 69);
	tftp_scheme.close(transfer, s.now_ms);
	uri_free(uri);
	return p.src_port;
}

/** Up to here as usr/main.c does it; then DHCP, DNS, TFTP and some connections. */
static void cold_boot(struct boot *b, unsigned number)
{
	static struct stream_user user;
	static struct tcp tcp;
	uint8_t seed[32];
	struct sim_packet p;
	struct reply offer = usual;

	host_reset();
	memset(&generator, 0, sizeof generator);
	noise = number;
	entropy_gather(seed, sizeof seed);
	random_stir(seed, sizeof seed);
	sim_start(&s);
	random_stir(s.nic.mac, sizeof s.nic.mac);
	sim_add_host(&s, WEB);
	add_option(&offer, 6, "\x0a\x00\x02\x09", 4);
	dhcp_start(&s.netif, 60000, s.now_ms);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	b->xid = sim_get32(p.data + 4);
	b->ip_id = p.ip_id;
	reply(&offer, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	reply(&offer, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	sim_discard(&s);
	ask_dns(&b->dns_id, &b->dns_port);
	ask_dns(&b->dns_id_again, &b->dns_port_again);
	b->tftp_port = ask_tftp();
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		EXPECT_EQ(tcp_connect(&tcp, &s.net, &user, WEB, 80, s.now_ms), 0);
		EXPECT(sim_take_protocol(&s, 6, &p));
		b->isn[i] = p.seq;
		b->timestamp[i] = p.ts_value;
		b->port[i] = p.src_port;
		tcp_abort(&tcp, s.now_ms);
	}
	dhcp_start(&s.netif, 60000, s.now_ms);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	b->xid_again = sim_get32(p.data + 4);
	EXPECT_EQ(s.now_ms, s.start_ms);        /* no time has passed */
	sim_discard(&s);
	sim_stop(&s);
}

static void boot_all(void)
{
	static bool done;

	for (unsigned i = 0; !done && i < BOOTS; i++)
		cold_boot(&boot[i], i);
	done = true;
}

/* ---- that these boots are what they are said to be ----------------------------------------------------------------------------------- */

/* Were anything carried over from boot to boot, all that follows would be shown of that. */
TEST(two_boots_with_the_same_noise_are_the_same)
{
	struct boot a, b;

	memset(&a, 0, sizeof a);
	memset(&b, 0, sizeof b);
	boot_all();
	cold_boot(&a, 77);
	cold_boot(&b, 77);
	EXPECT_MEM(&a, &b, sizeof a);
	EXPECT_MEM(&a, &boot[77], sizeof a);
	cold_boot(&b, 76);                      /* a cycle less, once */
	EXPECT(a.xid != b.xid && a.isn[0] != b.isn[0] && a.timestamp[0] != b.timestamp[0]);
}

/* ---- statistics ---------------------------------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/** How often the most frequent of @count values comes. @values is sorted. */
static unsigned most_frequent(uint64_t *values, unsigned count)
{
	unsigned most = 0, run = 0;

	qsort(values, count, sizeof *values, compare);
	for (unsigned i = 0; i < count; i++) {
		run = i && values[i] == values[i - 1] ? run + 1 : 1;
		most = run > most ? run : most;
	}
	return most;
}

/** Do @count values, each a number below 64 or 256, fall evenly, but no more evenly than chance has it? Chi squared, p from 0.00001 to
 *  0.99999: there are some fifty such columns. */
static bool even(const char *what, const uint8_t *value, unsigned count, unsigned bins)
{
	unsigned in[256] = { 0 };
	double expected = (double)count / bins, sum = 0;
	double low = bins == 64 ? 25.9 : 169.8, high = bins == 64 ? 123.0 : 363.1;      /* of 63 and 255 degrees of freedom */

	for (unsigned i = 0; i < count; i++)
		in[value[i]]++;
	for (unsigned i = 0; i < bins; i++)
		sum += (in[i] - expected) * (in[i] - expected) / expected;
	if (sum < low || sum > high)
		printf("%s: chi squared of %u in %u is %.1f\n", what, count, bins, sum);
	return sum >= low && sum <= high;
}

/** @count values of @bits bits each, one a boot. Six bits at each place of them are even; none is foretold by those before it. */
static bool unpredictable(const char *what, const uint32_t *value, unsigned count, unsigned bits)
{
	uint32_t mask = bits == 32 ? 0xffffffff : (1u << bits) - 1;
	uint64_t step[ALL];
	uint8_t part[ALL];
	unsigned hits = 0, most;
	bool good = true;

	for (unsigned shift = 0; shift + 6 <= bits; shift += bits == 14 ? 4 : 5) {
		for (unsigned i = 0; i < count; i++)
			part[i] = value[i] >> shift & 63;
		good &= even(what, part, count, 64);
	}
	for (unsigned bit = 0; bit < bits; bit++) {             /* a bit that follows its predecessor: 4.5 standard deviations */
		unsigned same = 0, middle = (count - 1) / 2, far = 0;

		for (unsigned i = 1; i < count; i++)
			same += !((value[i] ^ value[i - 1]) >> bit & 1);
		far = same > middle ? same - middle : middle - same;
		if (far * far * 4 > 21 * count) {
			printf("%s: bit %u is as before %u times of %u\n", what, bit, same, count);
			good = false;
		}
	}
	for (unsigned i = 0; i + 1 < count; i++)
		step[i] = (value[i + 1] - value[i]) & mask;
	for (unsigned i = 0; i + 2 < count; i++) {              /* the same again, by as much more, by the same bits */
		uint32_t x = value[i], y = value[i + 1], z = value[i + 2];

		hits += (z == y) + (((z - y) & mask) == ((y - x) & mask)) + ((z ^ y) == (y ^ x));
	}
	/* By chance: of 1,000 values 0.05 hits for 16 bits, 0.18 for 14; of their steps two or three alike, or four. */
	most = most_frequent(step, count - 1);
	if (hits > (bits < 32) || most > (bits == 32 ? 1u : bits == 16 ? 3u : 4u)) {
		printf("%s: %u predictions, %u steps alike\n", what, hits, most);
		good = false;
	}
	return good;
}

/* ---- one value a boot ---------------------------------------------------------------------------------------------------------------- */

#define COLUMN(field, bits)                                             \
	do {                                                            \
		static uint32_t column_[BOOTS];                         \
		boot_all();                                             \
		for (unsigned i_ = 0; i_ < BOOTS; i_++)                 \
			column_[i_] = boot[i_].field;                   \
		EXPECT(unpredictable(#field, column_, BOOTS, bits));    \
	} while (0)

TEST(dhcp_transactions_of_a_thousand_boots_cannot_be_foretold) { COLUMN(xid, 32); COLUMN(xid_again, 32); }
TEST(dns_ids_of_a_thousand_boots_cannot_be_foretold) { COLUMN(dns_id, 16); COLUMN(dns_id_again, 16); }
TEST(ports_of_dns_queries_cannot_be_foretold) { COLUMN(dns_port & 0x3fff, 14); COLUMN(dns_port_again & 0x3fff, 14); }
TEST(ports_of_tftp_requests_cannot_be_foretold) { COLUMN(tftp_port & 0x3fff, 14); }
TEST(ports_of_connections_cannot_be_foretold) { COLUMN(port[0] & 0x3fff, 14); COLUMN(port[CONNECTIONS - 1] & 0x3fff, 14); }
TEST(identifications_of_packets_cannot_be_foretold) { COLUMN(ip_id, 16); }
TEST(sequence_numbers_of_a_thousand_boots_cannot_be_foretold) { COLUMN(isn[0], 32); COLUMN(isn[CONNECTIONS - 1], 32); }
TEST(origins_of_timestamps_cannot_be_foretold) { COLUMN(timestamp[0], 32); COLUMN(timestamp[CONNECTIONS - 1], 32); }

/* ---- ten thousand connections -------------------------------------------------------------------------------------------------------- */

TEST(ten_thousand_connections_begin_at_ten_thousand_numbers)
{
	static uint64_t number[ALL], pair[ALL];

	boot_all();
	for (unsigned i = 0; i < ALL; i++) {
		const struct boot *b = &boot[i / CONNECTIONS];

		number[i] = b->isn[i % CONNECTIONS];
		pair[i] = number[i] << 16 | b->port[i % CONNECTIONS];
	}
	EXPECT_EQ(most_frequent(number, ALL), 1);
	EXPECT_EQ(most_frequent(pair, ALL), 1);
}

TEST(each_byte_of_ten_thousand_numbers_is_even)
{
	static uint8_t part[ALL];

	boot_all();
	for (unsigned shift = 0; shift < 32; shift += 8) {
		for (unsigned i = 0; i < ALL; i++)
			part[i] = (uint8_t)(boot[i / CONNECTIONS].isn[i % CONNECTIONS] >> shift);
		EXPECT(even("isn", part, ALL, 256));
		for (unsigned i = 0; i < ALL; i++)
			part[i] = (uint8_t)(boot[i / CONNECTIONS].timestamp[i % CONNECTIONS] >> shift);
		EXPECT(even("timestamp", part, ALL, 256));
	}
}

/* Who is told one number, by a connection to himself, does not know the next: the steps from one to the next are as many as there may be. */
TEST(within_a_boot_no_number_tells_of_the_next)
{
	static uint64_t step[BOOTS * (CONNECTIONS - 1)], differ[BOOTS * (CONNECTIONS - 1)];
	unsigned n = 0;

	boot_all();
	for (unsigned i = 0; i < BOOTS; i++)
		for (unsigned j = 1; j < CONNECTIONS; j++, n++) {
			step[n] = boot[i].isn[j] - boot[i].isn[j - 1];
			differ[n] = boot[i].isn[j] ^ boot[i].isn[j - 1];
		}
	EXPECT_EQ(most_frequent(step, n), 1);
	EXPECT_EQ(most_frequent(differ, n), 1);
}

/* Nor do timestamps tell of sequence numbers, or both of the same secret: RFC 7323 7.1. */
TEST(timestamps_do_not_tell_of_sequence_numbers)
{
	static uint64_t step[ALL], differ[ALL];

	boot_all();
	for (unsigned i = 0; i < ALL; i++) {
		const struct boot *b = &boot[i / CONNECTIONS];

		step[i] = b->isn[i % CONNECTIONS] - b->timestamp[i % CONNECTIONS];
		differ[i] = b->isn[i % CONNECTIONS] ^ b->timestamp[i % CONNECTIONS];
	}
	EXPECT_EQ(most_frequent(step, ALL), 1);
	EXPECT_EQ(most_frequent(differ, ALL), 1);
}

/* RFC 6056: all of the dynamic ports, and within a boot none twice. */
TEST(ten_thousand_ports_are_dynamic_and_differ_within_a_boot)
{
	static uint8_t part[ALL];

	boot_all();
	for (unsigned i = 0; i < BOOTS; i++)
		for (unsigned j = 0; j < CONNECTIONS; j++) {
			EXPECT(boot[i].port[j] >= 49152);
			for (unsigned k = 0; k < j; k++)
				EXPECT(boot[i].port[j] != boot[i].port[k]);
			part[i * CONNECTIONS + j] = boot[i].port[j] & 63;
		}
	EXPECT(even("port", part, ALL, 64));
}

/* RFC 5452 4.5: the two of them together are what must be guessed. */
TEST(a_querys_id_and_port_do_not_tell_of_each_other)
{
	static uint64_t pair[2 * BOOTS], step[2 * BOOTS];

	boot_all();
	for (unsigned i = 0; i < BOOTS; i++) {
		pair[2 * i] = (uint64_t)boot[i].dns_id << 16 | boot[i].dns_port;
		pair[2 * i + 1] = (uint64_t)boot[i].dns_id_again << 16 | boot[i].dns_port_again;
		step[2 * i] = (uint16_t)(boot[i].dns_id - boot[i].dns_port);
		step[2 * i + 1] = (uint16_t)(boot[i].dns_id_again - boot[i].dns_port_again);
	}
	EXPECT_EQ(most_frequent(pair, 2 * BOOTS), 1);
	EXPECT(most_frequent(step, 2 * BOOTS) <= 4);
}
