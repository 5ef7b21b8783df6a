/* left_out: the reasons in words, examples of them, and the file. A row is put together in
 * one buffer and written whole. */
#include "store/csv/left_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "store/csv/csv_write.h"

/* Counting ------------------------------------------------------------------- */

static const struct {
  const char *name, *sentence;
} reasons[LEFT_REASONS] = {
    [LEFT_QUOTES] = {"broken-quoting", "the quoting of the line is broken"},
    [LEFT_WRONG_COUNT] = {"wrong-column-count",
                          "the line has another number of columns than the heading line"},
    [LEFT_TOO_LONG] = {"line-too-long", "the line is longer than a megabyte"},
    [LEFT_NUL] = {"nul-byte", "the line has a NUL byte in it"},
    [LEFT_NOT_UTF8] = {"not-utf-8", "the line has bytes that are not UTF-8"},
    [LEFT_NO_SCHOOL] = {"no-school", "the school is missing"},
    [LEFT_UNKNOWN_SCHOOL] = {"unknown-school", "the school is not known"},
    [LEFT_NO_PUPIL] = {"no-pupil", "neither a UPN nor an admission number is given"},
    [LEFT_UNKNOWN_PUPIL] = {"unknown-pupil", "the pupil is not known at that school"},
    [LEFT_NOT_A_DATE] = {"not-a-date", "the date cannot be read"},
    [LEFT_NO_SUCH_DATE] = {"no-such-date", "there is no such date"},
    [LEFT_TWO_DIGIT_YEAR] = {"two-digit-year", "the year has only two digits"},
    [LEFT_DATES_ORDER] = {"dates-order", "the pupil left before joining"},
    [LEFT_SESSION] = {"session", "the session is neither AM nor PM"},
    [LEFT_UNKNOWN_CODE] = {"unknown-code", "the code is not known"},
    [LEFT_NOT_IN_FORCE] = {"code-not-in-force", "the code was not in force on that date"},
    [LEFT_AFTER_TODAY] = {"after-today", "dated after today"},
    [LEFT_OUT_OF_RANGE] = {"out-of-range", "a day or a text is beyond what there can be"},
    [LEFT_NO_CALENDAR] = {"no-calendar", "the school has no calendar for that year"},
    [LEFT_CLOSED_DAY] = {"closed-day", "the school is closed then"},
    [LEFT_YES_OR_NO] = {"yes-or-no", "a cell is neither yes nor no"},
    [LEFT_NUMBER] = {"number", "a cell is not the number it should be"},
    [LEFT_TOO_MANY] = {"too-many", "more contacts for one pupil than anybody has"},
    [LEFT_EMPTY] = {"empty", "a cell that is needed is empty"},
    [LEFT_CALENDAR] = {"calendar", "the marks do not fit the school's calendar"},
    [LEFT_IN_USE] = {"in-use", "something is kept of the school"},
    [LEFT_ERROR_CELL] = {"error-cell", "a cell is an error of the spreadsheet, as #N/A is"},
    [LEFT_ANOTHER_CHILD] = {"another-child",
                            "the UPN or the number is one child's, the name another's"},
    [LEFT_SCHOOL_DOUBTED] = {"school-doubted", "a new school with the name of a known one"},
};

const char *left_reason_name(enum left_reason r) {
  return (unsigned)r < LEFT_REASONS ? reasons[r].name : "unknown";
}

const char *left_reason_sentence(enum left_reason r) {
  return (unsigned)r < LEFT_REASONS ? reasons[r].sentence : "unknown";
}

enum left_reason left_reason_of(enum csv_fault fault) {
  static const enum left_reason of[] = {[CSV_BROKEN_QUOTES] = LEFT_QUOTES,
                                        [CSV_WRONG_COUNT] = LEFT_WRONG_COUNT,
                                        [CSV_TOO_LONG] = LEFT_TOO_LONG,
                                        [CSV_NUL] = LEFT_NUL,
                                        [CSV_NOT_UTF8] = LEFT_NOT_UTF8};
  return of[fault];
}

void examples_add(examples *all, size_t line, const char *format, ...) {
  all->count++;
  if (all->shown == EXAMPLES_MOST) return;
  example *e = &all->list[all->shown++];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(e->words, sizeof e->words, format, args);
  va_end(args);
  size_t length = strlen(e->words); /* one that filled its room ends with a whole character */
  if (length + 1 == sizeof e->words) e->words[text_utf8_prefix((slice){e->words, length})] = '\0';
  e->line = line;
}

const char *left_out_shown(slice cell, char out[LEFT_SHOWN]) {
  enum { MOST = 40 };
  slice head = {cell.at, cell.length > MOST ? MOST : cell.length};
  size_t whole = text_utf8_prefix(head);
  if (cell.length > MOST && whole > MOST - 4) head.length = whole; /* not half a character */
  buffer b = {0};
  text_add_visible(&b, head);
  size_t length = b.length;
  const char *more = cell.length > head.length ? "…" : "";
  if (length > LEFT_SHOWN - 5) {
    length = text_utf8_prefix((slice){b.bytes, LEFT_SHOWN - 5});
    more = "…";
  }
  (void)snprintf(out, LEFT_SHOWN, "%.*s%s", (int)length, b.failed || !length ? "" : b.bytes, more);
  buffer_free(&b);
  return out;
}

/* The file ------------------------------------------------------------------- */

struct left_out {
  const char *folder;
  const csv_reader *reader;
  const slice *headings; /* [heading_count]; NULL: those of the reader */
  size_t heading_count;
  char stem[80]; /* KIND-YYYYMMDD-HHMMSS */
  buffer path;   /* NUL-ended once there is a file */
  FILE *file;
  buffer row;
  bool sealed;
};

status left_out_new(const char *folder, const char *kind, int64_t at, const csv_reader *reader,
                    left_out **out, problem *p) {
  left_out *l = mem_new(1, sizeof *l);
  if (!l) return problem_no_memory(p);
  l->folder = folder;
  l->reader = reader;
  char time[TIME_TEXT]; /* 2025-09-08T17:00:00Z */
  time_format(at, time);
  (void)snprintf(l->stem, sizeof l->stem, "%.40s-%.4s%.2s%.2s-%.2s%.2s%.2s", kind, time, time + 5,
                 time + 8, time + 11, time + 14, time + 17);
  *out = l;
  return STATUS_OK;
}

void left_out_headings(left_out *l, const slice *headings, size_t count) {
  l->headings = headings;
  l->heading_count = count;
}

static const slice *headings_of(const left_out *l, size_t *count) {
  if (!l->headings) return csv_headings(l->reader, count);
  *count = l->heading_count;
  return l->headings;
}

static status write_failed(const left_out *l, problem *p) {
  return problem_set(p, STATUS_IO, "check the disk and the permissions of the folder",
                     "cannot write the rows that were left out to %s: %s", l->folder,
                     strerror(errno));
}

/* Whether a heading is one of the two that are added here. */
static bool is_added(slice heading) {
  return slice_is_nocase(heading, "line") || slice_is_nocase(heading, "reason");
}

static status write_row(left_out *l, problem *p) {
  if (l->row.failed) return problem_no_memory(p);
  if (fwrite(l->row.bytes, 1, l->row.length, l->file) != l->row.length) return write_failed(l, p);
  return STATUS_OK;
}

/* The file, at the first row: under a name that nobody has, with its headings. */
static status create(left_out *l, problem *p) {
  if (mkdir(l->folder, 0700) != 0 && errno != EEXIST) return write_failed(l, p);
  int fd = -1;
  for (int i = 1; i < 1000 && fd < 0; i++) {
    buffer_clear(&l->path);
    buffer_printf(&l->path, i == 1 ? "%s/%s.csv" : "%s/%s-%d.csv", l->folder, l->stem, i);
    if (l->path.failed) return problem_no_memory(p);
    fd = open(l->path.bytes, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno != EEXIST) break;
  }
  l->file = fd < 0 ? NULL : fdopen(fd, "w");
  if (fd >= 0 && !l->file) (void)close(fd);
  if (!l->file) return write_failed(l, p);
  size_t count;
  const slice *headings = headings_of(l, &count);
  buffer_clear(&l->row);
  for (size_t i = 0; i < count; i++) {
    if (is_added(headings[i])) continue;
    csv_write_cell(&l->row, headings[i]);
    buffer_add_char(&l->row, ',');
  }
  buffer_add_text(&l->row, "line,reason\n");
  return write_row(l, p);
}

status left_out_add(left_out *l, const csv_row *row, const char *reason, problem *p) {
  if (!l->folder) return STATUS_OK;
  status s = l->file ? STATUS_OK : create(l, p);
  if (s) return s;
  size_t count;
  const slice *headings = headings_of(l, &count);
  bool read = row->fault == CSV_FINE || (row->fault == CSV_WRONG_COUNT && !l->headings);
  /* All of the line where it could not be read, in UTF-8 as everything else in the file;
   * else the cells from the last heading on as one. */
  buffer whole = {0};
  source_facts facts;
  s = csv_facts(l->reader, &facts, p);
  if (s) return s;
  if (!read && !text_is_utf8(row->raw) && strcmp(facts.encoding, "UTF-8") != 0)
    text_add_windows1252(&whole, row->raw);
  else if (!read)
    buffer_add(&whole, row->raw.at, row->raw.length);
  for (size_t i = count - 1; read && i < row->count; i++) {
    if (i >= count) buffer_add_char(&whole, ',');
    buffer_add(&whole, row->cells[i].at, row->cells[i].length);
  }
  buffer_clear(&l->row);
  l->row.failed |= whole.failed;
  for (size_t i = 0; i < count; i++) {
    if (is_added(headings[i])) continue;
    if (i == (read ? count - 1 : 0))
      csv_write_cell(&l->row, buffer_slice(&whole));
    else if (read && i < row->count)
      csv_write_cell(&l->row, row->cells[i]);
    buffer_add_char(&l->row, ',');
  }
  buffer_free(&whole);
  buffer_printf(&l->row, "%zu,", row->line);
  csv_write_cell(&l->row, slice_of(reason));
  buffer_add_char(&l->row, '\n');
  return write_row(l, p);
}

status left_out_seal(left_out *l, problem *p) {
  if (!l->file) return STATUS_OK;
  bool done = fflush(l->file) == 0 && fsync(fileno(l->file)) == 0;
  int folder = done ? open(l->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  l->sealed = folder >= 0 && fsync(folder) == 0;
  status s = l->sealed ? STATUS_OK : write_failed(l, p);
  if (folder >= 0) (void)close(folder);
  return s;
}

const char *left_out_path(const left_out *l) { return l && l->file ? l->path.bytes : NULL; }

void left_out_withdraw(left_out *l) {
  if (l) l->sealed = false;
}

void left_out_free(left_out *l) {
  if (!l) return;
  if (l->file) {
    (void)fclose(l->file);
    if (!l->sealed) (void)unlink(l->path.bytes);
  }
  buffer_free(&l->path);
  buffer_free(&l->row);
  mem_free(l);
}
