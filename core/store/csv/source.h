/* source: a file as records of cells, whatever it is: text, a spreadsheet, XML, JSON.
 *
 * 1. Records come one after another, in bounded memory, from the first: titles and headings are
 *    records too. Of XML and JSON the first record is the names of the fields.
 * 2. Cells are UTF-8, trimmed (text_trim); a record that cannot be read is a faulty record, and
 *    reading goes on.
 * 3. `line` is what a person would look for: a line of text, a row of a sheet, the line of an
 *    element, the number of an object.
 * 4. Nothing here writes, opens another file or the network, or knows what a column means. */
#ifndef WAYMARK_STORE_SOURCE_H
#define WAYMARK_STORE_SOURCE_H

#include <stdint.h>

#include "base/status.h"
#include "store/csv/reading.h"

enum csv_fault {
  CSV_FINE,
  CSV_BROKEN_QUOTES,
  CSV_WRONG_COUNT, /* `count` cells, not as many as headings */
  CSV_TOO_LONG,    /* a line of more than LINE_LONGEST bytes */
  CSV_NUL,         /* a NUL byte in it */
  CSV_NOT_UTF8     /* only in a file that its mark or its reading calls UTF-8 */
};

typedef struct csv_row {
  size_t line; /* of its first physical line; the first line of a file is 1 */
  enum csv_fault fault;
  const slice *cells; /* [count], in the file's order; none for other faults than a
                         wrong count */
  size_t count;
  slice raw; /* the first physical line as it came (the beginning of a long one) */
} csv_row;

/* What a file turned out to be; whole only after its last record. */
typedef struct source_facts {
  const char *digest;   /* SHA-256 of its bytes, hexadecimal */
  const char *encoding; /* "UTF-8", "Windows-1252" …, as messages say it */
  uint64_t bytes;
} source_facts;

typedef struct source source;

/* One form of files. Each function gets the source that `open` made. */
typedef struct source_form {
  const char *name; /* "text", "spreadsheet", "xml", "json" */
  /* The next record; *more is false at the end. All of it is lent until the next call. A faulty
   * record is no failure: STATUS_IO, STATUS_NO_MEMORY and, where nothing more can be read,
   * STATUS_SYNTAX are. */
  status (*next)(source *s, csv_row *out, bool *more, problem *p);
  /* The headings are known: from now on a record should have so many cells. May be NULL. */
  void (*expect)(source *s, size_t count);
  status (*facts)(source *s, source_facts *out, problem *p);
  uint64_t (*done)(const source *s); /* bytes read, for progress */
  void (*close)(source *s);
} source_form;

struct source {
  const source_form *form;
  const char *name; /* the file, without its folder */
  uint64_t size;
  char delimiter;       /* of text; 0 */
  enum quoting quoting; /* of text, as far as it was read */
  const char *sheets;   /* of a workbook: which there are, as messages say it; NULL */
};

/* A form's door, named source_open_FORM: `path` is a regular file; *out is closed by its form. */
typedef status source_opener(const char *path, const reading *r, source **out, problem *p);
source_opener source_open_text, source_open_xlsx, source_open_xml, source_open_json,
    source_open_ical;

/* Open a file by what its first bytes say that it is; `r` (may be NULL) must stay. A form that is
 * not read is STATUS_SYNTAX, with how to save it. */
status source_open(const char *path, const reading *r, source **out, problem *p);

/* Private part, for comparing the two ways of reading text: from now on every record is
 * libcsv's. */
void source_text_without_plain(source *s);

#endif
