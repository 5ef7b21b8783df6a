/* through_source: a fuzzer whose inputs are files of one form. The source must end, stay in bounds
 * and keep its promises: as many cells in each record as fields (where the first record names
 * them), in UTF-8, and the digest of the bytes.
 *
 * Without -DFUZZING it is a program that reads the files named, to replay what was found. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/csv/source.h"
#include "store/db/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_records(source *s, bool is_named) {
  csv_row row = {0};
  bool more = true;
  size_t fields = 0, records = 0;
  problem p = {0};
  status answer = STATUS_OK;
  while (!(answer = s->form->next(s, &row, &more, &p)) && more) {
    for (size_t i = 0; i < row.count; i++) assert(row.fault || text_is_utf8(row.cells[i]));
    if (records++ == 0) fields = row.count;
    assert(!is_named || row.fault || row.count == fields);
    if (records == 1 && s->form->expect) s->form->expect(s, row.count);
  }
  assert(!answer == !p.sentence[0]);
}

static int read_source(source_opener *open, bool is_named, const uint8_t *data, size_t size) {
  static int fd = -1; /* of a file in memory that has these bytes now */
  char path[40], digest[DIGEST_HEX];
  if (fd < 0) fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size) abort();
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  source *s = NULL;
  source_facts facts = {0};
  problem p = {0};
  reading how = {.records = size && data[size - 1] == 'R' ? "b" : NULL};
  if (open(path, &how, &s, &p)) {
    assert(p.sentence[0]);
    return 0;
  }
  read_records(s, is_named);
  digest_of((slice){(const char *)data, size}, digest);
  assert(s->form->facts(s, &facts, &p) || slice_equal(slice_of(facts.digest), slice_of(digest)));
  assert(s->form->done(s) <= s->size);
  s->form->close(s);
  return 0;
}

#ifndef FUZZING
int main(int count, char **files) {
  for (int i = 1; i < count; i++) {
    static uint8_t bytes[1 << 24];
    FILE *f = fopen(files[i], "rb");
    if (!f) continue;
    size_t size = fread(bytes, 1, sizeof bytes, f);
    (void)fclose(f);
    LLVMFuzzerTestOneInput(bytes, size);
  }
}
#endif
