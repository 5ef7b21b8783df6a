/* people: the kinds `schools`, `removed-schools` and `pupils`. Headings of a list of pupils that
 * are none of the columns are groups: their cells are kept as one JSON object a pupil. */
#include <string.h>

#include "store/import/import.h"
#include "store/people/pupils.h"

static void count_change(import_report *r, enum put_change change) {
  r->added += change == PUT_ADDED;
  r->unchanged += change == PUT_UNCHANGED;
  r->changed += change == PUT_CHANGED;
}

/* Schools ---------------------------------------------------------------------- */

enum { SCHOOL_KEY, SCHOOL_NAME, SCHOOL_PHASE, SCHOOL_LA, SCHOOL_COLUMNS };
static const csv_column school_columns[SCHOOL_COLUMNS] = {
    [SCHOOL_KEY] = {"school", true},
    [SCHOOL_NAME] = {"name", true},
    [SCHOOL_PHASE] = {"phase", false},
    [SCHOOL_LA] = {"la", false},
};

static status run_schools(importer *i) {
  const csv_reader *r = i->reader;
  while (import_next(i)) {
    school_record school = {.key = csv_cell(r, &i->row, SCHOOL_KEY),
                            .name = csv_cell(r, &i->row, SCHOOL_NAME),
                            .phase = csv_cell(r, &i->row, SCHOOL_PHASE),
                            .la = csv_cell(r, &i->row, SCHOOL_LA),
                            .has_phase = csv_has(r, SCHOOL_PHASE),
                            .has_la = csv_has(r, SCHOOL_LA)};
    enum put_change change;
    if (!import_fits(i)) continue;
    if (school.key.length == 0) {
      (void)import_leave_out(i, LEFT_NO_SCHOOL, "the school is missing");
    } else if (import_ok(i, schools_put(i->schools, &school, &change, i->problem))) {
      count_change(i->report, change);
      i->report->schools++;
    }
  }
  return i->failed;
}

const import_handler import_schools = {"schools", school_columns, SCHOOL_COLUMNS, run_schools};

/* The way back from a slip: from the second school on every file has to name the school. */
static const csv_column removed_columns[] = {{"school", true}};

static status run_removed_schools(importer *i) {
  const char *kept;
  while (import_next(i)) {
    char shown[LEFT_SHOWN];
    slice cell = csv_cell(i->reader, &i->row, SCHOOL_KEY);
    size_t school = schools_find(i->schools, cell);
    if (cell.length == 0) {
      (void)import_leave_out(i, LEFT_NO_SCHOOL, "the school is missing");
    } else if (school == i->schools->count) {
      (void)import_leave_out(i, LEFT_UNKNOWN_SCHOOL, "unknown school \"%s\"",
                             left_out_shown(cell, shown));
    } else if (!import_ok(i, schools_remove(i->schools, school, &kept, i->problem))) {
      break;
    } else if (kept) {
      (void)import_leave_out(i, LEFT_IN_USE, "\"%s\" has %s", left_out_shown(cell, shown), kept);
    } else {
      i->report->removed++;
      i->report->schools++;
    }
  }
  return i->failed;
}

const import_handler import_removed_schools = {"removed-schools", removed_columns, 1,
                                               run_removed_schools};

/* Pupils ----------------------------------------------------------------------- */

/* The columns of a person and of a stay stand together, in the order of people/pupils.h; groups
 * are the further ones. */
enum {
  PUPIL_SCHOOL = COLUMN_SCHOOL,
  PUPIL_PERSON,
  PUPIL_STAY = PUPIL_PERSON + PERSON_TEXTS,
  PUPIL_DOB = PUPIL_STAY + STAY_GROUPS,
  PUPIL_JOINED,
  PUPIL_LEFT,
  PUPIL_COLUMNS
};
static const csv_column pupil_columns[PUPIL_COLUMNS] = {
    [PUPIL_SCHOOL] = {"school", false},
    [PUPIL_PERSON + PERSON_UPN] = {"upn", true},
    [PUPIL_PERSON + PERSON_SURNAME] = {"surname", true},
    [PUPIL_PERSON + PERSON_FORENAME] = {"forename", true},
    [PUPIL_PERSON + PERSON_SEX] = {"sex", false},
    [PUPIL_STAY + STAY_YEAR] = {"year", false},
    [PUPIL_STAY + STAY_FORM] = {"form", false},
    [PUPIL_STAY + STAY_NUMBER] = {"admission_number", false},
    [PUPIL_STAY + STAY_SEN] = {"sen", false},
    [PUPIL_STAY + STAY_FSM] = {"fsm", false},
    [PUPIL_DOB] = {"dob", false},
    [PUPIL_JOINED] = {"joined", false},
    [PUPIL_LEFT] = {"left", false},
};

/* The columns of groups, in the order of their headings, and the JSON of one row. */
typedef struct group_columns {
  size_t *places; /* [count], in the file */
  size_t count;
  buffer json;
} group_columns;

/* Empty cells put a pupil into no group. */
static slice read_groups(const importer *i, group_columns *g) {
  size_t headings;
  const slice *heading = csv_headings(i->reader, &headings);
  buffer_clear(&g->json);
  buffer_add_char(&g->json, '{');
  for (size_t k = 0; k < g->count; k++) {
    slice text = i->row.cells[g->places[k]];
    if (text.length == 0) continue;
    if (g->json.length > 1) buffer_add_char(&g->json, ',');
    text_add_json(&g->json, heading[g->places[k]]);
    buffer_add_char(&g->json, ':');
    text_add_json(&g->json, text);
  }
  buffer_add_char(&g->json, '}');
  return buffer_slice(&g->json);
}

/* What looks odd: a UPN, or an admission number that another pupil has. A UPN in a warning
 * helps to find the row. */
static void warn_pupil(importer *i, const roll *r, slice upn, slice number) {
  char shown[LEFT_SHOWN];
  bool letter = false;
  if (upn.length == 0) return;
  if (!upn_has_form(upn, &letter))
    import_warn(i, WARN_UPN_FORM, i->row.line, "\"%s\"", left_out_shown(upn, shown));
  else if (!letter)
    import_warn(i, WARN_UPN_LETTER, i->row.line, "\"%s\"", left_out_shown(upn, shown));
  uint32_t other = roll_find_number(r, number);
  if (other != ROLL_NONE && r->entries[other].upn_length && !slice_equal(roll_upn(r, other), upn))
    import_warn(i, WARN_NUMBER_SHARED, i->row.line, "admission number \"%s\"",
                left_out_shown(number, shown));
}

static bool take_pupil(importer *i, group_columns *g) {
  size_t school;
  roll *r;
  uint32_t entry;
  char room[UPN_ROOM], shown[LEFT_SHOWN];
  const csv_reader *c = i->reader;
  const csv_row *row = &i->row;
  if (!import_fits(i) || !import_school(i, &school)) return false;
  pupil_record what = {.has_joined = csv_has(c, PUPIL_JOINED), .has_left = csv_has(c, PUPIL_LEFT)};
  for (size_t k = 0; k < PERSON_TEXTS; k++) what.person[k] = csv_cell(c, row, PUPIL_PERSON + k);
  for (size_t k = 0; k < STAY_GROUPS; k++) {
    what.stay[k] = csv_cell(c, row, PUPIL_STAY + k);
    what.has[k] = csv_has(c, PUPIL_STAY + k);
  }
  what.stay[STAY_GROUPS] = read_groups(i, g);
  what.has[STAY_GROUPS] = g->count > 0;
  slice cell = what.person[PERSON_UPN], number = what.stay[STAY_NUMBER];
  if (!import_upn(cell, room, &what.person[PERSON_UPN]))
    return import_leave_out(i, LEFT_NO_PUPIL, "not a UPN: \"%s\"", left_out_shown(cell, shown));
  slice upn = what.person[PERSON_UPN];
  if (upn.length == 0 && number.length == 0)
    return import_leave_out(i, LEFT_NO_PUPIL, "neither a UPN nor an admission number");
  if (!import_school_date(i, csv_cell(c, row, PUPIL_DOB), &what.dob) ||
      !import_school_date(i, csv_cell(c, row, PUPIL_JOINED), &what.joined) ||
      !import_school_date(i, csv_cell(c, row, PUPIL_LEFT), &what.left))
    return false;
  if (what.joined != DAY_NONE && what.left != DAY_NONE && what.joined > what.left)
    return import_leave_out(i, LEFT_DATES_ORDER, "the pupil left before joining");
  if (!import_ok(i, buffer_status(&g->json, i->problem)) || !import_roll(i, school, &r))
    return false;
  warn_pupil(i, r, upn, number);
  if (!import_ok(i, pupils_put(i->db, r, &what, &entry, i->problem))) return false;
  size_t *line = &r->entries[entry].line;
  if (*line) {
    import_warn(i, WARN_TWICE, i->row.line, "\"%s\", first in line %zu",
                left_out_shown(upn.length ? upn : number, shown), *line);
    i->report->repeated++;
  }
  *line = i->row.line;
  import_note_row(i, school, DAY_NONE);
  return true;
}

static status run_pupils(importer *i) {
  static const struct {
    size_t column;
    const char *consequence;
  } wanted[] = {
      {PUPIL_DOB, "a pupil without a date of birth counts as of compulsory school age"},
      {PUPIL_STAY + STAY_YEAR, "the pupils have no year group"},
  };
  for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++)
    if (!csv_has(i->reader, wanted[k].column))
      import_warn(i, WARN_NO_COLUMN, 0, "no column \"%s\": %s",
                  pupil_columns[wanted[k].column].name, wanted[k].consequence);
  size_t headings;
  const slice *heading = csv_headings(i->reader, &headings);
  group_columns groups = {.places = mem_new(headings, sizeof *groups.places)};
  if (!groups.places) (void)import_ok(i, problem_no_memory(i->problem));
  for (size_t k = 0; groups.places && k < headings; k++) {
    if (!csv_is_further(i->reader, k) || heading[k].length == 0) continue;
    size_t at = groups.count++;
    for (; at > 0 && slice_compare(heading[groups.places[at - 1]], heading[k]) > 0; at--)
      groups.places[at] = groups.places[at - 1];
    groups.places[at] = k;
  }
  while (import_next(i)) (void)take_pupil(i, &groups);
  for (size_t k = 0; k < i->roll_count; k++)
    for (size_t e = 0; e < i->rolls[k].count; e++)
      if (i->rolls[k].entries[e].line) count_change(i->report, i->rolls[k].entries[e].change);
  mem_free(groups.places);
  buffer_free(&groups.json);
  return i->failed;
}

const import_handler import_pupils = {"pupils", pupil_columns, PUPIL_COLUMNS, run_pupils};
