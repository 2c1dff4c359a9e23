/* SPDX-License-Identifier: BSD-2-Clause */
/* Running what a boot loader handed over; see handed.h. */
#include "usr/handed.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "core/system.h"
#include "image/image.h"
#include "usr/boot.h"
#include "usr/shell.h"
#include "usr/wait.h"

#define INITRD_NAME "initrd"

/** Is the word one that boot loaders add for a kernel? */
static bool is_loaders_word(const char *word)
{
	return strncmp(word, "BOOT_IMAGE=", 11) == 0 || strncmp(word, "initrd=", 7) == 0;
}

/** The command line behind the loaders' own words in front; Syslinux puts some at the end, too: *@len leaves them out. */
static const char *own_words(const char *line, size_t *len)
{
	const char *word;

	for (;;) {
		while (*line == ' ')
			line++;
		if (!is_loaders_word(line))
			break;
		while (*line && *line != ' ')
			line++;
	}
	for (*len = strlen(line); *len; *len = (size_t)(word - line)) {
		while (*len && line[*len - 1] == ' ')
			--*len;
		for (word = line + *len; word > line && word[-1] != ' '; word--)
			;
		if (!is_loaders_word(word))
			break;
	}
	return line;
}

static int run_line(const char *text, size_t len)
{
	char *line = heap_alloc(len + 1);
	bool watched;
	int rc;

	if (!line)
		return -ENOMEM;
	memcpy(line, text, len);
	line[len] = '\0';
	watched = wait_watch_shell_key(true);
	rc = shell_run_line(line, LINE_FPXE);
	wait_watch_shell_key(watched);
	heap_free(line);
	return shell_exiting() ? shell_exit_done() : rc;
}

/** Make an image of the initrd. */
static int take_initrd(struct image **image)
{
	size_t len;
	const void *bytes = system_initrd(&len);
	int rc;

	*image = NULL;
	if (!bytes)
		return 0;
	*image = image_alloc(INITRD_NAME, "");
	rc = *image ? space_alloc(&(*image)->block, len) : -ENOMEM;
	if (rc != 0) {
		image_free(*image);
		return rc;
	}
	memcpy(space_at(&(*image)->block, 0, len), bytes, len);
	return image_register(*image);
}

bool handed_run(int *rc)
{
	const char *line = system_command_line();
	struct image *image;
	size_t len = 0;

	if (line)
		line = own_words(line, &len);
	shell_job_begin();
	*rc = take_initrd(&image);
	if (*rc == 0 && len)
		*rc = run_line(line, len);
	else if (*rc == 0 && image)
		*rc = boot_image(image);
	else if (*rc == 0)
		return false;
	if (!wait_shell_wanted())
		shell_job_end(len ? "command line" : INITRD_NAME, *rc);
	return true;
}
