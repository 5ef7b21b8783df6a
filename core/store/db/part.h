/* part: a file that is there whole, under its name, or not at all: until it is good it
 * is NAME.part, in the same folder.
 *
 * 1. Nothing is ever overwritten.
 * 2. Only one command writes a part: it holds a lock on the file that has the name now.
 *    What a killed command left is cleared away by the next.
 * 3. Only the owner may read it (0600). */
#ifndef WAYMARK_PART_H
#define WAYMARK_PART_H

#include "base/text.h"

typedef struct part {
  buffer path; /* of the part, NUL-ended */
  int fd;      /* locked; -1: none */
} part;

/* Make an empty part of the file `path`. STATUS_REFUSED: `path` is there, or is being
 * written by another command. End with part_end, whatever came out. */
status part_begin(const char *path, part *out, problem *p);

/* Empty it again, and take away what SQLite left beside it. */
status part_empty(part *t, problem *p);

/* Give it its name, when it is on the disk. STATUS_REFUSED: somebody else has it by now. */
status part_place(part *t, problem *p);

/* Frees; what has not been placed is gone. */
void part_end(part *t);

#endif
