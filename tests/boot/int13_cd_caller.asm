; SPDX-License-Identifier: BSD-2-Clause
; What boots from a CD without emulation, and says what INT 13h answers as int13_caller.asm does. The build defines BLOCKS, the CD's size, and
; OTHER, the number of the BIOS's own hard disk.
%include "serial.inc"
%include "v86.inc"
org 0x7c00
bits 16
BUFFER		equ 0x2000		; the segment

	jmp 0:start
start:	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov [drive], dl
	cld
	call answers
	mov ax, 0x4b01
	mov si, status
	mov dl, [drive]
	int 0x13
	mov bx, [status + 1]		; medium and drive
	mov cx, [status + 14]		; sectors that were loaded
	mov dx, [status + 4]		; where from
	call show
	say "what was booted", 13, 10
	mov ax, 0x4d00
	mov si, catalogue
	mov dl, [drive]
	call read_here
	say "catalogue", 13, 10
	mov ah, 0x48
	mov si, edd
	mov dl, [drive]
	int 0x13
	mov bx, [edd + 2]		; flags
	mov cx, [edd + 24]		; bytes of a block
	mov dx, [edd + 16]		; how many
	call show
	say "EDD parameters", 13, 10
	jmp other_and_v86

; answers - the calls that are made in both modes
answers:
	mov ax, 0x1500
	mov dl, [drive]
	int 0x13
	call show
	say "type", 13, 10
	mov ax, 0x4100
	mov bx, 0x55aa
	mov dl, [drive]
	int 0x13
	call show
	say "EDD check", 13, 10
	mov ax, 0x0800
	mov dl, [drive]
	int 0x13
	call show
	say "parameters", 13, 10
	mov ax, 0x0201
	mov cx, 1
	mov dh, 0
	mov dl, [drive]
	call read_here
	say "by CHS", 13, 10
	mov ah, 0x42
	mov cx, 40
	mov dword [packet.block], 600
	call by_packet
	say "forty blocks", 13, 10
	mov ah, 0x42
	mov cx, 2
	mov dword [packet.block], BLOCKS - 2
	call by_packet
	say "the last two", 13, 10
	mov ah, 0x42
	mov cx, 2
	mov dword [packet.block], BLOCKS - 1
	call by_packet
	say "one too many", 13, 10
	mov ax, 0x4300
	mov cx, 1
	mov dword [packet.block], 700
	call by_packet
	say "written", 13, 10
	mov ah, 0x44
	mov cx, 3
	call by_packet
	say "verified", 13, 10
	ret

; by_packet - of cx blocks, with the buffer emptied before
by_packet:
	call clear
	jmp by_packet_of

%include "int13_show.inc"

drive:	db 0
packet:	db 16, 0
.count:	dw 0
	dw 0, BUFFER
.block:	dq 0
status:	times 0x13 db 0
catalogue: db 8, 1
	dw 0, BUFFER, 0
edd:	dw 30
	times 28 db 0
