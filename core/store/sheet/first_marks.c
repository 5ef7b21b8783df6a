/* first_marks: a place is half day × SHEET_SLOTS + slot. A run is its distance from the end of
 * the one before and its length, seven bits a byte, the low ones first. */
#include "store/sheet/first_marks.h"

#include "store/sheet/rows.h"

enum { HALF_DAYS = 2 * 366 };

static void add_number(buffer *to, int64_t n) {
  for (; n >= 0x80; n >>= 7) buffer_add_char(to, (char)(n & 0x7F) | (char)0x80);
  buffer_add_char(to, (char)n);
}

static void end_run(first_marks *f) {
  if (f->count == 0) return;
  add_number(&f->runs, f->from - f->end);
  add_number(&f->runs, f->count);
  f->end = f->from + f->count;
  f->count = 0;
}

void first_marks_add(first_marks *f, int half_day, uint32_t slot) {
  int64_t place = (int64_t)half_day * SHEET_SLOTS + slot;
  if (place != f->from + f->count) end_run(f);
  if (f->count++ == 0) f->from = place;
}

status first_marks_put(first_marks *f, db *d, int64_t import, int64_t school, int academic_year,
                       problem *p) {
  end_run(f);
  status s = buffer_status(&f->runs, p);
  if (s || f->runs.length == 0) return s;
  statement *put = db_statement(
      d, "INSERT INTO first_marks (import, school, academic_year, runs) VALUES (?, ?, ?, ?)", p);
  if (!put) return STATUS_FAULT;
  db_bind_int(put, 1, import);
  db_bind_int(put, 2, school);
  db_bind_int(put, 3, academic_year);
  db_bind_blob(put, 4, buffer_slice(&f->runs));
  return db_run(put, p);
}

void first_marks_free(first_marks *f) {
  buffer_free(&f->runs);
  *f = (first_marks){0};
}

/* False: the bytes end before the number does, or it is none of ours. */
static bool read_number(slice bytes, size_t *at, int64_t *out) {
  *out = 0;
  for (int shift = 0; *at < bytes.length && shift <= 35; shift += 7) {
    int64_t byte = (unsigned char)bytes.at[(*at)++];
    *out |= (byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

status first_marks_next(slice bytes, size_t *at, int64_t *end, first_marks_run *out, bool *more,
                        problem *p) {
  int64_t gap, count;
  *more = *at < bytes.length;
  if (!*more) return STATUS_OK;
  if (!read_number(bytes, at, &gap) || !read_number(bytes, at, &count) || count < 1 ||
      *end + gap + count > (int64_t)HALF_DAYS * SHEET_SLOTS)
    return problem_set(p, STATUS_CORRUPT, "restore a backup",
                       "which marks an import set first cannot be read");
  int64_t place = *end + gap;
  *out = (first_marks_run){(int)(place / SHEET_SLOTS), (uint32_t)(place % SHEET_SLOTS),
                           (uint32_t)count};
  *end = place + count;
  return STATUS_OK;
}

statement *first_marks_of(db *d, int64_t import, int64_t school, int academic_year, problem *p) {
  statement *q = db_statement(
      d, "SELECT runs FROM first_marks WHERE import = ? AND school = ? AND academic_year = ?", p);
  if (!q) return NULL;
  db_bind_int(q, 1, import);
  db_bind_int(q, 2, school);
  db_bind_int(q, 3, academic_year);
  return q;
}
