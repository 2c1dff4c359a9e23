; SPDX-License-Identifier: BSD-2-Clause
; A disk whose boot sector says that it booted, and how much base memory the BIOS left it (INT 12h), on the screen and on the first
; serial port. "The disk boots, 639 KiB of base memory, drive 80"
; Assembled with -DINT19 it then has the BIOS begin again.
org 0x7c00
bits 16
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov [drive], dl
	mov si, booted
	call print
	int 0x12
	call decimal
	mov si, kib
	call print
	mov al, [drive]
	shr al, 4
	call digit
	mov al, [drive]
	and al, 15
	call digit
	mov si, end
	call print
%ifdef INT19
	int 0x19
%endif
.halt:	hlt
	jmp .halt

; print - the string at ds:si
print:	lodsb
	test al, al
	jz .done
	call put
	jmp print
.done:	ret

; decimal - the number in ax
decimal:
	xor dx, dx
	mov cx, 10
	div cx
	push dx
	test ax, ax
	jz .last
	call decimal
.last:	pop ax

; digit - al as one hexadecimal digit
digit:	add al, '0'
	cmp al, '9'
	jbe put
	add al, 7

; put - one character to both places
put:	push ax
	push dx
	push bx
	mov bx, 7
	mov ah, 0x0e
	int 0x10
	mov ah, al
	mov dx, 0x3fd
.wait:	in al, dx
	test al, 0x20
	jz .wait
	mov dx, 0x3f8
	mov al, ah
	out dx, al
	pop bx
	pop dx
	pop ax
	ret

drive:	db 0
booted:	db 13, 10, "The disk boots, ", 0
kib:	db " KiB of base memory, drive ", 0
end:	db 13, 10, 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
