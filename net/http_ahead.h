/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP, an answer that begins to come while something of the answer before it is missing. Its header waits in packets for its turn, but
 * tells already where its body belongs: so that needs none, and a window of any size goes on over the end of a piece in spite of losses.
 *
 * Only a part that is what was asked for, of the version asked for, is placed so. It begins, counts, and is judged when its turn has come. */
#ifndef NET_HTTP_AHEAD_H
#define NET_HTTP_AHEAD_H

#include "net/http_exchange.h"

/** Memory for bytes of the stream that lie behind the current answer, if they are known to be of the next one's body and wanted; NULL. */
uint8_t *http_ahead_place(struct http_connection *c, uint64_t offset, size_t len);

#endif
