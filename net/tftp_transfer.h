/* SPDX-License-Identifier: BSD-2-Clause */
/* A TFTP transfer as net/tftp.c (request, options, errors, silence) and net/tftp_data.c (blocks) share it. Nobody else includes this. */
#ifndef NET_TFTP_TRANSFER_H
#define NET_TFTP_TRANSFER_H

#include "net/tftp_message.h"
#include "net/tftp_window.h"
#include "net/transfer.h"
#include "net/udp_socket.h"

struct tftp {
	struct transfer transfer;               /* first: what the download holds */
	struct list link;                       /* net->tftp_transfers */
	struct net *net;
	struct udp_socket socket;
	uint16_t server_id;                     /* its port; 0: it has not answered */
	bool options_wanted;
	struct tftp_options options;            /* as they were asked for */
	uint32_t block_bytes;                   /* as agreed, from here on */
	bool total_known;
	uint64_t total_bytes;
	uint64_t hold;                          /* bytes from here on have no place yet; 0: all have one */
	struct tftp_window window;
	uint32_t last_block, last_bytes;        /* the first block that is shorter than agreed upon; 0: not seen */
	unsigned tries;                         /* of what was sent last */
	uint32_t retry_ms, sent_ms, heard_ms;
	char name[TFTP_REQUEST_MAX];
};

/** A block has come. */
void tftp_data_input(struct tftp *t, const struct tftp_message *m, uint32_t now_ms);
/** Where in the file the first byte is that has not come. */
uint64_t tftp_data_end(const struct tftp *t);

/** Acknowledge every block that has come in order; if there is no place for what the server would send then, what was acknowledged before. */
void tftp_send_ack(struct tftp *t, uint32_t now_ms);
/** Has the server sent all it may, and waits because there is no place for more? */
bool tftp_waits(const struct tftp *t);
/** Something new has come: what was sent last is sent again only if nothing more follows for a while. */
void tftp_progress(struct tftp *t, uint32_t now_ms);
/** It is over: tell the download. @rc and @broken as in struct transfer_end. */
void tftp_finish(struct tftp *t, int how, int rc, bool broken, uint32_t now_ms);
/** We end it, for @rc, and the server learns why. */
void tftp_refuse(struct tftp *t, int rc, uint16_t code, const char *text, uint32_t now_ms);

#endif
