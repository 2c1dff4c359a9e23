/* SPDX-License-Identifier: BSD-2-Clause */
/* What tells one version of a file from all others (RFC 9110 8.8): a strong entity tag, else the date of its last change when it cannot
 * have changed twice within that second. Pure. */
#ifndef NET_HTTP_VALIDATOR_H
#define NET_HTTP_VALIDATOR_H

#include "net/http_parse.h"

/** An IMF-fixdate (RFC 9110 5.6.7), "Sun, 06 Nov 1994 08:49:37 GMT", in seconds since the year 0. False for the two obsolete forms, too,
 *  which nobody who cares for ranges sends. */
bool http_date_parse(const char *text, uint64_t *seconds);

/** What may be said in If-Range about the file of @r; "": nothing can. Points into @r. */
const char *http_validator(const struct http_response *r);
/** The same of an answer to a request whose If-Range said @asked ("" or NULL: it had none): a part that says nothing else is of that
 *  version (RFC 9110 15.3.7: a 206 need not repeat it). */
const char *http_validator_of_answer(const struct http_response *r, const char *asked);

#endif
