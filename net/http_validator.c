/* SPDX-License-Identifier: BSD-2-Clause */
/* Validators: entity tags and dates. See net/http_validator.h. */
#include "net/http_validator.h"

#include "config/features.h"
#include "core/string.h"

/* RFC 9110 8.8.2.2 asks for a second between the last change and the answer, and for enough of a distance that two clocks do not matter:
 * RFC 7232 2.2.2 had said how much that is. */
enum { STRONG_AFTER_S = 60 };

/** The number of the three letters at @text in @names, from 0; -1. */
static int find_name(const char *names, const char *text)
{
	for (int i = 0; names[3 * i]; i++)
		if (memcmp(names + 3 * i, text, 3) == 0)
			return i;
	return -1;
}

static bool read_digits(const char *text, size_t count, uint32_t *value)
{
	uint64_t n;

	if (!text_to_u64(text, count, &n))
		return false;
	*value = (uint32_t)n;
	return true;
}

/** Days from the first of March of the year 0, counted so that a leap day is its year's last. */
static uint32_t days(uint32_t year, uint32_t month, uint32_t day)
{
	uint32_t y = month < 2 ? year - 1 : year, m = (month + 10) % 12;        /* from March on */

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1;
}

static uint32_t days_in_month(uint32_t year, uint32_t month)
{
	return (month == 11 ? days(year + 1, 0, 1) : days(year, month + 1, 1)) - days(year, month, 1);
}

bool http_date_parse(const char *text, uint64_t *seconds)
{
	static const char form[] = "..., .. ... .... ..:..:.. GMT";
	uint32_t day, year, hour, minute, second;
	int month;

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] != '.' && form[i] != text[i])
			return false;
	month = find_name("JanFebMarAprMayJunJulAugSepOctNovDec", text + 8);
	if (find_name("MonTueWedThuFriSatSun", text) < 0 || month < 0 || !read_digits(text + 5, 2, &day) ||
	    !read_digits(text + 12, 4, &year) || !read_digits(text + 17, 2, &hour) || !read_digits(text + 20, 2, &minute) ||
	    !read_digits(text + 23, 2, &second))
		return false;
	if (year == 0 || day < 1 || day > days_in_month(year, (uint32_t)month) || hour > 23 || minute > 59 || second > 60)
		return false;
	*seconds = (uint64_t)days(year, (uint32_t)month, day) * 86400 + hour * 3600 + minute * 60 + second;
	return true;
}

/** Is the date of the last change a strong validator? */
static bool date_is_strong(const struct http_response *r)
{
	uint64_t modified, now;

	return CONFIG_DATES && http_date_parse(r->last_modified, &modified) && http_date_parse(r->date, &now) && now >= modified + STRONG_AFTER_S;
}

const char *http_validator(const struct http_response *r)
{
	if (r->etag[0])                 /* RFC 9110 13.1.5: rather than a date; a weak one counts as none */
		return r->etag;
	return date_is_strong(r) ? r->last_modified : "";
}

const char *http_validator_of_answer(const struct http_response *r, const char *asked)
{
	if (!asked || !*asked || r->status != 206)
		return http_validator(r);
	if (*asked == '"')
		return r->has_etag ? r->etag : asked;
	return r->last_modified[0] ? r->last_modified : asked;
}
