; SPDX-License-Identifier: BSD-2-Clause
; Calls from 32-bit flat mode to 16-bit real-mode code: the only file that enters the BIOS. Part of lowmem.asm.

; struct rm_call (arch/x86/bios.h)
RC_EAX		equ 0
RC_EBX		equ 4
RC_ECX		equ 8
RC_EDX		equ 12
RC_ESI		equ 16
RC_EDI		equ 20
RC_EBP		equ 24
RC_DS		equ 28
RC_ES		equ 30
RC_FLAGS	equ 32
RC_TARGET	equ 36			; segment:offset
RC_STACK_COUNT	equ 40
RC_STACK	equ 42			; words; the first ends up lowest, next to the return address
RC_STACK_MAX	equ 9

; rm_call - run 16-bit code: a BIOS interrupt's handler or a far function.
;   void rm_call(struct rm_call *call)                             [cdecl]
;   in    [esp+4] registers to load, the target, and words for its stack (an interrupt handler wants the flags there)
;   out   *call = the registers and flags it left
;   mode  32-bit in, 32-bit out; IF=0 outside; pending interrupts are let in before the target runs with IF=0, as INT would
;   uses  the caller's stack, which lies in the resident part; keeps ebx esi edi ebp
bits 32
rm_call:
	push ebp
	push ebx
	push esi
	push edi
	call .here
.here:	pop ebp
	sub ebp, .here
	mov esi, [esp + 20]
	lea edi, [ebp + rc]
	mov ecx, RC_BYTES / 4
	rep movsd
	sidt [ebp + rc_pm_idt]
	mov edx, .real
	mov ecx, SEL_DATA16
	cmp byte [ebp + rc + RC_STACK_COUNT], 1
	jbe .limits
	mov ecx, SEL_DATA32		; with arguments it is PMM, which may expect the 4 GiB limits that POST calls us with
.limits:
	jmp leave_pm
bits 16
.real:	mov [rc_sp], sp
	mov ax, sp
	sub ax, STACK_RESERVE
	mov [stack_top], ax
	sti				; timer, keyboard: whatever waited
	nop
	nop
	cli
	movzx cx, byte [rc + RC_STACK_COUNT]
	mov si, cx
	add si, si
	jcxz .pushed
.push:	push word [rc + RC_STACK + si - 2]
	sub si, 2
	loop .push
.pushed:
	push cs
	push word .back
	push dword [rc + RC_TARGET]
	mov eax, [rc + RC_EAX]
	mov ebx, [rc + RC_EBX]
	mov ecx, [rc + RC_ECX]
	mov edx, [rc + RC_EDX]
	mov esi, [rc + RC_ESI]
	mov edi, [rc + RC_EDI]
	mov ebp, [rc + RC_EBP]
	mov es, [rc + RC_ES]
	mov ds, [rc + RC_DS]
	retf
.back:	cli
	mov [cs:rc + RC_DS], ds
	push cs
	pop ds
	mov [rc + RC_EAX], eax
	mov [rc + RC_EBX], ebx
	mov [rc + RC_ECX], ecx
	mov [rc + RC_EDX], edx
	mov [rc + RC_ESI], esi
	mov [rc + RC_EDI], edi
	mov [rc + RC_EBP], ebp
	mov [rc + RC_ES], es
	pushfd
	pop dword [rc + RC_FLAGS]
	cld
	mov ax, cs
	mov ss, ax
	movzx esp, word [rc_sp]
	mov edx, .in32
	jmp enter_pm
bits 32
.in32:	call .here2
.here2:	pop ebp
	sub ebp, .here2
	lidt [ebp + rc_pm_idt]
	lea esi, [ebp + rc]
	mov edi, [esp + 20]
	mov ecx, RC_BYTES / 4
	rep movsd
	pop edi
	pop esi
	pop ebx
	pop ebp
	ret

; rm_jump - leave for good: real mode, then a far jump with the segments of a boot protocol.
;   in    esi -> words cs ip ss sp ds (struct plan_entry); nothing is kept
;   mode  32-bit in, under anybody's flat descriptors; at the target: real mode, IF=0, DF=0, DS=ES=FS=GS=ds, other registers 0
rm_jump:
	call .here
.here:	pop ebp
	sub ebp, .here
	lea esp, [ebp + LOWMEM_BYTES]
	lea edi, [ebp + rc]
	movsd
	movsd
	movsw
	call set_base_32
	mov edx, .real
	mov ecx, SEL_DATA16
	jmp leave_pm
bits 16
.real:	mov ax, [rc + 8]
	mov es, ax
	mov fs, ax
	mov gs, ax
	mov ss, [rc + 4]
	movzx esp, word [rc + 6]
	push word [rc]
	push word [rc + 2]
	mov ds, ax
	xor eax, eax
	xor ebx, ebx
	xor ecx, ecx
	xor edx, edx
	xor esi, esi
	xor edi, edi
	xor ebp, ebp
	retf
