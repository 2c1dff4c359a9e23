/* SPDX-License-Identifier: BSD-2-Clause */
/* The prompt: a line typed at "fPXE> ", drawn on the console, with history and completion. */
#ifndef USR_PROMPT_H
#define USR_PROMPT_H

/** Read a line. It is on the heap, the caller's; NULL when it was cancelled (Ctrl-C) or memory is short. */
char *prompt_read(void);

#endif
