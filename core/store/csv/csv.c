/* csv: from the records of a source to records under headings: where the headings stand, which of
 * them is wanted, and what further down is no record. */
#include "store/csv/csv.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/date.h"
#include "store/csv/orders.h"

enum {
  SEARCHED = 200,       /* records among which the headings are looked for */
  PREAMBLE_LINES = 20,  /* that are kept … */
  PREAMBLE_BYTES = 200, /* … of each so many */
  NEAREST_OF = 1000     /* headings that are compared with one that is missing */
};

struct csv_reader {
  source *source;
  char *path;
  const csv_column *columns;
  size_t column_count;
  const reading *reading;

  csv_kept_row upper, lower; /* the heading rows; `lower` is the one where there is one */
  csv_kept_row pending;      /* read when the headings were looked for */
  bool is_pending, ended;
  buffer heading_text, folded_text, names_text;
  slice *names;    /* folded: [column_count] of the columns, then those of the aliases */
  slice *headings; /* [heading_count], into one of the rows or heading_text */
  slice *folded;   /* [heading_count] into folded_text */
  size_t heading_count;
  size_t *column_of;                 /* [heading_count]: the caller's, or column_count */
  size_t at[CSV_WANTED];             /* where the caller's columns stand, or SIZE_MAX */
  enum date_order dates[CSV_WANTED]; /* DATES_FOUND: not asked yet */
  day today;                         /* DAY_NONE: not known */
  slice preamble[PREAMBLE_LINES];
  size_t preamble_count;
  buffer preamble_text;
};

/* Rows that are kept ------------------------------------------------------------- */

status csv_keep_row(csv_kept_row *kept, const csv_row *row, problem *p) {
  buffer_clear(&kept->text);
  if (row->count > kept->room) {
    slice *cells = mem_resize(kept->cells, row->count, sizeof *cells);
    if (!cells) return problem_no_memory(p);
    kept->cells = cells;
    kept->room = row->count;
  }
  size_t length = row->raw.length;
  for (size_t i = 0; i < row->count; i++) length += row->cells[i].length;
  if (!buffer_room(&kept->text, length + 1)) return problem_no_memory(p);
  kept->row = *row;
  for (size_t i = 0; i < row->count; i++) {
    kept->cells[i] = (slice){kept->text.bytes + kept->text.length, row->cells[i].length};
    buffer_add(&kept->text, row->cells[i].at, row->cells[i].length);
  }
  kept->row.raw.at = kept->text.bytes + kept->text.length;
  buffer_add(&kept->text, row->raw.at, row->raw.length);
  kept->row.cells = kept->cells;
  return STATUS_OK;
}

void csv_free_row(csv_kept_row *kept) {
  mem_free(kept->cells);
  buffer_free(&kept->text);
}

static status keep_preamble(csv_reader *r, slice raw, problem *p) {
  raw = text_trim(raw);
  if (r->preamble_count == PREAMBLE_LINES) return STATUS_OK;
  if (raw.length > PREAMBLE_BYTES) raw.length = PREAMBLE_BYTES;
  /* all of the room at once, so that what is kept stays where it is */
  if (!buffer_room(&r->preamble_text, PREAMBLE_LINES * PREAMBLE_BYTES - r->preamble_text.length))
    return problem_no_memory(p);
  slice *line = &r->preamble[r->preamble_count++];
  *line = (slice){r->preamble_text.bytes + r->preamble_text.length, raw.length};
  buffer_add(&r->preamble_text, raw.at, raw.length);
  return STATUS_OK;
}

/* Headings ------------------------------------------------------------------------ */

void csv_fold_heading(buffer *to, slice heading) {
  heading = text_trim(heading);
  while (heading.length > 1 && (heading.at[0] == '\'' || heading.at[0] == '"') &&
         heading.at[heading.length - 1] == heading.at[0])
    heading = text_trim((slice){heading.at + 1, heading.length - 2});
  bool between = false, any = false;
  while (heading.length) {
    uint32_t c = 0;
    size_t n = text_utf8_next(heading, &c);
    if (n == 0) n = 1;
    if (n == 1 && (heading.at[0] == '_' || heading.at[0] == '-')) c = ' ';
    if (text_is_space(c)) {
      between = any && (between || !text_is_hidden(c) || c < ' ');
    } else {
      if (between) buffer_add_char(to, '_');
      between = false;
      any = true;
      if (n == 1)
        buffer_add_char(to, text_lower(heading.at[0]));
      else
        buffer_add(to, heading.at, n);
    }
    heading = (slice){heading.at + n, heading.length - n};
  }
}

/* All cells of a row, folded: `out` has room for as many. */
static status fold_row(const csv_row *row, buffer *text, slice *out, problem *p) {
  buffer_clear(text);
  for (size_t i = 0; i < row->count; i++) {
    size_t from = text->length;
    csv_fold_heading(text, row->cells[i]);
    out[i].length = text->length - from;
  }
  if (text->failed) return problem_no_memory(p);
  const char *at = text->bytes ? text->bytes : "";
  for (size_t i = 0; i < row->count; at += out[i++].length) out[i].at = at;
  return STATUS_OK;
}

/* The caller's names and those of the reading. */
static status fold_names(csv_reader *r, problem *p) {
  size_t aliases = r->reading ? r->reading->alias_count : 0;
  csv_row row = {.count = r->column_count + aliases};
  slice *names = r->names = mem_new(row.count, sizeof *names);
  if (!names) return problem_no_memory(p);
  for (size_t c = 0; c < r->column_count; c++) names[c] = slice_of(r->columns[c].name);
  for (size_t a = 0; a < aliases; a++) names[r->column_count + a] = r->reading->aliases[a].heading;
  row.cells = names;
  return fold_row(&row, &r->names_text, names, p);
}

static size_t find_heading(const slice *folded, size_t count, slice name, size_t from) {
  size_t i = from;
  while (i < count && !(name.length && slice_equal(folded[i], name))) i++;
  return i;
}

/* Where a wanted column stands among headings: by the reading's aliases in their order, else by
 * its own name; `count` when nowhere. *again: the next heading that is the same, or `count`. */
static size_t find_column(const csv_reader *r, size_t column, const slice *folded, size_t count,
                          size_t *again) {
  slice name = slice_of(r->columns[column].name);
  size_t aliases = r->reading ? r->reading->alias_count : 0, at = count;
  for (size_t k = 0; k <= aliases && at == count; k++) {
    if (k < aliases && !slice_equal(r->reading->aliases[k].column, name)) continue;
    slice heading = r->names[k < aliases ? r->column_count + k : column];
    at = find_heading(folded, count, heading, 0);
    *again = at < count ? find_heading(folded, count, heading, at + 1) : count;
  }
  return at;
}

/* How many wanted columns a row names; *all: every required one is among them, and one of
 * those of which one is. */
static status count_columns(csv_reader *r, const csv_row *row, size_t *named, bool *all,
                            problem *p) {
  *named = 0;
  *all = true;
  bool either = false, any = false; /* one of some is required; one of them is there */
  slice *folded = mem_new(row->count, sizeof *folded);
  if (!folded) return problem_no_memory(p);
  status s = fold_row(row, &r->folded_text, folded, p);
  for (size_t c = 0; c < r->column_count && !s; c++) {
    size_t again;
    bool there = find_column(r, c, folded, row->count, &again) < row->count;
    *named += there;
    if (r->columns[c].need == CSV_MUST && !there) *all = false;
    either = either || r->columns[c].need == CSV_EITHER;
    any = any || (r->columns[c].need == CSV_EITHER && there);
  }
  if (either && !any) *all = false;
  mem_free(folded);
  return s;
}

bool csv_is_half(slice cell) {
  int half;
  return half_parse(cell, &half) || slice_is_nocase(cell, "a") || slice_is_nocase(cell, "p") ||
         slice_is_nocase(cell, "morning") || slice_is_nocase(cell, "afternoon");
}

static size_t count_halves(const csv_row *row) {
  size_t count = 0;
  for (size_t i = 0; i < row->count; i++) count += csv_is_half(row->cells[i]);
  return count;
}

/* Nothing but halves of days, at least one. */
static bool is_halves(const csv_row *row) {
  size_t halves = row->fault ? 0 : count_halves(row), filled = 0;
  for (size_t i = 0; i < row->count; i++) filled += row->cells[i].length > 0;
  return halves > 0 && halves == filled;
}

static bool has_digit(slice text) {
  for (size_t i = 0; i < text.length; i++)
    if (text.at[i] >= '0' && text.at[i] <= '9') return true;
  return false;
}

static size_t count_dated(const csv_row *row) {
  size_t count = 0;
  for (size_t i = 0; i < row->count; i++) count += has_digit(row->cells[i]);
  return count;
}

/* The rows of headings as one: `lower` alone where there is no other; else a day with the half
 * under it, and of any other two the lower, or the upper where that is empty. */
static status join_headings(csv_reader *r, bool two, problem *p) {
  const csv_row *upper = &r->upper.row, *lower = &r->lower.row;
  r->heading_count = lower->count;
  if (two && upper->count > lower->count) r->heading_count = upper->count;
  r->headings = mem_new(r->heading_count, sizeof *r->headings);
  r->folded = mem_new(r->heading_count, sizeof *r->folded);
  r->column_of = mem_new(r->heading_count, sizeof *r->column_of);
  if (!r->headings || !r->folded || !r->column_of) return problem_no_memory(p);
  slice over = {"", 0};
  for (size_t i = 0; i < r->heading_count; i++) {
    slice top = two && i < upper->count ? upper->cells[i] : (slice){"", 0};
    slice bottom = i < lower->count ? lower->cells[i] : (slice){"", 0};
    if (top.length) over = top;
    bool joined = two && csv_is_half(bottom) && has_digit(over);
    size_t from = r->heading_text.length;
    if (joined) {
      buffer_add(&r->heading_text, over.at, over.length);
      buffer_add_char(&r->heading_text, ' ');
    }
    if (!bottom.length) bottom = top;
    buffer_add(&r->heading_text, bottom.at, bottom.length);
    r->headings[i].length = r->heading_text.length - from;
  }
  if (r->heading_text.failed) return problem_no_memory(p);
  const char *at = r->heading_text.bytes ? r->heading_text.bytes : "";
  for (size_t i = 0; i < r->heading_count; at += r->headings[i++].length) r->headings[i].at = at;
  csv_row joined = {.cells = r->headings, .count = r->heading_count};
  return fold_row(&joined, &r->folded_text, r->folded, p);
}

static status heading_twice(const csv_reader *r, size_t i, problem *p) {
  slice name = r->headings[i];
  return problem_set(p, STATUS_SYNTAX, "rename or remove one of the two columns",
                     "%s has the heading \"%.*s\" twice", r->source->name,
                     name.length > 60 ? 60 : (int)name.length, name.at);
}

/* What is required, apart by commas: "upn or admission_number,date". */
static void add_needed(const csv_reader *r, buffer *to) {
  bool said = false;
  for (size_t c = 0; c < r->column_count; c++) {
    enum csv_need need = r->columns[c].need;
    if (!need || (need == CSV_EITHER && said)) continue;
    buffer_printf(to, "%s%s", to->length ? "," : "", r->columns[c].name);
    for (size_t k = c + 1; need == CSV_EITHER && k < r->column_count; k++)
      if (r->columns[k].need == CSV_EITHER) buffer_printf(to, " or %s", r->columns[k].name);
    said = said || need == CSV_EITHER;
  }
}

/* A required heading is not there: name it, and the heading nearest to it that is none of
 * the caller's. */
static status heading_missing(const csv_reader *r, const char *name, problem *p) {
  size_t near = r->heading_count, least = SIZE_MAX;
  for (size_t i = 0; i < r->heading_count && i < NEAREST_OF; i++) {
    if (!csv_is_further(r, i) || r->headings[i].length == 0) continue;
    size_t distance = text_distance(slice_of(name), r->headings[i]);
    if (distance < least) least = distance, near = i;
  }
  buffer remedy = {0}, needed = {0};
  add_needed(r, &needed);
  if (near < r->heading_count) {
    buffer_add_text(&remedy, "the nearest heading in it is \"");
    text_add_visible(&remedy, r->headings[near]);
    buffer_add_text(&remedy, "\"; ");
  }
  buffer_add_text(&remedy, "it must have at least these headings, in any order: ");
  buffer_add(&remedy, needed.bytes, needed.length);
  buffer_add_char(&remedy, '\0');
  status s = problem_set(p, STATUS_SYNTAX, remedy.failed || needed.failed ? NULL : remedy.bytes,
                         "%s has no column \"%s\"", r->source->name, name);
  buffer_free(&remedy);
  buffer_free(&needed);
  return s;
}

status csv_missing(const csv_reader *r, problem *p) {
  const char *either = NULL; /* the first of those of which one is required */
  bool any = false;
  for (size_t c = 0; c < r->column_count; c++) {
    bool there = r->at[c] != SIZE_MAX;
    if (r->columns[c].need == CSV_MUST && !there) return heading_missing(r, r->columns[c].name, p);
    if (r->columns[c].need != CSV_EITHER) continue;
    if (!either) either = r->columns[c].name;
    any = any || there;
  }
  return either && !any ? heading_missing(r, either, p) : STATUS_OK;
}

/* The caller's columns among the headings. */
static status find_columns(csv_reader *r, problem *p) {
  for (size_t i = 0; i < r->heading_count; i++) r->column_of[i] = r->column_count;
  for (size_t c = 0; c < r->column_count; c++) {
    size_t again, at = find_column(r, c, r->folded, r->heading_count, &again);
    if (at == r->heading_count || r->column_of[at] != r->column_count) continue;
    if (again < r->heading_count) return heading_twice(r, again, p);
    r->at[c] = at;
    r->column_of[at] = c;
  }
  return csv_missing(r, p);
}

static int by_text(const void *a, const void *b) {
  return slice_compare(**(const slice *const *)a, **(const slice *const *)b);
}

status csv_headings_once(const csv_reader *r, problem *p) {
  const slice **order = mem_new(r->heading_count, sizeof *order);
  if (!order) return problem_no_memory(p);
  size_t count = 0, twice = r->heading_count;
  for (size_t i = 0; i < r->heading_count; i++)
    if (r->folded[i].length) order[count++] = &r->folded[i];
  if (count) qsort(order, count, sizeof *order, by_text);
  for (size_t i = 1; i < count && twice == r->heading_count; i++) {
    if (!slice_equal(*order[i - 1], *order[i])) continue;
    size_t one = (size_t)(order[i - 1] - r->folded), other = (size_t)(order[i] - r->folded);
    twice = one > other ? one : other;
  }
  mem_free(order);
  return twice < r->heading_count ? heading_twice(r, twice, p) : STATUS_OK;
}

/* Read on until the heading row is in `lower` and the row before it, if it can be one of
 * headings too, in `upper`. Where no row has all that is required, it is the one that has most. */
static status find_rows(csv_reader *r, bool *before, bool *found, problem *p) {
  static const char *const faults[] = {[CSV_BROKEN_QUOTES] = "broken quoting",
                                       [CSV_WRONG_COUNT] = "another number of cells",
                                       [CSV_TOO_LONG] = "more than a megabyte",
                                       [CSV_NUL] = "a NUL byte",
                                       [CSV_NOT_UTF8] = "bytes that are not UTF-8"};
  size_t said = r->reading ? r->reading->heading : 0, most = 0, searched = 0;
  enum csv_fault fault = CSV_FINE;
  bool any = false, more = true;
  csv_row row = {0};
  *before = *found = false;
  for (; searched < SEARCHED || said; searched++) {
    status s = r->source->form->next(r->source, &row, &more, p);
    if (s) return s;
    if (!more || (said && row.line > said)) break;
    bool last_was_fine = *before, all = r->column_count == 0;
    size_t named = 0;
    if (!row.fault && r->column_count) s = count_columns(r, &row, &named, &all, p);
    if (s) return s;
    if (said) all = row.line == said;
    if (row.fault && (said ? row.line == said : !any && !fault)) fault = row.fault;
    *found = !row.fault && all;
    if (*found || (!row.fault && (!any || named > most))) {
      if (*found) *before = last_was_fine;
      s = csv_keep_row(&r->lower, &row, p);
      most = named;
      any = true;
    }
    if (*found || s) return s;
    s = keep_preamble(r, row.raw, p);
    *before = !row.fault;
    if (!s && *before) s = csv_keep_row(&r->upper, &row, p);
    if (s) return s;
  }
  r->ended = !more;
  if (any && !said) return STATUS_OK;
  if (said && searched && !fault)
    return problem_set(p, STATUS_SYNTAX, "count the lines from 1, empty ones too",
                       "line %zu of %s is no heading line", said, r->source->name);
  if (!searched)
    return problem_set(p, STATUS_SYNTAX, "export it again", "%s is empty", r->source->name);
  return problem_set(p, STATUS_SYNTAX, "save it again as \"CSV UTF-8\" and import that file",
                     "the heading line of %s has %s", r->source->name, faults[fault]);
}

static status read_headings(csv_reader *r, problem *p) {
  size_t rows = r->reading ? r->reading->heading_rows : 0;
  bool before, found, line_said = r->reading && r->reading->heading;
  status s = find_rows(r, &before, &found, p);
  if (s) return s;
  /* days above the names and halves … */
  bool two = before && found && rows != 1 && !line_said && count_halves(&r->lower.row) >= 2 &&
             count_dated(&r->upper.row) > 0;
  if (two && r->preamble_count < PREAMBLE_LINES) r->preamble_count--;
  if (!two && found && rows != 1 && (r->column_count || r->reading)) {
    /* … or names and days above halves */
    csv_row row = {0};
    bool more;
    s = r->source->form->next(r->source, &row, &more, p);
    r->ended = !s && !more;
    two = !s && more && !row.fault && (rows == 2 || is_halves(&row));
    if (two) {
      csv_kept_row spare = r->upper;
      r->upper = r->lower;
      r->lower = spare;
      s = csv_keep_row(&r->lower, &row, p);
    } else if (!s && more) {
      s = csv_keep_row(&r->pending, &row, p);
      r->is_pending = true;
    }
  }
  if (!two) r->upper.row.count = 0;
  if (!s) s = join_headings(r, two, p);
  if (!s) s = find_columns(r, p);
  if (!s && r->source->form->expect) r->source->form->expect(r->source, r->heading_count);
  return s;
}

/* Opening and reading -------------------------------------------------------------- */

status csv_reader_open(const char *path, const reading *said, const csv_column *columns,
                       size_t count, csv_reader **out, problem *p) {
  csv_reader *r = mem_new(1, sizeof *r);
  if (!r) return problem_no_memory(p);
  r->columns = columns;
  r->column_count = count < CSV_WANTED ? count : CSV_WANTED;
  r->reading = said;
  r->today = DAY_NONE;
  for (size_t i = 0; i < CSV_WANTED; i++) r->at[i] = SIZE_MAX;
  r->path = mem_copy_text(path, strlen(path));
  status s = r->path ? source_open(path, said, &r->source, p) : problem_no_memory(p);
  if (!s) s = fold_names(r, p);
  if (!s) s = read_headings(r, p);
  if (s)
    csv_reader_close(r);
  else
    *out = r;
  return s;
}

void csv_reader_close(csv_reader *r) {
  if (!r) return;
  if (r->source) r->source->form->close(r->source);
  csv_free_row(&r->upper);
  csv_free_row(&r->lower);
  csv_free_row(&r->pending);
  buffer_free(&r->heading_text);
  buffer_free(&r->folded_text);
  buffer_free(&r->names_text);
  buffer_free(&r->preamble_text);
  mem_free(r->names);
  mem_free(r->path);
  mem_free(r->headings);
  mem_free(r->folded);
  mem_free(r->column_of);
  mem_free(r);
}

status csv_reader_next(csv_reader *r, csv_row *out, bool *more, problem *p) {
  status s = STATUS_OK;
  if (r->is_pending) {
    *out = r->pending.row;
    *more = true;
    r->is_pending = false;
  } else if (r->ended) {
    *more = false;
  } else {
    s = r->source->form->next(r->source, out, more, p);
  }
  if (!s && *more && !out->fault && out->count != r->heading_count) out->fault = CSV_WRONG_COUNT;
  return s;
}

slice csv_cell(const csv_reader *r, const csv_row *row, size_t i) {
  size_t at = r->at[i];
  slice cell = at < row->count ? row->cells[at] : (slice){"", 0};
  if (cell.length == 4 && memcmp(cell.at, "NULL", 4) == 0) cell.length = 0;
  return cell;
}

void csv_set_today(csv_reader *r, day today) { r->today = today; }
size_t csv_place(const csv_reader *r, size_t i) { return r->at[i]; }
bool csv_has(const csv_reader *r, size_t i) { return r->at[i] != SIZE_MAX; }

/* The order of dates ----------------------------------------------------------------- */

static status read_orders(const csv_reader *r, order_facts facts[CSV_WANTED], problem *p) {
  csv_reader *again = NULL;
  csv_row row = {0};
  bool more = true;
  status s = csv_reader_open(r->path, r->reading, r->columns, r->column_count, &again, p);
  if (s) return s;
  assert(again);
  while (!(s = csv_reader_next(again, &row, &more, p)) && more)
    for (size_t c = 0; c < r->column_count && !row.fault; c++) {
      if (r->at[c] == SIZE_MAX) continue;
      slice cell = csv_cell(again, &row, c);
      written_date w = date_written(cell);
      orders_note(&facts[c], cell, &w, row.line, r->today);
    }
  csv_reader_close(again);
  return s;
}

/* As decided once for column `i`. */
static status date_order(csv_reader *r, size_t i, enum date_order *out, problem *p) {
  if (r->dates[i] != DATES_FOUND) return *out = r->dates[i], STATUS_OK;
  order_facts facts[CSV_WANTED] = {0}, others = {0};
  slice heading = r->headings[r->at[i]];
  enum date_order order = r->reading ? r->reading->dates : DATES_FOUND;
  status s = read_orders(r, facts, p);
  if (!s) s = orders_check(&facts[i], order, csv_name(r), heading, p);
  if (s) return s;
  for (size_t c = 0; c < r->column_count; c++)
    for (int m = 0; m < ORDERS; m++) others.only[m] += facts[c].only[m];
  if (!order) order = orders_proved(&facts[i]);
  if (!order) order = orders_proved(&others);
  if (!order) return orders_ask(&facts[i], csv_name(r), heading, p);
  return *out = r->dates[i] = order, STATUS_OK;
}

status csv_date(csv_reader *r, const csv_row *row, size_t i, day *out, problem *p) {
  slice cell = csv_cell(r, row, i);
  int shown = cell.length > 40 ? 40 : (int)cell.length;
  if (cell.length == 0) return *out = DAY_NONE, STATUS_OK;
  written_date w = date_written(cell);
  enum date_order order = DATES_DAY_FIRST;
  bool possible = w.first != w.second && (w.first <= 12 || w.second <= 12);
  status s = STATUS_OK;
  enum date_order said = r->reading ? r->reading->dates : DATES_FOUND;
  char only = date_order_of(&w);
  if (said && (!only || (only == 'm') == (said == DATES_MONTH_FIRST)))
    order = said; /* the file is read again only where a date goes against it */
  else if (w.form == DATE_NUMBERS && possible)
    s = date_order(r, i, &order, p);
  if (s) return s;
  if (w.form == DATE_NOT)
    return problem_set(p, STATUS_SYNTAX, "write it as 2025-09-08", "not a date: %.*s", shown,
                       cell.at);
  if (w.form == DATE_SHORT_YEAR)
    return problem_set(p, STATUS_SYNTAX, "write the year with four digits",
                       "a year with two digits: %.*s", shown, cell.at);
  if (date_of_written(&w, order == DATES_MONTH_FIRST, out))
    return problem_set(p, STATUS_RANGE, "check the day and the month", "no such date: %.*s", shown,
                       cell.at);
  return STATUS_OK;
}

/* What is no record ----------------------------------------------------------------- */

bool csv_is_error(slice cell) {
  static const char *const errors[] = {"#N/A",      "#NAME?",    "#REF!",        "#VALUE!",
                                       "#DIV/0!",   "#NULL!",    "#NUM!",        "#SPILL!",
                                       "#CALC!",    "#FIELD!",   "#BUSY!",       "#BLOCKED!",
                                       "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA"};
  if (cell.length < 4 || cell.at[0] != '#') return false;
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
    if (slice_is_nocase(cell, errors[i])) return true;
  return false;
}

/* The same cells, but for empty ones at the end. */
static bool is_same_row(const csv_row *row, const csv_row *other) {
  size_t most = row->count > other->count ? row->count : other->count;
  bool any = false;
  for (size_t i = 0; i < most; i++) {
    slice a = i < row->count ? row->cells[i] : (slice){"", 0};
    slice b = i < other->count ? other->cells[i] : (slice){"", 0};
    if (!slice_equal(a, b)) return false;
    any |= a.length > 0;
  }
  return any;
}

/* "Total", "Page 2 of 3", "Printed on …": a word with which lines at the foot begin. */
static bool begins_foot(slice cell) {
  static const char *const words[] = {
      "total",     "totals",  "grand total", "subtotal",  "sub total", "sub-total",
      "page #",    "sum",     "count",       "average",   "averages",  "overall",
      "number of", "printed", "generated",   "produced",  "exported",  "created",
      "report",    "run on",  "end of",      "copyright", "\xC2\xA9"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t length = strlen(words[i]);
    bool number = words[i][length - 1] == '#';
    if (number) length--;
    size_t k = 0;
    while (k < length && k < cell.length && text_lower(cell.at[k]) == words[i][k]) k++;
    if (k < length) continue;
    char next = cell.length > length ? cell.at[length] : '\0';
    bool letter = (text_lower(next) >= 'a' && text_lower(next) <= 'z') || next < '\0';
    bool digit = next >= '0' && next <= '9';
    if (number ? digit : !letter) return true;
  }
  return false;
}

static bool is_number(slice cell) {
  for (size_t i = 0; i < cell.length; i++)
    if (!strchr("0123456789.,% -", cell.at[i]) || !cell.at[i]) return false;
  return true;
}

bool csv_is_record(const csv_reader *r, const csv_row *row) {
  slice raw = text_trim(row->raw);
  if (raw.length > PREAMBLE_BYTES) raw.length = PREAMBLE_BYTES;
  for (size_t i = 0; i < r->preamble_count && raw.length; i++)
    if (slice_equal(raw, r->preamble[i])) return false;
  if (row->fault && row->fault != CSV_WRONG_COUNT) return true;
  if (is_same_row(row, &r->lower.row) || is_same_row(row, &r->upper.row)) return false;
  size_t first = row->count, filled = 0, errors = 0;
  for (size_t i = 0; i < row->count; i++) {
    if (!row->cells[i].length) continue;
    if (first == row->count) first = i;
    filled++;
    errors += csv_is_error(row->cells[i]);
  }
  if (filled && filled == errors) return false;
  if (!filled || !begins_foot(row->cells[first])) return true;
  for (size_t c = 0; c < r->column_count; c++) {
    size_t at = r->at[c];
    if (r->columns[c].need && at < row->count && at != first && !is_number(row->cells[at]))
      return true;
  }
  return false;
}

/* About the file --------------------------------------------------------------------- */

const slice *csv_headings(const csv_reader *r, size_t *count) {
  *count = r->heading_count;
  return r->headings;
}

bool csv_is_further(const csv_reader *r, size_t i) { return r->column_of[i] == r->column_count; }

size_t csv_heading_line(const csv_reader *r) {
  return r->upper.row.count ? r->upper.row.line : r->lower.row.line;
}

size_t csv_heading_rows(const csv_reader *r) { return r->upper.row.count ? 2 : 1; }

const slice *csv_preamble(const csv_reader *r, size_t *count) {
  *count = r->preamble_count;
  return r->preamble;
}

status csv_facts(const csv_reader *r, source_facts *out, problem *p) {
  return r->source->form->facts(r->source, out, p);
}

const char *csv_name(const csv_reader *r) { return r->source->name; }
const source *csv_source(const csv_reader *r) { return r->source; }
uint64_t csv_done(const csv_reader *r) { return r->source->form->done(r->source); }
uint64_t csv_size(const csv_reader *r) { return r->source->size; }
void csv_without_plain(csv_reader *r) { source_text_without_plain(r->source); }
