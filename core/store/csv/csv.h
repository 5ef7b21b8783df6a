/* csv: a file of comma-separated values as records under known headings.
 *
 * Records come one after another, in constant memory. Plain lines are split where
 * they lie; all others are libcsv's, in its strict mode, fed physical
 * line by physical line so that every record knows where it began.
 *
 * 1. A record that cannot be read leaves out its first physical line only;
 *    reading goes on with the next one. A quote still open after CSV_OPEN_LINES
 *    lines, CSV_OPEN_BYTES bytes or at the end of the file is broken where it
 *    opened, and so is one that swallowed lines and then has another number of
 *    cells than the heading line.
 * 2. Cells are UTF-8 (Windows-1252 is converted), trimmed of spaces.
 * 3. Lines of nothing but delimiters and spaces are passed over.
 * 4. The heading line says what the delimiter is: comma, semicolon or tab.
 *    Headings match in any order and any case, with a space or a hyphen as good
 *    as an underscore.
 *
 * Nothing here writes, and nothing knows what a column means. */
#ifndef WAYMARK_STORE_CSV_H
#define WAYMARK_STORE_CSV_H

#include "store/csv/lines.h"
#include "store/csv/source.h"

enum {
  CSV_OPEN_LINES = 32,
  CSV_OPEN_BYTES = 64 * 1024,
  CSV_MOST_COLUMNS = 500,
  CSV_WANTED = 24 /* columns a caller may name */
};

typedef struct csv_column {
  const char *name;
  bool required;
} csv_column;

typedef struct csv_reader csv_reader;

/* Open, examine, and read the heading line. `columns` (at most CSV_WANTED) must
 * stay. STATUS_SYNTAX: empty file, a required heading missing (named, with the
 * nearest heading there is), the same heading twice, UTF-16. Free with
 * csv_reader_close. */
status csv_reader_open(const char *path, const csv_column *columns, size_t count, csv_reader **out,
                       problem *p);
void csv_reader_close(csv_reader *r);

/* The next record; *more is false at the end. Everything in it is lent until
 * the next call. A faulty record is not a failure: STATUS_IO and
 * STATUS_NO_MEMORY are. */
status csv_reader_next(csv_reader *r, csv_row *out, bool *more, problem *p);

/* The cell under column `i` of the caller's list; empty when the file has no
 * such column. For records without a fault. */
slice csv_cell(const csv_reader *r, const csv_row *row, size_t i);
/* Where it stands among the cells of a record; SIZE_MAX when it does not. */
size_t csv_place(const csv_reader *r, size_t i);
bool csv_has(const csv_reader *r, size_t i);

/* The headings as they came (UTF-8, trimmed), and whether heading `i` of the
 * file is none of the caller's columns. A heading may be empty. */
const slice *csv_headings(const csv_reader *r, size_t *count);
bool csv_is_further(const csv_reader *r, size_t i);

/* The next two wait until the whole file has been examined. */
const lines_facts *csv_facts(const csv_reader *r);
const char *csv_encoding(const csv_reader *r); /* "UTF-8" or "Windows-1252" */
const char *csv_name(const csv_reader *r);     /* the file, without its folder */
char csv_delimiter(const csv_reader *r);
uint64_t csv_done(const csv_reader *r); /* bytes read of csv_size */
uint64_t csv_size(const csv_reader *r);

/* Private part, for comparing the two ways of reading ---------------------------- */

/* From now on every record is libcsv's. */
void csv_without_plain(csv_reader *r);

#endif
