/* standing: see standing.h. The texts of a row lie one after the other in `texts`, which
 * moves while it grows; only at the end do rows get their slices. */
#include "store/case/standing.h"

void standing_free(standing *all) {
  mem_free(all->rows);
  buffer_free(&all->texts);
  *all = (standing){0};
}

static status add_row(standing *all, size_t *room, statement *s, problem *p) {
  if (all->count == *room) {
    size_t grown = *room ? *room * 2 : 256;
    standing_row *more = mem_resize(all->rows, grown, sizeof *more);
    if (!more) return problem_no_memory(p);
    all->rows = more;
    *room = grown;
  }
  standing_row r = {.enrolment = db_column_int(s, 0),
                    .made = db_column_int(s, 1),
                    .open = (int)db_column_int(s, 2) != 0};
  slice *const texts[] = {&r.step, &r.concern, &r.state};
  for (int i = 0; i < 3; i++) {
    slice text = db_column_text(s, 3 + i);
    texts[i]->length = text.length;
    buffer_add(&all->texts, text.at, text.length);
  }
  all->rows[all->count++] = r;
  return buffer_status(&all->texts, p);
}

static void place_texts(standing *all) {
  const char *at = all->texts.bytes;
  for (size_t i = 0; i < all->count; i++) {
    slice *const texts[] = {&all->rows[i].step, &all->rows[i].concern, &all->rows[i].state};
    for (int k = 0; k < 3; k++) {
      texts[k]->at = at;
      at += texts[k]->length;
    }
  }
}

status standing_read(store *s, int64_t school, int64_t known, day diary, standing *out,
                     problem *p) {
  static const char sql[] =
      "SELECT g.enrolment, g.made, g.state = 'open' OR g.ended > ?2"
      " OR (SELECT l.on_day FROM event l WHERE l.id = g.ended) > ?3, g.step, g.concern, g.state"
      " FROM enrolment e CROSS JOIN suggestion g ON g.enrolment = e.id"
      " WHERE e.school = ?1 ORDER BY e.id, g.step, g.concern";
  *out = (standing){0};
  db *d = store_db(s);
  statement *q = db_statement(d, sql, p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, school);
  db_bind_int(q, 2, known);
  db_bind_int(q, 3, diary);
  bool row = false;
  size_t room = 0;
  status failed;
  while (!(failed = db_step(q, &row, p)) && row) {
    failed = add_row(out, &room, q, p);
    if (failed) break;
  }
  db_reset(q);
  place_texts(out);
  return failed;
}

size_t standing_of(const standing *all, int64_t enrolment, size_t *count) {
  size_t low = 0, high = all->count, end;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (all->rows[middle].enrolment < enrolment)
      low = middle + 1;
    else
      high = middle;
  }
  for (end = low; end < all->count && all->rows[end].enrolment == enrolment; end++) continue;
  *count = end - low;
  return low;
}

standing_row *standing_find(const standing *all, int64_t enrolment, slice step, slice concern) {
  size_t count, first = standing_of(all, enrolment, &count);
  for (size_t i = first; i < first + count; i++)
    if (slice_equal(all->rows[i].step, step) && slice_equal(all->rows[i].concern, concern))
      return &all->rows[i];
  return NULL;
}
