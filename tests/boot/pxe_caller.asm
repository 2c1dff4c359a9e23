; SPDX-License-Identifier: BSD-2-Clause
; A PXE program that says on the first serial port what it was given and what the API's calls answer, a line each, and then ends as ENDING says:
;   0 return 0      1 return 1      2 shut down, unload, stop, look at the machine, halt      3 RESTART_TFTP of "next"
;   4 INT 19h       5 INT 18h       6 halt       7 a call from virtual-8086 mode, as under a memory manager; halt
;   8 FILE_EXEC of a line, then of one that chains "next"       9 FILE_EXEC of LINE
;   10 return 0, with INT 1Ah hooked by code that stays
; QUICK: it makes no calls.
; Calls that no program of Debian's makes are made here: TFTP_*, a stack of 498 bytes, calls from an interrupt, wrong addresses.
; The build may define FUZZ: random opcodes, blocks and segments, and whether the stack still answers.
%ifndef ENDING
%define ENDING 0
%endif
%include "serial.inc"
%include "v86.inc"
org 0x7c00
bits 16
	jmp start
%ifndef SEED
%define SEED 1
%endif
seed:	dd SEED

; pxe OPCODE, BLOCK - by !PXE, on the stack it came with
%macro pxe 2
	push cs
	push word %2
	push word %1
	call far [bang_entry]
	add sp, 6
%endmacro

start:	mov bp, sp
	push ds
	push cs
	pop ds
	mov [first_ss], ss
	mov [first_sp], sp
	mov [pxenv], bx
	mov [pxenv + 2], es
	mov eax, [ss:bp + 4]
	mov [bang], eax
	cld
	say "caller: begins"
	line
	call structures
	call installation_check
	call machine
%ifdef FUZZ
	call fuzz
%elifndef QUICK
	call preboot
	call undi
	call wrong
	call small_stack
	call from_interrupt
%ifdef TFTP
	call tftp
%endif
%endif
	jmp ending

; ---- what it was given ---------------------------------------------------------------------------------------------------------------

structures:
	les bx, [pxenv]
	say "PXENV+ "
	mov al, [es:bx]
	call put
	mov cl, [es:bx + 8]
	call sum
	les bx, [bang]
	say " !PXE "
	mov al, [es:bx]
	call put
	mov cl, [es:bx + 4]
	call sum
	mov eax, [es:bx + 0x10]
	mov [bang_entry], eax
	les bx, [pxenv]
	mov eax, [es:bx + 10]
	mov [pxenv_entry], eax
	say " version "
	mov ax, [es:bx + 6]
	call hex16
	line
	ret

; " good" if cl bytes at es:bx add up to zero
sum:	xor ax, ax
	push bx
.next:	add al, [es:bx]
	inc bx
	dec cl
	jnz .next
	pop bx
	test al, al
	jz .good
	say " bad"
	ret
.good:	say " good"
	ret

installation_check:
	mov ax, 0x5650
	int 0x1a
	jc .none
	cmp ax, 0x564e
	jne .none
	cmp bx, [pxenv]
	jne .none
	mov ax, es
	cmp ax, [pxenv + 2]
	jne .none
	say "INT 1A tells the same"
	line
	ret
.none:	say "INT 1A tells nothing of it"
	line
	ret

; 40:13, and E820 entry by entry
machine:
	say "base memory "
	push ds
	mov ax, 0x40
	mov ds, ax
	mov ax, [0x13]
	pop ds
	call hex16
	line
	xor ebx, ebx
.entry:	push cs
	pop es
	mov di, buffer
	mov eax, 0xe820
	mov edx, 0x534d4150
	mov ecx, 24
	int 0x15
	jc .end
	say "E820 "
	mov eax, [buffer]
	call hex32
	say " "
	mov eax, [buffer + 8]
	call hex32
	say " "
	mov al, [buffer + 16]
	call hex8
	line
	test ebx, ebx
	jnz .entry
.end:	mov ax, 0xe801
	int 0x15
	push bx
	push ax
	say "E801 "
	pop ax
	call hex16
	say " "
	pop ax
	call hex16
	mov ah, 0x88
	int 0x15
	push ax
	say " 88 "
	pop ax
	call hex16
	line
	ret

; ---- calls ---------------------------------------------------------------------------------------------------------------------------

; "NAME: AX STATUS" of the call just made with the block at @block
%macro outcome 1
	push ax
	say %1, ": "
	pop ax
	call hex8
	say " "
	mov ax, [block]
	call hex8
%endmacro

clear:	push cs
	pop es
	mov di, block
	mov cx, 256
	xor al, al
	rep stosb
	ret

preboot:
	%assign type 1
	%rep 3
	call clear
	mov word [block + 2], type
	mov word [block + 4], 1400
	mov word [block + 6], buffer
	mov [block + 8], cs
	pxe 0x71, block
	outcome "cached"
	say " "
	mov ax, [block + 4]
	call hex16
	say " op "
	mov al, [buffer]
	call hex8
	line
	%assign type type + 1
	%endrep
	call clear			; by address
	mov word [block + 2], 2
	pxe 0x71, block
	outcome "cached, where"
	les bx, [block + 6]
	say " op "
	mov al, [es:bx]
	call hex8
	line
	ret

undi:	call clear
	pxe 0x0c, block
	outcome "information"
	say " mac "
	mov al, [block + 12]
	call hex8
	mov al, [block + 13]
	call hex8
	mov al, [block + 17]
	call hex8
	say " mtu "
	mov ax, [block + 6]
	call hex16
	say " irq "
	mov ax, [block + 4]
	call hex8
	line
	call clear
	pxe 0x12, block
	outcome "type"
	say " "
	mov ax, [block + 3]
	call hex16
	mov ax, [block + 5]
	call hex16
	line
	call clear
	pxe 0x13, block
	outcome "interface"
	line
	call clear
	pxe 0x06, block
	outcome "open"
	line
	call arp
	call clear
	pxe 0x07, block
	outcome "close"
	line
	ret

; Ask for 10.0.2.2 by a frame of our own, and wait for its answer by PROCESS and GET_NEXT
arp:	mov si, arp_frame
	call clear
	mov byte [block + 2], 0
	mov word [block + 8], tbd
	mov [block + 10], cs
	mov word [tbd], arp_end - arp_frame
	mov word [tbd + 2], arp_frame
	mov [tbd + 4], cs
	pxe 0x08, block
	outcome "transmit"
	line
	mov dword [polls], 2000000
.poll:	call clear
	mov word [block + 2], 2
	pxe 0x14, block
	cmp word [block + 2], 3
	je .frame
	dec dword [polls]
	jnz .poll
	say "no answer"
	line
	ret
.frame:	les bx, [block + 10]
	cmp word [es:bx + 12], 0x0608
	jne .poll
	cmp word [es:bx + 20], 0x0200
	jne .poll
	outcome "frame"
	say " length "
	mov ax, [block + 6]
	call hex16
	say " protocol "
	mov al, [block + 14]
	call hex8
	line
	ret

; Opcodes and addresses that are none
wrong:	call clear
	pxe 0x1234, block
	outcome "opcode 1234"
	line
	call clear
	pxe 0x24, block
	outcome "opcode 24"
	line
	call clear
	pxe 0xe7, block
	outcome "opcode e7"
	line
	mov ax, [pxenv + 2]		; a block in the stack's own memory
	push ax
	push word 0x1000
	push word 0x71
	call far [bang_entry]
	add sp, 6
	push ax
	say "block in the resident part: "
	pop ax
	call hex8
	line
	push cs				; one over the end of its segment
	push word 0xfffe
	push word 0x71
	call far [bang_entry]
	add sp, 6
	push ax
	say "block over the end: "
	pop ax
	call hex8
	line
	call clear			; by registers, PXENV+'s way
	mov bx, 0x0c
	push cs
	pop es
	mov di, block
	mov ecx, 0xdeadbeef
	mov esi, 0x12345678
	call far [pxenv_entry]
	xor ecx, 0xdeadbeef
	xor esi, 0x12345678
	xor bx, 0x0c
	or cx, bx
	or ecx, esi
	mov [total], ecx
	outcome "by PXENV+"
	cmp dword [total], 0
	jne .changed
	say ", registers kept"
	line
	ret
.changed:
	say ", registers changed"
	line
	ret

; With 498 bytes of stack
small_stack:
	call clear
	mov [kept_sp], sp
	mov [kept_ss], ss
	cli
	mov ax, cs
	mov ss, ax
	mov sp, tiny_end
	sti
	mov bx, 0
	push cs
	push word block
	push word 0x0c
	call far [bang_entry]
	add sp, 6
	cli
	mov ss, [kept_ss]
	mov sp, [kept_sp]
	sti
	push ax
	mov si, tiny			; what is still as it was at the bottom
	xor cx, cx
.count:	cmp byte [si], 0x5a
	jne .counted
	inc si
	inc cx
	jmp .count
.counted:
	mov [unused], cx
	pop ax
	outcome "small stack"
	mov cx, [unused]
	cmp cx, 16
	jb .full
	say " enough"
	line
	ret
.full:	say " overrun"
	line
	ret

; From the timer's interrupt
from_interrupt:
	call hook_tick
.wait:	call clear
	pxe 0x0c, block
	cmp word [ticks], 5
	jb .wait
	call unhook_tick
	say "from interrupts: "
	mov al, [tick_result]
	call hex8
	line
	ret

hook_tick:
	mov word [ticks], 0
	mov byte [tick_result], 0xff
	cli
	push ds
	xor ax, ax
	mov ds, ax
	mov eax, [0x1c * 4]
	mov [cs:old_tick], eax
	mov word [0x1c * 4], tick
	mov [0x1c * 4 + 2], cs
	pop ds
	sti
	ret
unhook_tick:
	cli
	push ds
	xor ax, ax
	mov ds, ax
	mov eax, [cs:old_tick]
	mov [0x1c * 4], eax
	pop ds
	sti
	ret
tick:	pushad
	push ds
	push es
	push cs
	pop ds
	push cs
	push word tick_block
	push word 0x13
	call far [bang_entry]
	add sp, 6
	mov [tick_result], al
	inc word [ticks]
	pop es
	pop ds
	popad
	iret

; 0x25 size, 0x20 open, 0x22 read to the end, 0x21 close, 0x23 the whole to 2 MiB
tftp:	call clear
	mov dword [block + 2], 0x0202000a	; 10.0.2.2
	call tftp_name
	pxe 0x25, block
	outcome "size"
	say " "
	mov eax, [block + 138]
	call hex32
	line
	call clear
	mov dword [block + 2], 0x0202000a
	call tftp_name
	mov word [block + 138], 0x4500		; port 69
	mov word [block + 140], 1024
	pxe 0x20, block
	outcome "tftp open"
	say " packet "
	mov ax, [block + 140]
	call hex16
	line
	mov ax, [block + 140]
	mov [packet_bytes], ax
	mov dword [total], 0
.read:	call clear
	mov word [block + 6], buffer
	mov [block + 8], cs
	pxe 0x22, block
	test ax, ax
	jnz .ended
	movzx eax, word [block + 4]
	add [total], eax
	cmp ax, [packet_bytes]
	je .read
	xor ax, ax
.ended:	outcome "tftp read"
	say " in all "
	mov eax, [total]
	call hex32
	line
	call clear
	pxe 0x21, block
	outcome "tftp close"
	line
	mov word [tries], 200
.again:	call clear
	mov si, name			; READ_FILE: the name comes first
	mov di, block + 2
	call copy_name
	mov dword [block + 130], 0x100000
	mov dword [block + 134], 0x200000
	mov dword [block + 138], 0x0202000a
	call hook_tick			; calls within the call, which waits with interrupts on
	pxe 0x23, block
	push ax
	call unhook_tick
	pop ax
	dec word [tries]
	jz .came
	cmp byte [tick_result], 0xff	; as often as it takes for an interrupt to come
	je .again
.came:	outcome "read file"
	say " "
	mov eax, [block + 130]
	call hex32
	line
	say "within a call: "
	mov al, [tick_result]
	call hex8
	line
	ret
tftp_name:
	mov si, name
	mov di, block + 10
copy_name:
	push cs
	pop es
.next:	lodsb
	stosb
	test al, al
	jnz .next
	ret

%ifdef FUZZ
; FUZZ calls with all random, those that end UNDI or run a line among them; after each one GET_INFORMATION has to answer
fuzz:	mov dword [total], 0
.call:	call random
	mov [fuzz_opcode], ax
	test word [total], 1		; half of them opcodes there are
	jz .any
	and word [fuzz_opcode], 0xff
.any:	mov di, block
	mov cx, 64
.fill:	push cx
	call random
	pop cx
	mov [di], eax
	add di, 4
	loop .fill
	cmp word [fuzz_opcode], 0x73	; RESTART_TFTP would end us, as it should
	je .next
	push cs
	push word block
	push word [fuzz_opcode]
	call far [bang_entry]
	add sp, 6
	call clear
	pxe 0x0c, block
	test ax, ax
	jnz .dead
	cmp byte [block + 12], 0x52
	jne .dead
.next:	inc dword [total]
	cmp dword [total], FUZZ
	jb .call
	say "fuzz: still answers"
	line
	ret
.dead:	say "fuzz: dead after opcode "
	mov ax, [fuzz_opcode]
	call hex16
	line
	ret
random:	mov eax, [seed]
	imul eax, eax, 1664525
	add eax, 1013904223
	mov [seed], eax
	rol eax, 16
	ret
%endif

; ---- the end -------------------------------------------------------------------------------------------------------------------------

ending:
%if ENDING == 10
	cli
	xor ax, ax
	mov es, ax
	mov byte [es:STAYS], 0xea	; jmp far
	mov eax, [es:0x1a * 4]
	mov [es:STAYS + 1], eax
	mov dword [es:0x1a * 4], STAYS
	sti
%endif
%if ENDING == 0 || ENDING == 1 || ENDING == 10
	say "caller: returns"
	line
	mov ss, [first_ss]
	mov sp, [first_sp]
	pop ds
	mov ax, ENDING % 10
	retf
%elif ENDING == 2
	call clear
	pxe 0x05, block
	outcome "shutdown"
	line
	call clear
	pxe 0x70, block
	outcome "unload"
	line
	call clear
	pxe 0x15, block
	outcome "stop"
	line
	les bx, [bang]			; base memory is for us to free: up to where UNDI's segments end
	mov ax, [es:bx + 0x30]		; UNDI's data: segment, address, bytes
	mov cx, [es:bx + 0x36]
	shr cx, 4
	add ax, cx
	shr ax, 6
	push ds
	mov cx, 0x40
	mov ds, cx
	mov [0x13], ax
	pop ds
	call installation_check
	call machine
	say "caller: halts"
	line
	jmp halt
%elif ENDING == 3
	call clear
	mov si, next
	mov di, block + 2
	call copy_name
	mov dword [block + 138], 0x0202000a
	say "caller: restarts"
	line
	pxe 0x73, block
	outcome "restart came back"
	line
	jmp halt
%elif ENDING == 4
	say "caller: INT 19h"
	line
	int 0x19
%elif ENDING == 5
	say "caller: INT 18h"
	line
	int 0x18
%elif ENDING == 8
	call clear
	mov word [block + 2], echo_line
	mov [block + 4], cs
	pxe 0xe5, block
	outcome "exec"
	line
	call clear
	mov word [block + 2], chain_line
	mov [block + 4], cs
	pxe 0xe5, block
	outcome "chain came back"
	line
	jmp halt
%elif ENDING == 9
	call clear
	mov word [block + 2], exec_line
	mov [block + 4], cs
	say "caller: executes"
	line
	pxe 0xe5, block
	outcome "exec came back"
	line
	jmp halt
%elif ENDING == 7
	jmp monitor
%elif ENDING == 6
	say "caller: ends"
	line
%endif
halt:	hlt
	jmp halt

; A monitor of the least kind: 32-bit mode, a TSS that lets all ports through, and back here in V86, from where it is never left.
monitor:
	cli
	v86_tss
	v86_monitor
	mov eax, 0x7000
	mov ecx, .v86
	v86_enter
.v86:	call clear
	pxe 0x0c, block
	outcome "in V86"
	line
	say "in V86, a block in the resident part: "
	mov es, [pxenv + 2]
	mov di, 0x60
	mov bx, di
	call in_v86
	say "in V86, a block over the end: "
	push cs
	pop es
	mov di, 0xffff
	mov bx, 0xfffe
	call in_v86
	say "in V86, a block nowhere: "
	xor di, di
	mov es, di
	mov bx, di
	call in_v86
	say "caller: ends in V86"
	line
	jmp $

; in_v86 - a call with its block at es:di: what it returned, and whether the word at es:bx was kept
in_v86:	push word [es:bx]
	push es
	push di
	push word 0x0c
	call far [bang_entry]
	add sp, 6
	pop dx
	call hex8
	cmp [es:bx], dx
	jne .changed
	say " kept"
	line
	ret
.changed:
	say " changed"
	line
	ret

TSS equ 0x30000
MONITOR_STACK equ TSS + 0xf000
	v86_gdt

; ---- the serial port -----------------------------------------------------------------------------------------------------------------

	serial_code

pxenv:	dd 0
bang:	dd 0
bang_entry: dd 0
pxenv_entry: dd 0
first_ss: dw 0
first_sp: dw 0
kept_ss: dw 0
kept_sp: dw 0
unused:	dw 0
polls:	dd 0
ticks:	dw 0
tries:	dw 0
old_tick: dd 0
tick_result: db 0xff
tick_block: times 64 db 0
fuzz_opcode: dw 0
packet_bytes: dw 0
total:	dd 0
name:	db "file", 0
next:	db "next", 0
echo_line: db "echo a line of a program", 0
chain_line: db "chain tftp://10.0.2.2/next", 0
%if ENDING == 9
exec_line: db LINE, 0
%endif
STAYS	equ 0x600
tbd:	times 72 db 0
arp_frame:
	times 6 db 0xff
	db 0x52, 0x54, 0, 0x12, 0x34, 0x56
	db 8, 6, 0, 1, 8, 0, 6, 4, 0, 1
	db 0x52, 0x54, 0, 0x12, 0x34, 0x56, 10, 0, 2, 15
	times 6 db 0
	db 10, 0, 2, 2
	times 18 db 0
arp_end:
tiny:	times 498 db 0x5a
tiny_end:
block:	times 256 db 0
buffer:	times 2048 db 0
