/* SPDX-License-Identifier: BSD-2-Clause */
/* TFTP transfers: request, options, errors, silence. Messages as bytes: net/tftp_message.c; blocks: net/tftp_data.c. */
#include "net/tftp.h"

#include "config/features.h"
#include "config/net.h"
#include "core/clock.h"   // time_reached
#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"   // strlen
#include "net/tftp_transfer.h"
#include "net/udp.h"

_Static_assert(CONFIG_TFTP_WINDOW >= 1 && CONFIG_TFTP_WINDOW <= TFTP_WINDOW_MAX, "CONFIG_TFTP_WINDOW is 1 to 64 blocks");

enum {
	HEADERS_BYTES = 20 + 8 + TFTP_HEADER_BYTES,     /* IPv4's, UDP's and DATA's in front of a block */
	FIRST_WAIT_MS = 1000, LONGEST_WAIT_MS = 15000,
	REQUEST_TRIES = 4, DATA_TRIES = 5,
	WINDOW_HELD = 4,                                /* blocks, where who takes them may be away when they come */
	BLOCK_TRIES = 3,                                /* acknowledgements of options until smaller blocks are asked for */
};

/* ---- sending ----------------------------------------------------------------------------------------------------------------------- */

/** Send the @len bytes that were written to @p's data. What is lost here is sent when it would be repeated. */
static void send(struct tftp *t, struct pkt *p, size_t len, uint16_t port, uint32_t now_ms)
{
	p->tail = p->data + len;
	udp_output(&t->socket, p, t->transfer.address, port, now_ms);
}

static void arm(struct tftp *t, uint32_t now_ms)
{
	uint32_t wait_ms = (uint32_t)FIRST_WAIT_MS << t->tries;

	t->retry_ms = now_ms + (wait_ms < LONGEST_WAIT_MS ? wait_ms : LONGEST_WAIT_MS);
}

static void send_request(struct tftp *t, uint32_t now_ms)
{
	struct pkt *p = pkt_alloc();

	arm(t, now_ms);
	if (p)
		send(t, p, tftp_request_emit(p->data, t->name, t->options_wanted ? &t->options : NULL), t->transfer.port, now_ms);
}

void tftp_progress(struct tftp *t, uint32_t now_ms)
{
	t->tries = 0;
	arm(t, now_ms);
}

/** Would an acknowledgement of all that is here bring more than there is a place for? */
static bool held(const struct tftp *t)
{
	uint64_t end = (uint64_t)(t->window.next - 1 + t->window.size) * t->block_bytes;

	if (t->total_known && end > t->total_bytes)
		end = t->total_bytes;
	return CONFIG_PXE && t->hold && end > t->hold && !t->last_block;
}

bool tftp_waits(const struct tftp *t)
{
	return held(t) && t->window.next > t->window.acked + t->window.size;
}

void tftp_send_ack(struct tftp *t, uint32_t now_ms)
{
	uint16_t number = held(t) ? tftp_window_acknowledged(&t->window) : tftp_window_acknowledge(&t->window);
	struct pkt *p = pkt_alloc();

	t->sent_ms = now_ms;
	arm(t, now_ms);
	if (p)
		send(t, p, tftp_ack_emit(p->data, number), t->server_id, now_ms);
}

static void send_error(struct tftp *t, uint16_t port, uint16_t code, const char *text, uint32_t now_ms)
{
	struct pkt *p = pkt_alloc();

	if (p)
		send(t, p, tftp_error_emit(p->data, code, text), port, now_ms);
}

/* ---- the end of a transfer --------------------------------------------------------------------------------------------------------- */

void tftp_finish(struct tftp *t, int how, int rc, bool broken, uint32_t now_ms)
{
	struct transfer_end end = { .how = how, .connecting = t->transfer.stage == TRANSFER_CONNECTING, .broken = broken, .rc = rc };

	t->transfer.stage = TRANSFER_OVER;
	udp_close(&t->socket);
	t->transfer.user->ended(t->transfer.user, &end, now_ms);
}

/** The server is not there, or not any more. */
static void lost(struct tftp *t, int rc, uint32_t now_ms)
{
	tftp_finish(t, TRANSFER_FAILED, rc, t->transfer.stage != TRANSFER_CONNECTING, now_ms);
}

void tftp_refuse(struct tftp *t, int rc, uint16_t code, const char *text, uint32_t now_ms)
{
	send_error(t, t->server_id, code, text, now_ms);
	tftp_finish(t, TRANSFER_FAILED, rc, false, now_ms);
}

/* ---- request and answer ------------------------------------------------------------------------------------------------------------ */

/** RFC 1350 4: each request has a port of its own, so that nothing of an earlier one is taken for its answer. */
static int ask(struct tftp *t, uint32_t now_ms)
{
	int rc = udp_open(&t->socket, t->net, 0);

	t->block_bytes = TFTP_BLOCK_DEFAULT;
	t->total_known = false;
	t->server_id = 0;
	t->tries = 0;
	t->sent_ms = t->heard_ms = now_ms;
	tftp_window_init(&t->window, 1);
	if (rc == 0)
		send_request(t, now_ms);
	return rc;
}

/** The server is there but cannot do it this way: ask for the file and nothing else. */
static void ask_plainly(struct tftp *t, uint32_t now_ms)
{
	int rc;

	udp_close(&t->socket);
	t->options_wanted = false;
	if ((rc = ask(t, now_ms)) != 0)
		tftp_finish(t, TRANSFER_FAILED, rc, false, now_ms);
}

/** Words for what a server may not agree to, NULL if all is well: options that were not asked for, or more than was asked for (RFC 2348,
 *  RFC 7440 3). */
static const char *disagreement(const struct tftp *t, const struct tftp_message *m)
{
	const struct tftp_options *o = &m->options;

	if (!t->options_wanted || m->options_bad)
		return "options";
	if (o->has_block_bytes && (o->block_bytes < TFTP_BLOCK_MIN || o->block_bytes > t->options.block_bytes))
		return "blksize";
	if (o->has_window && (o->window < 1 || o->window > t->options.window))
		return "windowsize";
	return NULL;
}

static void options_input(struct tftp *t, const struct tftp_message *m, uint32_t now_ms)
{
	const struct tftp_options *o = &m->options;
	const char *wrong = disagreement(t, m);

	if (wrong) {
		tftp_refuse(t, fail(-EPROTO, "%pI4 answered with %s that were not asked for", &t->transfer.address, wrong), TFTP_OPTIONS,
		       "not what was asked for", now_ms);
		return;
	}
	if (o->has_block_bytes)
		t->block_bytes = (uint32_t)o->block_bytes;
	tftp_window_init(&t->window, o->has_window ? (unsigned)o->window : 1);
	/* 0 may be what we sent, come back: if the file is empty the first block says so */
	t->total_known = o->has_total && o->total != 0;
	t->total_bytes = o->total;
	t->tries = 0;
	tftp_send_ack(t, now_ms);
}

static int error_of(uint16_t code)
{
	switch (code) {
	case TFTP_NOT_FOUND:
		return -ENOENT;
	case TFTP_ACCESS:
		return -EACCES;
	default:
		return -EIO;
	}
}

/** Before the first block, these are also what servers say that cannot read a request with options (RFC 2347, and older ones). */
static bool may_mean_options(uint16_t code)
{
	return code == TFTP_OPTIONS || code == TFTP_OTHER || code == TFTP_ILLEGAL;
}

/** Behind a block it is no answer to the request any more: the server cannot go on, and may when asked again. */
static void error_input(struct tftp *t, const struct tftp_message *m, uint32_t now_ms)
{
	bool receiving = t->transfer.stage == TRANSFER_RECEIVING;

	if (t->options_wanted && !receiving && may_mean_options(m->number)) {
		ask_plainly(t, now_ms);
		return;
	}
	tftp_finish(t, TRANSFER_FAILED, fail(error_of(m->number), "TFTP error %u \"%s\": %.100s", m->number, m->text, t->name), receiving,
	            now_ms);
}

/* ---- what UDP brings --------------------------------------------------------------------------------------------------------------- */

/** RFC 1350 4: a stranger is told so, and nothing of ours changes. An error is not answered. */
static void other_input(struct tftp *t, const struct tftp_message *m, uint16_t port, uint32_t now_ms)
{
	if (m->opcode != TFTP_ERROR)
		send_error(t, port, TFTP_UNKNOWN_ID, "unknown transfer ID", now_ms);
}

/** The first answer has come, from @port. */
static void answered(struct tftp *t, uint16_t port, uint32_t now_ms)
{
	t->server_id = port;
	t->transfer.stage = TRANSFER_WAITING;
	if (t->tries == 0)
		t->transfer.rtt_ms = now_ms > t->sent_ms ? now_ms - t->sent_ms : 1;
	t->heard_ms = now_ms;
}

static void input(struct udp_socket *s, const struct ipv4_header *ip, uint16_t src_port, struct pkt *p, uint32_t now_ms)
{
	struct tftp *t = container_of(s, struct tftp, socket);
	struct tftp_message m;
	bool first = t->server_id == 0;

	if (ip->src != t->transfer.address || tftp_message_parse(&m, p->data, pkt_len(p)) != 0) {
		ip->netif->counters.rx_dropped++;
		return;
	}
	if (first)
		answered(t, src_port, now_ms);
	if (src_port != t->server_id)
		other_input(t, &m, src_port, now_ms);
	else if (m.opcode == TFTP_ERROR)
		error_input(t, &m, now_ms);
	else if (m.opcode == TFTP_DATA)
		tftp_data_input(t, &m, now_ms);
	else if (first)
		options_input(t, &m, now_ms);
	else if (t->transfer.stage == TRANSFER_WAITING)
		tftp_send_ack(t, now_ms);            /* it did not hear the first */
}

/** RFC 1122 4.1.3.3. Once the server has answered, only that nobody is at its port any more is final. */
static void unreachable(struct udp_socket *s, uint32_t dst, uint16_t dst_port, int rc, uint32_t now_ms)
{
	struct tftp *t = container_of(s, struct tftp, socket);
	bool no_neighbour = dst_port == 0;

	if (dst != t->transfer.address)
		return;
	if (t->server_id == 0 && no_neighbour)
		lost(t, rc, now_ms);
	else if (t->server_id == 0 && dst_port == t->transfer.port)
		lost(t, fail(rc, "%pI4 port %u", &dst, dst_port), now_ms);
	else if (dst_port == t->server_id && rc == -ECONNREFUSED)
		lost(t, fail(-ECONNRESET, "got %llu bytes", (unsigned long long)tftp_data_end(t)), now_ms);
}

/* ---- silence ----------------------------------------------------------------------------------------------------------------------- */

static int silent(const struct tftp *t, uint32_t now_ms)
{
	if (t->server_id == 0)
		return fail(-ETIMEDOUT, "no reply to %u TFTP requests from %pI4", REQUEST_TRIES, &t->transfer.address);
	return fail(-ETIMEDOUT, "no data for %u s from %pI4", (unsigned)(now_ms - t->heard_ms) / 1000, &t->transfer.address);
}

static void timeout(struct tftp *t, uint32_t now_ms)
{
	bool receiving = t->transfer.stage == TRANSFER_RECEIVING;

	if (tftp_waits(t)) {                            /* the silence is ours */
		arm(t, now_ms);
		return;
	}
	t->tries++;
	if (t->tries == (receiving ? DATA_TRIES : REQUEST_TRIES)) {
		int rc = silent(t, now_ms);

		if (t->server_id)
			send_error(t, t->server_id, TFTP_OTHER, "no data", now_ms);
		lost(t, rc, now_ms);
	} else if (t->server_id == 0) {
		send_request(t, now_ms);
	} else if (!receiving && t->options_wanted && t->tries == BLOCK_TRIES) {
		/* Options are agreed upon and no block comes: packets as large as those may be lost on the way each time. */
		send_error(t, t->server_id, TFTP_OTHER, "no data", now_ms);
		ask_plainly(t, now_ms);
	} else {
		tftp_send_ack(t, now_ms);
	}
}

static void tftp_poll(struct net *net, uint32_t now_ms)
{
	struct list *pos;

	list_for_each(pos, &net->tftp_transfers) {
		struct tftp *t = list_entry(pos, struct tftp, link);

		if (t->transfer.stage != TRANSFER_OVER && time_reached(now_ms, t->retry_ms))
			timeout(t, now_ms);
	}
}

static uint32_t tftp_deadline(const struct net *net, uint32_t now_ms)
{
	uint32_t deadline = now_ms + 1000;
	const struct list *pos;

	list_for_each(pos, &net->tftp_transfers) {
		const struct tftp *t = list_entry(pos, const struct tftp, link);

		if (t->transfer.stage != TRANSFER_OVER)
			deadline = time_earlier(deadline, t->retry_ms);
	}
	return deadline;
}

/* ---- the scheme -------------------------------------------------------------------------------------------------------------------- */

/** The file's name in @path, decoded. */
static int set_name(struct tftp *t, const char *path)
{
	size_t len = 0;

	for (path += *path == '/'; *path; path++) {
		int c = *path == '%' ? text_escape(path) : (unsigned char)*path;

		if (c <= 0)
			return fail(-EINVAL, "a file name with an escape of NUL");
		if (*path == '%')
			path += 2;
		if (len < sizeof(t->name) - 1)
			t->name[len] = (char)c;
		len++;
	}
	if (len == 0)
		return fail(-EINVAL, "no file name in the URL");
	if (len >= sizeof(t->name))
		return fail(-EMSGSIZE, "a file name of %u bytes does not fit in a TFTP request", (unsigned)len);
	return 0;
}

/** Ask for the largest blocks that need no fragments on the way, as far as that is known. */
static int set_options(struct tftp *t)
{
	uint8_t request[TFTP_REQUEST_MAX];
	struct ipv4_route route;
	int rc = ipv4_route(t->net, t->transfer.address, &route);

	if (rc != 0)
		return rc;
	t->options_wanted = true;
	t->options = (struct tftp_options){
		.has_block_bytes = true, .block_bytes = route.mtu - HEADERS_BYTES,
		.has_window = CONFIG_TFTP_WINDOW > 1, .window = CONFIG_TFTP_WINDOW, .has_total = true,
	};
	if (CONFIG_PXE && t->hold && CONFIG_TFTP_WINDOW > WINDOW_HELD)
		t->options.window = WINDOW_HELD;
	if (!tftp_request_emit(request, t->name, &t->options))
		return fail(-EMSGSIZE, "a file name of %u bytes does not fit in a TFTP request", (unsigned)strlen(t->name));
	return 0;
}

static int tftp_open(struct transfer **result, struct transfer_user *user, struct net *net, const struct transfer_request *request,
                     uint32_t now_ms)
{
	struct tftp *t;
	int rc;

	if (request->behind)
		return -EAGAIN;
	t = heap_zalloc(sizeof(*t));
	if (!t)
		return fail(-ENOMEM, "no room for a TFTP transfer");
	t->transfer.user = user;
	t->transfer.address = request->address;
	t->transfer.port = request->uri->port ? request->uri->port : TFTP_PORT;
	t->net = net;
	t->hold = request->hold;
	t->socket.input = input;
	t->socket.unreachable = unreachable;
	t->socket.peer = request->address;
	rc = set_name(t, request->uri->path);
	if (rc == 0)
		rc = set_options(t);
	if (rc == 0)
		rc = ask(t, now_ms);
	if (rc != 0) {
		udp_close(&t->socket);
		heap_free(t);
		return rc;
	}
	list_append(&net->tftp_transfers, &t->link);
	*result = &t->transfer;
	return 0;
}

static void tftp_close(struct transfer *transfer, uint32_t now_ms)
{
	struct tftp *t;

	if (!transfer)
		return;
	t = container_of(transfer, struct tftp, transfer);
	if (transfer->stage != TRANSFER_OVER && t->server_id)
		send_error(t, t->server_id, TFTP_OTHER, "cancelled", now_ms);
	udp_close(&t->socket);
	list_remove(&t->link);
	heap_free(t);
}

/** The acknowledgement that was held back goes out. */
static __attribute__((unused)) void tftp_hold(struct transfer *transfer, uint64_t end, uint32_t now_ms)
{
	struct tftp *t = container_of(transfer, struct tftp, transfer);
	bool waited = transfer->stage == TRANSFER_RECEIVING && tftp_waits(t);

	t->hold = end;
	if (waited && !tftp_waits(t)) {
		t->tries = 0;
		tftp_send_ack(t, now_ms);
	}
}

static uint32_t tftp_heard_ms(const struct transfer *transfer)
{
	return container_of(transfer, const struct tftp, transfer)->heard_ms;
}

const struct scheme tftp_scheme = { "tftp", TFTP_PORT, tftp_open, tftp_close, NULL, CONFIG_PXE ? tftp_hold : NULL,
                                    tftp_heard_ms, tftp_poll, NULL, tftp_deadline };
