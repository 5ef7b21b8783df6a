/* kernel_words: the loops of kernel.h in portable C, eight marks in a 64-bit
 * word, one a byte. The lowest byte is the first mark on every machine.
 *
 * A byte never carries into the next one:
 * 1. Counters grow by at most one a row and are read after 255 rows at the latest
 *    (ROWS_A_BYTE); those of a window stay at 127 or under (`most`).
 * 2. So adding 128 - at_least to a window's count stays under 256, and sets the
 *    top bit where the count has reached at_least; likewise for the largest.
 * 3. What is subtracted from a byte was added to it before. */
#include <string.h>

#include "attendance/kernel.h"

enum { BYTES = 8, HALF_BYTE = 128 };

#define EVERY_BYTE 0x0101010101010101U
#define TOP_BITS (EVERY_BYTE * HALF_BYTE)

/* Compilers know this for one load, and the next for one store. */
static uint64_t load(const uint8_t *at) {
  return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
         (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
         (uint64_t)at[7] << 56;
}

static void save(uint8_t *at, uint64_t w) {
  at[0] = (uint8_t)w, at[1] = (uint8_t)(w >> 8), at[2] = (uint8_t)(w >> 16);
  at[3] = (uint8_t)(w >> 24), at[4] = (uint8_t)(w >> 32), at[5] = (uint8_t)(w >> 40);
  at[6] = (uint8_t)(w >> 48), at[7] = (uint8_t)(w >> 56);
}

/* The top bit of each byte as one bit a byte: the product moves the bit of byte k
 * to 56 + k, and no two of its terms meet. */
static unsigned gather_top_bits(uint64_t w) {
  return (unsigned)((w >> 7 & EVERY_BYTE) * 0x0102040810204080U >> 56);
}

/* Sets -------------------------------------------------------------------- */

static void words_select(const mark *marks, size_t n, const mark_table *set, uint64_t *bits) {
  const uint8_t *has = set->has;
  size_t i = 0;
  memset(bits, 0, (n + 63) / 64 * sizeof *bits);
  for (; i + BYTES <= n; i += BYTES) {
    const mark *m = marks + i;
    unsigned eight = (unsigned)has[m[0]] | (unsigned)has[m[1]] << 1 | (unsigned)has[m[2]] << 2 |
                     (unsigned)has[m[3]] << 3 | (unsigned)has[m[4]] << 4 |
                     (unsigned)has[m[5]] << 5 | (unsigned)has[m[6]] << 6 | (unsigned)has[m[7]] << 7;
    bits[i / 64] |= (uint64_t)eight << i % 64;
  }
  for (; i < n; i++) bits[i / 64] |= (uint64_t)has[marks[i]] << i % 64;
}

/* Classes ----------------------------------------------------------------- */

/* A class has three bits. Counting each of them and each pair is enough, since no
 * class has all three. */
typedef struct class_bits {
  uint64_t low, middle, high, low_middle, low_high, middle_high;
} class_bits;

static void add_classes(class_bits *c, uint64_t marks) {
  uint64_t low = marks >> 4 & EVERY_BYTE, middle = marks >> 5 & EVERY_BYTE,
           high = marks >> 6 & EVERY_BYTE;
  c->low += low;
  c->middle += middle;
  c->high += high;
  c->low_middle += low & middle;
  c->low_high += low & high;
  c->middle_high += middle & high;
}

/* (Bytes of no class, beyond a register's width, borrow from higher ones only.) */
static void split_classes(const class_bits *c, uint64_t out[CLASS_COUNT]) {
  out[0] = 0;
  out[1] = c->low - c->low_middle - c->low_high;
  out[2] = c->middle - c->low_middle - c->middle_high;
  out[3] = c->low_middle;
  out[4] = c->high - c->low_high - c->middle_high;
  out[5] = c->low_high;
  out[6] = c->middle_high;
}

/* Eight bytes are summed in pairs first, which have room for it. */
static void flush_classes(class_bits *c, uint32_t by_class[CLASS_COUNT]) {
  uint64_t words[CLASS_COUNT];
  split_classes(c, words);
  for (int k = 1; k < CLASS_COUNT; k++) {
    uint64_t pairs = (words[k] & 0x00ff00ff00ff00ffU) + (words[k] >> 8 & 0x00ff00ff00ff00ffU);
    by_class[k] += (uint32_t)(pairs * 0x0001000100010001U >> 48);
  }
  *c = (class_bits){0};
}

static void words_classes(const mark *marks, size_t n, uint32_t by_class[CLASS_COUNT]) {
  class_bits c = {0};
  size_t i = 0, rows = 0;
  memset(by_class, 0, CLASS_COUNT * sizeof *by_class);
  for (; i + BYTES <= n; i += BYTES) {
    add_classes(&c, load(marks + i));
    if (++rows % ROWS_A_BYTE == 0) flush_classes(&c, by_class);
  }
  flush_classes(&c, by_class);
  for (; i < n; i++) by_class[mark_class_of(marks[i])]++;
  uint32_t others = 0;
  for (int k = 1; k < CLASS_COUNT; k++) others += by_class[k];
  by_class[CLASS_MISSING] = (uint32_t)n - others;
}

/* Lanes ------------------------------------------------------------------- */

static void words_lane_classes(const mark *rows, size_t stride, size_t n,
                               lane_bytes out[CLASS_COUNT]) {
  for (size_t lane = 0; lane < LANES; lane += BYTES) {
    class_bits c = {0};
    uint64_t words[CLASS_COUNT];
    for (size_t k = 0; k < n; k++) add_classes(&c, load(rows + k * stride + lane));
    split_classes(&c, words);
    for (int k = 1; k < CLASS_COUNT; k++) save(out[k].of + lane, words[k]);
  }
}

static void words_lane_blanks(const mark *rows, size_t stride, size_t n, lane_bytes *out) {
  for (size_t lane = 0; lane < LANES; lane += BYTES) {
    uint64_t marked = 0;
    for (size_t k = 0; k < n; k++) {
      uint64_t w = load(rows + k * stride + lane);
      /* the top bit, where any of the eight is set */
      marked += (((w & ~TOP_BITS) + ~TOP_BITS) | w) >> 7 & EVERY_BYTE;
    }
    save(out->of + lane, n * EVERY_BYTE - marked);
  }
}

static uint64_t larger(uint64_t a, uint64_t b) {
  uint64_t a_wins = (((a | TOP_BITS) - b) >> 7 & EVERY_BYTE) * 0xff;
  return (a & a_wins) | (b & ~a_wins);
}

static void words_lane_add(lane_walk *w, const mark_table *set, const mark *rows, size_t stride,
                           size_t first, size_t n, uint8_t at_least, uint64_t *met) {
  const uint64_t reach_top = EVERY_BYTE * (uint64_t)(HALF_BYTE - at_least);
  memset(met, 0, n * sizeof *met);
  for (size_t lane = 0; lane < LANES; lane += BYTES) {
    uint64_t count = load(w->count.of + lane), largest = load(w->largest.of + lane),
             gate = load(w->gate.of + lane);
    for (size_t k = 0; k < n; k++) {
      uint64_t marks = load(rows + k * stride + lane), found = 0;
      for (unsigned bit = 0; bit < 64; bit += 8)
        found |= (uint64_t)set->has[marks >> bit & 0xff] << bit;
      found &= gate;
      save(w->ring[(first + k) % RING_ROWS].of + lane, found);
      count += found;
      largest = larger(largest, count);
      met[k] |= (uint64_t)gather_top_bits(count + reach_top) << lane;
    }
    save(w->count.of + lane, count);
    save(w->largest.of + lane, largest);
  }
}

static void words_lane_retire(lane_walk *w, size_t first, size_t n) {
  for (size_t lane = 0; lane < LANES; lane += BYTES) {
    uint64_t count = load(w->count.of + lane);
    for (size_t k = 0; k < n; k++) count -= load(w->ring[(first + k) % RING_ROWS].of + lane);
    save(w->count.of + lane, count);
  }
}

const kernel_ops kernel_words = {
    "words",           words_select,   words_classes,     words_lane_classes,
    words_lane_blanks, words_lane_add, words_lane_retire, HALF_BYTE - 1};
