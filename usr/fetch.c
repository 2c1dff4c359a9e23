/* SPDX-License-Identifier: BSD-2-Clause */
/* The sink that places a download in an image's memory, and the wait with its progress line. */
#include "usr/fetch.h"

#include "config/features.h"
#include "core/clock.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/settings.h"
#include "core/string.h"
#include "core/uri.h"
#include "image/image.h"
#include "net/download.h"
#include "usr/ifmgmt.h"
#include "usr/progress.h"
#include "usr/wait.h"

struct fetch {
	struct sink sink;
	struct image *image;
	bool module;
	struct download *download;
	struct transfer transfer;
};

static struct uri *base;

/** Memory is chosen as soon as the length is known, before the body comes. A download that begins anew may find another length. */
static int fetch_size(struct sink *sink, bool known, uint64_t total_bytes)
{
	struct fetch *f = container_of(sink, struct fetch, sink);
	struct space_block *block = &f->image->block;
	int rc = known && f->module ? image_fits(total_bytes) : 0;

	if (rc != 0)
		return rc;
	if (known && block->size && !block->growing && block->length == total_bytes)
		return 0;
	space_free(block);
	return known ? space_alloc(block, total_bytes) : space_grow(block);
}

static uint8_t *fetch_at(struct sink *sink, uint64_t offset, size_t len)
{
	return space_at(&container_of(sink, struct fetch, sink)->image->block, offset, len);
}

static int fetch_done(void *context)
{
	return download_rc(((struct fetch *)context)->download);
}

static void fetch_draw(void *context)
{
	struct fetch *f = context;

	progress_update(&f->transfer, download_progress(f->download), download_state(f->download), clock_ms());
}

/** @uri as text on the heap; NULL when out of memory. */
static char *uri_text(const struct uri *uri, bool hide_password)
{
	size_t size = (size_t)uri_format(uri, NULL, 0, hide_password) + 1;
	char *text = heap_alloc(size);

	if (text)
		uri_format(uri, text, size, hide_password);
	return text;
}

/** The whole download, into f->image. */
static int transfer(struct fetch *f, const struct uri *uri, const struct fetch_options *options)
{
	struct waiting w = { fetch_done, f, options->quiet ? NULL : fetch_draw, options->timeout_ms };
	char *shown = uri_text(uri, true);
	int rc;

	if (!shown)
		return -ENOMEM;
	progress_begin(&f->transfer, shown, clock_ms());
	rc = download_start(&f->download, &the_net, uri, &f->sink, clock_ms());
	if (rc == 0)
		rc = wait_for(&w);
	if (rc == -ETIMEDOUT && download_rc(f->download) == -EINPROGRESS)
		rc = fail(-ETIMEDOUT, "not complete after %u ms", (unsigned)options->timeout_ms);
	if (rc == 0 && !options->quiet)
		progress_end(&f->transfer, download_progress(f->download), clock_ms());
	else
		progress_wipe();
	heap_free(shown);
	return rc;
}

/** All bytes are there: give back what a body of unknown length did not need, and note where it came from in the end. */
static int settle(struct fetch *f)
{
	char *text = uri_text(download_final_uri(f->download), false);

	if (f->image->block.growing)
		space_settle(&f->image->block, (uint32_t)download_progress(f->download)->done_bytes);
	if (!text)
		return -ENOMEM;
	heap_free(f->image->uri);
	f->image->uri = text;
	return 0;
}

/** Fetch @uri into @image. */
static int fetch_into(struct image *image, const struct uri *uri, const struct fetch_options *options)
{
	struct fetch *f = heap_zalloc(sizeof(*f));
	int rc;

	if (!f)
		return -ENOMEM;
	f->sink = (struct sink){ fetch_size, fetch_at };
	f->image = image;
	f->module = options->module;
	rc = transfer(f, uri, options);
	if (rc == 0)
		rc = settle(f);
	download_stop(f->download, clock_ms());
	heap_free(f);
	return rc;
}

/** Where nothing else is known a name is one of a file on the TFTP server that DHCP named, as in gPXE. */
static int resolve_next_server(const char *reference, struct uri **uri)
{
	struct uri *server;
	uint32_t ip;
	char text[24];
	int rc;

	if (!CONFIG_TFTP || !settings_find_ipv4(settings_root(), TAG_NEXT_SERVER, true, &ip))
		return fail(-ENOENT, "no image of that name, and not a URL");
	text_format(text, sizeof(text), "tftp://%pI4/", &ip);
	if ((rc = uri_parse(text, &server)) != 0)
		return rc;
	rc = uri_resolve(server, reference, uri);
	uri_free(server);
	return rc;
}

static int resolve(const char *reference, struct uri **uri)
{
	if (fetch_is_absolute(reference))
		return uri_parse(reference, uri);
	return base ? uri_resolve(base, reference, uri) : resolve_next_server(reference, uri);
}

int fetch_image(const char *reference, const struct fetch_options *options, struct image **image)
{
	const char *name = options->name;
	struct uri *uri;
	int rc;

	*image = NULL;
	rc = resolve(reference, &uri);
	if (rc != 0)
		return rc;
	rc = ifmgmt_ready();
	if (rc != 0)
		goto out;
	if (!name)
		name = uri_filename(uri);
	*image = image_alloc(*name ? name : uri->host, "");
	rc = *image ? fetch_into(*image, uri, options) : -ENOMEM;
	if (rc != 0) {
		image_free(*image);
		*image = NULL;
	}
out:
	uri_free(uri);
	return rc;
}

bool fetch_is_absolute(const char *word)
{
	const char *c = word;

	while (*c && *c != ':' && *c != '/' && *c != '?' && *c != '#')
		c++;
	return *c == ':' && c > word;
}

struct uri *fetch_set_base(const char *text)
{
	struct uri *before = base;

	if (!text || !*text || uri_parse(text, &base) != 0)
		base = NULL;
	return before;
}

void fetch_restore_base(struct uri *before)
{
	uri_free(base);
	base = before;
}
