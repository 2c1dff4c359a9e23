/* SPDX-License-Identifier: BSD-2-Clause */
/* What the PXE API's TFTP, UDP and FILE calls share, and their handlers for arch/x86/pxe_table.c.
 *
 *   pxe_transport.c   files by URL, and what an error is as a status
 *   pxe_tftp.c        TFTP_OPEN, READ, CLOSE: one file at a time, packet by packet; READ_FILE, GET_FSIZE
 *   pxe_udp.c         UDP_OPEN, READ, WRITE, CLOSE
 *   pxe_file.c        the FILE extension
 *
 * Everything goes by our own stack: while UNDI is open, or no interface is, these calls answer UNDI_INVALID_STATE. */
#ifndef ARCH_X86_PXE_TRANSPORT_H
#define ARCH_X86_PXE_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>
#include "net/file_stream.h"

struct text_buffer;

/** The stack, if it may be used; NULL. */
struct net *pxe_net(void);
/** @rc, which is negative, as a PXENV_STATUS_*; @other for what has none of its own. */
uint16_t pxe_status_of(int rc, uint16_t other);
/** Open @url and wait until the server has begun to send it. 0, or an error; *@f is NULL then. */
int pxe_stream_open(struct file_stream **f, const char *url);
/** The next up to @len bytes into @data, waiting for all of them or the end. How many, or an error. */
int pxe_stream_fill(struct file_stream *f, uint8_t *data, size_t len);
/** Write the URL of @name (@size bytes at most, up to a NUL) on the TFTP server @ip (host order), port @port (0: 69). False: there is none. */
bool pxe_tftp_url(struct text_buffer *t, uint32_t ip, uint16_t port, const uint8_t *name, size_t size);

/** End all that these calls have open: the program is over, or has unloaded the stack. */
void pxe_transport_end(void);
void pxe_tftp_end(void);
void pxe_udp_end(void);
void pxe_file_end(void);

uint16_t pxe_tftp_open(void *block);
uint16_t pxe_tftp_close(void *block);
uint16_t pxe_tftp_read(void *block);
uint16_t pxe_tftp_read_file(void *block);
uint16_t pxe_tftp_get_fsize(void *block);
uint16_t pxe_udp_open(void *block);
uint16_t pxe_udp_close(void *block);
uint16_t pxe_udp_read(void *block);
uint16_t pxe_udp_write(void *block);
uint16_t pxe_file_open(void *block);
uint16_t pxe_file_close(void *block);
uint16_t pxe_file_select(void *block);
uint16_t pxe_file_read(void *block);
uint16_t pxe_file_size(void *block);
uint16_t pxe_file_exec(void *block);
uint16_t pxe_file_api_check(void *block);
uint16_t pxe_file_cmdline(void *block);

/** The command line of the program that is about to run (copied), for FILE_CMDLINE; NULL: none. */
void pxe_file_set_cmdline(const char *line);

#endif
