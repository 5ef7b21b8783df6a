/* mark_plan: see mark_plan.h. */
#include "store/mark_plan.h"

#include <stdio.h>
#include <string.h>

enum { LIMIT_TEXT = 16, ISO_LENGTH = DATE_TEXT - 1 };

/* Planning ------------------------------------------------------------------- */

static const char *operator_text(unsigned char op) {
  switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ: return "=";
    case SQLITE_INDEX_CONSTRAINT_LT: return "<";
    case SQLITE_INDEX_CONSTRAINT_LE: return "<=";
    case SQLITE_INDEX_CONSTRAINT_GT: return ">";
    case SQLITE_INDEX_CONSTRAINT_GE: return ">=";
    default: return NULL;
  }
}

/* Whether constraint i limits what is read; its text then. */
static bool limit_of(sqlite3_index_info *info, int i, char out[LIMIT_TEXT]) {
  static const char *const names[] = {"school", "upn", "date"};
  static const char *const collations[] = {"NOCASE", "BINARY", "BINARY"};
  const struct sqlite3_index_constraint *c = &info->aConstraint[i];
  const char *op = operator_text(c->op);
  if (!c->usable || !op || c->iColumn < MARK_SCHOOL || c->iColumn > MARK_DATE) return false;
  if (c->iColumn != MARK_DATE && c->op != SQLITE_INDEX_CONSTRAINT_EQ) return false;
  if (sqlite3_stricmp(sqlite3_vtab_collation(info, i), collations[c->iColumn]) != 0) return false;
  (void)snprintf(out, LIMIT_TEXT, "%s%s", names[c->iColumn], op);
  return true;
}

static bool is_literal_text(sqlite3_index_info *info, int i) {
  sqlite3_value *value = NULL;
  return sqlite3_vtab_rhs_value(info, i, &value) == SQLITE_OK && value &&
         sqlite3_value_type(value) == SQLITE_TEXT;
}

/* Guesses that only need to be right relative to each other: fifty schools of
 * four hundred pupils and sheets. */
static void estimate(sqlite3_index_info *info, const char *plan) {
  double sheets = 50 * 400, pupils = 400;
  if (strstr(plan, "school=")) sheets /= 50;
  if (strstr(plan, "upn=")) pupils = 1, sheets = 400;
  if (strstr(plan, "date=")) sheets /= 400;
  if (strstr(plan, "date<")) sheets /= 3;
  if (strstr(plan, "date>")) sheets /= 3;
  if (sheets < 1) sheets = 1;
  info->estimatedCost = sheets * (10 + 2 * pupils);
  info->estimatedRows = (sqlite3_int64)(sheets * 2 * pupils);
}

static bool is_second(const char *plan, const char *limit) {
  return strncmp(limit, "date", 4) != 0 && strstr(plan, limit) != NULL;
}

int mark_plan_best(sqlite3_index_info *info) {
  char *plan = sqlite3_mprintf("%s", "");
  int given = 0;
  for (int i = 0; plan && i < info->nConstraint; i++) {
    char limit[LIMIT_TEXT];
    if (!limit_of(info, i, limit) || is_second(plan, limit)) continue;
    char *longer = sqlite3_mprintf("%s%s%s", plan, given ? " " : "", limit);
    sqlite3_free(plan);
    plan = longer;
    info->aConstraintUsage[i].argvIndex = ++given;
    info->aConstraintUsage[i].omit = is_literal_text(info, i);
  }
  if (!plan) return SQLITE_NOMEM;
  estimate(info, plan);
  info->idxStr = plan;
  info->needToFreeIdxStr = 1;
  return SQLITE_OK;
}

/* Limits --------------------------------------------------------------------- */

/* Negative when the day's ISO text comes before `text` by bytes, 0 when they are
 * equal, positive after. */
static int compare_iso(day d, slice text) {
  char iso[DATE_TEXT];
  date_format(d, iso);
  size_t n = text.length < ISO_LENGTH ? text.length : ISO_LENGTH;
  int order = memcmp(iso, text.at, n);
  if (order != 0 || text.length == ISO_LENGTH) return order;
  return text.length < ISO_LENGTH ? 1 : -1;
}

/* The first day whose ISO text is not before `text` (with `after`: comes after
 * it); DATE_LAST + 1 when there is none. ISO texts ascend with the days, so any
 * text at all has an exact answer. */
static day first_day_from(slice text, bool after) {
  day low = DATE_FIRST, high = DATE_LAST + 1;
  while (low < high) {
    day middle = low + (high - low) / 2;
    int order = compare_iso(middle, text);
    if (order > 0 || (order == 0 && !after))
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static void limit_date(mark_limits *l, slice op, slice text) {
  day from = first_day_from(text, false), after = first_day_from(text, true);
  day first = DATE_FIRST, last = DATE_LAST;
  if (slice_is(op, "date=") || slice_is(op, "date>=")) first = from;
  if (slice_is(op, "date>")) first = after;
  if (slice_is(op, "date=") || slice_is(op, "date<=")) last = after - 1;
  if (slice_is(op, "date<")) last = from - 1;
  if (first > l->first) l->first = first;
  if (last < l->last) l->last = last;
}

static slice next_limit(const char **plan) {
  size_t n = strcspn(*plan, " ");
  slice limit = {*plan, n};
  *plan += (*plan)[n] ? n + 1 : n;
  return limit;
}

mark_limits mark_plan_limits(const char *plan, sqlite3_value **values) {
  mark_limits l = {.first = DATE_FIRST, .last = DATE_LAST};
  for (int i = 0; *plan; i++) {
    slice op = next_limit(&plan);
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) l.nothing = true;
    if (sqlite3_value_type(values[i]) != SQLITE_TEXT) continue;
    const char *at = (const char *)sqlite3_value_text(values[i]);
    slice text = {at ? at : "", (size_t)sqlite3_value_bytes(values[i])};
    if (slice_is(op, "school="))
      l.school = values[i];
    else if (slice_is(op, "upn="))
      l.upn = values[i];
    else
      limit_date(&l, op, text);
  }
  if (l.first > l.last) l.nothing = true;
  return l;
}
