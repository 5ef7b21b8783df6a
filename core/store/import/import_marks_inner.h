/* import_marks_inner: what the files of the kind `marks` share; nobody else
 * includes it. */
#ifndef WAYMARK_IMPORT_MARKS_INNER_H
#define WAYMARK_IMPORT_MARKS_INNER_H

#include <string.h>

#include "store/import/import.h"
#include "store/import/import_school.h"

enum {
  MARKS_SCHOOL = COLUMN_SCHOOL,
  MARKS_UPN,
  MARKS_DATE,
  MARKS_SESSION,
  MARKS_CODE,
  MARKS_NUMBER,
  MARKS_COLUMNS
};

enum { KNOWN_DATES = 1024, ISO_LENGTH = 10 };

/* A date as it is written, and what it is. */
typedef struct known_date {
  char text[ISO_LENGTH];
  uint16_t follower; /* a guess: the date that was met next last time */
  day on;
  int year;
} known_date;

enum { EITHER_HALF = -1 };

/* Where the row before was, and where its cells stand (import_plain.c). */
typedef struct plain_place {
  size_t at[MARKS_COLUMNS]; /* of the columns, among the cells; SIZE_MAX */
  bool any;                 /* whether there was such a row */
  char school_text[64];
  slice school; /* its cell */
  school_days *days;
  roll *roll;
  sheet_year *sheets;
  int year;
  uint32_t entry;   /* the pupil's newest */
  known_date *date; /* NULL at first */
} plain_place;

typedef struct mark_import {
  sheets *sheets;
  school_days **schools; /* [schools]: NULL until a row names it */
  known_date dates[KNOWN_DATES];
  mark first_of[1 << 16];      /* by the text's two bytes: a code with that text */
  mark next_of[MARK_VALUES];   /* another one, at other dates */
  int8_t half_of[MARK_VALUES]; /* the half a code is only right in */
  plain_place place;
} mark_import;

/* What a row says. */
typedef struct said {
  size_t school;
  school_days *at;
  roll *roll;
  uint32_t newest, entry; /* of the pupil: the newest, and the one of that date */
  day on;
  int year, half;
  mark mark; /* MARK_NONE: no mark */
} said;

static inline size_t mark_text_index(const char *text, size_t length) {
  return (size_t)(unsigned char)text[0] << 8 | (length > 1 ? (unsigned char)text[1] : 0U);
}

static inline bool mark_in_force(const code *c, day on) {
  return (c->from == DAY_NONE || c->from <= on) && (c->to == DAY_NONE || on <= c->to);
}

/* Where a date of ISO_LENGTH characters is kept, or where it is to be: the first
 * place that is its own or empty, of a few. */
static inline known_date *mark_place_of_date(mark_import *own, const char *text) {
  uint64_t a;
  uint16_t b;
  memcpy(&a, text, sizeof a);
  memcpy(&b, text + sizeof a, sizeof b);
  uint64_t h = ((a ^ (uint64_t)b << 17) * 0x9E3779B97F4A7C15U) >> 54;
  known_date *place = &own->dates[h];
  for (unsigned k = 1; k < 8; k++) {
    if (place->on == DAY_NONE || memcmp(place->text, text, ISO_LENGTH) == 0) break;
    place = &own->dates[(h + k) % KNOWN_DATES];
  }
  return place;
}

/* import_plain.c: the short way of a row. `mark_row_plain` takes a row of which
 * there is nothing to say but that its mark is set, and answers false to any other,
 * with nothing done; `mark_row_learn` tells it where the row before was. */
void mark_row_begin(importer *i);
bool mark_row_plain(importer *i, const csv_row *row);
void mark_row_learn(importer *i, const csv_row *row, const said *m, sheet_year *year);

#endif
