/* csv: records, by the short way where a line is plain and by libcsv everywhere else.
 *
 * 1. A line is plain when it is ASCII without a quote or a NUL byte, ends with LF or
 *    CRLF, and has as many cells as there are headings, of which one is not blank. Of
 *    such a line libcsv makes the same cells, a byte at a time; anything else is
 *    libcsv's. tests/fuzz/fuzz_plain.c compares the two.
 * 2. A cell of libcsv's is kept as a place in `text` while its record grows, and becomes
 *    a slice when the record is whole. Plain cells lie where the line does. */
#include "store/csv/csv.h"

#include <csv.h>
#include <string.h>

#include "base/array.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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
  size_t *ends; /* [count]; cell i is text[ends[i-1], ends[i]) */
  slice *cells; /* [count], and room for every heading */
  size_t count, end_room, cell_room;
  bool complete, no_memory;
  buffer converted;

  buffer heading_text;
  slice *headings; /* [heading_count] into heading_text */
  size_t heading_count;
  size_t *column_of;     /* [heading_count]: the caller's, or column_count */
  size_t at[CSV_WANTED]; /* where the caller's columns stand, or SIZE_MAX */
};

/* Plain lines ------------------------------------------------------------------ */

/* How many bytes the line's end at `stop` has; 0 when no line ends there, or not
 * all of its end is held. */
static size_t end_at(slice held, size_t stop) {
  if (stop >= held.length) return 0;
  if (held.at[stop] == '\n') return 1;
  if (held.at[stop] != '\r' || stop + 1 >= held.length) return 0;
  return held.at[stop + 1] == '\n' ? 2 : 0;
}

static bool has_any(const slice *cells, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (cells[i].length) return true;
  return false;
}

static bool is_space(char c) { return c == ' ' || c == '\t'; }

static slice cell_of(const char *from, const char *to) {
  while (from < to && is_space(*from)) from++;
  while (from < to && is_space(to[-1])) to--;
  return (slice){from, (size_t)(to - from)};
}

#ifdef __SSE2__

typedef struct byte_bits {
  uint64_t delimiters, others; /* others: up to a space, quotes, not ASCII */
} byte_bits;

/* Where they stand among the sixteen bytes from `from` on. */
static inline void find_bits(const char *at, char delimiter, unsigned from, byte_bits *b) {
  __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(at + from));
  __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(' ')), x);
  __m128i quotes = _mm_cmpeq_epi8(x, _mm_set1_epi8('"'));
  __m128i delimiters = _mm_cmpeq_epi8(x, _mm_set1_epi8(delimiter));
  __m128i others = _mm_or_si128(_mm_andnot_si128(delimiters, _mm_or_si128(low, quotes)), x);
  b->delimiters |= (uint64_t)(unsigned)_mm_movemask_epi8(delimiters) << from;
  b->others |= (uint64_t)(unsigned)_mm_movemask_epi8(others) << from;
}

/* split_plain where the processor compares sixteen bytes at once, by where the delimiters
 * stand: 0 also for a plain line that has a space, or more than sixty-three bytes. */
static inline size_t split_short(slice held, char delimiter, slice *cells, size_t count,
                                 size_t *length) {
  byte_bits b = {0, 0};
  find_bits(held.at, delimiter, 0, &b);
  find_bits(held.at, delimiter, 16, &b);
  find_bits(held.at, delimiter, 32, &b);
  if (!b.others) find_bits(held.at, delimiter, 48, &b);
  if (!b.others) return 0;
  size_t stop = (size_t)__builtin_ctzll(b.others), from = 0, cell = 0;
  for (uint64_t rest = b.delimiters & (((uint64_t)1 << stop) - 1); rest; rest &= rest - 1) {
    size_t at = (size_t)__builtin_ctzll(rest);
    if (cell + 1 == count) return 0;
    cells[cell++] = (slice){held.at + from, at - from};
    from = at + 1;
  }
  size_t end = end_at(held, stop);
  if (!end || cell + 1 != count) return 0;
  cells[cell] = (slice){held.at + from, stop - from};
  *length = stop;
  return cells[0].length || has_any(cells, count) ? stop + end : 0;
}

#endif

/* Split the line at the beginning of `held` into `count` cells, trimmed of spaces and
 * tabs; *length is the line's without its end. There are LINES_PAD readable bytes after
 * `held`, whatever they are. -> where the next line begins, or 0 when the line is not
 * plain or its end is not held. The loop is the definition. */
static size_t split_plain(slice held, char delimiter, slice *cells, size_t count, size_t *length) {
#ifdef __SSE2__
  size_t next = held.length ? split_short(held, delimiter, cells, count, length) : 0;
  if (next) return next;
#endif
  size_t cell = 0, at = 0;
  const char *from = held.at;
  for (; at < held.length && held.at[at] != '\n' && held.at[at] != '\r'; at++) {
    char c = held.at[at];
    if (c == '"' || c == '\0' || (unsigned char)c >= 0x80) return 0;
    if (c != delimiter) continue;
    if (cell + 1 == count) return 0;
    cells[cell++] = cell_of(from, held.at + at);
    from = held.at + at + 1;
  }
  size_t end = end_at(held, at);
  if (!end || cell + 1 != count) return 0;
  cells[cell] = cell_of(from, held.at + at);
  *length = at;
  return has_any(cells, count) ? at + end : 0;
}

/* libcsv ----------------------------------------------------------------------- */

static void on_cell(void *bytes, size_t length, void *reader) {
  csv_reader *r = reader;
  if (array_grow(&r->ends, r->count, &r->end_room, sizeof *r->ends, NULL) ||
      array_grow(&r->cells, r->count, &r->cell_room, sizeof *r->cells, NULL)) {
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

/* The cells of a whole record, in UTF-8 and trimmed. One that is not UTF-8 shows that
 * the file is not, so there is no need to wait for the verdict on all of it. `converted`
 * gets room for all cells before the first, so that it stays: a Windows-1252 byte takes
 * at most three in UTF-8. */
static status finish_cells(csv_reader *r, problem *p) {
  bool convert = false;
  for (size_t i = 0; i < r->text.length && !lines_marked(r->lines) && !convert; i++)
    convert = (unsigned char)r->text.bytes[i] >= 0x80;
  if (convert && !buffer_room(&r->converted, 3 * r->text.length)) return problem_no_memory(p);
  size_t start = 0;
  for (size_t i = 0; i < r->count; i++) {
    slice cell = {r->text.bytes + start, r->ends[i] - start};
    start = r->ends[i];
    if (convert && !text_is_utf8(cell)) {
      size_t from = r->converted.length;
      text_add_windows1252(&r->converted, cell);
      cell = (slice){r->converted.bytes + from, r->converted.length - from};
    }
    r->cells[i] = slice_trim(cell);
  }
  return STATUS_OK;
}

/* Nothing but delimiters and spaces. */
static bool is_blank(const csv_reader *r, slice text) {
  for (size_t i = 0; i < text.length; i++)
    if (!is_space(text.at[i]) && text.at[i] != r->delimiter) return false;
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
  buffer_clear(&r->text);
  buffer_clear(&r->converted);
  r->count = 0;
  r->complete = false;
  *fault = CSV_BROKEN_QUOTES;
  for (*physical = 1;; ++*physical) {
    bytes += l.text.length;
    *next = l.next;
    if (fault_of_line(r, &l)) break;
    bool fed =
        csv_parse(&r->parser, l.text.at, l.text.length, on_cell, on_record, r) == l.text.length &&
        csv_parse(&r->parser, "\n", 1, on_cell, on_record, r) == 1;
    if (!fed && csv_error(&r->parser) == CSV_ENOMEM) r->no_memory = true;
    if (fed && r->complete) *fault = CSV_FINE;
    if (!fed || r->complete || *physical == CSV_OPEN_LINES || bytes > CSV_OPEN_BYTES) break;
    status s = lines_at(r->lines, l.next, &l, p);
    if (s) return s;
    if (!l.any) break;
  }
  if (*fault) {
    /* libcsv's own way back to a clean state would call us with half a cell */
    r->parser.pstate = 0;
    r->parser.quoted = 0;
    r->parser.spaces = 0;
    r->parser.entry_pos = 0;
    r->parser.status = CSV_SUCCESS;
  }
  return r->no_memory || r->text.failed ? problem_no_memory(p) : STATUS_OK;
}

/* Records ---------------------------------------------------------------------- */

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
  if (swallowed && !fault) fault = CSV_BROKEN_QUOTES;
  if (physical > 1 || fault) s = lines_at(r->lines, 0, &l, p); /* the window may have moved */
  if (!s && !fault) s = finish_cells(r, p);
  if (s) return s;
  *out = (csv_row){.line = r->line, .fault = fault, .raw = l.text};
  if (!fault) {
    out->cells = r->cells;
    out->count = r->count;
  }
  r->line += fault ? 1 : physical;
  lines_advance(r->lines, fault ? l.next : next);
  return STATUS_OK;
}

status csv_reader_next(csv_reader *r, csv_row *out, bool *more, problem *p) {
  size_t length = 0, next = 0;
  if (r->held.length)
    next = split_plain(r->held, r->delimiter, r->cells, r->heading_count, &length);
  if (next && length <= LINE_LONGEST) {
    out->line = r->line++;
    out->fault = CSV_FINE;
    out->cells = r->cells;
    out->count = r->heading_count;
    out->raw.at = r->held.at;
    out->raw.length = length;
    r->held.at += next;
    r->held.length -= next;
    r->passed += next;
    return *more = true, STATUS_OK;
  }
  lines_advance(r->lines, r->passed);
  r->passed = 0;
  status s = read_record(r, out, more, p);
  if (!s && *more && !out->fault && out->count != r->heading_count) out->fault = CSV_WRONG_COUNT;
  r->held = s || r->never_plain ? (slice){"", 0} : lines_held(r->lines);
  return s;
}

/* The heading line ------------------------------------------------------------- */

/* The likeliest delimiter of a heading line: the one seen most often outside quotes; a
 * comma when none is. */
static char guess_delimiter(slice text) {
  size_t commas = 0, semicolons = 0, tabs = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.length; i++) {
    char c = text.at[i];
    quoted ^= c == '"';
    if (quoted) continue;
    commas += c == ',';
    semicolons += c == ';';
    tabs += c == '\t';
  }
  if (commas >= semicolons && commas >= tabs) return ',';
  return semicolons >= tabs ? ';' : '\t';
}

/* Whether two headings are the same to rule 4. */
static bool same_heading(slice a, slice b) {
  if (a.length != b.length) return false;
  for (size_t i = 0; i < a.length; i++) {
    char x = a.at[i], y = b.at[i];
    if (x == ' ' || x == '-') x = '_';
    if (y == ' ' || y == '-') y = '_';
    if (text_lower(x) != text_lower(y)) return false;
  }
  return true;
}

/* The cells of the heading line become the headings, and the caller's columns are found
 * among them. */
static status take_headings(csv_reader *r, problem *p) {
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
  for (size_t i = 0; i < r->heading_count; i++) {
    slice name = r->headings[i];
    for (size_t k = 0; k < i && name.length; k++)
      if (same_heading(name, r->headings[k]))
        return problem_set(p, STATUS_SYNTAX, "rename or remove one of the two columns",
                           "%s has the heading \"%.*s\" twice", lines_name(r->lines),
                           name.length > 60 ? 60 : (int)name.length, name.at);
    size_t c = 0;
    while (c < r->column_count && !same_heading(name, slice_of(r->columns[c].name))) c++;
    r->column_of[i] = c;
    if (c < r->column_count) r->at[c] = i;
  }
  return STATUS_OK;
}

/* A required heading is not there: name it, and the heading nearest to it that is none of
 * the caller's. */
static status heading_missing(const csv_reader *r, const char *name, problem *p) {
  size_t near = r->heading_count, least = SIZE_MAX;
  for (size_t i = 0; i < r->heading_count; i++) {
    if (!csv_is_further(r, i) || r->headings[i].length == 0) continue;
    size_t distance = text_distance(slice_of(name), r->headings[i]);
    if (distance < least) least = distance, near = i;
  }
  buffer remedy = {0};
  if (near < r->heading_count) {
    buffer_add_text(&remedy, "the nearest heading in it is \"");
    text_add_escaped(&remedy, r->headings[near]);
    buffer_add_text(&remedy, "\"; ");
  }
  buffer_add_text(&remedy, "the first line must have at least these headings, in any order: ");
  const char *comma = "";
  for (size_t c = 0; c < r->column_count; c++) {
    if (!r->columns[c].required) continue;
    buffer_printf(&remedy, "%s%s", comma, r->columns[c].name);
    comma = ",";
  }
  buffer_add_char(&remedy, '\0');
  status s = problem_set(p, STATUS_SYNTAX, remedy.failed ? NULL : remedy.bytes,
                         "%s has no column \"%s\"", lines_name(r->lines), name);
  buffer_free(&remedy);
  return s;
}

static status read_headings(csv_reader *r, problem *p) {
  static const char *const faults[] = {[CSV_BROKEN_QUOTES] = "broken quoting",
                                       [CSV_WRONG_COUNT] = "another number of cells",
                                       [CSV_TOO_LONG] = "more than a megabyte",
                                       [CSV_NUL] = "a NUL byte",
                                       [CSV_NOT_UTF8] = "bytes that are not UTF-8"};
  lines_line l;
  r->delimiter = ',';
  status s = lines_at(r->lines, 0, &l, p);
  while (!s && l.any && is_blank(r, l.text)) {
    r->line++;
    lines_advance(r->lines, l.next);
    s = lines_at(r->lines, 0, &l, p);
  }
  if (s) return s;
  r->delimiter = guess_delimiter(l.text);
  csv_set_delim(&r->parser, (unsigned char)r->delimiter);
  csv_row row = {0};
  bool more = false;
  s = read_record(r, &row, &more, p);
  if (s) return s;
  if (!more)
    return problem_set(p, STATUS_SYNTAX, "export it again", "%s is empty", lines_name(r->lines));
  if (row.fault)
    return problem_set(p, STATUS_SYNTAX, "save it again as \"CSV UTF-8\" and import that file",
                       "the heading line of %s has %s", lines_name(r->lines), faults[row.fault]);
  s = take_headings(r, p);
  for (size_t c = 0; c < r->column_count && !s; c++)
    if (r->columns[c].required && r->at[c] == SIZE_MAX)
      s = heading_missing(r, r->columns[c].name, p);
  return s;
}

/* Opening -------------------------------------------------------------------- */

static void *resize(void *old, size_t bytes) { return mem_resize(old, bytes, 1); }

status csv_reader_open(const char *path, const csv_column *columns, size_t count, csv_reader **out,
                       problem *p) {
  lines *l;
  status s = lines_open(path, &l, p);
  if (s) return s;
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
  s = read_headings(r, p);
  if (s) {
    csv_reader_close(r);
    return s;
  }
  *out = r;
  return STATUS_OK;
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
