; SPDX-License-Identifier: BSD-2-Clause
; Container: PCI option ROM (PCI Firmware 3.0, 5.1; Plug and Play BIOS 1.0A, 3; BIOS Boot Specification 1.01).
;
; Kept after POST: the header, the boot entry (BEV) and the resident code. Behind it the compressed image, whose loader runs once in
; place during POST (INIT): it moves the image to memory that PMM gives, shows the prompt, and shrinks this ROM. From then on the
; segment is read-only: what INIT learned is patched in before the checksum is made good.
;
; The build defines VENDOR, DEVICE, IMAGE_LEN, IMAGE_CRC and the files LOWMEM and IMAGE.
%include "arch/x86/layout.inc"

org 0
bits 16
	db 0x55, 0xaa
	db ROM_SECTORS			; ROM_SIZE: in 512-byte units, patched when INIT shrinks us
	jmp near init			; offset 3
	db 0				; ROM_CHECKSUM: makes the bytes of the ROM add up to zero
	times 0x18 - ($ - $$) db 0
	dw pcir
	dw pnp

pcir:	db "PCIR"			; ROM_PCIR
	dw VENDOR, DEVICE
	dw 0
	dw pcir_end - pcir
	db 0				; revision: PCI 2.x, so that a BIOS runs us where it put us
	db 0x00, 0x00, 0x02		; class: Ethernet controller
	dw ROM_SECTORS			; ROM_PCIR_LEN
	dw 1
	db 0				; code type: x86 BIOS
	db 0x80				; last image
	dw 0
pcir_end equ pcir + 0x18

	times ROM_STATE - ($ - $$) db 0
	dd 0				; ROM_STATE_IMAGE: where the image waits; 0: behind the kept part
	dw BDF_NONE			; ROM_STATE_BDF
	db 0				; ROM_STATE_PROMPTED
	db KEPT_SECTORS			; ROM_STATE_KEPT

	times ROM_PNP - ($ - $$) db 0
pnp:	db "$PnP"
	db 1				; revision
	db (pnp_end - pnp) / 16
	dw 0				; next
	db 0
	db 0				; checksum, patched by the build
	dd 0				; device id
	dw vendor
	dw product
	db 0x02, 0x00, 0x00		; network, Ethernet
	db 0xe4				; indicators: runs from shadow RAM, read-cacheable, IPL device
	dw 0				; BCV
	dw 0				; disconnect vector
	dw bev
	dw 0
	dw 0
pnp_end:
	times ROM_PRODUCT - ($ - $$) db 0
product: db PRODUCT
	times ROM_PRODUCT_LEN - ($ - product) db 0
vendor:	db "fPXE", 0
no_room: db 13, 10, "fPXE: less than 2 MiB of free memory", 13, 10, 0
lost:	db 13, 10, "fPXE: its image in memory was overwritten, and the ROM cannot be read again", 13, 10, 0

; init - INIT of the option ROM, called by POST.
;   in    ax = bus address, es:di -> PnP installation check structure        out   ax = 0020h: an IPL device
;   mode  real, far call; IF as found
init:
	push ebx
	push ecx
	push edx
	push ebp
	push ds
	push fs
	cmp byte [cs:ROM_SIZE], ROM_SECTORS
	jne .done			; already shrunk: a second INIT would find what another life left
	mov bl, ENTRY_INIT
	mov cx, ax
	call rom_up
	mov [fs:LOWMEM_INFO + INFO_BDF], cx
	mov [fs:LOWMEM_INFO + INFO_PNP], di
	mov [fs:LOWMEM_INFO + INFO_PNP + 2], es
	mov ebx, [fs:LOWMEM_INFO + INFO_IMAGE]
	call run32
	call lowmem_down
.done:	pop fs
	pop ds
	pop ebp
	pop edx
	pop ecx
	pop ebx
	mov ax, 0x0020
	retf

; bev - boot entry vector: the BIOS boots from us. Returns to have the BIOS try its next device.
;   mode  real, far call
bev:
	pushad
	push ds
	push es
	push fs
	push gs
	call previous_life_end
	mov bl, ENTRY_BEV
	call rom_up
	mov ebx, [fs:LOWMEM_INFO + INFO_LOWMEM]
	add ebx, LOWMEM_VERIFY
	call run32
	test eax, eax
	jnz .lost
	mov ebx, [fs:LOWMEM_INFO + INFO_IMAGE]
	call run32
	mov si, no_room
	test eax, eax
	jnz .print
.down:	call lowmem_down
	pop gs
	pop fs
	pop es
	pop ds
	popad
	retf
.lost:	mov si, lost
.print:	lodsb
	test al, al
	jz .down
	mov ah, 0x0e
	xor bx, bx
	int 0x10
	jmp .print

; rom_up - lowmem_up for a ROM: the image waits where INIT put it, or is still behind the kept part.
;   in    bl = ENTRY_*        out   fs = resident segment, ds = cs        uses  eax edx bp
rom_up:
	push cs
	pop ds
	mov edx, [ROM_STATE_IMAGE]
	test edx, edx
	jnz .have
	mov dx, cs
	shl edx, 4
	add edx, image
.have:	call lowmem_up
	mov [fs:LOWMEM_INFO + INFO_ROM_SEGMENT], cs
	mov dword [fs:LOWMEM_INFO + INFO_IMAGE_OFFSET], image
	mov ax, [ROM_STATE_BDF]
	mov [fs:LOWMEM_INFO + INFO_BDF], ax
	mov al, [ROM_STATE_PROMPTED]
	mov [fs:LOWMEM_INFO + INFO_PROMPTED], al
	mov al, [ROM_STATE_KEPT]
	mov [fs:LOWMEM_INFO + INFO_KEPT], al
	ret

%define KEPT_KIB 0
%include "arch/x86/install.inc"

%include "arch/x86/previous.inc"

align 2
lowmem:	incbin LOWMEM
lowmem_end:
	align 4, db 0
KEPT_SECTORS equ ($ - $$ + 511) / 512
image:	incbin IMAGE
image_end:
	align 512, db 0
ROM_SECTORS equ ($ - $$) / 512
