/* suggestions: what is proposed for an enrolment, by (enrolment, step, concern).
 *
 * 1. The table `suggestion` is a projection: every change is an event first
 *    (suggestion.made, suggestion.lapsed), and it could be rebuilt from them.
 * 2. The same key is the same suggestion: making an open one changes nothing.
 * 3. A lapsed one that holds again is made again, by a new event.
 *
 * The transaction around a change is the caller's, and is to be rolled back when
 * one fails: half of it may have been made. */
#ifndef WAYMARK_SUGGESTIONS_H
#define WAYMARK_SUGGESTIONS_H

#include "store/case/events.h"

/* `what` names enrolment, step and concern (none may be missing) beside day,
 * time, plugin and data; its kind is ignored. *id is the event that made it:
 * *made says whether that is new. `id` and `made` may be NULL. */
status suggestion_make(store *w, const event *what, int64_t *id, bool *made, problem *p);

/* The same for one that no longer holds; `data` says what changed. `id` may be
 * NULL. STATUS_NOT_FOUND when it is not open. */
status suggestion_lapse(store *w, const event *what, int64_t *id, problem *p);

/* In memory -------------------------------------------------------------------- */

/* The suggestions of a school as they were on a day, but those that lapsed by then, of which
 * there are more and more: held while the school is looked at, and found by its key. Rows ascend by
 * enrolment; it takes about a hundred bytes a suggestion. The flags `held` and `look` are for who
 * walks through the school to note down what held again, and what is to be looked at one by one. */
typedef struct suggestion_row {
  int64_t enrolment, made; /* `enrolment` is first: array_id_bound; made: the event */
  slice step, concern, state;
  bool open, held, look;
} suggestion_row;

typedef struct school_suggestions {
  suggestion_row *rows; /* [count] */
  size_t count;
  buffer texts;
  bool lower; /* a rate that rose above the band of an open one is that one */
} school_suggestions;

/* What ended after the event `known`, or on a day after `diary`, is open; of what lapsed before
 * there may be rows or not. Free with school_suggestions_free, whatever came out. */
status school_suggestions_read(store *w, int64_t school, int64_t known, day diary,
                               school_suggestions *out, problem *p);
void school_suggestions_free(school_suggestions *all);

/* The row of a key, or NULL. */
suggestion_row *school_suggestions_find(const school_suggestions *all, int64_t enrolment,
                                        slice step, slice concern);
/* The rows of an enrolment: the first one's index, and how many in *count. */
size_t school_suggestions_of(const school_suggestions *all, int64_t enrolment, size_t *count);
/* The rows that are open and not held, in the order in which they were made, into out[count of
 * all]; how many. */
size_t school_suggestions_left(const school_suggestions *all, const suggestion_row **out);

#endif
