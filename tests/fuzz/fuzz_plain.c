/* fuzz_plain: any bytes as a CSV file, read twice: with plain lines split where they
 * lie, and by libcsv alone. Both must give the same records: lines, faults, cells.
 *
 * Built as the other fuzzers are; see fuzz_csv.c. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/csv/csv.h"

static const csv_column columns[] = {{"school", CSV_MAY}, {"upn", CSV_MUST}, {"code", CSV_MAY}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static csv_reader *reader_of(const char *path) {
  csv_reader *r = NULL;
  return csv_reader_open(path, NULL, columns, COLUMNS, &r, NULL) ? NULL : r;
}

static void check_same(const csv_row *a, const csv_row *b) {
  assert(a->line == b->line && a->fault == b->fault && a->count == b->count);
  assert(slice_equal(a->raw, b->raw));
  for (size_t i = 0; i < a->count; i++) assert(slice_equal(a->cells[i], b->cells[i]));
}

static void compare(csv_reader *fast, csv_reader *slow) {
  csv_row a = {0}, b = {0};
  bool more_a, more_b;
  csv_without_plain(slow);
  do {
    status s = csv_reader_next(fast, &a, &more_a, NULL);
    status t = csv_reader_next(slow, &b, &more_b, NULL);
    assert(s == t && more_a == more_b);
    if (s || !more_a) break;
    check_same(&a, &b);
    assert(csv_done(fast) == csv_done(slow));
  } while (more_a);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length);
int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length) {
  static int fd = -1; /* of a file in memory that has these bytes now */
  char path[40];
  if (fd < 0) fd = memfd_create("fuzz.csv", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, length, 0) != (ssize_t)length) abort();
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  csv_reader *fast = reader_of(path), *slow = reader_of(path);
  assert(!fast == !slow);
  if (fast) compare(fast, slow);
  csv_reader_close(fast);
  csv_reader_close(slow);
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
