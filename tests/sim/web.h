/* SPDX-License-Identifier: BSD-2-Clause */
/* A web server's file and its manners, on struct sim_server: ranges and validators (RFC 9110 13, 14), lies, breaks. A test's answer()
 * calls web_answer() and may then break what was said by web_break(). */
#ifndef TESTS_SIM_WEB_H
#define TESTS_SIM_WEB_H

#include "tests/sim/tcp_peer.h"

struct web_file {
	uint32_t seed;                          /* of server_byte() */
	uint64_t size;
	const char *etag;                       /* with its quotes; NULL: none */
	const char *modified, *date;            /* Last-Modified and Date; NULL: none */
	bool no_ranges;                         /* 200 with everything, whatever was asked: a server, or a proxy, that knows no Range */
	bool chunked;                           /* 200 without a length */
	bool closes;                            /* after each answer */
	uint64_t lie_total;                     /* the Content-Range's total; 0: the truth */
	uint64_t lie_length;                    /* Content-Length of a 200; 0: the truth */
	uint64_t lie_start;                     /* a Content-Range this much further on; 0: the truth */
	uint64_t part_max;                      /* a 206 brings no more than this; 0: what was asked */
	/* What happened. */
	unsigned wholes, parts, refused;        /* 200, 206, 416 */
};

/** Answer a GET @request for @f. Returns where in c->data its body begins. */
size_t web_answer(struct server_connection *c, const char *request, struct web_file *f);

enum web_break { WEB_RESET, WEB_CLOSE, WEB_STALL };
/** Of what was said on @c no byte from @at (in c->data) on is sent: a RST, a FIN, nothing. */
void web_break(struct server_connection *c, size_t at, enum web_break how);

/** The server process dies: every connection is reset, now. */
void web_kill(struct sim_server *server);

/** The range a request asks for: false if none. *@end is UINT64_MAX for "bytes=5-". */
bool web_range(const char *request, uint64_t *start, uint64_t *end);
/** The value of a header line, in a static buffer; NULL. */
const char *web_header(const char *request, const char *name);

#endif
