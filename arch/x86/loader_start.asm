; SPDX-License-Identifier: BSD-2-Clause
; First bytes of the image: the loader's entry and the room for the image's header. Runs at any address.
bits 32
section .first progbits alloc exec nowrite align=16
extern loader_main, unpack_payload
global image_start, unpack_with_stack

; image_start - from a container, by LOWMEM_CALL32. Where the loader's result is the payload's address it goes on there, and the payload
; returns to who called us: what it runs may have been put where we stand.
;   in    eax = struct boot_info *        out   eax = 0 or a negative error        mode  32-bit flat, IF=0
image_start:
	jmp near .entry
	times 8 - ($ - image_start) db 0
	times 28 - ($ - image_start) db 0
.entry:	push ebp
	push ebx
	push esi
	push edi
	push eax
	call .here
.here:	pop edx
	sub edx, .here - image_start	; second argument: where the image is (eax: the first)
	call loader_main
	pop edx
	pop edi
	pop esi
	pop ebx
	pop ebp
	lea ecx, [eax - 1]
	cmp ecx, -4096			; nothing, or an error
	jae .done
	push eax
	mov eax, edx
.done:	ret

; unpack_with_stack - call unpack_payload() with another stack: the container's may lie in a page with code, where an emulated processor
; takes hundreds of times longer over each write.
;   in    eax, edx = the arguments, ecx = the stack's upper end        out   eax = what it returns
unpack_with_stack:
	push ebp
	mov ebp, esp
	mov esp, ecx
	call unpack_payload
	mov esp, ebp
	pop ebp
	ret
section .note.GNU-stack noalloc noexec nowrite progbits
