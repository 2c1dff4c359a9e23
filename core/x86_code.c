/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/x86_code.h"

/** Ranges of opcodes, written as their first and a mask of the bits that count. */
static bool is(uint32_t opcode, uint32_t first, uint32_t mask)
{
	return (opcode & mask) == first;
}

static bool has_modrm(uint32_t op)
{
	return op < 0x40 ? !(op & 4) : is(op, 0x80, 0xf0) || is(op, 0x69, 0xfd) || is(op, 0xd0, 0xfc) || is(op, 0xc0, 0xfe) ||
	       is(op, 0xc6, 0xfe) || is(op, 0xf6, 0xf6);
}

/** Bytes of immediate value (or of an address in the opcode's place), for 32-bit operands. */
static uint32_t immediate(uint32_t op)
{
	if (op < 0x40)
		return !is(op, 4, 6) ? 0 : op & 1 ? 4 : 1;
	if (is(op, 0x68, 0xfe) || op == 0x81 || is(op, 0xa0, 0xfc) || op == 0xa9 || is(op, 0xb8, 0xf8) || op == 0xc7 || is(op, 0xe8, 0xfe))
		return 4;
	return is(op, 0x6a, 0xfe) || is(op, 0x70, 0xf0) || op == 0x80 || op == 0x83 || op == 0xa8 || is(op, 0xb0, 0xf8) || is(op, 0xc0, 0xfe) ||
	       op == 0xc6 || op == 0xcd || op == 0xeb;
}

/** The next byte is @part, if there is one, or of the value, or of another instruction. */
static void go_to(struct x86_code *c, bool part, int next)
{
	c->next = part ? next : c->left ? X86_VALUE : X86_FIRST;
}

static void opcode(struct x86_code *c, uint32_t op)
{
	bool prefix = op == 0x66 || is(op, 0xf2, 0xfe);

	c->opcode = op;
	c->short_operand |= op == 0x66;
	c->left = immediate(op);
	if (c->left == 4 && c->short_operand)
		c->left = 2;
	if (prefix || op == 0x0f)
		c->next = prefix ? X86_OPCODE : X86_OPCODE_0F;
	else
		go_to(c, has_modrm(op), X86_MODRM);
}

static void opcode_0f(struct x86_code *c, uint32_t op)
{
	bool jump = is(op, 0x80, 0xf0);                 /* Jcc, near */

	c->opcode = 0x100 | op;
	c->left = jump ? 4 : op == 0xba || is(op, 0xa4, 0xf7);          /* BT and SHLD, SHRD, by a constant */
	go_to(c, !jump, X86_MODRM);
}

static void modrm(struct x86_code *c, uint32_t byte)
{
	c->modrm = byte;
	if (is(c->opcode, 0xf6, 0x1fe) && is(byte, 0, 0x38))            /* TEST, alone in its group with a value */
		c->left = c->opcode & 1 ? 4 : 1;
	if (is(byte, 0x40, 0xc0))
		c->left += 1;
	if (is(byte, 0x80, 0xc0) || is(byte, 0x05, 0xc7))
		c->left += 4;
	go_to(c, is(byte, 4, 7) && byte < 0xc0, X86_SIB);
}

void x86_code_step(struct x86_code *c, uint32_t byte)
{
	if (c->next == X86_FIRST)
		*c = (struct x86_code){ .next = X86_OPCODE, .before = (c->before << 8 | (c->opcode & 0xff)) & 0xffff };
	if (c->next == X86_OPCODE) {
		opcode(c, byte);
	} else if (c->next == X86_OPCODE_0F) {
		opcode_0f(c, byte);
	} else if (c->next == X86_MODRM) {
		modrm(c, byte);
	} else {
		if (c->next == X86_VALUE)
			c->left--;
		go_to(c, false, 0);
	}
}
