/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the payload begins: the machine is made ready, main runs, and the machine is left as it was found. Reading order for all that
 * follows: usr/main.c. */
#include "arch/x86/arch.h"
#include "arch/x86/parent.h"

#include "config/features.h"
#include "config/net.h"
#include "core/heap.h"
#include "core/system.h"
#include "net/pkt.h"
#include "usr/main.h"

#define HEAP_BYTES (1024 * 1024)
#define PAGE 4096u

/** Behind payload and bss: the packets, then the heap with all that is left. */
static void divide_memory(void)
{
	uint32_t at = (boot_info->block + boot_info->payload_len + PAGE - 1) & ~(PAGE - 1);
	uint32_t end = boot_info->block + boot_info->block_len;
	uint32_t count = (end - at - HEAP_BYTES) / (PKT_BUFFER_BYTES + sizeof(struct pkt));

	if (count > CONFIG_PACKETS)
		count = CONFIG_PACKETS;
	heap_init((void *)(at + count * PKT_BUFFER_BYTES + count * sizeof(struct pkt)),
	          end - at - count * (PKT_BUFFER_BYTES + sizeof(struct pkt)));
	pkt_pool_init((struct pkt *)(at + count * PKT_BUFFER_BYTES), (void *)at, count);
}

/** From payload_start. Returns 0 when the machine goes back to the BIOS. */
int arch_main(struct boot_info *info);
int arch_main(struct boot_info *info)
{
	bool shell = false;

	boot_info = info;
	exceptions_install();
	sse_open();
	divide_memory();
	clock_init();
	console_open();
	parent_open();
	if (info->entry == ENTRY_INIT || !info->prompted)
		shell = post_prompt();
	if (shell || info->entry != ENTRY_INIT) {
		system_entry_shell(shell);
		fpxe_main();
		if (CONFIG_DISKS)
			drives_close();
		memmap_close();
	}
	parent_close();
	console_close();
	sse_close();
	return 0;
}
