/* SPDX-License-Identifier: BSD-2-Clause */
/* The registry of images: see image/image.h. */
#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "image/image.h"

static struct list images = { &images, &images };

static struct image *image_of(struct list *node)
{
	return node == &images ? NULL : list_entry(node, struct image, link);
}

struct image *image_alloc(const char *name, const char *uri)
{
	struct image *image = heap_zalloc(sizeof(*image));

	if (!image)
		return NULL;
	list_init(&image->link);
	image->name = heap_strdup(name);
	image->uri = heap_strdup(uri);
	image->arguments = heap_strdup("");
	if (image->name && image->uri && image->arguments)
		return image;
	image_free(image);
	return NULL;
}

void image_free(struct image *image)
{
	if (!image)
		return;
	if (image->source)
		image->source->stop(image->source);
	list_remove(&image->link);
	space_free(&image->block);
	heap_free(image->name);
	heap_free(image->uri);
	heap_free(image->arguments);
	heap_free(image);
}

static struct image *find_name(const char *name)
{
	struct image *image;

	for (image = image_next(NULL); image; image = image_next(image))
		if (!strcmp(image->name, name))
			break;
	return image;
}

int image_recognise(struct image *image)
{
	int rc;

	image->format = NULL;
	for (unsigned i = 0; image_formats[i] && !image->format; i++) {
		if (image_formats[i]->unmarked)
			continue;
		rc = image_formats[i]->probe(image);
		if (rc != 0 && rc != -ENOEXEC)
			return rc;
		if (rc == 0)
			image->format = image_formats[i];
	}
	return 0;
}

int image_register(struct image *image)
{
	int rc = image->source ? 0 : image_recognise(image);

	if (rc != 0) {
		image_free(image);
		return rc;
	}
	list_remove(&image->link);
	image_free(find_name(image->name));
	list_append(&images, &image->link);
	return 0;
}

int image_set_arguments(struct image *image, const char *arguments)
{
	char *copy = heap_strdup(arguments);

	if (!copy)
		return fail(-ENOMEM, "no room for the arguments of %s", image->name);
	heap_free(image->arguments);
	image->arguments = copy;
	return 0;
}

struct image *image_next(const struct image *after)
{
	return image_of(after ? after->link.next : images.next);
}

struct image *image_find(const char *name)
{
	struct image *image = find_name(name);

	if (image)
		return image;
	for (image = image_next(NULL); image; image = image_next(image))
		if (*name && !strcmp(image->uri, name))
			return image;
	return NULL;
}

void image_select(struct image *selected)
{
	struct image *image;

	for (image = image_next(NULL); image; image = image_next(image))
		image->selected = image == selected;
}

struct image *image_selected(void)
{
	struct image *image, *only = NULL;
	unsigned bootable = 0;

	for (image = image_next(NULL); image; image = image_next(image)) {
		if (image->selected)
			return image;
		if (image->format) {
			only = image;
			bootable++;
		}
	}
	return bootable == 1 ? only : NULL;
}

int image_fits(uint64_t bytes)
{
	const struct image *image = image_selected();

	return image && image->format && image->format->fits ? image->format->fits(image, bytes) : 0;
}

const uint8_t *image_bytes(const struct image *image, uint32_t offset, size_t len)
{
	return image->source ? NULL : space_at(&image->block, offset, len);
}
