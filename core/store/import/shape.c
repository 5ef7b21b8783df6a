/* shape: a heading is taken apart into words and numbers; what they say is decided for all
 * headings at once. */
#include "store/import/shape.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { NUMBERS = 3, SHOWN = 60, YEARS_BACK = 6, FRIDAY = 4, NO_HALF = -1, NO_WEEKDAY = -1 };

const char *shape_name(enum shape s) {
  static const char *const names[] = {[SHAPE_FOUND] = "unknown",
                                      [SHAPE_LONG] = "long",
                                      [SHAPE_DAILY] = "daily",
                                      [SHAPE_GRID] = "grid",
                                      [SHAPE_STRING] = "string"};
  return names[s];
}

/* A heading --------------------------------------------------------------------------- */

/* What it says. Without a named month `day` and `month` may have to change places. */
typedef struct heading {
  size_t column;
  bool has_month;       /* by its name, or in ISO order: `day` and `month` are what they say */
  int year, month, day; /* year 0: it has none */
  int half, weekday;
  bool short_year; /* of two digits */
  session at;
} heading;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter(char c) {
  return (text_lower(c) >= 'a' && text_lower(c) <= 'z') || (unsigned char)c >= 0x80;
}

/* Which of the names the word is, or the first letters of, three and more; -1: none. */
static int find_name(slice word, const char *const *names, int count) {
  for (int i = 0; word.length >= 3 && i < count; i++) {
    size_t k = 0;
    while (k < word.length && text_lower(word.at[k]) == names[i][k] && names[i][k]) k++;
    if (k == word.length) return i;
  }
  return -1;
}

/* False: no heading of a session has such a word. */
static bool take_word(slice word, heading *h) {
  static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                         "friday", "saturday", "sunday",    "weds"};
  static const char *const months[] = {"january",  "february", "march",  "april",     "may",
                                       "june",     "july",     "august", "september", "october",
                                       "november", "december", "sept"};
  static const char *const nothing[] = {"st", "nd", "rd", "th", "t", "z", "of", "session"};
  enum { WEDNESDAY = 2, WEDS = 7, SEPTEMBER = 8, SEPT = 12 };
  bool is_am = slice_is_nocase(word, "am") || slice_is_nocase(word, "morning");
  if (is_am || slice_is_nocase(word, "pm") || slice_is_nocase(word, "afternoon")) {
    h->half = is_am ? HALF_AM : HALF_PM;
    return true;
  }
  int i = find_name(word, weekdays, WEDS + 1);
  if (i >= 0) {
    h->weekday = i == WEDS ? WEDNESDAY : i;
    return true;
  }
  i = find_name(word, months, SEPT + 1);
  if (i >= 0 && !h->has_month) {
    h->has_month = true;
    h->month = 1 + (i == SEPT ? SEPTEMBER : i);
    return true;
  }
  for (size_t k = 0; k < sizeof nothing / sizeof *nothing; k++)
    if (slice_is_nocase(word, nothing[k])) return true;
  return false;
}

typedef struct number {
  int value;
  size_t digits;
} number;

/* The numbers as a date. False: they are none. */
static bool take_numbers(const number *n, size_t count, heading *h) {
  if (!h->has_month && count == 1 && n[0].digits == 8) { /* 20250908 */
    h->has_month = true;
    h->year = n[0].value / 10000;
    h->month = n[0].value / 100 % 100;
    h->day = n[0].value % 100;
    return true;
  }
  size_t dates = h->has_month ? 1 : 2; /* numbers besides the year */
  if (count != dates && count != dates + 1) return false;
  size_t at = 0;
  if (count > dates) {
    bool is_first = n[0].digits == 4;
    const number *year = &n[is_first ? 0 : count - 1];
    h->year = year->value;
    h->short_year = year->digits <= 2;
    at = is_first;
    if (year->digits != 4 && !h->short_year) return false;
    if (!h->has_month && is_first) { /* ISO */
      h->month = n[1].value;
      h->day = n[2].value;
      h->has_month = true;
      return n[1].digits <= 2 && n[2].digits <= 2;
    }
  } else if (!h->has_month && h->half == NO_HALF && h->weekday == NO_WEEKDAY) {
    return false; /* two numbers alone */
  }
  if (n[at].digits > 2) return false;
  h->day = n[at].value;
  if (h->has_month) return true;
  h->month = n[at + 1].value;
  return n[at + 1].digits <= 2;
}

/* Whether it is the heading of a session, and what it says then. */
static bool take_heading(slice text, heading *h) {
  number numbers[NUMBERS];
  size_t count = 0;
  int hour_half = NO_HALF; /* of a time of day */
  *h = (heading){.half = NO_HALF, .weekday = NO_WEEKDAY};
  for (size_t i = 0, from; i < text.length;) {
    char c = text.at[i];
    from = i;
    if (is_letter(c)) {
      while (i < text.length && is_letter(text.at[i])) i++;
      if (!take_word((slice){text.at + from, i - from}, h)) return false;
    } else if (is_digit(c)) {
      int value = 0;
      for (; i < text.length && is_digit(text.at[i]); i++) {
        if (i - from == 8) return false;
        value = value * 10 + (text.at[i] - '0');
      }
      if (i < text.length && text.at[i] == ':') {
        if (i - from > 2 || value > 23) return false;
        if (value > 0) hour_half = value < 12 ? HALF_AM : HALF_PM;
        while (i < text.length && (is_digit(text.at[i]) || strchr(":.", text.at[i]))) i++;
        continue;
      }
      if (count == NUMBERS) return false;
      numbers[count++] = (number){value, i - from};
    } else if (c && strchr(" ,./-()[]_\t\n", c)) {
      i++;
    } else {
      return false;
    }
  }
  if (count == 0 || !take_numbers(numbers, count, h)) return false;
  if (h->half == NO_HALF) h->half = hour_half;
  return true;
}

/* All headings -------------------------------------------------------------------------- */

static bool is_day(int year, int month, int day_of_month) {
  return year >= 1900 && year <= 2199 && month >= 1 && month <= 12 && day_of_month >= 1 &&
         day_of_month <= date_days_in_month(year, month);
}

/* Its day, read in an order; DAY_NONE: there is no such day. One without a year is the last that
 * is not after `today` and is of that weekday, or of any from Monday to Friday. */
static day day_of(const heading *h, bool month_first, day today) {
  bool turned = month_first && !h->has_month;
  int month = turned ? h->day : h->month, on = turned ? h->month : h->day, year, m, d;
  if (h->year) {
    if (!is_day(h->year, month, on)) return DAY_NONE;
    day at = date_of(h->year, month, on);
    return h->weekday == NO_WEEKDAY || date_weekday(at) == h->weekday ? at : DAY_NONE;
  }
  date_split(today, &year, &m, &d);
  for (int back = 0; back < YEARS_BACK; back++) {
    if (!is_day(year - back, month, on)) continue;
    day at = date_of(year - back, month, on);
    bool fits =
        h->weekday == NO_WEEKDAY ? date_weekday(at) <= FRIDAY : date_weekday(at) == h->weekday;
    if (at <= today && fits) return at;
  }
  return DAY_NONE;
}

/* How many of the headings an order gives no day, and how many a day that does not come after the
 * one before, or is at a weekend that it does not name. */
static void judge_order(const heading *list, size_t count, bool month_first, day today,
                        size_t *impossible, size_t *odd) {
  day before = DAY_NONE;
  *impossible = *odd = 0;
  for (size_t i = 0; i < count; i++) {
    day at = day_of(&list[i], month_first, today);
    *impossible += at == DAY_NONE;
    *odd += at != DAY_NONE &&
            (at < before || (date_weekday(at) > FRIDAY && list[i].weekday == NO_WEEKDAY));
    before = at;
  }
}

static status refuse(slice text, const char *remedy, const char *what, problem *p) {
  buffer shown = {0};
  slice cut = {text.at, text.length > SHOWN ? SHOWN : text.length};
  cut.length = text_utf8_prefix(cut);
  text_add_escaped(&shown, cut);
  buffer_add_char(&shown, '\0');
  status s = problem_set(p, STATUS_SYNTAX, remedy, "the heading \"%s\" %s",
                         shown.failed ? "" : shown.bytes, what);
  buffer_free(&shown);
  return s;
}

/* The halves of days that have two columns without one, and their sessions. */
static status settle(const slice *headings, heading *list, size_t count, bool month_first,
                     day today, problem *p) {
  for (size_t i = 0; i < count; i++) {
    heading *h = &list[i];
    day on = day_of(h, month_first, today);
    if (h->short_year)
      return refuse(headings[h->column], "write the year with four digits",
                    "has a year of two digits", p);
    if (on == DAY_NONE)
      return refuse(headings[h->column],
                    "write its date like 2025-09-08, or say whether the day or the month is first",
                    "is no day that there is, as the other headings are read", p);
    if (h->half == NO_HALF && i + 1 < count && list[i + 1].half == NO_HALF &&
        day_of(&list[i + 1], month_first, today) == on) {
      h->half = HALF_AM;
      list[i + 1].half = HALF_PM;
    }
    if (h->half == NO_HALF)
      return refuse(headings[h->column], "write it like \"2025-09-08 AM\"",
                    "does not say whether it is the morning or the afternoon", p);
    h->at = session_of(on, h->half);
  }
  return STATUS_OK;
}

static int compare_columns(const void *a, const void *b) {
  session x = ((const shape_column *)a)->at, y = ((const shape_column *)b)->at;
  return (x > y) - (x < y);
}

status shape_columns(const slice *headings, const bool *taken, size_t heading_count,
                     enum date_order order, day today, shape_column **out, size_t *count,
                     problem *p) {
  heading *list = mem_new(heading_count, sizeof *list);
  shape_column *columns = mem_new(heading_count, sizeof *columns);
  size_t n = 0;
  status s = STATUS_OK;
  if (!list || !columns) {
    mem_free(list);
    mem_free(columns);
    return problem_no_memory(p);
  }
  for (size_t i = 0; !s && i < heading_count; i++) {
    bool is_second = !taken[i] && headings[i].length == 0 && n && list[n - 1].column + 1 == i &&
                     list[n - 1].half == NO_HALF; /* merged with the one before */
    if (is_second) list[n] = list[n - 1];
    if (is_second || (!taken[i] && take_heading(headings[i], &list[n]))) list[n++].column = i;
  }
  bool month_first = order == DATES_MONTH_FIRST;
  if (!s && n && order == DATES_FOUND) {
    size_t impossible[2], odd[2];
    for (int m = 0; m < 2; m++) judge_order(list, n, m, today, &impossible[m], &odd[m]);
    month_first = impossible[0] ? impossible[1] == 0 : impossible[1] == 0 && odd[1] == 0 && odd[0];
    for (size_t i = 0; !s && i < n && !impossible[0] && !impossible[1] && !odd[0] == !odd[1]; i++)
      if (day_of(&list[i], false, today) != day_of(&list[i], true, today))
        s = refuse(headings[list[i].column],
                   "say which it is: dates = \"day-first\" or \"month-first\"",
                   "may have the day first or the month, and the others do not tell", p);
  }
  if (!s) s = settle(headings, list, n, month_first, today, p);
  for (size_t i = 0; !s && i < n; i++) columns[i] = (shape_column){list[i].column, list[i].at};
  if (!s && n) qsort(columns, n, sizeof *columns, compare_columns);
  for (size_t i = 1; !s && i < n; i++)
    if (columns[i].at == columns[i - 1].at)
      s = refuse(headings[columns[i].column], "remove one of the two columns",
                 "is of a half day that another column is of, too", p);
  mem_free(list);
  if (s) {
    mem_free(columns);
    return s;
  }
  *out = columns;
  *count = n;
  return STATUS_OK;
}

bool shape_is_totals(const slice *headings, size_t heading_count) {
  static const char *const parts[] = {"possible", "authorised", "unauthorised",
                                      "attended", "present",    "absent"};
  bool there[sizeof parts / sizeof *parts] = {false};
  for (size_t i = 0; i < heading_count; i++)
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
      size_t length = strlen(parts[k]);
      for (size_t at = 0; at + length <= headings[i].length; at++)
        if (slice_is_nocase((slice){headings[i].at + at, length}, parts[k])) there[k] = true;
    }
  size_t others = 0;
  for (size_t k = 1; k < sizeof parts / sizeof *parts; k++) others += there[k];
  return there[0] ? others >= 1 : others >= 2;
}

session shape_place(day start, bool weekends, size_t k) {
  day days = (day)(k / 2);
  int half = k % 2 ? HALF_PM : HALF_AM;
  if (weekends) return session_of(start + days, half);
  int weekday = date_weekday(start);
  if (weekday > FRIDAY) { /* begins with the Monday after */
    start += 7 - weekday;
    weekday = 0;
  }
  return session_of(start + days + 2 * ((weekday + days) / (FRIDAY + 1)), half);
}
