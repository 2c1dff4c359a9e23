/* SPDX-License-Identifier: BSD-2-Clause */
/* What a boot loader handed over with us: a command line, an initrd. They are run instead of autoboot. */
#ifndef USR_HANDED_H
#define USR_HANDED_H

#include <stdbool.h>

/** The initrd becomes the image "initrd". If there is a command line, what is ours of it is run as a line of the shell; else the initrd is
 *  booted: a script is run. False: neither was there, and nothing happened; else *@rc is what it ended in. */
bool handed_run(int *rc);

#endif
