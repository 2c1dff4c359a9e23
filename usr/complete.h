/* SPDX-License-Identifier: BSD-2-Clause */
/* TAB: the word before the cursor is completed to a command (where one is expected), an interface or an image. */
#ifndef USR_COMPLETE_H
#define USR_COMPLETE_H

struct lineedit;

/** Insert what all candidates have in common; a single one gets a space. When nothing can be inserted the candidates are printed,
 *  and the caller redraws its row below them. */
void complete(struct lineedit *e);

#endif
