/* SPDX-License-Identifier: BSD-2-Clause */
/* From a URL to a drive. */
#include "usr/san.h"

#include "core/errors.h"
#include "core/printf.h"
#include "core/uri.h"
#include "image/disk_options.h"
#include "image/image.h"
#include "usr/disk.h"
#include "usr/fetch.h"
#include "usr/ifmgmt.h"
#include "usr/progress.h"
#include "usr/remote_disk.h"
#include "usr/wait.h"

static int ready(void *context)
{
	return remote_disk_ready(context);
}

static void draw(void *context)
{
	progress_show("%s... %s", ((struct block_device *)context)->name, remote_disk_state(context));
}

static int open_remote(const struct uri *uri, bool read_only, struct block_device **device)
{
	struct waiting w = { .done = ready, .draw = draw };
	int rc = remote_disk_open(device, &the_net, uri, read_only);

	if (rc != 0)
		return rc;
	w.context = *device;
	rc = wait_for(&w);
	progress_wipe();
	if (rc != 0)
		(*device)->close(*device);
	return rc;
}

/** All of it in memory: where its sectors cannot be had one by one. */
static int attach_whole(const char *reference, const struct disk_options *options, struct disk **disk)
{
	struct fetch_options fetch = { 0 };
	struct image *image;
	char why[100];
	int rc;

	error_format(why, sizeof(why), -ENOTSUP);
	print("%s: %s; fetching all of it\n", reference, why);
	rc = fetch_image(reference, &fetch, &image);
	if (rc != 0)
		return rc;
	rc = disk_attach_image(image, options, disk);
	image_free(image);
	return rc;
}

int san_attach(const char *reference, const struct disk_options *options, struct disk **disk)
{
	struct block_device *device;
	struct uri *uri = NULL;
	int rc = fetch_resolve(reference, &uri);

	if (rc == 0)
		rc = ifmgmt_ready();
	if (rc == 0)
		rc = open_remote(uri, options->read_only, &device);
	uri_free(uri);
	if (rc == 0)
		rc = disk_attach(device, options, disk);
	else if (rc == -ENOTSUP)
		rc = attach_whole(reference, options, disk);
	if (rc == 0)
		print("Drive %02xh is %s, a %s\n", disk_number(*disk), reference, disk_kind_name(*disk));
	return rc;
}

int san_boot(const char *reference)
{
	struct disk_options options;
	struct disk *disk;
	int rc = disk_options_parse(&options, "");

	if (rc == 0)
		rc = san_attach(reference, &options, &disk);
	if (rc != 0)
		return rc;
	rc = disk_boot(disk);
	disk_detach(disk);
	return rc;
}
