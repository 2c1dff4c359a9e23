/* SPDX-License-Identifier: BSD-2-Clause */
/* TFTP messages as bytes (RFC 1350; options RFC 2347, RFC 2348, RFC 2349, RFC 7440). Pure: nothing is sent here. */
#ifndef NET_TFTP_MESSAGE_H
#define NET_TFTP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TFTP_READ = 1, TFTP_DATA = 3, TFTP_ACK = 4, TFTP_ERROR = 5, TFTP_OACK = 6 };
/* Error codes (RFC 1350 5, RFC 2347) */
enum { TFTP_OTHER = 0, TFTP_NOT_FOUND = 1, TFTP_ACCESS = 2, TFTP_NO_ROOM = 3, TFTP_ILLEGAL = 4, TFTP_UNKNOWN_ID = 5, TFTP_OPTIONS = 8 };

enum {
	TFTP_BLOCK_DEFAULT = 512, TFTP_BLOCK_MIN = 8, TFTP_BLOCK_MAX = 65464,  /* bytes: RFC 1350, RFC 2348 */
	TFTP_HEADER_BYTES = 4,                  /* of DATA */
	TFTP_REQUEST_MAX = 512,                 /* bytes of a request in all (RFC 2347) */
	TFTP_TEXT_MAX = 80,                     /* bytes that are kept of an error's text */
};

/** Options of a request, or of its acknowledgement. */
struct tftp_options {
	bool has_block_bytes, has_window, has_total;
	uint64_t block_bytes, window, total;    /* blksize, windowsize in blocks, tsize; as they stand there */
};

struct tftp_message {
	uint16_t opcode;                        /* DATA, ERROR or OACK */
	uint16_t number;                        /* DATA: of the block; ERROR: the code */
	const uint8_t *data;                    /* DATA: its bytes, in the message */
	size_t len;
	char text[TFTP_TEXT_MAX + 1];           /* ERROR: printable ASCII, other bytes are "?" */
	struct tftp_options options;            /* OACK */
	bool options_bad;                       /* OACK: its list of options is broken, or has one that nobody asked for, or one twice */
};

/** Take a message to a client apart. -EPROTO: it is none. */
int tftp_message_parse(struct tftp_message *m, const void *data, size_t len);

/** Write a request to read @name in octet mode, with @options (NULL: none), into @buf of TFTP_REQUEST_MAX bytes. Returns its length,
 *  0 when it does not fit. */
size_t tftp_request_emit(uint8_t *buf, const char *name, const struct tftp_options *options);
/** The same for an acknowledgement, and an error with @text. */
size_t tftp_ack_emit(uint8_t *buf, uint16_t number);
size_t tftp_error_emit(uint8_t *buf, uint16_t code, const char *text);

#endif
