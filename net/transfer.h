/* SPDX-License-Identifier: BSD-2-Clause */
/* A transfer: one try of one scheme at bringing a piece of a resource. A download has some, and lends each of them a piece.
 *
 * scheme->open() - user->begin() - user->at(), user->arrived() - user->ended() - scheme->close(). close() may also come earlier, but
 * not from within a callback. */
#ifndef NET_TRANSFER_H
#define NET_TRANSFER_H

#include "core/uri.h"
#include "net/net.h"
#include "net/ranges.h"

/** What is known when the first byte is about to come. */
struct transfer_info {
	struct range piece;             /* the resource's bytes that come; end RANGE_UNKNOWN when that is not known */
	bool known;                     /* is the resource's whole length known? */
	uint64_t total_bytes;
	bool ranges;                    /* does the server give pieces when asked for them? */
	const char *validator;          /* what tells this version of the file from others; "": nothing. Valid during the call */
};

/** How a transfer ended. */
struct transfer_end {
	enum { TRANSFER_DONE, TRANSFER_FAILED, TRANSFER_REDIRECTED, TRANSFER_BUSY /* try again, later */ } how;
	bool connecting;                /* the server was not reached at all */
	bool broken;                    /* of TRANSFER_FAILED: the connection broke; the server refused nothing */
	int rc;                         /* of TRANSFER_FAILED and, in the end, of TRANSFER_BUSY; after fail() */
	const char *location;           /* of TRANSFER_REDIRECTED; valid until close() */
	uint32_t retry_after_s;         /* of TRANSFER_BUSY; 0: not said */
};

/** The side of who asked. */
struct transfer_user {
	/** An error (after fail()) ends the transfer with it. */
	int (*begin)(struct transfer_user *user, const struct transfer_info *info);
	/** Memory for these bytes of the resource; NULL: there is none. Those of a piece behind another may come before begin(). */
	uint8_t *(*at)(struct transfer_user *user, uint64_t offset, size_t len);
	/** These bytes are in that memory. */
	void (*arrived)(struct transfer_user *user, uint64_t offset, uint64_t len, uint32_t now_ms);
	void (*ended)(struct transfer_user *user, const struct transfer_end *end, uint32_t now_ms);
};

/** What every scheme's transfer begins with. */
struct transfer {
	struct transfer_user *user;
	enum { TRANSFER_CONNECTING, TRANSFER_WAITING, TRANSFER_RECEIVING, TRANSFER_OVER } stage;
	uint32_t address;               /* of the server */
	uint16_t port;
	uint32_t rtt_ms;                /* a round trip to it; 0: not known yet */
};

struct transfer_request {
	const struct uri *uri;          /* valid until close() */
	uint32_t address;
	struct range piece;             /* end may be RANGE_UNKNOWN */
	const char *validator;          /* the file must still be the one that has this, from an earlier transfer_info; NULL: any */
	struct transfer *behind;        /* ask on that one's connection, before its piece has ended; NULL: on one of its own */
	uint64_t hold;                  /* bytes from here on have no place yet, see scheme->hold(); 0: all have one */
};

#endif
