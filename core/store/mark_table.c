/* mark_table: see mark_table.h.
 *
 * A cursor walks schools, a school's sheets, a sheet's halves, the places on
 * it. It owns its statements, so several may be open; a sheet's bytes are lent
 * by its statement while the cursor stands on it. */
#include "store/mark_table.h"

#include <string.h>

#include "store/mark_plan.h"

typedef struct table {
  sqlite3_vtab base;
  store *store;
} table;

typedef struct place {
  int32_t slot;
  char *upn; /* owned; NULL: the pupil has none */
} place;

typedef struct cursor {
  sqlite3_vtab_cursor base;
  sqlite3_stmt *schools; /* id, key */
  sqlite3_stmt *sheets;  /* sheet_rows */
  sqlite3_stmt *slots;   /* slot, upn */
  bool at_end, in_school;
  int64_t school;
  calendar calendar; /* of the school, once somebody asked for a week */
  bool has_calendar;
  int year; /* of the places */
  place *places;
  size_t count, room;
  day on; /* from here: the row */
  int half;
  size_t next; /* the place after the row's */
  mark mark;
  sqlite3_int64 rowid;
} cursor;

static table *table_of(cursor *c) { return (table *)(void *)c->base.pVtab; }
static db *db_of(cursor *c) { return store_db(table_of(c)->store); }

static int fail(cursor *c, const problem *p) {
  sqlite3_vtab *base = c->base.pVtab;
  sqlite3_free(base->zErrMsg);
  base->zErrMsg = sqlite3_mprintf("%s", p->sentence);
  return p->code == STATUS_NO_MEMORY ? SQLITE_NOMEM : SQLITE_ERROR;
}

/* Places --------------------------------------------------------------------- */

static void forget_places(cursor *c) {
  for (size_t i = 0; i < c->count; i++) mem_free(c->places[i].upn);
  c->count = 0;
}

static bool add_place(cursor *c) {
  if (c->count == c->room) {
    size_t room = c->room ? c->room * 2 : 64;
    place *more = mem_resize(c->places, room, sizeof *more);
    if (!more) return false;
    c->places = more;
    c->room = room;
  }
  place *new = &c->places[c->count];
  *new = (place){.slot = sqlite3_column_int(c->slots, 0)};
  slice upn = db_column_text(c->slots, 1);
  if (sqlite3_column_type(c->slots, 1) != SQLITE_NULL)
    if (!(new->upn = mem_copy_text(upn.at, upn.length))) return false;
  if (new->slot >= 0)
    c->count++;
  else
    mem_free(new->upn);
  return true;
}

static int read_places(cursor *c, int year) {
  forget_places(c);
  c->year = year;
  (void)sqlite3_reset(c->slots);
  (void)sqlite3_bind_int64(c->slots, 1, c->school);
  (void)sqlite3_bind_int(c->slots, 2, year);
  int r;
  while ((r = sqlite3_step(c->slots)) == SQLITE_ROW && add_place(c)) continue;
  if (r == SQLITE_ROW) r = SQLITE_NOMEM; /* no room for that one */
  (void)sqlite3_reset(c->slots);
  return r == SQLITE_DONE ? SQLITE_OK : r;
}

/* Moving --------------------------------------------------------------------- */

static void leave_school(cursor *c) {
  calendar_free(&c->calendar);
  c->has_calendar = c->in_school = false;
  c->year = INT32_MIN;
}

static int next_school(cursor *c) {
  leave_school(c);
  int r = sqlite3_step(c->schools);
  if (r != SQLITE_ROW) {
    c->at_end = true;
    return r == SQLITE_DONE ? SQLITE_OK : r;
  }
  c->in_school = true;
  c->school = sqlite3_column_int64(c->schools, 0);
  (void)sqlite3_reset(c->sheets);
  (void)sqlite3_bind_int64(c->sheets, 1, c->school);
  return SQLITE_OK;
}

/* The first place of the next half day that has a sheet; a new school when this
 * one has none left. */
static int next_half(cursor *c) {
  c->next = 0;
  if (c->in_school && c->half == HALF_AM) {
    c->half = HALF_PM;
    return SQLITE_OK;
  }
  int r = c->in_school ? sqlite3_step(c->sheets) : SQLITE_DONE;
  c->half = HALF_PM; /* nothing is left of this sheet, if there was one */
  if (r == SQLITE_DONE) return next_school(c);
  if (r != SQLITE_ROW) return r;
  c->half = HALF_AM;
  c->on = sqlite3_column_int(c->sheets, 0);
  int year = date_academic_year(c->on);
  return year == c->year ? SQLITE_OK : read_places(c, year);
}

static bool find_mark(cursor *c) {
  const unsigned char *bytes = sqlite3_column_blob(c->sheets, 1 + c->half);
  int length = sqlite3_column_bytes(c->sheets, 1 + c->half);
  while (c->next < c->count) {
    int32_t slot = c->places[c->next++].slot;
    if (slot >= length || bytes[slot] == MARK_NONE) continue;
    c->mark = bytes[slot];
    return true;
  }
  return false;
}

static bool is_on_sheet(const cursor *c) {
  return c->in_school && sqlite3_data_count(c->sheets) > 0;
}

static int mark_next(sqlite3_vtab_cursor *base) {
  cursor *c = (cursor *)(void *)base;
  int r = SQLITE_OK;
  while (!c->at_end && !(is_on_sheet(c) && find_mark(c)) && r == SQLITE_OK) r = next_half(c);
  c->rowid++;
  return r;
}

/* Opening -------------------------------------------------------------------- */

static int mark_connect(sqlite3 *d, void *lent, int argc, const char *const *argv,
                        sqlite3_vtab **out, char **message) {
  (void)argc, (void)argv, (void)message;
  int r = sqlite3_declare_vtab(d,
                               "CREATE TABLE mark (school TEXT COLLATE NOCASE, upn TEXT, date TEXT,"
                               " session TEXT, code TEXT, class TEXT, school_week INTEGER)");
  if (r != SQLITE_OK) return r;
  table *t = sqlite3_malloc(sizeof *t);
  if (!t) return SQLITE_NOMEM;
  *t = (table){.store = lent};
  (void)sqlite3_vtab_config(d, SQLITE_VTAB_INNOCUOUS);
  *out = &t->base;
  return SQLITE_OK;
}

static int mark_disconnect(sqlite3_vtab *base) {
  sqlite3_free(base);
  return SQLITE_OK;
}

static int mark_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  (void)base;
  return mark_plan_best(info);
}

static int mark_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out) {
  (void)base;
  cursor *c = sqlite3_malloc(sizeof *c);
  if (!c) return SQLITE_NOMEM;
  *c = (cursor){0};
  *out = &c->base;
  return SQLITE_OK;
}

static void forget(cursor *c) {
  leave_school(c);
  forget_places(c);
  mem_free(c->places);
  (void)sqlite3_finalize(c->schools);
  (void)sqlite3_finalize(c->sheets);
  (void)sqlite3_finalize(c->slots);
}

static int mark_close(sqlite3_vtab_cursor *base) {
  cursor *c = (cursor *)(void *)base;
  forget(c);
  sqlite3_free(c);
  return SQLITE_OK;
}

/* Filtering ------------------------------------------------------------------ */

#define ALL_SLOTS                                                                \
  "SELECT s.slot, p.upn FROM slot s JOIN enrolment e ON e.id = s.enrolment"      \
  " JOIN pupil p ON p.id = e.pupil WHERE s.school = ?1 AND s.academic_year = ?2" \
  " ORDER BY s.slot"
#define ONE_PUPILS_SLOTS                                                 \
  "SELECT s.slot, p.upn FROM pupil p JOIN enrolment e ON e.pupil = p.id" \
  " JOIN slot s ON s.enrolment = e.id AND s.academic_year = ?2"          \
  " WHERE p.upn = ?3 AND s.school = ?1 ORDER BY s.slot"

static int prepare(cursor *c, const char *sql, sqlite3_stmt **out) {
  return sqlite3_prepare_v2(db_handle(db_of(c)), sql, -1, out, NULL);
}

static int prepare_all(cursor *c, const mark_limits *l) {
  int r = prepare(c,
                  "SELECT id, key FROM school WHERE (?1 IS NULL OR key = ?1) AND (?2 IS NULL OR"
                  " id IN (SELECT e.school FROM pupil p JOIN enrolment e ON e.pupil = p.id"
                  "  WHERE p.upn = ?2)) ORDER BY id",
                  &c->schools);
  if (!r)
    r = prepare(c,
                "SELECT day, am, pm FROM sheet WHERE school = ? AND day BETWEEN ? AND ?"
                " ORDER BY day",
                &c->sheets);
  if (!r) r = prepare(c, l->upn ? ONE_PUPILS_SLOTS : ALL_SLOTS, &c->slots);
  if (r) return r;
  if (l->school) (void)sqlite3_bind_value(c->schools, 1, l->school);
  if (l->upn) (void)sqlite3_bind_value(c->schools, 2, l->upn);
  if (l->upn) (void)sqlite3_bind_value(c->slots, 3, l->upn);
  (void)sqlite3_bind_int(c->sheets, 2, l->first);
  (void)sqlite3_bind_int(c->sheets, 3, l->last);
  return SQLITE_OK;
}

static int mark_filter(sqlite3_vtab_cursor *base, int number, const char *plan, int argc,
                       sqlite3_value **values) {
  (void)number, (void)argc;
  cursor *c = (cursor *)(void *)base;
  mark_limits limits = mark_plan_limits(plan ? plan : "", values);
  forget(c);
  sqlite3_vtab *vtab = c->base.pVtab;
  *c = (cursor){.base = {vtab}, .half = HALF_PM, .at_end = limits.nothing, .year = INT32_MIN};
  if (limits.nothing) return SQLITE_OK;
  int r = prepare_all(c, &limits);
  return r ? r : mark_next(base);
}

static int mark_eof(sqlite3_vtab_cursor *base) { return ((cursor *)(void *)base)->at_end; }

/* Columns -------------------------------------------------------------------- */

static int give_school_week(cursor *c, sqlite3_context *to) {
  problem p;
  if (!c->has_calendar && store_calendar(table_of(c)->store, c->school, &c->calendar, &p))
    return fail(c, &p);
  c->has_calendar = true;
  day start = date_academic_start(date_academic_year(c->on));
  size_t first = calendar_index(&c->calendar, session_of(start, HALF_AM));
  int32_t week, first_week = first < c->calendar.count ? c->calendar.week[first] : INT32_MAX;
  if (calendar_week_of(&c->calendar, c->on, &week) && week >= first_week)
    sqlite3_result_int(to, week - first_week + 1);
  return SQLITE_OK;
}

static void give_text(sqlite3_context *to, const char *text) {
  if (text && text[0]) sqlite3_result_text(to, text, -1, SQLITE_TRANSIENT);
}

static int mark_column(sqlite3_vtab_cursor *base, sqlite3_context *to, int column) {
  cursor *c = (cursor *)(void *)base;
  char date[DATE_TEXT];
  switch ((enum mark_column)column) {
    case MARK_SCHOOL: sqlite3_result_value(to, sqlite3_column_value(c->schools, 1)); break;
    case MARK_UPN: give_text(to, c->places[c->next - 1].upn); break;
    case MARK_DATE:
      date_format(c->on, date);
      give_text(to, date);
      break;
    case MARK_SESSION: give_text(to, c->half == HALF_AM ? "AM" : "PM"); break;
    case MARK_CODE: give_text(to, store_codes(table_of(c)->store)->of[c->mark].text); break;
    case MARK_CLASS: give_text(to, class_name(mark_class_of(c->mark))); break;
    case MARK_SCHOOL_WEEK: return give_school_week(c, to);
  }
  return SQLITE_OK;
}

static int mark_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out) {
  *out = ((cursor *)(void *)base)->rowid;
  return SQLITE_OK;
}

/* Without xCreate: the table is there by its name alone, and only by that. */
static const sqlite3_module module = {.xConnect = mark_connect,
                                      .xBestIndex = mark_best_index,
                                      .xDisconnect = mark_disconnect,
                                      .xOpen = mark_open,
                                      .xClose = mark_close,
                                      .xFilter = mark_filter,
                                      .xNext = mark_next,
                                      .xEof = mark_eof,
                                      .xColumn = mark_column,
                                      .xRowid = mark_rowid};

static status is_registered(db *d, bool *out, problem *p) {
  sqlite3_stmt *q = db_statement(d, "SELECT 1 FROM pragma_module_list WHERE name = 'mark'", p);
  if (!q) return STATUS_FAULT;
  status failed = db_step(d, q, out, p);
  (void)sqlite3_reset(q);
  return failed;
}

status mark_table_register(store *s, problem *p) {
  db *d = store_db(s);
  bool is_there = false;
  status failed = is_registered(d, &is_there, p);
  if (failed || is_there) return failed;
  if (sqlite3_create_module_v2(db_handle(d), "mark", &module, s, NULL) != SQLITE_OK)
    return db_failed(d, "make the table of marks", p);
  /* Connect it now: a guarded query could not. */
  return db_exec(d, "SELECT * FROM mark LIMIT 0", p);
}
