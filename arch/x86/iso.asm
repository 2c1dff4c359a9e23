; SPDX-License-Identifier: BSD-2-Clause
; Container: a CD (ISO 9660, El Torito 1.0 without emulation) that also boots when it is written to a stick or disk as it is. It holds no
; files. The build defines the file BODY (disk_body.asm).
%include "arch/x86/layout.inc"
%include "arch/x86/boot_sector.inc"

BLOCK		equ 2048
VOLUME_LBA	equ 16			; ISO 9660: descriptors begin here
CATALOG_LBA	equ 19
PATHS_L_LBA	equ 20
PATHS_M_LBA	equ 21
ROOT_LBA	equ 22
BOOT_LBA	equ 23			; the boot sector for CDs
BODY_LBA	equ 24
VOLUME_BLOCKS	equ (volume_end - volume) / BLOCK
MIB		equ 0x100000		; sticks are told their geometry by it

; at_block LBA - fill up to block LBA of the file.
%macro at_block 1
	times (%1) * BLOCK - ($ - $$) db 0
%endmacro
; both16 N, both32 N - a number little-endian, then big-endian; big32 N - the latter alone.
%macro both16 1
	dw %1
	db ((%1) >> 8) & 255, (%1) & 255
%endmacro
%macro big32 1
	db ((%1) >> 24) & 255, ((%1) >> 16) & 255, ((%1) >> 8) & 255, (%1) & 255
%endmacro
%macro both32 1
	dd %1
	big32 %1
%endmacro
; root_record NAME - a directory record of the root directory under the name of one byte (ISO 9660, 9.1). Its date: 2026-01-01.
%macro root_record 1
	db 34, 0
	both32 ROOT_LBA
	both32 BLOCK
	db 126, 1, 1, 0, 0, 0, 0
	db 2, 0, 0			; a directory
	both16 1
	db 1, %1
%endmacro
; padded TEXT, LEN - text in a field of LEN characters; no_date - a date that is not given.
%macro padded 2
%%text:	db %1
	times %2 - ($ - %%text) db ' '
%endmacro
%macro no_date 0
	times 16 db '0'
	db 0
%endmacro

volume:
	boot_sector 512, BODY_LBA * (BLOCK / 512), body, body_end
	partition_table 1, VOLUME_BLOCKS * (BLOCK / 512) - 1

	at_block VOLUME_LBA		; primary volume descriptor (ISO 9660, 8.4)
	db 1, "CD001", 1, 0
	padded "", 32
	padded "FPXE", 32
	times 8 db 0
	both32 VOLUME_BLOCKS
	times 32 db 0
	both16 1
	both16 1
	both16 BLOCK
	both32 10			; the path table's length
	dd PATHS_L_LBA, 0
	big32 PATHS_M_LBA
	dd 0
	root_record 0
	padded "", 128
	padded "", 128
	padded "", 128
	padded "FPXE", 128
	padded "", 3 * 37
	no_date
	no_date
	no_date
	no_date
	db 1

	at_block VOLUME_LBA + 1		; boot record (El Torito, figure 7)
	db 0, "CD001", 1, "EL TORITO SPECIFICATION"
	times 32 + 9 db 0
	dd CATALOG_LBA

	at_block VOLUME_LBA + 2		; the end of the descriptors
	db 255, "CD001", 1

	at_block CATALOG_LBA		; boot catalogue: validation entry, default entry (El Torito, figures 2 and 3)
	db 1, 0
	times 26 db 0
	dw 0x55aa			; makes this entry's words add up to zero
	db 0x55, 0xaa
	db 0x88, 0			; bootable, no emulation
	dw 0				; load at 7C0h
	db 0, 0
	dw BLOCK / 512
	dd BOOT_LBA

	at_block PATHS_L_LBA
	db 1, 0
	dd ROOT_LBA
	dw 1, 0
	at_block PATHS_M_LBA
	db 1, 0
	big32 ROOT_LBA
	db 0, 1, 0, 0

	at_block ROOT_LBA
	root_record 0
	root_record 1

	at_block BOOT_LBA
	boot_sector BLOCK, BODY_LBA, body, body_end

	at_block BODY_LBA
body:	incbin BODY
	align BLOCK, db 0
body_end:
	align MIB, db 0
volume_end:
