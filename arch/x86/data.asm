; SPDX-License-Identifier: BSD-2-Clause
; Files that the payload carries: the mover, INT 13h's 16-bit part, and the script of `make EMBED=file`.
section .rodata
global mover_start
global mover_end
global embedded_script
mover_start:
	incbin MOVER
mover_end:
embedded_script:
%ifdef EMBED
	incbin EMBED
%endif
	db 0
section .rodata.int13 alloc noexec nowrite progbits
global int13_start
global int13_end
int13_start:
	incbin INT13
int13_end:
section .note.GNU-stack noalloc noexec nowrite progbits
