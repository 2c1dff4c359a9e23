/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of settings (see core/setting_types.h). What each looks like as text:
 *
 *     string          as it is                      hex       52:54:00:12:34:56
 *     uristring       with URI escapes              hexhyp    52-54-00-12-34-56
 *     ipv4            10.0.2.15                     hexraw    525400123456
 *     int8/16/32      decimal, signed               uuid      8-4-4-4-12 hex digits
 *     uint8/16/32     0x and hex, as gPXE's         busdevfn  00:03.0 */
#include "core/setting_types.h"

#include "core/errors.h"
#include "core/string.h"

/* In the order of enum setting_type, one NUL-terminated name behind the other: no pointers to relocate. */
static const char names[] =
	"string\0" "uristring\0" "ipv4\0" "int8\0" "int16\0" "int32\0" "uint8\0" "uint16\0" "uint32\0"
	"hex\0" "hexhyp\0" "hexraw\0" "uuid\0" "busdevfn\0";

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

/** Bytes of an integer type. */
static unsigned int_bytes(enum setting_type type)
{
	switch (type) {
	case SETTING_INT8:
	case SETTING_UINT8:
		return 1;
	case SETTING_INT16:
	case SETTING_UINT16:
		return 2;
	default:
		return 4;
	}
}

/** The text of a string with its escapes decoded. */
static int parse_uristring(const char *text, uint8_t *out)
{
	int len = 0;

	for (; *text; text++) {
		int high = *text == '%' ? text_hex_digit(text[1]) : -1;
		int low = high < 0 ? -1 : text_hex_digit(text[2]);

		out[len++] = low < 0 ? (uint8_t)*text : (uint8_t)(high << 4 | low);
		if (low >= 0)
			text += 2;
		else if (*text == '%')
			return -EINVAL;
	}
	return len;
}

static int parse_ipv4(const char *text, uint8_t *out)
{
	int len = 0;

	for (;;) {
		char one[16];
		uint32_t addr;
		size_t n = 0;

		while (*text == ',' || text_is_space(*text))
			text++;
		if (!*text)
			return len ? len : -EINVAL;
		while (text[n] && text[n] != ',' && !text_is_space(text[n]))
			n++;
		if (n >= sizeof(one))
			return -EINVAL;
		memcpy(one, text, n);
		one[n] = '\0';
		if (!text_to_ipv4(one, &addr))
			return -EINVAL;
		for (int shift = 24; shift >= 0; shift -= 8)
			out[len++] = (uint8_t)(addr >> shift);
		text += n;
	}
}

/** Signed and unsigned types take both kinds of numbers, as far as they fit: the drive 0x80 is often an int8. */
static int parse_int(unsigned bytes, const char *text, uint8_t *out)
{
	uint32_t max = UINT32_MAX >> (32 - 8 * bytes), value;
	bool negative = *text == '-';

	if (!text_to_u32(text + negative, negative ? max / 2 + 1 : max, &value))
		return -EINVAL;
	if (negative)
		value = -value;
	for (unsigned i = bytes; i; i--, value >>= 8)
		out[i - 1] = (uint8_t)value;
	return (int)bytes;
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
	case SETTING_BUSDEVFN:
		return -EINVAL;         /* machines say where their devices are */
	default:
		return parse_int(int_bytes(type), text, out);
	}
}

static void format_string(const uint8_t *data, size_t len, struct text_buffer *out)
{
	text_append(out, "%.*s", (int)len, (const char *)data);
}

static void format_uristring(const uint8_t *data, size_t len, struct text_buffer *out)
{
	for (; len; len--, data++) {
		bool plain = text_is_digit((char)*data) || (*data >= 'a' && *data <= 'z') || (*data >= 'A' && *data <= 'Z') ||
		             (*data && strchr("-._~", *data));

		if (plain)
			text_append(out, "%c", *data);
		else
			text_append(out, "%%%02X", *data);
	}
}

static int format_ipv4(bool list, const uint8_t *data, size_t len, struct text_buffer *out)
{
	if (len < 4)
		return -EINVAL;
	for (size_t at = 0; at + 4 <= len && (list || at == 0); at += 4)
		text_append(out, "%s%u.%u.%u.%u", at ? " " : "", data[at], data[at + 1], data[at + 2], data[at + 3]);
	return 0;
}

/** The number that 1 to 4 bytes are, in network order; its sign is that of the first byte. */
static bool read_number(const uint8_t *data, size_t len, bool is_signed, uint32_t *value)
{
	if (len < 1 || len > 4)
		return false;
	*value = is_signed && data[0] & 0x80 ? UINT32_MAX : 0;
	for (; len; len--)
		*value = *value << 8 | *data++;
	return true;
}

static void format_hex(const char *separator, const uint8_t *data, size_t len, struct text_buffer *out)
{
	for (size_t i = 0; i < len; i++)
		text_append(out, "%s%02x", i ? separator : "", data[i]);
}

static int format_uuid(const uint8_t *data, size_t len, struct text_buffer *out)
{
	if (len != UUID_BYTES)
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		text_append(out, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", data[i]);
	return 0;
}

/** A PCI address as PCI counts: bus in the second byte, slot and function in the last. */
static int format_busdevfn(const uint8_t *data, size_t len, struct text_buffer *out)
{
	uint32_t value;

	if (!read_number(data, len, false, &value))
		return -EINVAL;
	text_append(out, "%02x:%02x.%u", value >> 8 & 0xff, value >> 3 & 0x1f, value & 7);
	return 0;
}

int setting_type_format(enum setting_type type, bool list, const uint8_t *data, size_t len, struct text_buffer *out)
{
	uint32_t value;

	switch (type) {
	case SETTING_STRING:
		format_string(data, len, out);
		return 0;
	case SETTING_URISTRING:
		format_uristring(data, len, out);
		return 0;
	case SETTING_IPV4:
		return format_ipv4(list, data, len, out);
	case SETTING_HEX:
	case SETTING_HEXHYP:
	case SETTING_HEXRAW:
		format_hex(type == SETTING_HEX ? ":" : type == SETTING_HEXHYP ? "-" : "", data, len, out);
		return 0;
	case SETTING_UUID:
		return format_uuid(data, len, out);
	case SETTING_BUSDEVFN:
		return format_busdevfn(data, len, out);
	case SETTING_INT8:
	case SETTING_INT16:
	case SETTING_INT32:
		if (!read_number(data, len, true, &value))
			return -EINVAL;
		text_append(out, "%d", (int32_t)value);
		return 0;
	default:
		if (!read_number(data, len, false, &value))
			return -EINVAL;
		text_append(out, "0x%x", value);
		return 0;
	}
}
