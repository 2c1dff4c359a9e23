/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS questions and answers as bytes. */
#include "net/dns_message.h"

#include "core/cursor.h"
#include "core/errors.h"
#include "core/string.h"
#include "net/ipv4.h"

enum {
	HEADER_BYTES = 12, LABEL_MAX = 63, NAME_MAX = 253, TYPE_A = 1, TYPE_CNAME = 5, CLASS_IN = 1,
	FLAG_REPLY = 0x8000, OPCODE_MASK = 0x7800, FLAG_TRUNCATED = 0x0200, FLAG_RECURSE = 0x0100, RCODE_MASK = 15,
	POINTER = 0xc0,
	RECORDS_MAX = 64,               /* looked at, again for each alias: a name of many labels is some work */
};

/** One resource record; @rdata points into the message. */
struct record {
	char owner[DNS_NAME_MAX];
	uint16_t type, class, rdata_len;
	const uint8_t *rdata;
};

bool dns_name_ok(const char *name)
{
	size_t label = 0, len = strlen(name);

	if (len > 0 && name[len - 1] == '.')
		len--;
	if (len == 0 || len > NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		label = name[i] == '.' ? 0 : label + 1;
		if (label > LABEL_MAX || !text_is_print(name[i]) || name[i] == ' ' || name[i] == ':')
			return false;
		if (label == 0 && (i == 0 || name[i - 1] == '.'))
			return false;
	}
	return label > 0;
}

static void put_name(struct writer *w, const char *name)
{
	while (*name) {
		const char *dot = strchr(name, '.');
		size_t len = dot ? (size_t)(dot - name) : strlen(name);

		wr_u8(w, (uint8_t)len);
		wr_bytes(w, name, len);
		name += len + (dot ? 1 : 0);
	}
	wr_u8(w, 0);
}

size_t dns_message_emit(uint8_t *buf, uint16_t id, const char *name)
{
	struct writer w = wr_init(buf, DNS_QUERY_MAX);

	wr_fields(&w, "22224", id, FLAG_RECURSE, 1, 0, 0);     /* one question, nothing else */
	put_name(&w, name);
	wr_fields(&w, "22", TYPE_A, CLASS_IN);
	return (size_t)(w.data - buf);
}

/** Append a label to @name of which @used bytes are used, with a dot after it. False when it does not fit, or holds a byte
 *  that would read as something else in text: nobody asked for such a name. */
static bool append_label(char name[DNS_NAME_MAX], size_t *used, const uint8_t *label, size_t len)
{
	if (*used + len + 1 >= DNS_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (label[i] == '.' || !text_is_print((char)label[i]))
			return false;
	memcpy(name + *used, label, len);
	*used += len;
	name[(*used)++] = '.';
	return true;
}

/** Read a name at @r, which moves past it, as text without the final dot; "" for the root. A pointer must lead to before all
 *  that was read of the name so far (RFC 1035 4.1.4: "a prior occurrence"), which ends every loop. */
static bool read_name(struct reader *r, const uint8_t *message, char name[DNS_NAME_MAX])
{
	struct reader at = *r;
	const uint8_t *limit = at.data;
	bool jumped = false;
	size_t used = 0;
	uint8_t len;

	while ((len = rd_u8(&at)) != 0) {
		if (len > LABEL_MAX) {
			size_t target = (size_t)(len & ~POINTER) << 8 | rd_u8(&at);

			if (!rd_ok(&at) || (len & POINTER) != POINTER || target < HEADER_BYTES || target >= (size_t)(limit - message))
				return false;
			if (!jumped)
				*r = at;
			jumped = true;
			limit = message + target;
			at.data = limit;
			continue;
		}
		const uint8_t *label = rd_bytes(&at, len);

		if (!label || !append_label(name, &used, label, len))
			return false;
	}
	if (!rd_ok(&at))
		return false;
	if (!jumped)
		*r = at;
	name[used > 0 ? used - 1 : 0] = '\0';
	return true;
}

static bool same_name(const char *a, const char *b)
{
	size_t len = strlen(a);

	if (len > 0 && a[len - 1] == '.')
		len--;
	return text_ncasecmp(a, b, len) == 0 && (b[len] == '\0' || strcmp(b + len, ".") == 0);
}

bool dns_message_matches(const void *data, size_t len, uint16_t id, const char *name)
{
	struct reader r = rd_init(data, len);
	char asked[DNS_NAME_MAX];
	bool ours = rd_be16(&r) == id;

	ours &= (rd_be16(&r) & (FLAG_REPLY | OPCODE_MASK)) == FLAG_REPLY;
	ours &= rd_be16(&r) == 1;
	rd_skip(&r, 6);
	if (!ours || !rd_ok(&r) || !read_name(&r, data, asked) || !same_name(asked, name))
		return false;
	ours = rd_be16(&r) == TYPE_A;
	ours &= rd_be16(&r) == CLASS_IN;
	return ours && rd_ok(&r);
}

static bool read_record(struct reader *r, const uint8_t *message, struct record *record)
{
	if (!read_name(r, message, record->owner))
		return false;
	record->type = rd_be16(r);
	record->class = rd_be16(r);
	rd_skip(r, 4);                  /* time to live: nothing is cached */
	record->rdata_len = rd_be16(r);
	record->rdata = rd_bytes(r, record->rdata_len);
	return rd_ok(r);
}

static void add_address(struct dns_answer *a, const struct record *record)
{
	struct reader r = rd_init(record->rdata, record->rdata_len);
	uint32_t ip = rd_be32(&r);

	if (record->rdata_len == 4 && ipv4_is_host(ip) && a->address_count < DNS_ADDRESSES_MAX)
		a->address[a->address_count++] = ip;
}

/** A CNAME's target. Its name is within the record's data, but for pointers backwards. */
static bool read_target(const struct record *record, const uint8_t *message, char name[DNS_NAME_MAX])
{
	struct reader r = rd_init(record->rdata, record->rdata_len);

	return read_name(&r, message, name) && rd_left(&r) == 0 && dns_name_ok(name);
}

/** Look at all records once for those of a->name; true when one was a CNAME, which a->name then follows. */
static bool follow(struct dns_answer *a, struct reader r, const uint8_t *message, unsigned count, int *rc)
{
	struct record record;

	for (unsigned i = 0; i < count; i++) {
		if (!read_record(&r, message, &record)) {
			*rc = -EPROTO;
			return false;
		}
		if (record.class != CLASS_IN || !same_name(record.owner, a->name))
			continue;
		if (record.type == TYPE_A)
			add_address(a, &record);
		if (record.type != TYPE_CNAME)
			continue;
		if (!read_target(&record, message, a->name)) {
			*rc = -EPROTO;
			return false;
		}
		a->cnames++;
		return true;
	}
	return false;
}

int dns_message_parse(struct dns_answer *a, const void *data, size_t len, const char *name, unsigned cnames_max)
{
	struct reader r = rd_init(data, len);
	uint16_t flags, answers;
	int rc = 0;

	memset(a, 0, sizeof *a);
	text_copy(a->name, sizeof a->name, name);
	rd_skip(&r, 2);
	flags = rd_be16(&r);
	rd_skip(&r, 2);
	answers = rd_be16(&r);
	if (answers > RECORDS_MAX)
		answers = RECORDS_MAX;
	rd_skip(&r, 4);
	a->rcode = flags & RCODE_MASK;
	a->truncated = flags & FLAG_TRUNCATED;
	{
		char asked[DNS_NAME_MAX];

		if (!read_name(&r, data, asked))
			return -EPROTO;
		rd_skip(&r, 4);
	}
	while (follow(a, r, data, answers, &rc))
		if (a->cnames > cnames_max)
			return -ELOOP;
	return rc;
}
