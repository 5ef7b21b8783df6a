/* fuzz_shape: any headings of a grid, split by semicolons, under any order of dates: the first byte
 * says which. What is found must be columns of the file that are none of the others, each half day
 * once and in order; headings that say the same days in ISO form are read as the same half days;
 * and where an order was found, saying it changes nothing. Strings of marks: places ascend, and
 * without weekends none is on one. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/import/shape.h"

enum { HEADINGS = 400, TODAY = 20600, ISO = 16 };

static void check_places(const unsigned char *bytes, size_t length) {
  day start = DATE_FIRST + (day)(length > 2 ? bytes[1] * 256 + bytes[2] : 0);
  for (int weekends = 0; weekends < 2; weekends++)
    for (size_t k = 1; k < 40; k++) {
      session before = shape_place(start, weekends, k - 1), at = shape_place(start, weekends, k);
      assert(at > before && at - before <= (weekends ? 1 : 5));
      assert(weekends || date_weekday(session_day(at)) < 5);
    }
}

static void check_columns(const slice *headings, const bool *taken, size_t count,
                          enum date_order order) {
  static char texts[HEADINGS][ISO];
  static slice iso[HEADINGS];
  static bool none[HEADINGS];
  shape_column *columns = NULL, *again = NULL;
  size_t n = 0, m = 0;
  problem p;
  (void)shape_is_totals(headings, count);
  if (shape_columns(headings, taken, count, order, TODAY, &columns, &n, &p)) {
    assert(p.sentence[0]);
    return;
  }
  assert(n <= count);
  for (size_t i = 0; i < n; i++) {
    char date[DATE_TEXT];
    assert(columns[i].column < count && !taken[columns[i].column]);
    assert(i == 0 || columns[i].at > columns[i - 1].at);
    date_format(session_day(columns[i].at), date);
    (void)snprintf(texts[i], ISO, "%s %s", date, session_half_name(columns[i].at));
    iso[i] = slice_of(texts[i]);
  }
  assert(shape_columns(iso, none, n, DATES_FOUND, TODAY, &again, &m, &p) == STATUS_OK && m == n);
  for (size_t i = 0; i < n; i++) assert(again[i].at == columns[i].at);
  mem_free(again);
  if (order == DATES_FOUND && n) {
    bool same = false;
    for (int said = DATES_DAY_FIRST; said <= DATES_MONTH_FIRST; said++) {
      again = NULL;
      if (shape_columns(headings, taken, count, (enum date_order)said, TODAY, &again, &m, &p))
        continue;
      bool equal = m == n;
      for (size_t i = 0; equal && i < n; i++)
        equal = again[i].at == columns[i].at && again[i].column == columns[i].column;
      same = same || equal;
      mem_free(again);
    }
    assert(same);
  }
  mem_free(columns);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  static slice headings[HEADINGS];
  static bool taken[HEADINGS];
  if (length == 0) return 0;
  check_places(bytes, length);
  char *text = malloc(length); /* of its own, so that a byte too far is found */
  if (!text) return 0;
  memcpy(text, bytes + 1, length - 1);
  size_t count = 0, from = 0;
  for (size_t i = 0; i <= length - 1 && count < HEADINGS; i++) {
    if (i < length - 1 && text[i] != ';') continue;
    taken[count] = bytes[0] & 4 && count == 0;
    headings[count++] = (slice){text + from, i - from};
    from = i + 1;
  }
  check_columns(headings, taken, count, (enum date_order)(bytes[0] % 3));
  free(text);
  return 0;
}

#ifndef FUZZING
int main(int argc, char **argv) {
  static uint8_t bytes[1 << 20];
  for (int i = 1; i < argc; i++) {
    FILE *f = fopen(argv[i], "rb");
    if (!f) continue;
    size_t n = fread(bytes, 1, sizeof bytes, f);
    (void)fclose(f);
    (void)LLVMFuzzerTestOneInput(bytes, n);
  }
  return 0;
}
#endif
