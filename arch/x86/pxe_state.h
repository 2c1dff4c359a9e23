/* SPDX-License-Identifier: BSD-2-Clause */
/* What the PXE API's calls share while a program runs. pxe_open() in arch/x86/pxe_program.c makes it, tests make their own. */
#ifndef ARCH_X86_PXE_STATE_H
#define ARCH_X86_PXE_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct netif;
struct pkt;

struct pxe_state {
	struct netif *netif;            /* whose API it is; NULL: nobody may call */
	bool undi_open;                 /* frames are the caller's, not our stack's */
	bool unmasked;                  /* the NIC may raise its interrupt */
	struct pkt *waiting;            /* a frame that was looked at and not taken yet */
	unsigned transmitted;           /* frames whose end the caller has not been told of */
	unsigned held;                  /* frames taken since the NIC was last given its buffers back */
	bool restart;                   /* RESTART_TFTP: the program is left, and restart_url fetched in its place */
	char restart_url[512];
};
extern struct pxe_state pxe_state;

/* Seams between the calls and the platform; arch/x86/pxe_program.c in the ROM, tests on the host. */
/** Undo hooks, as far as nobody has hooked over us. False: something of ours has to stay. */
bool pxe_unhook(void);
/** A DHCP packet, where real-mode programs can read it, too. */
struct pxe_packet { const void *data; uint16_t segment, offset, len; };
/** The one of that type (1 to 3); false: there is none. */
bool pxe_packet(unsigned type, struct pxe_packet *packet);
/** Room for one frame that real-mode programs can read: PXE_FRAME_LEN bytes; its address goes to *@segment, *@offset. */
void *pxe_frame_buffer(uint16_t *segment, uint16_t *offset);
/** Is this call one that interrupted another? */
bool pxe_is_nested(void);

#endif
