/* row: what the cells say that several kinds of import have: the school, the pupil, a
 * date, a yes or no. The contract is in import.h, with the private part. */
#include <string.h>

#include "store/import/import.h"

bool import_school(importer *i, size_t *school) {
  *school = 0; /* the one there is: the frame saw to it */
  if (!csv_has(i->reader, COLUMN_SCHOOL)) return true;
  slice cell = csv_cell(i->reader, &i->row, COLUMN_SCHOOL);
  if (cell.length && slice_equal(cell, i->last_school)) {
    *school = i->last_index;
    return true;
  }
  if (cell.length == 0 && i->schools->count == 1) return true;
  if (cell.length == 0) return import_leave_out(i, LEFT_NO_SCHOOL, "the school is missing");
  size_t at = schools_find(i->schools, cell);
  if (at == i->schools->count) {
    char shown[LEFT_SHOWN];
    const char *near = schools_nearest(i->schools, cell);
    return import_leave_out(i, LEFT_UNKNOWN_SCHOOL, "unknown school \"%s\"%s%s%s",
                            left_out_shown(cell, shown), near ? " (the nearest is \"" : "",
                            near ? near : "", near ? "\")" : "");
  }
  if (cell.length <= sizeof i->last_text) {
    memcpy(i->last_text, cell.at, cell.length);
    i->last_school = (slice){i->last_text, cell.length};
    i->last_index = at;
  }
  *school = at;
  return true;
}

bool import_roll(importer *i, size_t school, roll **out) {
  *out = &i->rolls[school];
  return (*out)->loaded ||
         import_ok(i, roll_load(i->db, i->schools->list[school].id, *out, i->problem));
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

bool import_pupil(importer *i, slice upn, slice number, row_pupil *out) {
  char room[UPN_ROOM], shown[LEFT_SHOWN];
  slice capitals;
  if (!import_school(i, &out->school) || !import_roll(i, out->school, &out->roll)) return false;
  out->entry = import_upn(upn, room, &capitals) && upn.length ? roll_find_upn(out->roll, capitals)
                                                              : roll_find_number(out->roll, number);
  if (out->entry != ROLL_NONE) return true;
  if (upn.length == 0 && number.length == 0)
    return import_leave_out(i, LEFT_NO_PUPIL, "neither a UPN nor an admission number");
  return import_leave_out(i, LEFT_UNKNOWN_PUPIL, "unknown pupil: no %s \"%s\" at %s",
                          upn.length ? "UPN" : "admission number",
                          left_out_shown(upn.length ? upn : number, shown),
                          i->schools->list[out->school].key);
}

bool import_date(importer *i, slice cell, day *out) {
  char shown[LEFT_SHOWN];
  *out = DAY_NONE;
  if (cell.length == 0) return true;
  status s = date_parse(cell, out, NULL);
  if (!s) return true;
  (void)left_out_shown(cell, shown);
  if (s == STATUS_SYNTAX) return import_leave_out(i, LEFT_NOT_A_DATE, "not a date: \"%s\"", shown);
  size_t first = 0, last = cell.length; /* numbers, which end with a year cut short? */
  while (first < cell.length && cell.at[first] >= '0' && cell.at[first] <= '9') first++;
  while (last > 0 && cell.at[last - 1] >= '0' && cell.at[last - 1] <= '9') last--;
  if (first <= 2 && cell.length - last < 4)
    return import_leave_out(i, LEFT_TWO_DIGIT_YEAR, "a year with two digits: \"%s\"", shown);
  return import_leave_out(i, LEFT_NO_SUCH_DATE, "no such date: \"%s\"", shown);
}

bool import_flag(importer *i, slice cell, const char *name, int *out) {
  static const struct {
    const char *text;
    int value;
  } texts[] = {{"", -1},    {"1", 1},     {"0", 0}, {"yes", 1}, {"no", 0},
               {"true", 1}, {"false", 0}, {"y", 1}, {"n", 0}};
  char shown[LEFT_SHOWN];
  for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
    if (slice_is_nocase(cell, texts[k].text)) return *out = texts[k].value, true;
  return import_leave_out(i, LEFT_YES_OR_NO, "%s is neither yes (1) nor no (0): \"%s\"", name,
                          left_out_shown(cell, shown));
}
