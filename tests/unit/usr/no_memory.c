/* SPDX-License-Identifier: BSD-2-Clause */
/* Every allocation on the way from the start to a boot plan fails, each alone and with all that follow it: of the heap, of packets, and of room
 * for images. An error says so, or it goes on without; nothing is left behind; and once there is memory again, the same shell boots. */
#include "tests/unit/usr/wired.h"

#include "image/image.h"
#include "tests/unit/image/images.h"

/* ---- memory that says no ---------------------------------------------------------------------------------------------------------------- */

#define heap_alloc_aligned really_alloc_aligned
#define heap_alloc really_alloc
#define heap_zalloc really_zalloc
#define heap_strdup really_strdup
#include "core/heap.c"
#undef heap_alloc_aligned
#undef heap_alloc
#undef heap_zalloc
#undef heap_strdup
#define pkt_alloc really_take_packet
#include "net/pkt.c"
#undef pkt_alloc
#define space_alloc really_take_space
#define space_grow really_take_gap
#include "image/space.c"
#undef space_alloc
#undef space_grow

static enum kind { HEAP, PACKETS, SPACE } kind;         /* what fails */
static unsigned allocations, fails_at;          /* of that kind; the first one that fails; 0: none does */
static bool all_that_follow;

static bool refused(enum kind k)
{
	allocations += k == kind;
	return k == kind && fails_at && (allocations == fails_at || (all_that_follow && allocations > fails_at));
}

void *heap_alloc_aligned(size_t size, size_t align) { return refused(HEAP) ? NULL : really_alloc_aligned(size, align); }
void *heap_alloc(size_t size) { return refused(HEAP) ? NULL : really_alloc(size); }
void *heap_zalloc(size_t size) { return refused(HEAP) ? NULL : really_zalloc(size); }
char *heap_strdup(const char *s) { return refused(HEAP) ? NULL : really_strdup(s); }
struct pkt *pkt_alloc(void) { return refused(PACKETS) ? NULL : really_take_packet(); }
int space_alloc(struct space_block *b, uint64_t length) { return refused(SPACE) ? no_room(length) : really_take_space(b, length); }
int space_grow(struct space_block *b) { return refused(SPACE) ? no_room(SPACE_PAGE) : really_take_gap(b); }

/* ---- the session ------------------------------------------------------------------------------------------------------------------------ */

/** What is typed first, and then, with all the memory there is. */
static const char *const *lines;
static const char *const then[] = {
	"imgfree", "dhcp", "kernel http://10.0.2.9/linux console=ttyS0", "initrd http://10.0.2.9/initrd", "boot", NULL
};
static unsigned line;
static bool again;
static char said[65536];                        /* by the first round */
static unsigned planned;                        /* in the first round */
static unsigned spent;                          /* allocations in the first round */

static void first_round_is_over(void)
{
	again = true;
	lines = then;
	line = 0;
	fails_at = 0;
	spent = allocations;
	planned = host_system.plans;
}

static const char *next_line(void)
{
	size_t len = strlen(said);

	if (!again)
		snprintf(said + len, sizeof said - len, "%s", host_console_plain());
	if (!again && !lines[line])
		first_round_is_over();
	return lines[line] ? lines[line++] : NULL;
}

static uint8_t *kernel;
static uint32_t kernel_len;
static const struct lan_file *files;
static const char *filename;

/** Run @typed, in which allocation @n fails, and then[]. */
static void run(const char *const *typed, unsigned n, bool on)
{
	unsigned starts = 0;

	wired_begin();
	host_clock_step(kind == PACKETS && on ? 5000 : 500);
	lan.files = files;
	lan.filename = filename;
	lan.next_line = next_line;
	host_system.plan_result = -ECANCELED;
	allocations = 0;
	fails_at = n;
	all_that_follow = on;
	again = false;
	lines = typed;
	line = planned = spent = 0;
	*said = '\0';
	do {
		line = 0;
		host_system.entry.shell = true;
		fpxe_main();
		if (!again) {           /* it did not come as far as a shell, or not to its end */
			snprintf(said + strlen(said), sizeof said - strlen(said), "%s", host_console_plain());
			first_round_is_over();
		}
	} while (host_system.plans == planned && ++starts < 2);
	if (host_system.plans != planned + 1)
		test_fail(__FILE__, __LINE__, "with allocation %u%s failed, and with none failed after that, there is no plan:\n%s\nthen:\n%s", n,
		          on ? " and all that follow" : "", said, host_console_plain());
	if (!planned && !strstr(said, "out of memory") && !(kind == PACKETS && strstr(said, " [net/")))
		test_fail(__FILE__, __LINE__, "with allocation %u%s failed nothing was said:\n%s", n, on ? " and all that follow" : "", said);
	wired_end();
}

static unsigned fail_each(const char *what, enum kind of, const char *const *typed)
{
	unsigned count, successes = 0;

	kind = of;
	run(typed, 0, false);
	count = spent;
	EXPECT_EQ(planned, 1);
	for (unsigned on = 0; on < 2; on++)
		for (unsigned n = 1; n <= count; n++) {
			run(typed, n, on);
			successes += planned;
		}
	printf("%s: %u allocations, each failed alone and with all that follow; %u of %u boot all the same\n", what, count, successes, 2 * count);
	return count;
}

static void make_kernel(void)
{
	kernel = kernel_file(&(struct kernel_shape){ .high_bytes = 20000 }, &kernel_len);
}

TEST(each_allocation_of_dhcp_http_and_boot_planning_fails)
{
	const char *const *typed = then + 1;

	make_kernel();
	filename = NULL;
	files = (const struct lan_file[]){ { .path = "/linux", .data = kernel, .len = kernel_len }, { .path = "/initrd", .len = 100000 }, { 0 } };
	fail_each("DHCP, HTTP, boot", HEAP, typed);
	fail_each("packets of DHCP, HTTP, boot", PACKETS, typed);
	free(kernel);
}

/** A script that fetches as much as it takes for two thousand allocations. */
static const char *long_script(void)
{
	enum { FILES = sizeof(void *) == 8 ? 90 : 5 };          /* fewer in the emulator of 32 bits, which is ten times slower */
	static char text[16384];
	char *at = text + sprintf(text, "#!fpxe\nset base http://boot.example/d\necho ${net0/ip} ${base}\n"
	                                "kernel --name k ${base}/linux ip=${net0/ip}\ninitrd ${base}/moved\ninitrd ${base}/a /etc/a mode=755\n"
	                                "initrd tftp://10.0.2.8/t\nchain ${base}/second\n");

	for (unsigned i = 0; i < FILES; i++)
		at += sprintf(at, "initrd --name f%u ${base}/%s && imgfree f%u\n", i, i % 3 ? "a" : "moved", i);
	strcpy(at, "boot k\n");
	return text;
}

TEST(each_allocation_of_a_script_with_many_files_redirects_and_names_fails)
{
	static const char *const typed[] = { "autoboot", NULL };

	make_kernel();
	filename = "http://boot.example/start";
	files = (const struct lan_file[]){
		{ .path = "/linux", .data = kernel, .len = kernel_len }, { .path = "/d/linux", .data = kernel, .len = kernel_len },
		{ .path = "/initrd", .len = 1000 }, { .path = "/d/a", .len = 1000 }, { .path = "/d/moved", .moved = "http://10.0.2.9/initrd" },
		{ .path = "/start", .data = long_script() }, { .path = "/d/second", .data = "#!fpxe\nset second ${base}/again\necho ${second}\n" },
		{ 0 }
	};
	EXPECT(fail_each("a long script", HEAP, typed) >= (sizeof(void *) == 8 ? 2000 : 200));
	free(kernel);
}

TEST(each_room_for_an_image_is_refused)
{
	static const char *const typed[] = { "dhcp", "kernel http://10.0.2.9/linux", "initrd --name a http://10.0.2.9/unknown", "imgextract a",
		"initrd http://10.0.2.9/initrd", "boot", NULL };
	static const uint8_t packed[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x04\0\x43\xbe\xb7\xe8\x01\0\0";     /* "a" */

	make_kernel();
	filename = NULL;
	files = (const struct lan_file[]){
		{ .path = "/linux", .data = kernel, .len = kernel_len }, { .path = "/initrd", .len = 100000 },
		{ .path = "/unknown", .data = packed, .len = sizeof packed, .chunked = true }, { 0 }
	};
	EXPECT_EQ(fail_each("room for images", SPACE, typed), 4);
	free(kernel);
}
