/* SPDX-License-Identifier: BSD-2-Clause */
/* TFTP messages as bytes. */
#include "net/tftp_message.h"

#include "core/cursor.h"
#include "core/errors.h"
#include "core/printf.h"
#include "core/string.h"

/* ---- options --------------------------------------------------------------------------------------------------------------------- */

/** The next text up to its NUL; NULL when there is none. */
static const char *read_text(struct reader *r)
{
	const uint8_t *end = memchr(r->data, 0, rd_left(r));

	return end ? (const char *)rd_bytes(r, (size_t)(end + 1 - r->data)) : NULL;
}

/** RFC 2347: options are case-insensitive, in any order, each once, and only those that were asked for. */
static bool take_option(struct tftp_options *o, const char *name, const char *text)
{
	static const char names[][11] = { "blksize", "windowsize", "tsize" };
	bool *const has[] = { &o->has_block_bytes, &o->has_window, &o->has_total };
	uint64_t *const value[] = { &o->block_bytes, &o->window, &o->total };
	unsigned i = 0;

	while (text_casecmp(name, names[i]) != 0)
		if (++i == sizeof(names) / sizeof(names[0]))
			return false;
	if (*has[i] || !text_to_u64(text, strlen(text), value[i]))
		return false;
	return *has[i] = true;
}

static bool read_options(struct reader *r, struct tftp_options *o)
{
	*o = (struct tftp_options){ 0 };
	while (rd_left(r)) {
		const char *name = read_text(r), *value = name ? read_text(r) : NULL;

		if (!value || !take_option(o, name, value))
			return false;
	}
	return true;
}

/* ---- messages -------------------------------------------------------------------------------------------------------------------- */

/** Up to its NUL, which some servers forget. */
static void read_error_text(struct reader *r, char *text)
{
	size_t len = 0;
	uint8_t c;

	while (rd_left(r) && len < TFTP_TEXT_MAX && (c = rd_u8(r)) != 0)
		text[len++] = text_is_print((char)c) ? (char)c : '?';
	text[len] = '\0';
}

int tftp_message_parse(struct tftp_message *m, const void *data, size_t len)
{
	struct reader r = rd_init(data, len);

	m->opcode = rd_be16(&r);
	if (m->opcode == TFTP_OACK) {
		m->options_bad = !read_options(&r, &m->options);
		return 0;
	}
	m->number = rd_be16(&r);
	if (!rd_ok(&r) || (m->opcode != TFTP_DATA && m->opcode != TFTP_ERROR))
		return -EPROTO;
	m->data = r.data;
	m->len = rd_left(&r);
	if (m->opcode == TFTP_ERROR)
		read_error_text(&r, m->text);
	return 0;
}

static void put_text(struct writer *w, const char *text)
{
	wr_bytes(w, text, strlen(text) + 1);
}

static void put_option(struct writer *w, const char *name, bool present, uint64_t value)
{
	char text[24];

	if (!present)
		return;
	text_format(text, sizeof(text), "%llu", (unsigned long long)value);
	put_text(w, name);
	put_text(w, text);
}

size_t tftp_request_emit(uint8_t *buf, const char *name, const struct tftp_options *options)
{
	struct writer w = wr_init(buf, TFTP_REQUEST_MAX);

	wr_be16(&w, TFTP_READ);
	put_text(&w, name);
	put_text(&w, "octet");
	if (options) {
		put_option(&w, "blksize", options->has_block_bytes, options->block_bytes);
		put_option(&w, "tsize", options->has_total, options->total);
		put_option(&w, "windowsize", options->has_window, options->window);
	}
	return wr_ok(&w) ? (size_t)(w.data - buf) : 0;
}

size_t tftp_ack_emit(uint8_t *buf, uint16_t number)
{
	struct writer w = wr_init(buf, TFTP_HEADER_BYTES);

	wr_fields(&w, "22", TFTP_ACK, number);
	return TFTP_HEADER_BYTES;
}

size_t tftp_error_emit(uint8_t *buf, uint16_t code, const char *text)
{
	struct writer w = wr_init(buf, TFTP_REQUEST_MAX);

	wr_fields(&w, "22", TFTP_ERROR, code);
	put_text(&w, text);
	return (size_t)(w.data - buf);
}
