/* SPDX-License-Identifier: BSD-2-Clause */
/* usr/remote_disk.c: sectors of a file on a simulated web server; every byte compared, whatever the reader's ways and the server's. */
#include "usr/remote_disk.h"

#include "image/space.h"
#include "tests/unit/net/fetch_web.h"

enum { SECTOR = 512 };

static struct block_device *disk;
static uint8_t data[4 << 20];

static int open_disk(const char *url)
{
	struct uri *uri;
	int rc = uri_parse(url, &uri);

	host_clock_set(s.now_ms);
	space_init();
	if (rc == 0)
		rc = remote_disk_open(&disk, &s.net, uri, false);
	uri_free(uri);
	while (rc == 0 && (rc = remote_disk_ready(disk)) == -EINPROGRESS) {
		sim_advance(&s, 1);
		host_clock_set(s.now_ms);
		rc = 0;
	}
	return rc;
}

static void begin_disk(uint64_t size)
{
	begin_web(size, "\"v1\"");
	EXPECT_EQ(open_disk("http://10.0.2.9/disk.img"), 0);
	EXPECT(disk->blocks == (size + SECTOR - 1) / SECTOR);
}

static void end_disk(void)
{
	if (disk)
		disk->close(disk);
	disk = NULL;
	sim_advance(&s, 2000);
	end();
}

/** Read; how many ms that took, or an error. */
static int take(uint64_t first, uint32_t count)
{
	uint32_t start_ms = s.now_ms;
	int rc;

	while ((rc = disk->read(disk, first, count, data)) == -EINPROGRESS && s.now_ms - start_ms < 1000000) {
		sim_advance(&s, 1);
		host_clock_set(s.now_ms);
	}
	return rc ? rc : (int)(s.now_ms - start_ms);
}

static bool right(uint64_t first, uint32_t count)
{
	for (uint64_t i = 0; i < (uint64_t)count * SECTOR; i++) {
		uint64_t at = first * SECTOR + i;

		if (data[i] != (at < file.size ? server_byte(SEED, at) : 0)) {
			printf("byte %llu differs\n", (unsigned long long)at);
			return false;
		}
	}
	return true;
}

static void expect_sectors(uint64_t first, uint32_t count)
{
	memset(data, 0xee, (size_t)count * SECTOR);
	EXPECT(take(first, count) >= 0);
	EXPECT(right(first, count));
}

TEST(sectors_come_from_anywhere)
{
	begin_disk(3 * MB + 1000);
	expect_sectors(0, 1);
	expect_sectors(6000, 64);
	expect_sectors(17, 3);
	expect_sectors(disk->blocks - 1, 1);
	expect_sectors(disk->blocks - 130, 130);
	EXPECT_EQ(file.wholes, 0);
	end_disk();
}

TEST(a_disk_of_five_gib_has_a_last_sector)
{
	begin_disk((5ull << 30) + 512);
	expect_sectors((5ull << 30) / SECTOR, 1);
	expect_sectors((5ull << 30) / SECTOR - 100, 101);
	EXPECT(remote_disk_fetched(disk) < 200 << 10);
	end_disk();
}

TEST(what_is_written_reads_back_and_goes_nowhere)
{
	uint8_t written[3 * SECTOR];

	begin_disk(1 * MB);
	memset(written, 0x5a, sizeof(written));
	EXPECT_EQ(disk->write(disk, 70, 3, written), 0);
	EXPECT(take(68, 8) >= 0);
	EXPECT_MEM(data + 2 * SECTOR, written, sizeof(written));
	for (unsigned i = 0; i < 2 * SECTOR; i++)
		EXPECT_EQ(data[i], server_byte(SEED, 68 * SECTOR + i));
	for (unsigned i = 5 * SECTOR; i < 8 * SECTOR; i++)
		EXPECT_EQ(data[i], server_byte(SEED, 68 * SECTOR + i));
	end_disk();
}

TEST(a_read_only_disk_is_not_written)
{
	begin_disk(1 * MB);
	disk->read_only = true;
	EXPECT_EQ(disk->write(disk, 7, 1, data), -EROFS);
	expect_sectors(7, 1);
	end_disk();
}

TEST(writes_end_when_memory_does_and_reads_go_on)
{
	uint64_t at = 0;

	begin_disk(64 * MB);
	memset(data, 1, 64 * SECTOR);
	while (at < disk->blocks && disk->write(disk, at, 64, data) == 0)
		at += 64;
	EXPECT(at < disk->blocks);
	EXPECT(take(0, 1) >= 0);
	EXPECT_EQ(data[0], 1);
	expect_sectors(at + 64, 8);
	end_disk();
}

TEST(a_file_that_changes_gives_no_wrong_sector)
{
	begin_disk(16 * MB);
	expect_sectors(100, 8);
	file.etag = "\"v2\"";
	file.seed = SEED + 1;
	EXPECT_EQ(take(20000, 8), -ESTALE);
	EXPECT_EQ(take(100, 8), -ESTALE);
	end_disk();
}

TEST(a_file_that_shrinks_gives_no_wrong_sector)
{
	begin_disk(16 * MB);
	file.size = 1 * MB;
	EXPECT(take(20000, 8) < 0);
	end_disk();
}

TEST(a_call_that_is_given_up_does_no_harm)
{
	begin_disk(16 * MB);
	EXPECT_EQ(disk->read(disk, 9000, 64, data), -EINPROGRESS);
	disk->abandon(disk);
	expect_sectors(20, 5);
	expect_sectors(9000, 64);
	end_disk();
}

TEST(a_file_smaller_than_the_head_is_a_disk)
{
	begin_disk(5000);
	expect_sectors(0, 10);
	end_disk();
}

TEST(an_error_of_the_server_is_its_error)
{
	begin_web(3 * MB, "\"v1\"");
	server.answer = answer_canned;
	canned = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
	EXPECT_EQ(open_disk("http://10.0.2.9/disk.img"), -ENOENT);
	end_disk();
}

TEST(nothing_is_left_of_a_disk)
{
	size_t before;

	begin_web(8 * MB, "\"v1\"");
	before = heap_free_bytes();
	EXPECT_EQ(open_disk("http://10.0.2.9/disk.img"), 0);
	expect_sectors(3000, 64);
	EXPECT_EQ(disk->read(disk, 9000, 64, data), -EINPROGRESS);
	EXPECT_EQ(disk->write(disk, 0, 64, data), 0);
	disk->close(disk);
	disk = NULL;
	sim_advance(&s, 20000);
	EXPECT_EQ(heap_free_bytes(), before);
	end_disk();
}
