/* import_plain: the short way of a row of marks; see import_marks_inner.h. In a
 * file as registers are exported nearly all rows go this way; the long way,
 * mark_row, is the definition, and takes any row.
 *
 * A row goes this way when it names the school of the row before (in the same
 * letters) in the same academic year; a pupil by UPN, in capitals, within the
 * dates of the newest enrolment; a date met before; AM or PM; a code in force and
 * right in that half; an open session between those that came already, so that it
 * is not after today and moves no dates of the report; and a sheet in memory on
 * which the mark was not set yet. */
#include "store/import/import_marks_inner.h"

/* Equal bytes; most cells are short, so without a call. */
static inline bool same(const char *a, const char *b, size_t length) {
  uint64_t x[2], y[2];
  if (length < 8 || length > 16) return memcmp(a, b, length) == 0;
  memcpy(&x[0], a, 8);
  memcpy(&y[0], b, 8);
  memcpy(&x[1], a + length - 8, 8);
  memcpy(&y[1], b + length - 8, 8);
  return !((x[0] ^ y[0]) | (x[1] ^ y[1]));
}

static inline bool is_date(const known_date *d, const char *text) {
  return memcmp(d->text, text, ISO_LENGTH) == 0;
}

static inline bool is_upn_of(const roll *r, uint32_t entry, slice upn) {
  const roll_entry *e = &r->entries[entry];
  return e->upn_length == upn.length && same(r->texts.bytes + e->upn_at, upn.at, upn.length);
}

/* The pupil of the row before, else the one who followed that pupil last time,
 * else by hash. */
static bool find_pupil(plain_place *at, slice upn, uint32_t *out) {
  roll *r = at->roll;
  uint32_t entry = at->entry;
  if (upn.length == 0) return false;
  if (!is_upn_of(r, entry, upn)) {
    uint32_t follower = r->entries[at->entry].follower; /* and one; 0: nobody yet */
    entry = follower ? follower - 1 : ROLL_NONE;
    if (!follower || !is_upn_of(r, entry, upn)) entry = roll_find_upn(r, upn);
    if (entry == ROLL_NONE) return false;
    r->entries[at->entry].follower = entry + 1;
    at->entry = entry;
  }
  *out = entry;
  return true;
}

/* A date met before: that of the row before, else the one that followed it last
 * time, else by hash. */
static const known_date *find_date(mark_import *own, slice cell) {
  known_date *before = own->place.date, *known = before;
  if (cell.length != ISO_LENGTH) return NULL;
  if (known && is_date(known, cell.at)) return known;
  if (known) known = &own->dates[known->follower];
  if (!known || !is_date(known, cell.at)) known = mark_place_of_date(own, cell.at);
  if (known->on == DAY_NONE || !is_date(known, cell.at)) return NULL;
  if (before) before->follower = (uint16_t)(known - own->dates);
  return own->place.date = known;
}

static bool is_there(const roll_entry *e, day on) {
  return e->joined <= on && (e->left == DAY_NONE || e->left >= on); /* DAY_NONE is earliest */
}

static bool read_half(slice cell, int *half) {
  if (cell.length != 2 || cell.at[1] != 'M') return false;
  *half = cell.at[0] == 'P' ? HALF_PM : HALF_AM;
  return cell.at[0] == 'P' || cell.at[0] == 'A';
}

static bool read_mark(const mark_import *own, const code_set *codes, slice cell, day on, int half,
                      mark *out) {
  if (cell.length - 1 > 1) return false; /* one or two characters */
  mark m = own->first_of[mark_text_index(cell.at, cell.length)];
  if (!m || !mark_in_force(&codes->of[m], on) || mark_class_of(m) == CLASS_ADMINISTRATIVE)
    return false;
  *out = m;
  return own->half_of[m] == EITHER_HALF || own->half_of[m] == half;
}

bool mark_row_plain(importer *i, const csv_row *row) {
  mark_import *own = i->own;
  plain_place *at = &own->place;
  const slice *cells = row->cells;
  if (!at->any) return false;
  if (at->at[MARKS_SCHOOL] != SIZE_MAX) {
    slice school = cells[at->at[MARKS_SCHOOL]];
    if (school.length != at->school.length || !same(school.at, at->school_text, school.length))
      return false;
  }
  const known_date *known = find_date(own, cells[at->at[MARKS_DATE]]);
  if (!known || known->year != at->year) return false;
  day on = known->on;
  uint32_t entry;
  int half;
  mark m;
  if (!find_pupil(at, cells[at->at[MARKS_UPN]], &entry) ||
      !is_there(&at->roll->entries[entry], on) || !read_half(cells[at->at[MARKS_SESSION]], &half) ||
      !read_mark(own, store_codes(i->store), cells[at->at[MARKS_CODE]], on, half, &m) ||
      !school_days_is_inside(at->days, on, half) ||
      !sheet_set_plain(at->sheets, session_of(on, half), entry, m))
    return false;
  school_days_note_real(at->days);
  return true;
}

void mark_row_begin(importer *i) {
  mark_import *own = i->own;
  for (size_t c = 0; c < MARKS_COLUMNS; c++) own->place.at[c] = csv_place(i->reader, c);
}

void mark_row_learn(importer *i, const csv_row *row, const said *m, sheet_year *year) {
  mark_import *own = i->own;
  plain_place *at = &own->place;
  slice school = csv_cell(i->reader, row, MARKS_SCHOOL);
  at->any = school.length <= sizeof at->school_text;
  if (!at->any) return;
  if (school.length) memcpy(at->school_text, school.at, school.length);
  at->school = (slice){at->school_text, school.length};
  if (at->roll == m->roll && at->entry != m->newest)
    at->roll->entries[at->entry].follower = m->newest + 1;
  at->days = m->at;
  at->roll = m->roll;
  at->sheets = year;
  at->year = m->year;
  at->entry = m->newest;
}
