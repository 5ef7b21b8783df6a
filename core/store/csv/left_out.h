/* left_out: what became of rows that an import could not take: counted by
 * reason, shown by a few examples, and kept as a CSV file to be put right and
 * imported again.
 *
 * 1. The file is made at the first row, with a name nobody else has
 *    (KIND-YYYYMMDD-HHMMSS.csv in UTC, then -2, -3 …), mode 0600 in a folder of
 *    mode 0700. Without a folder (NULL) nothing is written.
 * 2. Cells are written verbatim, as UTF-8, quoted as RFC 4180 says: the file is
 *    made to be imported again, so a cell that a spreadsheet would take for a
 *    formula is not defused.
 * 3. It has the headings of the file that came in, then `line,reason`; columns
 *    of those two names that came in themselves are dropped. A line that could
 *    not be read at all stands whole in the first cell; surplus cells stand in
 *    the last one, with commas.
 * 4. `left_out_seal` makes it durable, before the import commits;
 *    `left_out_free` without a seal removes it.
 *
 * 5. A kind that leaves out parts of records gives headings of its own, under which parts are
 *    written. A line that could not be read at all is written as in 3.
 *
 * The same counting serves warnings. */
#ifndef WAYMARK_LEFT_OUT_H
#define WAYMARK_LEFT_OUT_H

#include "store/csv/csv.h"

enum left_reason {
  LEFT_QUOTES,
  LEFT_WRONG_COUNT,
  LEFT_TOO_LONG,
  LEFT_NUL,
  LEFT_NOT_UTF8,
  LEFT_NO_SCHOOL,
  LEFT_UNKNOWN_SCHOOL,
  LEFT_NO_PUPIL,
  LEFT_UNKNOWN_PUPIL,
  LEFT_NOT_A_DATE,
  LEFT_NO_SUCH_DATE,
  LEFT_TWO_DIGIT_YEAR,
  LEFT_DATES_ORDER,
  LEFT_SESSION,
  LEFT_UNKNOWN_CODE,
  LEFT_NOT_IN_FORCE,
  LEFT_AFTER_TODAY,
  LEFT_OUT_OF_RANGE,
  LEFT_NO_CALENDAR,
  LEFT_CLOSED_DAY,
  LEFT_YES_OR_NO,
  LEFT_NUMBER,
  LEFT_TOO_MANY,
  LEFT_EMPTY,
  LEFT_IN_USE,
  LEFT_ERROR_CELL,
  LEFT_ANOTHER_CHILD,
  LEFT_SCHOOL_DOUBTED,
  LEFT_CALENDAR,
  LEFT_REASONS
};

/* "unknown-pupil", for programs; "the pupil is not known" for people. */
const char *left_reason_name(enum left_reason r);
const char *left_reason_sentence(enum left_reason r);
/* Why a row with a fault (not CSV_FINE) is left out. */
enum left_reason left_reason_of(enum csv_fault fault);

enum { EXAMPLES_MOST = 5, EXAMPLE_WORDS = 280 };

typedef struct example {
  size_t line;               /* 0: of no one line */
  char words[EXAMPLE_WORDS]; /* safe for a terminal */
} example;

typedef struct examples {
  size_t count, shown;
  example list[EXAMPLES_MOST]; /* [shown] */
} examples;

/* Count one, and keep its words while there is room for examples. */
void examples_add(examples *all, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

enum { LEFT_SHOWN = 64 };
/* A cell as messages show it: at most some forty characters, control
 * characters escaped. Returns `out`. */
const char *left_out_shown(slice cell, char out[LEFT_SHOWN]);

typedef struct left_out left_out;

/* `kind` names the file; `at` is UTC seconds; `reader` (whose headings are
 * written) and `folder` must stay. Writes nothing yet. */
status left_out_new(const char *folder, const char *kind, int64_t at, const csv_reader *reader,
                    left_out **out, problem *p);
/* From now on rows have these headings, lent; before the first row. */
void left_out_headings(left_out *l, const slice *headings, size_t count);
/* Write one row with its reason in words. STATUS_IO, STATUS_NO_MEMORY. */
status left_out_add(left_out *l, const csv_row *row, const char *reason, problem *p);
/* Make the file durable and let it stand. Nothing to do without a row. */
status left_out_seal(left_out *l, problem *p);
/* The path of the file, or NULL when there is none. Lent. */
const char *left_out_path(const left_out *l);
/* Take a sealed file away again, when the commit after it failed. */
void left_out_withdraw(left_out *l);
void left_out_free(left_out *l);

#endif
