/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of a file, each a download of its own that takes over what was learned when the head was fetched. */
#include "core/string.h"
#include "net/download_parts.h"

int part_check(const struct download *d)
{
	if (!d->ranges || !d->total_known)
		return fail(-ENOTSUP, "the server gives no parts of files");
	if (!d->validator[0])
		return fail(-ENOTSUP, "the server says nothing to know the file by (no ETag, no Last-Modified)");
	return 0;
}

int download_start_head(struct download **result, struct net *net, const struct uri *uri, uint64_t bytes, struct sink *sink, uint32_t now_ms)
{
	struct download *d;
	int rc;

	*result = d = download_new(net, uri, sink, &rc);
	if (!d)
		return rc;
	d->part = (struct range){ 0, bytes };
	d->alone = true;
	download_begin(d, now_ms);
	return 0;
}

/** The file as it was when the head came, and who has it. */
static void take_over(struct download *d, const struct download *of)
{
	d->begun = d->contact = d->ranges = d->total_known = true;
	d->total = d->progress.total_bytes = of->total;
	text_copy(d->validator, sizeof(d->validator), of->validator);
	d->home = of->home;
	memcpy(d->dns.address, of->dns.address, sizeof(d->dns.address));
	d->dns.address_count = of->dns.address_count;
	d->dns.rc = 0;
	d->address = of->address;
	d->dropped = of->dropped;
}

int download_start_part(struct download **result, const struct download *of, const struct range *part, struct sink *sink, uint32_t now_ms)
{
	struct uri *last = uri_copy(of->uri);
	struct download *d;
	int rc;

	*result = d = last ? download_new(of->net, of->first, sink, &rc) : NULL;
	if (!d) {
		uri_free(last);
		return last ? rc : fail(-ENOMEM, "no room for a download");
	}
	download_set_uri(d, last);              /* it was good once */
	take_over(d, of);
	d->part = *part;
	d->alone = true;
	ranges_init(&d->missing, part->start, part->end);
	d->left = download_wanted(d);
	d->stage = RESOLVING;                   /* and done with that */
	list_append(&d->net->downloads, &d->link);
	return 0;
}

bool download_extend_part(struct download *d, uint64_t end)
{
	if (d->rc != -EINPROGRESS || !d->begun)
		return false;
	ranges_add(&d->missing, d->part.end, end);
	d->part.end = end;
	d->left = ranges_total(&d->missing);
	return true;
}
