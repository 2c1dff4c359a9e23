; SPDX-License-Identifier: BSD-2-Clause
; Container: a disk, a stick or a floppy that holds nothing else. Its first sector loads the rest to DISK_SEGMENT.
; The build defines SIZE (bytes the file is filled up to), and the file BODY (disk_body.asm).
%include "arch/x86/layout.inc"
%include "arch/x86/boot_sector.inc"

	boot_sector 512, 1, body, body_end
	partition_table 1, SIZE / 512 - 1
body:	incbin BODY
	align 512, db 0
body_end:
	times SIZE - ($ - $$) db 0
