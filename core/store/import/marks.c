/* marks: the kind `marks`: rows of a register onto sheets.
 *
 * 1. No SQL a row: what a row needs of its school (roll, calendar, sheets) is in memory
 *    by the second row, and dates and codes come from tables.
 * 2. `parse` and `take` are the definition, and take any row. `take_plain` is a short way
 *    for a row of which there is nothing to say but that its mark is set: in a file as
 *    registers are exported, nearly all of them. It gives the same result, or does nothing.
 * 3. A session is open when the planned calendar says so; a day without a row in a year
 *    that has some is a closed day.
 * 4. What comes with a mark beside its code is kept with it (details.h): a question a row of
 *    those few that have any.
 * 5. Coverage runs from the first to the last session of which a row was taken, rows
 *    without a mark included: they say that the register came in. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "store/import/import.h"
#include "store/import/shape.h"
#include "store/sheet/details.h"

enum {
  MARKS_SCHOOL = COLUMN_SCHOOL,
  MARKS_UPN,
  MARKS_DATE,
  MARKS_SESSION,
  MARKS_CODE,
  MARKS_NUMBER,
  MARKS_MINUTES,
  MARKS_SUB_CODE,
  MARKS_COMMENT,
  MARKS_AM,
  MARKS_PM,
  MARKS_START,
  MARKS_STRING,
  MARKS_COLUMNS
};
/* What else is required depends on the shape. */
static const csv_column columns[MARKS_COLUMNS] = {
    [MARKS_SCHOOL] = {"school", CSV_MAY},
    [MARKS_UPN] = {"upn", CSV_EITHER},
    [MARKS_DATE] = {"date", CSV_MAY},
    [MARKS_SESSION] = {"session", CSV_MAY},
    [MARKS_CODE] = {"code", CSV_MAY},
    [MARKS_NUMBER] = {"admission_number", CSV_EITHER},
    [MARKS_MINUTES] = {"minutes_late", CSV_MAY},
    [MARKS_SUB_CODE] = {"sub_code", CSV_MAY},
    [MARKS_COMMENT] = {"comment", CSV_MAY},
    [MARKS_AM] = {"am", CSV_MAY},
    [MARKS_PM] = {"pm", CSV_MAY},
    [MARKS_START] = {"start", CSV_MAY},
    [MARKS_STRING] = {"marks", CSV_MAY},
};

enum { SHEETS_MEMORY = 64 << 20 };       /* bytes, unless the options say otherwise */
enum { FIRST_YEAR = 1899, YEARS = 301 }; /* academic years of all dates, to 2199-2200 */
enum { KNOWN_DATES = 1024, ISO_LENGTH = 10 };
enum { EITHER_HALF = -1 };
enum {
  ODD_AT_LEAST = 20, /* real marks on closed days … */
  ODD_ONE_IN = 100   /* … and one in so many of all: the calendar is wrong */
};

/* Whether a day is open: two bytes, since of thousands of small schools most of memory is this. */
typedef struct mark_day {
  bool open[2];
} mark_day;

/* A school of the file: its roll, its calendar, and what came in. */
typedef struct mark_school {
  roll *roll;     /* NULL until a row names the school */
  day first;      /* 1 August of the first academic year of its calendar */
  mark_day *days; /* [count], to the end of the last */
  size_t count;
  uint32_t *misplaced; /* [count]: real marks while it was closed; NULL: there were none */
  bool planned[YEARS]; /* whether any session is open, from FIRST_YEAR */
  session from, to;    /* of rows taken; from > to: none */
  size_t real;         /* real marks, wherever they fall */
} mark_school;

/* A date as it is written, and what it is. */
typedef struct known_date {
  char text[ISO_LENGTH];
  uint16_t follower; /* a guess: the date that was met next last time */
  day on;            /* DAY_NONE: nothing here yet */
  int year;
} known_date;

/* What a row says. */
typedef struct mark_row {
  size_t index; /* of the school */
  mark_school *school;
  uint32_t newest, entry; /* of the pupil on the roll: the newest, and the one of that date */
  day on;
  int year;
  session at;
  mark mark;          /* MARK_NONE: no mark */
  mark_detail detail; /* of it */
} mark_row;

/* A mark as a record of another shape than long has it. */
typedef struct mark_cell {
  session at; /* SESSION_NONE: `date` cannot be read */
  slice date, text;
  slice heading; /* under which it stands; empty: it stands in a string */
} mark_cell;

typedef struct mark_import {
  sheets *sheets;
  mark_school *schools; /* [roll_count] */
  known_date dates[KNOWN_DATES];
  mark first_of[1 << 16];      /* by the text's two bytes: a code with that text */
  mark next_of[MARK_VALUES];   /* another one, at other dates */
  int8_t half_of[MARK_VALUES]; /* the half a code is only right in */
  bool has_details;            /* the file has columns of what comes beside a code */
  bool has_odd;                /* marks or sub-codes are said to mean something */
  sheet_source from;
  /* For the short way: */
  size_t cell[MARKS_COLUMNS]; /* where a column stands among the cells; SIZE_MAX */
  mark_row before;            /* the row before; `newest` is kept up by the short way */
  sheet_year *sheets_before;  /* its sheets; NULL: there was no such row */
  char school_text[64];       /* its school as it was written */
  size_t school_length;
  known_date *date_before; /* NULL at first */
  /* Other shapes than long: */
  enum shape shape;
  shape_column *columns; /* [column_count] of a grid */
  size_t column_count;
  mark_cell *cells; /* [cell_count] of the record at hand */
  size_t cell_count, cell_room;
  const mark_cell *cell_at_hand;    /* NULL: the record as a whole */
  slice headings[MARKS_NUMBER + 1]; /* [heading_count] of the file of what is left out */
  size_t heading_count;
} mark_import;

/* Tables --------------------------------------------------------------------- */

static inline size_t text_index(const char *text, size_t length) {
  return (size_t)(unsigned char)text[0] << 8 | (length > 1 ? (unsigned char)text[1] : 0U);
}

static inline bool in_force(const code *c, day on) {
  return (c->from == DAY_NONE || c->from <= on) && (c->to == DAY_NONE || on <= c->to);
}

/* Where a date of ISO_LENGTH characters is kept, or where it is to be: the first
 * place that is its own or empty, of a few. */
static inline known_date *find_date(mark_import *all, const char *text) {
  uint64_t a;
  uint16_t b;
  memcpy(&a, text, sizeof a);
  memcpy(&b, text + sizeof a, sizeof b);
  uint64_t h = ((a ^ (uint64_t)b << 17) * 0x9E3779B97F4A7C15U) >> 54;
  known_date *found = &all->dates[h];
  for (unsigned k = 1; k < 8; k++) {
    if (found->on == DAY_NONE || memcmp(found->text, text, ISO_LENGTH) == 0) break;
    found = &all->dates[(h + k) % KNOWN_DATES];
  }
  return found;
}

static inline bool is_open(const mark_school *school, session at) {
  size_t k = (size_t)(session_day(at) - school->first); /* before it: past the end */
  return k < school->count && school->days[k].open[session_half(at)];
}

static inline bool is_there(const roll_entry *e, day on) {
  return e->joined <= on && (e->left == DAY_NONE || e->left >= on); /* DAY_NONE is earliest */
}

static status load_school(importer *i, size_t index, mark_school *out, problem *p) {
  school_day *days = NULL;
  size_t count = 0;
  status s = store_days(i->store, i->schools->list[index].id, &days, &count, p);
  if (s) return s;
  if (count) {
    assert(days[0].on >= DATE_FIRST && days[count - 1].on <= DATE_LAST);
    out->first = date_academic_start(date_academic_year(days[0].on));
    day end = date_academic_start(date_academic_year(days[count - 1].on) + 1);
    out->count = (size_t)(end - out->first);
    out->days = mem_new(out->count, sizeof *out->days);
    if (!out->days) {
      mem_free(days);
      return problem_no_memory(p);
    }
  }
  for (const school_day *d = days; d < days + count; d++) {
    memcpy(out->days[d->on - out->first].open, d->open, sizeof d->open);
    if (d->open[HALF_AM] || d->open[HALF_PM])
      out->planned[date_academic_year(d->on) - FIRST_YEAR] = true;
  }
  mem_free(days);
  out->from = INT32_MAX;
  out->to = INT32_MIN;
  out->roll = &i->rolls[index];
  return STATUS_OK;
}

/* A row ---------------------------------------------------------------------- */

static bool leave_out_code(importer *i, slice text, day on) {
  const code_set *codes = store_codes(i->store);
  char shown[LEFT_SHOWN], date[DATE_TEXT], from[DATE_TEXT] = "", to[DATE_TEXT] = "";
  if (!code_exists(codes, text)) {
    const char *near = code_nearest(codes, text, on);
    return import_leave_out(i, LEFT_UNKNOWN_CODE, "unknown code \"%s\"%s%s%s",
                            left_out_shown(text, shown), near ? " (the nearest is \"" : "",
                            near ? near : "", near ? "\")" : "");
  }
  day until = DAY_NONE, since = DAY_NONE; /* last in force before, first again after */
  for (size_t k = 1; k < MARK_VALUES; k++) {
    const code *c = &codes->of[k];
    if (!c->text[0] || !slice_is(text, c->text)) continue;
    if (c->to != DAY_NONE && c->to < on && c->to > until) until = c->to;
    if (c->from > on && (since == DAY_NONE || c->from < since)) since = c->from;
  }
  date_format(on, date);
  if (until != DAY_NONE) date_format(until, to);
  if (since != DAY_NONE) date_format(since, from);
  return import_leave_out(i, LEFT_NOT_IN_FORCE, "code \"%s\" not in force on %s (%s%s%s%s%s)",
                          left_out_shown(text, shown), date, to[0] ? "until " : "", to,
                          to[0] && from[0] ? ", again " : "", from[0] ? "since " : "", from);
}

/* Whether a text is one of a table of the reading: what it stands for. */
static bool find_odd(const odd_mark *table, size_t count, slice text, slice *means) {
  for (size_t k = 0; k < count; k++)
    if (slice_equal(table[k].text, text)) return *means = table[k].code, true;
  return false;
}

/* What a text means on the day of the row: a mark, or none. False: left out. */
static bool read_code(importer *i, const mark_import *all, slice text, mark_row *out) {
  const code_set *codes = store_codes(i->store);
  const reading *said = i->options->reading;
  slice means = text;
  bool odd = said && find_odd(said->marks, said->mark_count, text, &means);
  if (!odd && said && find_odd(said->sub_codes, said->sub_code_count, text, &means))
    out->detail.sub_code = text;
  bool blank = means.length == 0 || (!odd && slice_is(means, "-"));
  if (!blank && means.length <= 2 && (means.length == 1 || means.at[1]))
    out->mark = all->first_of[text_index(means.at, means.length)];
  while (out->mark && !in_force(&codes->of[out->mark], out->on))
    out->mark = all->next_of[out->mark];
  out->detail.mark = out->mark;
  return blank || out->mark || leave_out_code(i, means, out->on);
}

/* The cells beside the code. What of them cannot be kept is said, and the mark is taken without. */
static void parse_detail(importer *i, mark_row *out) {
  char shown[LEFT_SHOWN];
  size_t line = i->row.line;
  slice minutes = csv_cell(i->reader, &i->row, MARKS_MINUTES);
  size_t digits = 0;
  while (digits < minutes.length && minutes.at[digits] >= '0' && minutes.at[digits] <= '9')
    digits++;
  slice unit = slice_trim((slice){minutes.at + digits, minutes.length - digits});
  bool is_unit = unit.length == 0 || slice_is_nocase(unit, "m") || slice_is_nocase(unit, "min") ||
                 slice_is_nocase(unit, "mins") || slice_is_nocase(unit, "minutes");
  int64_t number = 0;
  if (minutes.length &&
      (!is_unit || !text_number((slice){minutes.at, digits}, DETAIL_MINUTES, &number)))
    import_warn(i, WARN_MINUTES, line, "\"%s\"", left_out_shown(minutes, shown));
  slice sub_code = csv_cell(i->reader, &i->row, MARKS_SUB_CODE);
  if (sub_code.length) out->detail.sub_code = sub_code;
  out->detail.comment = csv_cell(i->reader, &i->row, MARKS_COMMENT);
  out->detail.minutes = (int)number;
  slice *texts[] = {&out->detail.sub_code, &out->detail.comment};
  for (int k = 0; k < 2; k++) {
    if (texts[k]->length <= DETAIL_TEXT) continue;
    import_warn(i, WARN_DETAIL, line, "%zu bytes, of at most %d", texts[k]->length, DETAIL_TEXT);
    *texts[k] = (slice){"", 0};
  }
}

/* Whose row it is. False: left out, or failed. */
static bool parse_pupil(importer *i, mark_import *all, mark_row *out) {
  row_pupil who;
  if (!import_pupil(i, csv_cell(i->reader, &i->row, MARKS_UPN),
                    csv_cell(i->reader, &i->row, MARKS_NUMBER), &who))
    return false;
  *out = (mark_row){.index = who.school, .school = &all->schools[who.school], .newest = who.entry};
  return out->school->roll || import_ok(i, load_school(i, out->index, out->school, i->problem));
}

/* Its day. False: left out. */
static bool parse_date(importer *i, mark_import *all, size_t column, day *on, int *year) {
  slice date = csv_cell(i->reader, &i->row, column);
  known_date *known = date.length == ISO_LENGTH ? find_date(all, date.at) : NULL;
  if (known && known->on != DAY_NONE && memcmp(known->text, date.at, ISO_LENGTH) == 0) {
    *on = known->on;
    *year = known->year;
    return true;
  }
  if (!import_date(i, column, on)) return false;
  if (*on == DAY_NONE) return import_leave_out(i, LEFT_NOT_A_DATE, "the date is missing");
  *year = date_academic_year(*on);
  if (known) {
    memcpy(known->text, date.at, ISO_LENGTH);
    known->on = *on;
    known->year = *year;
  }
  return true;
}

/* A row of a mark. False: left out, or failed. */
static bool parse(importer *i, mark_import *all, mark_row *out) {
  char shown[LEFT_SHOWN];
  if (!parse_pupil(i, all, out)) return false;
  if (!parse_date(i, all, MARKS_DATE, &out->on, &out->year)) return false;
  slice half_name = csv_cell(i->reader, &i->row, MARKS_SESSION);
  int half;
  if (!half_parse(half_name, &half))
    return import_leave_out(i, LEFT_SESSION, "session neither AM nor PM: \"%s\"",
                            left_out_shown(half_name, shown));
  out->at = session_of(out->on, half);
  if (!read_code(i, all, csv_cell(i->reader, &i->row, MARKS_CODE), out)) return false;
  out->entry = roll_on(out->school->roll, out->newest, out->on);
  if (out->mark && all->has_details) parse_detail(i, out);
  return true;
}

/* "A123456789012, 2025-09-08 AM" */
enum { NAMED = LEFT_SHOWN + DATE_TEXT + 8 };
static const char *name_mark(const mark_row *m, char out[NAMED]) {
  char shown[LEFT_SHOWN], date[DATE_TEXT];
  slice who = roll_upn(m->school->roll, m->entry);
  if (who.length == 0) who = roll_number(m->school->roll, m->entry);
  date_format(m->on, date);
  (void)snprintf(out, NAMED, "%s, %s %s", left_out_shown(who, shown), date,
                 session_half_name(m->at));
  return out;
}

static const char *code_text(const importer *i, mark m) {
  return store_codes(i->store)->of[m].text;
}

/* Let the short way begin where this row was. */
static void keep_before(const importer *i, mark_import *all, const mark_row *m, sheet_year *year) {
  slice school = csv_cell(i->reader, &i->row, MARKS_SCHOOL);
  bool fits = school.length <= sizeof all->school_text && all->cell[MARKS_UPN] != SIZE_MAX;
  all->sheets_before = fits ? year : NULL;
  if (!all->sheets_before) return;
  if (school.length) memcpy(all->school_text, school.at, school.length);
  all->school_length = school.length;
  if (all->before.school == m->school && all->before.newest != m->newest)
    m->school->roll->entries[all->before.newest].follower = m->newest + 1;
  all->before = *m;
}

/* False: left out, or failed. */
static bool take(importer *i, mark_import *all, const mark_row *m) {
  import_report *r = i->report;
  mark_school *school = m->school;
  size_t line = i->row.line;
  char named[NAMED], date[DATE_TEXT];
  if (i->options->today != DAY_NONE && m->on > i->options->today) {
    if (!m->mark) return r->no_mark++, true;
    date_format(m->on, date);
    return import_leave_out(i, LEFT_AFTER_TODAY, "dated after today: %s", date);
  }
  if (!school->planned[m->year - FIRST_YEAR]) {
    date_format(date_academic_start(m->year), date);
    return import_leave_out(
        i, LEFT_NO_CALENDAR,
        "no calendar of %s for the school year from %s: add the year to waymark.lua",
        i->schools->list[m->index].key, date);
  }
  bool real = m->mark && mark_class_of(m->mark) != CLASS_ADMINISTRATIVE;
  school->real += real;
  if (!is_open(school, m->at)) {
    if (real) { /* of a planned year, so it is one of its days */
      if (!school->misplaced && !(school->misplaced = mem_new(school->count, sizeof(uint32_t))))
        return import_ok(i, problem_no_memory(i->problem));
      school->misplaced[m->on - school->first]++;
      return import_leave_out(i, LEFT_CLOSED_DAY, "%s: %s, but the school is closed then",
                              name_mark(m, named), code_text(i, m->mark));
    }
    *(m->mark ? &r->agreed : &r->no_mark) += 1;
    import_note_row(i, m->index, DAY_NONE);
    return true;
  }

  sheet_year *year = NULL;
  sheet_before stood = {0};
  status s = sheets_year(all->sheets, school->roll, m->year, &year, i->problem);
  if (!s) s = sheet_set(year, m->at, m->entry, m->mark, &stood, i->problem);
  if (!import_ok(i, s)) return false;
  if (m->mark ||
      all->shape == SHAPE_LONG) { /* a blank cell says no more than that there is a column */
    import_note_row(i, m->index, m->on);
    if (m->at < school->from) school->from = m->at;
    if (m->at > school->to) school->to = m->at;
  }
  if (all->shape == SHAPE_LONG) keep_before(i, all, m, year);

  if (!m->mark) {
    if (stood.mark) {
      r->cleared++;
      examples_add(&r->clears, line, "%s: %s", name_mark(m, named), code_text(i, stood.mark));
    } else {
      r->no_mark++;
    }
    return true;
  }
  int right = all->half_of[m->mark];
  if (right != EITHER_HALF && right != session_half(m->at))
    import_warn(i, WARN_WRONG_HALF, line, "%s: %s", name_mark(m, named), code_text(i, m->mark));
  if (!is_there(&school->roll->entries[m->entry], m->on))
    import_warn(i, WARN_OUTSIDE, line, "%s: %s", name_mark(m, named), code_text(i, m->mark));
  const mark_detail *detail = &m->detail;
  if (detail->minutes || detail->sub_code.length || detail->comment.length) {
    bool changed;
    if (!import_ok(i, detail_put(i->db, school->roll->entries[m->entry].enrolment, m->at, detail,
                                 &all->from, &changed, i->problem)))
      return false;
    r->details += changed;
  }
  r->repeated += stood.again;
  if (stood.again && stood.mark != m->mark)
    examples_add(&r->repeats, line, "%s: %s, then %s", name_mark(m, named),
                 code_text(i, stood.mark), code_text(i, m->mark));
  return true;
}

/* The short way -------------------------------------------------------------- */

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

/* Whether the reading says what a text means. */
static bool is_odd(const importer *i, slice text) {
  const reading *said = i->options->reading;
  slice means;
  return find_odd(said->marks, said->mark_count, text, &means) ||
         find_odd(said->sub_codes, said->sub_code_count, text, &means);
}

/* A row goes this way when it names the school of the row before (in the same letters)
 * in the same academic year; a pupil by UPN, in capitals, within the dates of the newest
 * enrolment; a date met before; AM or PM; a code in force and right in that half; an
 * open session between those that came already, so that it is not after today and moves
 * no dates of the report; nothing beside the code; and a sheet in memory on which the mark was not
 * set yet. False: take it the other way; nothing was done, but for guesses.
 *
 * A pupil and a date are those of the row before, else those that followed them last
 * time, else found by hash. */
static bool take_plain(const importer *i, mark_import *all) {
  const slice *cells = i->row.cells;
  if (!all->sheets_before) return false;
  if (all->cell[MARKS_SCHOOL] != SIZE_MAX) {
    slice cell = cells[all->cell[MARKS_SCHOOL]];
    if (cell.length != all->school_length || !same(cell.at, all->school_text, cell.length))
      return false;
  }
  mark_school *school = all->before.school;
  roll *r = school->roll;

  slice cell = cells[all->cell[MARKS_DATE]];
  known_date *last = all->date_before, *date = last;
  if (cell.length != ISO_LENGTH) return false;
  if (!last || !is_date(last, cell.at)) {
    if (last) date = &all->dates[last->follower];
    if (!last || !is_date(date, cell.at)) date = find_date(all, cell.at);
    if (date->on == DAY_NONE || !is_date(date, cell.at)) return false;
    if (last) last->follower = (uint16_t)(date - all->dates);
    all->date_before = date;
  }
  if (date->year != all->before.year) return false;

  cell = cells[all->cell[MARKS_UPN]];
  uint32_t entry = all->before.newest;
  if (cell.length == 0) return false;
  if (!is_upn_of(r, entry, cell)) {
    uint32_t *follower = &r->entries[entry].follower; /* and one; 0: nobody yet */
    entry = *follower - 1;
    if (*follower == 0 || !is_upn_of(r, entry, cell)) entry = roll_find_upn(r, cell);
    if (entry == ROLL_NONE) return false;
    *follower = entry + 1;
    all->before.newest = entry;
  }
  if (!is_there(&r->entries[entry], date->on)) return false;

  cell = cells[all->cell[MARKS_SESSION]];
  if (cell.length != 2 || cell.at[1] != 'M' || (cell.at[0] != 'A' && cell.at[0] != 'P'))
    return false;
  int half = cell.at[0] == 'P' ? HALF_PM : HALF_AM;
  session at = session_of(date->on, half);
  if (at < school->from || at > school->to || !is_open(school, at)) return false;

  for (int k = MARKS_MINUTES; all->has_details && k <= MARKS_COMMENT; k++) {
    if (all->cell[k] == SIZE_MAX) continue;
    cell = cells[all->cell[k]];
    if (cell.length && (k != MARKS_MINUTES || !slice_is(cell, "0"))) return false;
  }

  cell = cells[all->cell[MARKS_CODE]];
  if (cell.length - 1 > 1) return false; /* neither one nor two characters */
  if (all->has_odd && is_odd(i, cell)) return false;
  mark m = all->first_of[text_index(cell.at, cell.length)];
  if (!m || !in_force(&store_codes(i->store)->of[m], date->on) ||
      mark_class_of(m) == CLASS_ADMINISTRATIVE ||
      (all->half_of[m] != EITHER_HALF && all->half_of[m] != half) ||
      !sheet_set_plain(all->sheets_before, at, entry, m))
    return false;
  school->real++;
  return true;
}

/* Other shapes ----------------------------------------------------------------- */

/* Leave out the mark at hand, or all of the record: in the long form, each with its date, so that
 * they can be put right. Of a record without any mark one is written all the same; a string as a
 * whole stays one, since nobody knows whether its places are the days that they seem to be. */
static size_t leave_out_cells(importer *i, char words[EXAMPLE_WORDS]) {
  mark_import *all = i->state;
  const mark_cell *from = all->cell_at_hand ? all->cell_at_hand : all->cells;
  const mark_cell *to = all->cell_at_hand ? from + 1 : from + all->cell_count;
  char date[DATE_TEXT], shown[LEFT_SHOWN];
  size_t count = 0, length = strlen(words);
  mark_cell string = {.at = SESSION_NONE,
                      .date = csv_cell(i->reader, &i->row, MARKS_START),
                      .text = csv_cell(i->reader, &i->row, MARKS_STRING)};
  bool is_string = all->shape == SHAPE_STRING && !all->cell_at_hand;
  if (is_string) from = &string, to = from + 1;
  if (all->cell_at_hand && from->heading.length)
    (void)snprintf(words + length, EXAMPLE_WORDS - length, " (column \"%s\")",
                   left_out_shown(from->heading, shown));
  words[text_utf8_prefix(slice_of(words))] = '\0'; /* not half a character */
  bool any = false;
  for (const mark_cell *c = from; c < to; c++) any = any || c->text.length;
  for (const mark_cell *c = from; c < to && !i->failed; c++) {
    if (any ? c->text.length == 0 : c > from) {
      i->report->no_mark++;
      continue;
    }
    slice cells[MARKS_NUMBER + 1];
    size_t n = 0;
    if (csv_has(i->reader, MARKS_SCHOOL)) cells[n++] = csv_cell(i->reader, &i->row, MARKS_SCHOOL);
    cells[n++] = csv_cell(i->reader, &i->row, MARKS_UPN);
    if (csv_has(i->reader, MARKS_NUMBER)) cells[n++] = csv_cell(i->reader, &i->row, MARKS_NUMBER);
    bool is_dated = c->at != SESSION_NONE;
    if (is_dated) date_format(session_day(c->at), date);
    cells[n++] = is_dated ? slice_of(date) : c->date;
    cells[n++] = is_dated ? slice_of(session_half_name(c->at)) : c->heading;
    cells[n++] = c->text;
    csv_row row = {.line = i->row.line, .cells = cells, .count = n};
    (void)import_ok(i, left_out_add(i->left, &row, words, i->problem));
    count++;
  }
  return is_string && all->cell_count ? all->cell_count : count;
}

static bool add_cell(importer *i, mark_import *all, const mark_cell *what) {
  if (!import_ok(i, array_grow(&all->cells, all->cell_count, &all->cell_room, sizeof *all->cells,
                               i->problem)))
    return false;
  all->cells[all->cell_count++] = *what;
  return true;
}

/* How the marks of a string that begins on `start` lie on the school's calendar. */
typedef struct string_fit {
  size_t closed; /* real marks while it is closed, or after the school year's end */
  size_t open;   /* marks that say it is closed while it is open and the pupil on roll */
  session at;    /* the first of the former */
} string_fit;

static string_fit fit_string(const importer *i, const mark_import *all, const mark_row *m,
                             slice text, day start, bool weekends) {
  string_fit fit = {0, 0, SESSION_NONE};
  session end = session_of(date_academic_start(date_academic_year(start) + 1), HALF_AM);
  for (size_t k = 0; k < text.length; k++) {
    session at = shape_place(start, weekends, k);
    slice means = {text.at + k, 1};
    const reading *said = i->options->reading;
    if (said && find_odd(said->marks, said->mark_count, means, &means) && !means.length) continue;
    mark found = means.length == 1 ? all->first_of[text_index(means.at, 1)] : MARK_NONE;
    if (!found) continue;
    bool real = mark_class_of(found) != CLASS_ADMINISTRATIVE, open = is_open(m->school, at);
    uint32_t entry = roll_on(m->school->roll, m->newest, session_day(at));
    fit.open += !real && open && is_there(&m->school->roll->entries[entry], session_day(at));
    if (real && (!open || at >= end) && fit.closed++ == 0) fit.at = at;
  }
  return fit;
}

/* False: the record is left out, for its marks do not fit the calendar. */
static bool check_string(importer *i, const mark_import *all, const mark_row *m, slice text,
                         day start, bool weekends) {
  string_fit fit = fit_string(i, all, m, text, start, weekends);
  string_fit other = fit_string(i, all, m, text, start, !weekends);
  bool better =
      other.closed == 0 && other.open <= fit.open && (fit.closed || other.open < fit.open);
  if (fit.closed == 0 && !better) return true;
  char date[DATE_ENGLISH];
  const char *key = i->schools->list[m->index].key;
  const char *hint = !better    ? "look at its first day, and at the calendar"
                     : weekends ? "they do if Saturdays and Sundays take no places in it"
                                : "they do if Saturdays and Sundays take places in it";
  if (fit.closed == 0)
    return import_leave_out(i, LEFT_CALENDAR,
                            "the marks do not fit the calendar of %s: %zu say that it is closed"
                            " when it is open; %s",
                            key, fit.open, hint);
  date_english(session_day(fit.at), date);
  return import_leave_out(i, LEFT_CALENDAR,
                          "the marks do not fit the calendar of %s, which is closed on %s and"
                          " has a mark then; %s",
                          key, date, hint);
}

/* The marks of a record, as far as they can be told without the pupil. False: left out, or
 * failed. */
static bool find_cells(importer *i, mark_import *all, day *start) {
  const reading *said = i->options->reading;
  const slice *cells = i->row.cells;
  size_t count;
  const slice *headings = csv_headings(i->reader, &count);
  all->cell_count = 0;
  all->cell_at_hand = NULL;
  for (size_t k = 0; k < all->column_count; k++) {
    const shape_column *c = &all->columns[k];
    mark_cell cell = {.at = c->at, .text = cells[c->column], .heading = headings[c->column]};
    if (!add_cell(i, all, &cell)) return false;
  }
  if (all->shape == SHAPE_GRID) return true;
  bool is_string = all->shape == SHAPE_STRING;
  size_t dated = is_string ? MARKS_START : MARKS_DATE;
  mark_cell cell = {.at = SESSION_NONE, .date = csv_cell(i->reader, &i->row, dated)};
  for (int half = 0; half < 2; half++) {
    size_t at = all->cell[is_string ? MARKS_STRING : half ? MARKS_PM : MARKS_AM];
    if (at == SIZE_MAX || (is_string && half)) continue;
    cell.text = cells[at];
    cell.heading = is_string ? (slice){"", 0} : slice_of(session_half_name(half));
    if (!add_cell(i, all, &cell)) return false;
  }
  int year;
  if (is_string) all->cell_count = 0;
  *start = said && is_string && cell.date.length == 0 ? said->starts : DAY_NONE;
  if (*start == DAY_NONE && !parse_date(i, all, dated, start, &year)) return false;
  slice text = cell.text;
  for (size_t k = 0; is_string && k < text.length; k++) {
    session at = shape_place(*start, said && said->weekends, k);
    cell = (mark_cell){.at = at, .text = {text.at + k, 1}};
    if (session_day(at) <= DATE_LAST && !add_cell(i, all, &cell)) return false;
  }
  for (size_t k = 0; !is_string && k < all->cell_count; k++)
    all->cells[k].at = session_of(*start, slice_is(all->cells[k].heading, "PM"));
  return true;
}

/* A mark of a record in a cell of its own. */
static void take_cell(importer *i, mark_import *all, const mark_row *whose, const mark_cell *cell) {
  mark_row m = *whose;
  m.at = cell->at;
  m.on = session_day(cell->at);
  m.year = date_academic_year(m.on);
  m.entry = roll_on(m.school->roll, m.newest, m.on);
  all->cell_at_hand = cell;
  if (read_code(i, all, cell->text, &m)) (void)take(i, all, &m);
}

/* The short way of a cell, as take_plain is that of a row. `year`: the sheets of its year. */
static bool take_cell_plain(importer *i, mark_import *all, const mark_row *whose,
                            const mark_cell *cell, sheet_year *year) {
  mark_school *school = whose->school;
  day on = session_day(cell->at);
  if (cell->text.length - 1 > 1) return false;
  mark m = all->first_of[text_index(cell->text.at, cell->text.length)];
  if (!m || all->has_odd || !is_there(&school->roll->entries[whose->newest], on) ||
      cell->at < school->from || cell->at > school->to || !is_open(school, cell->at) ||
      !in_force(&store_codes(i->store)->of[m], on) || mark_class_of(m) == CLASS_ADMINISTRATIVE ||
      (all->half_of[m] != EITHER_HALF && all->half_of[m] != session_half(cell->at)) ||
      !sheet_set_plain(year, cell->at, whose->newest, m))
    return false;
  school->real++;
  return true;
}

/* A record of several marks: each is taken, or left out, by itself. */
static void take_record(importer *i, mark_import *all) {
  mark_row whose;
  day start = DAY_NONE;
  sheet_year *year = NULL;
  int of_year = INT32_MIN;
  bool whole = find_cells(i, all, &start);
  if (all->cell_count) i->report->rows += all->cell_count - 1;
  if (!whole || !parse_pupil(i, all, &whose)) return;
  if (all->cell_count == 0) { /* an empty string */
    i->report->no_mark++;
    return;
  }
  if (all->shape == SHAPE_STRING &&
      !check_string(i, all, &whose, csv_cell(i->reader, &i->row, MARKS_STRING), start,
                    i->options->reading && i->options->reading->weekends))
    return;
  for (size_t k = 0; k < all->cell_count && !i->failed; k++) {
    const mark_cell *cell = &all->cells[k];
    int its = date_academic_year(session_day(cell->at));
    if (its != of_year && whose.school->planned[its - FIRST_YEAR]) {
      if (!import_ok(i, sheets_year(all->sheets, whose.school->roll, its, &year, i->problem)))
        return;
      of_year = its;
    }
    if (its != of_year || !take_cell_plain(i, all, &whose, cell, year))
      take_cell(i, all, &whose, cell);
  }
}

/* The shape of the file, and whether it has what that needs. */
static bool find_shape(importer *i, mark_import *all) {
  const import_options *o = i->options;
  const reading *said = o->reading;
  size_t count;
  const slice *headings = csv_headings(i->reader, &count);
  bool *taken = mem_new(count, sizeof *taken);
  if (!taken) return import_ok(i, problem_no_memory(i->problem));
  for (size_t k = 0; k < count; k++) taken[k] = !csv_is_further(i->reader, k);
  enum shape shape = said ? said->shape : SHAPE_FOUND;
  bool has[MARKS_COLUMNS];
  for (size_t k = 0; k < MARKS_COLUMNS; k++) has[k] = all->cell[k] != SIZE_MAX;
  if (shape == SHAPE_FOUND && has[MARKS_DATE])
    shape = !has[MARKS_CODE] && (has[MARKS_AM] || has[MARKS_PM]) ? SHAPE_DAILY : SHAPE_LONG;
  if (shape == SHAPE_FOUND && has[MARKS_STRING]) shape = SHAPE_STRING;
  if (shape == SHAPE_FOUND || shape == SHAPE_GRID) {
    day today = o->today != DAY_NONE ? o->today : (day)(o->at / 86400);
    status s = shape_columns(headings, taken, count, said ? said->dates : DATES_FOUND, today,
                             &all->columns, &all->column_count, i->problem);
    if (!import_ok(i, s)) {
      mem_free(taken);
      return false;
    }
    for (size_t k = 0; k < all->column_count; k++) taken[all->columns[k].column] = true;
    if (all->column_count) shape = SHAPE_GRID;
  }
  const char *remedy =
      "a row a mark needs the headings upn,date,session,code; a row a day upn,date,"
      "am,pm; a row a pupil upn and a heading a half day, like \"2025-09-08 AM\""
      " (admission_number will do for upn)";
  bool fits = shape == SHAPE_GRID    ? all->column_count > 0
              : shape == SHAPE_DAILY ? has[MARKS_DATE] && (has[MARKS_AM] || has[MARKS_PM])
              : shape == SHAPE_STRING
                  ? has[MARKS_STRING] && (has[MARKS_START] || (said && said->starts != DAY_NONE))
                  : true;
  status s = STATUS_OK;
  if (shape == SHAPE_FOUND && shape_is_totals(headings, count))
    s = problem_set(i->problem, STATUS_SYNTAX, remedy,
                    "%s has totals of half days a pupil, and no marks", csv_name(i->reader));
  else if (!fits)
    s = problem_set(i->problem, STATUS_SYNTAX,
                    shape == SHAPE_STRING ? "it needs the headings upn,start,marks" : remedy,
                    "%s is no file of marks in the form \"%s\"", csv_name(i->reader),
                    shape_name(shape));
  if (shape == SHAPE_FOUND) shape = SHAPE_LONG;
  for (int k = MARKS_DATE; !s && k <= MARKS_CODE; k++)
    if (shape == SHAPE_LONG || (shape == SHAPE_DAILY && k == MARKS_DATE))
      i->columns[k].need = CSV_MUST;
  if (!s) s = csv_missing(i->reader, i->problem);
  /* the headings of sessions are used */
  import_report *r = i->report;
  size_t kept = 0, at = 0;
  for (size_t k = 0; !s && k < count; k++) {
    if (!csv_is_further(i->reader, k) || headings[k].length == 0) continue;
    if (taken[k])
      mem_free(r->ignored[at]);
    else
      r->ignored[kept++] = r->ignored[at];
    at++;
  }
  if (!s) r->ignored_count = kept;
  mem_free(taken);
  all->shape = shape;
  r->shape = shape_name(shape);
  if (!s && shape != SHAPE_LONG) {
    static const char *const names[] = {"school", "upn",     "admission_number",
                                        "date",   "session", "code"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
      bool is_used = (k != 0 || has[MARKS_SCHOOL]) && (k != 2 || has[MARKS_NUMBER]);
      if (is_used) all->headings[all->heading_count++] = slice_of(names[k]);
    }
    left_out_headings(i->left, all->headings, all->heading_count);
    i->state = all;
    i->leave_out_parts = leave_out_cells;
  }
  return import_ok(i, s);
}

/* The import ----------------------------------------------------------------- */

/* What was set and which marks it replaced, the most frequent first; calendars that
 * look wrong. */
static status report(importer *i, mark_import *all, problem *p) {
  import_report *r = i->report;
  const sheet_totals *totals = sheets_count(all->sheets);
  size_t room = 0;
  r->added = totals->added;
  r->unchanged = totals->unchanged;
  r->changed = totals->changed;
  r->sessions = totals->sessions;
  for (unsigned was = 0; was < MARK_VALUES; was++)
    for (unsigned now = 0; now < MARK_VALUES; now++) {
      size_t count = totals->pairs[was][now], k = r->pair_count;
      if (!count) continue;
      status s = array_grow(&r->pairs, k, &room, sizeof *r->pairs, p);
      if (s) return s;
      for (; k > 0 && r->pairs[k - 1].count < count; k--) r->pairs[k] = r->pairs[k - 1];
      r->pairs[k] = (import_pair){(mark)was, (mark)now, count};
      r->pair_count++;
    }
  for (size_t k = 0; k < i->roll_count; k++) {
    const mark_school *school = &all->schools[k];
    size_t sum = 0, most = 0;
    char date[DATE_ENGLISH];
    for (size_t n = 0; school->misplaced && n < school->count; n++) {
      sum += school->misplaced[n];
      if (school->misplaced[n] > school->misplaced[most]) most = n;
    }
    if (sum < ODD_AT_LEAST || sum <= school->real / ODD_ONE_IN) continue;
    date_english(school->first + (day)most, date);
    import_warn(i, WARN_CALENDAR_WRONG, 0,
                "%.80s: %zu of %zu marks fall on days that its calendar has closed, most of them"
                " (%u) on %s",
                i->schools->list[k].name, sum, school->real, school->misplaced[most], date);
  }
  return STATUS_OK;
}

static status run(importer *i) {
  const import_options *o = i->options;
  const code_set *codes = store_codes(i->store);
  mark_import *all = mem_new(1, sizeof *all);
  if (all) all->schools = mem_new(i->roll_count, sizeof *all->schools);
  if (!all || !all->schools) {
    mem_free(all);
    (void)import_ok(i, problem_no_memory(i->problem));
    return i->failed;
  }
  for (size_t k = 0; k < KNOWN_DATES; k++) all->dates[k].on = DAY_NONE;
  for (size_t k = 0; k < MARKS_COLUMNS; k++) all->cell[k] = csv_place(i->reader, k);
  for (int k = MARKS_MINUTES; k <= MARKS_COMMENT; k++)
    all->has_details = all->has_details || all->cell[k] != SIZE_MAX;
  all->has_odd = o->reading && o->reading->mark_count + o->reading->sub_code_count;
  all->has_details = all->has_details || (o->reading && o->reading->sub_code_count);
  all->from = (sheet_source){.at = o->at, .by = o->by};
  if (all->has_details) (void)import_number(i, &all->from.import);
  for (unsigned m = MARK_VALUES; m-- > 1;) {
    const char *text = codes->of[m].text;
    all->half_of[m] = EITHER_HALF;
    if (!text[0]) continue;
    mark *first = &all->first_of[text_index(text, strlen(text))];
    all->next_of[m] = *first;
    *first = (mark)m;
    if (o->am_code && strcmp(text, o->am_code) == 0) all->half_of[m] = HALF_AM;
    if (o->pm_code && strcmp(text, o->pm_code) == 0) all->half_of[m] = HALF_PM;
  }
  size_t memory = o->memory ? o->memory : SHEETS_MEMORY;
  (void)import_ok(i, sheets_new(i->db, memory, &all->sheets, i->problem));
  if (!i->failed) (void)find_shape(i, all);
  while (!i->failed && import_next_row(i)) {
    mark_row m;
    if (all->shape == SHAPE_LONG) {
      if (!take_plain(i, all) && import_is_record(i) && parse(i, all, &m)) (void)take(i, all, &m);
    } else if (csv_is_record(i->reader, &i->row)) {
      take_record(i, all);
    } else {
      (void)import_is_record(i); /* passed over */
    }
  }
  if (!i->failed) (void)import_ok(i, report(i, all, i->problem));
  if (import_record(i)) {
    assert(!all->has_details || all->from.import == i->import);
    all->from.import = i->import;
    (void)import_ok(i, sheets_write(all->sheets, &all->from, i->problem));
  }
  for (size_t k = 0; k < i->roll_count && !i->failed; k++) {
    const mark_school *school = &all->schools[k];
    if (!school->roll || school->from > school->to) continue;
    statement *add = db_statement(i->db,
                                  "INSERT INTO coverage (import, school, first_session,"
                                  " last_session) VALUES (?, ?, ?, ?)",
                                  i->problem);
    if (!import_ok(i, add ? STATUS_OK : STATUS_FAULT)) break;
    db_bind_int(add, 1, i->import);
    db_bind_int(add, 2, school->roll->school);
    db_bind_int(add, 3, school->from);
    db_bind_int(add, 4, school->to);
    (void)import_ok(i, db_run(add, i->problem));
  }
  for (size_t k = 0; k < i->roll_count; k++) {
    mem_free(all->schools[k].days);
    mem_free(all->schools[k].misplaced);
  }
  mem_free(all->schools);
  mem_free(all->columns);
  mem_free(all->cells);
  sheets_free(all->sheets);
  mem_free(all);
  i->state = NULL; /* the rest is left out as it comes */
  i->leave_out_parts = NULL;
  return i->failed;
}

const import_handler import_marks = {"marks", columns, MARKS_COLUMNS, run};
