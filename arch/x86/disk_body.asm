; SPDX-License-Identifier: BSD-2-Clause
; What a disk's, stick's or CD's boot sector loads to DISK_SEGMENT and enters at its first byte.
; The build defines IMAGE_LEN, IMAGE_CRC and the files LOWMEM and IMAGE.
%include "arch/x86/layout.inc"

org 0
bits 16
	jmp near start
	times CONTAINER_STRUCT - ($ - $$) db 0
	times CONTAINER_STRUCT_LEN db 0

; start - from the boot sector.        in    cs = DISK_SEGMENT; a stack        mode  real
start:	mov ax, cs
	mov ds, ax
	call previous_life_end
	mov edx, DISK_SEGMENT * 16 + image
	mov bl, ENTRY_DISK
	sti
	jmp bring_up

finished equ next_device

%include "arch/x86/container.inc"
%include "arch/x86/previous.inc"
	check_kept
lowmem:	incbin LOWMEM
lowmem_end:
	align 4, db 0
image:	incbin IMAGE
