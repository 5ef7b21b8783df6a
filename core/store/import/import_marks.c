/* import_marks: marks into sheets; see import.h and sheet.h. No SQL a row: what
 * a row needs of its school (roll, calendar, years) is in memory by the second
 * row, and dates and codes come from tables. Rows of which there is nothing to say
 * go a shorter way (import_plain.c). */
#include <stdio.h>
#include <string.h>

#include "store/import/import_marks_inner.h"

static const csv_column columns[MARKS_COLUMNS] = {
    [MARKS_SCHOOL] = {"school", false}, [MARKS_UPN] = {"upn", true},
    [MARKS_DATE] = {"date", true},      [MARKS_SESSION] = {"session", true},
    [MARKS_CODE] = {"code", true},      [MARKS_NUMBER] = {"admission_number", false},
};

enum { SHEETS_MEMORY = 64 << 20 }; /* bytes, unless the options say otherwise */

/* Tables --------------------------------------------------------------------- */

static void index_codes(mark_import *own, const import_options *o, const code_set *codes) {
  for (unsigned m = MARK_VALUES; m-- > 1;) {
    const char *text = codes->of[m].text;
    own->half_of[m] = EITHER_HALF;
    if (!text[0]) continue;
    size_t at = mark_text_index(text, strlen(text));
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
  own->schools = mem_new(i->roll_count, sizeof *own->schools);
  if (!own->schools) return problem_no_memory(p);
  for (size_t k = 0; k < KNOWN_DATES; k++) own->dates[k].on = DAY_NONE;
  index_codes(own, i->options, store_codes(i->store));
  mark_row_begin(i);
  return sheets_new(i->db, i->options->memory ? i->options->memory : SHEETS_MEMORY, &own->sheets,
                    p);
}

static void end_marks(importer *i) {
  mark_import *own = i->own;
  for (size_t k = 0; own->schools && k < i->roll_count; k++) school_days_free(own->schools[k]);
  mem_free(own->schools);
  sheets_free(own->sheets);
  mem_free(own);
}

static mark find_code(const mark_import *own, const code_set *codes, slice text, day on) {
  if (text.length < 1 || text.length > 2 || (text.length == 2 && !text.at[1])) return MARK_NONE;
  mark m = own->first_of[mark_text_index(text.at, text.length)];
  while (m && !mark_in_force(&codes->of[m], on)) m = own->next_of[m];
  return m;
}

/* Cells ---------------------------------------------------------------------- */

static bool read_date(importer *i, said *m) {
  slice cell = csv_cell(i->reader, &i->row, MARKS_DATE);
  known_date *known = cell.length == ISO_LENGTH ? mark_place_of_date(i->own, cell.at) : NULL;
  if (known && known->on != DAY_NONE && memcmp(known->text, cell.at, ISO_LENGTH) == 0) {
    m->on = known->on;
    m->year = known->year;
    return true;
  }
  if (!import_date(i, cell, &m->on)) return false;
  if (m->on == DAY_NONE) return import_leave_out(i, LEFT_NOT_A_DATE, "the date is missing");
  m->year = date_academic_year(m->on);
  if (known) {
    memcpy(known->text, cell.at, ISO_LENGTH);
    known->on = m->on;
    known->year = m->year;
  }
  return true;
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

static bool leave_out_code(importer *i, slice text, day on) {
  char shown[LEFT_SHOWN], date[DATE_TEXT], from[DATE_TEXT] = "", to[DATE_TEXT] = "";
  day until, since;
  if (!code_exists(store_codes(i->store), text)) {
    const char *near = code_nearest(store_codes(i->store), text, on);
    return import_leave_out(i, LEFT_UNKNOWN_CODE, "unknown code \"%s\"%s%s%s",
                            left_out_shown(text, shown), near ? " (the nearest is \"" : "",
                            near ? near : "", near ? "\")" : "");
  }
  days_around(store_codes(i->store), text, on, &until, &since);
  date_format(on, date);
  if (until != DAY_NONE) date_format(until, to);
  if (since != DAY_NONE) date_format(since, from);
  return import_leave_out(i, LEFT_NOT_IN_FORCE, "code \"%s\" not in force on %s (%s%s%s%s%s)",
                          left_out_shown(text, shown), date, to[0] ? "until " : "", to,
                          to[0] && from[0] ? ", again " : "", from[0] ? "since " : "", from);
}

static bool is_blank(slice text) {
  return text.length == 0 || (text.length == 1 && text.at[0] == '-');
}

static bool read_code(importer *i, said *m) {
  slice cell = csv_cell(i->reader, &i->row, MARKS_CODE);
  m->mark = MARK_NONE;
  if (is_blank(cell)) return true;
  m->mark = find_code(i->own, store_codes(i->store), cell, m->on);
  return m->mark != MARK_NONE || leave_out_code(i, cell, m->on);
}

static bool read_half(importer *i, said *m) {
  slice cell = csv_cell(i->reader, &i->row, MARKS_SESSION);
  char shown[LEFT_SHOWN];
  if (half_parse(cell, &m->half)) return true;
  return import_leave_out(i, LEFT_SESSION, "session neither AM nor PM: \"%s\"",
                          left_out_shown(cell, shown));
}

static status school_of(importer *i, size_t school, school_days **out, problem *p) {
  mark_import *own = i->own;
  status s = STATUS_OK;
  if (!own->schools[school])
    s = school_days_load(i->store, i->schools->list[school].id, &own->schools[school], p);
  if (!s) *out = own->schools[school];
  return s;
}

static bool read_row(importer *i, said *m) {
  row_pupil who;
  if (!import_pupil(i, csv_cell(i->reader, &i->row, MARKS_UPN),
                    csv_cell(i->reader, &i->row, MARKS_NUMBER), &who))
    return false;
  m->school = who.school;
  m->roll = who.roll;
  m->newest = who.entry;
  if (!read_date(i, m) || !read_half(i, m) || !read_code(i, m) ||
      !import_ok(i, school_of(i, m->school, &m->at, i->problem)))
    return false;
  m->entry = roll_on(m->roll, m->newest, m->on);
  return true;
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
    examples_add(&i->report->repeats, row->line, "%s: %s, then %s", name_mark(m, named),
                 text_of(i, before), text_of(i, m->mark));
}

static status take_mark(importer *i, const csv_row *row, said *m, problem *p) {
  mark_import *own = i->own;
  sheet_year *year;
  sheet_before before;
  char named[NAMED];
  status t = sheets_year(own->sheets, m->roll, m->year, &year, p);
  if (!t) t = sheet_set(year, session_of(m->on, m->half), m->entry, m->mark, &before, p);
  if (t) return t;
  took(i, m);
  mark_row_learn(i, row, m, year);
  if (m->mark) {
    warn_mark(i, row, m);
    if (before.again) count_again(i, row, m, before.mark);
  } else if (before.mark != MARK_NONE) {
    i->report->cleared++;
    examples_add(&i->report->clears, row->line, "%s: %s", name_mark(m, named),
                 text_of(i, before.mark));
  } else {
    i->report->no_mark++;
  }
  return STATUS_OK;
}

/* A row of a session on which the school is closed. */
static bool take_closed(importer *i, const said *m) {
  char named[NAMED];
  if (m->mark == MARK_NONE || mark_class_of(m->mark) == CLASS_ADMINISTRATIVE) {
    if (m->mark)
      i->report->agreed++;
    else
      i->report->no_mark++;
    import_took(i, m->school, DAY_NONE);
    return true;
  }
  if (!import_ok(i, school_days_note_closed(m->at, m->on, i->problem))) return false;
  return import_leave_out(i, LEFT_CLOSED_DAY, "%s: %s, but the school is closed then",
                          name_mark(m, named), text_of(i, m->mark));
}

static bool mark_row(importer *i) {
  if (mark_row_plain(i, &i->row)) return true;
  said m = {0};
  char date[DATE_TEXT];
  if (!read_row(i, &m)) return false;
  if (i->options->today != DAY_NONE && m.on > i->options->today) {
    if (m.mark == MARK_NONE) return i->report->no_mark++, true;
    date_format(m.on, date);
    return import_leave_out(i, LEFT_AFTER_TODAY, "dated after today: %s", date);
  }
  if (!school_days_planned(m.at, m.year)) {
    date_format(date_academic_start(m.year), date);
    return import_leave_out(i, LEFT_NO_CALENDAR, "no calendar of %s for the school year from %s",
                            i->schools->list[m.school].key, date);
  }
  if (m.mark && mark_class_of(m.mark) != CLASS_ADMINISTRATIVE) school_days_note_real(m.at);
  if (!school_days_open(m.at, m.on, m.half)) return take_closed(i, &m);
  return import_ok(i, take_mark(i, &i->row, &m, i->problem));
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
  const sheet_totals *totals = sheets_count(own->sheets);
  r->added = totals->added;
  r->unchanged = totals->unchanged;
  r->changed = totals->changed;
  r->sessions = totals->sessions;
  status s = count_pairs(r, totals->pairs, p);
  for (size_t k = 0; k < i->roll_count; k++)
    if (own->schools[k]) school_days_warn(own->schools[k], i->schools->list[k].name, r->warnings);
  return s;
}

static status write_marks(importer *i, int64_t import, problem *p) {
  mark_import *own = i->own;
  sheet_source from = {import, i->options->at, i->options->by};
  status s = sheets_write(own->sheets, &from, p);
  for (size_t k = 0; k < i->roll_count && !s; k++)
    if (own->schools[k]) s = school_days_write(own->schools[k], i->db, import, p);
  return s;
}

static status run(importer *i) {
  (void)import_ok(i, begin_marks(i, i->problem));
  while (import_next(i)) (void)mark_row(i);
  if (!i->failed) (void)import_ok(i, finish_marks(i, i->problem));
  if (import_record(i)) (void)import_ok(i, write_marks(i, i->import, i->problem));
  if (i->own) end_marks(i);
  return i->failed;
}

const import_handler import_marks = {"marks", columns, MARKS_COLUMNS, run};
