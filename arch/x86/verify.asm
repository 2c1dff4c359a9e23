; SPDX-License-Identifier: BSD-2-Clause
; The compressed image waits in memory between POST and boot, and nobody protects its bytes: its CRC is checked at each entry, and if
; it is wrong the image is read again from our own ROM BAR. Part of lowmem.asm.

PCI_ADDRESS	equ 0xcf8		; configuration mechanism 1 (PCI 3.0, 3.2.2.3.2)
PCI_DATA	equ 0xcfc
REREAD_PLACE	equ 0x10000

; image_verify - make sure that the image described by struct boot_info is whole.
;   out   eax = 0, or -1 if it is lost                       mode  32-bit        uses  ecx edx
bits 32
image_verify:
	push ebp
	push ebx
	push esi
	push edi
	call .here
.here:	pop ebp
	sub ebp, .here
	call image_crc
	je .done
	cmp word [ebp + info + INFO_BDF], BDF_NONE
	je .lost			; no PCI function is ours: nothing to read from
	call image_reread
	call image_crc
	je .done
.lost:	xor eax, eax
	dec eax
.done:	pop edi
	pop esi
	pop ebx
	pop ebp
	ret

; image_crc - ZF set and eax = 0 when the CRC-32 (IEEE 802.3) of the image is the one it was built with.
;   in    ebp = resident part        uses  eax ebx ecx edx esi
image_crc:
	mov esi, [ebp + info + INFO_IMAGE]
	mov ecx, [ebp + info + INFO_IMAGE_LEN]
	or ebx, -1
.byte:	lodsb
	xor bl, al
	mov dl, 8
.bit:	shr ebx, 1
	jnc .next
	xor ebx, 0xedb88320
.next:	dec dl
	jnz .bit
	loop .byte
	not ebx
	xor eax, eax
	cmp ebx, [ebp + info + INFO_IMAGE_CRC]
	ret

; pci_select - eax = configuration address of register dl of our function, sent to the address port; dx = data port.
pci_select:
	movzx eax, word [ebp + info + INFO_BDF]
	shl eax, 8
	or eax, 0x80000000
	mov al, dl
	mov edx, PCI_ADDRESS
	out dx, eax
	mov dl, PCI_DATA & 0xff
	ret

; image_reread - copy the image from the expansion ROM BAR, which is enabled for the while, to base memory: whoever overwrote the old
; place owns it now.
;   in    ebp = resident part        uses  eax ebx ecx edx esi edi
image_reread:
	mov dl, 0x04			; command
	call pci_select
	in eax, dx
	push eax
	or al, 2			; memory space
	movzx eax, ax			; status bits are cleared by writing ones: write none
	out dx, eax
	mov dl, 0x30			; expansion ROM base
	call pci_select
	in eax, dx
	push eax
	mov esi, eax
	and esi, 0xfffff800
	jz .restore
	or al, 1
	out dx, eax
	cmp word [esi], 0xaa55
	jne .restore			; nothing answers there, or somebody else
	add esi, [ebp + info + INFO_IMAGE_OFFSET]
	mov edi, REREAD_PLACE
	mov [ebp + info + INFO_IMAGE], edi
	mov ecx, [ebp + info + INFO_IMAGE_LEN]
	add ecx, 3
	shr ecx, 2
	rep movsd
.restore:
	mov dl, 0x30
	call pci_select
	pop eax
	out dx, eax
	mov dl, 0x04
	call pci_select
	pop eax
	movzx eax, ax
	out dx, eax
	ret
