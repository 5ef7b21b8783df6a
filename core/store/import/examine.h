/* examine: what a file looks like, by one pass over it after a look at its first records: its form,
 * where its headings stand, and facts by column. Says nothing of what it means, and writes nothing.
 * Bounded memory: a few facts a column, and the first records. */
#ifndef WAYMARK_EXAMINE_H
#define WAYMARK_EXAMINE_H

#include "base/date.h"
#include "store/csv/csv.h"
#include "store/csv/orders.h"

enum { EXAMINED_ROWS = 20, EXAMINED_TEXTS = 64, EXAMINED_TEXT = 40 /* bytes */ };

typedef struct distinct_text {
  char text[EXAMINED_TEXT];
  size_t length, count;
} distinct_text;

/* Of the cells of all records under one heading. */
typedef struct column_facts {
  size_t blank;
  size_t upn;               /* that are made like one */
  size_t numbers;           /* plain decimal numbers */
  size_t dates[DATE_FORMS]; /* by how they are written; 09/09/2025, which says it, as DATE_ISO */
  order_facts orders;       /* of DATE_NUMBERS */
  day first[2], last[2];    /* of all dates: day first, month first; DAY_NONE */
  distinct_text *texts;     /* [text_count], as they came first */
  size_t text_count, text_room;
  bool many; /* more different texts than are kept, or longer ones */
} column_facts;

typedef struct examination {
  csv_reader *reader;    /* read to its end: form, delimiter, headings, preamble */
  column_facts *columns; /* [of headings] */
  size_t records, faults, footer;
  day today;
  csv_kept_row rows[EXAMINED_ROWS];
  size_t row_count;
  reading said; /* with the headings that were found */
} examination;

/* Headings are the row that has most of the columns that any kind of import has, or of the
 * aliases of the reading; else the first that has as many cells as most. `today` may be DAY_NONE.
 * `out` is zeroed first and, whatever happens, is to be freed. */
status examine(const char *path, const reading *said, day today, examination *out, problem *p);
void examination_free(examination *e);

#endif
