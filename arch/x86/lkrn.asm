; SPDX-License-Identifier: BSD-2-Clause
; Container: a file that boot loaders take for a Linux kernel. Its real-mode part, then what they put at 1 MiB: an entry for those that enter
; kernels in 32-bit mode and leave the real-mode part out, a copy of that part for them, and the image.
; The build defines the files SETUP (lkrn_setup.asm) and IMAGE.
%include "arch/x86/layout.inc"

LOW		equ 0x10000		; where a boot loader could have put the real-mode part
PARAMETERS	equ 0x1e4		; scratch space in the boot parameters: Linux has its first stack there, too
SP_AT_ENTRY	equ 0xfff0

	incbin SETUP
section high vstart=0x100000 align=1
bits 32
; entry32 - the kernel's 32-bit entry: go back to real mode, to the real-mode part's entry.
;   in    esi -> boot parameters        mode  32-bit flat, IF=0
entry32:
	cld
	lea esp, [esi + PARAMETERS + 4]
	mov ebx, esi
	mov esi, setup
	mov edi, LOW
	mov ecx, (image - setup) / 4
	rep movsd
%assign field 0x218			; ramdisk_image, ramdisk_size
%rep 2
	mov eax, [ebx + field]
	mov [LOW + field], eax
%assign field field + 4
%endrep
	mov eax, [ebx + 0x228]		; cmd_line_ptr
	mov [LOW + 0x228], eax
	mov esi, entry
	mov eax, [LOW + LKRN_LOWMEM]
	add eax, LOW + LOWMEM_JUMP
	jmp eax
entry:	dw LOW / 16 + 0x20, 0, LOW / 16, SP_AT_ENTRY, LOW / 16

	times LKRN_ENTRY_LEN - ($ - $$) db 0
setup:	incbin SETUP
image:	incbin IMAGE
