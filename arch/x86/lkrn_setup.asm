; SPDX-License-Identifier: BSD-2-Clause
; The real-mode part of the container that looks like a Linux kernel (Documentation/arch/x86/boot.rst, protocol 2.06): a boot loader puts
; it at some segment, and the rest, lkrn.asm, at 1 MiB. The build defines IMAGE_LEN, IMAGE_CRC and the file LOWMEM.
%include "arch/x86/layout.inc"

COMMAND_LINE	equ 0x1000		; where the command line waits, out of the resident part's way
COMMAND_LINE_MAX equ 2047

org 0
bits 16
	jmp near $			; nobody boots this sector: boot loaders know what it is
	times CONTAINER_STRUCT - ($ - $$) db 0
	times CONTAINER_STRUCT_LEN db 0
	times LKRN_LOWMEM - ($ - $$) db 0
	dd lowmem			; for lkrn.asm

	times 0x1f1 - ($ - $$) db 0
	db SETUP_SECTORS - 1		; beside the first
	dw 0
	dd (LKRN_ENTRY_LEN + SETUP_SECTORS * 512 + IMAGE_LEN + 15) / 16
	dw 0
	dw 0xffff			; vid_mode: normal
	dw 0
	dw 0xaa55
	jmp short start
	db "HdrS"
	dw 0x0206
	dd 0				; realmode_swtch
	dw 0
	dw version - 0x200
type_of_loader: db 0
	db 1				; loadflags: LOADED_HIGH
	dw 0
code32_start: dd 0x100000
ramdisk_image: dd 0
ramdisk_size: dd 0
	dd 0
	dw 0, 0
cmd_line_ptr: dd 0
	dd 0x37ffffff			; initrd_addr_max
	dd 0				; kernel_alignment
	db 0				; not relocatable
	db 0
	dw 0
	dd COMMAND_LINE_MAX

; start - from a boot loader.
;   in    cs = our segment + 20h, ds = our segment; a stack        mode  real, IF=0
start:	push ds
	push word .here
	retf
.here:	call previous_life_end
	mov eax, [ramdisk_image]
	mov edx, [ramdisk_size]
	mov [CONTAINER_INITRD], eax
	mov [CONTAINER_INITRD_LEN], edx
	call keep_command_line
	mov edx, [code32_start]
	add edx, LKRN_ENTRY_LEN + SETUP_SECTORS * 512
	mov bl, ENTRY_LKRN
	sti
	jmp bring_up

; keep_command_line - copy it to COMMAND_LINE, as far as it fits.        uses  eax cx si di
keep_command_line:
	mov eax, [cmd_line_ptr]
	test eax, eax
	jz .done
	push ds
	push es
	mov si, ax
	and si, 15
	shr eax, 4
	mov ds, ax
	mov ax, COMMAND_LINE / 16
	mov es, ax
	xor di, di
	mov cx, COMMAND_LINE_MAX
	cld
.next:	lodsb
	stosb
	test al, al
	loopnz .next
	mov byte [es:di], 0
	pop es
	pop ds
	mov dword [CONTAINER_CMDLINE], COMMAND_LINE
.done:	ret

finished equ next_device

version: db "fPXE", 0

%include "arch/x86/container.inc"
%include "arch/x86/previous.inc"
	check_kept
	align 16, db 0			; a segment begins here, too
lowmem:	incbin LOWMEM
lowmem_end:
	align 512, db 0
SETUP_SECTORS equ ($ - $$) / 512
