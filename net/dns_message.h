/* SPDX-License-Identifier: BSD-2-Clause */
/* A DNS message as bytes (RFC 1035 4): the question out, the answer in. Pure. RFC 9267's list of mistakes is what the reader is
 * written against: every pointer goes backwards, every length is checked against what is left. */
#ifndef NET_DNS_MESSAGE_H
#define NET_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "net/dns.h"

enum { DNS_PORT = 53, DNS_QUERY_MAX = 12 + DNS_NAME_MAX + 4 };
enum { DNS_NO_ERROR = 0, DNS_SERVER_FAILED = 2, DNS_NO_SUCH_NAME = 3 };

struct dns_answer {
	uint8_t rcode;
	bool truncated;
	unsigned cnames;                /* followed, from the name asked */
	char name[DNS_NAME_MAX];        /* where they lead: the name that the addresses are of, or to ask about next */
	unsigned address_count;
	uint32_t address[DNS_ADDRESSES_MAX];
};

/** Can @name be asked about? Labels of 1 to 63 bytes, 253 in all, printable, no colon (IPv6); a final dot is allowed. */
bool dns_name_ok(const char *name);
/** Write the question for @name's A records into @buf of DNS_QUERY_MAX bytes; returns its length. @name must be ok. */
size_t dns_message_emit(uint8_t *buf, uint16_t id, const char *name);
/** Is this the reply to that question, with its id? */
bool dns_message_matches(const void *data, size_t len, uint16_t id, const char *name);
/** Read a reply that matches. -EPROTO: malformed. -ELOOP: more than @cnames_max CNAMEs. What came before the damage stands. */
int dns_message_parse(struct dns_answer *a, const void *data, size_t len, const char *name, unsigned cnames_max);

#endif
