/* SPDX-License-Identifier: BSD-2-Clause */
/* The one loop that waits: poll the network and what is fetched over it, look at the keyboard, draw progress. Nothing else in fPXE waits. */
#ifndef USR_WAIT_H
#define USR_WAIT_H

#include <stdbool.h>
#include <stdint.h>

struct net;
/** The machine's network stack; made by main. */
extern struct net the_net;

/** What to wait for. done() returns -EINPROGRESS until it is over, then its result. */
struct waiting {
	int (*done)(void *context);
	void *context;
	/** Called a few times a second to draw; may be NULL. */
	void (*draw)(void *context);
	/** Give up after this many ms with -ETIMEDOUT; 0: never. */
	uint32_t timeout_ms;
};

/** Run until done, timed out, or Ctrl-C (-ECANCELED). A watched Ctrl-B cancels it, too, and is remembered for wait_shell_wanted().
 *  Other keys stay for whoever reads next. */
int wait_for(const struct waiting *w);
/** Sleep that keeps the network alive; -ECANCELED on Ctrl-C. */
int wait_ms(uint32_t ms);
/** The next key, polling the network meanwhile; -1 after @timeout_ms (0: wait for ever). */
int wait_key(uint32_t timeout_ms);

/** Look at the keyboard without waiting: is what runs to end (Ctrl-C, or a watched Ctrl-B)? For long work in slices, and between the
 *  lines of a script. The network goes on meanwhile. */
bool wait_interrupted(void);

/** While on, Ctrl-B cancels like Ctrl-C (autoboot, scripts). Returns what it was, to be put back. */
bool wait_watch_shell_key(bool on);
/** Was a watched Ctrl-B pressed? Stays so until wait_forget_shell_key(). Whoever runs something ends it then; the shell opens. */
bool wait_shell_wanted(void);
void wait_forget_shell_key(void);
/** The same by who read Ctrl-B as a key: it counts where it is watched. */
void wait_want_shell(void);
/** How many keys somebody has read; what goes on by itself reads none. */
unsigned wait_keys_read(void);

#endif
