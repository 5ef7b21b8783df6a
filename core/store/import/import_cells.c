/* import_cells: cells that several kinds of import have; see import_inner.h. */
#include <string.h>

#include "store/import/import_inner.h"

static status leave_out_school(importer *i, const csv_row *row, slice cell, problem *p) {
  char shown[LEFT_SHOWN];
  if (cell.length == 0) return import_leave_out(i, row, LEFT_NO_SCHOOL, p, "the school is missing");
  const char *near = people_nearest_school(i->people, cell);
  return import_leave_out(i, row, LEFT_UNKNOWN_SCHOOL, p, "unknown school \"%s\"%s%s%s",
                          left_out_shown(cell, shown), near ? " (the nearest is \"" : "",
                          near ? near : "", near ? "\")" : "");
}

status import_school(importer *i, const csv_row *row, size_t *school, bool *found, problem *p) {
  *found = true;
  if (!csv_has(i->reader, COLUMN_SCHOOL)) {
    *school = 0; /* the one there is: begin_reading saw to it */
    return STATUS_OK;
  }
  slice cell = csv_cell(i->reader, row, COLUMN_SCHOOL);
  if (cell.length && slice_equal(cell, i->last_school)) {
    *school = i->last_index;
    return STATUS_OK;
  }
  size_t at = people_find_school(i->people, cell), count = people_school_count(i->people);
  if (cell.length == 0 && count == 1) at = 0;
  *found = at < count;
  if (!*found) return leave_out_school(i, row, cell, p);
  if (cell.length <= sizeof i->last_text) {
    if (cell.length) memcpy(i->last_text, cell.at, cell.length);
    i->last_school = (slice){i->last_text, cell.length};
    i->last_index = at;
  }
  *school = at;
  return STATUS_OK;
}

/* Whether a text that date_parse took for numbers ends with a year cut short. */
static bool has_short_year(slice cell) {
  size_t first = 0, last = cell.length;
  while (first < cell.length && cell.at[first] >= '0' && cell.at[first] <= '9') first++;
  while (last > 0 && cell.at[last - 1] >= '0' && cell.at[last - 1] <= '9') last--;
  return first <= 2 && cell.length - last < 4;
}

status import_date(importer *i, const csv_row *row, slice cell, day *out, bool *found, problem *p) {
  char shown[LEFT_SHOWN];
  *found = true;
  if (cell.length == 0) {
    *out = DAY_NONE;
    return STATUS_OK;
  }
  status s = date_parse(cell, out, NULL);
  if (!s) return STATUS_OK;
  *found = false;
  (void)left_out_shown(cell, shown);
  if (s == STATUS_SYNTAX)
    return import_leave_out(i, row, LEFT_NOT_A_DATE, p, "not a date: \"%s\"", shown);
  if (has_short_year(cell))
    return import_leave_out(i, row, LEFT_TWO_DIGIT_YEAR, p, "a year with two digits: \"%s\"",
                            shown);
  return import_leave_out(i, row, LEFT_NO_SUCH_DATE, p, "no such date: \"%s\"", shown);
}

status import_flag(importer *i, const csv_row *row, slice cell, const char *name, int *out,
                   bool *found, problem *p) {
  static const struct {
    const char *text;
    int value;
  } texts[] = {{"", -1},    {"1", 1},     {"0", 0}, {"yes", 1}, {"no", 0},
               {"true", 1}, {"false", 0}, {"y", 1}, {"n", 0}};
  char shown[LEFT_SHOWN];
  *found = true;
  for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
    if (slice_is_nocase(cell, texts[k].text)) return *out = texts[k].value, STATUS_OK;
  *found = false;
  return import_leave_out(i, row, LEFT_YES_OR_NO, p, "%s is neither yes (1) nor no (0): \"%s\"",
                          name, left_out_shown(cell, shown));
}

bool import_upn(slice cell, char room[UPN_ROOM], slice *out) {
  bool small = false;
  *out = cell;
  for (size_t k = 0; k < cell.length && !small; k++) small = cell.at[k] >= 'a' && cell.at[k] <= 'z';
  if (cell.length > UPN_ROOM) return false;
  if (!small) return true;
  for (size_t k = 0; k < cell.length; k++) {
    char c = cell.at[k];
    room[k] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
  }
  *out = (slice){room, cell.length};
  return true;
}

static status leave_out_pupil(importer *i, const csv_row *row, size_t school, slice upn,
                              slice number, problem *p) {
  char shown[LEFT_SHOWN];
  if (upn.length == 0 && number.length == 0)
    return import_leave_out(i, row, LEFT_NO_PUPIL, p, "neither a UPN nor an admission number");
  const char *what = upn.length ? "UPN" : "admission number";
  return import_leave_out(i, row, LEFT_UNKNOWN_PUPIL, p, "unknown pupil: no %s \"%s\" at %s", what,
                          left_out_shown(upn.length ? upn : number, shown),
                          people_school(i->people, school)->key);
}

status import_pupil(importer *i, const csv_row *row, size_t school, slice upn, slice number,
                    roll **r, uint32_t *entry, bool *found, problem *p) {
  char room[UPN_ROOM];
  slice capitals;
  status s = people_roll(i->people, school, r, p);
  if (s) return s;
  *entry = import_upn(upn, room, &capitals) && upn.length ? roll_find_upn(*r, capitals)
                                                          : roll_find_number(*r, number);
  *found = *entry != ROLL_NONE;
  return *found ? STATUS_OK : leave_out_pupil(i, row, school, upn, number, p);
}
