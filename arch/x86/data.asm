; SPDX-License-Identifier: BSD-2-Clause
; Files that the payload carries: the mover, and the script of `make EMBED=file`.
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
section .note.GNU-stack noalloc noexec nowrite progbits
