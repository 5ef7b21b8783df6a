/* csv: see csv.h. A cell of libcsv's is kept as a place in `text` while its record
 * grows, and becomes a slice when the record is whole. */
#include "store/csv/csv.h"

#include <csv.h>
#include <string.h>

#include "store/csv/plain.h"

struct csv_reader {
  lines *lines;
  struct csv_parser parser;
  const csv_column *columns;
  size_t column_count;
  char delimiter;
  size_t line; /* of the next record */

  bool never_plain; /* csv_without_plain */
  slice held;       /* what the window holds from the next record on */
  size_t passed;    /* bytes of plain lines, of which `lines` has not been told */

  buffer text;  /* the cells of this record, one after another */
  size_t *ends; /* [room]; cell i is text[ends[i-1], ends[i]) */
  slice *cells; /* [room] */
  size_t count, room;
  bool complete, no_memory;
  buffer converted;

  buffer heading_text;
  slice *headings; /* [heading_count] into heading_text */
  size_t heading_count;
  size_t *column_of;     /* [heading_count]: the caller's, or column_count */
  size_t at[CSV_WANTED]; /* where the caller's columns stand, or SIZE_MAX */
};

/* One record ----------------------------------------------------------------- */

static bool more_cells(csv_reader *r) {
  size_t room = r->room ? r->room * 2 : 32;
  size_t *ends = mem_resize(r->ends, room, sizeof *ends);
  if (ends) r->ends = ends;
  slice *cells = ends ? mem_resize(r->cells, room, sizeof *cells) : NULL;
  if (!cells) return false;
  r->cells = cells;
  r->room = room;
  return true;
}

static void on_cell(void *bytes, size_t length, void *reader) {
  csv_reader *r = reader;
  if (r->count == r->room && !more_cells(r)) {
    r->no_memory = true;
    return;
  }
  buffer_add(&r->text, bytes, length);
  r->ends[r->count++] = r->text.length;
}

static void on_record(int end, void *reader) {
  (void)end;
  ((csv_reader *)reader)->complete = true;
}

/* libcsv's own way back to a clean state would call us with half a cell. */
static void reset_parser(csv_reader *r) {
  r->parser.pstate = 0;
  r->parser.quoted = 0;
  r->parser.spaces = 0;
  r->parser.entry_pos = 0;
  r->parser.status = CSV_SUCCESS;
}

static void begin_record(csv_reader *r) {
  buffer_clear(&r->text);
  buffer_clear(&r->converted);
  r->count = 0;
  r->complete = false;
}

/* Feed one physical line; false when its quoting is broken. */
static bool feed(csv_reader *r, slice text) {
  bool fed = csv_parse(&r->parser, text.at, text.length, on_cell, on_record, r) == text.length &&
             csv_parse(&r->parser, "\n", 1, on_cell, on_record, r) == 1;
  if (!fed && csv_error(&r->parser) == CSV_ENOMEM) r->no_memory = true;
  return fed;
}

/* A cell in UTF-8. One that is not shows that the file is not, so there is no need
 * to wait for the verdict on all of it. */
static slice converted_cell(csv_reader *r, slice cell) {
  if (text_is_utf8(cell)) return cell;
  size_t from = r->converted.length;
  text_add_windows1252(&r->converted, cell);
  return (slice){r->converted.bytes + from, r->converted.length - from};
}

static bool is_ascii(const buffer *b) {
  for (size_t i = 0; i < b->length; i++)
    if ((unsigned char)b->bytes[i] >= 0x80) return false;
  return true;
}

/* `converted` gets room for all cells before the first, so that it stays: a
 * Windows-1252 byte takes at most three in UTF-8. */
static void finish_cells(csv_reader *r) {
  bool convert = !lines_marked(r->lines) && !is_ascii(&r->text);
  size_t start = 0;
  if (convert && !buffer_room(&r->converted, 3 * r->text.length)) r->no_memory = true;
  for (size_t i = 0; i < r->count && !r->no_memory; i++) {
    slice cell = {r->text.bytes + start, r->ends[i] - start};
    start = r->ends[i];
    r->cells[i] = slice_trim(convert ? converted_cell(r, cell) : cell);
  }
}

static bool is_blank(const csv_reader *r, slice text) {
  for (size_t i = 0; i < text.length; i++) {
    char c = text.at[i];
    if (c != ' ' && c != '\t' && c != r->delimiter) return false;
  }
  return true;
}

static enum csv_fault fault_of_line(const csv_reader *r, const lines_line *l) {
  if (l->too_long) return CSV_TOO_LONG;
  if (l->text.length && memchr(l->text.at, '\0', l->text.length)) return CSV_NUL;
  if (lines_marked(r->lines) && !text_is_utf8(l->text)) return CSV_NOT_UTF8;
  return CSV_FINE;
}

/* Try the record that begins with `first`: *fault says how it went, *next where
 * the one after it begins. */
static status parse_record(csv_reader *r, const lines_line *first, enum csv_fault *fault,
                           size_t *next, size_t *physical, problem *p) {
  lines_line l = *first;
  size_t bytes = 0;
  begin_record(r);
  *fault = CSV_BROKEN_QUOTES;
  for (*physical = 1;; ++*physical) {
    bytes += l.text.length;
    *next = l.next;
    if (fault_of_line(r, &l) || !feed(r, l.text)) break;
    if (r->complete) {
      *fault = CSV_FINE;
      break;
    }
    if (*physical == CSV_OPEN_LINES || bytes > CSV_OPEN_BYTES) break;
    status s = lines_at(r->lines, l.next, &l, p);
    if (s) return s;
    if (!l.any) break;
  }
  if (*fault) reset_parser(r);
  return r->no_memory || r->text.failed ? problem_no_memory(p) : STATUS_OK;
}

/* A line without cells to give. */
static void leave_out(csv_reader *r, const lines_line *l, enum csv_fault fault, csv_row *out) {
  *out = (csv_row){.line = r->line, .fault = fault, .raw = l->text};
  r->line++;
  lines_advance(r->lines, l->next);
}

static status read_record(csv_reader *r, csv_row *out, bool *more, problem *p) {
  lines_line l;
  status s;
  for (;;) {
    s = lines_at(r->lines, 0, &l, p);
    *more = !s && l.any;
    if (!*more) return s;
    if (l.too_long || !is_blank(r, l.text)) break;
    r->line++;
    lines_advance(r->lines, l.next);
  }
  enum csv_fault fault = fault_of_line(r, &l);
  size_t next = l.next, physical = 1;
  if (!fault) s = parse_record(r, &l, &fault, &next, &physical, p);
  if (s) return s;
  bool swallowed = physical > 1 && r->heading_count && r->count != r->heading_count;
  if (physical > 1 || fault) s = lines_at(r->lines, 0, &l, p); /* the window may have moved */
  if (s) return s;
  if (fault || swallowed) {
    leave_out(r, &l, fault ? fault : CSV_BROKEN_QUOTES, out);
    return STATUS_OK;
  }
  finish_cells(r);
  if (r->no_memory) return problem_no_memory(p);
  *out = (csv_row){r->line, CSV_FINE, r->cells, r->count, l.text};
  r->line += physical;
  lines_advance(r->lines, next);
  return STATUS_OK;
}

/* Whether the next record is a plain line; the same cells as libcsv's. */
static bool read_plain(csv_reader *r, csv_row *out) {
  size_t length = 0;
  size_t next = plain_split(r->held, r->delimiter, r->cells, r->heading_count, &length);
  if (!next || length > LINE_LONGEST) return false;
  out->line = r->line++;
  out->fault = CSV_FINE;
  out->cells = r->cells;
  out->count = r->heading_count;
  out->raw.at = r->held.at;
  out->raw.length = length;
  r->held.at += next;
  r->held.length -= next;
  r->passed += next;
  return true;
}

status csv_reader_next(csv_reader *r, csv_row *out, bool *more, problem *p) {
  if (r->held.length && read_plain(r, out)) return *more = true, STATUS_OK;
  lines_advance(r->lines, r->passed);
  r->passed = 0;
  status s = read_record(r, out, more, p);
  if (!s && *more && !out->fault && out->count != r->heading_count) out->fault = CSV_WRONG_COUNT;
  r->held = s || r->never_plain ? (slice){"", 0} : lines_held(r->lines);
  return s;
}

/* The heading line ----------------------------------------------------------- */

static status same_heading_twice(const csv_reader *r, slice name, problem *p) {
  return problem_set(p, STATUS_SYNTAX, "rename or remove one of the two columns",
                     "%s has the heading \"%.*s\" twice", lines_name(r->lines),
                     name.length > 60 ? 60 : (int)name.length, name.at);
}

static status check_heading_once(const csv_reader *r, size_t i, problem *p) {
  slice name = r->headings[i];
  for (size_t k = 0; k < i && name.length; k++)
    if (csv_heading_equal(name, r->headings[k])) return same_heading_twice(r, name, p);
  return STATUS_OK;
}

static status match_headings(csv_reader *r, problem *p) {
  for (size_t i = 0; i < r->heading_count; i++) {
    status s = check_heading_once(r, i, p);
    if (s) return s;
    size_t c = 0;
    while (c < r->column_count && !csv_heading_equal(r->headings[i], slice_of(r->columns[c].name)))
      c++;
    r->column_of[i] = c;
    if (c < r->column_count) r->at[c] = i;
  }
  return STATUS_OK;
}

/* The heading nearest to a name, of those that are none of the caller's. */
static size_t nearest_heading(const csv_reader *r, const char *name) {
  size_t best = r->heading_count, least = SIZE_MAX;
  for (size_t i = 0; i < r->heading_count; i++) {
    if (!csv_is_further(r, i) || r->headings[i].length == 0) continue;
    size_t distance = text_distance(slice_of(name), r->headings[i]);
    if (distance < least) least = distance, best = i;
  }
  return best;
}

static status heading_missing(const csv_reader *r, const char *name, problem *p) {
  buffer all = {0};
  for (size_t c = 0; c < r->column_count; c++)
    if (r->columns[c].required)
      buffer_printf(&all, "%s%s", all.length ? "," : "", r->columns[c].name);
  size_t near = nearest_heading(r, name);
  buffer remedy = {0};
  if (near < r->heading_count) {
    buffer_add_text(&remedy, "the nearest heading in it is \"");
    text_add_escaped(&remedy, r->headings[near]);
    buffer_add_text(&remedy, "\"; ");
  }
  buffer_printf(&remedy, "the first line must have at least these headings, in any order: %s",
                all.failed || !all.bytes ? "" : all.bytes);
  buffer_add_char(&remedy, '\0');
  status s = problem_set(p, STATUS_SYNTAX, remedy.failed ? NULL : remedy.bytes,
                         "%s has no column \"%s\"", lines_name(r->lines), name);
  buffer_free(&all);
  buffer_free(&remedy);
  return s;
}

static status check_required(const csv_reader *r, problem *p) {
  for (size_t c = 0; c < r->column_count; c++)
    if (r->columns[c].required && r->at[c] == SIZE_MAX)
      return heading_missing(r, r->columns[c].name, p);
  return STATUS_OK;
}

/* The cells of the heading line become the headings. */
static status keep_headings(csv_reader *r, problem *p) {
  if (r->count > CSV_MOST_COLUMNS)
    return problem_set(p, STATUS_RANGE, "remove the columns that are not needed",
                       "%s has more than %d columns", lines_name(r->lines), CSV_MOST_COLUMNS);
  r->headings = mem_new(r->count, sizeof *r->headings);
  r->column_of = mem_new(r->count, sizeof *r->column_of);
  for (size_t i = 0; i < r->count; i++)
    buffer_add(&r->heading_text, r->cells[i].at, r->cells[i].length);
  if (!r->headings || !r->column_of || r->heading_text.failed) return problem_no_memory(p);
  const char *at = r->heading_text.bytes;
  for (size_t i = 0; i < r->count; at += r->cells[i++].length)
    r->headings[i] = (slice){at, r->cells[i].length};
  r->heading_count = r->count;
  return STATUS_OK;
}

static status heading_line_faulty(const csv_reader *r, const csv_row *row, problem *p) {
  const char *why = row->fault == CSV_NUL        ? "a NUL byte"
                    : row->fault == CSV_TOO_LONG ? "more than a megabyte"
                    : row->fault == CSV_NOT_UTF8 ? "bytes that are not UTF-8"
                                                 : "broken quoting";
  return problem_set(p, STATUS_SYNTAX, "save it again as \"CSV UTF-8\" and import that file",
                     "the heading line of %s has %s", lines_name(r->lines), why);
}

static status read_headings(csv_reader *r, problem *p) {
  lines_line l;
  r->delimiter = ',';
  status s = lines_at(r->lines, 0, &l, p);
  while (!s && l.any && is_blank(r, l.text)) {
    r->line++;
    lines_advance(r->lines, l.next);
    s = lines_at(r->lines, 0, &l, p);
  }
  if (s) return s;
  r->delimiter = csv_guess_delimiter(l.text);
  csv_set_delim(&r->parser, (unsigned char)r->delimiter);
  csv_row row = {0};
  bool more = false;
  s = read_record(r, &row, &more, p);
  if (s) return s;
  if (!more)
    return problem_set(p, STATUS_SYNTAX, "export it again", "%s is empty", lines_name(r->lines));
  if (row.fault) return heading_line_faulty(r, &row, p);
  s = keep_headings(r, p);
  if (!s) s = match_headings(r, p);
  return s ? s : check_required(r, p);
}

/* Opening -------------------------------------------------------------------- */

static void *resize(void *old, size_t bytes) { return mem_resize(old, bytes, 1); }

static status open_over(lines *l, const csv_column *columns, size_t count, csv_reader **out,
                        problem *p) {
  csv_reader *r = mem_new(1, sizeof *r);
  if (!r || csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
    mem_free(r);
    lines_close(l);
    return problem_no_memory(p);
  }
  csv_set_blk_size(&r->parser, 4096);
  csv_set_realloc_func(&r->parser, resize);
  csv_set_free_func(&r->parser, mem_free);
  r->lines = l;
  r->columns = columns;
  r->column_count = count < CSV_WANTED ? count : CSV_WANTED;
  r->line = 1;
  for (size_t i = 0; i < CSV_WANTED; i++) r->at[i] = SIZE_MAX;
  status s = read_headings(r, p);
  if (s) {
    csv_reader_close(r);
    return s;
  }
  *out = r;
  return STATUS_OK;
}

status csv_reader_open_fd(int fd, const char *name, const csv_column *columns, size_t count,
                          csv_reader **out, problem *p) {
  lines *l;
  status s = lines_open_fd(fd, name, &l, p);
  return s ? s : open_over(l, columns, count, out, p);
}

status csv_reader_open(const char *path, const csv_column *columns, size_t count, csv_reader **out,
                       problem *p) {
  lines *l;
  status s = lines_open(path, &l, p);
  return s ? s : open_over(l, columns, count, out, p);
}

void csv_reader_close(csv_reader *r) {
  if (!r) return;
  csv_free(&r->parser);
  lines_close(r->lines);
  buffer_free(&r->text);
  buffer_free(&r->converted);
  buffer_free(&r->heading_text);
  mem_free(r->ends);
  mem_free(r->cells);
  mem_free(r->headings);
  mem_free(r->column_of);
  mem_free(r);
}

slice csv_cell(const csv_reader *r, const csv_row *row, size_t i) {
  size_t at = r->at[i];
  return at < row->count ? row->cells[at] : (slice){"", 0};
}

size_t csv_place(const csv_reader *r, size_t i) { return r->at[i]; }
bool csv_has(const csv_reader *r, size_t i) { return r->at[i] != SIZE_MAX; }

const slice *csv_headings(const csv_reader *r, size_t *count) {
  *count = r->heading_count;
  return r->headings;
}

bool csv_is_further(const csv_reader *r, size_t i) { return r->column_of[i] == r->column_count; }

const lines_facts *csv_facts(const csv_reader *r) { return lines_facts_of(r->lines); }
const char *csv_name(const csv_reader *r) { return lines_name(r->lines); }

const char *csv_encoding(const csv_reader *r) {
  const lines_facts *f = lines_facts_of(r->lines);
  return f->is_utf8 || f->marked ? "UTF-8" : "Windows-1252";
}

char csv_delimiter(const csv_reader *r) { return r->delimiter; }
uint64_t csv_done(const csv_reader *r) { return lines_done(r->lines) + r->passed; }
uint64_t csv_size(const csv_reader *r) { return lines_size(r->lines); }
void csv_without_plain(csv_reader *r) { r->never_plain = true; }
