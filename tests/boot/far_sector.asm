; SPDX-License-Identifier: BSD-2-Clause
; The first sector of a hard disk of LAST + 1 sectors: says how many INT 13h tells of (AH=48h) and what the last one holds (AH=42h).
; "sectors 0000000000a00001: text of the last sector"
%include "serial.inc"
org 0x7c00
bits 16
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov [drive], dl
	mov ah, 0x48
	mov si, parameters
	int 0x13
	jc failed
	say "sectors "
	mov eax, [parameters + 20]
	call hex32
	mov eax, [parameters + 16]
	call hex32
	say ": "
	mov dl, [drive]
	mov ah, 0x42
	mov si, packet
	int 0x13
	jc failed
	mov si, sector
.next:	lodsb
	test al, al
	jz .end
	call put
	jmp .next
.end:	line
stop:	hlt
	jmp stop

failed:	say "INT 13h failed: "
	mov al, ah
	call hex8
	line
	jmp stop
	serial_code

drive:	db 0
parameters: dw 26
	times 24 db 0
packet:	db 16, 0
	dw 1, sector, 0
	dq LAST
	times 446 - ($ - $$) db 0
	db 0x80, 1, 1, 0, 0x83, 0xfe, 0xff, 0xff
	dd 63, LAST - 62
	times 48 db 0
	dw 0xaa55
sector equ 0x8000
