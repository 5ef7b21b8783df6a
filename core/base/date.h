/* date: days and sessions as numbers, and how people write them.
 *
 * A `day` counts days from 1970-01-01 in the proleptic Gregorian calendar. A
 * `session` is half a school day: day * 2 for the morning, + 1 for the
 * afternoon, so that one comparison orders both. Years run from 1900 to 2199.
 * An academic year is named by the calendar year it begins in and runs from
 * 1 August to 31 July. No clock is read here. */
#ifndef WAYMARK_DATE_H
#define WAYMARK_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

typedef int32_t day;
typedef int32_t session;

enum { DATE_TEXT = 11, DATE_ENGLISH = 40, TIME_TEXT = 21 };
enum { HALF_AM = 0, HALF_PM = 1 };
enum { DATE_FIRST = -25567, DATE_LAST = 84005 }; /* 1900-01-01, 2199-12-31 */

#define DAY_NONE INT32_MIN
#define SESSION_NONE INT32_MIN

static inline day session_day(session s) { return s >> 1; }
static inline int session_half(session s) { return s & 1; }
static inline session session_of(day d, int half) { return d * 2 + half; }
const char *session_half_name(session s); /* "AM" or "PM" */

day date_of(int year, int month, int day_of_month); /* all in range */
void date_split(day d, int *year, int *month, int *day_of_month);
int date_days_in_month(int year, int month);

/* "2025-09-08", or "08/09/2025" (day first), as people write one to the program. STATUS_SYNTAX when
 * it is neither, STATUS_RANGE when no such day exists (30 February) or the year has only two
 * digits; the problem says which. */
status date_parse(slice text, day *out, problem *p);
/* How a cell writes a date. A weekday before it and a time after it say nothing more. */
enum date_form {
  DATE_NOT,
  DATE_ISO,        /* 2025-09-08, 2025/9/8, 20250908 */
  DATE_NUMBERS,    /* 08/09/2025, 8-9-2025, 8.9.2025: which is the day, they do not say */
  DATE_WORDS,      /* 8 September 2025, Mon 8-Sep-2025, September 8, 2025 */
  DATE_SERIAL,     /* 45908: of a spreadsheet, days after 30 December 1899 */
  DATE_SHORT_YEAR, /* any of them with a year of two digits */
  DATE_FORMS
};

typedef struct written_date {
  enum date_form form;
  int year, first, second; /* of DATE_NUMBERS in their order; else the month and the day */
  day on;                  /* of DATE_SERIAL */
} written_date;

written_date date_written(slice text);
/* Which order the numbers can only be read in: 'd', 'm', or 0 where they can be read in both or in
 * none. */
char date_order_of(const written_date *w);
/* The day: STATUS_SYNTAX for DATE_NOT and DATE_SHORT_YEAR, STATUS_RANGE when there is no such day
 * (30 February) or it is out of the range of dates. */
status date_of_written(const written_date *w, bool month_first, day *out);
/* ISO only, as settings, options and plugins write it. */
status date_parse_iso(slice text, day *out, problem *p);
/* "AM" or "PM", any case. */
bool half_parse(slice text, int *out);

void date_format(day d, char out[DATE_TEXT]);           /* 2025-11-04 */
void date_english(day d, char out[DATE_ENGLISH]);       /* Tuesday 4 November 2025 */
void date_english_short(day d, char out[DATE_ENGLISH]); /* Tue 4 Nov 2025 */
enum { WEEKDAYS = 7 };
int date_weekday(day d);                    /* Monday 0 .. Sunday 6 */
day date_monday(day d);                     /* of its Monday-to-Sunday week */
int date_academic_year(day d);              /* 2025 for 2025-26 */
day date_academic_start(int academic_year); /* its 1 August */

/* Times are seconds from 1970-01-01T00:00:00Z. The text form is UTC with a Z.
 * Parsing takes "2025-09-08", "2025-09-08T18:00", "…:30", each with or without
 * Z; without Z it is the machine's local time. */
status time_parse(slice text, int64_t *out, problem *p);
void time_format(int64_t at, char out[TIME_TEXT]); /* 2025-09-08T17:00:00Z */

#endif
