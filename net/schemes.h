/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of URI schemes that a download can use. */
#ifndef NET_SCHEMES_H
#define NET_SCHEMES_H

#include "net/transfer.h"

struct scheme {
	const char *name;
	uint16_t port;
	/** Begin to fetch. 0 and *@t, or an error with fail(). ended() alone may be called before it returns. -EAGAIN, without fail(), when
	 *  request->behind is given and its connection takes no second request; a transfer behind another begins when that one has ended,
	 *  and fails (broken) if its connection does. */
	int (*open)(struct transfer **t, struct transfer_user *user, struct net *net, const struct transfer_request *request,
	            uint32_t now_ms);
	/** Abort if it has not ended, and free. NULL is allowed. */
	void (*close)(struct transfer *t, uint32_t now_ms);
	/** Bytes from @end on, which is beyond what arrived, are not wanted any more: @t is TRANSFER_DONE when it gets there. Its window does not
	 *  grow beyond it. Before that @end may be set anew, also further on, up to what was asked for. NULL: such a transfer goes on to its end. */
	void (*limit)(struct transfer *t, uint64_t end);
	/** There is a place now for bytes before @end, which only grows; request->hold said so of the first ones. Those beyond are not taken, and
	 *  the server is kept from sending them. NULL in a build without such sinks. */
	void (*hold)(struct transfer *t, uint64_t end, uint32_t now_ms);
	/** When data last came, or was first waited for. */
	uint32_t (*heard_ms)(const struct transfer *t);
	/** Housekeeping between transfers; any of these may be NULL. */
	void (*poll)(struct net *net, uint32_t now_ms);
	void (*shutdown)(struct net *net, uint32_t now_ms);
	/** When poll() next has something to do, at most @now + 1000. */
	uint32_t (*deadline)(const struct net *net, uint32_t now_ms);
};

/** The schemes in this build, NULL-terminated. */
extern const struct scheme *const schemes[];

/** By name; NULL with fail(-EPROTONOSUPPORT) naming those there are. */
const struct scheme *scheme_find(const char *name);

#endif
