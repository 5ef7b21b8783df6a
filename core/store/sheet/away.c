/* away: runs of equal values, each as the value and then its length, seven bits a byte,
 * the low ones first. */
#include "store/sheet/away.h"

#include <string.h>

/* Write the runs at `to`, or only measure them (NULL). -> bytes */
static uint32_t put_runs(uint8_t *to, const uint8_t *values, uint32_t count) {
  uint32_t length = 0;
  for (uint32_t i = 0, n; i < count; i += n) {
    n = 1;
    while (i + n < count && values[i + n] == values[i]) n++;
    if (to) to[length] = values[i];
    length++;
    for (uint32_t rest = n; rest; rest >>= 7, length++)
      if (to) to[length] = (uint8_t)(rest < 0x80 ? rest : rest | 0x80U);
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
