/* standing: every suggestion that was ever made at a school, as it was on a day: held
 * in memory while the school is looked at, and found by its key.
 *
 * Rows ascend by enrolment; memory is about a hundred bytes a suggestion. What is
 * `held` or to be looked at (`look`) is for who walks through the school to note. */
#ifndef WAYMARK_STANDING_H
#define WAYMARK_STANDING_H

#include "store/store.h"

typedef struct standing_row {
  int64_t enrolment, made; /* made: the event */
  slice step, concern, state;
  bool open, held, look;
} standing_row;

typedef struct standing {
  standing_row *rows; /* [count] */
  size_t count;
  buffer texts;
} standing;

/* What ended after the event `known`, or on a day after `diary`, is open. Free with
 * standing_free, whatever came out. */
status standing_read(store *s, int64_t school, int64_t known, day diary, standing *out, problem *p);
void standing_free(standing *all);

/* The row of a key, or NULL. */
standing_row *standing_find(const standing *all, int64_t enrolment, slice step, slice concern);
/* The rows of an enrolment: the first one's index, and how many in *count. */
size_t standing_of(const standing *all, int64_t enrolment, size_t *count);

#endif
