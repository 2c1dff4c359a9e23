; SPDX-License-Identifier: BSD-2-Clause
; Interrupts that we hook while something of ours has to stay in memory: 1Ah tells of the PXE API, 15h hides our memory. Part of
; lowmem.asm; hooks.c switches them on and off and fills what they read.

bits 16
; int1a_hook - AX=5650h: es:bx -> PXENV+, ax = 564Eh, CF clear (PXE 2.1).
int1a_hook:
	cmp ax, 0x5650
	jne .pass
	test byte [cs:hooks + HOOKS_ANSWERING], HOOKS_FOR_PXE
	jz .pass
	mov ax, 0x564e
	push cs
	pop es
	mov bx, LOWMEM_PXE + PXE_PXENV
	jmp iret_carry_clear
.pass:	jmp far [cs:hooks + HOOKS_OLD_1A]

; int15_hook - the memory map without what is ours: E820h (ACPI 6, 15.1) from our table, E801h and 88h.
int15_hook:
	cmp word [cs:hooks + HOOKS_ANSWERING], 0
	je .pass
	cmp ax, 0xe820
	je .e820
	cmp ax, 0xe801
	je .e801
	cmp ah, 0x88
	jne .pass
	mov ax, [cs:hooks + HOOKS_EXT_88]
	jmp iret_carry_clear
.pass:	jmp far [cs:hooks + HOOKS_OLD_15]

.e801:	cmp word [cs:hooks + HOOKS_E801_LOW], E801_NONE
	je .pass
	mov ax, [cs:hooks + HOOKS_E801_LOW]
	mov cx, ax
	mov bx, [cs:hooks + HOOKS_E801_HIGH]
	mov dx, bx
	jmp iret_carry_clear

.e820:	cmp word [cs:hooks + HOOKS_MAP_COUNT], 0
	je .pass
	cmp edx, 0x534d4150		; "SMAP"
	jne .bad
	cmp ecx, 20
	jb .bad
	cmp ebx, 0xffff
	ja .bad
	cmp bx, [cs:hooks + HOOKS_MAP_COUNT]
	jae .bad
	push ds
	push si
	push di
	push cs
	pop ds
	cmp ecx, MAP_ENTRY_LEN
	jb .short
	mov ecx, MAP_ENTRY_LEN
	jmp .copy
.short:	mov ecx, 20
.copy:	imul si, bx, MAP_ENTRY_LEN
	add si, LOWMEM_MAP
	push cx
	cld
	rep movsb
	pop cx
	pop di
	pop si
	pop ds
	mov eax, edx
	inc ebx
	cmp bx, [cs:hooks + HOOKS_MAP_COUNT]
	jb iret_carry_clear
	xor ebx, ebx
	jmp iret_carry_clear
.bad:	mov ah, 0x86
	push bp
	mov bp, sp
	or byte [bp + 6], 1		; the caller's flags
	pop bp
	iret

at_once:
	retf

iret_carry_clear:
	push bp
	mov bp, sp
	and byte [bp + 6], 0xfe
	pop bp
	iret
