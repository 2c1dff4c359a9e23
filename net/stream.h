/* SPDX-License-Identifier: BSD-2-Clause */
/* A byte stream as its user sees it: what TCP (and later TLS) promises upwards.
 *
 * The user fills struct stream_user and is called back from within the stack's poll. Offsets count received bytes from 0. */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stddef.h>
#include <stdint.h>

struct stream_user {
	/** The connection is up: send away. */
	void (*connected)(struct stream_user *user, uint32_t now_ms);
	/** In-order bytes that were not placed. All of them are consumed. */
	void (*deliver)(struct stream_user *user, const uint8_t *data, size_t len, uint32_t now_ms);
	/** Where do bytes [@offset, @offset + @len) of the stream belong in memory? NULL: nowhere known, keep them in packets until
	 *  their turn. May be asked in or out of order, about data never delivered yet. The bytes count as arrived once copied. */
	uint8_t *(*place)(struct stream_user *user, uint64_t offset, size_t len);
	/** Every byte before @offset has arrived, the ones placed among them (in order, called once per batch). */
	void (*placed)(struct stream_user *user, uint64_t offset, uint32_t now_ms);
	/** How many bytes beyond @offset (the next in order) may be sent to us and will be placed: the window's upper part. 0: only
	 *  what packets can hold. */
	uint64_t (*placeable)(struct stream_user *user, uint64_t offset);
	/** The stream is over: 0 after the peer's orderly end, else why (fail() was called). Nothing is called after this. */
	void (*closed)(struct stream_user *user, int rc, uint32_t now_ms);
};

#endif
