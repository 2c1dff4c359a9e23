/* SPDX-License-Identifier: BSD-2-Clause */
/* Where in an instruction a byte of 32-bit x86 code stands: what compression wants to know (core/mix.h), so a byte that is taken for
 * another part of an instruction than it is costs nothing but a bit of length. Without what the compiler's code for a 80386 does not
 * have: the coprocessor, address prefixes, a SIB byte with no base. Intel SDM volume 2, chapter 2 and appendix A. Position-independent. */
#ifndef CORE_X86_CODE_H
#define CORE_X86_CODE_H

#include <stdbool.h>
#include <stdint.h>

/** Which byte comes next. Zeros: the first of an instruction. */
struct x86_code {
	enum { X86_FIRST, X86_OPCODE, X86_OPCODE_0F, X86_MODRM, X86_SIB, X86_VALUE } next;
	uint32_t opcode;        /* 100h more if it follows 0Fh; a prefix until the opcode comes */
	uint32_t modrm;         /* 0 if there was none */
	uint32_t left;          /* bytes of displacement and immediate value */
	uint32_t before;        /* the low bytes of the opcodes of the two instructions before, the last one's in bits 0 to 7 */
	bool short_operand;     /* a prefix 66h */
};

/** @byte was the next one. */
void x86_code_step(struct x86_code *c, uint32_t byte);

#endif
