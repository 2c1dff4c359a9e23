; SPDX-License-Identifier: BSD-2-Clause
; A disk whose boot sector says on the first serial port what INT 13h answers: in real mode, then the same calls in virtual-8086 mode. The
; build defines SECTORS, the disk's size, and OTHER, the number of the BIOS's own hard disk; WAIT: a byte from the serial port comes first.
%include "serial.inc"
%include "v86.inc"
org 0x7c00
bits 16
PROGRAM_SECTORS	equ 6
HUNDRED		equ 3000		; where as many are read
BUFFER		equ 0x2000		; the segment


start:	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov [drive], dl
	cld
	mov ax, 0x0200 + PROGRAM_SECTORS - 1
	mov bx, 0x7e00
	mov cx, 2
	mov dh, 0
	int 0x13
	jmp main
drive:	db 0
	times 446 - ($ - $$) db 0
	db 0x80, 0, 2, 0, 0x83, 15, 63, 0
	dd 1, SECTORS - 1
	times 510 - ($ - $$) db 0
	dw 0xaa55

main:
%ifdef WAIT
	say "caller: waits", 13, 10
	mov dx, 0x3fd
.wait:	in al, dx
	test al, 1
	jz .wait
	mov dx, 0x3f8
	in al, dx
%endif
	call answers
	; what only the payload knows, and the other drives
	mov ah, 0x48
	mov si, edd
	mov dl, [drive]
	int 0x13
	call show
	say "EDD parameters", 13, 10
	mov ax, 0x0800
	mov dl, OTHER
	int 0x13
	call show
	say "parameters of the other", 13, 10
	jmp other_and_v86

; answers - the calls that are made in both modes
answers:
	mov ah, 8
	mov dl, [drive]
	int 0x13
	call show
	say "parameters", 13, 10
	mov ah, 0x15
	mov dl, [drive]
	int 0x13
	call show
	say "type", 13, 10
	mov ah, 0x41
	mov bx, 0x55aa
	mov dl, [drive]
	int 0x13
	call show
	say "EDD check", 13, 10
	mov ax, 0x0203
	mov cx, 0x0002
	mov dh, 0
	mov dl, [drive]
	call read_here
	say "three sectors", 13, 10
	mov ax, 0x027f
	mov cx, 0x0101
	mov dh, 1
	mov dl, [drive]
	mov bx, 0x8001
	call read_at
	say "127 over the end of a segment", 13, 10
	mov ax, 0x0201
	mov cx, 0x0000
	mov dh, 0
	mov dl, [drive]
	call read_here
	say "sector 0", 13, 10
	mov ax, 0x0201
	mov cx, 0xffc1
	mov dh, 0
	mov dl, [drive]
	call read_here
	say "behind the last cylinder", 13, 10
	mov ax, 0x1600
	mov dl, [drive]
	int 0x13
	call show
	say "changed", 13, 10
	mov ax, 0x0302
	call by_chs
	say "written by CHS", 13, 10
	mov ax, 0x0402
	call by_chs
	say "verified by CHS", 13, 10
	mov ax, 0x0202
	mov cx, 0x0a03
	mov dh, 1
	mov dl, [drive]
	call read_here
	say "read back by CHS", 13, 10
	mov ah, 0x42
	mov dword [packet.block], SECTORS - 2
	call by_packet
	say "the last two by EDD", 13, 10
	mov ah, 0x42
	mov dword [packet.block], SECTORS - 1
	call by_packet
	say "one too many by EDD", 13, 10
	mov ah, 0x44
	call by_packet
	say "verified behind the end", 13, 10
	mov ah, 0x42
	mov cx, 100
	mov dword [packet.block], HUNDRED
	call by_packet_of
	say "a hundred by EDD", 13, 10
	mov ah, 0x42
	mov dword [packet.address], -1
	call by_packet
	mov dword [packet.address], BUFFER << 16
	say "no flat address in a short packet", 13, 10
	push es
	push BUFFER
	pop es
	xor di, di
	mov eax, [written]
	mov cx, 256
	rep stosd
	pop es
	inc dword [written]		; another time other bytes
	mov ah, 0x43
	mov al, 0
	mov dword [packet.block], 100
	call by_packet
	say "written by EDD", 13, 10
	call clear
	mov ah, 0x42
	call by_packet
	say "read back", 13, 10
	mov ah, 0x44
	call by_packet
	say "verified", 13, 10
	mov ax, 0x99aa
	mov dl, [drive]
	int 0x13
	call show
	say "no such function", 13, 10
	mov ax, 0x01aa
	mov dl, [drive]
	int 0x13
	call show
	say "last status", 13, 10
	ret

; by_chs - AX for cylinder 10, head 1, sectors 3 and 4, and the program's two sectors behind the boot sector, which hold no variables
by_chs:
	push es
	push 0
	pop es
	mov bx, 0x7e00
	mov cx, 0x0a03
	mov dh, 1
	mov dl, [drive]
	int 0x13
	pop es
	jmp show

; by_packet - of 2 blocks
by_packet:
	mov cx, 2
	jmp by_packet_of

%include "int13_show.inc"

packet:	db 16, 0
.count:	dw 2
.address: dw 0, BUFFER
.block:	dq 0
written: dd 0x01020304
edd:	dw 30
	times 28 db 0
	times PROGRAM_SECTORS * 512 - ($ - $$) db 0
