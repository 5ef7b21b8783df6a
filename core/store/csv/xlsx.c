/* xlsx: the form of Excel's workbooks: one sheet, row by row, through libarchive and libxml2.
 *
 * 1. A part of the workbook is unpacked as it is read, never to the disk. One that comes to more
 *    than MOST_RATIO times the whole file is refused.
 * 2. Held are the shared texts, at most TEXTS_MOST bytes, the formats of cells, and the rows of one
 *    chunk, at most ROW_MOST bytes; of these only cells that have something in them.
 * 3. Cells that are not there are empty ones, to the right too, up to the number of headings. Rows
 *    with nothing in them are passed over.
 * 4. A number is as it is written, without an exponent; a date or time, by the format of its cell,
 *    is ISO text; true and false are TRUE and FALSE; an error is as it is shown (#N/A). */
#include <archive.h>
#include <archive_entry.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/date.h"
#include "store/csv/source_file.h"
#include "store/csv/xml_stream.h"

#ifdef FUZZING /* so that short inputs reach every edge */
enum { CHUNK = 77, MOST_RATIO = 50, RATIO_FROM = 1 << 16, TEXTS_MOST = 1 << 14 };
#else
enum {
  CHUNK = 64 * 1024,
  MOST_RATIO = 300,
  RATIO_FROM = 64 << 20, /* bytes of a part that are no bomb yet */
  TEXTS_MOST = 192 << 20
};
#endif
enum { MOST_SHEETS = 1000, MOST_FORMATS = 65536, COLUMNS = 16384, ROW_MOST = 8 << 20 };

/* Elements that say something; all others are ELEMENT_OTHER. */
enum element {
  ELEMENT_OTHER,
  ELEMENT_ROW,
  ELEMENT_CELL,
  ELEMENT_VALUE,
  ELEMENT_TEXT,
  ELEMENT_ITEM,     /* a shared text */
  ELEMENT_PHONETIC, /* how a text is read aloud: none of it */
  ELEMENT_FORMATS   /* of cells */
};

enum format { FORMAT_NUMBER, FORMAT_DATE, FORMAT_TIME, FORMAT_DATE_TIME };

typedef struct sheet {
  char *name, *link; /* as the workbook's links call it */
  bool hidden;
} sheet;

typedef struct custom_format {
  long number;
  enum format format;
} custom_format;

typedef struct cell {
  size_t column;
  bool shared; /* `at` and `length` are of the shared texts */
  size_t at, length;
} cell;

typedef struct sheet_row {
  size_t line, first, count; /* its cells */
} sheet_row;

typedef struct xlsx_source {
  source base;
  source_file file;
  const char *wanted; /* sheet, or NULL */
  struct archive *archive;
  xml_stream *stream;
  char *chunk;
  uint64_t unpacked; /* of this part */
  status failed;
  problem *problem;

  bool from_1904;
  sheet *sheets;
  size_t sheet_count, sheet_room;
  char *sheet_part, *texts_part, *formats_part; /* names of parts; NULL: there is none */
  const char *sheet_link;
  buffer names; /* of the sheets, as messages say it */

  buffer texts;
  size_t *text_ends; /* [text_count] */
  size_t text_count, text_room;
  custom_format *custom;
  size_t custom_count, custom_room;
  unsigned char *formats; /* [format_count], by the number in a cell */
  size_t format_count, format_room;

  enum element elements[XML_DEEPEST + 1]; /* those around */
  size_t depth;
  char type; /* of the cell at hand: the first letter, 'i' for inlineStr, 'S' for str */
  size_t cell_format, value; /* where its text begins */

  buffer values;
  cell *cells; /* [cell_count] */
  size_t cell_count, cell_room;
  sheet_row *rows; /* [row_count] */
  size_t row_count, row_room, next;
  size_t line, column, width;
  slice *out; /* [out_room] */
  size_t out_room;
  bool ended;
} xlsx_source;

static void fail(xlsx_source *x, status s) {
  if (s && !x->failed) x->failed = s;
}

static bool grow(xlsx_source *x, void *block, size_t count, size_t *room, size_t size) {
  if (!x->failed) fail(x, array_grow(block, count, room, size, x->problem));
  return !x->failed;
}

static status damaged(const xlsx_source *x, const char *what, problem *p) {
  return problem_set(p, STATUS_SYNTAX,
                     "open it in Excel and save it again, or save it as CSV UTF-8",
                     "%s is a damaged workbook: %s", x->file.name, what);
}

static void copy_text(xlsx_source *x, char **to, slice text) {
  mem_free(*to);
  *to = mem_copy_text(text.at, text.length);
  if (!*to) fail(x, problem_no_memory(x->problem));
}

/* Parts ------------------------------------------------------------------------- */

/* Find a part by its name, in any case; *found is false when there is none. */
static status open_part(xlsx_source *x, const char *name, bool *found, problem *p) {
  if (x->archive) (void)archive_read_free(x->archive);
  x->archive = archive_read_new();
  x->unpacked = 0;
  *found = false;
  if (!x->archive) return problem_no_memory(p);
  (void)archive_read_support_format_zip_seekable(x->archive);
  if (lseek(x->file.fd, 0, SEEK_SET) != 0 ||
      archive_read_open_fd(x->archive, x->file.fd, CHUNK) != ARCHIVE_OK)
    return damaged(x, "it is no whole zip file", p);
  struct archive_entry *entry;
  int answer = archive_read_next_header(x->archive, &entry);
  for (; answer == ARCHIVE_OK || answer == ARCHIVE_WARN;
       answer = archive_read_next_header(x->archive, &entry)) {
    const char *own = archive_entry_pathname(entry);
    if (!own || !slice_is_nocase(slice_of(own), name)) continue;
    if (archive_entry_is_encrypted(entry))
      return problem_set(p, STATUS_REFUSED, "open it, take the password off and save it again",
                         "%s is protected by a password", x->file.name);
    *found = true;
    return STATUS_OK;
  }
  return answer == ARCHIVE_EOF ? STATUS_OK : damaged(x, "it is no whole zip file", p);
}

/* The next bytes of the part into the chunk. */
static status read_part(xlsx_source *x, size_t *got, problem *p) {
  la_ssize_t n = archive_read_data(x->archive, x->chunk, CHUNK);
  if (n < 0) return damaged(x, "a part of it cannot be unpacked", p);
  *got = (size_t)n;
  x->unpacked += (uint64_t)n;
  if (x->unpacked > RATIO_FROM && x->unpacked / MOST_RATIO > (uint64_t)x->file.seen.st_size)
    return problem_set(p, STATUS_REFUSED, "save it as CSV UTF-8 and import that file",
                       "%s unpacks to more than %d times its size", x->file.name, MOST_RATIO);
  return STATUS_OK;
}

static status feed_part(xlsx_source *x, bool *ended, problem *p) {
  size_t got = 0;
  x->problem = p;
  status s = read_part(x, &got, p);
  if (s) return s;
  *ended = got == 0;
  s = got ? xml_stream_feed(x->stream, (slice){x->chunk, got}, p) : xml_stream_end(x->stream, p);
  return x->failed ? x->failed : s;
}

static status start_part(xlsx_source *x, const char *name, const xml_events *events, bool *found,
                         problem *p) {
  xml_stream_free(x->stream);
  x->stream = NULL;
  x->depth = 0;
  x->problem = p;
  status s = open_part(x, name, found, p);
  return s || !*found ? s : xml_stream_new(x->file.name, events, x, &x->stream, p);
}

static status read_whole_part(xlsx_source *x, const char *name, const xml_events *events,
                              bool *found, problem *p) {
  status s = start_part(x, name, events, found, p);
  for (bool ended = !*found; !s && !ended;) s = feed_part(x, &ended, p);
  return s;
}

/* What stands in them -------------------------------------------------------------- */

static void push(xlsx_source *x, enum element e) {
  if (x->depth < XML_DEEPEST) x->elements[++x->depth] = e;
}

static enum element pop(xlsx_source *x) {
  return x->depth ? x->elements[x->depth--] : ELEMENT_OTHER;
}

static bool is_inside(const xlsx_source *x, enum element e) {
  for (size_t i = 1; i <= x->depth; i++)
    if (x->elements[i] == e) return true;
  return false;
}

static void no_text(void *context, slice text) { (void)context, (void)text; }
static void no_end(void *context) { (void)pop(context); }

static bool is_true(slice text) { return slice_is(text, "1") || slice_is(text, "true"); }

static void begin_of_workbook(void *context, slice name, const xml_attribute *a, size_t count,
                              size_t line) {
  xlsx_source *x = context;
  (void)line;
  push(x, ELEMENT_OTHER);
  if (slice_is(name, "workbookPr")) x->from_1904 = is_true(xml_attribute_of(a, count, "date1904"));
  if (!slice_is(name, "sheet") || x->sheet_count == MOST_SHEETS) return;
  if (!grow(x, &x->sheets, x->sheet_count, &x->sheet_room, sizeof *x->sheets)) return;
  slice state = xml_attribute_of(a, count, "state");
  sheet *s = &x->sheets[x->sheet_count++];
  *s = (sheet){.hidden = state.length && !slice_is(state, "visible")};
  copy_text(x, &s->name, slice_trim(xml_attribute_of(a, count, "name")));
  copy_text(x, &s->link, xml_attribute_of(a, count, "id"));
}

static bool ends_with(slice text, const char *end) {
  size_t length = strlen(end);
  return text.length >= length && memcmp(text.at + text.length - length, end, length) == 0;
}

static void begin_of_links(void *context, slice name, const xml_attribute *a, size_t count,
                           size_t line) {
  xlsx_source *x = context;
  (void)line;
  push(x, ELEMENT_OTHER);
  if (!slice_is(name, "Relationship")) return;
  slice type = xml_attribute_of(a, count, "Type"), to = xml_attribute_of(a, count, "Target");
  char **part = NULL;
  if (ends_with(type, "/sharedStrings")) part = &x->texts_part;
  if (ends_with(type, "/styles")) part = &x->formats_part;
  if (ends_with(type, "/worksheet") && slice_is(xml_attribute_of(a, count, "Id"), x->sheet_link))
    part = &x->sheet_part;
  if (!part || to.length == 0) return;
  buffer whole = {0};
  if (to.at[0] == '/')
    buffer_add(&whole, to.at + 1, to.length - 1);
  else
    buffer_add_text(&whole, "xl/"), buffer_add(&whole, to.at, to.length);
  if (whole.failed)
    fail(x, problem_no_memory(x->problem));
  else
    copy_text(x, part, buffer_slice(&whole));
  buffer_free(&whole);
}

/* What a format shows, by its letters: those of its first part, outside quotes and brackets. */
static enum format format_of(slice code) {
  bool days = false, months = false, hours = false;
  if (slice_is_nocase(code, "general")) return FORMAT_NUMBER;
  for (size_t i = 0; i < code.length && code.at[i] != ';'; i++) {
    char c = text_lower(code.at[i]);
    if (c == '\\' || c == '_' || c == '*') {
      i++;
    } else if (c == '"') {
      do i++;
      while (i < code.length && code.at[i] != '"');
    } else if (c == '[') {
      char of = i + 1 < code.length ? text_lower(code.at[i + 1]) : ']';
      size_t from = i;
      while (i < code.length && code.at[i] != ']') i++;
      bool only = true; /* [h], [mm]: time that has gone by */
      for (size_t k = from + 1; k < i; k++) only &= text_lower(code.at[k]) == of;
      hours |= only && (of == 'h' || of == 'm' || of == 's');
    } else {
      days |= c == 'd' || c == 'y';
      months |= c == 'm';
      hours |= c == 'h' || c == 's';
    }
  }
  if (days) return hours ? FORMAT_DATE_TIME : FORMAT_DATE;
  if (hours) return FORMAT_TIME;
  return months ? FORMAT_DATE : FORMAT_NUMBER;
}

/* The formats that have a number and no text. */
static enum format built_in_format(long number) {
  if (number == 22) return FORMAT_DATE_TIME;
  if ((number >= 18 && number <= 21) || (number >= 45 && number <= 47)) return FORMAT_TIME;
  if ((number >= 14 && number <= 17) || (number >= 27 && number <= 31) || number == 36 ||
      (number >= 50 && number <= 58))
    return FORMAT_DATE;
  return number >= 32 && number <= 35 ? FORMAT_TIME : FORMAT_NUMBER;
}

static bool read_number(slice text, int64_t most, int64_t *out) {
  return text_number(slice_trim(text), most, out);
}

static void begin_of_formats(void *context, slice name, const xml_attribute *a, size_t count,
                             size_t line) {
  xlsx_source *x = context;
  int64_t number = 0;
  (void)line;
  if (slice_is(name, "cellXfs")) {
    push(x, ELEMENT_FORMATS);
    return;
  }
  bool has = read_number(xml_attribute_of(a, count, "numFmtId"), INT32_MAX, &number);
  if (slice_is(name, "numFmt") && has && x->custom_count < MOST_FORMATS &&
      grow(x, &x->custom, x->custom_count, &x->custom_room, sizeof *x->custom))
    x->custom[x->custom_count++] =
        (custom_format){(long)number, format_of(xml_attribute_of(a, count, "formatCode"))};
  if (slice_is(name, "xf") && is_inside(x, ELEMENT_FORMATS) && x->format_count < MOST_FORMATS &&
      grow(x, &x->formats, x->format_count, &x->format_room, sizeof *x->formats)) {
    enum format f = built_in_format((long)number);
    for (size_t i = 0; i < x->custom_count; i++)
      if (x->custom[i].number == number) f = x->custom[i].format;
    x->formats[x->format_count++] = (unsigned char)f;
  }
  push(x, ELEMENT_OTHER);
}

static void begin_of_texts(void *context, slice name, const xml_attribute *a, size_t count,
                           size_t line) {
  (void)a, (void)count, (void)line;
  enum element e = ELEMENT_OTHER;
  if (slice_is(name, "si")) e = ELEMENT_ITEM;
  if (slice_is(name, "t")) e = ELEMENT_TEXT;
  if (slice_is(name, "rPh")) e = ELEMENT_PHONETIC;
  push(context, e);
}

static void text_of_texts(void *context, slice text) {
  xlsx_source *x = context;
  if (x->failed || x->elements[x->depth] != ELEMENT_TEXT || is_inside(x, ELEMENT_PHONETIC)) return;
  size_t held = x->texts.length + x->text_count * sizeof *x->text_ends;
  if (held + text.length > TEXTS_MOST) {
    fail(x, problem_set(x->problem, STATUS_RANGE, "save the sheet as CSV UTF-8 and import that",
                        "%s has more than %d MB of texts", x->file.name, TEXTS_MOST >> 20));
    return;
  }
  buffer_add(&x->texts, text.at, text.length);
  if (x->texts.failed) fail(x, problem_no_memory(x->problem));
}

static void end_of_texts(void *context) {
  xlsx_source *x = context;
  if (pop(x) != ELEMENT_ITEM) return;
  if (x->text_count * sizeof *x->text_ends > TEXTS_MOST) {
    fail(x, problem_set(x->problem, STATUS_RANGE, "save the sheet as CSV UTF-8 and import that",
                        "%s has more than %d MB of texts", x->file.name, TEXTS_MOST >> 20));
    return;
  }
  if (grow(x, &x->text_ends, x->text_count, &x->text_room, sizeof *x->text_ends))
    x->text_ends[x->text_count++] = x->texts.length;
}

/* Cells ----------------------------------------------------------------------------- */

/* The column of "BC12", from 0; COLUMNS when it is none. */
static size_t column_of(slice reference) {
  size_t column = 0, i = 0;
  for (; i < reference.length && reference.at[i] >= 'A' && reference.at[i] <= 'Z'; i++) {
    column = column * 26 + (size_t)(reference.at[i] - 'A') + 1;
    if (column > COLUMNS) return COLUMNS;
  }
  return i ? column - 1 : COLUMNS;
}

static void begin_of_sheet(void *context, slice name, const xml_attribute *a, size_t count,
                           size_t line) {
  xlsx_source *x = context;
  enum element e = ELEMENT_OTHER;
  int64_t number = 0;
  (void)line;
  if (slice_is(name, "row") && !is_inside(x, ELEMENT_ROW)) {
    e = ELEMENT_ROW;
    bool has = read_number(xml_attribute_of(a, count, "r"), INT32_MAX, &number);
    x->line = has && (size_t)number > x->line ? (size_t)number : x->line + 1;
    x->column = 0;
    if (grow(x, &x->rows, x->row_count, &x->row_room, sizeof *x->rows))
      x->rows[x->row_count++] = (sheet_row){.line = x->line, .first = x->cell_count};
  } else if (slice_is(name, "c") && is_inside(x, ELEMENT_ROW) && !is_inside(x, ELEMENT_CELL)) {
    e = ELEMENT_CELL;
    slice place = xml_attribute_of(a, count, "r"), type = xml_attribute_of(a, count, "t");
    if (place.length) x->column = column_of(place);
    if (x->column >= COLUMNS) {
      fail(x, damaged(x, "a cell lies beyond the last column", x->problem));
      x->column = 0;
    }
    x->type = type.length ? type.at[0] : 'n';
    if (slice_is(type, "inlineStr")) x->type = 'i';
    if (slice_is(type, "str")) x->type = 'S';
    bool has = read_number(xml_attribute_of(a, count, "s"), INT32_MAX, &number);
    x->cell_format = has ? (size_t)number : 0;
    x->value = x->values.length;
  } else if (slice_is(name, "v")) {
    e = ELEMENT_VALUE;
  } else if (slice_is(name, "t")) {
    e = ELEMENT_TEXT;
  } else if (slice_is(name, "rPh")) {
    e = ELEMENT_PHONETIC;
  }
  push(x, e);
}

static void text_of_sheet(void *context, slice text) {
  xlsx_source *x = context;
  enum element e = x->elements[x->depth];
  if (x->failed || !is_inside(x, ELEMENT_CELL) || (e != ELEMENT_VALUE && e != ELEMENT_TEXT)) return;
  if (is_inside(x, ELEMENT_PHONETIC)) return;
  if (x->values.length + text.length > ROW_MOST) {
    fail(x, problem_set(x->problem, STATUS_RANGE, "take it out and save it again",
                        "row %zu of %s has more than %d MB in it", x->line, x->file.name,
                        ROW_MOST >> 20));
    return;
  }
  buffer_add(&x->values, text.at, text.length);
  if (x->values.failed) fail(x, problem_no_memory(x->problem));
}

/* A day and time as a serial number of Excel's; false when it is none that there was. */
static bool add_serial(buffer *to, double serial, bool from_1904, enum format f) {
  enum { DAY_SECONDS = 24 * 60 * 60, FROM_1904 = -24107, FROM_1900 = -25569, NO_SUCH_DAY = 60 };
  if (!(serial >= 0 && serial < 1e6)) return false;
  double whole = floor(serial);
  int64_t seconds = llround((serial - whole) * DAY_SECONDS), days = (int64_t)whole;
  if (f == FORMAT_DATE) seconds = 0;
  if (seconds == DAY_SECONDS) seconds = 0, days++;
  char text[DATE_TEXT];
  if (f != FORMAT_TIME) {
    if (!from_1904 && (days == NO_SUCH_DAY || days == 0)) return false; /* 29 February 1900 */
    int64_t on = days + (from_1904 ? FROM_1904 : FROM_1900) + (!from_1904 && days < NO_SUCH_DAY);
    if (on < DATE_FIRST || on > DATE_LAST) return false;
    date_format((day)on, text);
    buffer_add_text(to, text);
    if (seconds == 0) return true;
    buffer_add_char(to, ' ');
  }
  int64_t hours = seconds / 3600 + (f == FORMAT_TIME ? days * 24 : 0);
  buffer_printf(to, "%02d:%02d", (int)hours, (int)(seconds / 60 % 60));
  if (seconds % 60) buffer_printf(to, ":%02d", (int)(seconds % 60));
  return true;
}

/* A number without an exponent: as it is written where that has none and no more digits than
 * Excel keeps. */
static void add_number(buffer *to, slice written, double number) {
  enum { DIGITS = 15 };
  size_t digits = 0;
  bool plain = true;
  for (size_t i = 0; i < written.length; i++) {
    digits += written.at[i] >= '0' && written.at[i] <= '9';
    plain &= written.at[i] != 'e' && written.at[i] != 'E';
  }
  if (plain && digits <= DIGITS) {
    buffer_add(to, written.at, written.length);
    return;
  }
  char text[32];
  (void)snprintf(text, sizeof text, "%.*e", DIGITS - 1, fabs(number)); /* d.dd…de±dd */
  int last = DIGITS - 1, exponent = (int)strtol(text + DIGITS + 2, NULL, 10);
  text[1] = text[0];
  const char *figures = text + 1;
  while (last > 0 && figures[last] == '0') last--;
  if (number < 0) buffer_add_char(to, '-');
  if (exponent < 0) buffer_add_text(to, "0.");
  for (int i = exponent + 1; i < 0; i++) buffer_add_char(to, '0');
  for (int i = 0; i <= last || i <= exponent; i++) {
    if (i > 0 && i == exponent + 1) buffer_add_char(to, '.');
    buffer_add_char(to, i <= last ? figures[i] : '0');
  }
}

static enum format format_of_cell(const xlsx_source *x) {
  return x->cell_format < x->format_count ? (enum format)x->formats[x->cell_format] : FORMAT_NUMBER;
}

/* The cell at hand is over: its text is what was written from `value` on. */
static void end_cell(xlsx_source *x) {
  cell c = {.column = x->column++};
  if (x->failed || x->values.length == x->value) return;
  slice written = slice_trim((slice){x->values.bytes + x->value, x->values.length - x->value});
  if (written.length == 0) return;
  c.at = (size_t)(written.at - x->values.bytes);
  c.length = written.length;
  int64_t number = 0;
  if (x->type == 's') {
    if (!read_number(written, (int64_t)x->text_count - 1, &number)) {
      fail(x, damaged(x, "a cell names a text that is not there", x->problem));
      return;
    }
    size_t from = number ? x->text_ends[number - 1] : 0;
    slice text = slice_trim((slice){x->texts.bytes + from, x->text_ends[number] - from});
    c.shared = true;
    c.at = text.length ? (size_t)(text.at - x->texts.bytes) : 0;
    c.length = text.length;
    x->values.length = x->value;
  } else if (x->type == 'b' || x->type == 'n') {
    char copy[64], *end = copy;
    buffer shown = {0};
    bool fits = written.length < sizeof copy;
    if (fits) memcpy(copy, written.at, written.length);
    copy[fits ? written.length : 0] = '\0';
    double value = strtod(copy, &end);
    if (x->type == 'b') {
      buffer_add_text(&shown, is_true(written) ? "TRUE" : "FALSE");
    } else if (fits && end != copy && *end == '\0' && isfinite(value)) {
      enum format f = format_of_cell(x);
      if (f == FORMAT_NUMBER || !add_serial(&shown, value, x->from_1904, f))
        add_number(&shown, written, value);
    }
    if (shown.failed) fail(x, problem_no_memory(x->problem));
    if (shown.length) {
      c.at = x->values.length = x->value;
      c.length = shown.length;
      buffer_add(&x->values, shown.bytes, shown.length);
      if (x->values.failed) fail(x, problem_no_memory(x->problem));
    }
    buffer_free(&shown);
  }
  sheet_row *row = &x->rows[x->row_count - 1];
  if (row->count == COLUMNS) fail(x, damaged(x, "a row has more cells than columns", x->problem));
  if (c.length && grow(x, &x->cells, x->cell_count, &x->cell_room, sizeof *x->cells)) {
    x->cells[x->cell_count++] = c;
    row->count++;
  }
}

static void end_of_sheet(void *context) {
  xlsx_source *x = context;
  enum element e = pop(x);
  if (e == ELEMENT_CELL) end_cell(x);
  if (e == ELEMENT_ROW && !x->failed && x->rows[x->row_count - 1].count == 0) x->row_count--;
}

static const xml_events of_workbook = {begin_of_workbook, no_text, no_end},
                        of_links = {begin_of_links, no_text, no_end},
                        of_formats = {begin_of_formats, no_text, no_end},
                        of_texts = {begin_of_texts, text_of_texts, end_of_texts},
                        of_sheet = {begin_of_sheet, text_of_sheet, end_of_sheet};

/* Opening ----------------------------------------------------------------------------- */

/* The sheet that is wanted: by its name, by its number, or the first that is shown. */
static status choose_sheet(xlsx_source *x, problem *p) {
  const char *wanted = x->wanted;
  size_t at = x->sheet_count;
  int64_t number = 0;
  for (size_t i = x->sheet_count; i > 0; i--) {
    const sheet *s = &x->sheets[i - 1];
    if (wanted ? slice_is_nocase(slice_of(s->name), wanted) : !s->hidden) at = i - 1;
  }
  if (!wanted && at == x->sheet_count) at = 0;
  if (wanted && at == x->sheet_count &&
      text_number(slice_of(wanted), (int64_t)x->sheet_count, &number) && number > 0)
    at = (size_t)number - 1;
  if (at == x->sheet_count && !wanted) return damaged(x, "it has no sheet", p);
  buffer *names = &x->names;
  buffer_add_text(names, x->sheet_count == 1 ? "its only sheet is " : "its sheets are ");
  for (size_t i = 0; i < x->sheet_count && names->length < 200; i++) {
    buffer_add_text(names, i ? ", \"" : "\"");
    text_add_escaped(names, slice_of(x->sheets[i].name));
    buffer_add_char(names, '"');
  }
  buffer_add_char(names, '\0');
  if (names->failed) return problem_no_memory(p);
  x->base.sheets = names->bytes;
  if (at < x->sheet_count) return x->sheet_link = x->sheets[at].link, STATUS_OK;
  return problem_set(p, STATUS_NOT_FOUND, names->bytes, "%s has no sheet \"%s\"", x->file.name,
                     wanted);
}

/* A zip file that is no workbook of Excel's: what it is. */
static status other_file(xlsx_source *x, problem *p) {
  static const struct {
    const char *part, *what;
  } known[] = {{"xl/workbook.bin", "a binary workbook of Excel (.xlsb)"},
               {"content.xml", "a document of LibreOffice or OpenOffice"},
               {"word/document.xml", "a Word document"}};
  const char *what = "a zip file, and no workbook";
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    bool found = false;
    status s = open_part(x, known[i].part, &found, p);
    if (s) return s;
    if (found) what = known[i].what;
  }
  return problem_set(p, STATUS_SYNTAX,
                     "save the sheet as .xlsx or as CSV UTF-8 and import that file", "%s is %s",
                     x->file.name, what);
}

/* All of it once, for the digest; and what a file of Excel is that is no zip file. */
static status read_through(xlsx_source *x, problem *p) {
  static const char ole[] = "\xD0\xCF\x11\xE0", package[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k";
  bool old = false, locked = false;
  size_t got = 1;
  for (bool first = true; got; first = false) {
    status s = source_file_read(&x->file, x->chunk, CHUNK, &got, p);
    if (s) return s;
    if (first) old = got >= 4 && memcmp(x->chunk, ole, 4) == 0;
    locked |= old && memmem(x->chunk, got, package, sizeof package - 1);
  }
  if (locked)
    return problem_set(p, STATUS_REFUSED, "open it, take the password off and save it again",
                       "%s is protected by a password", x->file.name);
  if (old)
    return problem_set(p, STATUS_SYNTAX,
                       "open it in Excel and save it as Excel workbook (.xlsx) or as CSV UTF-8",
                       "%s is a workbook of the old form (.xls)", x->file.name);
  return STATUS_OK;
}

static status open_sheet(xlsx_source *x, problem *p) {
  bool found = false;
  status s = read_through(x, p);
  if (!s) s = read_whole_part(x, "xl/workbook.xml", &of_workbook, &found, p);
  if (!s && !found) return other_file(x, p);
  if (!s) s = choose_sheet(x, p);
  if (!s) s = read_whole_part(x, "xl/_rels/workbook.xml.rels", &of_links, &found, p);
  if (!s && !x->sheet_part) s = damaged(x, "its sheet is not in it", p);
  if (!s && x->formats_part) s = read_whole_part(x, x->formats_part, &of_formats, &found, p);
  if (!s && x->texts_part) s = read_whole_part(x, x->texts_part, &of_texts, &found, p);
  if (!s) s = start_part(x, x->sheet_part, &of_sheet, &found, p);
  if (!s && !found) s = damaged(x, "its sheet is not in it", p);
  return s;
}

/* The form ---------------------------------------------------------------------------- */

/* Whether the first row held is whole: the one at hand is the last. */
static bool has_row(const xlsx_source *x) {
  return x->next + (x->ended || !is_inside(x, ELEMENT_ROW) ? 0 : 1) < x->row_count;
}

/* Let go of the rows that went out; of the one at hand nothing is lost. */
static void let_rows_go(xlsx_source *x) {
  size_t kept = x->next < x->row_count ? x->rows[x->next].first : x->cell_count;
  size_t from = x->value < x->values.length ? x->value : x->values.length;
  bool in_cell = is_inside(x, ELEMENT_CELL);
  if (!in_cell) from = x->values.length;
  for (size_t i = kept; i < x->cell_count; i++)
    if (!x->cells[i].shared && x->cells[i].at < from) from = x->cells[i].at;
  if (x->values.length) memmove(x->values.bytes, x->values.bytes + from, x->values.length - from);
  x->values.length -= from;
  x->value = in_cell ? x->value - from : 0;
  for (size_t i = kept; i < x->cell_count; i++) {
    x->cells[i - kept] = x->cells[i];
    if (!x->cells[i].shared) x->cells[i - kept].at -= from;
  }
  x->cell_count -= kept;
  for (size_t i = x->next; i < x->row_count; i++) {
    x->rows[i - x->next] = x->rows[i];
    x->rows[i - x->next].first -= kept;
  }
  x->row_count -= x->next;
  x->next = 0;
}

static status xlsx_next(source *base, csv_row *out, bool *more, problem *p) {
  xlsx_source *x = (xlsx_source *)base;
  while (!has_row(x)) {
    if (x->ended) return *more = false, source_file_check(&x->file, p);
    let_rows_go(x);
    status s = feed_part(x, &x->ended, p);
    if (s) return s;
  }
  const sheet_row *row = &x->rows[x->next++];
  size_t width = x->width;
  for (size_t i = row->first; i < row->first + row->count; i++)
    if (x->cells[i].column >= width) width = x->cells[i].column + 1;
  if (width > x->out_room) {
    slice *bigger = mem_resize(x->out, width, sizeof *bigger);
    if (!bigger) return problem_no_memory(p);
    x->out = bigger;
    x->out_room = width;
  }
  for (size_t i = 0; i < width; i++) x->out[i] = (slice){"", 0};
  for (size_t i = row->first; i < row->first + row->count; i++) {
    const cell *c = &x->cells[i];
    x->out[c->column] = (slice){(c->shared ? x->texts.bytes : x->values.bytes) + c->at, c->length};
  }
  *out = (csv_row){.line = row->line, .cells = x->out, .count = width, .raw = {"", 0}};
  return *more = true, STATUS_OK;
}

static void xlsx_expect(source *base, size_t count) { ((xlsx_source *)base)->width = count; }

static status xlsx_facts(source *base, source_facts *out, problem *p) {
  (void)p;
  *out = source_file_facts(&((const xlsx_source *)base)->file, "Excel");
  return STATUS_OK;
}

static uint64_t xlsx_done(const source *base) {
  const xlsx_source *x = (const xlsx_source *)base;
  la_int64_t read = x->archive ? archive_filter_bytes(x->archive, -1) : 0;
  uint64_t size = (uint64_t)x->file.seen.st_size;
  return x->ended || read < 0 || (uint64_t)read > size ? size : (uint64_t)read;
}

static void xlsx_close(source *base) {
  xlsx_source *x = (xlsx_source *)base;
  xml_stream_free(x->stream);
  if (x->archive) (void)archive_read_free(x->archive);
  for (size_t i = 0; i < x->sheet_count; i++) {
    mem_free(x->sheets[i].name);
    mem_free(x->sheets[i].link);
  }
  mem_free(x->sheets);
  mem_free(x->sheet_part);
  mem_free(x->texts_part);
  mem_free(x->formats_part);
  buffer_free(&x->texts);
  buffer_free(&x->names);
  mem_free(x->text_ends);
  mem_free(x->custom);
  mem_free(x->formats);
  buffer_free(&x->values);
  mem_free(x->cells);
  mem_free(x->rows);
  mem_free(x->out);
  mem_free(x->chunk);
  source_file_close(&x->file);
  mem_free(x);
}

static const source_form form = {.name = "spreadsheet",
                                 .next = xlsx_next,
                                 .expect = xlsx_expect,
                                 .facts = xlsx_facts,
                                 .done = xlsx_done,
                                 .close = xlsx_close};

status source_open_xlsx(const char *path, const reading *r, source **out, problem *p) {
  xlsx_source *x = mem_new(1, sizeof *x);
  if (!x) return problem_no_memory(p);
  x->base.form = &form;
  x->wanted = r ? r->sheet : NULL;
  status s = source_file_open(path, &x->file, p);
  if (!s && !(x->chunk = mem_new(CHUNK, 1))) s = problem_no_memory(p);
  if (!s) s = open_sheet(x, p);
  if (s) {
    xlsx_close(&x->base);
    return s;
  }
  x->base.name = x->file.name;
  x->base.size = (uint64_t)x->file.seen.st_size;
  *out = &x->base;
  return STATUS_OK;
}
