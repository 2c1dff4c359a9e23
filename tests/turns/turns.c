/* SPDX-License-Identifier: BSD-2-Clause */
/* What one turn of the loop that waits costs at most, when it is given what is worst for it: to be run under callgrind by tests/turns/turns.py.
 *
 * A session on a simulated wire, for each input one. A turn is what lies between two readings of the clock, of which the loop makes one a turn
 * and a command none. Callgrind is asked for its count at each; it does not count what moves the simulated world, nor the card. */
#include "tests/unit/usr/wired.h"

#include <valgrind/callgrind.h>
#include "image/image.h"
#include "net/dns_message.h"
#include "tests/unit/core/packed.h"

enum { AT_ONCE = NET_RX_BATCH, LARGE = 20 << 20, MIDDLING = 4 << 20, SEGMENT = 1448 };

/** An input: lines that are typed, during the last of which the turns are counted, until it is over or that long. */
struct input {
	const char *name;
	const char *lines[4];
	void (*frames)(void);           /* called once a turn, to send what is worst */
	void (*work)(void);             /* done once a turn: what no frame gets to */
	uint32_t from_ms, for_ms;       /* since the line was typed: counting begins, Ctrl-C ends it; 0: neither */
	const char *seen;               /* when the line is over; NULL: nothing in particular */
};

static const struct input *now;
static unsigned line;
static bool last, wanted, counting, pressed;    /* last: line of the input */
static uint32_t since_ms;

/* ---- copying ----------------------------------------------------------------------------------------------------------------------------- */

/* The ROM's is assembly, and memory is what it waits for: counted is about an instruction a byte. */
typedef uint32_t __attribute__((may_alias, aligned(1))) word;

void *memmove(void *to, const void *from, size_t len)
{
	uint8_t *d = to;
	const uint8_t *s = from;

	if (d <= s) {
		for (; len >= 4; len -= 4, d += 4, s += 4)
			*(word *)d = *(const word *)s;
		while (len--)
			*d++ = *s++;
		return to;
	}
	for (; len >= 4; len -= 4)
		*(word *)(d + len - 4) = *(const word *)(s + len - 4);
	while (len--)
		d[len] = s[len];
	return to;
}

void *memcpy(void *to, const void *from, size_t len)
{
	return memmove(to, from, len);
}

/* ---- counting ------------------------------------------------------------------------------------------------------------------------ */

static void count_turn(void)
{
	if (wanted && !counting) {
		CALLGRIND_START_INSTRUMENTATION;
		VALGRIND_PRINTF("turns of %s\n", now->name);
	} else if (!wanted && counting) {
		VALGRIND_MONITOR_COMMAND("status internal");
		CALLGRIND_STOP_INSTRUMENTATION;
	}
	counting = wanted;
	if (counting)
		VALGRIND_MONITOR_COMMAND("status internal");
}

uint32_t clock_ms(void)
{
	uint32_t ms;

	count_turn();
	ms = (uint32_t)(clock_us() / 1000);
	count_turn();
	if (counting && now->work)
		now->work();
	return ms;
}

/* ---- frames ---------------------------------------------------------------------------------------------------------------------------- */

static uint32_t number;         /* of the frame */
static uint8_t noise_bytes[1472];

static void arp_requests(void)
{
	struct sim_arp arp = { .op = SIM_ARP_REQUEST, .target_ip = SIM_IP, .broadcast = true };

	for (unsigned i = 0; i < AT_ONCE; i++) {
		arp.sender_ip = SIM_ADDR(10, 0, 2, 16) + number++ % 200;
		sim_mac(arp.sender_ip, arp.sender_mac);
		sim_send_arp(&lan.sim, &arp);
	}
}

static void echo_requests(void)
{
	uint8_t packet[SIM_FRAME_MAX];

	for (unsigned i = 0; i < AT_ONCE; i++)
		sim_send_ip(&lan.sim, packet, sim_build_icmp(packet, SIM_GATEWAY, SIM_IP, 8, 0, number++, noise_bytes, 1472));
}

/** Of four datagrams each second unit of eight bytes, and then the others. */
static void fragments(void)
{
	uint8_t packet[SIM_FRAME_MAX];

	for (unsigned i = 0; i < AT_ONCE; i++, number++) {
		uint32_t unit = number / 4 % 184;
		struct sim_ip4 ip = { .src = SIM_GATEWAY, .dst = SIM_IP, .protocol = 17, .id = (uint16_t)(1 + number % 4 + 4 * (number / 736)),
			.fragment = (uint16_t)(0x2000 | (unit < 92 ? 2 * unit + 1 : 2 * (unit - 92))) };

		sim_send_ip(&lan.sim, packet, sim_build_ip(packet, &ip, noise_bytes, 8));
	}
}

static const struct server_connection *connection(void)
{
	for (unsigned i = 0; i < SIM_SERVER_CONNECTIONS; i++)
		if (lan.web.connection[i].state == SERVER_OPEN)
			return &lan.web.connection[i];
	return NULL;
}

/** @len bytes of the connection's, @offset behind what the server has sent. */
static void segment(uint32_t offset, const void *data, size_t len)
{
	const struct server_connection *c = connection();
	struct sim_tcp tcp = { .src = WEB_IP, .dst = SIM_IP, .src_port = 80, .flags = SIM_ACK, .window = 65535, .data = data, .len = len };
	uint8_t options[12] = { 1, 1, 8, 10 };

	if (!c)
		return;
	sim_put32(options + 4, lan.sim.now_ms);
	sim_put32(options + 8, c->ts_recent);
	tcp.options = options;
	tcp.options_len = sizeof options;
	tcp.dst_port = c->stack_port;
	tcp.seq = c->nxt + offset;
	tcp.ack = c->rcv_nxt;
	sim_send_tcp(&lan.sim, &tcp);
}

static void holes(void)
{
	for (unsigned i = 0; i < AT_ONCE; i++)
		segment(1 + 2 * (number++ % 2000), "x", 1);
}

static void single_bytes(void)
{
	for (unsigned i = 0; i < AT_ONCE; i++)
		segment(number++, "x", 1);
}

/** The last to ask, and what it asked. */
static uint8_t question[600];
static size_t question_len;
static struct sim_packet asked;

static void hear_dhcp(const struct sim_packet *p)
{
	if (p->type == 0x800 && p->protocol == 17 && p->dst_port == 67 && p->data_len <= sizeof question)
		memcpy(question, p->data, question_len = p->data_len);
}

/** Offers of nothing but options: each of one byte, then one that goes on in all that follow, and the file name's field full of them, too. */
static void offers(void)
{
	uint8_t b[1472] = { 2, 1, 6 }, *at = b + 240;

	memcpy(b + 4, question + 4, 4);
	memcpy(b + 16, "\x0a\0\x02\x0f", 4);
	memcpy(b + 28, question + 28, 16);
	memcpy(b + 236, "\x63\x82\x53\x63\x35\x01\x02\x36\x04\x0a\0\x02\x02\x34\x01\x03", 16);
	for (at += 12, number++; at < b + 900; at += 3)
		memcpy(at, (uint8_t[]){ (uint8_t)(128 + (at - b) / 3 % 120), 1, (uint8_t)number }, 3);
	for (; at < b + sizeof b - 4; at += 3)
		memcpy(at, (uint8_t[]){ 67, 1, 'x' }, 3);
	for (unsigned i = 44; i + 3 < 236; i += 3)
		memcpy(b + i, (uint8_t[]){ 67, 1, 'y' }, 3);
	for (unsigned i = 0; question_len && i < AT_ONCE; i++)
		sim_send_udp(&lan.sim, &(struct sim_udp){ .src = SIM_GATEWAY, .dst = 0xffffffff, .src_port = 67, .dst_port = 68, .data = b,
		                                          .len = sizeof b });
}

static void hear_dns(struct sim_host *host, const uint8_t *packet, size_t len, uint32_t now_ms)
{
	sim_parse_ip(&asked, packet, len);
	memcpy(question, asked.data, question_len = asked.data_len);
}

/** Behind the question a name that goes on by a hundred pointers, each to the one before, and records of it to the end. */
static size_t pointers(uint8_t *answer, size_t room)
{
	size_t at = question_len, chain = 12;

	memcpy(answer, question, question_len);
	memcpy(answer + 2, "\x81\x80\0\x01\xff\xff\0\0\0\0", 10);
	for (; at + 16 < room; at += 12) {
		size_t to = at < 1600 ? chain : 1600 - (1600 - question_len) % 12;

		memcpy(answer + at, (uint8_t[]){ (uint8_t)(0xc0 | to >> 8), (uint8_t)to, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0 }, 12);
		chain = at;
	}
	return at;
}

static void dns_answers(void)
{
	uint8_t answer[1472];
	size_t len = question_len ? pointers(answer, sizeof answer) : 0;

	for (unsigned i = 0; len && i < AT_ONCE; i++)
		sim_send_udp(&lan.sim, &(struct sim_udp){ .src = DNS_IP, .dst = SIM_IP, .src_port = 53, .dst_port = asked.src_port, .data = answer,
		                                          .len = len });
}

/** An answer of the most bytes, as it may come by TCP: nothing but records, of a name in as many pieces as can be. */
static uint8_t longest[UINT16_MAX];

static void write_longest(void)
{
	static const uint8_t head[] = "\0\1\x81\x80\0\1\xff\xff\0\0\0\0" "\1a\0\0\1\0\1" /* at 19: a record of the root, its data names */
		"\0\0\x10\0\1\0\0\0\0\x01\xff\1a\0";
	size_t at = sizeof head - 1, name = 30;

	memcpy(longest, head, at);
	for (; at + 4 < 541; at += 4, name = at - 4)
		memcpy(longest + at, (uint8_t[]){ 1, 'a', (uint8_t)(0xc0 | name >> 8), (uint8_t)name }, 4);
	for (at = 541; at + 12 < sizeof longest; at += 12)
		memcpy(longest + at, (uint8_t[]){ (uint8_t)(0xc0 | name >> 8), (uint8_t)name, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0 }, 12);
}

static void read_longest(void)
{
	struct dns_answer a;

	if (!*(longest + 1))
		write_longest();
	number = (uint32_t)dns_message_parse(&a, longest, sizeof longest, "a", 8);
}

/** As many full segments as the card's ring holds, which the card merges. */
static void merged_segments(void)
{
	if (!lan.sim.merges)
		sim_merge(&lan.sim);
	while (connection() && lan.sim.ring_count < SIM_RING)
		segment(number++ * SEGMENT, noise_bytes, SEGMENT);
}

/* ---- files ------------------------------------------------------------------------------------------------------------------------------ */

/** @before, then @part until there are @len bytes, then @after. */
static struct lan_file row(const char *path, const char *before, const void *part, size_t part_len, size_t len, const char *after)
{
	size_t used = strlen(before);
	char *text = malloc(used + len + part_len + strlen(after) + 1);

	memcpy(text, before, used);
	for (; used < len; used += part_len)
		memcpy(text + used, part, part_len);
	strcpy(text + used, after);
	return (struct lan_file){ .path = path, .data = text, .len = used + strlen(after) };
}

/** The same as all that the server says. */
static struct lan_file said_by_server(struct lan_file f)
{
	return (struct lan_file){ .path = f.path, .header = f.data };
}

static struct lan_file packed(const char *path, const char *tool, struct bytes plain)
{
	struct bytes b = packed_by(tool, plain, true);

	return (struct lan_file){ .path = path, .data = b.data, .len = b.len };
}

static struct bytes zeros(size_t len)
{
	return (struct bytes){ calloc(len, 1), len };
}

static struct bytes calls(size_t len)
{
	struct bytes b = noise(len, 5);

	for (size_t i = 0; i + 5 <= len; i += 5)
		memcpy(b.data + i, "\xe8", 1);
	return b;
}

static const struct lan_file *serve(void)
{
	static const char chunked[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
	static struct lan_file files[24], *f = files;
	char field[400];

	if (f != files)
		return files;
	snprintf(field, sizeof field, "X-%0300u: x\r\n", 0);
	*f++ = (struct lan_file){ .path = "/stall", .header = "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nx" };
	*f++ = (struct lan_file){ .path = "/headless", .header = "HTTP/1.1 200" };
	*f++ = (struct lan_file){ .path = "/large", .len = LARGE };
	*f++ = (struct lan_file){ .path = "/some", .len = MIDDLING };
	*f++ = said_by_server(row("/header", "HTTP/1.1 200 OK\r\n", field, strlen(field), 30000, "Content-Length: 1\r\n\r\nx"));
	*f++ = said_by_server(row("/chunks", chunked, "1\r\nx\r\n", 6, MIDDLING / 4, "0\r\n\r\n"));
	*f++ = said_by_server(row("/unknown", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1400000\r\n", "x", 1,
	                          sizeof chunked - 1 + 9 + LARGE, "\r\n0\r\n\r\n"));
	*f++ = row("/line", "#!fpxe\necho ", "x", 1, MIDDLING, "\n");
	*f++ = row("/joined", "#!fpxe\n", "x\\\n", 3, MIDDLING, "\n");
	*f++ = row("/settings", "#!fpxe\nset a:string b\necho ", "${}", 3, 16000, "\n");
	*f++ = row("/values", "#!fpxe\nset a:string 0123456789\necho ", "${${a}}", 7, 16000, "\n");
	*f++ = row("/commands", "#!fpxe\n", "isset a;", 8, 16000, "\n");
	*f++ = row("/empty", "", "\0\0\0\xff\xff", 5, MIDDLING, "\1\1\1\1");
	memcpy((char *)f[-1].data, "\x1f\x8b\x08\0\0\0\0\0\0\0", 10);
	*f++ = row("/members", "", "\x1f\x8b\x08\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\0\0", 20, MIDDLING, "");
	*f++ = packed("/zeros.gz", "gzip -c", zeros(2 * MIDDLING));
	*f++ = packed("/zeros.xz", "xz -c", zeros(2 * MIDDLING));
	*f++ = packed("/mixed.gz", "gzip -c", mixed(MIDDLING, 1));
	*f++ = packed("/mixed.xz", "xz -c", mixed(MIDDLING, 1));
	*f++ = packed("/calls.xz", "xz -c --check=sha256 --x86 --lzma2", calls(MIDDLING));
	return files;
}

/* ---- the inputs ------------------------------------------------------------------------------------------------------------------------- */

#define STALL "initrd http://10.0.2.9/stall"
#define SENT(what) .frames = what, .from_ms = 100, .for_ms = 130       /* a key takes a turn */
#define GET(file) "dhcp", "initrd --name f http://10.0.2.9/" file

static const struct input inputs[] = {
	{ "ARP requests", { "dhcp", STALL }, SENT(arp_requests) },
	{ "echo requests of 1472 bytes", { "dhcp", STALL }, SENT(echo_requests) },
	{ "fragments of 8 bytes of four datagrams", { "dhcp", STALL }, SENT(fragments) },
	{ "a segment for each second byte of a body", { "dhcp", STALL }, SENT(holes) },
	{ "a segment for each byte of a body", { "dhcp", STALL }, SENT(single_bytes) },
	{ "a segment for each second byte of a header", { "dhcp", "initrd http://10.0.2.9/headless" }, SENT(holes) },
	{ "a segment for each byte of a header", { "dhcp", "initrd http://10.0.2.9/headless" }, SENT(single_bytes) },
	{ "DHCP offers of 480 options", { "dhcp" }, SENT(offers) },
	{ "DNS answers of pointers to pointers", { "dhcp", "nslookup boot.example" }, SENT(dns_answers) },
	{ "the longest DNS answer", { "sleep 1" }, .work = read_longest, .for_ms = 30 },
	{ "a header of 30,000 bytes", { GET("header") }, .seen = "ok" },
	{ "chunks of one byte", { GET("chunks") }, .seen = "ok" },
	{ "a body of unknown length", { GET("unknown") }, .from_ms = 300, .seen = "ok" },
	{ "one file over sixteen connections", { "dhcp", "set connections 16", "initrd http://10.0.2.9/large" }, .from_ms = 100, .for_ms = 130 },
	{ "large receives", { "dhcp", STALL }, SENT(merged_segments) },
	{ "TFTP", { "dhcp", "initrd tftp://10.0.2.8/x" }, .from_ms = 100, .for_ms = 130 },
	{ "SHA-256", { GET("some"), "sha256sum f" }, .for_ms = 100 },
	{ "SHA-1", { GET("some"), "sha1sum f" }, .for_ms = 100 },
	{ "MD5", { GET("some"), "md5sum f" }, .for_ms = 100 },
	{ "gzip: blocks with nothing in them", { GET("empty"), "imgextract f" }, .seen = "gzip" },
	{ "gzip: members with nothing in them", { GET("members"), "imgextract f" }, .for_ms = 100 },
	{ "gzip: a thousandfold", { GET("zeros.gz"), "imgextract f" }, .for_ms = 100 },
	{ "gzip: literals and copies", { GET("mixed.gz"), "imgextract f" }, .for_ms = 100 },
	{ "xz: zeros", { GET("zeros.xz"), "imgextract f" }, .for_ms = 100 },
	{ "xz: literals and copies", { GET("mixed.xz"), "imgextract f" }, .for_ms = 100 },
	{ "xz: noise, the x86 filter, SHA-256", { GET("calls.xz"), "imgextract f" }, .for_ms = 100 },
	{ "a script of one line", { GET("line"), "boot f" }, .seen = "a line of more than 100000 bytes" },
	{ "a script of lines that are joined", { GET("joined"), "boot f" }, .seen = "a line of more than 100000 bytes" },
	{ "a line of 5,000 settings", { GET("settings"), "boot f" }, .seen = "" },
	{ "a line of 2,000 settings that name settings", { GET("values"), "boot f" }, .seen = "" },
	{ "a line of 2,000 commands", { GET("commands"), "boot f" }, .seen = "" },
};

static const char *next_line(void)
{
	if (last && now->seen && !host_console_has(now->seen))
		test_fail(__FILE__, __LINE__, "%s:\n%s", now->name, host_console_plain());
	last = wanted = false;
	if (line == 4 || !now->lines[line])
		return NULL;
	last = line == 3 || !now->lines[line + 1];
	since_ms = lan.sim.now_ms;
	return now->lines[line++];
}

static void tick(uint32_t now_ms)
{
	if (!last)
		return;
	wanted = now_ms - since_ms >= now->from_ms;
	if (now->frames)
		now->frames();
	if (!now->for_ms || pressed || now_ms - since_ms < now->for_ms)
		return;
	pressed = true;
	host_key(KEY_CTRL('C'));
}

TEST(turns)
{
	for (now = inputs; now < inputs + sizeof inputs / sizeof *inputs; now++) {
		wired_begin();
		host_clock_step(1000);
		lan.files = serve();
		lan.next_line = next_line;
		lan.tick = tick;
		lan.heard = hear_dhcp;
		lan.tftp.len = MIDDLING;
		if (now->frames == dns_answers)
			lan.dns.input = hear_dns;
		lan.dhcp_silent = now->frames == offers;
		line = 0;
		number = 0;
		question_len = 0;
		pressed = false;
		fpxe_main();
		wired_end();
	}
}
