/* people: the kinds `schools`, `removed-schools` and `pupils`. Headings of a list of pupils that
 * are none of the columns are groups: their cells are kept as one JSON object a pupil. */
#include <string.h>

#include "store/import/import.h"
#include "store/people/names.h"
#include "store/people/pupils.h"

static void count_change(import_report *r, enum put_change change) {
  r->added += change == PUT_ADDED;
  r->unchanged += change == PUT_UNCHANGED;
  r->changed += change == PUT_CHANGED;
}

/* Schools ---------------------------------------------------------------------- */

enum { SCHOOL_KEY, SCHOOL_NAME, SCHOOL_PHASE, SCHOOL_LA, SCHOOL_WAS, SCHOOL_COLUMNS };
static const csv_column school_columns[SCHOOL_COLUMNS] = {
    [SCHOOL_KEY] = {"school", CSV_MUST}, [SCHOOL_NAME] = {"name", CSV_MUST},
    [SCHOOL_PHASE] = {"phase", CSV_MAY}, [SCHOOL_LA] = {"la", CSV_MAY},
    [SCHOOL_WAS] = {"was", CSV_MAY},
};

/* A row with a number that nobody has, and the name of a school that was there before the file: is
 * it that school with another number? A cell under `was` says so, or, empty, that it is not. */
static bool is_doubtful(importer *i, const school_record *school) {
  if (csv_has(i->reader, SCHOOL_WAS)) return false;
  size_t at = schools_find(i->schools, school->key), named = schools_find(i->schools, school->name);
  if (at < i->schools->count || named >= i->roll_count) return false;
  char shown[2][LEFT_SHOWN];
  (void)import_leave_out(
      i, LEFT_SCHOOL_DOUBTED,
      "\"%s\" has the name of %s: give the number that it had in a column \"was\", or leave the"
      " cell empty there if it is another school",
      left_out_shown(school->key, shown[0]),
      left_out_shown(slice_of(i->schools->list[named].key), shown[1]));
  return true;
}

static status run_schools(importer *i) {
  const csv_reader *r = i->reader;
  while (import_next(i)) {
    school_record school = {.key = csv_cell(r, &i->row, SCHOOL_KEY),
                            .name = csv_cell(r, &i->row, SCHOOL_NAME),
                            .phase = csv_cell(r, &i->row, SCHOOL_PHASE),
                            .la = csv_cell(r, &i->row, SCHOOL_LA),
                            .was = csv_cell(r, &i->row, SCHOOL_WAS),
                            .has_phase = csv_has(r, SCHOOL_PHASE),
                            .has_la = csv_has(r, SCHOOL_LA)};
    enum put_change change;
    if (!import_fits(i)) continue;
    if (school.key.length == 0) {
      (void)import_leave_out(i, LEFT_NO_SCHOOL, "the school is missing");
    } else if (is_doubtful(i, &school)) {
      continue;
    } else if (import_ok(i, schools_put(i->schools, &school, &change, i->problem))) {
      count_change(i->report, change);
      i->report->schools++;
    }
  }
  return i->failed;
}

const import_handler import_schools = {"schools", school_columns, SCHOOL_COLUMNS, run_schools};

/* The way back from a slip: from the second school on every file has to name the school. */
static const csv_column removed_columns[] = {{"school", CSV_MUST}};

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
    [PUPIL_SCHOOL] = {"school", CSV_MAY},
    [PUPIL_PERSON + PERSON_UPN] = {"upn", CSV_MUST},
    [PUPIL_PERSON + PERSON_SURNAME] = {"surname", CSV_MUST},
    [PUPIL_PERSON + PERSON_FORENAME] = {"forename", CSV_MUST},
    [PUPIL_PERSON + PERSON_SEX] = {"sex", CSV_MAY},
    [PUPIL_STAY + STAY_YEAR] = {"year", CSV_MAY},
    [PUPIL_STAY + STAY_FORM] = {"form", CSV_MAY},
    [PUPIL_STAY + STAY_NUMBER] = {"admission_number", CSV_MAY},
    [PUPIL_STAY + STAY_SEN] = {"sen", CSV_MAY},
    [PUPIL_STAY + STAY_FSM] = {"fsm", CSV_MAY},
    [PUPIL_DOB] = {"dob", CSV_MAY},
    [PUPIL_JOINED] = {"joined", CSV_MAY},
    [PUPIL_LEFT] = {"left", CSV_MAY},
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

/* Whether a person said something of a UPN, or of an admission number: one of a list. */
static bool is_listed(const char *list, slice key) {
  while (list && *list) {
    size_t n = strcspn(list, " "), same = 0;
    while (same < n && same < key.length && text_lower(list[same]) == text_lower(key.at[same]))
      same++;
    if (n == key.length && same == n) return true;
    list += n + strspn(list + n, " ");
  }
  return false;
}

/* Say what became of a row: the children whose details changed, who are new, whose known details
 * were kept. */
static void say_outcome(importer *i, const roll *r, const pupil_record *what,
                        const pupil_outcome *out, buffer *name) {
  size_t line = i->row.line;
  slice forename = what->person[PERSON_FORENAME], surname = what->person[PERSON_SURNAME];
  buffer_clear(name);
  buffer_add(name, forename.at, forename.length);
  if (forename.length && surname.length) buffer_add_char(name, ' ');
  buffer_add(name, surname.at, surname.length);
  if (!import_ok(i, buffer_status(name, i->problem))) return;
  slice whole = buffer_slice(name);
  if (out->words.length)
    import_name(i, out->identity ? NAMES_IDENTITY : NAMES_CHANGED, line, whole,
                buffer_slice(&out->words));
  if (r->known && out->entry >= r->known && r->entries[out->entry].line == 0)
    import_name(i, NAMES_NEW, line, whole, (slice){0});
  char shown[LEFT_SHOWN];
  if (name_is_damaged(forename) || name_is_damaged(surname))
    import_warn(i, WARN_NAME_DAMAGED, line, "\"%s\"", left_out_shown(whole, shown));
  if (out->like.length)
    import_warn(i, WARN_MAY_BE_ONE, line, "\"%s\" may be %.*s", left_out_shown(whole, shown),
                (int)out->like.length, out->like.bytes);
  bool dob = out->kept_dob && csv_has(i->reader, PUPIL_DOB);
  bool sex = out->kept_sex && csv_has(i->reader, PUPIL_PERSON + PERSON_SEX);
  if (dob || sex)
    import_name(i, NAMES_KEPT, line, whole,
                slice_of(dob && sex ? "date of birth and sex"
                         : dob      ? "date of birth"
                                    : "sex"));
}

/* A school whose list names at least half of those on roll is taken as whole: who is not in it is
 * named. */
static void say_missing(importer *i, const roll *r) {
  const import_options *o = i->options;
  day today = o->today == DAY_NONE ? (day)(o->at / 86400) : o->today;
  for (int pass = 0, whole = 0; pass < 1 + whole; pass++) {
    size_t there = 0, named = 0;
    for (uint32_t k = 0; k < r->known; k++) {
      const roll_entry *e = &r->entries[k];
      if ((e->left != DAY_NONE && e->left < today) || (e->joined != DAY_NONE && e->joined > today))
        continue;
      there++;
      named += e->line > 0;
      if (pass == 0 || e->line) continue;
      uint32_t stay = roll_newest(r, k); /* of the same pupil another stay may be named */
      while (stay != ROLL_NONE && r->entries[stay].line == 0) stay = roll_next_upn(r, stay);
      if (stay != ROLL_NONE) continue;
      bool row = false;
      statement *find = db_statement(
          i->db, "SELECT trim(forename || ' ' || surname) FROM pupil WHERE id = ?", i->problem);
      if (!import_ok(i, find ? STATUS_OK : STATUS_FAULT)) return;
      db_bind_int(find, 1, e->pupil);
      if (import_ok(i, db_step(find, &row, i->problem)) && row)
        import_name(i, NAMES_NOT_IN_LIST, 0, db_column_text(find, 0), (slice){0});
      db_reset(find);
    }
    whole = named * 2 >= there && named < there;
  }
}

/* What looks odd: a UPN, or an admission number that another pupil has. A UPN in a warning
 * helps to find the row. */
static void warn_pupil(importer *i, const roll *r, uint32_t entry, slice upn, slice number) {
  char shown[LEFT_SHOWN];
  bool letter = false;
  if (upn.length == 0) return;
  if (!upn_has_form(upn, &letter))
    import_warn(i, WARN_UPN_FORM, i->row.line, "\"%s\"", left_out_shown(upn, shown));
  else if (!letter)
    import_warn(i, WARN_UPN_LETTER, i->row.line, "\"%s\"", left_out_shown(upn, shown));
  if (roll_shares_number(r, entry))
    import_warn(i, WARN_NUMBER_SHARED, i->row.line, "admission number \"%s\"",
                left_out_shown(number, shown));
}

static bool take_pupil(importer *i, group_columns *g, pupil_outcome *out, buffer *name) {
  size_t school;
  roll *r;
  char room[UPN_ROOM], shown[LEFT_SHOWN];
  const csv_reader *c = i->reader;
  const csv_row *row = &i->row;
  if (!import_fits(i) || !import_school(i, &school)) return false;
  pupil_record what = {.has_joined = csv_has(c, PUPIL_JOINED),
                       .has_left = csv_has(c, PUPIL_LEFT),
                       .at = i->options->at};
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
  if (!import_school_date(i, PUPIL_DOB, &what.dob) ||
      !import_school_date(i, PUPIL_JOINED, &what.joined) ||
      !import_school_date(i, PUPIL_LEFT, &what.left))
    return false;
  if (what.joined != DAY_NONE && what.left != DAY_NONE && what.joined > what.left)
    return import_leave_out(i, LEFT_DATES_ORDER, "the pupil left before joining");
  if (!import_ok(i, buffer_status(&g->json, i->problem)) || !import_roll(i, school, &r))
    return false;
  slice key = upn.length ? upn : number;
  what.same = is_listed(i->options->same, key);
  what.another = is_listed(i->options->another, key);
  if (!import_ok(i, pupils_put(i->db, r, &what, out, i->problem))) return false;
  if (out->entry == ROLL_NONE)
    return import_leave_out(i, LEFT_ANOTHER_CHILD, "%.*s", (int)out->words.length,
                            out->words.bytes);
  say_outcome(i, r, &what, out, name);
  warn_pupil(i, r, out->entry, upn, number);
  size_t *line = &r->entries[out->entry].line;
  if (*line) {
    import_warn(i, WARN_TWICE, i->row.line, "\"%s\", first in line %zu", left_out_shown(key, shown),
                *line);
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
  pupil_outcome outcome = {0};
  buffer name = {0};
  while (import_next(i)) (void)take_pupil(i, &groups, &outcome, &name);
  pupil_outcome_free(&outcome);
  buffer_free(&name);
  for (size_t k = 0; k < i->roll_count && !i->failed; k++)
    if (i->touched[k]) say_missing(i, &i->rolls[k]);
  for (size_t k = 0; k < i->roll_count; k++)
    for (size_t e = 0; e < i->rolls[k].count; e++)
      if (i->rolls[k].entries[e].line) count_change(i->report, i->rolls[k].entries[e].change);
  mem_free(groups.places);
  buffer_free(&groups.json);
  return i->failed;
}

const import_handler import_pupils = {"pupils", pupil_columns, PUPIL_COLUMNS, run_pupils};
