; SPDX-License-Identifier: BSD-2-Clause
; A hard disk whose boot sector says on the first serial port what INT 13h answers: in real mode, then the same calls in virtual-8086 mode
; under a monitor that moves memory by INT 15h AH=87h itself, as memory managers do. The build defines SECTORS, the disk's size; WAIT: a
; byte from the serial port comes first.
%include "serial.inc"
%include "v86.inc"
org 0x7c00
bits 16
PROGRAM_SECTORS	equ 6
HUNDRED		equ 3000		; where as many are read
BUFFER		equ 0x2000		; the segment
TSS		equ 0x50000
IDT		equ 0x52800
MONITOR_STACK	equ 0x54000

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
	mov dl, [drive]
	inc dl
	int 0x13
	call show
	say "parameters of the other", 13, 10
	mov ax, 0x0201
	mov cx, 1
	mov dh, 0
	mov dl, [drive]
	inc dl
	call read_here
	say "the other's first sector", 13, 10
	call monitor
	say "in V86:", 13, 10
	call answers
	say "caller: ends", 13, 10
.halt:	jmp .halt

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

; by_packet - of 2 blocks, by_packet_of - of cx; shown in CX is how many moved, as the packet has it then
by_packet:
	mov cx, 2
by_packet_of:
	mov si, packet
	mov [packet.count], cx
	mov dl, [drive]
	int 0x13
	mov cx, [packet.count]
	jmp show

read_here:
	xor bx, bx
read_at:
	call clear
	push es
	push BUFFER
	pop es
	int 0x13
	pop es
	; fall through

; show - carry, AX, BX, CX, DX and the sum of the buffer's dwords
show:	pushfd
	pushad
	mov bp, sp
	mov al, [bp + 32]
	and al, 1
	add al, '0'
	call put
	mov ax, [bp + 28]
	call word_out
	mov ax, [bp + 16]
	call word_out
	mov ax, [bp + 24]
	call word_out
	mov ax, [bp + 20]
	call word_out
	call sum
	push eax
	shr eax, 16
	call word_out
	pop eax
	call hex16
	mov al, ' '
	call put
	popad
	popfd
	ret

; 128 KiB of the buffer
sum:	push ds
	xor eax, eax
	mov dx, BUFFER
.segment:
	mov ds, dx
	xor si, si
.dword:	add eax, [si]
	add si, 4
	jnz .dword
	add dx, 0x1000
	cmp dx, BUFFER + 0x2000
	jb .segment
	pop ds
	ret

clear:	pushad
	push es
	xor eax, eax
	mov dx, BUFFER
.segment:
	mov es, dx
	xor di, di
	mov cx, 0x4000
	rep stosd
	add dx, 0x1000
	cmp dx, BUFFER + 0x2000
	jb .segment
	pop es
	popad
	ret

word_out:
	push ax
	mov al, ' '
	call put
	pop ax
	jmp hex16

	serial_code

; ---- the monitor ---------------------------------------------------------------------------------------------------------------------

; All that happens under it but INT 13h, which is reflected, and INT 15h AH=87h, which it does, ends the test: "monitor: fault".
monitor:
	cli
	pop word [back]
	v86_tss
	mov ax, IDT >> 4
	mov es, ax
	xor di, di
	mov cx, 256
.gate:	mov ax, fault
	cmp cx, 256 - 0x13
	jne .not_13
	mov ax, reflect_13
.not_13: cmp cx, 256 - 0x15
	jne .not_15
	mov ax, int_15
.not_15: stosw
	mov ax, 8
	stosw
	mov ax, 0xee00			; an interrupt gate that V86 may use
	stosw
	xor ax, ax
	stosw
	loop .gate
	mov [esp_kept], sp
	lidt [idt]
	v86_monitor
	movzx eax, word [esp_kept]
	movzx ecx, word [back]
	v86_enter
bits 32

; The frame behind pushad
M_IP	equ 32
M_CS	equ 36
M_FLAGS	equ 40
M_SP	equ 44
M_SS	equ 48
M_ES	equ 52

%macro flat_data 0
	mov ebp, esp
	mov eax, 0x10
	mov ds, eax
	mov es, eax
	cld
%endmacro

reflect_13:
	pushad
	flat_data
	movzx edi, word [ebp + M_SS]
	shl edi, 4
	sub word [ebp + M_SP], 6
	movzx eax, word [ebp + M_SP]
	add edi, eax
	mov eax, [ebp + M_IP]
	mov [edi], ax
	mov eax, [ebp + M_CS]
	mov [edi + 2], ax
	mov eax, [ebp + M_FLAGS]
	mov [edi + 4], ax
	movzx eax, word [0x13 * 4]
	mov [ebp + M_IP], eax
	movzx eax, word [0x13 * 4 + 2]
	mov [ebp + M_CS], eax
	popad
	iretd

int_15:	pushad
	flat_data
	cmp byte [ebp + 29], 0x87
	jne fault
	movzx ebx, word [ebp + M_ES]
	shl ebx, 4
	movzx eax, word [ebp + 4]
	add ebx, eax			; the caller's table
	movzx ecx, word [ebp + 24]
	add ecx, ecx
	movzx edx, word [ebx + 0x10]	; both limits hold all
	inc edx
	cmp edx, ecx
	jb fault
	movzx edx, word [ebx + 0x18]
	inc edx
	cmp edx, ecx
	jb fault
	cmp byte [ebx + 0x15], 0x93	; both are data that may be written
	jne fault
	cmp byte [ebx + 0x1d], 0x93
	jne fault
	mov esi, [ebx + 0x12]
	and esi, 0xffffff
	mov al, [ebx + 0x17]
	shl eax, 24
	or esi, eax
	mov edi, [ebx + 0x1a]
	and edi, 0xffffff
	mov al, [ebx + 0x1f]
	shl eax, 24
	or edi, eax
	rep movsb
	mov byte [ebp + 29], 0
	and byte [ebp + M_FLAGS], 0xfe
	popad
	iretd

fault:	mov eax, 0x10
	mov ds, eax
	mov esi, .words
.next:	mov dx, 0x3fd
.wait:	in al, dx
	test al, 0x20
	jz .wait
	lodsb
	test al, al
	jz $
	mov dx, 0x3f8
	out dx, al
	jmp .next
.words:	db "monitor: fault", 13, 10, 0
bits 16

back:	dw 0
esp_kept: dw 0
	v86_gdt
idt:	dw 256 * 8 - 1
	dd IDT

packet:	db 16, 0
.count:	dw 2
.address: dw 0, BUFFER
.block:	dq 0
written: dd 0x01020304
edd:	dw 30
	times 28 db 0
	times PROGRAM_SECTORS * 512 - ($ - $$) db 0
