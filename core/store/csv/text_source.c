/* text_source: separated values, by the short way where a line is plain and by libcsv everywhere
 * else.
 *
 * 1. A line is plain when it is ASCII without a quote or a NUL byte, ends with LF or
 *    CRLF, and has as many cells as there are headings, of which one is not blank. Of
 *    such a line libcsv makes the same cells, a byte at a time; anything else is
 *    libcsv's. tests/fuzz/fuzz_plain.c compares the two.
 * 2. A record that cannot be read leaves out its first physical line only; reading goes on with
 *    the next one. A quote still open after OPEN_LINES lines, OPEN_BYTES bytes or at the end of
 *    the file is broken where it opened, and so is one that swallowed lines and then has another
 *    number of cells than there are headings.
 * 3. Lines of nothing but delimiters and spaces are passed over, and so is "sep=;" at the top.
 * 4. The delimiter is said, or is the one that splits the first lines most and most evenly.
 * 5. Quotes are doubled; a backslash takes their place in a file that says so, and from the first
 *    record on that can only be read so. A record that only the other way can read is read by it.
 * 6. A quote inside a cell that does not begin with one is itself, where the line has as many
 *    cells as it should.
 * 7. A cell of libcsv's is kept as a place in `text` while its record grows, and becomes
 *    a slice when the record is whole. Plain cells lie where the line does. */
#include <csv.h>
#include <string.h>

#include "base/array.h"
#include "store/csv/lines.h"
#include "store/csv/source.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { OPEN_LINES = 32, OPEN_BYTES = 64 * 1024 };

typedef struct text_source {
  source base; /* first, so that one is the other */
  lines *lines;
  struct csv_parser parser;
  bool quoting_said;
  size_t line;     /* of the next record */
  size_t expected; /* cells; 0: not known yet */

  bool never_plain; /* source_text_without_plain */
  slice held;       /* what the window holds from the next record on */
  size_t passed;    /* bytes of plain lines, of which `lines` has not been told */

  buffer text;  /* the cells of this record, one after another */
  size_t *ends; /* [count]; cell i is text[ends[i-1], ends[i]) */
  slice *cells; /* [count], and room for every heading */
  size_t count, end_room, cell_room;
  bool complete, no_memory;
  buffer converted, unescaped;
} text_source;

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

static void add_cell(text_source *t, const void *bytes, size_t length) {
  if (array_grow(&t->ends, t->count, &t->end_room, sizeof *t->ends, NULL) ||
      array_grow(&t->cells, t->count, &t->cell_room, sizeof *t->cells, NULL)) {
    t->no_memory = true;
    return;
  }
  buffer_add(&t->text, bytes, length);
  t->ends[t->count++] = t->text.length;
}

static void on_cell(void *bytes, size_t length, void *reader) { add_cell(reader, bytes, length); }

static void on_record(int end, void *reader) {
  (void)end;
  ((text_source *)reader)->complete = true;
}

/* The cells of a whole record, in UTF-8 and trimmed. Where the encoding was not said, one that
 * is not UTF-8 shows that the file is not, so there is no need to wait for the verdict on all of
 * it. `converted` gets room for all cells before the first, so that it stays: a Windows-1252 byte
 * takes at most three in UTF-8. What ISO 8859-1 leaves to control characters nobody writes in a
 * file, so that its bytes are taken as Windows-1252 too. */
static status finish_cells(text_source *t, problem *p) {
  enum encoding encoding = lines_encoding(t->lines);
  bool said = encoding == ENCODING_WINDOWS_1252 || encoding == ENCODING_ISO_8859_1;
  bool wide = false;
  for (size_t i = 0; i < t->text.length && !wide; i++)
    wide = (unsigned char)t->text.bytes[i] >= 0x80;
  bool convert = wide && (said || encoding == ENCODING_FOUND);
  if (convert && !buffer_room(&t->converted, 3 * t->text.length)) return problem_no_memory(p);
  size_t start = 0;
  for (size_t i = 0; i < t->count; i++) {
    slice cell = {t->text.bytes + start, t->ends[i] - start};
    start = t->ends[i];
    if (convert && (said || !text_is_utf8(cell))) {
      size_t from = t->converted.length;
      text_add_windows1252(&t->converted, cell);
      cell = (slice){t->converted.bytes + from, t->converted.length - from};
    }
    t->cells[i] = wide ? text_trim(cell) : slice_trim(cell);
  }
  return STATUS_OK;
}

/* Nothing but delimiters and spaces. */
static bool is_blank(const text_source *t, slice text) {
  for (size_t i = 0; i < text.length; i++)
    if (!is_space(text.at[i]) && text.at[i] != t->base.delimiter) return false;
  return true;
}

static enum csv_fault fault_of_line(const text_source *t, const lines_line *l) {
  if (l->too_long) return CSV_TOO_LONG;
  if (l->text.length && memchr(l->text.at, '\0', l->text.length)) return CSV_NUL;
  if (lines_encoding(t->lines) == ENCODING_UTF8 && !text_is_utf8(l->text)) return CSV_NOT_UTF8;
  return CSV_FINE;
}

/* A line whose quotes are escaped by backslashes as one whose quotes are doubled. `quoted` says
 * whether a quote is open at its beginning, and then at its end. */
static slice double_quotes(text_source *t, slice line, bool *quoted) {
  buffer_clear(&t->unescaped);
  for (size_t i = 0; i < line.length; i++) {
    char c = line.at[i], next = i + 1 < line.length ? line.at[i + 1] : '\0';
    if (*quoted && c == '\\' && (next == '"' || next == '\\')) {
      buffer_add_text(&t->unescaped, next == '"' ? "\"\"" : "\\");
      i++;
    } else if (*quoted && c == '"' && next == '"') {
      buffer_add_text(&t->unescaped, "\"\"");
      i++;
    } else {
      *quoted ^= c == '"';
      buffer_add_char(&t->unescaped, c);
    }
  }
  return t->unescaped.length ? buffer_slice(&t->unescaped) : (slice){"", 0};
}

/* Try the record that begins at the mark: *fault says how it went, *next where the one after it
 * begins, *physical how many lines it has. */
static status parse_record(text_source *t, enum quoting quoting, enum csv_fault *fault,
                           size_t *next, size_t *physical, problem *p) {
  lines_line l = {.next = 0};
  size_t bytes = 0;
  bool quoted = false;
  buffer_clear(&t->text);
  buffer_clear(&t->converted);
  t->count = 0;
  t->complete = false;
  *fault = CSV_BROKEN_QUOTES;
  for (*physical = 0; !t->complete && *physical < OPEN_LINES && bytes <= OPEN_BYTES;) {
    status s = lines_at(t->lines, l.next, &l, p);
    if (s) return s;
    if (!l.any || fault_of_line(t, &l)) break;
    ++*physical;
    bytes += l.text.length;
    *next = l.next;
    slice text = quoting == QUOTING_BACKSLASH ? double_quotes(t, l.text, &quoted) : l.text;
    bool fed = csv_parse(&t->parser, text.at, text.length, on_cell, on_record, t) == text.length &&
               csv_parse(&t->parser, "\n", 1, on_cell, on_record, t) == 1;
    if (!fed && csv_error(&t->parser) == CSV_ENOMEM) t->no_memory = true;
    if (!fed) break;
    if (t->complete) *fault = CSV_FINE;
  }
  bool swallowed = *physical > 1 && t->expected && t->count != t->expected;
  if (swallowed) *fault = CSV_BROKEN_QUOTES;
  if (!t->complete || *fault) {
    /* libcsv's own way back to a clean state would call us with half a cell */
    t->parser.pstate = 0;
    t->parser.quoted = 0;
    t->parser.spaces = 0;
    t->parser.entry_pos = 0;
    t->parser.status = CSV_SUCCESS;
  }
  bool failed = t->no_memory || t->text.failed || t->unescaped.failed;
  return failed ? problem_no_memory(p) : STATUS_OK;
}

static bool has_backslash(slice line) {
  return line.length && memchr(line.at, '\\', line.length) != NULL;
}

/* A line in which no cell begins with a quote, so that any inside are what they are: 5'10". */
static bool split_literally(text_source *t, slice line) {
  buffer_clear(&t->text);
  buffer_clear(&t->converted);
  t->count = 0;
  for (size_t from = 0; from <= line.length;) {
    size_t to = from;
    while (to < line.length && line.at[to] != t->base.delimiter) to++;
    slice cell = cell_of(line.at + from, line.at + to);
    if (cell.length && cell.at[0] == '"') return false;
    add_cell(t, cell.at, cell.length);
    from = to + 1;
  }
  return t->count == t->expected;
}

/* The record at the mark, by the quoting of the file or, where it is broken or has another number
 * of cells and the quoting was not said, by the other if that can read it. */
static status parse_either(text_source *t, slice first, enum csv_fault *fault, size_t *next,
                           size_t *physical, problem *p) {
  enum quoting usual = t->base.quoting;
  bool may_change = !t->quoting_said && has_backslash(first); /* before the window moves */
  status s = parse_record(t, usual, fault, next, physical, p);
  bool right = !*fault && (!t->expected || t->count == t->expected);
  if (s || right || !may_change) return s;
  enum quoting other = usual == QUOTING_BACKSLASH ? QUOTING_DOUBLED : QUOTING_BACKSLASH;
  s = parse_record(t, other, fault, next, physical, p);
  right = !*fault && (!t->expected || t->count == t->expected);
  if (!s && !right) s = parse_record(t, usual, fault, next, physical, p);
  if (right) t->base.quoting = QUOTING_BACKSLASH;
  return s;
}

/* Records ---------------------------------------------------------------------- */

static status read_record(text_source *t, csv_row *out, bool *more, problem *p) {
  lines_line l;
  status s;
  for (;;) {
    s = lines_at(t->lines, 0, &l, p);
    *more = !s && l.any;
    if (!*more) return s;
    if (l.too_long || !is_blank(t, l.text)) break;
    t->line++;
    lines_advance(t->lines, l.next);
  }
  enum csv_fault fault = fault_of_line(t, &l);
  size_t next = l.next, physical = 1;
  if (!fault) s = parse_either(t, l.text, &fault, &next, &physical, p);
  if (!s) s = lines_at(t->lines, 0, &l, p); /* it may have moved */
  if (!s && fault == CSV_BROKEN_QUOTES && split_literally(t, l.text))
    fault = CSV_FINE, physical = 1, next = l.next;
  if (!s && (t->no_memory || t->text.failed)) s = problem_no_memory(p);
  if (!s && !fault) s = finish_cells(t, p);
  if (s) return s;
  *out = (csv_row){.line = t->line, .fault = fault, .raw = l.text};
  if (!fault) {
    out->cells = t->cells;
    out->count = t->count;
  }
  t->line += fault ? 1 : physical;
  lines_advance(t->lines, fault ? l.next : next);
  return STATUS_OK;
}

static status next_row(source *s, csv_row *out, bool *more, problem *p) {
  text_source *t = (text_source *)s;
  size_t length = 0, next = 0;
  if (t->held.length)
    next = split_plain(t->held, t->base.delimiter, t->cells, t->expected, &length);
  if (next && length <= LINE_LONGEST) {
    out->line = t->line++;
    out->fault = CSV_FINE;
    out->cells = t->cells;
    out->count = t->expected;
    out->raw.at = t->held.at;
    out->raw.length = length;
    t->held.at += next;
    t->held.length -= next;
    t->passed += next;
    return *more = true, STATUS_OK;
  }
  lines_advance(t->lines, t->passed);
  t->passed = 0;
  status result = read_record(t, out, more, p);
  bool plain = !result && !t->never_plain && t->expected;
  t->held = plain ? lines_held(t->lines) : (slice){"", 0};
  return result;
}

static void expect(source *s, size_t count) {
  text_source *t = (text_source *)s;
  /* cells has room for as many: they were the record of the headings */
  t->expected = count <= t->cell_room ? count : 0;
}

/* Opening ---------------------------------------------------------------------- */

static const char delimiters[] = {',', ';', '\t', '|'};
enum { DELIMITERS = sizeof delimiters };

/* How often a delimiter stands in a line, outside quotes. */
static size_t count_delimiter(slice line, char delimiter) {
  size_t count = 0;
  bool quoted = false;
  for (size_t i = 0; i < line.length; i++) {
    quoted ^= line.at[i] == '"';
    count += !quoted && line.at[i] == delimiter;
  }
  return count;
}

/* Of the first lines in the window those that a delimiter splits into equally many cells, by
 * their cells: the delimiter for which they are the most; a comma where there is none. */
static char likeliest_delimiter(slice held) {
  enum { SAMPLE_LINES = 100, SAMPLE_BYTES = 64 * 1024 };
  size_t counts[DELIMITERS][SAMPLE_LINES], count = 0, most = 0;
  char best = ',';
  if (held.length > SAMPLE_BYTES) held.length = SAMPLE_BYTES;
  for (size_t at = 0; at < held.length && count < SAMPLE_LINES;) {
    slice line = {held.at + at, 0};
    while (at + line.length < held.length && line.at[line.length] != '\n' &&
           line.at[line.length] != '\r')
      line.length++;
    for (size_t d = 0; d < DELIMITERS; d++) counts[d][count] = count_delimiter(line, delimiters[d]);
    count += line.length > 0;
    at += line.length + 1;
  }
  for (size_t d = 0; d < DELIMITERS; d++)
    for (size_t i = 0; i < count; i++) {
      size_t alike = 0;
      for (size_t k = 0; k < count; k++) alike += counts[d][k] == counts[d][i];
      if (alike * counts[d][i] > most) most = alike * counts[d][i], best = delimiters[d];
    }
  return best;
}

/* "sep=;", as spreadsheets write and read it: the delimiter, or 0. */
static char said_delimiter(slice line) {
  line = slice_trim(line);
  if (line.length > 2 && line.at[0] == '"' && line.at[line.length - 1] == '"')
    line = (slice){line.at + 1, line.length - 2};
  if (line.length != 5 || !slice_is_nocase((slice){line.at, 4}, "sep=")) return 0;
  return memchr(delimiters, line.at[4], DELIMITERS) ? line.at[4] : '\0';
}

static status find_delimiter(text_source *t, const reading *r, problem *p) {
  lines_line l;
  status s = lines_at(t->lines, 0, &l, p);
  if (s) return s;
  char said = said_delimiter(l.text);
  if (said) {
    lines_advance(t->lines, l.next);
    t->line++;
    s = lines_at(t->lines, 0, &l, p);
    if (s) return s;
  }
  t->base.delimiter = r && r->delimiter ? r->delimiter
                      : said            ? said
                                        : likeliest_delimiter(lines_held(t->lines));
  csv_set_delim(&t->parser, (unsigned char)t->base.delimiter);
  return STATUS_OK;
}

static status facts(source *s, source_facts *out, problem *p) {
  static const char *const names[] = {[ENCODING_UTF8] = "UTF-8",
                                      [ENCODING_WINDOWS_1252] = "Windows-1252",
                                      [ENCODING_ISO_8859_1] = "ISO-8859-1",
                                      [ENCODING_UTF16_LE] = "UTF-16",
                                      [ENCODING_UTF16_BE] = "UTF-16"};
  text_source *t = (text_source *)s;
  const lines_facts *f = lines_facts_of(t->lines);
  enum encoding encoding = lines_encoding(t->lines);
  if (encoding == ENCODING_FOUND) encoding = f->is_utf8 ? ENCODING_UTF8 : ENCODING_WINDOWS_1252;
  (void)p;
  *out = (source_facts){f->digest, names[encoding], f->bytes};
  return STATUS_OK;
}

static uint64_t done(const source *s) {
  const text_source *t = (const text_source *)s;
  return lines_done(t->lines) + t->passed;
}

static void close_text(source *s) {
  text_source *t = (text_source *)s;
  csv_free(&t->parser);
  lines_close(t->lines);
  buffer_free(&t->text);
  buffer_free(&t->converted);
  buffer_free(&t->unescaped);
  mem_free(t->ends);
  mem_free(t->cells);
  mem_free(t);
}

static const source_form text_form = {"text", next_row, expect, facts, done, close_text};

void source_text_without_plain(source *s) {
  if (s->form == &text_form) ((text_source *)s)->never_plain = true;
}

static void *resize(void *old, size_t bytes) { return mem_resize(old, bytes, 1); }

status source_open_text(const char *path, const reading *r, source **out, problem *p) {
  lines *l;
  status s = lines_open(path, r ? r->encoding : ENCODING_FOUND, &l, p);
  if (s) return s;
  text_source *t = mem_new(1, sizeof *t);
  if (!t || csv_init(&t->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
    mem_free(t);
    lines_close(l);
    return problem_no_memory(p);
  }
  csv_set_blk_size(&t->parser, 4096);
  csv_set_realloc_func(&t->parser, resize);
  csv_set_free_func(&t->parser, mem_free);
  t->base = (source){.form = &text_form, .name = lines_name(l), .size = lines_size(l)};
  t->quoting_said = r && r->quoting;
  t->base.quoting = t->quoting_said ? r->quoting : QUOTING_DOUBLED;
  t->lines = l;
  t->line = 1;
  s = find_delimiter(t, r, p);
  if (s)
    close_text(&t->base);
  else
    *out = &t->base;
  return s;
}
