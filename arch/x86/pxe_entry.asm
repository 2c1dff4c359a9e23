; SPDX-License-Identifier: BSD-2-Clause
; Entries of the PXE API (PXE 2.1), and the start of a PXE program or boot sector. Part of lowmem.asm.
;
; A caller's stack may be small and its interrupts may come at any time: 60 bytes of it are used, the return address among them, and what
; was called is in static memory only until the payload's function has read it, with interrupts off.

; pxe_entry_pxenv - PXENV+'s entry: bx = opcode, es:di -> its parameters.
; pxe_entry_bang - !PXE's entry: words on the stack, the opcode next to the return address, then offset and segment; the caller pops.
;   out   ax = 0 or 1, as CF        mode  real, far call; all else is kept, the flag IF too
bits 16
pxe_entry_pxenv:
	pushf
	cli
	push ebx
	mov [cs:hooks + HOOKS_OPCODE], bx
	mov [cs:hooks + HOOKS_OFFSET], di
	mov [cs:hooks + HOOKS_SEGMENT], es
	jmp pxe_enter

pxe_entry_bang:
	pushf
	cli
	push ebx
	push bp
	mov bp, sp			; bp, ebx, flags and the return address: 12 bytes
	mov bx, [bp + 12]
	mov [cs:hooks + HOOKS_OPCODE], bx
	mov ebx, [bp + 14]
	mov [cs:hooks + HOOKS_OFFSET], ebx
	pop bp
pxe_enter:
	push eax
	smsw ax
	test al, 1
	jnz .v86
	xor eax, eax
	mov ebx, [cs:hooks + HOOKS_API]
	push cs
	call call32
	cmp eax, CALL32_LEAVE
	je nbp_back
.done:	mov bx, ax
	pop eax
	mov ax, bx
	pop ebx
	popf
	cmp ax, 1
	cmc
	retf
.v86:	push ds				; a monitor owns the processor's modes: nothing here may switch them
	lds bx, [cs:hooks + HOOKS_OFFSET]
	mov ax, ds			; where the status belongs, if that is the caller's to say: as pxe_real() has it
	movzx eax, ax
	shl eax, 4
	movzx ebx, bx
	add eax, ebx
	jz .refused
	cmp bx, 0xffff
	je .refused
	cmp eax, 0xa0000
	jae .write
	inc eax
	cmp eax, [cs:base]
	jae .refused
.write:	mov word [bx], 1		; PXENV_STATUS_FAILURE
.refused:
	pop ds
	mov ax, 1
	jmp .done

; nbp_start - start the program at 0:7C00, as the target of rm_call (PXE 2.1).
;   in    es:bx -> PXENV+; edi = !PXE, segment and offset        out   ax = what it returned
;   mode  real, far call, interrupts off; the program's are on
nbp_start:
	mov [cs:nbp_sp], sp
	push edi
	sti
	call 0:0x7c00
	jmp nbp_back

; disk_start - start a boot sector that is in its place, as the target of rm_call. Its stack is where BIOSes have it: our own is no
; memory that INT 13h would read into.
;   in    eax = segment:offset; dl = drive        out   ax = 18h or 19h: the interrupt by which it gave up
;   mode  real, far call, interrupts off; the boot sector's are on
disk_start:
	mov [cs:nbp_sp], sp
	xor bx, bx
	mov ss, bx
	mov esp, 0x7c00
	mov ds, bx
	mov es, bx
	push cs
	push word nbp_back
	push eax
	sti
	retf
int18_hook:
	mov ax, 0x18
	jmp nbp_back
int19_hook:
	mov ax, 0x19
nbp_back:				; from RESTART_TFTP, too: on whatever stack
	cli
	mov bx, cs
	mov ss, bx
	mov ds, bx
	movzx esp, word [nbp_sp]
	push ax
	call a20_enable
	pop ax
	retf
