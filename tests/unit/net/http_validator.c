/* SPDX-License-Identifier: BSD-2-Clause */
/* What tells one version of a file from another. */
#include "net/http_validator.h"

#include "tests/unit/test.h"

static uint64_t seconds;

TEST(dates_are_counted)
{
	uint64_t first;

	EXPECT(http_date_parse("Sun, 06 Nov 1994 08:49:37 GMT", &first));
	EXPECT(http_date_parse("Sun, 06 Nov 1994 08:50:37 GMT", &seconds) && seconds == first + 60);
	EXPECT(http_date_parse("Mon, 07 Nov 1994 08:49:37 GMT", &seconds) && seconds == first + 86400);
	EXPECT(http_date_parse("Thu, 01 Jan 1970 00:00:00 GMT", &first));
	EXPECT(http_date_parse("Sun, 09 Sep 2001 01:46:40 GMT", &seconds) && seconds == first + 1000000000);
	EXPECT(http_date_parse("Fri, 31 Dec 9999 23:59:59 GMT", &seconds) && seconds == first + 253402300799);
}

/* Each day of four centuries follows the one before. */
TEST(every_calendar_day_has_its_number)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const unsigned lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	uint64_t last = 0;
	char text[40];

	for (unsigned year = 1900; year < 2300; year++)
		for (unsigned month = 0; month < 12; month++) {
			bool leap = year % 4 == 0 && (year % 100 || year % 400 == 0);
			unsigned n = lengths[month] + (month == 1 && leap);

			for (unsigned day = 1; day <= 31; day++) {
				snprintf(text, sizeof text, "Mon, %02u %.3s %04u 00:00:00 GMT", day, names + 3 * month, year);
				EXPECT_EQ(http_date_parse(text, &seconds), day <= n);
				if (day > n)
					continue;
				EXPECT(!last || seconds == last + 86400);
				last = seconds;
			}
		}
}

TEST(other_forms_of_dates_are_refused)
{
	static const char *const bad[] = {
		"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37",
		"Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Xxx, 06 Nov 1994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 0000 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 19 4 08:49:37 GMT",
		"Sun. 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08.49.37 GMT",
	};
	static const char good[] = "Sun, 06 Nov 1994 08:49:37 GMT";

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		EXPECT(!http_date_parse(bad[i], &seconds));
	for (size_t n = 0; n < sizeof good - 1; n++) {
		char *cut = strndup(good, n);

		EXPECT(!http_date_parse(cut, &seconds));
		free(cut);
	}
}

static const char *validator(const char *etag, const char *modified, const char *date)
{
	static struct http_response r;

	memset(&r, 0, sizeof r);
	r.status = 200;
	if (etag)
		http_take_field(&r, "ETag", etag);
	if (modified)
		http_take_field(&r, "Last-Modified", modified);
	if (date)
		http_take_field(&r, "Date", date);
	return http_validator(&r);
}

TEST(a_strong_entity_tag_is_preferred)
{
	EXPECT_STR(validator("\"v1\"", NULL, NULL), "\"v1\"");
	EXPECT_STR(validator("\"v1\"", "Sun, 06 Nov 1994 08:49:37 GMT", "Mon, 07 Nov 1994 08:49:37 GMT"), "\"v1\"");
	EXPECT_STR(validator("W/\"v1\"", NULL, NULL), "");
	EXPECT_STR(validator("w/\"v1\"", NULL, NULL), "");
	EXPECT_STR(validator("v1", NULL, NULL), "");
	EXPECT_STR(validator(NULL, NULL, NULL), "");
}

TEST(two_entity_tags_are_none)
{
	struct http_response r = { .status = 200 };

	http_take_field(&r, "ETag", "\"a\"");
	http_take_field(&r, "ETag", "\"a\"");
	EXPECT_STR(http_validator(&r), "\"a\"");
	http_take_field(&r, "ETag", "\"b\"");
	EXPECT_STR(http_validator(&r), "");
	http_take_field(&r, "ETag", "\"b\"");
	EXPECT_STR(http_validator(&r), "");
}

/* RFC 9110 8.8.2.2, 13.1.5 */
TEST(a_date_is_a_validator_a_minute_later)
{
	static const char modified[] = "Sun, 06 Nov 1994 08:49:37 GMT";

	EXPECT_STR(validator(NULL, modified, "Sun, 06 Nov 1994 08:50:37 GMT"), modified);
	EXPECT_STR(validator(NULL, modified, "Sun, 06 Nov 1994 08:50:36 GMT"), "");
	EXPECT_STR(validator(NULL, modified, "Sun, 06 Nov 1994 08:49:37 GMT"), "");
	EXPECT_STR(validator(NULL, modified, "Sat, 05 Nov 1994 08:49:37 GMT"), "");
	EXPECT_STR(validator(NULL, modified, "Fri, 06 Nov 2026 08:49:37 GMT"), modified);
	EXPECT_STR(validator("W/\"v1\"", modified, "Mon, 07 Nov 1994 08:49:37 GMT"), modified);
	EXPECT_STR(validator(NULL, modified, NULL), "");
	EXPECT_STR(validator(NULL, modified, "Monday, 07-Nov-94 08:49:37 GMT"), "");
	EXPECT_STR(validator(NULL, "Sun Nov  6 08:49:37 1994", "Mon, 07 Nov 1994 08:49:37 GMT"), "");
	EXPECT_STR(validator(NULL, NULL, "Mon, 07 Nov 1994 08:49:37 GMT"), "");
}

/* RFC 9110 15.3.7: what was asked for need not be said again. */
TEST(a_part_that_says_nothing_is_of_the_version_asked_for)
{
	static const char modified[] = "Sun, 06 Nov 1994 08:49:37 GMT", other[] = "Sun, 06 Nov 1994 08:49:38 GMT";
	struct http_response r = { .status = 206 };

	EXPECT_STR(http_validator_of_answer(&r, "\"v1\""), "\"v1\"");
	EXPECT_STR(http_validator_of_answer(&r, modified), modified);
	EXPECT_STR(http_validator_of_answer(&r, ""), "");
	EXPECT_STR(http_validator_of_answer(&r, NULL), "");
	http_take_field(&r, "Last-Modified", other);
	EXPECT_STR(http_validator_of_answer(&r, "\"v1\""), "\"v1\"");
	EXPECT_STR(http_validator_of_answer(&r, modified), other);
	http_take_field(&r, "ETag", "\"v2\"");
	EXPECT_STR(http_validator_of_answer(&r, "\"v1\""), "\"v2\"");
	EXPECT_STR(http_validator_of_answer(&r, other), other);
	r.status = 200;
	EXPECT_STR(http_validator_of_answer(&r, "\"v1\""), "\"v2\"");
}
