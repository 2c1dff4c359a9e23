; SPDX-License-Identifier: BSD-2-Clause
; INT 13h while drives of ours are shown: one flat binary, which the payload carries and puts into the resident part at LOWMEM_DISKS.
; drives.c fills what it reads. A call for a drive of ours goes to the payload; the others go on to who had the vector before, whose
; drives have moved up behind ours.
;
; A caller's stack may be small: 60 bytes of it are used until the payload has its own, the interrupt's frame among them.
;
; Under a V86 monitor nothing may switch modes, so the payload cannot be reached: there the calls that DOS makes are done here, for drives
; whose bytes lie in memory, by INT 15h AH=87h, which monitors do themselves. Other drives time out.
%include "arch/x86/layout.inc"

RECORDS		equ LOWMEM_DISKS + DISKS_RECORD
RECORDS_END	equ RECORDS + DISKS_MAX * DISK_LEN
OLD_13		equ LOWMEM_HOOKS + HOOKS_OLD_13
HARD_DISK	equ 0x80		; the first number of each kind
CD		equ 0xe0

org LOWMEM_DISKS
bits 16
	jmp near int13_hook
	db "$INT13SF", "MEMDISK "	; by this name the field at DISKS_MBFT_AT is known
	times DISKS_FLOPPY + 12 - ($ - $$) db 0
	times DISKS_CODE - ($ - $$) db 0

int13_hook:
	push si
	mov si, RECORDS
.find:	test byte [cs:si + DISK_FLAGS], DISK_IN_USE
	jz .next
	cmp dl, [cs:si + DISK_NUMBER]
	je .ours
.next:	add si, DISK_LEN
	cmp si, RECORDS_END
	jb .find
	pop si
	cmp ax, 0x4b00			; ending all emulations of CDs is meant for each of them
	jne others
	cmp dl, 0x7f
	jne others
	push ax
	smsw ax
	test al, 1
	pop ax
	jz .call
	jmp others
.ours:	push ax
	smsw ax
	test al, 1
	pop ax
	jnz v86
	pop si
.call:	push eax
	push ebx
	xor eax, eax
	mov ax, ss
	shl eax, 4
	movzx ebx, sp
	add eax, ebx			; where the payload finds all registers: struct int13_frame
	mov ebx, [cs:LOWMEM_DISKS + DISKS_API]
	test ebx, ebx
	jz .pass
	push cs
	call LOWMEM_CALL32
	test al, al
	jz .pass
	pop ebx
	pop eax
	iret
.pass:	pop ebx
	pop eax
	; fall through

; others - a drive that is not ours: the BIOS knows it by a number less by those of ours that stand before it. What it tells of how many
; drives there are is set right.
others:
	push bx
	push cx
	xor cx, cx			; ch: the first number of the drive's kind; cl: how many of ours are before it
	cmp dl, HARD_DISK
	jb .kind
	mov ch, HARD_DISK
	cmp dl, CD
	jb .kind
	mov ch, CD
.kind:	mov bx, RECORDS
.count:	test byte [cs:bx + DISK_FLAGS], DISK_IN_USE
	jz .next
	cmp [cs:bx + DISK_NUMBER], ch
	jb .next
	cmp [cs:bx + DISK_NUMBER], dl
	jae .next
	inc cx
.next:	add bx, DISK_LEN
	cmp bx, RECORDS_END
	jb .count
	test cl, cl
	jnz .moved
	cmp ah, 8
	je .moved
	pop cx
	pop bx
	jmp far [cs:OLD_13]

.moved:	push ax
	push dx
	sub dl, cl
	push bp
	mov bp, sp			; bp, dx, ax, cx, bx, ip, cs, flags
	mov cx, [bp + 6]
	mov bx, [bp + 8]
	push word [bp + 14]
	mov bp, [bp]
	call far [cs:OLD_13]
	push bp
	mov bp, sp			; bp's answer, then the same
	push ax
	lahf
	mov [bp + 16], ah
	pop ax
	cmp byte [bp + 7], 8
	je .totals
	cmp byte [bp + 7], 0x15
	jne .number
	cmp ah, 3			; of a hard disk: its length is in CX and DX
	je .done
.number:
	mov dl, [bp + 4]
.done:	pop bp
	add sp, 10
	iret
.totals:
	test byte [bp + 16], 1
	jnz .number
	cmp byte [bp + 4], CD
	jae .done
	mov dl, [cs:LOWMEM_DISKS + DISKS_TOTALS]
	cmp byte [bp + 4], HARD_DISK
	jb .done
	mov dl, [cs:LOWMEM_DISKS + DISKS_TOTALS + 1]
	jmp .done

; ---- under a V86 monitor ----------------------------------------------------------------------------------------------------------------

; What is pushed, from bp on
V_ES		equ 0
V_DS		equ 2
V_SI		equ 8
V_BX		equ 20
V_DX		equ 24
V_CX		equ 28
V_AX		equ 32
V_FLAGS		equ 40

INVALID		equ 0x01
READ_ONLY	equ 0x03
NOT_FOUND	equ 0x04
FAILED		equ 0x20
TIMEOUT		equ 0x80
PIECE		equ 0x8000		; bytes that one call of the BIOS moves

; v86 - a drive of ours; si = its record, the caller's si is on the stack. Parts below: in si, bp, ds = cs; out al = AH for the caller; all
; other registers are free.
v86:	mov [cs:v86_record], si
	pop si
	pushad
	push ds
	push es
	mov bp, sp
	push cs
	pop ds
	cld
	mov si, [v86_record]
	test byte [si + DISK_FLAGS], DISK_MEMORY
	jz .out_of_reach
	mov bx, v86_functions
	mov al, [bp + V_AX + 1]
.look:	cmp al, [bx]
	je .found
	add bx, 3
	cmp bx, v86_functions_end
	jb .look
	mov al, INVALID
	jmp .status
.out_of_reach:
	mov al, [bp + V_AX + 1]
	sub al, 0x42			; of packets nothing moves
	cmp al, 3
	mov al, TIMEOUT
	jae .status
	mov es, [bp + V_DS]
	mov bx, [bp + V_SI]
	cmp byte [es:bx], 16
	jb .status
	mov word [es:bx + 2], 0
	jmp .status
.found:	call [bx + 1]
.status:
	mov [si + DISK_STATUS], al
	mov [bp + V_AX + 1], al
	and byte [bp + V_FLAGS], 0xfe
	cmp al, 1
	cmc
	adc byte [bp + V_FLAGS], 0
.leave:	pop es
	pop ds
	popad
	iret

v86_functions:
	db 0x00
	dw v86_ok
	db 0x01
	dw v86_status
	db 0x02
	dw v86_chs
	db 0x03
	dw v86_chs
	db 0x04
	dw v86_chs
	db 0x08
	dw v86_parameters
	db 0x0d
	dw v86_ok
	db 0x10
	dw v86_ok
	db 0x11
	dw v86_ok
	db 0x15
	dw v86_type
	db 0x16
	dw v86_ok
	db 0x41
	dw v86_edd
	db 0x42
	dw v86_packet
	db 0x43
	dw v86_packet
	db 0x44
	dw v86_packet
v86_functions_end:

v86_status:
	mov al, [si + DISK_STATUS]
	mov [bp + V_AX], al
	ret

v86_parameters:
	test byte [si + DISK_FLAGS], DISK_IS_CD
	jnz v86_invalid
	mov byte [bp + V_AX], 0
	mov cx, [si + DISK_CX]
	mov [bp + V_CX], cx
	mov dx, [si + DISK_DX]
	mov [bp + V_DX], dx
	cmp byte [si + DISK_NUMBER], HARD_DISK
	jae v86_ok
	mov bx, [si + DISK_BX]
	mov [bp + V_BX], bx
	mov di, [si + DISK_DI]
	mov [bp + 4], di
	mov es, [si + DISK_ES]
	mov [bp + V_ES], es
v86_ok:	xor al, al
	ret

v86_type:
	mov al, [si + DISK_TYPE]
	cmp al, 3
	jne v86_answer
	mov ax, [si + DISK_HEADS]
	mul word [si + DISK_SECTORS]
	movzx ecx, word [si + DISK_CYLINDERS]
	movzx eax, ax
	mul ecx
	mov [bp + V_DX], ax
	shr eax, 16
	mov [bp + V_CX], ax
	mov al, [si + DISK_TYPE]
v86_answer:				; al is no error: AH for a caller who succeeds
	mov byte [si + DISK_STATUS], 0
	mov [bp + V_AX + 1], al
	and byte [bp + V_FLAGS], 0xfe
	pop ax
	jmp v86.leave

v86_edd:
	mov cx, [si + DISK_EDD]
	jcxz v86_invalid
	cmp word [bp + V_BX], 0x55aa
	jne v86_invalid
	mov word [bp + V_BX], 0xaa55
	mov [bp + V_CX], cx
	mov al, 0x30
	jmp v86_answer
v86_invalid:
	mov al, INVALID
	ret
v86_not_found:
	mov al, NOT_FOUND
	ret

; Cylinder, head and sector
v86_chs:
	test byte [si + DISK_FLAGS], DISK_IS_CD
	jnz v86_invalid
	movzx ecx, byte [bp + V_AX]	; how many
	mov byte [bp + V_AX], 0
	test cx, cx
	jz v86_invalid
	mov al, [bp + V_CX + 1]
	mov ah, [bp + V_CX]
	shr ah, 6
	cmp ax, [si + DISK_CYLINDERS]
	jae v86_not_found
	mul word [si + DISK_HEADS]
	shl edx, 16
	mov dx, ax
	movzx eax, byte [bp + V_DX + 1]
	cmp ax, [si + DISK_HEADS]
	jae v86_not_found
	add eax, edx
	movzx edx, word [si + DISK_SECTORS]
	mul edx
	movzx edx, byte [bp + V_CX]
	and dl, 0x3f
	jz v86_not_found
	cmp dx, [si + DISK_SECTORS]
	ja v86_not_found
	lea eax, [eax + edx - 1]
	movzx edi, word [bp + V_ES]
	movzx edx, word [bp + V_BX]
	call v86_move
	mov cl, [v86_moved]
	mov [bp + V_AX], cl
	ret

; EDD's packet, whose count tells how many were moved
v86_packet:
	cmp word [si + DISK_EDD], 0
	je v86_invalid
	mov es, [bp + V_DS]
	mov bx, [bp + V_SI]
	cmp byte [es:bx], 16
	jb v86_invalid
	movzx ecx, word [es:bx + 2]
	test cx, cx
	jz v86_ok
	mov word [es:bx + 2], 0
	cmp dword [es:bx + 4], -1	; a flat address instead, which is none here
	je v86_invalid
	cmp dword [es:bx + 12], 0
	jne v86_not_found
	mov eax, [es:bx + 8]
	movzx edx, word [es:bx + 4]
	movzx edi, word [es:bx + 6]
	call v86_move
	mov es, [bp + V_DS]
	mov bx, [bp + V_SI]
	mov cx, [v86_moved]
	mov [es:bx + 2], cx
	ret

; eax = block, ecx = how many, edi = segment, edx = offset; the function says which way. Out: [v86_moved] of them
v86_move:
	mov word [v86_moved], 0
	shl edi, 4
	add edi, edx
	mov edx, [si + DISK_BLOCKS]
	cmp eax, edx
	jae v86_not_found
	sub edx, eax
	cmp ecx, edx
	ja v86_not_found
	mov dl, [bp + V_AX + 1]
	and dl, 7			; 2 read, 3 write, 4 verify
	cmp dl, 4
	jne .move
	mov [v86_moved], cx
	jmp v86_ok
.move:	mov ebx, ecx
	mov cl, [si + DISK_SHIFT]
	shl eax, cl
	shl ebx, cl
	add eax, [si + DISK_BASE]
	cmp dl, 3
	jne .ready
	test byte [si + DISK_FLAGS], DISK_READ_ONLY
	jnz .read_only
	xchg eax, edi

.ready:	push ebx
.piece:	mov ecx, PIECE			; ebx bytes from eax to edi
	cmp ebx, ecx
	jae .whole
	mov ecx, ebx
.whole:	pushad
	mov bx, v86_from
	call .address
	mov eax, edi
	mov bx, v86_to
	call .address
	shr cx, 1
	mov si, v86_gdt
	push cs
	pop es
	mov ah, 0x87
	int 0x15
	popad
	mov dl, FAILED
	jc .end
	add eax, ecx
	add edi, ecx
	sub ebx, ecx
	jnz .piece
	mov dl, 0
.end:	pop eax
	sub eax, ebx
	mov cl, [si + DISK_SHIFT]
	shr eax, cl
	mov [v86_moved], ax
	mov al, dl
	ret
.read_only:
	mov al, READ_ONLY
	ret
.address:				; of a descriptor at bx
	mov [bx + 2], ax
	ror eax, 16
	mov [bx + 4], al
	mov [bx + 7], ah
	ror eax, 16
	ret

v86_record: dw 0
v86_moved: dw 0
align 4, db 0
v86_gdt:				; INT 15h AH=87h fills in the first two and the last two
	times 16 db 0
v86_from:
	dw 0xffff, 0
	db 0, 0x93, 0, 0
v86_to:	dw 0xffff, 0
	db 0, 0x93, 0, 0
	times 16 db 0

%if ($ - $$) > LOWMEM_DISKS_LEN || (LOWMEM_DISKS + DISKS_MBFT) % 16 || RECORDS_END - LOWMEM_DISKS > DISKS_MBFT || DISKS_MBFT + MBFT_LEN > DISKS_CODE
%error INT 13h has outgrown its place
%endif
