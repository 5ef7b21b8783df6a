/* on_roll: two lists by day: of those who joined after a day all at its end are not there yet, of
 * those who left before it all at its beginning are gone. */
#include "store/sheet/on_roll.h"

#include <string.h>

#include "base/array.h"

void on_roll_free(on_roll *r) {
  mem_free(r->joined);
  mem_free(r->left);
  buffer_free(&r->marks);
  *r = (on_roll){0};
}

static status read_slots(statement *rows, int64_t school, int year, day bound, on_roll_slot **list,
                         size_t *count, size_t *room, problem *p) {
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1, school);
  db_bind_int(rows, 2, year);
  db_bind_int(rows, 3, bound);
  bool more = false;
  status s;
  while (!(s = db_step(rows, &more, p)) && more) {
    int64_t slot = db_column_int(rows, 1);
    if (slot < 0 || slot >= SHEET_SLOTS) continue;
    if ((s = array_grow(list, *count, room, sizeof **list, p))) break;
    (*list)[(*count)++] = (on_roll_slot){db_column_day(rows, 0), (uint32_t)slot};
  }
  db_reset(rows);
  return s;
}

status on_roll_read(db *d, int64_t school, int academic_year, day first, day last, on_roll *out,
                    problem *p) {
  on_roll_free(out);
  status s = read_slots(
      db_statement(d,
                   "SELECT e.joined, s.slot FROM enrolment e JOIN slot s ON s.enrolment = e.id"
                   " AND s.academic_year = ?2 WHERE e.school = ?1 AND e.joined > ?3"
                   " ORDER BY e.joined",
                   p),
      school, academic_year, first, &out->joined, &out->joined_count, &out->joined_room, p);
  if (!s)
    s = read_slots(
        db_statement(d,
                     "SELECT e.left, s.slot FROM enrolment e JOIN slot s ON s.enrolment = e.id"
                     " AND s.academic_year = ?2 WHERE e.school = ?1 AND e.left < ?3"
                     " UNION ALL SELECT -999999, s.slot FROM enrolment e JOIN slot s"
                     " ON s.enrolment = e.id AND s.academic_year = ?2 WHERE e.school IS NULL"
                     " AND s.school = ?1 ORDER BY 1", /* those were never there */
                     p),
        school, academic_year, last, &out->left, &out->left_count, &out->left_room, p);
  if (s) on_roll_free(out);
  return s;
}

static int is_until(const void *element, const void *key) {
  return ((const on_roll_slot *)element)->on <= *(const day *)key;
}

static int is_before(const void *element, const void *key) {
  return ((const on_roll_slot *)element)->on < *(const day *)key;
}

/* Blank the marks of these slots, in a copy that is made for the first of them. */
static bool blank(on_roll *r, const on_roll_slot *list, size_t from, size_t to, const mark **half,
                  size_t length) {
  for (size_t i = from; i < to; i++) {
    uint32_t slot = list[i].slot;
    if (slot >= length || (*half)[slot] == MARK_NONE) continue;
    if (*half != (const mark *)r->marks.bytes) {
      buffer_clear(&r->marks);
      buffer_add(&r->marks, (const char *)*half, length);
      if (r->marks.failed) return false;
      *half = (const mark *)r->marks.bytes;
    }
    r->marks.bytes[slot] = MARK_NONE;
  }
  return true;
}

status on_roll_marks(on_roll *r, day on, const mark **half, size_t length, problem *p) {
  size_t here = array_lower_bound(r->joined, r->joined_count, sizeof *r->joined, &on, is_until);
  size_t gone = array_lower_bound(r->left, r->left_count, sizeof *r->left, &on, is_before);
  bool done = blank(r, r->joined, here, r->joined_count, half, length) &&
              blank(r, r->left, 0, gone, half, length);
  return done ? STATUS_OK : problem_no_memory(p);
}
