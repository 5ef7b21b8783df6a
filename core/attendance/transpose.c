/* transpose: tiles of 16 by 16 bytes, four rounds of weaving
 * halves together each; the compiler has an instruction for that on every
 * machine with vectors. The last tile of a line overlaps the one before. */
#include "attendance/transpose.h"

#include <string.h>

enum { TILE = 16 };

typedef uint8_t row16 __attribute__((vector_size(TILE)));

/* Row i and row i + 8 woven into rows 2i and 2i + 1. Done four times, that turns
 * the address (row, column) of each byte round by half: (column, row). */
static inline void weave(const row16 in[TILE], row16 out[TILE]) {
  for (int i = 0; i < TILE / 2; i++) {
    row16 a = in[i], b = in[i + TILE / 2];
    out[2 * i] =
        __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    out[2 * i + 1] =
        __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  }
}

static inline void turn_tile(const uint8_t *from, size_t from_stride, uint8_t *to,
                             size_t to_stride) {
  row16 a[TILE], b[TILE];
  for (size_t i = 0; i < TILE; i++) memcpy(&a[i], from + i * from_stride, TILE);
  weave(a, b);
  weave(b, a);
  weave(a, b);
  weave(b, a);
  for (size_t i = 0; i < TILE; i++) memcpy(to + i * to_stride, &a[i], TILE);
}

/* Where the next tile begins: whole tiles, then one that ends with the line. */
static size_t next_tile(size_t at, size_t length) {
  size_t next = at + TILE;
  return next < length && next + TILE > length ? length - TILE : next;
}

void transpose(const uint8_t *from, size_t from_stride, size_t rows, size_t columns, uint8_t *to,
               size_t to_stride) {
  if (rows < TILE || columns < TILE) {
    for (size_t c = 0; c < columns; c++)
      for (size_t r = 0; r < rows; r++) to[c * to_stride + r] = from[r * from_stride + c];
    return;
  }
  for (size_t r = 0; r < rows; r = next_tile(r, rows))
    for (size_t c = 0; c < columns; c = next_tile(c, columns))
      turn_tile(from + r * from_stride + c, from_stride, to + c * to_stride + r, to_stride);
}
