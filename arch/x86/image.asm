; SPDX-License-Identifier: BSD-2-Clause
; The image that every container carries: the loader, uncompressed and runnable at any address, then the compressed payload.
; The build defines the files LOADER and PACKED, and BINARY_LEN, MEMORY_LEN, ADDRESS_MARK (see layout.inc).
bits 32
org 0
	incbin LOADER, 0, 8		; a jump to the loader's entry, and padding
	dd payload
	dd payload_end - payload
	dd BINARY_LEN
	dd MEMORY_LEN
	dd ADDRESS_MARK
	incbin LOADER, 28
	align 4, db 0
payload: incbin PACKED
payload_end:
	align 4, db 0
