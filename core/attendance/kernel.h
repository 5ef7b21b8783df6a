/* kernel: the measures of measure.h, fast.
 *
 * Every function answers exactly what the one of the same name in measure.h
 * answers, for every span and rule, field by field: the plain loops there are
 * the definition, and a spec compares the two. AVX2 is used where the processor
 * has it, 64-bit words elsewhere. */
#ifndef WAYMARK_KERNEL_H
#define WAYMARK_KERNEL_H

#include "attendance/measure.h"

void kernel_rule(const compiled_rule *r, const span *s, day from, day to, evidence *out);
void kernel_tally(const span *s, size_t from, size_t to, tally *out);

/* Private part: the few loops over marks that kernel.c and lanes.c are built on, in two
 * forms that give the same answers: on 64-bit words in portable C (kernel_words.c) and
 * with AVX2 (kernel_avx2.c).
 *
 * 1. A mark is below 0x70: its class is one of CLASS_COUNT (batch_open and
 *    code_set_put see to it). Lanes beyond the width may hold any byte; no lane
 *    changes the answer of a lower one.
 * 2. A mark_table holds 0 and 1.
 * 3. Nothing is read outside the marks given, nor beyond the 64 bytes of a row. */

enum { LANES = 64, RING_ROWS = 256, ROWS_A_BYTE = 255 };

/* One byte a lane. */
typedef struct lane_bytes {
  _Alignas(LANES) uint8_t of[LANES];
} lane_bytes;

/* A walk over windows down 64 lanes. `ring` keeps what each row of the window
 * added, so that exactly that is taken off when its week leaves. */
typedef struct lane_walk {
  lane_bytes count, largest;
  lane_bytes gate; /* 0xff where the row may count */
  lane_bytes ring[RING_ROWS];
} lane_walk;

typedef struct kernel_ops {
  const char *name;

  /* bits[i / 64] >> i % 64 & 1: whether marks[i] is in the set; zeros after n. */
  void (*select)(const mark *marks, size_t n, const mark_table *set, uint64_t *bits);
  void (*classes)(const mark *marks, size_t n, uint32_t by_class[CLASS_COUNT]);

  /* Down n <= ROWS_A_BYTE rows of 64 lanes: how many marks of each class but
   * missing; how many are MARK_NONE. */
  void (*lane_classes)(const mark *rows, size_t stride, size_t n, lane_bytes out[CLASS_COUNT]);
  void (*lane_blanks)(const mark *rows, size_t stride, size_t n, lane_bytes *out);

  /* Rows [first, first + n) come into the window: met[k] bit l tells whether lane
   * l has at_least (1..most + 1) sessions after row first + k. Row k's marks are at
   * rows + k * stride; its place in the ring is (first + k) % RING_ROWS. */
  void (*lane_add)(lane_walk *w, const mark_table *set, const mark *rows, size_t stride,
                   size_t first, size_t n, uint8_t at_least, uint64_t *met);
  void (*lane_retire)(lane_walk *w, size_t first, size_t n);
  size_t most; /* sessions that a window may hold, so that no byte overflows */
} kernel_ops;

extern const kernel_ops kernel_words;
const kernel_ops *kernel_avx2(void); /* NULL where the processor has none */
const kernel_ops *kernel_best(void);

/* The public functions by the loops given. */
void kernel_rule_by(const kernel_ops *ops, const compiled_rule *r, const span *s, day from, day to,
                    evidence *out);
void kernel_tally_by(const kernel_ops *ops, const span *s, size_t from, size_t to, tally *out);

#endif
