; SPDX-License-Identifier: BSD-2-Clause
; A 32-bit program that says on the first serial port how it was entered and what it was told. Assembled with one of
;   -DADDRESSES   a Multiboot kernel, its addresses in the header       -DELF   one in an ELF file       -DPLAIN   ELF alone
; Numbers are hexadecimal. It ends with a line "program: end".
bits 32
%ifdef ADDRESSES
%define BASE 0x200000
%define HEADER_FLAGS 0x10003
%else
%define BASE 0x100000
%define HEADER_FLAGS 3
%endif
org BASE

file:
%ifndef ADDRESSES
	db 0x7f, "ELF", 1, 1, 1
	times 9 db 0
	dw 2, 3				; ET_EXEC, EM_386
	dd 1, start + 0xc0000000, 52, 0, 0
	dw 52, 32, 2, 0, 0, 0
	dd 1, 0, BASE + 0xc0000000, BASE, bss - file, bss - file, 7, 4096
	dd 1, bss - file, bss + 0xc0000000, bss, 4, bss_end - bss, 6, 4096	; four bytes of it in the file
%endif
%ifndef PLAIN
align 4
header:	dd 0x1badb002, HEADER_FLAGS, -(0x1badb002 + HEADER_FLAGS)
%ifdef ADDRESSES
	dd header, file, bss + 4, bss_end, start
%endif
%endif

start:	mov esp, stack_end
	mov ebp, ebx
	mov edi, eax
	mov esi, entered
	call print
	mov eax, edi
	call number
	mov esi, control
	call print
	mov eax, cr0
	and eax, 0x80000001		; paging, protection
	call number
	mov esi, flags
	call print
	pushf
	pop eax
	and eax, 0x20600		; VM, DF, IF
	call number
	mov esi, zeros
	call print
	mov eax, [bss]			; "data"
	cmp eax, "data"
	jne .bad
	mov esi, bss + 4
	mov ecx, stack - bss - 4
	xor eax, eax
.zero:	or al, [esi]
	inc esi
	loop .zero
	call number
	mov dword [0x101000 + BASE], 0x55aa1234	; A20: not the same byte 1 MiB lower
	mov dword [0x001000 + BASE], 0
	mov esi, a20
	call print
	mov eax, [0x101000 + BASE]
	call number
%ifndef PLAIN
	call told
%endif
.bad:	mov esi, finish
	call print
.halt:	hlt
	jmp .halt

%ifndef PLAIN
; told - the information structure at ebp
told:	mov esi, information
	call print
	mov eax, [ebp]
	call number
	mov esi, lower
	call print
	mov eax, [ebp + 4]
	call number
	mov esi, upper
	call print
	mov eax, [ebp + 8]
	call number
	mov esi, loader
	call print
	mov esi, [ebp + 64]
	call print
	mov esi, arguments
	call print
	mov esi, [ebp + 16]
	call print
	mov ebx, [ebp + 48]
	mov edi, ebx
	add edi, [ebp + 44]
.entry:	cmp ebx, edi
	jae .modules
	mov esi, entry
	call print
	mov eax, [ebx + 8]
	call number
	mov eax, [ebx + 4]
	call number
	mov eax, [ebx + 16]
	call number
	mov eax, [ebx + 12]
	call number
	mov eax, [ebx + 20]
	call number
	add ebx, [ebx]
	add ebx, 4
	jmp .entry
.modules:
	mov edi, [ebp + 20]
	mov ebx, [ebp + 24]
.module:
	test edi, edi
	jz .done
	mov esi, module
	call print
	mov eax, [ebx]
	and eax, 0xfff			; page aligned
	call number
	mov eax, [ebx + 4]
	sub eax, [ebx]
	call number
	mov esi, [ebx]			; the sum of its bytes, each turn rotated by one bit
	xor eax, eax
	mov ecx, [ebx + 4]
	sub ecx, [ebx]
	jz .sum
.byte:	movzx edx, byte [esi]
	rol eax, 1
	add eax, edx
	inc esi
	dec ecx
	jnz .byte
.sum:	call number
	mov esi, [ebx + 8]
	call print
	add ebx, 16
	dec edi
	jmp .module
.done:	ret
%endif

; number - " %08x" of eax        keeps all but eax
number:	push ecx
	push edx
	mov edx, eax
	mov al, ' '
	call put
	mov ecx, 8
.digit:	rol edx, 4
	mov al, dl
	and al, 15
	add al, '0'
	cmp al, '9'
	jbe .put
	add al, 'a' - '0' - 10
.put:	call put
	loop .digit
	mov al, ' '
	call put
	pop edx
	pop ecx
	ret

; print - the string at esi        uses  eax esi
print:	lodsb
	test al, al
	jz .done
	call put
	jmp print
.done:	ret

; put - al to the port
put:	push edx
	push eax
	mov dx, 0x3fd
.wait:	in al, dx
	test al, 0x20
	jz .wait
	pop eax
	mov dx, 0x3f8
	out dx, al
	pop edx
	ret

entered: db 13, 10, "program: eax", 0
control: db 13, 10, "program: cr0", 0
flags:	db 13, 10, "program: eflags", 0
zeros:	db 13, 10, "program: bss", 0
a20:	db 13, 10, "program: a20", 0
information: db 13, 10, "program: flags", 0
lower:	db 13, 10, "program: lower", 0
upper:	db 13, 10, "program: upper", 0
loader:	db 13, 10, "program: loader ", 0
arguments: db 13, 10, "program: arguments ", 0
entry:	db 13, 10, "program: memory", 0
module:	db 13, 10, "program: module", 0
finish:	db 13, 10, "program: end", 13, 10, 0

align 4096
bss:	db "data"
absolute bss + 4
	resb 20000
stack:	resb 4096
stack_end:
bss_end:
