/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes to a server. */
#include "net/http_parse.h"

#include "core/errors.h"
#include "tests/unit/test.h"

static const char *request(const char *url, uint64_t start, uint64_t end, const char *etag)
{
	static char text[4096];
	struct range range = { start, end };
	struct uri *uri;
	size_t len;

	EXPECT_EQ(uri_parse(url, &uri), 0);
	len = http_request_emit(text, 0, uri, 80, &range, etag);
	EXPECT_EQ(len, http_request_emit(text, sizeof text, uri, 80, &range, etag));
	EXPECT(len < sizeof text);
	for (size_t size = 0; size <= len + 1; size++) {    /* never a byte too far */
		char *exact = malloc(size + !size);

		EXPECT_EQ(http_request_emit(exact, size, uri, 80, &range, etag), len);
		EXPECT(memcmp(exact, text, size) == 0 || size <= len);
		free(exact);
	}
	uri_free(uri);
	return text;
}

#define COMMON "User-Agent: fPXE/0.1\r\nAccept-Encoding: identity\r\nConnection: keep-alive\r\nRange: bytes=0-\r\n"

TEST(a_request_is_what_the_wire_wants)
{
	EXPECT_STR(request("http://server/path/x?a=b#frag", 0, RANGE_UNKNOWN, NULL),
	           "GET /path/x?a=b HTTP/1.1\r\nHost: server\r\n" COMMON "\r\n");
	EXPECT_STR(request("http://server", 0, RANGE_UNKNOWN, NULL), "GET / HTTP/1.1\r\nHost: server\r\n" COMMON "\r\n");
	EXPECT_STR(request("http://server:8080/", 0, RANGE_UNKNOWN, NULL), "GET / HTTP/1.1\r\nHost: server:8080\r\n" COMMON "\r\n");
	EXPECT_STR(request("http://server:80/a%20b", 0, RANGE_UNKNOWN, NULL), "GET /a%20b HTTP/1.1\r\nHost: server\r\n" COMMON "\r\n");
}

TEST(user_and_password_go_as_basic_authorization)
{
	/* RFC 7617 2 */
	EXPECT(strstr(request("http://Aladdin:open%20sesame@s/", 0, RANGE_UNKNOWN, NULL),
	              "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
	EXPECT(strstr(request("http://u@s/", 0, RANGE_UNKNOWN, NULL), "Authorization: Basic dTo=\r\n"));
	EXPECT(strstr(request("http://u:p@s/", 0, RANGE_UNKNOWN, NULL), "Authorization: Basic dTpw\r\n"));
	EXPECT(strstr(request("http://u:pw@s/", 0, RANGE_UNKNOWN, NULL), "Authorization: Basic dTpwdw==\r\n"));
}

TEST(a_part_is_asked_for_if_the_file_is_still_the_same)
{
	EXPECT(strstr(request("http://s/", 100, RANGE_UNKNOWN, "\"v1\""), "\r\nRange: bytes=100-\r\nIf-Range: \"v1\"\r\n\r\n"));
	EXPECT(strstr(request("http://s/", 100, 200, "Sun, 06 Nov 1994 08:49:37 GMT"),
	              "\r\nRange: bytes=100-199\r\nIf-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"));
	EXPECT(strstr(request("http://s/", 100, 200, NULL), "\r\nRange: bytes=100-199\r\n\r\n"));
	EXPECT(strstr(request("http://s/", 5000000000, 5000000001, ""), "\r\nRange: bytes=5000000000-5000000000\r\n\r\n"));
}
