; SPDX-License-Identifier: BSD-2-Clause
; memcpy, memmove, and keeping somebody's SSE registers. SSE is switched on in CR4 by cpu.c while the payload runs, or a PXE program over it.
bits 32
section .text
global memcpy
global memmove
%ifndef LOADER
extern sse_usable
%endif

; memmove, memcpy - void *(void *dst, const void *src, size_t n); overlap is allowed in both.   [regparm(3): eax edx ecx]
;   out  eax = dst        keeps ebx esi edi ebp
memcpy:
memmove:
	push esi
	push edi
	push eax
	mov edi, eax
	mov esi, edx
%ifdef LOADER
	mov dl, 0			; has no data, and nobody has switched SSE on yet
%else
	mov dl, [sse_usable]
%endif
	call move_bytes
	pop eax
	pop edi
	pop esi
	ret

%ifndef LOADER
global sse_keep
global sse_put_back
; sse_keep, sse_put_back - what the routines of this firmware use of the SSE registers, for somebody whose they are.   [regparm: eax]
;   in    eax -> 64 bytes        mode  32-bit flat, SSE on
sse_keep:
	movups [eax], xmm0
	movups [eax + 16], xmm1
	movups [eax + 32], xmm2
	movups [eax + 48], xmm3
	ret
sse_put_back:
	movups xmm0, [eax]
	movups xmm1, [eax + 16]
	movups xmm2, [eax + 32]
	movups xmm3, [eax + 48]
	ret
%endif

%include "arch/x86/copy.inc"

section .note.GNU-stack noalloc noexec nowrite progbits
