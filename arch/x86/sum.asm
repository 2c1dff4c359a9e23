; SPDX-License-Identifier: BSD-2-Clause
; Adding up memory for the Internet checksum (core/sum.h): 32 bytes a turn by SSE2 where the processor has it, else by add-with-carry.
bits 32
section .text
global sum_words
extern sse_usable

; Add a doubleword and the carry out of it.
%macro add_around 1
	add eax, %1
	adc eax, 0
%endmacro

; sum_words - uint32_t sum_words(const void *data, size_t len)                       [regparm(3): eax edx]
;   out   eax = the sum         keeps ebx esi edi ebp         uses  ecx edx xmm0-xmm3
sum_words:
	push esi
	mov esi, eax
	mov ecx, edx
	xor eax, eax
	test byte [sse_usable], 2
	jz .plain
	cmp ecx, 64
	jae .vector
.plain:	sub ecx, 32
	jb .words
.turn:	add eax, [esi]
	adc eax, [esi + 4]
	adc eax, [esi + 8]
	adc eax, [esi + 12]
	adc eax, [esi + 16]
	adc eax, [esi + 20]
	adc eax, [esi + 24]
	adc eax, [esi + 28]
	adc eax, 0
	add esi, 32
	sub ecx, 32
	jae .turn
.words:	add ecx, 32 - 4
	jl .rest
.word:	add_around [esi]
	add esi, 4
	sub ecx, 4
	jge .word
.rest:	add ecx, 4			; 0 to 3 bytes are left
	xor edx, edx
	test cl, 1
	jz .even
	mov dl, [esi + ecx - 1]
	test cl, 2
	jz .last
	shl edx, 16
.even:	test cl, 2
	jz .last
	mov dx, [esi]
.last:	add_around edx
	pop esi
	ret

; Four columns of doublewords, added up modulo 2^32, and their upper halves apart, of which 65,536 fit. The lower halves' sum is what
; the one has more than the other.
.vector:
	pxor xmm0, xmm0			; all
	pxor xmm1, xmm1			; upper halves
.turn32:
	movdqu xmm2, [esi]
	movdqu xmm3, [esi + 16]
	paddd xmm0, xmm2
	psrld xmm2, 16
	paddd xmm0, xmm3
	psrld xmm3, 16
	paddd xmm1, xmm2
	paddd xmm1, xmm3
	add esi, 32
	sub ecx, 32
	cmp ecx, 32
	jae .turn32
	movdqa xmm2, xmm1
	pslld xmm2, 16
	psubd xmm0, xmm2		; lower halves
	sub esp, 32
	movdqu [esp], xmm1
	movdqu [esp + 16], xmm0
%assign i 0
%rep 4
	add_around [esp + i]
%assign i i + 4
%endrep
	rol eax, 16			; times 2^16
%rep 4
	add_around [esp + i]
%assign i i + 4
%endrep
	add esp, 32
	jmp .plain

section .note.GNU-stack noalloc noexec nowrite progbits
