; SPDX-License-Identifier: BSD-2-Clause
; The resident part of base memory: entries, mode switching, calls to the BIOS, hooked interrupts, and the check of the compressed image.
; One flat binary at offset 0 of a segment of its own; containers copy it there and call LOWMEM_CALL32. All of it is small, since
; an option ROM keeps it in its last few KiB of shadow.
%include "arch/x86/layout.inc"

org 0
bits 16
	jmp near call32
	times LOWMEM_RM_CALL - ($ - $$) db 0
bits 32
	jmp near rm_call
	times LOWMEM_VERIFY - ($ - $$) db 0
	jmp near image_verify
	times LOWMEM_JUMP - ($ - $$) db 0
	jmp near rm_jump
	times LOWMEM_INFO - ($ - $$) db 0
info:	times LOWMEM_INFO_LEN db 0
	times LOWMEM_HOOKS - ($ - $$) db 0
hooks:	db "fPXE"			; struct low_hooks
%if PXE
	dw pxe_entry_pxenv, pxe_entry_bang, int1a_hook, int15_hook, nbp_start
	times LOWMEM_HOOKS + HOOKS_RETURN - ($ - $$) db 0
	dw at_once
%endif
	times LOWMEM_HOOKS + HOOKS_NIC - ($ - $$) db 0
	dw BDF_NONE
%if PXE
	dw disk_start, int18_hook, int19_hook
%endif
	times LOWMEM_HOOKS + LOWMEM_HOOKS_LEN - ($ - $$) db 0

%include "arch/x86/mode.asm"
%include "arch/x86/realcall.asm"
%if PXE
%include "arch/x86/pxe_entry.asm"
%include "arch/x86/int_hooks.asm"
%endif
%include "arch/x86/verify.asm"

%if LOWMEM_BYTES != LOWMEM_KIB * 1024 || LOWMEM_MAP + LOWMEM_MAP_LEN > LOWMEM_PXE || LOWMEM_PXE + LOWMEM_PXE_LEN > LOWMEM_STACK
%error the resident part's places overlap, or are not as long as they say
%endif
%if ($ - $$) > LOWMEM_DISKS || LOWMEM_DISKS + LOWMEM_DISKS_LEN > LOWMEM_BOUNCE
%error the resident code has grown into the place of INT 13h, or that into the bounce buffer
%endif
