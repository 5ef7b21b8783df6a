/* csv: the records of a file under known headings, whatever form the file has.
 *
 * 1. The heading row is the first that has every required column, and one of those of which one is
 *    required, by its name or by an alias of the reading; what stands above it is a preamble.
 *    Without wanted columns it is the first record. Headings match in any order and any case;
 *    spaces, hyphens and underscores are the same, a pair of quotes around them and spaces of no
 *    width are nothing.
 * 2. Two heading rows (days over AM and PM) are one: "08/09/2025 AM". The upper one may say a
 *    thing once for several columns.
 * 3. A wanted column twice is refused; another heading twice does no harm, but where all of them
 *    are asked for.
 * 4. What is no record (headings and titles again, totals, footers of pages) is told from records
 *    by csv_is_record; a row that has all that is required is a record.
 * 5. A wanted cell that is NULL is empty.
 *
 * Constant memory, but for the headings. Nothing here writes, and nothing knows what a column
 * means. */
#ifndef WAYMARK_STORE_CSV_H
#define WAYMARK_STORE_CSV_H

#include "store/csv/source.h"

enum { CSV_WANTED = 24 /* columns a caller may name */ };

enum csv_need {
  CSV_MAY,
  CSV_MUST,  /* required */
  CSV_EITHER /* of all of these at least one is */
};

typedef struct csv_column {
  const char *name;
  enum csv_need need;
} csv_column;

typedef struct csv_reader csv_reader;

/* Open, and read to the headings. `columns` (at most CSV_WANTED) and `said` (may be NULL) must
 * stay. STATUS_SYNTAX: an empty file, a required heading missing (named, with the nearest heading
 * there is), the same heading twice, a form that is not read. Free with csv_reader_close. */
status csv_reader_open(const char *path, const reading *said, const csv_column *columns,
                       size_t count, csv_reader **out, problem *p);
void csv_reader_close(csv_reader *r);

/* The next record; *more is false at the end. Everything in it is lent until
 * the next call. A faulty record is not a failure: STATUS_IO and
 * STATUS_NO_MEMORY are. */
status csv_reader_next(csv_reader *r, csv_row *out, bool *more, problem *p);
/* False for what is no record, whether it has a fault or not. Whoever reads faster than this asks
 * of the rows only that it cannot take. */
bool csv_is_record(const csv_reader *r, const csv_row *row);
/* Whether a cell is what a spreadsheet shows in place of a value: #N/A, #NAME? … */
bool csv_is_error(slice cell);

/* The cell under column `i` of the caller's list; empty when the file has no
 * such column. For records without a fault. */
slice csv_cell(const csv_reader *r, const csv_row *row, size_t i);
/* Where it stands among the cells of a record; SIZE_MAX when it does not. */
size_t csv_place(const csv_reader *r, size_t i);
bool csv_has(const csv_reader *r, size_t i);

/* The date under column `i`; DAY_NONE for an empty cell. Whether its day or its month is first is
 * as the reading says, else as the dates of the column can only be read, those of the other wanted
 * columns where these can be read in both orders: decided once, by reading the file again.
 * STATUS_SYNTAX and STATUS_RANGE: the cell is none, has a year of two digits, or there is no such
 * day. STATUS_REFUSED: the order is not decided, or goes against what is said (orders.h). */
status csv_date(csv_reader *r, const csv_row *row, size_t i, day *out, problem *p);
/* For the doubt whether an order is the right one; without it no date is after today. */
void csv_set_today(csv_reader *r, day today);

/* The headings as they came (UTF-8, trimmed), and whether heading `i` of the
 * file is none of the caller's columns. A heading may be empty. */
const slice *csv_headings(const csv_reader *r, size_t *count);
bool csv_is_further(const csv_reader *r, size_t i);
/* For whom a column turns out to be required only once the others are known: as csv_reader_open,
 * STATUS_SYNTAX where what is required now is missing. */
status csv_missing(const csv_reader *r, problem *p);
/* For whom every heading counts: STATUS_SYNTAX where one is there twice. */
status csv_headings_once(const csv_reader *r, problem *p);
/* Where the headings begin, in how many rows; the lines of the preamble, as many as are kept. */
size_t csv_heading_line(const csv_reader *r);
size_t csv_heading_rows(const csv_reader *r);
const slice *csv_preamble(const csv_reader *r, size_t *count);

/* Waits until the whole file has been examined. */
status csv_facts(const csv_reader *r, source_facts *out, problem *p);
const char *csv_name(const csv_reader *r); /* the file, without its folder */
const source *csv_source(const csv_reader *r);
uint64_t csv_done(const csv_reader *r); /* bytes read of csv_size */
uint64_t csv_size(const csv_reader *r);

/* For whoever looks for headings ----------------------------------------------------- */

/* Append a heading as it is compared: small ASCII letters; what separates words as one underscore;
 * without quotes around it and what has no width. */
void csv_fold_heading(buffer *to, slice heading);
/* A half of a day, as it stands under a day: AM, PM, morning … */
bool csv_is_half(slice cell);

/* A record that stays beyond the next one. Zero-initialise; csv_free_row to end. */
typedef struct csv_kept_row {
  csv_row row; /* its cells are these: */
  slice *cells;
  size_t room;
  buffer text; /* the cells, then the raw line */
} csv_kept_row;

status csv_keep_row(csv_kept_row *kept, const csv_row *row, problem *p);
void csv_free_row(csv_kept_row *kept);

/* Private part, for comparing the two ways of reading ---------------------------- */

/* From now on every record is libcsv's. For text. */
void csv_without_plain(csv_reader *r);

#endif
