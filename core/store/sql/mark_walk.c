/* mark_walk: see mark_walk.h. */
#include "store/sql/mark_walk.h"

#include <string.h>

static const char all_schools[] = "SELECT id, key FROM school ORDER BY key";
static const char one_school[] = "SELECT id, key FROM school WHERE key = ?1";
static const char pupils_schools[] =
    "SELECT id, key FROM school WHERE (?1 IS NULL OR key = ?1) AND id IN (SELECT e.school"
    "  FROM pupil p JOIN enrolment e ON e.pupil = p.id WHERE p.upn = ?2) ORDER BY key";

status mark_walk_begin(mark_walk *w, store *s, const mark_limits *limits, problem *p) {
  *w = (mark_walk){.store = s, .half = HALF_PM, .first = limits->first, .last = limits->last};
  w->at_end = limits->nothing;
  if (w->at_end) return STATUS_OK;
  db *d = store_db(s);
  const char *sql = limits->upn ? pupils_schools : limits->school ? one_school : all_schools;
  if (!(w->schools = db_prepare(d, slice_of(sql), p))) return STATUS_FAULT;
  if (!(w->sheets = sheet_rows_prepare(d, p))) return STATUS_FAULT;
  if (limits->school) db_bind_value(w->schools, 1, limits->school);
  if (limits->upn) db_bind_value(w->schools, 2, limits->upn);
  return STATUS_OK;
}

static void leave_school(mark_walk *w) {
  calendar_free(&w->calendar);
  w->has_calendar = w->in_school = false;
}

void mark_walk_end(mark_walk *w) {
  leave_school(w);
  db_finalize(w->schools);
  db_finalize(w->sheets);
  *w = (mark_walk){.at_end = true};
}

void mark_walk_again(mark_walk *w) {
  leave_school(w);
  db_reset(w->schools);
  w->half = HALF_PM;
  w->at_end = false;
}

static status next_school(mark_walk *w, problem *p) {
  bool more = false;
  leave_school(w);
  status failed = db_step(w->schools, &more, p);
  w->at_end = failed || !more;
  if (w->at_end) return failed;
  w->in_school = true;
  w->school = db_column_int(w->schools, 0);
  sheet_rows_of(w->sheets, w->school, w->first, w->last);
  return STATUS_OK;
}

status mark_walk_next(mark_walk *w, problem *p) {
  if (w->in_school && w->half == HALF_AM) {
    w->half = HALF_PM;
    return STATUS_OK;
  }
  bool more = false;
  status failed = STATUS_OK;
  do {
    if (w->in_school) failed = sheet_rows_next(w->sheets, &w->row, &more, p);
    if (!failed && !more) failed = next_school(w, p);
  } while (!failed && !more && !w->at_end);
  w->half = HALF_AM;
  w->date[0] = '\0';
  return failed;
}

/* Columns -------------------------------------------------------------------- */

static status give_school_week(mark_walk *w, sqlite3_context *to, problem *p) {
  status failed =
      w->has_calendar ? STATUS_OK : store_calendar(w->store, w->school, &w->calendar, p);
  if (failed) return failed;
  w->has_calendar = true;
  const calendar *c = &w->calendar;
  day start = date_academic_start(date_academic_year(w->row.on));
  size_t first = calendar_index(c, session_of(start, HALF_AM));
  int32_t week, first_week = first < c->count ? c->week[first] : INT32_MAX;
  if (calendar_week_of(c, w->row.on, &week) && week >= first_week)
    sqlite3_result_int(to, week - first_week + 1);
  return STATUS_OK;
}

static void give_lasting(sqlite3_context *to, const char *text) {
  if (text[0]) sqlite3_result_text(to, text, -1, SQLITE_STATIC);
}

static void give_date(mark_walk *w, sqlite3_context *to) {
  if (!w->date[0]) date_format(w->row.on, w->date);
  sqlite3_result_text(to, w->date, DATE_TEXT - 1, SQLITE_TRANSIENT);
}

status mark_walk_column(mark_walk *w, sqlite3_context *to, enum mark_column column, mark m,
                        problem *p) {
  switch (column) {
    case MARK_SCHOOL: sqlite3_result_value(to, db_column_value(w->schools, 1)); break;
    case MARK_DATE: give_date(w, to); break;
    case MARK_SESSION: give_lasting(to, w->half == HALF_AM ? "AM" : "PM"); break;
    case MARK_CODE: give_lasting(to, store_codes(w->store)->of[m].text); break;
    case MARK_CLASS: give_lasting(to, class_name(mark_class_of(m))); break;
    case MARK_SCHOOL_WEEK: return give_school_week(w, to, p);
    case MARK_UPN:
    case MARK_MARKS: break;
  }
  return STATUS_OK;
}
