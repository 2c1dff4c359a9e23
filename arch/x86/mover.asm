; SPDX-License-Identifier: BSD-2-Clause
; The last step of a boot: move bytes to their final places, over the payload's own too, and jump. Copied with its table to the
; resident part at LOWMEM_MOVER; runs at any address.
%include "arch/x86/layout.inc"
bits 32
org 0

; mover - carry out the table and enter what it names.
;   in    eax -> table: dword count; count times dwords dst, src, len (src -1: zeros); dword kind of entry, and
;         0: words cs ip ss sp ds; 1: dwords eip eax ebx
;         edx = resident part; cl = 1 if SSE may be used, and 2 if it was on before us
;   mode  32-bit flat, IF=0; does not return
mover:
	mov ebp, edx
	mov dl, cl
	mov esi, eax
	lodsd
	mov ebx, eax			; moves left
.next:	test ebx, ebx
	jz .enter
	dec ebx
	lodsd
	mov edi, eax
	lodsd
	mov ecx, [esi]
	add esi, 4
	push esi
	cmp eax, -1
	je .zero
	mov esi, eax
	call move_bytes
	jmp .moved
.zero:	xor eax, eax
	mov esi, ecx
	shr ecx, 2
	rep stosd
	mov ecx, esi
	and ecx, 3
	rep stosb
.moved:	pop esi
	jmp .next
.enter:	cmp dl, 1
	jne .jump
	mov eax, cr4			; an operating system finds CR4 as the BIOS left it
	and eax, ~0x200
	mov cr4, eax
.jump:	lodsd
	dec eax
	jz .flat
	add ebp, LOWMEM_JUMP		; takes the entry's words at esi
	jmp ebp
.flat:	mov ecx, [esi]			; Multiboot 3.2 asks for no more than what is so here: flat segments, A20, no paging, IF=0
	mov eax, [esi + 4]
	mov ebx, [esi + 8]
	jmp ecx

%include "arch/x86/copy.inc"

%if ($ - $$) > 1024
%error the mover leaves no room for its table
%endif
