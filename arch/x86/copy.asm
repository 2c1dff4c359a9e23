; SPDX-License-Identifier: BSD-2-Clause
; memcpy and memmove. SSE is switched on in CR4 by cpu.c while the payload runs, and off again before anyone else does.
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

%include "arch/x86/copy.inc"

section .note.GNU-stack noalloc noexec nowrite progbits
