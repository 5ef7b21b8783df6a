/* mark_count: see mark_count.h. */
#include "store/sql/mark_count.h"

#include <string.h>

/* A table for each byte of a word: the same mark eight times in a row, which is
 * the rule, would otherwise wait eight times for its own count. A word that is the
 * same as the one before is counted by itself. */
enum { WORD = 8 };

static void add_word(uint32_t of[WORD][MARK_VALUES], uint64_t word, uint32_t times) {
  for (int i = 0; i < WORD; i++, word >>= 8) of[i][word & 0xFF] += times;
}

void mark_count_all(const mark *bytes, size_t n, uint32_t out[MARK_VALUES]) {
  uint32_t of[WORD][MARK_VALUES] = {{0}};
  uint64_t last = 0, word;
  uint32_t times = 0;
  size_t i = 0;
  for (; i + WORD <= n; i += WORD, times++) {
    memcpy(&word, bytes + i, WORD);
    if (word == last) continue;
    add_word(of, last, times);
    last = word;
    times = 0;
  }
  add_word(of, last, times);
  for (; i < n; i++) of[0][bytes[i]]++;
  for (int m = 0; m < MARK_VALUES; m++) {
    out[m] = 0;
    for (int k = 0; k < WORD; k++) out[m] += of[k][m];
  }
}

uint32_t mark_count_one(const mark *bytes, size_t n, mark m) {
  const uint64_t ones = 0x0101010101010101U, low = 0x7F7F7F7F7F7F7F7FU;
  uint32_t count = 0;
  uint64_t word;
  size_t i = 0;
  for (; i + WORD <= n; i += WORD) {
    memcpy(&word, bytes + i, WORD);
    word ^= ones * m;
    word = ~(((word & low) + low) | word | low); /* the high bit of every byte that was m */
    count += (uint32_t)((word >> 7) * ones >> 56);
  }
  for (; i < n; i++) count += bytes[i] == m;
  return count;
}
