/* reading: what a file is said to be, beyond its bytes: how it is encoded and quoted, where its
 * headings stand, which of them is which column, and how its marks and dates are written.
 *
 * 1. What is not said (zero, NULL) is found out from the file, or is as in a plain file.
 * 2. It comes from a profile, from a person, or from an examination; C takes no part of it from a
 *    supplier's name.
 * 3. Everything in it is lent by whoever made it, and stays until the import has ended. */
#ifndef WAYMARK_STORE_READING_H
#define WAYMARK_STORE_READING_H

#include "base/date.h"
#include "base/text.h"

enum encoding {
  ENCODING_FOUND, /* by its byte-order mark; else UTF-8 where all of it is; else Windows-1252 */
  ENCODING_UTF8,
  ENCODING_WINDOWS_1252,
  ENCODING_ISO_8859_1,
  ENCODING_UTF16_LE,
  ENCODING_UTF16_BE
};

enum quoting { QUOTING_FOUND, QUOTING_DOUBLED, QUOTING_BACKSLASH };

enum shape {
  SHAPE_FOUND,
  SHAPE_LONG,  /* a record a mark */
  SHAPE_DAILY, /* a record a pupil and day */
  SHAPE_GRID,  /* a record a pupil, a column a session */
  SHAPE_STRING /* one string of marks a pupil, from a day on */
};

enum date_order { DATES_FOUND, DATES_DAY_FIRST, DATES_MONTH_FIRST };

/* A heading as it is written in the file, and the column that it is. */
typedef struct alias {
  slice heading, column;
} alias;

/* A mark as it is written, and the code that it stands for; an empty code: no mark. */
typedef struct odd_mark {
  slice text, code;
} odd_mark;

typedef struct reading {
  enum encoding encoding;
  char delimiter; /* 0: found */
  enum quoting quoting;
  const char *sheet, *records;
  size_t heading;      /* line of the first heading row; 0: found */
  size_t heading_rows; /* 1 or 2; 0: found */
  const alias *aliases;
  size_t alias_count;
  enum shape shape;
  enum date_order dates;
  const odd_mark *marks, *sub_codes;
  size_t mark_count, sub_code_count;
  bool weekends;
  day starts;         /* DAY_NONE: the file says so */
  const char *school; /* of all records; NULL: the file says so */
} reading;

#endif
