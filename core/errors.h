/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors: an int is 0 or a negative code, and the site that ends a job says why in words.
 *
 * fail() stores one sentence of detail and where it was said, and returns the code; usr/ prints the two together, once:
 *     chain http://10.0.2.2/k: timed out: no reply to 6 SYNs from 10.0.2.2 [net/tcp.c:412]
 * Only code that ends a job calls fail(): a dropped packet never does, or a stray frame could rewrite the user's error,
 * and neither does cleanup. Of several the last wins. */
#ifndef CORE_ERRORS_H
#define CORE_ERRORS_H

/* Code and text, in one place. The numbers are Linux's, so that the host build may mix them with libc's. */
#define ERROR_LIST(X)                                                         \
	X(ENOENT, 2, "not found")                                             \
	X(EIO, 5, "input/output error")                                       \
	X(ENOEXEC, 8, "not a bootable image")                                 \
	X(EAGAIN, 11, "not now")                                              \
	X(ENOMEM, 12, "out of memory")                                        \
	X(EACCES, 13, "access denied")                                        \
	X(EBUSY, 16, "busy")                                                  \
	X(ENODEV, 19, "no such device")                                       \
	X(EINVAL, 22, "invalid argument")                                     \
	X(EFBIG, 27, "too large")                                             \
	X(ENOSPC, 28, "no space left")                                        \
	X(EROFS, 30, "read-only")                                             \
	X(ERANGE, 34, "out of range")                                         \
	X(ELOOP, 40, "loop detected")                                         \
	X(EPROTO, 71, "protocol error")                                       \
	X(EBADMSG, 74, "wrong contents")                                      \
	X(EMSGSIZE, 90, "message too long")                                   \
	X(EPROTONOSUPPORT, 93, "protocol not supported")                      \
	X(ENOTSUP, 95, "not supported")                                       \
	X(EADDRINUSE, 98, "address in use")                                   \
	X(ENETDOWN, 100, "network is down")                                   \
	X(ENETUNREACH, 101, "network unreachable")                            \
	X(ECONNABORTED, 103, "connection closed early")                       \
	X(ECONNRESET, 104, "connection reset")                                \
	X(ENOBUFS, 105, "no buffers")                                         \
	X(ENOTCONN, 107, "not connected")                                     \
	X(ETIMEDOUT, 110, "timed out")                                        \
	X(ECONNREFUSED, 111, "connection refused")                            \
	X(EHOSTUNREACH, 113, "host unreachable")                              \
	X(EINPROGRESS, 115, "in progress")                                    \
	X(ESTALE, 116, "changed meanwhile")                                   \
	X(ECANCELED, 125, "cancelled by user")

#define ERROR_ENUM(name, number, text) name = number,
enum { ERROR_LIST(ERROR_ENUM) ERROR_END };
#undef ERROR_ENUM

/** The text for @rc (negative or positive); "unknown error" for a code outside the list. Static storage. */
const char *error_text(int rc);

/** Store a sentence of detail for @rc with the place that said it; returns @rc. Cut at ERROR_DETAIL_MAX bytes. */
#define fail(rc, ...) error_fail((rc), __FILE__, __LINE__, __VA_ARGS__)
#define ERROR_DETAIL_MAX 240
struct error_detail {
	int rc, line;                   /* rc 0: none */
	const char *file;
	char text[ERROR_DETAIL_MAX];
};
int error_fail(int rc, const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 4, 5), cold));

/** Forget the stored detail (the shell does so before each command). */
void error_clear(void);
/** Copy the stored detail into @detail, or take it away there, and put it back: a job that runs beside others keeps its words for when it is
 *  asked. */
void error_copy(struct error_detail *detail);
void error_take(struct error_detail *detail);
void error_give(const struct error_detail *detail);

/** Write "text: detail [file:line]" for @rc into @buf (at most @size bytes with the NUL). The detail is left out when the
 *  last fail() was for another code. */
void error_format(char *buf, unsigned size, int rc);

#endif
