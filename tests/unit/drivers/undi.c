/* SPDX-License-Identifier: BSD-2-Clause */
/* The UNDI driver against a PXE stack made of its specification (PXE 2.1): base memory, parameter blocks by far pointers, an ISR. */
#include "core/undi.h"
#include "drivers/net/probe.h"

#include "core/errors.h"
#include "core/heap.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

#define SHARE_SEGMENT 0x9000
#define FRAMES_SEGMENT 0x8000
#define LINE 11
#define QUEUE_MAX 8
#define SENT_MAX 8

/** A report of GET_NEXT or PROCESS: what it says, and the piece of a frame it points to. */
struct report { uint16_t function, frame_len, buffer_len; struct pxe_far where; };

static struct stack {
	uint8_t base_memory[0x100000];
	struct pci_device pci;
	bool found;
	uint16_t refuse[0x20];                  /* what a function's status is, by opcode */
	unsigned full;                          /* transmits that are refused first */
	unsigned calls[0x20];
	bool open, silent;                      /* silent: START says "not mine" whatever came */
	bool broken_isr;                        /* every report is a frame, for ever */
	unsigned processing;
	struct report queue[QUEUE_MAX];
	unsigned queued;
	uint8_t sent[SENT_MAX][1600];
	size_t sent_len[SENT_MAX];
	unsigned sent_count;
	bool broadcast_filter;
	unsigned hooked, unhooked, line, done;
	bool came;
	uint16_t irq, mtu, address_len;
} stack;
static struct nic nic;

static uint8_t *memory_at(struct pxe_far far)
{
	return &stack.base_memory[far.segment * 16u + far.offset];
}

/* ---- the seam ---- */

bool undi_device(struct pci_device *pci)
{
	*pci = stack.pci;
	return stack.found;
}

struct pxe_far undi_share(size_t at, const void *data, size_t len)
{
	EXPECT(at + len <= UNDI_SHARE_MAX);
	memcpy(&stack.base_memory[SHARE_SEGMENT * 16 + at], data, len);
	return (struct pxe_far){ (uint16_t)at, SHARE_SEGMENT };
}

const uint8_t *undi_bytes(struct pxe_far where, size_t len)
{
	return where.segment * 16u + where.offset + len <= sizeof(stack.base_memory) ? memory_at(where) : NULL;
}

void undi_interrupt_open(unsigned line) { stack.hooked++; stack.line = line; }
bool undi_interrupt_came(void) { return stack.came; }
void undi_interrupt_done(void) { stack.done++; stack.came = false; }
void undi_interrupt_close(void) { stack.unhooked++; }

static void transmit(const struct pxe_undi_transmit *t)
{
	struct pxe_tbd buffer;

	EXPECT_EQ(t->protocol, 0);
	memcpy(&buffer, memory_at(t->tbd), sizeof(buffer));
	EXPECT_EQ(buffer.block_count, 0);
	EXPECT(stack.sent_count < SENT_MAX);
	memcpy(stack.sent[stack.sent_count], memory_at(buffer.immediate), buffer.immediate_len);
	stack.sent_len[stack.sent_count++] = buffer.immediate_len;
}

static void isr(struct pxe_undi_isr *i)
{
	struct report *r = &stack.queue[0];

	if (i->function == PXE_ISR_IN_START) {
		i->function = stack.queued && !stack.silent ? PXE_ISR_OUT_OURS : 1;
		return;
	}
	stack.processing += i->function == PXE_ISR_IN_PROCESS;
	i->function = PXE_ISR_OUT_DONE;
	if (!stack.queued && !stack.broken_isr)
		return;
	i->function = r->function;
	i->frame_len = r->frame_len;
	i->buffer_len = r->buffer_len;
	i->frame = r->where;
	if (stack.broken_isr)
		return;
	memmove(r, r + 1, sizeof(*r) * --stack.queued);
}

uint16_t undi_call(uint16_t opcode, void *block, size_t len)
{
	uint16_t status = stack.refuse[opcode];

	stack.calls[opcode]++;
	if (opcode == PXE_UNDI_TRANSMIT && stack.full) {
		stack.full--;
		status = 0x10;
	}
	if (status)
		return status;
	switch (opcode) {
	case PXE_UNDI_GET_INFORMATION:
		EXPECT_EQ(len, 50);
		*(struct pxe_undi_get_information *)block = (struct pxe_undi_get_information){
			.interrupt = stack.irq, .mtu = stack.mtu, .hardware_address_len = stack.address_len,
			.current_address = { 0x52, 0x54, 0, 1, 2, 3 },
		};
		break;
	case PXE_UNDI_OPEN:
		EXPECT_EQ(len, 136);
		EXPECT(!stack.open);
		stack.open = true;
		stack.broadcast_filter = ((struct pxe_undi_open *)block)->packet_filter == (PXE_FILTER_DIRECTED | PXE_FILTER_BROADCAST);
		break;
	case PXE_UNDI_CLOSE:
		stack.open = false;
		break;
	case PXE_UNDI_TRANSMIT:
		EXPECT_EQ(len, 20);
		EXPECT(stack.open);
		transmit(block);
		break;
	case PXE_UNDI_ISR:
		EXPECT_EQ(len, 16);
		EXPECT(stack.open);
		isr(block);
		break;
	}
	return 0;
}

/* ---- what tests share ---- */

static void setup(void)
{
	host_reset();
	memset(&stack, 0, sizeof(stack));
	memset(&nic, 0, sizeof(nic));
	stack.pci = (struct pci_device){ .bus = 1, .slot = 2, .function = 3 };
	stack.found = true;
	stack.irq = LINE;
	stack.mtu = 1500;
	stack.address_len = 6;
	host_leaks_from_here();
}
static void teardown(void)
{
	EXPECT_EQ(host_heap_held(), 0);
	EXPECT_EQ(host_packets_held(), 0);
	EXPECT_EQ(stack.hooked, stack.unhooked);
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; test_teardown = teardown; }

extern const struct nic_driver undi_driver;
const struct nic_driver *const nic_drivers[] = { &undi_driver, NULL };

static void start(void)
{
	EXPECT_EQ(nic_probe(&nic, &stack.pci), 0);
	EXPECT_EQ(undi_driver.open(&nic), 0);
}

static void end(void)
{
	undi_driver.close(&nic);
	nic_remove(&nic);
}

/** @pieces pieces of a frame of @len bytes whose bytes count up from @mark, at @offset of the frames' segment. */
static void arrive(uint8_t mark, uint16_t len, unsigned pieces, uint16_t offset)
{
	for (unsigned i = 0; i < len; i++)
		stack.base_memory[FRAMES_SEGMENT * 16 + offset + i] = (uint8_t)(mark + i);
	for (unsigned i = 0; i < pieces; i++) {
		uint16_t from = (uint16_t)(len * i / pieces), to = (uint16_t)(len * (i + 1) / pieces);

		stack.queue[stack.queued++] = (struct report){ PXE_ISR_OUT_RECEIVE, len, (uint16_t)(to - from),
		                                               { (uint16_t)(offset + from), FRAMES_SEGMENT } };
	}
}

static bool received(uint8_t mark, size_t len)
{
	struct pkt *p = undi_driver.receive(&nic);
	bool good = p && pkt_len(p) == len && !p->checksum_ok;

	for (size_t i = 0; good && i < len; i++)
		good = p->data[i] == (uint8_t)(mark + i);
	pkt_free(p);
	return good;
}

static bool nothing_received(void)
{
	struct pkt *p = undi_driver.receive(&nic);

	pkt_free(p);
	return !p;
}

static int send_bytes(size_t len)
{
	struct pkt *p = pkt_alloc();

	memset(pkt_put(p, len), 0x5a, len);
	return undi_driver.transmit(&nic, p);
}

/* ---- finding it ---- */

TEST(it_is_found_by_the_function_that_the_stack_names)
{
	struct pci_device other = { .bus = 1, .slot = 2, .function = 2 };

	EXPECT(nic_driver_find(&stack.pci) == &undi_driver);
	EXPECT(nic_driver_find(&other) == NULL);
	EXPECT_STR(nic_chip_name(&stack.pci), "undi");
	stack.found = false;
	EXPECT(nic_driver_find(&stack.pci) == NULL);
}

TEST(probing_starts_the_adapter_and_reads_its_address)
{
	EXPECT_EQ(nic_probe(&nic, &stack.pci), 0);
	EXPECT_MEM(nic.mac, "\x52\x54\0\1\2\3", 6);
	EXPECT_EQ(nic.mtu, 1500);
	EXPECT_EQ(stack.calls[PXE_UNDI_STARTUP], 1);
	EXPECT_EQ(stack.calls[PXE_UNDI_INITIALIZE], 1);
	EXPECT(!stack.open);
	nic_remove(&nic);
}

TEST(a_stack_that_has_been_started_may_refuse_to_start)
{
	stack.refuse[PXE_UNDI_STARTUP] = stack.refuse[PXE_UNDI_INITIALIZE] = 0x69;
	EXPECT_EQ(nic_probe(&nic, &stack.pci), 0);
	nic_remove(&nic);
}

TEST(a_stack_that_tells_nothing_is_refused)
{
	stack.refuse[PXE_UNDI_GET_INFORMATION] = 1;
	EXPECT_EQ(nic_probe(&nic, &stack.pci), -EIO);
	stack.refuse[PXE_UNDI_GET_INFORMATION] = 0;
	stack.address_len = 20;
	EXPECT_EQ(nic_probe(&nic, &stack.pci), -EIO);
}

TEST(no_memory_is_an_error)
{
	heap_fail_after(1);
	EXPECT_EQ(nic_probe(&nic, &stack.pci), -ENOMEM);
}

TEST(a_smaller_mtu_is_kept_and_a_wrong_one_is_not)
{
	static const uint16_t told[] = { 1400, 1514, 0, 100 }, taken[] = { 1400, 1500, 1500, 1500 };

	for (unsigned i = 0; i < 4; i++) {
		stack.mtu = told[i];
		EXPECT_EQ(nic_probe(&nic, &stack.pci), 0);
		EXPECT_EQ(nic.mtu, taken[i]);
		nic_remove(&nic);
	}
}

/* ---- open and close ---- */

TEST(opening_hooks_the_interrupt_and_closing_puts_it_back)
{
	start();
	EXPECT(stack.open && stack.broadcast_filter);
	EXPECT_EQ(stack.hooked, 1);
	EXPECT_EQ(stack.line, LINE);
	EXPECT(undi_driver.link_up(&nic));
	end();
	EXPECT(!stack.open);
	EXPECT_EQ(stack.unhooked, 1);
}

TEST(an_open_adapter_is_closed_before_it_is_opened_our_way)
{
	EXPECT_EQ(nic_probe(&nic, &stack.pci), 0);
	stack.open = true;
	EXPECT_EQ(undi_driver.open(&nic), 0);
	end();
}

TEST(a_refused_open_leaves_nothing_hooked)
{
	EXPECT_EQ(nic_probe(&nic, &stack.pci), 0);
	stack.refuse[PXE_UNDI_OPEN] = 0x6a;
	EXPECT_EQ(undi_driver.open(&nic), -EIO);
	EXPECT_EQ(stack.hooked, 0);
	nic_remove(&nic);
}

TEST(an_adapter_without_an_interrupt_is_polled)
{
	static const uint16_t lines[] = { 0, 16, 255 };

	for (unsigned i = 0; i < 3; i++) {
		stack.irq = lines[i];
		start();
		EXPECT_EQ(stack.hooked, 0);
		arrive(1, 60, 1, 0);
		EXPECT(received(1, 60));
		EXPECT(nothing_received());
		end();
	}
}

/* ---- frames ---- */

TEST(frames_come_in_their_order)
{
	start();
	EXPECT(nothing_received());
	arrive(1, 60, 1, 0);
	arrive(2, 1514, 1, 0x1000);
	EXPECT(received(1, 60));
	EXPECT(received(2, 1514));
	EXPECT(nothing_received());
	EXPECT_EQ(nic.stats.rx, 2);
	EXPECT_EQ(stack.processing, 1);
	EXPECT_EQ(stack.done, 1);
	end();
}

TEST(a_frame_in_pieces_is_one_frame)
{
	start();
	arrive(3, 1000, 3, 0);
	EXPECT(received(3, 1000));
	EXPECT(nothing_received());
	EXPECT_EQ(nic.stats.rx, 1);
	end();
}

TEST(reports_of_frames_sent_are_passed_over)
{
	start();
	stack.queue[stack.queued++] = (struct report){ .function = PXE_ISR_OUT_TRANSMIT };
	arrive(4, 60, 1, 0);
	EXPECT(received(4, 60));
	EXPECT(nothing_received());
	end();
}

TEST(what_the_interrupt_announced_is_fetched_though_the_stack_denies_it)
{
	start();
	stack.silent = stack.came = true;
	arrive(5, 60, 1, 0);
	EXPECT(received(5, 60));
	EXPECT(stack.came);             /* its line stays masked until all is fetched */
	EXPECT(nothing_received());
	EXPECT(!stack.came);
	end();
}

TEST(a_stack_that_always_denies_is_asked_all_the_same_now_and_then)
{
	unsigned polls = 0;

	start();
	stack.silent = true;
	arrive(6, 60, 1, 0);
	while (polls < 100 && !received(6, 60))
		polls++;
	EXPECT(polls > 4 && polls < 40);
	EXPECT(nothing_received());
	end();
}

TEST(bad_reports_are_counted_and_what_follows_is_received)
{
	static const struct report bad[] = {
		{ PXE_ISR_OUT_RECEIVE, 1600, 1600, { 0, FRAMES_SEGMENT } },       /* longer than a frame */
		{ PXE_ISR_OUT_RECEIVE, 60, 61, { 0, FRAMES_SEGMENT } },           /* a piece longer than its frame */
		{ PXE_ISR_OUT_RECEIVE, 60, 0xffff, { 0, FRAMES_SEGMENT } },
		{ PXE_ISR_OUT_RECEIVE, 60, 60, { 0xffff, 0xffff } },              /* beyond 1 MiB */
		{ PXE_ISR_OUT_RECEIVE, 13, 13, { 0, FRAMES_SEGMENT } },           /* no header */
		{ PXE_ISR_OUT_RECEIVE, 0, 0, { 0, FRAMES_SEGMENT } },
	};

	start();
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		stack.queue[stack.queued++] = bad[i];
		arrive(7, 60, 1, 0);
		EXPECT(received(7, 60));
		EXPECT(nothing_received());
		EXPECT_EQ(nic.stats.rx_errors, i + 1);
	}
	end();
}

TEST(a_stack_that_never_ends_does_not_keep_us)
{
	start();
	arrive(8, 1000, 1, 0);
	stack.queue[0].buffer_len = 0;
	stack.broken_isr = true;
	EXPECT(nothing_received());
	end();
}

TEST(a_failing_isr_is_nothing_received)
{
	start();
	stack.refuse[PXE_UNDI_ISR] = 1;
	for (unsigned i = 0; i < 40; i++)
		EXPECT(nothing_received());
	end();
}

TEST(a_frame_begun_and_reports_left_over_are_dropped_at_close)
{
	start();
	arrive(9, 1000, 2, 0);
	stack.queued = 1;
	EXPECT(nothing_received());
	arrive(10, 60, 1, 0);
	arrive(11, 60, 1, 0x1000);
	pkt_free(undi_driver.receive(&nic));
	end();
}

TEST(without_packets_frames_are_dropped)
{
	struct pkt *all[2048];
	unsigned count = 0;

	start();
	while (count < 2048 && (all[count] = pkt_alloc()) != NULL)
		count++;
	arrive(12, 60, 1, 0);
	EXPECT(nothing_received());
	EXPECT_EQ(nic.stats.rx_errors, 1);
	while (count)
		pkt_free(all[--count]);
	arrive(13, 60, 1, 0);
	EXPECT(received(13, 60));
	end();
}

TEST(frames_are_sent_as_they_are)
{
	start();
	EXPECT_EQ(send_bytes(60), 0);
	EXPECT_EQ(send_bytes(1514), 0);
	undi_driver.kick(&nic);
	EXPECT_EQ(stack.sent_count, 2);
	EXPECT_EQ(stack.sent_len[0], 60);
	EXPECT_EQ(stack.sent_len[1], 1514);
	EXPECT_EQ(stack.sent[1][1513], 0x5a);
	EXPECT_EQ(nic.stats.tx, 2);
	end();
}

TEST(a_full_stack_is_asked_again_and_then_the_frame_is_lost)
{
	start();
	stack.full = 3;
	EXPECT_EQ(send_bytes(60), 0);
	stack.full = 1000;
	EXPECT_EQ(send_bytes(60), -ENOBUFS);
	EXPECT_EQ(nic.stats.tx_errors, 1);
	stack.full = 0;
	EXPECT_EQ(send_bytes(1600), -ENOBUFS);
	EXPECT_EQ(stack.sent_count, 1);
	end();
}
