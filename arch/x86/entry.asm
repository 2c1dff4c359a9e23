; SPDX-License-Identifier: BSD-2-Clause
; First bytes of the payload, and the exceptions' stubs.
bits 32
extern arch_main
extern exception_report
global payload_start
global exception_stubs

section .first progbits alloc exec nowrite align=16
; payload_start - from the loader. in: eax = struct boot_info *; a stack in the resident part        mode  32-bit flat, IF=0
payload_start:
	jmp arch_main

section .text
; exception_stubs - 32 entries of 16 bytes, one a vector: push what the processor does not, and report. Never return.
align 16
exception_stubs:
%assign vector 0
%rep 32
	align 16
%if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21
	nop				; the processor pushed an error code
	nop
%else
	push byte 0
%endif
	push byte vector
	jmp near exception_common
%assign vector vector + 1
%endrep
exception_common:
	pushad
	mov eax, esp
	call exception_report
.halt:	cli
	hlt
	jmp .halt

section .note.GNU-stack noalloc noexec nowrite progbits
