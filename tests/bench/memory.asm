; SPDX-License-Identifier: BSD-2-Clause
; A floppy that boots and measures the firmware's memory routines (arch/x86/copy.asm and sum.asm, linked in as they are) beside plainer
; ways, on whatever machine it stands in: real, emulated, virtual. "NAME: N MB/s" a line on the first serial port, "end" at the end.
; Wants 128 MiB of memory, and SSE2.
bits 16
section .text
global start
global sse_usable
extern memcpy
extern sum_words

; Variables and stack, away from the code's pages: under emulation a store beside code is slow.
unit_cycles equ 0x5000
began   equ 0x5004
done    equ 0x5008
sse_usable equ 0x500c
STACK   equ 0x7000

SECTORS equ 16                          ; behind the boot sector, on the floppy's first track
COM1    equ 0x3f8
RING    equ 16 << 20                    ; where packets lie, and as many as a receive ring has
RING_BYTES equ 512 << 10
PACKET  equ 2048                        ; from one to the next
IMAGE   equ 32 << 20                    ; where they go
IMAGE_BYTES equ 32 << 20
TOTAL   equ 4 * IMAGE_BYTES             ; bytes of one measurement

start:	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, STACK
	mov ax, 0x0200 + SECTORS
	mov bx, 0x7e00
	mov cx, 2
	mov dh, 0
	int 0x13
	cli
	in al, 0x92			; A20
	or al, 2
	out 0x92, al
	lgdt [gdtr]
	mov eax, cr0
	or al, 1
	mov cr0, eax
	jmp 8:flat

align 8
gdt:	dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr:	dw gdtr - gdt - 1
	dd gdt

	times 510 - ($ - $$) db 0
	dw 0xaa55

bits 32
flat:	mov ax, 16
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov esp, STACK
	mov eax, cr4
	or eax, 0x200			; OSFXSR
	mov cr4, eax
	call calibrate
	mov ebx, table
.next:	mov esi, [ebx]
	test esi, esi
	jz .end
	call print
	call measure			; once for the caches, and for a host that gives memory when it is touched
	call measure
	call print_number
	mov esi, unit
	call print
	add ebx, 16
	jmp .next
.end:	mov esi, end
	call print
.halt:	hlt
	jmp .halt

; name, routine(eax dst, edx src, ecx bytes), bytes a call, sse_usable
table:	dd copy_sse, memcpy, 1448, 1
	dd copy_plain, memcpy, 1448, 0
	dd copy_bytes, string_copy, 1448, 0
	dd small_copy, memcpy, 14, 1
	dd move_sse, memcpy, IMAGE_BYTES / 2, 1
	dd move_plain, memcpy, IMAGE_BYTES / 2, 0
	dd sum_sse, sum, 1448, 3
	dd sum_plain, sum, 1448, 0
	dd 0

copy_sse:	db 'copy from packets: ', 0
copy_plain:	db 'the same without SSE: ', 0
copy_bytes:	db 'the same by rep movsb: ', 0
small_copy:	db 'copies of 14 bytes: ', 0
move_sse:	db 'move of 16 MiB: ', 0
move_plain:	db 'the same without SSE: ', 0
sum_sse:	db 'checksum of packets: ', 0
sum_plain:	db 'the same without SSE2: ', 0
unit:	db ' MB/s', 10, 0
end:	db 'end', 10, 0

; measure - call the routine of the entry at ebx until TOTAL bytes went through it (a part of them, where calls are short).
;   out   eax = MB/s        uses  all but ebx
measure:
	mov al, [ebx + 12]
	mov [sse_usable], al
	mov esi, RING
	mov edi, IMAGE
	mov ebp, [ebx + 8]
	mov dword [done], 0
	call now
	mov [began], eax
.turn:	mov eax, edi
	mov edx, esi
	mov ecx, ebp
	call [ebx + 4]
	add esi, PACKET
	cmp esi, RING + RING_BYTES
	jb .inside
	mov esi, RING
.inside:
	add edi, ebp
	lea eax, [edi + ebp]
	cmp eax, IMAGE + IMAGE_BYTES
	jbe .room
	mov edi, IMAGE
.room:	add [done], ebp
	mov eax, [done]
	cmp eax, TOTAL
	jae .over
	cmp ebp, PACKET / 2
	jae .turn
	cmp eax, TOTAL / 16
	jb .turn
.over:	call now
	sub eax, [began]
	mov ecx, eax			; units of 10 us
	mov eax, [done]
	xor edx, edx
	push ecx
	mov ecx, 10			; bytes a unit / 10 = MB/s
	div ecx
	pop ecx
	xor edx, edx
	div ecx
	ret

; now - the time in units of 10 us.  out eax    uses edx
now:	rdtsc
	div dword [unit_cycles]
	ret

; calibrate - unit_cycles from 50 ms of the PIT's channel 2.  uses eax ecx edx esi edi
calibrate:
	in al, 0x61
	and al, 0x0c
	out 0x61, al
	mov al, 0xb0
	out 0x43, al
	mov al, 59659 & 0xff
	out 0x42, al
	mov al, 59659 >> 8
	out 0x42, al
	in al, 0x61
	or al, 1
	out 0x61, al
	rdtsc
	mov esi, eax
.wait:	in al, 0x61
	test al, 0x20
	jz .wait
	rdtsc
	sub eax, esi
	xor edx, edx
	mov ecx, 5000
	div ecx
	mov [unit_cycles], eax
	ret

; string_copy - what a compiler makes of it.  in eax edx ecx   keeps ebx esi edi ebp
string_copy:
	push esi
	push edi
	mov edi, eax
	mov esi, edx
	rep movsb
	pop edi
	pop esi
	ret

; sum - sum_words() with a copy's arguments
sum:	mov eax, edx
	mov edx, ecx
	jmp sum_words

; print - the string at esi.  uses eax edx esi
print:	lodsb
	test al, al
	jz .done
	call print_char
	jmp print
.done:	ret

print_char:
	mov ah, al
	mov dx, COM1 + 5
.wait:	in al, dx
	test al, 0x20
	jz .wait
	mov dx, COM1
	mov al, ah
	out dx, al
	ret

; print_number - eax in decimal.  uses eax ecx edx
print_number:
	xor edx, edx
	mov ecx, 10
	div ecx
	push edx
	test eax, eax
	jz .digit
	call print_number
.digit:	pop eax
	add al, '0'
	jmp print_char

section .note.GNU-stack noalloc noexec nowrite progbits
