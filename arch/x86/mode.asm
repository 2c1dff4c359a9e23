; SPDX-License-Identifier: BSD-2-Clause
; Mode switching: the only file that writes CR0 or GDTR. Part of lowmem.asm.
;
; Real mode runs with CS = DS = SS = the resident segment; 32-bit mode is flat, its stack the same memory. Interrupts are off in
; 32-bit mode. 16-bit descriptors have 64 KiB limits, so BIOS calls see true real mode; a container is returned to with 4 GiB data
; limits, as BIOSes that offer PMM expect.

RC_BYTES	equ 60

SEL_CODE32	equ 0x08		; flat
SEL_DATA32	equ 0x10		; flat
SEL_LOW32	equ 0x18		; 32-bit code based at the resident part
SEL_CODE16	equ 0x20		; 16-bit code and data based there, 64 KiB
SEL_DATA16	equ 0x28

align 8
gdt:	dw gdt_end - gdt - 1		; the null descriptor doubles as the GDTR image
gdt_base: dd 0
	dw 0
	dq 0x00cf9b000000ffff
	dq 0x00cf93000000ffff
gdt_low32: dq 0x00cf9b000000ffff
gdt_code16: dq 0x00009b000000ffff
gdt_data16: dq 0x000093000000ffff
gdt_end:
base:	dd 0				; linear address of the resident part
real_idt: dw 0x3ff
	dd 0
call32_result: dd 0

; What a call of ours finds again when it goes on. Calls nest: 16-bit code that we call may be interrupted by, or itself be, a
; program that calls us. call32 keeps all of this on our stack meanwhile.
align 2
nested:
caller_gdt: dw 0
	dd 0
caller_idt: dw 0
	dd 0
stack_top: dw LOWMEM_BYTES		; where a call that comes from another stack begins on ours
rc:	times RC_BYTES db 0		; struct rm_call, realcall.asm
rc_sp:	dw 0
rc_pm_idt: dw 0
	dd 0
nbp_sp:	dw 0				; pxe_entry.asm
nested_end:

; set_base - make descriptors and pointers those of the segment we run in.
;   in    DS = CS = resident segment        mode  real        uses  eax
bits 16
set_base:
	xor eax, eax
	mov ax, cs
	shl eax, 4
	mov [base], eax
	mov [info + INFO_LOWMEM], eax
	mov [gdt_low32 + 2], ax
	mov [gdt_code16 + 2], ax
	mov [gdt_data16 + 2], ax
	push eax
	shr eax, 16
	mov [gdt_low32 + 4], al
	mov [gdt_code16 + 4], al
	mov [gdt_data16 + 4], al
	pop eax
	add eax, gdt
	mov [gdt_base], eax
	ret

; set_base_32 - the same in 32-bit mode that somebody else switched to, and use these descriptors from now on.
;   in    ebp = linear address of the resident part        mode  flat 32-bit        uses  eax
bits 32
set_base_32:
	mov eax, ebp
	mov [ebp + base], eax
	mov [ebp + gdt_low32 + 2], ax
	mov [ebp + gdt_code16 + 2], ax
	mov [ebp + gdt_data16 + 2], ax
	shr eax, 16
	mov [ebp + gdt_low32 + 4], al
	mov [ebp + gdt_code16 + 4], al
	mov [ebp + gdt_data16 + 4], al
	lea eax, [ebp + gdt]
	mov [ebp + gdt_base], eax
	lgdt [ebp + gdt]
	ret
bits 16

; call32 - run a 32-bit function from a container, or on behalf of a program.
;   in    ebx = its linear address, eax = its one argument (regparm)
;   out   eax = what it returned
;   mode  real in and out, far call from any segment; own stack inside; IF kept, DF cleared
;   uses  flags; all other registers and segments are kept, data limits are 4 GiB afterwards; 46 bytes of the caller's stack
call32:
	pushf
	cli
	cld
	pushad
	push ds
	push es
	push fs
	push gs
	mov cx, cs
	mov ds, cx
	mov dx, ss
	mov esi, esp
	mov di, [stack_top]
	cmp dx, cx
	jne .switch
	cmp si, di			; on our stack already: below what is in use of it
	ja .switch
	mov di, si
.switch:
	mov ss, cx
	movzx esp, di
	push dx
	push esi
	mov si, nested_end
	mov cx, (nested_end - nested) / 2
.keep:	sub si, 2
	push word [si]
	loop .keep
	o32 sgdt [caller_gdt]
	o32 sidt [caller_idt]
	push eax
	push ebx
	call set_base
	push dword [hooks + HOOKS_OPCODE]	; the BIOS's way to A20 may let interrupts in, and with them another call
	push word [hooks + HOOKS_SEGMENT]
	call a20_enable
	pop word [hooks + HOOKS_SEGMENT]
	pop dword [hooks + HOOKS_OPCODE]
	mov edx, .in32
	jmp enter_pm
bits 32
.in32:	pop ebx
	pop eax
	call ebx
	call .here			; where are we? 32-bit code here runs at any address
.here:	pop ebp
	mov [ebp - .here + call32_result], eax
	mov edx, .in16
	mov ecx, SEL_DATA32
	jmp leave_pm
bits 16
.in16:	o32 lgdt [caller_gdt]
	o32 lidt [caller_idt]
	mov di, nested
	mov cx, (nested_end - nested) / 2
.back:	pop word [di]
	add di, 2
	loop .back
	mov eax, [call32_result]
	pop esi
	pop dx
	mov ss, dx
	mov esp, esi
	mov bp, sp
	mov [bp + 8 + 28], eax		; pushad's eax
	pop gs
	pop fs
	pop es
	pop ds
	popad
	popf
	retf

; enter_pm - real mode to 32-bit flat mode.
;   in    edx = offset here of the 32-bit code to go on at; DS = SS = CS; esp < 64 KiB
;   out   at that code: flat segments, the same stack, IF=0        uses  eax edx
enter_pm:
	cli
	o32 lgdt [gdt]
	mov eax, cr0
	or al, 1
	mov cr0, eax
	jmp dword SEL_LOW32:.flat
bits 32
.flat:	mov eax, SEL_DATA32
	mov ds, ax
	mov es, ax
	mov fs, ax
	mov gs, ax
	mov ss, ax
	mov eax, [cs:base]
	add esp, eax
	add edx, eax
	push dword SEL_CODE32
	push edx
	retf

; leave_pm - 32-bit flat mode to real mode.
;   in    edx = offset here of the 16-bit code to go on at; ecx = selector whose limits the data segments keep; stack in here
;   out   at that code: CS = DS = ES = FS = GS = SS = resident segment, IF=0        uses  eax
leave_pm:
	push dword SEL_CODE16
	push dword .in16
	retf
bits 16
.in16:	mov ax, SEL_DATA16
	mov ss, ax
	mov ds, cx
	mov es, cx
	mov fs, cx
	mov gs, cx
	sub esp, [cs:base]
	o32 lidt [cs:real_idt]
	mov eax, cr0
	and al, 0xfe
	mov cr0, eax
	mov eax, [cs:base]
	shr eax, 4
	push ax
	push word .real
	retf
.real:	mov ax, cs
	mov ds, ax
	mov es, ax
	mov fs, ax
	mov gs, ax
	mov ss, ax
	jmp dx

; a20_enable - let address line 20 through: by the BIOS, by port 92h, by the keyboard controller, until one of them worked.
;   mode  real, DS = SS = CS        uses  eax ebx ecx and what the BIOS changes
a20_enable:
	call a20_on
	jne .done
	mov ax, 0x2401			; INT 15h AX=2401h: enable the A20 gate
	push ds
	xor bx, bx
	mov ds, bx
	pushf
	call far [0x15 * 4]
	pop ds
	call a20_on
	jne .done
	in al, 0x92
	or al, 2
	and al, 0xfe			; never bit 0: it resets the machine
	out 0x92, al
	call a20_wait
	jne .done
	call kbc_wait			; at last the keyboard controller's output port
	mov al, 0xd1
	out 0x64, al
	call kbc_wait
	mov al, 0xdf
	out 0x60, al
	call kbc_wait
	call a20_wait
.done:	ret

; a20_wait - give A20 some time; ZF clear when it is on.        uses  ax cx
a20_wait:
	xor cx, cx
.wait:	call a20_on
	loope .wait
	ret

; kbc_wait - until the keyboard controller takes a byte, or long enough.        uses  al cx
kbc_wait:
	xor cx, cx
.busy:	in al, 0x64
	test al, 2
	loopnz .busy
	ret

; a20_on - ZF clear when A20 is on: 0:500h and FFFF:510h differ when one of them is changed.
a20_on:
	push ds
	push es
	push bx
	xor ax, ax
	mov ds, ax
	dec ax
	mov es, ax
	mov bx, [0x500]
	mov ax, [es:0x510]
	not word [0x500]
	cmp ax, [es:0x510]		; unchanged: two different places
	mov [0x500], bx
	pop bx
	pop es
	pop ds
	je .on
	xor ax, ax			; ZF set: off
	ret
.on:	or al, 1			; ZF clear: on
	ret
