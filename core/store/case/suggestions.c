/* suggestions: owns the table `suggestion` and its rows in memory.
 *
 * 1. Every change of the table comes with an event, in the caller's transaction. There is
 *    no savepoint: in a run of a hundred thousand it would copy every page as often. For
 *    the same reason a row is looked for first, and then inserted or updated.
 * 2. In memory the texts of a row lie one after the other in `texts`, which moves while it
 *    grows; only at the end do rows get their slices. */
#include "store/case/suggestions.h"

#include <stdlib.h>

#include "base/array.h"

/* Whether there was ever a suggestion of this key, and the event that made it when it is
 * open, else 0. */
static status find_key(db *d, const event *e, bool *any, int64_t *open, problem *p) {
  if (!e->enrolment || !e->step.length || !e->concern.length)
    return problem_set(p, STATUS_SYNTAX, NULL,
                       "a suggestion needs an enrolment, a step and a concern");
  statement *q = db_statement(d,
                              "SELECT iif(state = 'open', made, 0) FROM suggestion"
                              " WHERE enrolment = ? AND step = ? AND concern = ?",
                              p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, e->enrolment);
  db_bind_lent(q, 2, e->step);
  db_bind_lent(q, 3, e->concern);
  bool row = false;
  status s = db_step(q, &row, p);
  if (s) return s;
  *any = row;
  *open = row ? db_column_int(q, 0) : 0;
  db_reset(q);
  return STATUS_OK;
}

/* The event, and what `sql` makes of it in the table. */
static status add_event(store *w, const event *what, const char *kind, const char *sql, int64_t *id,
                        problem *p) {
  event e = *what;
  e.kind = slice_of(kind);
  status s = event_add(w, &e, id, p);
  if (s) return s;
  statement *q = db_statement(store_db(w), sql, p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, e.enrolment);
  db_bind_lent(q, 2, e.step);
  db_bind_lent(q, 3, e.concern);
  db_bind_int(q, 4, *id);
  return db_run(q, p);
}

status suggestion_make(store *w, const event *what, int64_t *id, bool *made, problem *p) {
  static const char first[] =
      "INSERT INTO suggestion (enrolment, step, concern, state, made) VALUES (?1, ?2, ?3, 'open',"
      " ?4)";
  static const char again[] =
      "UPDATE suggestion SET state = 'open', made = ?4, ended = NULL"
      " WHERE enrolment = ?1 AND step = ?2 AND concern = ?3";
  bool any = false;
  int64_t open = 0;
  event e = *what;
  e.packed = true;
  status s = find_key(store_db(w), what, &any, &open, p);
  if (s) return s;
  bool fresh = open == 0;
  if (fresh) s = add_event(w, &e, "suggestion.made", any ? again : first, &open, p);
  if (s) return s;
  if (id) *id = open;
  if (made) *made = fresh;
  return STATUS_OK;
}

status suggestion_lapse(store *w, const event *what, int64_t *id, problem *p) {
  bool any = false;
  int64_t open = 0, added = 0;
  status s = find_key(store_db(w), what, &any, &open, p);
  if (s) return s;
  if (!open)
    return problem_set(p, STATUS_NOT_FOUND, NULL, "no open suggestion of %.*s: %.*s",
                       (int)what->step.length, what->step.at, (int)what->concern.length,
                       what->concern.at);
  s = add_event(w, what, "suggestion.lapsed",
                "UPDATE suggestion SET state = 'lapsed', ended = ?4"
                " WHERE enrolment = ?1 AND step = ?2 AND concern = ?3",
                &added, p);
  if (!s && id) *id = added;
  return s;
}

/* In memory ------------------------------------------------------------------- */

void school_suggestions_free(school_suggestions *all) {
  mem_free(all->rows);
  buffer_free(&all->texts);
  *all = (school_suggestions){0};
}

status school_suggestions_read(store *w, int64_t school, int64_t known, day diary,
                               school_suggestions *out, problem *p) {
  *out = (school_suggestions){0};
  statement *q = db_statement(
      store_db(w),
      "SELECT g.enrolment, g.made, CASE WHEN g.state = 'open' OR g.ended > ?2 THEN 1"
      " ELSE (SELECT l.on_day FROM event l WHERE l.id = g.ended) > ?3 END,"
      " g.step, g.concern, g.state"
      " FROM enrolment e CROSS JOIN suggestion g ON g.enrolment = e.id"
      " WHERE e.school = ?1"
      "   AND NOT (g.state = 'lapsed' AND g.ended <= ?2" /* they lapsed on the days of runs */
      "     AND ?3 >= (SELECT max(as_of) FROM run) AND NOT EXISTS (SELECT 1 FROM withdrawal))"
      " ORDER BY e.id, g.step, g.concern",
      p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, school);
  db_bind_int(q, 2, known);
  db_bind_int(q, 3, diary);
  bool row = false;
  size_t room = 0;
  status s;
  while (!(s = db_step(q, &row, p)) && row) {
    s = array_grow(&out->rows, out->count, &room, sizeof *out->rows, p);
    if (s) break;
    suggestion_row *r = &out->rows[out->count++];
    *r = (suggestion_row){.enrolment = db_column_int(q, 0),
                          .made = db_column_int(q, 1),
                          .open = db_column_int(q, 2) != 0};
    slice *const texts[] = {&r->step, &r->concern, &r->state};
    for (int i = 0; i < 3; i++) {
      *texts[i] = db_column_text(q, 3 + i);
      buffer_add(&out->texts, texts[i]->at, texts[i]->length);
    }
  }
  db_reset(q);
  if (!s) s = buffer_status(&out->texts, p);
  const char *at = out->texts.bytes;
  for (size_t i = 0; !s && i < out->count; i++) {
    slice *const texts[] = {&out->rows[i].step, &out->rows[i].concern, &out->rows[i].state};
    for (int k = 0; k < 3; k++) {
      texts[k]->at = at;
      at += texts[k]->length;
    }
  }
  return s;
}

size_t school_suggestions_of(const school_suggestions *all, int64_t enrolment, size_t *count) {
  size_t first = array_id_bound(all->rows, all->count, sizeof *all->rows, enrolment);
  size_t end = first;
  while (end < all->count && all->rows[end].enrolment == enrolment) end++;
  *count = end - first;
  return first;
}

suggestion_row *school_suggestions_find(const school_suggestions *all, int64_t enrolment,
                                        slice step, slice concern) {
  size_t count, first = school_suggestions_of(all, enrolment, &count);
  for (size_t i = first; i < first + count; i++)
    if (slice_equal(all->rows[i].step, step) && slice_equal(all->rows[i].concern, concern))
      return &all->rows[i];
  return NULL;
}

static int by_made(const void *a, const void *b) {
  const suggestion_row *const *x = a, *const *y = b;
  return ((*x)->made > (*y)->made) - ((*x)->made < (*y)->made);
}

size_t school_suggestions_left(const school_suggestions *all, const suggestion_row **out) {
  size_t n = 0;
  for (size_t i = 0; i < all->count; i++)
    if (all->rows[i].open && !all->rows[i].held) out[n++] = &all->rows[i];
  qsort(out, n, sizeof *out, by_made);
  return n;
}
