/* SPDX-License-Identifier: BSD-2-Clause */
/* TFTP client (RFC 1350) with blksize (RFC 2348), tsize (RFC 2349) and windowsize (RFC 7440), and without, for servers that know none of
 * them. A file is one piece that comes from its beginning.
 *
 * The name that is asked for is the path of the URL behind its first slash, escapes decoded: tftp://server/a%20b asks for "a b",
 * tftp://server//a for "/a". A query is not part of it.
 *
 * The server is the address that was asked; its port is that of its first answer (its transfer identifier). A request is sent 4 times, 1, 2
 * and 4 s apart, an acknowledgement likewise and once more; nothing new for 15 s, after the first block 30 s, is the end. When the last
 * acknowledgement is lost the server's repetition is answered by "port unreachable".
 * Not supported: writing, netascii, multicast (RFC 2090); the timeout option, which also shortens how long servers try. */
#ifndef NET_TFTP_H
#define NET_TFTP_H

#include "net/schemes.h"

enum { TFTP_PORT = 69 };

extern const struct scheme tftp_scheme;

#endif
