/* import_marks: marks into sheets; see import.h and sheet.h. No SQL a row: what
 * a row needs of its school (roll, calendar, years) is in memory by the second
 * row, and dates and codes come from tables. */
#include <stdio.h>
#include <string.h>

#include "store/import_inner.h"
#include "store/import_school.h"

enum {
  MARK_SCHOOL = COLUMN_SCHOOL,
  MARK_UPN,
  MARK_DATE,
  MARK_SESSION,
  MARK_CODE,
  MARK_NUMBER,
  MARK_COLUMNS
};
static const csv_column columns[MARK_COLUMNS] = {
    [MARK_SCHOOL] = {"school", false}, [MARK_UPN] = {"upn", true},
    [MARK_DATE] = {"date", true},      [MARK_SESSION] = {"session", true},
    [MARK_CODE] = {"code", true},      [MARK_NUMBER] = {"admission_number", false},
};

enum { KNOWN_DATES = 1024, ISO_LENGTH = 10 };

typedef struct known_date {
  char text[ISO_LENGTH];
  day on;
  int year;
} known_date;

enum { EITHER_HALF = -1 };

typedef struct mark_import {
  sheets *sheets;
  school_days **schools; /* [schools]: NULL until a row names it */
  known_date dates[KNOWN_DATES];
  mark first_of[1 << 16];      /* by the text's two bytes: a code with that text */
  mark next_of[MARK_VALUES];   /* another one, at other dates */
  int8_t half_of[MARK_VALUES]; /* the half a code is only right in */
} mark_import;

/* What a row says. */
typedef struct said {
  size_t school;
  school_days *at;
  roll *roll;
  uint32_t entry;
  day on;
  int year, half;
  mark mark; /* MARK_NONE: no mark */
} said;

/* Tables --------------------------------------------------------------------- */

static size_t text_index(const char *text, size_t length) {
  return (size_t)(unsigned char)text[0] << 8 | (length > 1 ? (unsigned char)text[1] : 0U);
}

static void index_codes(mark_import *own, const import_options *o, const code_set *codes) {
  for (unsigned m = MARK_VALUES; m-- > 1;) {
    const char *text = codes->of[m].text;
    own->half_of[m] = EITHER_HALF;
    if (!text[0]) continue;
    size_t at = text_index(text, strlen(text));
    own->next_of[m] = own->first_of[at];
    own->first_of[at] = (mark)m;
    if (o->am_code && strcmp(text, o->am_code) == 0) own->half_of[m] = HALF_AM;
    if (o->pm_code && strcmp(text, o->pm_code) == 0) own->half_of[m] = HALF_PM;
  }
}

static status begin_marks(importer *i, problem *p) {
  mark_import *own = mem_new(1, sizeof *own);
  if (!own) return problem_no_memory(p);
  i->own = own;
  own->schools = mem_new(people_school_count(i->people), sizeof *own->schools);
  if (!own->schools) return problem_no_memory(p);
  for (size_t k = 0; k < KNOWN_DATES; k++) own->dates[k].on = DAY_NONE;
  index_codes(own, i->options, store_codes(i->store));
  return sheets_new(i->db, &own->sheets, p);
}

static void end_marks(importer *i) {
  mark_import *own = i->own;
  for (size_t k = 0; own->schools && k < people_school_count(i->people); k++)
    school_days_free(own->schools[k]);
  mem_free(own->schools);
  sheets_free(own->sheets);
  mem_free(own);
}

static mark find_code(const mark_import *own, const code_set *codes, slice text, day on) {
  if (text.length < 1 || text.length > 2 || (text.length == 2 && !text.at[1])) return MARK_NONE;
  mark m = own->first_of[text_index(text.at, text.length)];
  for (; m; m = own->next_of[m]) {
    const code *c = &codes->of[m];
    if ((c->from == DAY_NONE || c->from <= on) && (c->to == DAY_NONE || on <= c->to)) break;
  }
  return m;
}

/* Cells ---------------------------------------------------------------------- */

static known_date *place_of_date(mark_import *own, const char *text) {
  uint64_t a;
  uint16_t b;
  memcpy(&a, text, sizeof a);
  memcpy(&b, text + sizeof a, sizeof b);
  uint64_t h = (a ^ (uint64_t)b << 17) * 0x9E3779B97F4A7C15U;
  return &own->dates[h >> 54];
}

static status read_date(importer *i, const csv_row *row, said *m, bool *found, problem *p) {
  slice cell = csv_cell(i->reader, row, MARK_DATE);
  known_date *known = cell.length == ISO_LENGTH ? place_of_date(i->own, cell.at) : NULL;
  if (known && known->on != DAY_NONE && memcmp(known->text, cell.at, ISO_LENGTH) == 0) {
    m->on = known->on;
    m->year = known->year;
    return *found = true, STATUS_OK;
  }
  status s = import_date(i, row, cell, &m->on, found, p);
  if (s || !*found) return s;
  *found = m->on != DAY_NONE;
  if (!*found) return import_leave_out(i, row, LEFT_NOT_A_DATE, p, "the date is missing");
  m->year = date_academic_year(m->on);
  if (known) {
    memcpy(known->text, cell.at, ISO_LENGTH);
    known->on = m->on;
    known->year = m->year;
  }
  return STATUS_OK;
}

/* When a code was last in force before a day, and is first again after it;
 * DAY_NONE: never. */
static void days_around(const code_set *codes, slice text, day on, day *until, day *since) {
  *until = *since = DAY_NONE;
  for (size_t k = 1; k < MARK_VALUES; k++) {
    const code *c = &codes->of[k];
    if (!c->text[0] || !slice_is(text, c->text)) continue;
    if (c->to != DAY_NONE && c->to < on && c->to > *until) *until = c->to;
    if (c->from > on && (*since == DAY_NONE || c->from < *since)) *since = c->from;
  }
}

static status leave_out_unknown(importer *i, const csv_row *row, slice text, day on, problem *p) {
  char shown[LEFT_SHOWN];
  const char *near = code_nearest(store_codes(i->store), text, on);
  return import_leave_out(i, row, LEFT_UNKNOWN_CODE, p, "unknown code \"%s\"%s%s%s",
                          left_out_shown(text, shown), near ? " (the nearest is \"" : "",
                          near ? near : "", near ? "\")" : "");
}

static status leave_out_code(importer *i, const csv_row *row, slice text, day on, problem *p) {
  char shown[LEFT_SHOWN], date[DATE_TEXT], from[DATE_TEXT] = "", to[DATE_TEXT] = "";
  day until, since;
  if (!code_exists(store_codes(i->store), text)) return leave_out_unknown(i, row, text, on, p);
  days_around(store_codes(i->store), text, on, &until, &since);
  date_format(on, date);
  if (until != DAY_NONE) date_format(until, to);
  if (since != DAY_NONE) date_format(since, from);
  return import_leave_out(i, row, LEFT_NOT_IN_FORCE, p,
                          "code \"%s\" not in force on %s (%s%s%s%s%s)",
                          left_out_shown(text, shown), date, to[0] ? "until " : "", to,
                          to[0] && from[0] ? ", again " : "", from[0] ? "since " : "", from);
}

static bool is_blank(slice text) {
  return text.length == 0 || (text.length == 1 && text.at[0] == '-');
}

static status read_code(importer *i, const csv_row *row, said *m, bool *found, problem *p) {
  slice cell = csv_cell(i->reader, row, MARK_CODE);
  *found = true;
  m->mark = MARK_NONE;
  if (is_blank(cell)) return STATUS_OK;
  m->mark = find_code(i->own, store_codes(i->store), cell, m->on);
  *found = m->mark != MARK_NONE;
  return *found ? STATUS_OK : leave_out_code(i, row, cell, m->on, p);
}

static status read_half(importer *i, const csv_row *row, said *m, bool *found, problem *p) {
  slice cell = csv_cell(i->reader, row, MARK_SESSION);
  char shown[LEFT_SHOWN];
  *found = half_parse(cell, &m->half);
  if (*found) return STATUS_OK;
  return import_leave_out(i, row, LEFT_SESSION, p, "session neither AM nor PM: \"%s\"",
                          left_out_shown(cell, shown));
}

static status school_of(importer *i, size_t school, school_days **out, problem *p) {
  mark_import *own = i->own;
  status s = STATUS_OK;
  if (!own->schools[school])
    s = school_days_load(i->store, people_school(i->people, school)->id, &own->schools[school], p);
  if (!s) *out = own->schools[school];
  return s;
}

static status read_row(importer *i, const csv_row *row, said *m, bool *found, problem *p) {
  status s = import_school(i, row, &m->school, found, p);
  if (s || !*found) return s;
  s = import_pupil(i, row, m->school, csv_cell(i->reader, row, MARK_UPN),
                   csv_cell(i->reader, row, MARK_NUMBER), &m->roll, &m->entry, found, p);
  if (!s && *found) s = read_date(i, row, m, found, p);
  if (!s && *found) s = read_half(i, row, m, found, p);
  if (!s && *found) s = read_code(i, row, m, found, p);
  if (!s && *found) s = school_of(i, m->school, &m->at, p);
  if (!s && *found) m->entry = roll_on(m->roll, m->entry, m->on);
  return s;
}

/* Taking --------------------------------------------------------------------- */

static void name_session(day on, int half, char out[DATE_TEXT + 3]) {
  date_format(on, out);
  out[DATE_TEXT - 1] = ' ';
  memcpy(out + DATE_TEXT, half ? "PM" : "AM", 3);
}

/* "A123456789012, 2025-09-08 AM" */
enum { NAMED = LEFT_SHOWN + DATE_TEXT + 8 };
static const char *name_mark(const said *m, char out[NAMED]) {
  char shown[LEFT_SHOWN], when[DATE_TEXT + 3];
  const roll_entry *e = &m->roll->entries[m->entry];
  slice who = roll_upn(m->roll, m->entry);
  if (who.length == 0) who = (slice){m->roll->texts.bytes + e->number_at, e->number_length};
  name_session(m->on, m->half, when);
  (void)snprintf(out, NAMED, "%s, %s", left_out_shown(who, shown), when);
  return out;
}

static const char *text_of(const importer *i, mark m) { return store_codes(i->store)->of[m].text; }

static void warn_mark(importer *i, const csv_row *row, const said *m) {
  const mark_import *own = i->own;
  const roll_entry *e = &m->roll->entries[m->entry];
  char named[NAMED];
  int right = own->half_of[m->mark];
  if (right != EITHER_HALF && right != m->half)
    import_warn(i, WARN_WRONG_HALF, row->line, "%s: %s", name_mark(m, named), text_of(i, m->mark));
  if (m->on < e->joined || (e->left != DAY_NONE && m->on > e->left)) /* DAY_NONE is earliest */
    import_warn(i, WARN_OUTSIDE, row->line, "%s: %s", name_mark(m, named), text_of(i, m->mark));
}

static void took(importer *i, const said *m) {
  import_took(i, m->school, m->on);
  school_days_came(m->at, session_of(m->on, m->half));
}

static void count_again(importer *i, const csv_row *row, const said *m, mark before) {
  char named[NAMED];
  i->report->repeated++;
  if (before != m->mark)
    tally_add(&i->report->repeats, row->line, "%s: %s, then %s", name_mark(m, named),
              text_of(i, before), text_of(i, m->mark));
}

static status take_mark(importer *i, const csv_row *row, said *m, problem *p) {
  mark_import *own = i->own;
  sheet_year *year;
  sheet *s;
  mark before = MARK_NONE;
  bool again = false;
  char named[NAMED];
  status t = school_days_year(m->at, own->sheets, m->roll, m->year, &year, p);
  if (!t) t = sheet_year_day(year, m->on, &s, p);
  if (!t && m->mark) t = sheet_set(year, s, m->entry, m->half, m->mark, &before, &again, p);
  if (t) return t;
  s->came[m->half] = true;
  took(i, m);
  if (m->mark) {
    warn_mark(i, row, m);
    if (again) count_again(i, row, m, before);
  } else if ((before = sheet_get(year, s, m->entry, m->half)) != MARK_NONE) {
    i->report->cleared++;
    tally_add(&i->report->clears, row->line, "%s: %s", name_mark(m, named), text_of(i, before));
  } else {
    i->report->no_mark++;
  }
  return STATUS_OK;
}

/* A row of a session on which the school is closed. */
static status take_closed(importer *i, const csv_row *row, const said *m, problem *p) {
  char named[NAMED];
  if (m->mark == MARK_NONE || mark_class_of(m->mark) == CLASS_ADMINISTRATIVE) {
    if (m->mark)
      i->report->agreed++;
    else
      i->report->no_mark++;
    import_took(i, m->school, DAY_NONE);
    return STATUS_OK;
  }
  status s = school_days_note_closed(m->at, m->on, p);
  if (s) return s;
  return import_leave_out(i, row, LEFT_CLOSED_DAY, p, "%s: %s, but the school is closed then",
                          name_mark(m, named), text_of(i, m->mark));
}

static status mark_row(importer *i, const csv_row *row, problem *p) {
  said m = {0};
  bool found;
  char date[DATE_TEXT];
  status s = read_row(i, row, &m, &found, p);
  if (s || !found) return s;
  if (i->options->today != DAY_NONE && m.on > i->options->today) {
    if (m.mark == MARK_NONE) return i->report->no_mark++, STATUS_OK;
    date_format(m.on, date);
    return import_leave_out(i, row, LEFT_AFTER_TODAY, p, "dated after today: %s", date);
  }
  if (!school_days_planned(m.at, m.year)) {
    date_format(date_academic_start(m.year), date);
    return import_leave_out(i, row, LEFT_NO_CALENDAR, p,
                            "no calendar of %s for the school year from %s",
                            people_school(i->people, m.school)->key, date);
  }
  if (m.mark && mark_class_of(m.mark) != CLASS_ADMINISTRATIVE) school_days_note_real(m.at);
  if (!school_days_open(m.at, m.on, m.half)) return take_closed(i, row, &m, p);
  return take_mark(i, row, &m, p);
}

/* The end -------------------------------------------------------------------- */

static void list_pairs(import_report *r, size_t (*pairs)[MARK_VALUES]) {
  for (unsigned was = 0; was < MARK_VALUES; was++)
    for (unsigned now = 0; now < MARK_VALUES; now++) {
      if (!pairs[was][now]) continue;
      size_t at = r->pair_count++;
      for (; at > 0 && r->pairs[at - 1].count < pairs[was][now]; at--)
        r->pairs[at] = r->pairs[at - 1];
      r->pairs[at] = (import_pair){(mark)was, (mark)now, pairs[was][now]};
    }
}

static status count_pairs(import_report *r, size_t (*pairs)[MARK_VALUES], problem *p) {
  size_t distinct = 0;
  for (unsigned k = 0; k < MARK_VALUES * MARK_VALUES; k++)
    distinct += pairs[k / MARK_VALUES][k % MARK_VALUES] > 0;
  r->pairs = mem_new(distinct, sizeof *r->pairs);
  if (!r->pairs) return problem_no_memory(p);
  list_pairs(r, pairs);
  return STATUS_OK;
}

static status finish_marks(importer *i, problem *p) {
  mark_import *own = i->own;
  import_report *r = i->report;
  sheet_totals totals = {.pairs = mem_new(MARK_VALUES, sizeof *totals.pairs)};
  if (!totals.pairs) return problem_no_memory(p);
  sheets_count(own->sheets, &totals);
  r->added = totals.added;
  r->unchanged = totals.unchanged;
  r->changed = totals.changed;
  r->sessions = totals.sessions;
  status s = count_pairs(r, totals.pairs, p);
  mem_free(totals.pairs);
  for (size_t k = 0; k < people_school_count(i->people); k++)
    if (own->schools[k])
      school_days_warn(own->schools[k], people_school(i->people, k)->name, r->warnings);
  return s;
}

static status write_marks(importer *i, int64_t import, problem *p) {
  mark_import *own = i->own;
  sheet_source from = {import, i->options->at, i->options->by};
  status s = sheets_write(own->sheets, &from, p);
  for (size_t k = 0; k < people_school_count(i->people) && !s; k++)
    if (own->schools[k]) s = school_days_write(own->schools[k], i->db, import, p);
  return s;
}

const import_ops import_marks = {
    .name = "marks",
    .columns = columns,
    .column_count = MARK_COLUMNS,
    .begin = begin_marks,
    .row = mark_row,
    .finish = finish_marks,
    .write = write_marks,
    .end = end_marks,
};
