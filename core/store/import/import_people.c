/* import_people: schools and pupils; see import.h. */
#include <string.h>

#include "store/import/import_inner.h"

/* Schools -------------------------------------------------------------------- */

enum { SCHOOL_KEY, SCHOOL_NAME, SCHOOL_PHASE, SCHOOL_LA, SCHOOL_COLUMNS };
static const csv_column school_columns[SCHOOL_COLUMNS] = {
    [SCHOOL_KEY] = {"school", true},
    [SCHOOL_NAME] = {"name", true},
    [SCHOOL_PHASE] = {"phase", false},
    [SCHOOL_LA] = {"la", false},
};

static void count_change(import_report *r, enum people_change change) {
  r->added += change == PEOPLE_ADDED;
  r->unchanged += change == PEOPLE_UNCHANGED;
  r->changed += change == PEOPLE_CHANGED;
}

static status school_row(importer *i, const csv_row *row, problem *p) {
  school_record school = {.key = csv_cell(i->reader, row, SCHOOL_KEY),
                          .name = csv_cell(i->reader, row, SCHOOL_NAME),
                          .phase = csv_cell(i->reader, row, SCHOOL_PHASE),
                          .la = csv_cell(i->reader, row, SCHOOL_LA),
                          .has_phase = csv_has(i->reader, SCHOOL_PHASE),
                          .has_la = csv_has(i->reader, SCHOOL_LA)};
  if (school.key.length == 0)
    return import_leave_out(i, row, LEFT_NO_SCHOOL, p, "the school is missing");
  enum people_change change;
  status s = people_put_school(i->people, &school, &change, p);
  if (!s) count_change(i->report, change);
  i->report->schools = i->report->rows - i->report->left_out;
  return s;
}

const import_ops import_schools = {
    .name = "schools",
    .columns = school_columns,
    .column_count = SCHOOL_COLUMNS,
    .row = school_row,
};

/* Pupils --------------------------------------------------------------------- */

enum {
  PUPIL_SCHOOL = COLUMN_SCHOOL,
  PUPIL_UPN,
  PUPIL_SURNAME,
  PUPIL_FORENAME,
  PUPIL_DOB,
  PUPIL_YEAR,
  PUPIL_FORM,
  PUPIL_SEX,
  PUPIL_SEN,
  PUPIL_FSM,
  PUPIL_NUMBER,
  PUPIL_JOINED,
  PUPIL_LEFT,
  PUPIL_COLUMNS
};
static const csv_column pupil_columns[PUPIL_COLUMNS] = {
    [PUPIL_SCHOOL] = {"school", false},
    [PUPIL_UPN] = {"upn", true},
    [PUPIL_SURNAME] = {"surname", true},
    [PUPIL_FORENAME] = {"forename", true},
    [PUPIL_DOB] = {"dob", false},
    [PUPIL_YEAR] = {"year", false},
    [PUPIL_FORM] = {"form", false},
    [PUPIL_SEX] = {"sex", false},
    [PUPIL_SEN] = {"sen", false},
    [PUPIL_FSM] = {"fsm", false},
    [PUPIL_NUMBER] = {"admission_number", false},
    [PUPIL_JOINED] = {"joined", false},
    [PUPIL_LEFT] = {"left", false},
};

/* Further columns, in the order of their headings, and the JSON of one row. */
typedef struct pupil_import {
  size_t *further; /* [count]: places in the file */
  size_t count;
  buffer groups;
} pupil_import;

static int compare_text(slice a, slice b) {
  size_t n = a.length < b.length ? a.length : b.length;
  int order = n ? memcmp(a.at, b.at, n) : 0;
  return order ? order : (a.length > b.length) - (a.length < b.length);
}

static status find_further(importer *i, pupil_import *own, problem *p) {
  size_t headings;
  const slice *heading = csv_headings(i->reader, &headings);
  own->further = mem_new(headings, sizeof *own->further);
  if (!own->further) return problem_no_memory(p);
  for (size_t k = 0; k < headings; k++) {
    if (!csv_is_further(i->reader, k) || heading[k].length == 0) continue;
    size_t at = own->count++;
    for (; at > 0 && compare_text(heading[own->further[at - 1]], heading[k]) > 0; at--)
      own->further[at] = own->further[at - 1];
    own->further[at] = k;
  }
  return STATUS_OK;
}

static void warn_missing_column(importer *i, size_t column, const char *so) {
  if (!csv_has(i->reader, column))
    import_warn(i, WARN_NO_COLUMN, 0, "no column \"%s\": %s", pupil_columns[column].name, so);
}

static status begin_pupils(importer *i, problem *p) {
  pupil_import *own = mem_new(1, sizeof *own);
  if (!own) return problem_no_memory(p);
  i->own = own;
  warn_missing_column(i, PUPIL_DOB,
                      "a pupil without a date of birth counts as of compulsory school age");
  warn_missing_column(i, PUPIL_YEAR, "the pupils have no year group");
  return find_further(i, own, p);
}

static void end_pupils(importer *i) {
  pupil_import *own = i->own;
  mem_free(own->further);
  buffer_free(&own->groups);
  mem_free(own);
}

static void add_json_text(buffer *to, slice text) {
  buffer_add_char(to, '"');
  for (size_t k = 0; k < text.length; k++) {
    char c = text.at[k];
    if (c == '"' || c == '\\') {
      buffer_add_char(to, '\\');
      buffer_add_char(to, c);
    } else if ((unsigned char)c < 0x20) {
      buffer_printf(to, "\\u%04x", (unsigned)c);
    } else {
      buffer_add_char(to, c);
    }
  }
  buffer_add_char(to, '"');
}

/* Empty cells put a pupil into no group. */
static slice groups_of(importer *i, const csv_row *row) {
  pupil_import *own = i->own;
  size_t headings;
  const slice *heading = csv_headings(i->reader, &headings);
  buffer_clear(&own->groups);
  buffer_add_char(&own->groups, '{');
  for (size_t k = 0; k < own->count; k++) {
    slice cell = row->cells[own->further[k]];
    if (cell.length == 0) continue;
    if (own->groups.length > 1) buffer_add_char(&own->groups, ',');
    add_json_text(&own->groups, heading[own->further[k]]);
    buffer_add_char(&own->groups, ':');
    add_json_text(&own->groups, cell);
  }
  buffer_add_char(&own->groups, '}');
  return (slice){own->groups.bytes, own->groups.length};
}

static pupil_record record_of(importer *i, const csv_row *row) {
  const csv_reader *r = i->reader;
  const pupil_import *own = i->own;
  return (pupil_record){.surname = csv_cell(r, row, PUPIL_SURNAME),
                        .forename = csv_cell(r, row, PUPIL_FORENAME),
                        .sex = csv_cell(r, row, PUPIL_SEX),
                        .year = csv_cell(r, row, PUPIL_YEAR),
                        .form = csv_cell(r, row, PUPIL_FORM),
                        .admission_number = csv_cell(r, row, PUPIL_NUMBER),
                        .sen = csv_cell(r, row, PUPIL_SEN),
                        .fsm = csv_cell(r, row, PUPIL_FSM),
                        .groups = groups_of(i, row),
                        .has_sex = csv_has(r, PUPIL_SEX),
                        .has_year = csv_has(r, PUPIL_YEAR),
                        .has_form = csv_has(r, PUPIL_FORM),
                        .has_number = csv_has(r, PUPIL_NUMBER),
                        .has_sen = csv_has(r, PUPIL_SEN),
                        .has_fsm = csv_has(r, PUPIL_FSM),
                        .has_joined = csv_has(r, PUPIL_JOINED),
                        .has_left = csv_has(r, PUPIL_LEFT),
                        .has_groups = own->count > 0};
}

static status read_dates(importer *i, const csv_row *row, pupil_record *r, bool *found,
                         problem *p) {
  status s = import_date(i, row, csv_cell(i->reader, row, PUPIL_DOB), &r->dob, found, p);
  if (!s && *found)
    s = import_date(i, row, csv_cell(i->reader, row, PUPIL_JOINED), &r->joined, found, p);
  if (!s && *found)
    s = import_date(i, row, csv_cell(i->reader, row, PUPIL_LEFT), &r->left, found, p);
  if (s || !*found || r->joined == DAY_NONE || r->left == DAY_NONE || r->joined <= r->left)
    return s;
  *found = false;
  return import_leave_out(i, row, LEFT_DATES_ORDER, p, "the pupil left before joining");
}

/* A name in a warning helps to find the row; UPNs alone do not. */
static void warn_upn(importer *i, const csv_row *row, slice upn) {
  char shown[LEFT_SHOWN];
  bool letter = false;
  if (upn.length == 0) return;
  if (!people_upn_form(upn, &letter))
    import_warn(i, WARN_UPN_FORM, row->line, "\"%s\"", left_out_shown(upn, shown));
  else if (!letter)
    import_warn(i, WARN_UPN_LETTER, row->line, "\"%s\"", left_out_shown(upn, shown));
}

static void warn_number(importer *i, const csv_row *row, const roll *r, const pupil_record *what) {
  char shown[LEFT_SHOWN];
  uint32_t other = roll_find_number(r, what->admission_number);
  if (other == ROLL_NONE || what->upn.length == 0 || r->entries[other].upn_length == 0) return;
  if (!slice_equal(roll_upn(r, other), what->upn))
    import_warn(i, WARN_NUMBER_SHARED, row->line, "admission number \"%s\"",
                left_out_shown(what->admission_number, shown));
}

static status take_pupil(importer *i, const csv_row *row, size_t school, const pupil_record *what,
                         problem *p) {
  char shown[LEFT_SHOWN];
  roll *r;
  uint32_t entry;
  status s = people_roll(i->people, school, &r, p);
  if (s) return s;
  warn_upn(i, row, what->upn);
  warn_number(i, row, r, what);
  s = people_put_pupil(i->people, school, what, &entry, p);
  if (s) return s;
  size_t *line = &r->entries[entry].line;
  slice who = what->upn.length ? what->upn : what->admission_number;
  if (*line)
    import_warn(i, WARN_TWICE, row->line, "\"%s\", first in line %zu", left_out_shown(who, shown),
                *line);
  i->report->repeated += *line > 0;
  *line = row->line;
  import_took(i, school, DAY_NONE);
  return STATUS_OK;
}

static status pupil_row(importer *i, const csv_row *row, problem *p) {
  size_t school;
  bool found;
  char room[UPN_ROOM], shown[LEFT_SHOWN];
  status s = import_school(i, row, &school, &found, p);
  if (s || !found) return s;
  pupil_record what = record_of(i, row);
  slice upn = csv_cell(i->reader, row, PUPIL_UPN);
  if (!import_upn(upn, room, &what.upn))
    return import_leave_out(i, row, LEFT_NO_PUPIL, p, "not a UPN: \"%s\"",
                            left_out_shown(upn, shown));
  if (what.upn.length == 0 && what.admission_number.length == 0)
    return import_leave_out(i, row, LEFT_NO_PUPIL, p, "neither a UPN nor an admission number");
  s = read_dates(i, row, &what, &found, p);
  if (s || !found) return s;
  s = buffer_status(&((pupil_import *)i->own)->groups, p);
  return s ? s : take_pupil(i, row, school, &what, p);
}

static status finish_pupils(importer *i, problem *p) {
  status s = STATUS_OK;
  for (size_t k = 0; k < i->touched_room && !s; k++) {
    roll *r;
    if (!i->touched[k]) continue;
    s = people_roll(i->people, k, &r, p);
    for (size_t e = 0; !s && e < r->count; e++)
      if (r->entries[e].line) count_change(i->report, roll_change(r, (uint32_t)e));
  }
  return s;
}

const import_ops import_pupils = {
    .name = "pupils",
    .columns = pupil_columns,
    .column_count = PUPIL_COLUMNS,
    .begin = begin_pupils,
    .row = pupil_row,
    .finish = finish_pupils,
    .end = end_pupils,
};
