/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/arch/pxe_servers.h"

#define PEER SIM_ADDR(10, 0, 2, 9)

static unsigned udp_open(void)
{
	struct pxe_udp_open open = { .src_ip = net32(SIM_IP) };

	return call(PXE_UDP_OPEN, &open);
}

static unsigned udp_close(void)
{
	struct pxe_udp_close close = { 0 };

	return call(PXE_UDP_CLOSE, &close);
}

static void begin(void)
{
	host_reset();
	session_begin();
	sim_add_host(&s, PEER);
	EXPECT_EQ(udp_open(), PXENV_STATUS_SUCCESS);
}

static void end(void)
{
	pxe_transport_end();
	session_end();
}

static unsigned udp_write(uint32_t ip, uint16_t src, uint16_t dst, uint16_t len)
{
	struct pxe_udp_write write = { .ip = net32(ip), .src_port = net16(src), .dest_port = net16(dst), .buffer_size = len, .buffer = far(0) };

	return call(PXE_UDP_WRITE, &write);
}

static struct pxe_udp_read got;

static unsigned udp_read(uint32_t ip, uint16_t port, uint16_t room)
{
	got = (struct pxe_udp_read){ .dest_ip = net32(ip), .dest_port = net16(port), .buffer_size = room, .buffer = far(0x4000) };
	return call(PXE_UDP_READ, &got);
}

static void arrive(uint16_t from, uint16_t to, const char *text)
{
	sim_send_udp(&s, &(struct sim_udp){ .src = PEER, .dst = SIM_IP, .src_port = from, .dst_port = to, .data = text, .len = strlen(text) });
}

TEST(a_datagram_goes_out_as_it_was_written)
{
	struct sim_packet p;

	begin();
	memcpy(data_at(0), "hello", 5);
	EXPECT_EQ(udp_write(PEER, 50000, 69, 5), PXENV_STATUS_SUCCESS);
	EXPECT(sim_take_protocol(&s, 17, &p));
	EXPECT_EQ(p.src_port, 50000);
	EXPECT_EQ(p.dst_port, 69);
	EXPECT_EQ(p.dst, PEER);
	EXPECT_EQ(p.data_len, 5);
	EXPECT_MEM(p.data, "hello", 5);
	end();
}

TEST(a_port_of_zero_is_2069)
{
	struct sim_packet p;

	begin();
	EXPECT_EQ(udp_write(PEER, 0, 69, 5), PXENV_STATUS_SUCCESS);
	EXPECT(sim_take_protocol(&s, 17, &p));
	EXPECT_EQ(p.src_port, 2069);
	end();
}

TEST(an_answer_is_read_with_where_it_came_from)
{
	begin();
	udp_write(PEER, 50000, 69, 5);
	arrive(1234, 50000, "an answer");
	EXPECT_EQ(udp_read(SIM_IP, 50000, 100), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(got.src_ip, net32(PEER));
	EXPECT_EQ(got.dest_ip, net32(SIM_IP));
	EXPECT_EQ(got.src_port, net16(1234));
	EXPECT_EQ(got.dest_port, net16(50000));
	EXPECT_EQ(got.buffer_size, 9);
	EXPECT_MEM(data_at(0x4000), "an answer", 9);
	EXPECT_EQ(udp_read(SIM_IP, 50000, 100), PXENV_STATUS_FAILURE);
	end();
}

TEST(nothing_here_fails_at_once)
{
	begin();
	EXPECT_EQ(udp_read(0, 0, 100), PXENV_STATUS_FAILURE);
	EXPECT_EQ(s.now_ms, s.start_ms);
	end();
}

TEST(each_port_has_its_own_datagrams)
{
	begin();
	for (uint16_t port = 50000; port < 50010; port++)
		udp_write(PEER, port, 69, 5);
	arrive(1, 50003, "three");
	arrive(1, 50007, "seven");
	arrive(1, 50003, "third");
	EXPECT_EQ(udp_read(SIM_IP, 50007, 100), PXENV_STATUS_SUCCESS);
	EXPECT_MEM(data_at(0x4000), "seven", 5);
	EXPECT_EQ(udp_read(SIM_IP, 50003, 100), PXENV_STATUS_SUCCESS);
	EXPECT_MEM(data_at(0x4000), "three", 5);
	EXPECT_EQ(udp_read(0, 0, 100), PXENV_STATUS_SUCCESS);
	EXPECT_MEM(data_at(0x4000), "third", 5);
	end();
}

TEST(a_port_is_heard_from_when_it_is_first_read_at)
{
	begin();
	EXPECT_EQ(udp_read(SIM_IP, 4011, 100), PXENV_STATUS_FAILURE);
	arrive(1, 4011, "now");
	EXPECT_EQ(udp_read(SIM_IP, 4011, 100), PXENV_STATUS_SUCCESS);
	end();
}

TEST(ports_beyond_the_table_replace_the_one_not_named_for_longest)
{
	struct sim_packet p;

	begin();
	for (uint16_t port = 50000; port < 50064; port++)
		EXPECT_EQ(udp_write(PEER, port, 69, 5), PXENV_STATUS_SUCCESS);
	sim_discard(&s);
	arrive(1, 50000, "gone");
	EXPECT(sim_take_protocol(&s, 1, &p));           /* nobody is there any more: ICMP says so */
	arrive(1, 50063, "here");
	EXPECT_EQ(udp_read(0, 50063, 100), PXENV_STATUS_SUCCESS);
	end();
}

TEST(a_datagram_for_another_address_is_not_read)
{
	begin();
	udp_write(PEER, 50000, 69, 5);
	arrive(1, 50000, "ours");
	EXPECT_EQ(udp_read(SIM_ADDR(10, 0, 2, 16), 50000, 100), PXENV_STATUS_FAILURE);
	EXPECT_EQ(udp_read(SIM_IP, 50000, 100), PXENV_STATUS_SUCCESS);
	end();
}

TEST(a_datagram_larger_than_the_room_is_cut)
{
	begin();
	udp_write(PEER, 50000, 69, 5);
	arrive(1, 50000, "0123456789");
	memset(data_at(0x4000), FENCE, 20);
	EXPECT_EQ(udp_read(SIM_IP, 50000, 4), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(got.buffer_size, 4);
	EXPECT_MEM(data_at(0x4000), "0123\xa5\xa5", 6);
	end();
}

TEST(what_nobody_reads_is_bounded)
{
	begin();
	udp_write(PEER, 50000, 69, 5);
	for (unsigned i = 0; i < 1000; i++)
		arrive(1, 50000, "flood");
	EXPECT(host_heap_held() < 20000);
	for (unsigned i = 0; i < 32; i++)
		EXPECT_EQ(udp_read(0, 0, 100), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(udp_read(0, 0, 100), PXENV_STATUS_FAILURE);
	end();
}

TEST(open_and_closed_are_told_apart)
{
	begin();
	EXPECT_EQ(udp_open(), PXENV_STATUS_UDP_OPEN);
	arrive(1, 50000, "x");
	EXPECT_EQ(udp_close(), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(udp_close(), PXENV_STATUS_UDP_CLOSED);
	EXPECT_EQ(udp_write(PEER, 1, 1, 1), PXENV_STATUS_UDP_CLOSED);
	EXPECT_EQ(udp_read(0, 0, 100), PXENV_STATUS_UDP_CLOSED);
	end();
}

TEST(a_datagram_that_does_not_fit_a_packet_is_refused)
{
	begin();
	EXPECT_EQ(udp_write(PEER, 1024, 69, 1472), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(udp_write(PEER, 1024, 69, 1473), PXENV_STATUS_OUT_OF_RESOURCES);
	EXPECT_EQ(udp_write(PEER, 1024, 69, 65535), PXENV_STATUS_OUT_OF_RESOURCES);
	end();
}

TEST(buffers_and_hosts_that_are_none_are_refused)
{
	struct pxe_udp_write write = { .ip = net32(PEER), .src_port = 1, .dest_port = 1, .buffer_size = 16, .buffer = { 0, HOST_RESIDENT >> 4 } };
	struct pxe_udp_read read = { .buffer_size = 16, .buffer = { 8, HOST_RESIDENT >> 4 } };

	begin();
	EXPECT_EQ(call(PXE_UDP_WRITE, &write), PXENV_STATUS_FAILURE);
	EXPECT_EQ(call(PXE_UDP_READ, &read), PXENV_STATUS_FAILURE);
	EXPECT_EQ(udp_write(SIM_ADDR(127, 0, 0, 1), 1024, 69, 5), PXENV_STATUS_FAILURE);
	EXPECT_EQ(udp_write(0, 1024, 69, 5), PXENV_STATUS_FAILURE);
	EXPECT_EQ(udp_write(SIM_IP, 1024, 69, 5), PXENV_STATUS_FAILURE);
	end();
}

TEST(a_callers_gateway_is_taken_for_hosts_elsewhere)
{
	struct pxe_udp_write write = { .ip = net32(SIM_ADDR(192, 0, 2, 1)), .gateway = net32(PEER), .src_port = net16(1024), .dest_port = net16(69),
	                               .buffer_size = 4, .buffer = far(0) };
	struct sim_packet p;
	uint8_t mac[6];

	begin();
	EXPECT_EQ(call(PXE_UDP_WRITE, &write), PXENV_STATUS_SUCCESS);
	EXPECT(sim_take_protocol(&s, 17, &p));
	sim_mac(PEER, mac);
	EXPECT_MEM(p.frame, mac, 6);
	end();
}

TEST(without_a_network_udp_says_so)
{
	begin();
	pxe_state.undi_open = true;
	EXPECT_EQ(udp_write(PEER, 1024, 69, 5), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(udp_read(0, 0, 100), PXENV_STATUS_UNDI_INVALID_STATE);
	udp_close();
	EXPECT_EQ(udp_open(), PXENV_STATUS_UNDI_INVALID_STATE);
	pxe_state.undi_open = false;
	end();
}
