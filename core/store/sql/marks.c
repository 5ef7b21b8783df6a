/* marks: a cursor walks the half days of the registers: by school, day, and morning
 * before afternoon. In each it goes from slot to slot, or counts.
 *
 * 1. A cursor owns its statements, so several may be open; a half day's bytes are
 *    lent by them until the next step.
 * 2. Texts that live as long as the store are given to SQLite as they are, all
 *    others are copied: a row may outlive the sheet it came from. */
#include "store/sql/marks.h"

#include <string.h>

#include "base/array.h"
#include "store/sheet/on_roll.h"
#include "store/sql/plan.h"

typedef struct marks_table {
  sqlite3_vtab base;
  store *store;
  bool counts; /* mark_count */
} marks_table;

typedef struct pupil_slot {
  int64_t enrolment;
  day joined, left;
  uint32_t slot;
  size_t upn, length; /* in `upns`; none: the pupil has none */
} pupil_slot;

typedef struct marks_cursor {
  sqlite3_vtab_cursor base;
  statement *schools; /* id, key */
  statement *sheets;
  int64_t school;
  calendar calendar; /* of the school, once somebody asked for a week */
  sheet_row row;
  sqlite3_int64 rowid;
  size_t next; /* the pupil, or the mark, after the row's */
  /* mark: those who have a slot in a school and year */
  statement *slots;     /* slot, upn, enrolment, joined, left; NULL for mark_count */
  int64_t slots_school; /* whose slots, or whose who came and went, are at hand */
  pupil_slot *pupils;
  size_t count, room;
  buffer upns;
  statement *details;        /* of a mark; NULL until somebody asked for them */
  sqlite3_int64 details_row; /* the row of which they stand; on none: there are none */
  bool has_details;
  /* mark_count: */
  on_roll on_roll;
  const char *of_code;          /* the code of this walk; NULL: none yet */
  uint32_t counts[MARK_VALUES]; /* of the half day */
  mark_table wanted;            /* the marks that come in this walk */
  mark_table there;             /* by_code: the marks that there are */
  /* The small ones last, so that they lie close together. */
  day first, last;
  int half, slots_year;
  bool at_end, in_school, has_calendar;
  bool by_code;         /* a walk a code */
  mark mark;            /* the row's */
  char date[DATE_TEXT]; /* of the row, once somebody asked for it; else "" */
} marks_cursor;

static marks_table *table_of(marks_cursor *c) { return (marks_table *)(void *)c->base.pVtab; }

static int fail(marks_cursor *c, const problem *p) {
  sqlite3_vtab *base = c->base.pVtab;
  sqlite3_free(base->zErrMsg);
  base->zErrMsg = sqlite3_mprintf("%s", p->sentence);
  return p->code == STATUS_NO_MEMORY ? SQLITE_NOMEM : SQLITE_ERROR;
}

/* Half days -------------------------------------------------------------------- */

static void leave_school(marks_cursor *c) {
  calendar_free(&c->calendar);
  c->has_calendar = c->in_school = false;
}

/* Onto the next half day that has a sheet; at_end when there is none. */
static status walk(marks_cursor *c, problem *p) {
  if (c->in_school && c->half == HALF_AM) {
    c->half = HALF_PM;
    return STATUS_OK;
  }
  c->half = HALF_AM;
  c->date[0] = '\0';
  for (;;) {
    bool more = false;
    status s = c->in_school ? sheet_rows_next(c->sheets, &c->row, &more, p) : STATUS_OK;
    if (s || more) return s;
    leave_school(c);
    s = db_step(c->schools, &more, p);
    c->at_end = s || !more;
    if (c->at_end) return s;
    c->in_school = true;
    c->school = db_column_int(c->schools, 0);
    sheet_rows_of(c->sheets, c->school, c->first, c->last);
  }
}

/* The pupils of the half day's school and year. */
static status read_slots(marks_cursor *c, problem *p) {
  c->slots_school = c->school;
  c->slots_year = date_academic_year(c->row.on);
  c->count = 0;
  buffer_clear(&c->upns);
  db_bind_int(c->slots, 1, c->slots_school);
  db_bind_int(c->slots, 2, c->slots_year);
  bool more = false;
  status s;
  while (!(s = db_step(c->slots, &more, p)) && more) {
    int slot = (int)db_column_int(c->slots, 0);
    slice upn = db_column_text(c->slots, 1);
    if (slot < 0) continue;
    if ((s = array_grow(&c->pupils, c->count, &c->room, sizeof *c->pupils, p))) break;
    c->pupils[c->count++] = (pupil_slot){.enrolment = db_column_int(c->slots, 2),
                                         .joined = db_column_day(c->slots, 3),
                                         .left = db_column_day(c->slots, 4),
                                         .slot = (uint32_t)slot,
                                         .upn = c->upns.length,
                                         .length = upn.length};
    buffer_add(&c->upns, upn.at, upn.length);
  }
  db_reset(c->slots);
  return s ? s : buffer_status(&c->upns, p);
}

/* Counts ----------------------------------------------------------------------- */

/* A table for each byte of a word: the same mark eight times in a row, which is
 * the rule, would otherwise wait eight times for its own count. A word that is the
 * same as the one before is counted by itself. */
enum { WORD = 8 };

static void add_word(uint32_t of[WORD][MARK_VALUES], uint64_t word, uint32_t times) {
  for (int i = 0; i < WORD; i++, word >>= 8) of[i][word & 0xFF] += times;
}

/* How often each value occurs among n bytes; of blanks, none. */
static void count_marks(const mark *bytes, size_t n, uint32_t out[MARK_VALUES]) {
  uint32_t of[WORD][MARK_VALUES] = {{0}};
  uint64_t last = 0, word;
  uint32_t times = 0;
  size_t i = 0;
  for (; i + WORD <= n; i += WORD, times++) {
    memcpy(&word, bytes + i, WORD);
    if (word == last) continue;
    add_word(of, last, times);
    last = word;
    times = 0;
  }
  add_word(of, last, times);
  for (; i < n; i++) of[0][bytes[i]]++;
  for (int m = 0; m < MARK_VALUES; m++) {
    out[m] = 0;
    for (int k = 0; k < WORD; k++) out[m] += of[k][m];
  }
  out[MARK_NONE] = 0;
}

/* The marks of this half day: for mark_count those of pupils who were on roll. */
static status count_half(marks_cursor *c, problem *p) {
  int year = date_academic_year(c->row.on);
  if (!c->slots && (c->slots_school != c->school || c->slots_year != year)) {
    day first = date_academic_start(year), last = date_academic_start(year + 1) - 1;
    c->slots_school = c->school;
    c->slots_year = year;
    status s = on_roll_read(store_db(table_of(c)->store), c->school, year,
                            first > c->first ? first : c->first, last < c->last ? last : c->last,
                            &c->on_roll, p);
    if (s) return s;
  }
  const mark *half = c->row.half[c->half];
  status s = on_roll_marks(&c->on_roll, c->row.on, &half, c->row.length[c->half], p);
  if (!s) count_marks(half, c->row.length[c->half], c->counts);
  return s;
}

/* Rows ------------------------------------------------------------------------- */

/* Onto the next code by its text; false when there is none. */
static bool next_code(marks_cursor *c) {
  const code *of = store_codes(table_of(c)->store)->of;
  const char *next = NULL;
  for (int m = 1; m < MARK_VALUES; m++) {
    bool is_later = c->there.has[m] && (!c->of_code || strcmp(of[m].text, c->of_code) > 0);
    if (is_later && (!next || strcmp(of[m].text, next) < 0)) next = of[m].text;
  }
  if (!next) return false;
  for (int m = 1; m < MARK_VALUES; m++) c->wanted.has[m] = strcmp(of[m].text, next) == 0;
  c->of_code = next;
  return true;
}

/* What occurs in the half days; the cursor is then before the first of them again, and nothing is
 * left of the last. */
static status find_codes(marks_cursor *c, problem *p) {
  status s = STATUS_OK;
  while (!s && !(s = walk(c, p)) && !c->at_end) {
    s = count_half(c, p);
    for (int m = 1; m < MARK_VALUES; m++)
      if (c->counts[m]) c->there.has[m] = 1;
  }
  memset(c->counts, 0, sizeof c->counts);
  return s;
}

static int marks_next(sqlite3_vtab_cursor *base) {
  marks_cursor *c = (marks_cursor *)(void *)base;
  problem p;
  c->rowid++;
  for (;;) {
    const mark *bytes = c->row.half[c->half];
    size_t length = c->row.length[c->half];
    while (c->slots && c->next < c->count) {
      uint32_t slot = c->pupils[c->next++].slot;
      if (slot >= length || !c->wanted.has[bytes[slot]]) continue;
      c->mark = bytes[slot];
      return SQLITE_OK;
    }
    while (!c->slots && c->next < MARK_VALUES) {
      c->mark = (mark)c->next++;
      if (c->counts[c->mark] && c->wanted.has[c->mark]) return SQLITE_OK;
    }
    status s = walk(c, &p);
    if (!s && c->at_end && c->by_code && next_code(c)) s = walk(c, &p);
    if (!s && c->at_end) return SQLITE_OK;
    c->next = 0;
    if (!s && !c->slots)
      s = count_half(c, &p);
    else if (!s && (c->slots_school != c->school || c->slots_year != date_academic_year(c->row.on)))
      s = read_slots(c, &p);
    if (s) return fail(c, &p);
  }
}

static void forget(marks_cursor *c) {
  leave_school(c);
  db_finalize(c->schools);
  db_finalize(c->sheets);
  db_finalize(c->slots);
  db_finalize(c->details);
  mem_free(c->pupils);
  buffer_free(&c->upns);
  on_roll_free(&c->on_roll);
  *c = (marks_cursor){.base = c->base, .at_end = true, .half = HALF_PM, .slots_year = INT32_MIN};
}

/* One that is at no school any more never joined. */
#define OF_SLOT "SELECT s.slot, p.upn, e.id, iif(e.school IS NULL, 1 << 30, e.joined), e.left"

static int marks_filter(sqlite3_vtab_cursor *base, int number, const char *plan, int argc,
                        sqlite3_value **values) {
  (void)argc;
  marks_cursor *c = (marks_cursor *)(void *)base;
  plan_limits l = plan_read(plan ? plan : "", values);
  bool counts = table_of(c)->counts;
  db *d = store_db(table_of(c)->store);
  problem p;
  forget(c);
  if (l.nothing) return SQLITE_OK;
  c->first = l.first;
  c->last = l.last;
  c->schools = db_prepare(
      d,
      slice_of(l.upn      ? "SELECT id, key FROM school WHERE (?1 IS NULL OR key = ?1) AND id IN"
                            " (SELECT e.school FROM pupil p JOIN enrolment e ON e.pupil = p.id"
                            "  WHERE p.upn = ?2) ORDER BY key"
               : l.school ? "SELECT id, key FROM school WHERE key = ?1"
                          : "SELECT id, key FROM school ORDER BY key"),
      &p);
  if (c->schools) c->sheets = sheet_rows_prepare(d, &p);
  if (c->sheets && !counts)
    c->slots = db_prepare(
        d,
        slice_of(l.upn ? OF_SLOT " FROM pupil p JOIN enrolment e ON e.pupil = p.id"
                                 " JOIN slot s ON s.enrolment = e.id AND s.academic_year = ?2"
                                 " WHERE p.upn = ?3 AND s.school = ?1 ORDER BY s.slot"
                       : OF_SLOT " FROM slot s JOIN enrolment e ON e.id = s.enrolment"
                                 " JOIN pupil p ON p.id = e.pupil WHERE s.school = ?1"
                                 " AND s.academic_year = ?2 ORDER BY s.slot"),
        &p);
  if (!c->sheets || (!c->slots && !counts)) return fail(c, &p);
  if (l.school) db_bind_value(c->schools, 1, l.school);
  if (l.upn) db_bind_value(c->schools, 2, l.upn);
  if (l.upn && c->slots) db_bind_value(c->slots, 3, l.upn);
  c->by_code = number == PLAN_BY_CODE;
  memset(&c->wanted.has[1], !c->by_code, MARK_VALUES - 1);
  if (c->by_code && find_codes(c, &p)) return fail(c, &p);
  if (c->by_code && !next_code(c)) return SQLITE_OK;
  return marks_next(base);
}

/* Columns ---------------------------------------------------------------------- */

/* Onto what came with the row's mark; only of that mark, not of one that was there before. */
static status find_details(marks_cursor *c, problem *p) {
  static const char sql[] =
      "SELECT minutes, sub_code, comment FROM (SELECT * FROM mark_detail WHERE enrolment = ?1"
      " AND session = ?2 ORDER BY id DESC LIMIT 1) WHERE mark = ?3";
  if (!c->details && !(c->details = db_borrow(store_db(table_of(c)->store), slice_of(sql), p)))
    return STATUS_FAULT;
  c->details_row = c->rowid;
  db_reset(c->details);
  db_bind_int(c->details, 1, c->pupils[c->next - 1].enrolment);
  db_bind_int(c->details, 2, session_of(c->row.on, c->half));
  db_bind_int(c->details, 3, c->mark);
  return db_step(c->details, &c->has_details, p);
}

static int marks_column(sqlite3_vtab_cursor *base, sqlite3_context *to, int number) {
  marks_cursor *c = (marks_cursor *)(void *)base;
  const char *lasting = "";
  problem p;
  enum marks_column column = plan_column(table_of(c)->counts, number);
  switch (column) {
    case MARKS_SCHOOL: sqlite3_result_value(to, db_column_value(c->schools, 1)); break;
    case MARKS_UPN: {
      const pupil_slot *at = &c->pupils[c->next - 1];
      if (at->length)
        sqlite3_result_text64(to, c->upns.bytes + at->upn, at->length, SQLITE_TRANSIENT,
                              SQLITE_UTF8);
      break;
    }
    case MARKS_DATE:
      if (!c->date[0]) date_format(c->row.on, c->date);
      sqlite3_result_text(to, c->date, DATE_TEXT - 1, SQLITE_TRANSIENT);
      break;
    case MARKS_SESSION: lasting = session_half_name(c->half); break;
    case MARKS_CODE: lasting = store_codes(table_of(c)->store)->of[c->mark].text; break;
    case MARKS_CLASS: lasting = class_name(mark_class_of(c->mark)); break;
    case MARKS_SCHOOL_WEEK: {
      const calendar *of = &c->calendar;
      if (!c->has_calendar && store_calendar(table_of(c)->store, c->school, &c->calendar, &p))
        return fail(c, &p);
      c->has_calendar = true;
      day start = date_academic_start(date_academic_year(c->row.on));
      size_t first = calendar_index(of, session_of(start, HALF_AM));
      int32_t week, first_week = first < of->count ? of->week[first] : INT32_MAX;
      if (calendar_week_of(of, c->row.on, &week) && week >= first_week)
        sqlite3_result_int(to, week - first_week + 1);
      break;
    }
    case MARKS_COUNT: sqlite3_result_int64(to, c->counts[c->mark]); break;
    case MARKS_ENROLMENT: sqlite3_result_int64(to, c->pupils[c->next - 1].enrolment); break;
    case MARKS_ON_ROLL: {
      const pupil_slot *at = &c->pupils[c->next - 1];
      sqlite3_result_int(to, at->joined <= c->row.on && /* DAY_NONE is earliest */
                                 (at->left == DAY_NONE || at->left >= c->row.on));
      break;
    }
    case MARKS_MINUTES_LATE:
    case MARKS_SUB_CODE:
    case MARKS_COMMENT:
      if (c->details_row != c->rowid && find_details(c, &p)) return fail(c, &p);
      if (c->has_details)
        sqlite3_result_value(to, db_column_value(c->details, (int)(column - MARKS_MINUTES_LATE)));
      break;
  }
  if (lasting[0]) sqlite3_result_text(to, lasting, -1, SQLITE_STATIC);
  return SQLITE_OK;
}

static int marks_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out) {
  *out = ((marks_cursor *)(void *)base)->rowid;
  return SQLITE_OK;
}

static int marks_eof(sqlite3_vtab_cursor *base) { return ((marks_cursor *)(void *)base)->at_end; }

static int marks_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out) {
  (void)base;
  marks_cursor *c = sqlite3_malloc(sizeof *c);
  if (!c) return SQLITE_NOMEM;
  *c = (marks_cursor){.at_end = true};
  *out = &c->base;
  return SQLITE_OK;
}

static int marks_close(sqlite3_vtab_cursor *base) {
  forget((marks_cursor *)(void *)base);
  sqlite3_free(base);
  return SQLITE_OK;
}

/* Tables ----------------------------------------------------------------------- */

/* Both tables: the name of the one is argv[0]. */
static int marks_connect(sqlite3 *d, void *lent, int argc, const char *const *argv,
                         sqlite3_vtab **out, char **message) {
  (void)argc, (void)message;
  bool counts = strcmp(argv[0], "mark_count") == 0;
  int r = sqlite3_declare_vtab(
      d, counts ? "CREATE TABLE mark_count (school TEXT COLLATE NOCASE, date TEXT,"
                  " session TEXT, code TEXT, class TEXT, school_week INTEGER, marks INTEGER)"
                : "CREATE TABLE mark (school TEXT COLLATE NOCASE, upn TEXT, date TEXT,"
                  " session TEXT, code TEXT, class TEXT, school_week INTEGER,"
                  " enrolment INTEGER HIDDEN, on_roll INTEGER HIDDEN,"
                  " minutes_late INTEGER HIDDEN, sub_code TEXT HIDDEN, comment TEXT HIDDEN)");
  if (r != SQLITE_OK) return r;
  marks_table *t = sqlite3_malloc(sizeof *t);
  if (!t) return SQLITE_NOMEM;
  *t = (marks_table){.store = lent, .counts = counts};
  (void)sqlite3_vtab_config(d, SQLITE_VTAB_INNOCUOUS);
  *out = &t->base;
  return SQLITE_OK;
}

static int marks_disconnect(sqlite3_vtab *base) {
  sqlite3_free(base);
  return SQLITE_OK;
}

static int marks_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  return plan_best(info, ((marks_table *)(void *)base)->counts);
}

/* Without xCreate: a table is there by its name alone, and only by that. */
static const sqlite3_module module = {.xConnect = marks_connect,
                                      .xBestIndex = marks_best_index,
                                      .xDisconnect = marks_disconnect,
                                      .xOpen = marks_open,
                                      .xClose = marks_close,
                                      .xFilter = marks_filter,
                                      .xNext = marks_next,
                                      .xEof = marks_eof,
                                      .xColumn = marks_column,
                                      .xRowid = marks_rowid};

status marks_register(store *st, problem *p) {
  db *d = store_db(st);
  int64_t is_there = 0;
  status s = db_number(d, "SELECT 1 FROM pragma_module_list WHERE name = 'mark_count'", 0, 0,
                       &is_there, p);
  if (s || is_there) return s;
  if (sqlite3_create_module_v2(db_handle(d), "mark", &module, st, NULL) != SQLITE_OK ||
      sqlite3_create_module_v2(db_handle(d), "mark_count", &module, st, NULL) != SQLITE_OK)
    return db_failed(d, p);
  /* Connect them now: a guarded query could not. */
  s = db_exec(d, "SELECT * FROM mark LIMIT 0", p);
  return s ? s : db_exec(d, "SELECT * FROM mark_count LIMIT 0", p);
}
