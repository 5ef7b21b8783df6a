/* mark_plan: see mark_plan.h. */
#include "store/sql/mark_plan.h"

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

enum mark_column mark_plan_column(bool counts, int column) {
  return (enum mark_column)(counts && column > MARK_SCHOOL ? column + 1 : column);
}

/* Whether constraint i limits what is read; its text then. */
static bool limit_of(sqlite3_index_info *info, bool counts, int i, char out[LIMIT_TEXT]) {
  static const char *const names[] = {"school", "upn", "date"};
  static const char *const collations[] = {"NOCASE", "BINARY", "BINARY"};
  const struct sqlite3_index_constraint *c = &info->aConstraint[i];
  const char *op = operator_text(c->op);
  if (!c->usable || !op || c->iColumn < 0) return false;
  enum mark_column column = mark_plan_column(counts, c->iColumn);
  if (column > MARK_DATE) return false;
  if (column != MARK_DATE && c->op != SQLITE_INDEX_CONSTRAINT_EQ) return false;
  if (sqlite3_stricmp(sqlite3_vtab_collation(info, i), collations[column]) != 0) return false;
  (void)snprintf(out, LIMIT_TEXT, "%s%s", names[column], op);
  return true;
}

static bool is_literal_text(sqlite3_index_info *info, int i) {
  sqlite3_value *value = NULL;
  return sqlite3_vtab_rhs_value(info, i, &value) == SQLITE_OK && value &&
         sqlite3_value_type(value) == SQLITE_TEXT;
}

/* Guesses that only need to be right relative to each other: fifty schools of
 * four hundred pupils and sheets; eight codes in a half day. */
static void estimate(sqlite3_index_info *info, bool counts, const char *plan) {
  double sheets = 50 * 400, rows = counts ? 8 : 400;
  if (strstr(plan, "school=")) sheets /= 50;
  if (strstr(plan, "upn=")) rows = 1, sheets = 400;
  if (strstr(plan, "date=")) sheets /= 400;
  if (strstr(plan, "date<")) sheets /= 3;
  if (strstr(plan, "date>")) sheets /= 3;
  if (sheets < 1) sheets = 1;
  info->estimatedCost = sheets * (10 + 2 * rows);
  info->estimatedRows = (sqlite3_int64)(sheets * 2 * rows);
}

static bool is_second(const char *plan, const char *limit) {
  return strncmp(limit, "date", 4) != 0 && strstr(plan, limit) != NULL;
}

/* NULL when there is no memory, or was none before. */
static char *add_word(char *plan, const char *word) {
  char *longer = plan ? sqlite3_mprintf("%s%s%s", plan, plan[0] ? " " : "", word) : NULL;
  sqlite3_free(plan);
  return longer;
}

static char *add_limits(sqlite3_index_info *info, bool counts, char *plan) {
  int given = 0;
  for (int i = 0; plan && i < info->nConstraint; i++) {
    char limit[LIMIT_TEXT];
    if (!limit_of(info, counts, i, limit) || is_second(plan, limit)) continue;
    plan = add_word(plan, limit);
    info->aConstraintUsage[i].argvIndex = ++given;
    info->aConstraintUsage[i].omit = is_literal_text(info, i);
  }
  return plan;
}

/* Order ---------------------------------------------------------------------- */

static enum mark_column ordered(const sqlite3_index_info *info, bool counts, int i) {
  return info->aOrderBy[i].iColumn < 0 ? MARK_MARKS /* rowid: never in order */
                                       : mark_plan_column(counts, info->aOrderBy[i].iColumn);
}

/* By code and class alone: a code's rows can be read one code after the other. One
 * pupil's are too few for that. */
static bool is_by_code(const sqlite3_index_info *info, bool counts, const char *plan) {
  if (info->nOrderBy < 1 || info->nOrderBy > MARK_ORDERS || strstr(plan, "upn=")) return false;
  for (int i = 0; i < info->nOrderBy; i++) {
    enum mark_column column = ordered(info, counts, i);
    if (column != MARK_CODE && column != MARK_CLASS) return false;
  }
  return true;
}

static char *add_orders(sqlite3_index_info *info, bool counts, char *plan) {
  for (int i = 0; i < info->nOrderBy; i++) {
    char word[LIMIT_TEXT];
    (void)snprintf(word, sizeof word, "by:%s%s", info->aOrderBy[i].desc ? "-" : "",
                   ordered(info, counts, i) == MARK_CODE ? "code" : "class");
    plan = add_word(plan, word);
  }
  return plan;
}

/* Rows come by school, day, session. So they do in a query when its columns are the
 * first of these, in this order; what is the same in all rows makes no difference.
 * For DISTINCT any order of them will do, and when counted the codes of a half day
 * too, for equal ones come together. (For GROUP BY it will not, whatever
 * sqlite3_vtab_distinct says: SQLite takes the groups' order for ORDER BY's.) */
static bool is_as_it_comes(sqlite3_index_info *info, bool counts, const char *plan, bool counted) {
  bool has[MARK_MARKS + 1] = {false}, distinct = sqlite3_vtab_distinct(info) == 2;
  int latest = MARK_SCHOOL;
  has[MARK_SCHOOL] = strstr(plan, "school=") != NULL;
  has[MARK_DATE] = strstr(plan, "date=") != NULL;
  for (int i = 0; i < info->nOrderBy; i++) {
    enum mark_column column = ordered(info, counts, i);
    if (has[column]) continue;
    if (column == MARK_UPN || column > (counted && distinct ? MARK_CLASS : MARK_SESSION))
      return false;
    if (!distinct && (info->aOrderBy[i].desc || (int)column < latest)) return false;
    has[column] = true;
    latest = (int)column;
  }
  bool day_first = has[MARK_DATE] || !(has[MARK_SESSION] || has[MARK_CODE] || has[MARK_CLASS]);
  bool half_first = has[MARK_SESSION] || !(has[MARK_CODE] || has[MARK_CLASS]);
  return info->nOrderBy > 0 && (has[MARK_SCHOOL] || !has[MARK_DATE]) && day_first && half_first;
}

int mark_plan_best(sqlite3_index_info *info, bool counts) {
  char *plan = add_limits(info, counts, sqlite3_mprintf("%s", ""));
  if (!plan) return SQLITE_NOMEM;
  estimate(info, counts, plan);
  bool counted = counts || !(info->colUsed >> MARK_UPN & 1);
  bool by_code = is_by_code(info, counts, plan);
  info->orderByConsumed = by_code || is_as_it_comes(info, counts, plan, counted);
  if (by_code) plan = add_orders(info, counts, plan);
  if (counted && !counts) plan = add_word(plan, "counted");
  if (counted && !counts && info->orderByConsumed && sqlite3_vtab_distinct(info) >= 2)
    plan = add_word(plan, "once");
  if (!plan) return SQLITE_NOMEM;
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

/* A word on the rows, which has no value. */
static bool take_word(mark_limits *l, slice word) {
  if (slice_is(word, "counted")) return l->counted = true;
  if (slice_is(word, "once")) return l->once = true;
  if (word.length < 4 || memcmp(word.at, "by:", 3) != 0) return false;
  bool descending = word.at[3] == '-';
  slice name = {word.at + 3 + descending, word.length - 3 - descending};
  if (l->order_count < MARK_ORDERS)
    l->orders[l->order_count++] =
        (mark_order){slice_is(name, "code") ? MARK_CODE : MARK_CLASS, descending};
  return true;
}

mark_limits mark_plan_limits(const char *plan, sqlite3_value **values) {
  mark_limits l = {.first = DATE_FIRST, .last = DATE_LAST};
  for (int i = 0; *plan; i++) {
    slice op = next_limit(&plan);
    if (take_word(&l, op)) continue;
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
