/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of settings (see core/setting_types.h). What each looks like as text:
 *
 *     string          as it is                      hex       52:54:00:12:34:56
 *     uristring       with URI escapes              hexhyp    52-54-00-12-34-56
 *     ipv4            10.0.2.15                     hexraw    525400123456
 *     int8/16/32      decimal, signed               uuid      8-4-4-4-12 hex digits
 *     uint8/16/32     0x and hex, as gPXE's */
#include "core/setting_types.h"

#include "core/errors.h"
#include "core/string.h"
#include "core/uri.h"

/* In the order of enum setting_type, one NUL-terminated name behind the other: no pointers to relocate. */
static const char names[] =
	"string\0" "uristring\0" "ipv4\0" "int8\0" "int16\0" "int32\0" "uint8\0" "uint16\0" "uint32\0"
	"hex\0" "hexhyp\0" "hexraw\0" "uuid\0";

#define UUID_BYTES 16

int setting_type_find(const char *name)
{
	int type = 0;

	for (const char *p = names; *p; p += strlen(p) + 1, type++)
		if (strcmp(p, name) == 0)
			return type;
	return -EINVAL;
}

const char *setting_type_name(enum setting_type type)
{
	const char *p = names;

	for (unsigned i = 0; i < (unsigned)type; i++)
		p += strlen(p) + 1;
	return p;
}

/** Bytes of an integer type: the three sizes follow each other, signed, then unsigned. */
static unsigned int_bytes(enum setting_type type)
{
	return 1u << (type - SETTING_INT8) % 3;
}

/** The text of a string with its escapes decoded. */
static int parse_uristring(const char *text, uint8_t *out)
{
	int len = 0;

	for (; *text; text++) {
		int value = (uint8_t)*text;

		if (value == '%') {
			value = text_escape(text);
			if (value < 0)
				return -EINVAL;
			text += 2;
		}
		out[len++] = (uint8_t)value;
	}
	return len;
}

/** Write a number in network order; returns @bytes. */
static int put_number(uint8_t *out, unsigned bytes, uint32_t value)
{
	for (unsigned i = bytes; i; i--, value >>= 8)
		out[i - 1] = (uint8_t)value;
	return (int)bytes;
}

static int parse_ipv4(const char *text, uint8_t *out)
{
	uint32_t addr;
	int len = 0;

	for (;;) {
		while (*text == ',' || text_is_space(*text))
			text++;
		if (!*text)
			return len ? len : -EINVAL;
		text = text_ipv4(text, &addr);
		if (!text || (*text && *text != ',' && !text_is_space(*text)))
			return -EINVAL;
		len += put_number(out + len, 4, addr);
	}
}

/** Signed and unsigned types take both kinds of numbers, as far as they fit: the drive 0x80 is often an int8. */
static int parse_int(unsigned bytes, const char *text, uint8_t *out)
{
	uint32_t max = UINT32_MAX >> (32 - 8 * bytes), value;
	bool negative = *text == '-';

	if (!text_to_u32(text + negative, negative ? max / 2 + 1 : max, &value))
		return -EINVAL;
	return put_number(out, bytes, negative ? -value : value);
}

/** Bytes of two hex digits; between them : or - or nothing, and then one digit may do. */
static int parse_hex(const char *text, uint8_t *out)
{
	int len = 0;

	while (*text) {
		int value = text_hex_digit(*text++);

		if (value < 0)
			return -EINVAL;
		if (text_hex_digit(*text) >= 0)
			value = value << 4 | text_hex_digit(*text++);
		out[len++] = (uint8_t)value;
		if ((*text == ':' || *text == '-') && text[1])
			text++;
	}
	return len;
}

int setting_type_parse(enum setting_type type, const char *text, uint8_t *out)
{
	size_t len = strlen(text);
	int rc;

	switch (type) {
	case SETTING_STRING:
		memcpy(out, text, len);
		return (int)len;
	case SETTING_URISTRING:
		return parse_uristring(text, out);
	case SETTING_IPV4:
		return parse_ipv4(text, out);
	case SETTING_HEX:
	case SETTING_HEXHYP:
	case SETTING_HEXRAW:
		return parse_hex(text, out);
	case SETTING_UUID:
		rc = parse_hex(text, out);
		return rc == UUID_BYTES ? rc : -EINVAL;
	default:
		return parse_int(int_bytes(type), text, out);
	}
}

/** The number that 1 to 4 bytes are, in network order; its sign is that of the first byte. */
static uint32_t get_number(const uint8_t *data, size_t len, bool is_signed)
{
	uint32_t value = is_signed && data[0] & 0x80 ? UINT32_MAX : 0;

	for (; len; len--)
		value = value << 8 | *data++;
	return value;
}

static void format_ipv4(bool list, const uint8_t *data, size_t len, struct text_buffer *out)
{
	for (size_t at = 0; at + 4 <= len && (list || at == 0); at += 4) {
		uint32_t addr = get_number(data + at, 4, false);

		text_append(out, at ? " %pI4" : "%pI4", &addr);
	}
}

/** The hex types: what stands between two bytes differs. */
static void format_hex(enum setting_type type, const uint8_t *data, size_t len, struct text_buffer *out)
{
	for (size_t i = 0; i < len; i++) {
		bool colon = type == SETTING_HEX && i;
		bool dash = type == SETTING_HEXHYP ? i : type == SETTING_UUID && (i == 4 || i == 6 || i == 8 || i == 10);

		text_append(out, colon ? ":%02x" : dash ? "-%02x" : "%02x", data[i]);
	}
}

int setting_type_format(enum setting_type type, bool list, const uint8_t *data, size_t len, struct text_buffer *out)
{
	switch (type) {
	case SETTING_STRING:
		text_append(out, "%.*s", (int)len, (const char *)data);
		return 0;
	case SETTING_URISTRING:
		uri_append_encoded(out, (const char *)data, len);
		return 0;
	case SETTING_IPV4:
		if (len < 4)
			return -EINVAL;
		format_ipv4(list, data, len, out);
		return 0;
	case SETTING_UUID:
		if (len != UUID_BYTES)
			return -EINVAL;
		/* fall through */
	case SETTING_HEX:
	case SETTING_HEXHYP:
	case SETTING_HEXRAW:
		format_hex(type, data, len, out);
		return 0;
	default:
		if (len < 1 || len > 4)
			return -EINVAL;
		text_append(out, type <= SETTING_INT32 ? "%d" : "0x%x", get_number(data, len, type <= SETTING_INT32));
		return 0;
	}
}
