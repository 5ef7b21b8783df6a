/* plan: limits are written as a text when SQLite plans, and read again with their values
 * when it asks for rows. */
#include "store/sql/plan.h"

#include <stdio.h>
#include <string.h>

enum { LIMIT_TEXT = 16, ISO_LENGTH = DATE_TEXT - 1 };

/* Planning --------------------------------------------------------------------- */

enum marks_column plan_column(bool counts, int column) {
  bool is_past = counts ? column > MARKS_SCHOOL : column > MARKS_SCHOOL_WEEK;
  return (enum marks_column)(is_past ? column + 1 : column);
}

/* Whether constraint i limits what is read; its text then. */
static bool limit_of(sqlite3_index_info *info, bool counts, int i, char out[LIMIT_TEXT]) {
  static const char *const names[] = {"school", "upn", "date"};
  static const char *const collations[] = {"NOCASE", "BINARY", "BINARY"};
  const struct sqlite3_index_constraint *c = &info->aConstraint[i];
  if (!c->usable || c->iColumn < 0) return false;
  enum marks_column column = plan_column(counts, c->iColumn);
  if (column > MARKS_DATE) return false;
  const char *op;
  switch (c->op) {
    case SQLITE_INDEX_CONSTRAINT_EQ: op = "="; break;
    case SQLITE_INDEX_CONSTRAINT_LT: op = "<"; break;
    case SQLITE_INDEX_CONSTRAINT_LE: op = "<="; break;
    case SQLITE_INDEX_CONSTRAINT_GT: op = ">"; break;
    case SQLITE_INDEX_CONSTRAINT_GE: op = ">="; break;
    default: return false;
  }
  if (column != MARKS_DATE && c->op != SQLITE_INDEX_CONSTRAINT_EQ) return false;
  if (sqlite3_stricmp(sqlite3_vtab_collation(info, i), collations[column]) != 0) return false;
  (void)snprintf(out, LIMIT_TEXT, "%s%s", names[column], op);
  return true;
}

/* Take on the order, or the groups, that are asked for, where rows can come so. */
static void take_order(sqlite3_index_info *info, bool counts) {
  static const enum marks_column as_read[] = {MARKS_SCHOOL, MARKS_DATE, MARKS_SESSION};
  int n = info->nOrderBy, given = 0, taken = 0;
  for (int i = 0; i < n && taken == i && !info->aOrderBy[i].desc; i++) {
    int number = info->aOrderBy[i].iColumn;
    enum marks_column column = number < 0 ? MARKS_COUNT : plan_column(counts, number);
    if (i == 0 && column == MARKS_CODE) {
      info->idxNum = PLAN_BY_CODE;
      taken++;
    } else if (given < 3 && column == as_read[given]) {
      given++;
      taken++;
    }
  }
  info->orderByConsumed = n > 0 && taken == n;
  if (!info->orderByConsumed) info->idxNum = PLAN_AS_READ;
}

int plan_best(sqlite3_index_info *info, bool counts) {
  char *plan = sqlite3_mprintf("%s", "");
  int given = 0;
  for (int i = 0; plan && i < info->nConstraint; i++) {
    char limit[LIMIT_TEXT];
    if (!limit_of(info, counts, i, limit)) continue;
    if (limit[0] != 'd' && strstr(plan, limit)) continue; /* a second school, or pupil */
    char *longer = sqlite3_mprintf("%s%s%s", plan, plan[0] ? " " : "", limit);
    sqlite3_free(plan);
    plan = longer;
    sqlite3_value *value = NULL;
    bool is_literal = sqlite3_vtab_rhs_value(info, i, &value) == SQLITE_OK && value;
    info->aConstraintUsage[i].argvIndex = ++given;
    info->aConstraintUsage[i].omit = is_literal && sqlite3_value_type(value) == SQLITE_TEXT;
  }
  if (!plan) return SQLITE_NOMEM;
  /* Guesses that only need to be right relative to each other: fifty schools of
   * four hundred pupils and sheets; eight codes in a half day. */
  double sheets = 50 * 400, rows = counts ? 8 : 400;
  if (strstr(plan, "school=")) sheets /= 50;
  if (strstr(plan, "upn=")) rows = 1, sheets = 400;
  if (strstr(plan, "date=")) sheets /= 400;
  if (strstr(plan, "date<")) sheets /= 3;
  if (strstr(plan, "date>")) sheets /= 3;
  if (sheets < 1) sheets = 1;
  take_order(info, counts);
  info->estimatedCost = sheets * (10 + 2 * rows);
  info->estimatedRows = (sqlite3_int64)(sheets * 2 * rows);
  info->idxStr = plan;
  info->needToFreeIdxStr = 1;
  return SQLITE_OK;
}

/* Limits --------------------------------------------------------------------- */

/* The first day whose ISO text is not before `text` by bytes (with `after`: comes after
 * it); DATE_LAST + 1 when there is none. ISO texts ascend with the days, so any
 * text at all has an exact answer. */
static day first_day_from(slice text, bool after) {
  day low = DATE_FIRST, high = DATE_LAST + 1;
  while (low < high) {
    char iso[DATE_TEXT];
    day middle = low + (high - low) / 2;
    date_format(middle, iso);
    size_t n = text.length < ISO_LENGTH ? text.length : ISO_LENGTH;
    int order = memcmp(iso, text.at, n);
    if (order == 0) order = (text.length < ISO_LENGTH) - (text.length > ISO_LENGTH);
    if (order > 0 || (order == 0 && !after))
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

plan_limits plan_read(const char *plan, sqlite3_value **values) {
  plan_limits l = {.first = DATE_FIRST, .last = DATE_LAST};
  for (int i = 0; *plan; i++) {
    slice op = {plan, strcspn(plan, " ")};
    plan += op.length + (plan[op.length] == ' ');
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) l.nothing = true;
    if (sqlite3_value_type(values[i]) != SQLITE_TEXT) continue;
    const char *at = (const char *)sqlite3_value_text(values[i]);
    slice text = {at ? at : "", (size_t)sqlite3_value_bytes(values[i])};
    if (slice_is(op, "school=")) {
      l.school = values[i];
    } else if (slice_is(op, "upn=")) {
      l.upn = values[i];
    } else {
      day from = first_day_from(text, false), after = first_day_from(text, true);
      day first = DATE_FIRST, last = DATE_LAST;
      if (slice_is(op, "date=") || slice_is(op, "date>=")) first = from;
      if (slice_is(op, "date>")) first = after;
      if (slice_is(op, "date=") || slice_is(op, "date<=")) last = after - 1;
      if (slice_is(op, "date<")) last = from - 1;
      if (first > l.first) l.first = first;
      if (last < l.last) l.last = last;
    }
  }
  if (l.first > l.last) l.nothing = true;
  return l;
}
