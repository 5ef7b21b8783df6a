/* date: days as numbers. The civil-from-days arithmetic is the well-known one that
 * begins the year in March so that the leap day comes last. */
#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const weekday_names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                            "Friday", "Saturday", "Sunday"};
static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};

const char *session_half_name(session s) { return session_half(s) ? "PM" : "AM"; }

day date_of(int year, int month, int day_of_month) {
  int y = month <= 2 ? year - 1 : year;
  int era = y / 400; /* years are positive */
  int year_of_era = y - era * 400;
  int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
  int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

void date_split(day d, int *year, int *month, int *day_of_month) {
  int z = d + 719468;
  int era = z / 146097;
  int day_of_era = z - era * 146097;
  int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int march_month = (5 * day_of_year + 2) / 153;
  *day_of_month = day_of_year - (153 * march_month + 2) / 5 + 1;
  *month = march_month < 10 ? march_month + 3 : march_month - 9;
  *year = year_of_era + era * 400 + (*month <= 2);
}

int date_days_in_month(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 ? 28 + leap : days[month - 1];
}

/* Up to three numbers split by `by`; how many digits each has. */
static bool split_numbers(slice text, char by, int numbers[3], int digits[3]) {
  int part = 0;
  numbers[0] = numbers[1] = numbers[2] = digits[0] = digits[1] = digits[2] = 0;
  for (size_t i = 0; i < text.length; i++) {
    char c = text.at[i];
    if (c == by && part < 2 && digits[part] > 0) {
      part++;
    } else if (c >= '0' && c <= '9' && digits[part] < 4) {
      numbers[part] = numbers[part] * 10 + (c - '0');
      digits[part]++;
    } else {
      return false;
    }
  }
  return part == 2 && digits[2] > 0;
}

static status check_date(slice text, int y, int m, int d, day *out, problem *p) {
  if (y < 1900 || y > 2199)
    return problem_set(p, STATUS_RANGE, "use a year from 1900 to 2199", "no such date: %.*s",
                       (int)text.length, text.at);
  if (m < 1 || m > 12 || d < 1 || d > date_days_in_month(y, m))
    return problem_set(p, STATUS_RANGE, "check the day and the month", "no such date: %.*s",
                       (int)text.length, text.at);
  *out = date_of(y, m, d);
  return STATUS_OK;
}

static status not_a_date(slice text, problem *p) {
  int shown = text.length > 40 ? 40 : (int)text.length;
  return problem_set(p, STATUS_SYNTAX, "write it as 2025-09-08", "not a date: %.*s", shown,
                     text.at);
}

/* The most read form, of which there are millions: no loop over what could stand there. */
status date_parse_iso(slice text, day *out, problem *p) {
  static const char places[] = {0, 1, 2, 3, 5, 6, 8, 9};
  int n[8];
  if (text.length != 10 || text.at[4] != '-' || text.at[7] != '-') return not_a_date(text, p);
  for (int i = 0; i < 8; i++) {
    n[i] = text.at[(int)places[i]] - '0';
    if (n[i] < 0 || n[i] > 9) return not_a_date(text, p);
  }
  return check_date(text, n[0] * 1000 + n[1] * 100 + n[2] * 10 + n[3], n[4] * 10 + n[5],
                    n[6] * 10 + n[7], out, p);
}

status date_parse(slice text, day *out, problem *p) {
  int n[3], digits[3];
  char by = memchr(text.at, '/', text.length) ? '/' : '-';
  if (!split_numbers(text, by, n, digits)) return not_a_date(text, p);
  if (digits[0] == 4 && digits[1] == 2 && digits[2] == 2 && by == '-')
    return check_date(text, n[0], n[1], n[2], out, p);
  if (digits[0] > 2 || digits[1] > 2) return not_a_date(text, p);
  if (digits[2] != 4)
    return problem_set(p, STATUS_RANGE, "write the year with four digits",
                       "a year with two digits: %.*s", (int)text.length, text.at);
  if (by != '/') return not_a_date(text, p);
  return check_date(text, n[2], n[1], n[0], out, p);
}

/* A cell of a file ------------------------------------------------------------ */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return text_lower(c) >= 'a' && text_lower(c) <= 'z'; }

static bool is_one_of(char c, const char *chars) { return c && strchr(chars, c); }

static size_t letters_of(slice text) {
  size_t n = 0;
  while (n < text.length && is_letter(text.at[n])) n++;
  return n;
}

static slice rest_of(slice text, size_t from) {
  return (slice){text.at + from, text.length - from};
}

static slice without_spaces(slice text) {
  while (text.length && (text.at[0] == ' ' || text.at[0] == '\t')) text = rest_of(text, 1);
  return text;
}

/* Which of the names a word is or shortens to at least three letters; `count` for none. */
static int find_name(slice word, const char *const *names, int count) {
  for (int i = 0; i < count && word.length >= 3; i++) {
    size_t k = 0;
    while (k < word.length && text_lower(word.at[k]) == text_lower(names[i][k])) k++;
    if (k == word.length) return i;
  }
  return count;
}

/* A number or the name of a month, and what follows. */
typedef struct date_part {
  int number, digits; /* digits 0: a month's name */
} date_part;

static bool take_part(slice *text, date_part *out) {
  slice t = *text;
  *out = (date_part){0, 0};
  while (t.length && is_digit(t.at[0]) && out->digits < 9) {
    out->number = out->number * 10 + (t.at[0] - '0');
    out->digits++;
    t = rest_of(t, 1);
  }
  size_t letters = letters_of(t);
  slice word = {t.at, letters};
  if (out->digits) { /* 1st, 2nd … */
    static const char *const ordinals[] = {"st", "nd", "rd", "th"};
    for (int i = 0; i < 4 && out->digits <= 2; i++)
      if (slice_is_nocase(word, ordinals[i])) t = rest_of(t, letters);
  } else {
    out->number = 1 + find_name(word, month_names, 12);
    if (out->number > 12) return false;
    t = rest_of(t, letters);
    if (t.length && t.at[0] == '.') t = rest_of(t, 1);
  }
  *text = t;
  return true;
}

/* Spaces, or one sign with spaces around it. */
static bool take_separator(slice *text) {
  slice t = without_spaces(*text);
  bool any = t.length < text->length;
  if (t.length && is_one_of(t.at[0], "/-.,")) t = without_spaces(rest_of(t, 1)), any = true;
  if (t.length > 2 && slice_is_nocase((slice){t.at, 2}, "of") && t.at[2] == ' ')
    t = without_spaces(rest_of(t, 2));
  *text = t;
  return any;
}

/* Nothing, or a time of day in any of its forms. */
static bool is_time(slice text) {
  if (text.length == 0) return true;
  bool divided = text.at[0] == 'T' || text.at[0] == ' ' || text.at[0] == ',';
  text = without_spaces(rest_of(text, 1));
  size_t colon = 0;
  while (colon < text.length && is_digit(text.at[colon])) colon++;
  if (!divided || colon < 1 || colon > 2 || colon == text.length || text.at[colon] != ':')
    return false;
  for (size_t i = 0; i < text.length; i++)
    if (!is_digit(text.at[i]) && !is_one_of(text.at[i], ":. +-TZzapmAPM")) return false;
  return true;
}

written_date date_written(slice text) {
  enum { COMPACT = 8, SERIAL = 5, SERIAL_FIRST = 10000, SERIAL_LAST = 73415 };
  written_date w = {.form = DATE_NOT};
  date_part a, b, c;
  text = without_spaces(text);
  size_t letters = letters_of(text);
  if (find_name((slice){text.at, letters}, weekday_names, 7) < 7) {
    text = rest_of(text, letters);
    if (!take_separator(&text)) return w;
  }
  if (!take_part(&text, &a)) return w;
  if (a.digits == COMPACT && is_time(text)) {
    w = (written_date){DATE_ISO, a.number / 10000, a.number / 100 % 100, a.number % 100, DAY_NONE};
    return w;
  }
  if (a.digits == SERIAL && a.number >= SERIAL_FIRST && a.number <= SERIAL_LAST) {
    size_t fraction = text.length > 1 && text.at[0] == '.' ? 1 : 0;
    while (fraction && fraction < text.length && is_digit(text.at[fraction])) fraction++;
    w.on = a.number + date_of(1899, 12, 30);
    if (fraction == text.length) w.form = DATE_SERIAL;
    return w;
  }
  bool spaced = text.length && text.at[0] == ' ';
  if (a.digits > 4 || !take_separator(&text) || !take_part(&text, &b) || b.digits > 2) return w;
  if (!take_separator(&text) || !take_part(&text, &c) || !c.digits || c.digits > 4 ||
      !is_time(text))
    return w;
  bool named = !a.digits || !b.digits;
  if ((!a.digits && !b.digits) || (spaced && !named)) return w;
  if (a.digits == 4 && c.digits <= 2)
    w = (written_date){named ? DATE_WORDS : DATE_ISO, a.number, b.number, c.number, DAY_NONE};
  else if (a.digits <= 2 && c.digits == 4 && named)
    w = (written_date){DATE_WORDS, c.number, a.digits ? b.number : a.number,
                       a.digits ? a.number : b.number, DAY_NONE};
  else if (a.digits <= 2 && c.digits == 4)
    w = (written_date){DATE_NUMBERS, c.number, a.number, b.number, DAY_NONE};
  else if (a.digits <= 2 && c.digits <= 2)
    w.form = DATE_SHORT_YEAR;
  return w;
}

char date_order_of(const written_date *w) {
  if (w->form != DATE_NUMBERS || (w->first > 12) == (w->second > 12)) return 0;
  return w->first > 12 ? 'd' : 'm';
}

status date_of_written(const written_date *w, bool month_first, day *out) {
  if (w->form == DATE_NOT || w->form == DATE_SHORT_YEAR) return STATUS_SYNTAX;
  if (w->form == DATE_SERIAL) return *out = w->on, STATUS_OK;
  bool swapped = w->form == DATE_NUMBERS && !month_first;
  int month = swapped ? w->second : w->first, on = swapped ? w->first : w->second;
  return check_date((slice){"", 0}, w->year, month, on, out, NULL);
}

bool half_parse(slice text, int *out) {
  if (slice_is_nocase(text, "am")) return *out = HALF_AM, true;
  if (slice_is_nocase(text, "pm")) return *out = HALF_PM, true;
  return false;
}

void date_format(day d, char out[DATE_TEXT]) {
  int y, m, dd;
  date_split(d, &y, &m, &dd);
  static const int tens[] = {1000, 100, 10, 1};
  for (int i = 0; i < 4; i++) out[i] = (char)('0' + y / tens[i] % 10);
  out[4] = out[7] = '-';
  out[5] = (char)('0' + m / 10);
  out[6] = (char)('0' + m % 10);
  out[8] = (char)('0' + dd / 10);
  out[9] = (char)('0' + dd % 10);
  out[10] = '\0';
}

void date_english(day d, char out[DATE_ENGLISH]) {
  int y, m, dd;
  date_split(d, &y, &m, &dd);
  (void)snprintf(out, DATE_ENGLISH, "%s %d %s %d", weekday_names[date_weekday(d)], dd,
                 month_names[m - 1], y);
}

void date_english_short(day d, char out[DATE_ENGLISH]) {
  int y, m, dd;
  date_split(d, &y, &m, &dd);
  (void)snprintf(out, DATE_ENGLISH, "%.3s %d %.3s %d", weekday_names[date_weekday(d)], dd,
                 month_names[m - 1], y);
}

int date_weekday(day d) {
  int w = (d + 3) % 7; /* 1970-01-01 was a Thursday */
  return w < 0 ? w + 7 : w;
}

day date_monday(day d) { return d - date_weekday(d); }

int date_academic_year(day d) {
  int y, m, dd;
  date_split(d, &y, &m, &dd);
  return m >= 8 ? y : y - 1;
}

day date_academic_start(int academic_year) { return date_of(academic_year, 8, 1); }

/* Times ------------------------------------------------------------------- */

static bool two_digits(slice text, size_t at, int most, int *out) {
  int64_t n;
  if (at + 2 > text.length || !text_number((slice){text.at + at, 2}, most, &n)) return false;
  *out = (int)n;
  return true;
}

status time_parse(slice text, int64_t *out, problem *p) {
  bool utc = text.length > 0 && text.at[text.length - 1] == 'Z';
  slice rest = {text.at, text.length - utc};
  const char *at = rest.at;
  size_t n = rest.length;
  day d = DAY_NONE;
  int hour = 0, minute = 0, second = 0; /* a day alone is its midnight */
  bool good = n >= 10 && date_parse_iso((slice){at, 10}, &d, NULL) == STATUS_OK;
  if (good && n > 10)
    good = (n == 16 || n == 19) && (at[10] == 'T' || at[10] == ' ') && at[13] == ':' &&
           two_digits(rest, 11, 23, &hour) && two_digits(rest, 14, 59, &minute);
  if (good && n == 19) good = at[16] == ':' && two_digits(rest, 17, 59, &second);
  if (!good)
    return problem_set(p, STATUS_SYNTAX, "write it as 2025-09-08T18:00", "not a time: %.*s",
                       text.length > 40 ? 40 : (int)text.length, text.at);
  if (utc) return *out = (int64_t)d * 86400 + hour * 3600 + minute * 60 + second, STATUS_OK;
  struct tm local = {.tm_hour = hour, .tm_min = minute, .tm_sec = second, .tm_isdst = -1};
  date_split(d, &local.tm_year, &local.tm_mon, &local.tm_mday);
  local.tm_year -= 1900;
  local.tm_mon -= 1;
  *out = (int64_t)mktime(&local);
  return STATUS_OK;
}

void time_format(int64_t at, char out[TIME_TEXT]) {
  int64_t d = at / 86400, s = at % 86400;
  if (s < 0) s += 86400, d -= 1;
  if (d < DATE_FIRST) d = DATE_FIRST;
  if (d > DATE_LAST) d = DATE_LAST;
  char date[DATE_TEXT];
  date_format((day)d, date);
  unsigned second = (unsigned)s;
  (void)snprintf(out, TIME_TEXT, "%sT%02u:%02u:%02uZ", date, second / 3600U % 24U,
                 second / 60U % 60U, second % 60U);
}
