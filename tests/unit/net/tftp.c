/* SPDX-License-Identifier: BSD-2-Clause */
/* TFTP transfers, as conversations with a server that is the test. Blocks: tftp_data.c. Whole files from a simulated server: tftp_files.c. */
#include "tests/unit/net/tftp_talk.h"

/* ---- the request ------------------------------------------------------------------------------------------------------------------- */

TEST(asks_for_large_blocks_windows_and_the_size)
{
	begin();
	EXPECT_EQ(open_url("tftp://10.0.2.9/f"), 0);
	EXPECT_EQ(transfer->stage, TRANSFER_CONNECTING);
	EXPECT_EQ(transfer->address, SERVER_IP);
	EXPECT_EQ(transfer->port, 69);
	EXPECT_WHOLE_REQUEST();
	EXPECT(client >= 49152);
	EXPECT_SILENCE(&s);
	end();
}

TEST(blocks_follow_the_mtu)
{
	static const struct { const char *mtu, *blksize; } sizes[] = { { "1400", "1368" }, { "576", "544" }, { "1500", "1468" } };

	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct sim_packet p;

		begin();
		settings_set("net0/mtu", sizes[i].mtu);
		sim_settle(&s);
		EXPECT_EQ(open_url("tftp://10.0.2.9/f"), 0);
		EXPECT(take(&p));
		EXPECT_STR((const char *)p.data + 2 + 2 + 6 + 8, sizes[i].blksize);
		end();
	}
}

TEST(the_url_may_name_another_port)
{
	struct sim_packet p;

	begin();
	EXPECT_EQ(open_url("tftp://10.0.2.9:6969/f"), 0);
	EXPECT(take(&p));
	EXPECT_EQ(p.dst_port, 6969);
	end();
}

TEST(each_request_has_a_port_of_its_own)
{
	uint16_t before;

	ask();
	before = client;
	end();
	ask();
	EXPECT(client != before);
	end();
}

static const char *name_asked_for(const char *url)
{
	static char name[TFTP_REQUEST_MAX];
	struct sim_packet p;
	int rc;

	begin();
	rc = open_url(url);
	EXPECT_EQ(rc, 0);
	name[0] = '\0';
	if (rc == 0 && take(&p))
		snprintf(name, sizeof name, "%s", (const char *)p.data + 2);
	end();
	return name;
}

TEST(the_name_is_the_path_without_its_first_slash)
{
	EXPECT_STR(name_asked_for("tftp://10.0.2.9/pxelinux.0"), "pxelinux.0");
	EXPECT_STR(name_asked_for("tftp://10.0.2.9/a/b/c"), "a/b/c");
	EXPECT_STR(name_asked_for("tftp://10.0.2.9//tftpboot/f"), "/tftpboot/f");
	EXPECT_STR(name_asked_for("tftp://10.0.2.9/dir/"), "dir/");
	EXPECT_STR(name_asked_for("tftp://10.0.2.9/f?query#fragment"), "f");
}

TEST(the_name_is_decoded)
{
	EXPECT_STR(name_asked_for("tftp://10.0.2.9/a%20b%2Fc%25%3f"), "a b/c%?");
	EXPECT_STR(name_asked_for("tftp://10.0.2.9/boot%5Cx86%5cwdsnbp.com"), "boot\\x86\\wdsnbp.com");
	EXPECT_STR(name_asked_for("tftp://10.0.2.9/two words"), "two words");
	EXPECT_STR(name_asked_for("tftp://10.0.2.9/%C3%A9"), "\xc3\xa9");
}

static int open_path(size_t len, char fill)
{
	static char url[70000];
	int rc, at = snprintf(url, sizeof url, "tftp://10.0.2.9/");

	memset(url + at, fill, len);
	url[at + (int)len] = '\0';
	begin();
	rc = open_url(url);
	if (rc != 0)
		EXPECT_SILENCE(&s);
	end();
	return rc;
}

TEST(names_that_no_request_holds_are_refused_before_anything_is_sent)
{
	size_t most = 512 - 2 - 1 - 6 - 13 - 8 - 14;    /* opcode, NUL, mode, three options */
	char text[300];

	EXPECT_EQ(open_path(most, 'x'), 0);
	EXPECT_EQ(open_path(most + 1, 'x'), -EMSGSIZE);
	EXPECT_EQ(open_path(511, 'x'), -EMSGSIZE);
	EXPECT_EQ(open_path(512, 'x'), -EMSGSIZE);
	EXPECT_EQ(open_path(600, 'x'), -EMSGSIZE);
	EXPECT_EQ(open_path(65536, 'x'), -EMSGSIZE);
	error_format(text, sizeof text, -EMSGSIZE);
	EXPECT(strstr(text, "message too long: a file name of 65536 bytes does not fit in a TFTP request"));
}

TEST(names_that_are_none_are_refused)
{
	static const char *const urls[] = { "tftp://10.0.2.9", "tftp://10.0.2.9/", "tftp://10.0.2.9/a%00b", "tftp://10.0.2.9/%00" };

	for (unsigned i = 0; i < sizeof urls / sizeof *urls; i++) {
		begin();
		EXPECT_EQ(open_url(urls[i]), -EINVAL);
		EXPECT(!transfer);
		EXPECT_SILENCE(&s);
		end();
	}
}

TEST(a_server_to_which_there_is_no_way)
{
	begin();
	settings_clear("net0/gateway");
	sim_settle(&s);
	{
		struct transfer_request request = { .address = SIM_ADDR(192, 0, 2, 1), .piece = { 0, RANGE_UNKNOWN } };

		uri_parse("tftp://192.0.2.1/f", &uri);
		request.uri = uri;
		EXPECT_EQ(tftp_scheme.open(&transfer, &talk.user, &s.net, &request, s.now_ms), -ENETUNREACH);
	}
	EXPECT_EQ(talk.ended, 0);
	end();
}

TEST(nothing_is_asked_behind_another_transfer)
{
	struct transfer_request request = { .address = SERVER_IP, .piece = { 0, RANGE_UNKNOWN } };
	struct transfer *second = NULL;

	ask();
	request.uri = uri;
	request.behind = transfer;
	EXPECT_EQ(tftp_scheme.open(&second, &talk.user, &s.net, &request, s.now_ms), -EAGAIN);
	EXPECT(!second);
	EXPECT_SILENCE(&s);
	end();
}

TEST(a_piece_from_the_middle_brings_the_whole_file)
{
	struct transfer_request request = { .address = SERVER_IP, .piece = { 1000, 2000 } };

	begin();
	uri_parse("tftp://10.0.2.9/f", &uri);
	request.uri = uri;
	EXPECT_EQ(tftp_scheme.open(&transfer, &talk.user, &s.net, &request, s.now_ms), 0);
	EXPECT_WHOLE_REQUEST();
	say_block(1, 512, 100);
	EXPECT_EQ(talk.info.piece.start, 0);
	EXPECT(!talk.info.ranges);
	EXPECT(done(100));
	end();
}

/* ---- servers that know no options (RFC 1350) ---------------------------------------------------------------------------------------- */

TEST(a_server_without_options_sends_blocks_of_512)
{
	ask();
	say_block(1, 512, 1200);
	EXPECT_EQ(talk.begun, 1);
	EXPECT(!talk.info.known && !talk.info.ranges);
	EXPECT_EQ(talk.info.piece.end, RANGE_UNKNOWN);
	EXPECT_EQ(transfer->stage, TRANSFER_RECEIVING);
	EXPECT_EQ(take_ack(), 1);
	say_block(2, 512, 1200);
	EXPECT_EQ(take_ack(), 2);
	EXPECT_EQ(talk.arrived, 1024);
	say_block(3, 512, 1200);
	EXPECT_EQ(take_ack(), 3);
	EXPECT(done(1200));
	EXPECT_SILENCE(&s);
	end();
}

TEST(files_of_every_interesting_size)
{
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 1023, 1024, 1025, 5 * 512, 5 * 512 + 1 };

	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		unsigned blocks = (unsigned)(sizes[i] / 512 + 1);

		ask();
		for (uint16_t n = 1; n <= blocks; n++) {
			EXPECT_EQ(talk.ended, 0);
			say_block(n, 512, sizes[i]);
			EXPECT_EQ(take_ack(), n);
		}
		EXPECT(done(sizes[i]));
		EXPECT_EQ(talk.begun, 1);
		end();
	}
}

TEST(a_server_without_options_may_not_send_larger_blocks)
{
	ask();
	say_data(1, 0, 1468);
	EXPECT_EQ(take_error(SERVER_ID), TFTP_ILLEGAL);
	EXPECT(failed(-EPROTO, "a block of 1468 bytes, where 512 were agreed upon"));
	EXPECT_EQ(talk.begun, 0);
	end();
}

/* ---- options (RFC 2347, 2348, 2349, 7440) -------------------------------------------------------------------------------------------- */

TEST(all_options_agreed_upon)
{
	size_t total = 40 * 1468 + 100;

	ask();
	AGREE("blksize\0" "1468\0" "tsize\0" "58820\0" "windowsize\0" "32");
	EXPECT_EQ(transfer->stage, TRANSFER_WAITING);
	for (uint16_t n = 1; n <= 31; n++)
		say_block(n, 1468, total);
	EXPECT(talk.info.known);
	EXPECT_EQ(talk.info.total_bytes, total);
	EXPECT_EQ(talk.info.piece.start, 0);
	EXPECT_EQ(talk.info.piece.end, total);
	EXPECT_SILENCE(&s);
	say_block(32, 1468, total);
	EXPECT_EQ(take_ack(), 32);
	for (uint16_t n = 33; n <= 41; n++)
		say_block(n, 1468, total);
	EXPECT_EQ(take_ack(), 41);
	EXPECT(done(total));
	end();
}

TEST(each_option_alone)
{
	ask();
	AGREE("blksize\0" "1000");
	say_block(1, 1000, 1500);
	EXPECT_EQ(take_ack(), 1);
	EXPECT(!talk.info.known);
	say_block(2, 1000, 1500);
	EXPECT(done(1500));
	end();

	ask();
	AGREE("tsize\0" "600");
	say_block(1, 512, 600);
	EXPECT_EQ(take_ack(), 1);
	EXPECT(talk.info.known);
	say_block(2, 512, 600);
	EXPECT(done(600));
	end();

	ask();
	AGREE("windowsize\0" "2");
	say_block(1, 512, 1300);
	EXPECT_SILENCE(&s);
	say_block(2, 512, 1300);
	EXPECT_EQ(take_ack(), 2);
	say_block(3, 512, 1300);
	EXPECT_EQ(take_ack(), 3);
	EXPECT(done(1300));
	end();
}

TEST(an_acknowledgement_of_no_option_is_one_nevertheless)
{
	ask();
	say_as(SERVER_IP, SERVER_ID, "\0\6", 2);
	EXPECT_EQ(take_ack(), 0);
	say_block(1, 512, 5);
	EXPECT(done(5));
	end();
}

TEST(smaller_values_than_asked_for_are_good)
{
	ask();
	AGREE("blksize\0" "8\0" "windowsize\0" "1");
	say_block(1, 8, 12);
	EXPECT_EQ(take_ack(), 1);
	say_block(2, 8, 12);
	EXPECT(done(12));
	end();
}

/** The server agrees to the options in the literal, and that is refused with ERROR 8. */
#define REFUSES(literal, words)                                        \
	do {                                                           \
		ask();                                                 \
		SAY("\0\6" literal);                                   \
		EXPECT_EQ(take_error(SERVER_ID), TFTP_OPTIONS);        \
		EXPECT(failed(-EPROTO, words));                        \
		EXPECT(!talk.end.broken && !talk.end.connecting);      \
		say_block(1, 512, 100);                                \
		EXPECT_EQ(talk.begun, 0);                              \
		end();                                                 \
	} while (0)

TEST(more_than_was_asked_for_is_refused)
{
	REFUSES("blksize\0" "1469", "10.0.2.9 answered with blksize that");
	REFUSES("blksize\0" "65464", "blksize");
	REFUSES("blksize\0" "65465", "blksize");
	REFUSES("blksize\0" "4294968764", "blksize");   /* 2^32 + 1468 */
	REFUSES("windowsize\0" "65", "windowsize");
	REFUSES("windowsize\0" "4294967297", "windowsize");
}

TEST(values_that_no_option_has_are_refused)
{
	REFUSES("blksize\0" "0", "blksize");
	REFUSES("blksize\0" "1", "blksize");
	REFUSES("blksize\0" "7", "blksize");
	REFUSES("windowsize\0" "0", "windowsize");
	REFUSES("blksize\0" "-8", "options");
	REFUSES("blksize\0" "big", "options");
}

TEST(options_that_were_not_asked_for_are_refused)
{
	REFUSES("foo_blksize_bar\0" "512", "options that were not asked for");
	REFUSES("timeout\0" "1", "options");
	REFUSES("blksize\0" "512\0" "blksize\0" "512", "options");
	REFUSES("blksize", "options");
}

TEST(options_that_end_without_a_nul_are_refused)
{
	ask();
	say_as(SERVER_IP, SERVER_ID, "\0\6blksize\0" "512", 2 + 8 + 3);
	EXPECT_EQ(take_error(SERVER_ID), TFTP_OPTIONS);
	EXPECT(failed(-EPROTO, "options"));
	end();
}

TEST(blocks_larger_than_agreed_upon_are_refused)
{
	ask();
	AGREE("blksize\0" "1000");
	say_data(1, 0, 1001);
	EXPECT_EQ(take_error(SERVER_ID), TFTP_ILLEGAL);
	EXPECT(failed(-EPROTO, "a block of 1001 bytes, where 1000 were agreed upon"));
	EXPECT_EQ(talk.arrived, 0);
	end();
}

TEST(options_that_come_twice_are_acknowledged_twice)
{
	ask();
	AGREE("tsize\0" "600");
	AGREE("tsize\0" "600");
	say_block(1, 512, 600);
	EXPECT_EQ(take_ack(), 1);
	end();
}

TEST(options_are_not_acknowledged_any_more_after_the_first_block)
{
	ask();
	AGREE("tsize\0" "600");
	say_block(1, 512, 600);
	EXPECT_EQ(take_ack(), 1);
	SAY("\0\6tsize\0" "600");
	EXPECT_SILENCE(&s);
	say_block(2, 512, 600);
	EXPECT_EQ(take_ack(), 2);
	EXPECT(done(600));
	end();
}

TEST(options_after_a_block_change_nothing)
{
	ask();
	say_block(1, 512, 600);
	EXPECT_EQ(take_ack(), 1);
	SAY("\0\6blksize\0" "8");
	EXPECT_SILENCE(&s);
	say_block(2, 512, 600);
	EXPECT(done(600));
	end();
}

TEST(a_lost_acknowledgement_of_options_is_sent_again_after_a_second)
{
	ask();
	AGREE("tsize\0" "600");
	sim_advance(&s, 999);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	EXPECT_EQ(take_ack(), 0);
	say_block(1, 512, 600);
	EXPECT_EQ(take_ack(), 1);
	end();
}

/* ---- servers that refuse options ------------------------------------------------------------------------------------------------------ */

TEST(a_server_that_refuses_options_is_asked_without)
{
	static const char *const answers[] = { "\0\5\0\x08" "options", "\0\5\0\0" "odd", "\0\5\0\4" "illegal operation" };

	for (unsigned i = 0; i < sizeof answers / sizeof *answers; i++) {
		uint16_t before;

		ask();
		before = client;
		say_as(SERVER_IP, SERVER_ID, answers[i], 4 + strlen(answers[i] + 4) + 1);
		EXPECT_PLAIN_REQUEST();
		EXPECT(client != before);
		EXPECT_EQ(talk.ended, 0);
		say_as(SERVER_IP, SERVER_ID + 1, "\0\3\0\1x", 5);
		EXPECT_EQ(talk.ended, 1);
		EXPECT_EQ(talk.end.how, TRANSFER_DONE);
		EXPECT_EQ(talk.arrived, 1);
		EXPECT_EQ(talk.bytes[0], 'x');
		end();
	}
}

TEST(what_a_server_says_to_a_request_without_options_counts)
{
	ask();
	SAY("\0\5\0\0" "odd");
	EXPECT_PLAIN_REQUEST();
	SAY("\0\5\0\0" "really odd");
	EXPECT(failed(-EIO, "TFTP error 0 \"really odd\": f"));
	EXPECT(!talk.end.connecting && !talk.end.broken);
	EXPECT_SILENCE(&s);
	end();
}

TEST(options_are_refused_when_none_were_asked_for)
{
	ask();
	SAY("\0\5\0\x08" "no");
	EXPECT_PLAIN_REQUEST();
	SAY("\0\6blksize\0" "512");
	EXPECT_EQ(take_error(SERVER_ID), TFTP_OPTIONS);
	EXPECT(failed(-EPROTO, "options that were not asked for"));
	end();
}

TEST(the_old_port_is_closed_when_it_asks_anew)
{
	uint16_t before;
	struct sim_packet p;

	ask();
	before = client;
	SAY("\0\5\0\x08" "no");
	EXPECT_PLAIN_REQUEST();
	client = before;
	say_block(1, 512, 100);
	EXPECT(sim_take_protocol(&s, 1, &p));
	EXPECT_EQ(p.icmp_type, 3);
	EXPECT_EQ(p.icmp_code, 3);
	EXPECT_EQ(talk.ended, 0);
	end();
}

/* Where DATA of full size does not get through, the acknowledgement of options does. */
TEST(options_that_no_block_follows_are_given_up)
{
	uint32_t asked_ms;

	ask();
	AGREE("blksize\0" "1468");
	asked_ms = s.now_ms;
	sim_advance(&s, 6999);
	EXPECT_EQ(take_ack(), 0);
	EXPECT_EQ(take_ack(), 0);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	EXPECT_EQ(take_error(SERVER_ID), TFTP_OTHER);
	EXPECT_PLAIN_REQUEST();
	EXPECT_EQ(s.now_ms - asked_ms, 7000);
	say_block(1, 512, 100);
	EXPECT(done(100));
	end();
}

/** A server that never says anything of use is given up, not asked for ever. */
TEST(blocks_that_make_no_sense_are_no_answer)
{
	ask();
	say_data(9, 0, 512);
	sim_advance(&s, 6999);
	EXPECT_EQ(take_ack(), 0);
	EXPECT_EQ(take_ack(), 0);
	sim_advance(&s, 1);
	EXPECT_EQ(take_error(SERVER_ID), TFTP_OTHER);
	EXPECT_PLAIN_REQUEST();
	say_data(9, 0, 512);
	sim_advance(&s, 14999);
	EXPECT_EQ(talk.ended, 0);
	sim_advance(&s, 1);
	EXPECT(failed(-ETIMEDOUT, "no data for 15 s from 10.0.2.9"));
	end();
}

/* ---- transfer identifiers (RFC 1350 4) -------------------------------------------------------------------------------------------------- */

TEST(nothing_from_another_address_is_taken)
{
	uint8_t block[] = { 0, 3, 0, 1, 'e', 'v', 'i', 'l' };

	ask();
	say_as(OTHER_IP, SERVER_ID, block, sizeof block);
	say_as(OTHER_IP, 69, block, sizeof block);
	say_as(OTHER_IP, 69, "\0\5\0\1gone", 9);
	say_as(OTHER_IP, 69, "\0\6blksize\0" "512", 14);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.begun + talk.ended, 0);
	say_block(1, 512, 600);
	EXPECT_EQ(take_ack(), 1);
	block[3] = 2;
	say_as(OTHER_IP, SERVER_ID, block, sizeof block);
	say_as(OTHER_IP, SERVER_ID, "\0\5\0\1gone", 9);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.ended, 0);
	say_block(2, 512, 600);
	EXPECT(done(600));
	end();
}

TEST(another_port_of_the_server_is_told_so_and_the_transfer_goes_on)
{
	uint8_t block[] = { 0, 3, 0, 2, 'e', 'v', 'i', 'l' };

	ask();
	say_block(1, 512, 600);
	EXPECT_EQ(take_ack(), 1);
	say_as(SERVER_IP, 4000, block, sizeof block);
	EXPECT_EQ(take_error(4000), TFTP_UNKNOWN_ID);
	say_as(SERVER_IP, 4000, "\0\6blksize\0" "512", 14);
	EXPECT_EQ(take_error(4000), TFTP_UNKNOWN_ID);
	EXPECT_EQ(talk.ended, 0);
	say_block(2, 512, 600);
	EXPECT_EQ(take_ack(), 2);
	EXPECT(done(600));
	end();
}

TEST(an_error_from_another_port_is_not_answered_and_changes_nothing)
{
	ask();
	say_block(1, 512, 600);
	EXPECT_EQ(take_ack(), 1);
	say_as(SERVER_IP, 4000, "\0\5\0\1gone", 9);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.ended, 0);
	end();
}

/* Both copies of a request that was sent twice are answered, each from a port of its own. */
TEST(the_first_answer_to_a_repeated_request_counts)
{
	ask();
	sim_advance(&s, 1000);
	EXPECT_WHOLE_REQUEST();
	AGREE("tsize\0" "5");
	say_as(SERVER_IP, SERVER_ID + 1, "\0\6tsize\0" "5", 10);
	EXPECT_EQ(take_error(SERVER_ID + 1), TFTP_UNKNOWN_ID);
	say_block(1, 512, 5);
	EXPECT(done(5));
	end();
}

TEST(what_is_no_message_to_a_client_is_dropped)
{
	static const char *const messages[] = { "\0\1f\0octet", "\0\2f\0octet", "\0\4\0\1", "\0\7\0\1", "\0\0\0\0", "\xff\xff\0\1" };
	uint32_t dropped;

	ask();
	dropped = s.netif.counters.rx_dropped;
	for (unsigned i = 0; i < sizeof messages / sizeof *messages; i++)
		for (size_t len = 0; len <= 4; len++)
			say_as(SERVER_IP, SERVER_ID, messages[i], len);
	for (size_t len = 0; len < 4; len++)
		say_as(SERVER_IP, SERVER_ID, "\0\3\0\1", len);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.begun + talk.ended, 0);
	EXPECT_EQ(s.netif.counters.rx_dropped - dropped, 6 * 5 + 4);
	AGREE("tsize\0" "5");                   /* none of these was an answer */
	end();
}

/* ---- errors -------------------------------------------------------------------------------------------------------------------------- */

TEST(a_file_that_is_not_there)
{
	ask();
	SAY("\0\5\0\1" "File not found");
	EXPECT(failed(-ENOENT, "not found: TFTP error 1 \"File not found\": f"));
	EXPECT(!talk.end.connecting && !talk.end.broken);
	EXPECT_SILENCE(&s);
	end();
}

TEST(a_file_that_may_not_be_read)
{
	ask();
	SAY("\0\5\0\2" "Access violation");
	EXPECT(failed(-EACCES, "access denied: TFTP error 2 \"Access violation\": f"));
	EXPECT(!talk.end.connecting && !talk.end.broken);
	end();
}

TEST(what_a_server_says_is_shown_without_its_control_characters)
{
	ask();
	SAY("\0\5\0\3" "\033[2Jdisk\r\nfull\xe9");
	EXPECT(failed(-EIO, "TFTP error 3 \"?[2Jdisk??full?\": f"));
	end();
}

TEST(an_error_in_mid_transfer_is_a_broken_connection)
{
	ask();
	say_block(1, 512, 2000);
	SAY("\0\5\0\0" "shutting down");
	EXPECT(failed(-EIO, "TFTP error 0 \"shutting down\": f"));
	EXPECT(talk.end.broken && !talk.end.connecting);
	end();
}

/* ---- silence ------------------------------------------------------------------------------------------------------------------------- */

TEST(a_silent_server_is_asked_4_times_in_15_seconds)
{
	uint32_t asked_ms;

	ask();
	asked_ms = s.now_ms;
	for (unsigned i = 0; i < 3; i++) {
		sim_advance(&s, (1000u << i) - 1);
		EXPECT_SILENCE(&s);
		sim_advance(&s, 1);
		EXPECT_WHOLE_REQUEST();
	}
	sim_advance(&s, 7999);
	EXPECT_EQ(talk.ended, 0);
	sim_advance(&s, 1);
	EXPECT_EQ(s.now_ms - asked_ms, 15000);
	EXPECT(failed(-ETIMEDOUT, "no reply to 4 TFTP requests from 10.0.2.9"));
	EXPECT(talk.end.connecting && !talk.end.broken);
	EXPECT_SILENCE(&s);
	end();
}

TEST(a_server_that_falls_silent_before_the_first_block)
{
	uint32_t agreed_ms;

	ask();
	AGREE("blksize\0" "1468");
	agreed_ms = s.now_ms;
	sim_advance(&s, 21999);                         /* 7 s, then 4 requests without options */
	EXPECT_EQ(talk.ended, 0);
	sim_advance(&s, 1);
	EXPECT_EQ(s.now_ms - agreed_ms, 22000);
	EXPECT(failed(-ETIMEDOUT, "no reply to 4 TFTP requests from 10.0.2.9"));
	EXPECT(talk.end.broken && !talk.end.connecting);
	end();
}

TEST(a_server_that_starts_late_is_heard)
{
	ask();
	sim_advance(&s, 3000);
	EXPECT_WHOLE_REQUEST();
	EXPECT_WHOLE_REQUEST();
	sim_advance(&s, 11900);
	say_block(1, 512, 10);
	EXPECT(done(10));
	end();
}

TEST(a_server_that_falls_silent_is_asked_for_30_seconds)
{
	static const uint32_t waits_ms[] = { 1000, 2000, 4000, 8000 };
	uint32_t heard_ms;

	ask();
	say_block(1, 512, 2000);
	EXPECT_EQ(take_ack(), 1);
	heard_ms = s.now_ms;
	EXPECT_EQ(tftp_scheme.heard_ms(transfer), heard_ms);
	for (unsigned i = 0; i < 4; i++) {
		sim_advance(&s, waits_ms[i] - 1);
		EXPECT_SILENCE(&s);
		sim_advance(&s, 1);
		EXPECT_EQ(take_ack(), 1);
	}
	sim_advance(&s, 14999);
	EXPECT_EQ(talk.ended, 0);
	sim_advance(&s, 1);
	EXPECT_EQ(s.now_ms - heard_ms, 30000);
	EXPECT_EQ(take_error(SERVER_ID), TFTP_OTHER);
	EXPECT(failed(-ETIMEDOUT, "no data for 30 s from 10.0.2.9"));
	EXPECT(talk.end.broken && !talk.end.connecting);
	end();
}

TEST(a_server_that_comes_back_goes_on_where_it_was)
{
	ask();
	say_block(1, 512, 600);
	EXPECT_EQ(take_ack(), 1);
	sim_advance(&s, 29000);
	sim_discard(&s);
	say_block(2, 512, 600);
	EXPECT_EQ(take_ack(), 2);
	EXPECT(done(600));
	end();
}

TEST(each_block_begins_the_wait_anew)
{
	ask();
	for (uint16_t n = 1; n <= 5; n++) {
		say_block(n, 512, 9000);
		EXPECT_EQ(take_ack(), n);
		sim_advance(&s, 20000);
		sim_discard(&s);
		EXPECT_EQ(talk.ended, 0);
	}
	end();
}

TEST(old_blocks_are_no_sign_of_progress)
{
	ask();
	say_block(1, 512, 9000);
	for (unsigned i = 0; i < 300; i++) {
		sim_advance(&s, 99);
		say_block(1, 512, 9000);
		EXPECT_EQ(talk.arrived, 512);
	}
	EXPECT_EQ(s.now_ms - tftp_scheme.heard_ms(transfer), 29700);
	end();
}

TEST(a_server_that_nobody_is_at_is_said_at_once)
{
	struct sim_packet p;
	uint8_t packet[128], quote[28];

	begin();
	EXPECT_EQ(open_url("tftp://10.0.2.9/f"), 0);
	EXPECT(take(&p));
	memcpy(quote, p.ip, 28);
	sim_put32(quote + 16, OTHER_IP);                /* about a packet to somebody else */
	sim_send_ip(&s, packet, sim_build_icmp(packet, SERVER_IP, SIM_IP, 3, 3, 0, quote, 28));
	EXPECT_EQ(talk.ended, 0);
	sim_put32(quote + 16, SERVER_IP);
	sim_send_ip(&s, packet, sim_build_icmp(packet, SERVER_IP, SIM_IP, 3, 3, 0, quote, 28));
	EXPECT(failed(-ECONNREFUSED, "connection refused: 10.0.2.9 port 69"));
	EXPECT(talk.end.connecting && !talk.end.broken);
	end();
}

TEST(a_server_that_is_gone_in_mid_transfer_is_said_at_once)
{
	struct sim_packet p;
	uint8_t packet[128], quote[28];

	ask();
	say_block(1, 512, 2000);
	EXPECT(take(&p));
	memcpy(quote, p.ip, 28);
	sim_send_ip(&s, packet, sim_build_icmp(packet, SERVER_IP, SIM_IP, 3, 1, 0, quote, 28));
	EXPECT_EQ(talk.ended, 0);                       /* "host unreachable" may pass */
	sim_send_ip(&s, packet, sim_build_icmp(packet, SERVER_IP, SIM_IP, 3, 3, 0, quote, 28));
	EXPECT(failed(-ECONNRESET, "connection reset: got 512 bytes"));
	EXPECT(talk.end.broken && !talk.end.connecting);
	end();
}

TEST(a_host_that_is_not_there)
{
	begin();
	{
		struct transfer_request request = { .address = SIM_ADDR(10, 0, 2, 77), .piece = { 0, RANGE_UNKNOWN } };

		uri_parse("tftp://10.0.2.77/f", &uri);
		request.uri = uri;
		EXPECT_EQ(tftp_scheme.open(&transfer, &talk.user, &s.net, &request, s.now_ms), 0);
	}
	sim_advance(&s, 10000);
	EXPECT(failed(-EHOSTUNREACH, "host unreachable: no ARP reply from 10.0.2.77"));
	EXPECT(talk.end.connecting);
	end();
}

/* ---- we end it ------------------------------------------------------------------------------------------------------------------------- */

TEST(closing_tells_the_server)
{
	ask();
	say_block(1, 512, 2000);
	EXPECT_EQ(take_ack(), 1);
	tftp_scheme.close(transfer, s.now_ms);
	transfer = NULL;
	EXPECT_EQ(take_error(SERVER_ID), TFTP_OTHER);
	say_block(2, 512, 2000);
	EXPECT_EQ(talk.arrived, 512);
	EXPECT_EQ(talk.ended, 0);
	end();
}

TEST(closing_before_an_answer_or_after_the_end_is_silent)
{
	ask();
	tftp_scheme.close(transfer, s.now_ms);
	transfer = NULL;
	EXPECT_SILENCE(&s);
	end();

	ask();
	say_block(1, 512, 100);
	EXPECT_EQ(take_ack(), 1);
	tftp_scheme.close(transfer, s.now_ms);
	transfer = NULL;
	EXPECT_SILENCE(&s);
	end();
}

TEST(nothing_that_comes_after_the_end_is_taken)
{
	ask();
	say_block(1, 512, 100);
	EXPECT(done(100));
	sim_discard(&s);
	say_block(1, 512, 100);
	SAY("\0\5\0\1" "late");
	sim_advance(&s, 60000);
	EXPECT_EQ(talk.ended, 1);
	EXPECT_EQ(talk.arrived, 100);
	end();
}

TEST(packets_that_run_out_cost_time_only)
{
	struct pkt *held[2048];
	unsigned count = 0;

	ask();
	say_block(1, 512, 600);
	EXPECT_EQ(take_ack(), 1);
	/* one block comes in, and its acknowledgement finds no packet */
	while ((held[count] = pkt_alloc()) != NULL)
		count++;
	pkt_free(held[--count]);
	say_block(2, 512, 1600);
	EXPECT_EQ(talk.arrived, 1024);
	while (count)
		pkt_free(held[--count]);
	sim_discard(&s);
	sim_advance(&s, 1000);
	EXPECT_EQ(take_ack(), 2);
	end();
}

TEST(no_memory_for_a_transfer)
{
	begin();
	uri_parse("tftp://10.0.2.9/f", &uri);
	{
		struct transfer_request request = { .uri = uri, .address = SERVER_IP, .piece = { 0, RANGE_UNKNOWN } };

		heap_fail_after(1);
		EXPECT_EQ(tftp_scheme.open(&transfer, &talk.user, &s.net, &request, s.now_ms), -ENOMEM);
		EXPECT(!transfer);
		heap_fail_after(0);
	}
	end();
}

TEST(the_round_trip_is_measured)
{
	ask();
	sim_advance(&s, 30);
	AGREE("tsize\0" "5");
	EXPECT_EQ(transfer->rtt_ms, 30);
	end();
}
