/* fuzz_csv: any bytes as a file, under any reading: the first three bytes say which, the others
 * are the file. The reader must end, stay in bounds, and keep its promises: lines ascend, a fine
 * record has as many cells as headings, its cells are UTF-8 and trimmed, and no line is passed over
 * but an empty one.
 *
 * With clang:
 *
 *   clang -fsanitize=fuzzer,address,undefined -DFUZZING … fuzz_csv.c …
 *
 * Without -DFUZZING it is a program that reads the files named on its command
 * line, for replaying what was found. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/csv/csv.h"
#include "store/csv/lines.h"

enum { SCHOOL, UPN, CODE, DATE, COLUMNS };
static const csv_column columns[COLUMNS] = {
    {"school", CSV_MAY}, {"upn", CSV_MUST}, {"code", CSV_MAY}, {"date", CSV_MAY}};
enum { CHOICES = 3 }; /* bytes before the file */

/* Any text as a date: there is such a day, or it is said why not. */
static void check_date(slice cell) {
  written_date w = date_written(cell);
  char order = date_order_of(&w);
  day days[2];
  assert(w.form < DATE_FORMS && (!order || w.form == DATE_NUMBERS));
  bool any = false;
  for (int m = 0; m < 2; m++) {
    if (date_of_written(&w, m == 1, &days[m])) continue;
    int year, month, on;
    date_split(days[m], &year, &month, &on);
    assert(days[m] >= DATE_FIRST && days[m] <= DATE_LAST && date_of(year, month, on) == days[m]);
    any = true;
  }
  assert(!any || (w.form != DATE_NOT && w.form != DATE_SHORT_YEAR));
}

static void check_fine(const csv_reader *r, const csv_row *row, size_t headings) {
  assert(row->count == headings);
  for (size_t i = 0; i < row->count; i++) {
    assert(text_is_utf8(row->cells[i]));
    assert(slice_trim(row->cells[i]).length == row->cells[i].length);
    check_date(row->cells[i]);
  }
  for (size_t i = 0; i < COLUMNS; i++) assert(csv_has(r, i) || csv_cell(r, row, i).length == 0);
}

/* Line ends of the file, counted the slow way. */
static size_t count_lines(const unsigned char *bytes, size_t length) {
  size_t n = 1;
  for (size_t i = 0; i < length; i++)
    n += bytes[i] == '\n' ? i == 0 || bytes[i - 1] != '\r' : bytes[i] == '\r';
  return n;
}

static void read_all(csv_reader *r, size_t lines) {
  csv_row row;
  bool more = false, refused = !csv_has(r, DATE);
  day on;
  size_t headings, kept, last = 0;
  source_facts facts;
  (void)csv_headings(r, &headings);
  (void)csv_preamble(r, &kept);
  assert(headings > 0 && csv_has(r, UPN));
  assert(csv_heading_line(r) > 0 && csv_heading_rows(r) <= 2);
  while (csv_reader_next(r, &row, &more, NULL) == STATUS_OK && more) {
    assert(row.line > last);
    last = row.line;
    assert(last <= lines);
    if (row.fault == CSV_FINE) check_fine(r, &row, headings);
    if (row.fault == CSV_WRONG_COUNT) assert(row.count != headings);
    assert(row.fault == CSV_TOO_LONG || row.raw.length <= LINE_LONGEST);
    (void)csv_is_record(r, &row);
    status s = refused || row.fault ? STATUS_SYNTAX : csv_date(r, &row, DATE, &on, NULL);
    refused |= s == STATUS_REFUSED; /* it would be asked of each row again */
    assert(s || on == DAY_NONE || (on >= DATE_FIRST && on <= DATE_LAST));
  }
  assert(csv_facts(r, &facts, NULL) == STATUS_OK && csv_done(r) == facts.bytes);
}

/* The path of a file in memory that has these bytes now. */
static const char *file_of(const unsigned char *bytes, size_t length) {
  static int fd = -1;
  static char path[40];
  if (fd < 0) fd = memfd_create("fuzz.csv", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, length, 0) != (ssize_t)length) abort();
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return path;
}

static bool is_utf16(const lines *l) {
  return lines_encoding(l) == ENCODING_UTF16_LE || lines_encoding(l) == ENCODING_UTF16_BE;
}

/* Every line as a splitter that sees all bytes at once has it. Of UTF-16: that it ends. */
static void check_lines(const unsigned char *bytes, size_t length) {
  lines *l;
  lines_line line;
  if (lines_open(file_of(bytes, length), ENCODING_FOUND, &l, NULL)) return;
  bool wide = is_utf16(l);
  size_t at = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  while (lines_at(l, 0, &line, NULL) == STATUS_OK && line.any) {
    size_t n = 0;
    while (!wide && at + n < length && bytes[at + n] != '\n' && bytes[at + n] != '\r') n++;
    if (!wide) {
      assert(line.too_long == (n > LINE_LONGEST) && line.text.length <= n);
      assert(line.too_long || line.text.length == n);
      assert(memcmp(line.text.at, bytes + at, line.text.length) == 0);
      at += n;
      if (at < length) at += bytes[at] == '\r' && at + 1 < length && bytes[at + 1] == '\n' ? 2 : 1;
    }
    lines_advance(l, line.next);
    assert(wide || lines_done(l) == at);
  }
  assert(lines_done(l) == length);
  lines_close(l);
}

/* The encoding, judged in chunks, is that of all bytes at once. */
static void check_encoding(const unsigned char *bytes, size_t length) {
  lines *l;
  buffer all = {0};
  if (lines_open(file_of(bytes, length), ENCODING_FOUND, &l, NULL)) return;
  for (size_t i = 0; i < length; i++) buffer_add_char(&all, bytes[i] ? (char)bytes[i] : ' ');
  assert(lines_facts_of(l)->is_utf8 == text_is_utf8((slice){all.bytes, all.length}));
  buffer_free(&all);
  lines_close(l);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length);
int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length) {
  static const alias aliases[] = {{{"Mark", 4}, {"code", 4}},
                                  {{"Unique Pupil No", 15}, {"upn", 3}}};
  if (length < CHOICES) return 0;
  unsigned encoding = bytes[0] % 8, form = bytes[1] % 64, heading = bytes[2] % 16;
  reading said = {.encoding = (enum encoding)(encoding <= ENCODING_UTF16_BE ? encoding : 0),
                  .delimiter = ",;\t|\0\0\0\0"[form % 8],
                  .quoting = (enum quoting)(form / 8 % 4 % 3),
                  .heading = heading / 3 % 4,
                  .heading_rows = heading % 3,
                  .aliases = aliases,
                  .dates = (enum date_order)(bytes[0] / 8 % 4 % 3),
                  .alias_count = form / 32 ? 2 : 0};
  csv_reader *r;
  problem p = {0};
  bytes += CHOICES;
  length -= CHOICES;
  check_lines(bytes, length);
  check_encoding(bytes, length);
  const char *path = file_of(bytes, length);
  if (csv_reader_open(path, &said, columns, COLUMNS, &r, &p)) {
    assert(p.sentence[0]);
    return 0;
  }
  lines *l = NULL;
  bool text = strcmp(csv_source(r)->form->name, "text") == 0;
  bool wide = lines_open(path, said.encoding, &l, NULL) == STATUS_OK && is_utf16(l);
  lines_close(l);
  if (text) read_all(r, wide ? SIZE_MAX : count_lines(bytes, length));
  csv_reader_close(r);
  return 0;
}

#ifndef FUZZING
int main(int argc, char **argv) {
  enum { MOST = 1 << 24 };
  unsigned char *bytes = malloc(MOST);
  for (int i = 1; i < argc && bytes; i++) {
    FILE *f = fopen(argv[i], "rb");
    if (!f) return perror(argv[i]), 1;
    size_t n = fread(bytes, 1, MOST, f);
    (void)fclose(f);
    (void)LLVMFuzzerTestOneInput(bytes, n);
  }
  free(bytes);
  return 0;
}
#endif
