/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes as people read them: fail(-ENOMEM, "need " MIB, MIB_OF(bytes)) says "need 38.9 MiB". Cut, not rounded. */
#ifndef IMAGE_MIB_H
#define IMAGE_MIB_H

#include <stdint.h>

#define MIB "%pK MiB"
#define MIB_OF(bytes) ((void *)(uintptr_t)((uint64_t)(bytes) >> 10))

#endif
