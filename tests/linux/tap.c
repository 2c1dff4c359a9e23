/* SPDX-License-Identifier: BSD-2-Clause */
/* A NIC driver on a Linux tap: a read() or write() for each frame. The kernel's queue is the receive ring. */
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "core/clock.h"
#include "core/string.h"
#include "net/net.h"
#include "net/nic.h"
#include "tests/linux/platform.h"
#include "usr/wait.h"       // the_net

enum { FRAME_MIN = 60, FRAME_OVERHEAD = 18, REST_MAX_MS = 10, STALE_MAX = 10000 };

static struct {
	char name[IFNAMSIZ];
	uint8_t mac[NIC_MAC_BYTES];
	int fd, control;                /* control: a socket, to ask about the interface */
	bool started;
	bool quiet;                     /* the last look found nothing */
} tap;

/** 52:54:00, as other virtual machines have it, and three bytes of the name's hash (FNV-1a). */
static void choose_mac(const char *name)
{
	uint32_t hash = 2166136261u;

	for (const char *c = name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	memcpy(tap.mac, (const uint8_t[]){ 0x52, 0x54, 0, (uint8_t)(hash >> 16), (uint8_t)(hash >> 8), (uint8_t)hash }, NIC_MAC_BYTES);
}

void tap_open(const char *name, const uint8_t *mac)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };

	if (strlen(name) >= IFNAMSIZ)
		die("--tap %s: a name has at most %d characters", name, IFNAMSIZ - 1);
	strcpy(tap.name, name);
	strcpy(request.ifr_name, name);
	tap.fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	tap.control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (tap.fd < 0 || tap.control < 0)
		die("/dev/net/tun: %m");
	if (ioctl(tap.fd, TUNSETIFF, &request) != 0)
		die("tap %s: %m", name);
	if (mac)
		memcpy(tap.mac, mac, sizeof(tap.mac));
	else
		choose_mac(name);
}

int tap_fd(void)
{
	return tap.started ? tap.fd : -1;
}

/** Ask about the interface; all zeros when it is gone. */
static struct ifreq ask(unsigned long what)
{
	struct ifreq answer = { 0 };

	strcpy(answer.ifr_name, tap.name);
	if (ioctl(tap.control, what, &answer) != 0)
		answer.ifr_ifru = (__typeof__(answer.ifr_ifru)){ 0 };
	return answer;
}

static int tap_probe(struct nic *nic)
{
	int mtu = ask(SIOCGIFMTU).ifr_mtu;

	memcpy(nic->mac, tap.mac, sizeof(nic->mac));
	if (mtu > 0)
		nic->mtu = mtu < PKT_DATA_MAX - FRAME_OVERHEAD ? (uint16_t)mtu : PKT_DATA_MAX - FRAME_OVERHEAD;
	return 0;
}

static void tap_remove(struct nic *nic)
{
	(void)nic;
}

/** What came while nobody listened is lost, as on any NIC. */
static int tap_start(struct nic *nic)
{
	uint8_t frame[PKT_DATA_MAX];

	for (unsigned i = 0; i < STALE_MAX && read(tap.fd, frame, sizeof(frame)) > 0; i++)
		;
	tap.started = true;
	return 0;
}

static void tap_stop(struct nic *nic)
{
	(void)nic;
	tap.started = false;
}

static struct pkt *read_frame(struct nic *nic)
{
	struct pkt *p = pkt_alloc();
	ssize_t n = p ? read(tap.fd, p->data, PKT_DATA_MAX) : 0;

	if (n <= 0) {
		pkt_free(p);
		return NULL;
	}
	pkt_put(p, (size_t)n);
	nic->stats.rx++;
	return p;
}

/** Twice in a row nothing: rest until the stack's next timer, but let whoever waits for something else have a look. */
static void rest(void)
{
	uint32_t now_ms = clock_ms(), due_ms = time_earlier(net_deadline(&the_net, now_ms), now_ms + REST_MAX_MS);

	if (!time_reached(now_ms, due_ms))
		clock_rest(due_ms - now_ms);
}

static struct pkt *tap_receive(struct nic *nic)
{
	struct pkt *p = read_frame(nic);

	if (!p && tap.quiet && pkt_pool_free()) {
		rest();
		p = read_frame(nic);
	}
	tap.quiet = !p;
	return p;
}

static int tap_transmit(struct nic *nic, struct pkt *p)
{
	size_t len = pkt_len(p), padding = len < FRAME_MIN ? FRAME_MIN - len : 0;
	bool sent;

	if (padding)
		memset(pkt_put(p, padding), 0, padding);
	sent = write(tap.fd, p->data, len + padding) > 0;
	nic->stats.tx += sent;
	nic->stats.tx_errors += !sent;
	pkt_free(p);
	return 0;
}

static void tap_kick(struct nic *nic)
{
	(void)nic;                              /* sent already */
}

static bool tap_link_up(struct nic *nic)
{
	(void)nic;
	return ask(SIOCGIFFLAGS).ifr_flags & IFF_UP;
}

static const struct nic_id tap_ids[] = { { TAP_VENDOR, TAP_DEVICE, "tap" } };

static const struct nic_driver tap_driver = {
	.name = "tap", .ids = tap_ids, .id_count = 1, .probe = tap_probe, .remove = tap_remove, .open = tap_start, .close = tap_stop,
	.receive = tap_receive, .transmit = tap_transmit, .kick = tap_kick, .link_up = tap_link_up,
};

const struct nic_driver *const nic_drivers[] = { &tap_driver, NULL };
