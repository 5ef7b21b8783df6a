/* away: runs of equal values, each as the value and then its length, seven bits a byte. */
#include "store/sheet/away.h"

#include <string.h>

static uint32_t run_at(const uint8_t *values, uint32_t count) {
  uint32_t n = 1;
  while (n < count && values[n] == values[0]) n++;
  return n;
}

/* Write a run at `to`, or only measure it. -> bytes */
static uint32_t put_run(uint8_t *to, uint8_t value, uint32_t n) {
  uint32_t length = 0;
  if (to) to[length] = value;
  for (length++; n >= 0x80; n >>= 7, length++)
    if (to) to[length] = (uint8_t)(n | 0x80U);
  if (to) to[length] = (uint8_t)n;
  return length + 1;
}

static uint32_t put_runs(uint8_t *to, const uint8_t *values, uint32_t count) {
  uint32_t length = 0;
  for (uint32_t i = 0, n; i < count; i += n) {
    n = run_at(values + i, count - i);
    length += put_run(to ? to + length : NULL, values[i], n);
  }
  return length;
}

sheet_away *sheet_away_new(const uint8_t *values, uint32_t count) {
  uint32_t length = put_runs(NULL, values, count);
  sheet_away *a = mem_new(1, sizeof *a + length);
  if (!a) return NULL;
  a->length = put_runs(a->runs, values, count);
  return a;
}

void sheet_away_values(const sheet_away *a, uint8_t *values, uint32_t count) {
  uint32_t done = 0;
  for (uint32_t at = 0; at < a->length && done < count;) {
    uint8_t value = a->runs[at++];
    uint32_t n = a->runs[at] & 0x7FU;
    for (uint32_t shift = 7; a->runs[at] & 0x80U; shift += 7) n |= (a->runs[++at] & 0x7FU) << shift;
    at++;
    memset(values + done, value, n);
    done += n;
  }
}
