; SPDX-License-Identifier: BSD-2-Clause
; A PXE program as large as base memory holds it: 7E000h bytes, of which the first sector does the work. It looks at the last four bytes, to
; see that all of it came, writes DEADh to 0:7C10, and halts for good.
org 0x7c00
bits 16
	jmp start
	times 0x10 - ($ - $$) db 0
word_at_7c10: dw 0xface
start:	cli
	xor ax, ax
	mov ds, ax
	mov ax, 0x8000
	mov es, ax
	cmp dword [es:0x5c00 - 4], 0x0ddba11
	jne halt
	mov word [word_at_7c10], 0xdead
halt:	cli
	hlt
	jmp halt
	times 510 - ($ - $$) db 0
	dw 0xaa55
	times 0x7e000 - 4 - ($ - $$) db 0xa5
	dd 0x0ddba11
