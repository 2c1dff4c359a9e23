; SPDX-License-Identifier: BSD-2-Clause
; Container: a network bootstrap program that a PXE stack loads at 0:7C00 (PXE 2.1). What of that stack stays is for C to see to
; (arch/x86/parent.c), by calls that go through here.
;
; The build defines KEEP (KEEP_*), UNDI (1: its driver uses the loading stack's UNDI), IMAGE_LEN, IMAGE_CRC and the files LOWMEM and IMAGE.
%include "arch/x86/layout.inc"

NBP_SEGMENT	equ 0x7c0		; 0:7C00 again, so that offsets begin at 0

org 0
bits 16
	jmp NBP_SEGMENT:start
	times CONTAINER_STRUCT - ($ - $$) db 0
	times CONTAINER_CALL - CONTAINER_PXENV db 0
	dw pxe_call
	dw undi_interrupt
	db 0, 0
	db 1				; CONTAINER_RETURNS, until C has unloaded the stack
	db KEEP
	db UNDI
	times CONTAINER_STRUCT + CONTAINER_STRUCT_LEN - ($ - $$) db 0

%include "arch/x86/container.inc"

; start - from the PXE stack, by a far call.
;   in    es:bx -> PXENV+ structure; the word pair above the return address -> !PXE structure        mode  real
start:
	pushad
	push ds
	push es
	push fs
	push gs
	mov bp, sp
	mov eax, [bp + 8 + 32 + 4]
	push cs
	pop ds
	mov [CONTAINER_PXE], eax
	mov [CONTAINER_PXENV], bx
	mov [CONTAINER_PXENV + 2], es
	call previous_life_end
	mov edx, NBP_SEGMENT * 16 + image
	mov bl, ENTRY_NBP
	sti
	jmp bring_up

; finished - back to the PXE stack if it is still there, with status 0; else the BIOS goes on.
finished:
	cmp byte [CONTAINER_RETURNS], 1
	jne next_device
	cli
	mov ss, [caller_ss]
	mov sp, [caller_sp]
	sti
	pop gs
	pop fs
	pop es
	pop ds
	popad
	xor ax, ax
	retf

; pxe_call - call the PXE API by both conventions: registers as PXENV+ has it, the stack as !PXE does.
;   in    bx = opcode, es:di -> parameter block; cl = 1: let interrupts in        out   ax = status
;   mode  real, far call
pxe_call:
	test cl, cl
	jz .quiet
	sti
.quiet:	push es
	push di
	push bx
	call far [cs:CONTAINER_API]
	cli
	cld
	add sp, 6
	retf

; undi_interrupt - the NIC's interrupt: note it, and mask its line until C has seen to it; nobody is called from here.
undi_interrupt:
	push ax
	push cx
	mov byte [cs:CONTAINER_IRQ_CAME], 1
	mov cl, [cs:CONTAINER_IRQ_LINE]
	mov ah, 1
	shl ah, cl
	test cl, 8
	jnz .second
	in al, 0x21
	or al, ah
	out 0x21, al
	jmp .end
.second:
	and cl, 7
	mov ah, 1
	shl ah, cl
	in al, 0xa1
	or al, ah
	out 0xa1, al
	mov al, 0x20
	out 0xa0, al
.end:	mov al, 0x20
	out 0x20, al
	pop cx
	pop ax
	iret

%define UNDER_PXE
%include "arch/x86/previous.inc"
	check_kept
lowmem:	incbin LOWMEM
lowmem_end:
	align 4, db 0
image:	incbin IMAGE
