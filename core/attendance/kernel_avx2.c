/* kernel_avx2: the loops of kernel.h with AVX2, 32 marks at a time. Offered
 * where the processor has it; elsewhere this file offers nothing.
 *
 * Choosing by a set is two shuffles: the low nibble of a mark looks up a byte with
 * one bit for each class that has such a mark in the set, the high nibble looks up
 * the bit of its own class. */
#include "attendance/kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE __attribute__((target("avx2"), always_inline)) static inline

enum { VECTOR = 32 };

AVX2_INLINE __m256i load(const void *at) { return _mm256_loadu_si256(at); }
AVX2_INLINE void save(void *at, __m256i v) { _mm256_storeu_si256(at, v); }
AVX2_INLINE __m256i every(unsigned byte) { return _mm256_set1_epi8((char)byte); }

/* Sets -------------------------------------------------------------------- */

AVX2_INLINE __m256i class_marks(const mark_table *set, int class) {
  const __m128i *row = (const void *)(set->has + class * 16);
  return _mm256_broadcastsi128_si256(_mm_slli_epi16(_mm_loadu_si128(row), class));
}

/* By low nibble: the classes with such a mark, a bit each. */
AVX2_INLINE __m256i by_low_nibble(const mark_table *set) {
  __m256i some = _mm256_or_si256(class_marks(set, 0), class_marks(set, 1));
  some = _mm256_or_si256(some, class_marks(set, 2));
  some = _mm256_or_si256(some, class_marks(set, 3));
  some = _mm256_or_si256(some, class_marks(set, 4));
  some = _mm256_or_si256(some, class_marks(set, 5));
  return _mm256_or_si256(some, class_marks(set, 6));
}

/* By high nibble: the bit of the class; more than one bit, and so never found,
 * where there is no such class. */
AVX2_INLINE __m256i by_high_nibble(void) {
  return _mm256_broadcastsi128_si256(
      _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -1, -1, -1, -1, -1, -1, -1, -1, -1));
}

/* 0xff for each mark in the set. */
AVX2_INLINE __m256i chosen(__m256i marks, __m256i low_nibbles, __m256i high_nibbles) {
  __m256i high = _mm256_and_si256(_mm256_srli_epi16(marks, 4), every(0x0f));
  __m256i bit = _mm256_shuffle_epi8(high_nibbles, high);
  __m256i found = _mm256_and_si256(_mm256_shuffle_epi8(low_nibbles, marks), bit);
  return _mm256_cmpeq_epi8(found, bit);
}

AVX2_INLINE uint32_t chosen_bits(__m256i marks, __m256i low_nibbles, __m256i high_nibbles) {
  return (uint32_t)_mm256_movemask_epi8(chosen(marks, low_nibbles, high_nibbles));
}

/* Bits of the last n % 32 marks (one at least). Reads only marks that are there. */
AVX2_INLINE uint64_t tail_bits(const mark *marks, size_t n, __m256i low, __m256i high) {
  size_t tail = n % VECTOR;
  if (n >= VECTOR)
    return (uint64_t)chosen_bits(load(marks + n - VECTOR), low, high) >> (VECTOR - tail);
  uint8_t few[VECTOR] = {0};
  memcpy(few, marks, tail);
  return chosen_bits(load(few), low, high) & ((1U << tail) - 1U);
}

AVX2 static void avx2_select(const mark *marks, size_t n, const mark_table *set, uint64_t *bits) {
  __m256i low = by_low_nibble(set), high = by_high_nibble();
  size_t i = 0;
  for (; i + 64 <= n; i += 64)
    bits[i / 64] = chosen_bits(load(marks + i), low, high) |
                   (uint64_t)chosen_bits(load(marks + i + VECTOR), low, high) << VECTOR;
  if (i == n) return;
  uint64_t last = 0;
  bool whole = n - i >= VECTOR;
  if (whole) last = chosen_bits(load(marks + i), low, high);
  if (n % VECTOR) last |= tail_bits(marks, n, low, high) << (whole ? VECTOR : 0);
  bits[i / 64] = last;
}

/* Classes ----------------------------------------------------------------- */

/* How many marks are of class k or a higher one, a byte each. */
typedef struct class_counts {
  __m256i from1, from2, from3, from4, from5, from6;
} class_counts;

AVX2_INLINE __m256i plus_from(__m256i count, __m256i marks, int class) {
  __m256i is = _mm256_cmpgt_epi8(marks, every((unsigned)class * 16U - 1U));
  return _mm256_sub_epi8(count, is); /* 0xff is -1 */
}

AVX2_INLINE class_counts no_classes(void) {
  __m256i none = _mm256_setzero_si256();
  return (class_counts){none, none, none, none, none, none};
}

AVX2_INLINE class_counts add_classes(class_counts c, __m256i marks) {
  return (class_counts){plus_from(c.from1, marks, 1), plus_from(c.from2, marks, 2),
                        plus_from(c.from3, marks, 3), plus_from(c.from4, marks, 4),
                        plus_from(c.from5, marks, 5), plus_from(c.from6, marks, 6)};
}

AVX2_INLINE uint32_t sum_bytes(__m256i v) {
  __m256i four = _mm256_sad_epu8(v, _mm256_setzero_si256());
  __m128i two = _mm_add_epi64(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
  return (uint32_t)(_mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1));
}

AVX2_INLINE void flush_classes(class_counts c, uint32_t from[CLASS_COUNT]) {
  from[1] += sum_bytes(c.from1);
  from[2] += sum_bytes(c.from2);
  from[3] += sum_bytes(c.from3);
  from[4] += sum_bytes(c.from4);
  from[5] += sum_bytes(c.from5);
  from[6] += sum_bytes(c.from6);
}

/* The last n % 32 marks, then blanks. */
AVX2_INLINE __m256i tail_marks(const mark *marks, size_t n) {
  static const uint8_t end[2 * VECTOR] = {
      0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
      0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
      0,    0,    0,    0,    0,    0,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  size_t tail = n % VECTOR;
  if (n >= VECTOR) return _mm256_and_si256(load(marks + n - VECTOR), load(end + tail));
  uint8_t few[VECTOR] = {0};
  memcpy(few, marks, tail);
  return load(few);
}

AVX2 static void avx2_classes(const mark *marks, size_t n, uint32_t by_class[CLASS_COUNT]) {
  uint32_t from[CLASS_COUNT + 1] = {(uint32_t)n};
  class_counts c = no_classes();
  size_t i = 0, rows = 1; /* the tail is one */
  if (n % VECTOR) c = add_classes(c, tail_marks(marks, n));
  for (; i + VECTOR <= n; i += VECTOR) {
    c = add_classes(c, load(marks + i));
    if (++rows < ROWS_A_BYTE) continue;
    flush_classes(c, from);
    c = no_classes();
    rows = 0;
  }
  flush_classes(c, from);
  for (int k = 0; k < CLASS_COUNT; k++) by_class[k] = from[k] - from[k + 1];
}

/* Lanes ------------------------------------------------------------------- */

AVX2_INLINE void save_classes(class_counts c, size_t lane, lane_bytes out[CLASS_COUNT]) {
  save(out[1].of + lane, _mm256_sub_epi8(c.from1, c.from2));
  save(out[2].of + lane, _mm256_sub_epi8(c.from2, c.from3));
  save(out[3].of + lane, _mm256_sub_epi8(c.from3, c.from4));
  save(out[4].of + lane, _mm256_sub_epi8(c.from4, c.from5));
  save(out[5].of + lane, _mm256_sub_epi8(c.from5, c.from6));
  save(out[6].of + lane, c.from6);
}

AVX2 static void avx2_lane_classes(const mark *rows, size_t stride, size_t n,
                                   lane_bytes out[CLASS_COUNT]) {
  for (size_t lane = 0; lane < LANES; lane += VECTOR) {
    class_counts c = no_classes();
    for (size_t k = 0; k < n; k++) c = add_classes(c, load(rows + k * stride + lane));
    save_classes(c, lane, out);
  }
}

AVX2 static void avx2_lane_blanks(const mark *rows, size_t stride, size_t n, lane_bytes *out) {
  const __m256i none = _mm256_setzero_si256();
  __m256i left = none, right = none;
  for (size_t k = 0; k < n; k++) {
    const mark *row = rows + k * stride;
    left = _mm256_sub_epi8(left, _mm256_cmpeq_epi8(load(row), none));
    right = _mm256_sub_epi8(right, _mm256_cmpeq_epi8(load(row + VECTOR), none));
  }
  save(out->of, left);
  save(out->of + VECTOR, right);
}

/* Half of the lanes of a walk, in registers. */
typedef struct half_walk {
  __m256i count, largest, gate;
} half_walk;

AVX2_INLINE half_walk load_half(const lane_walk *w, size_t lane) {
  return (half_walk){load(w->count.of + lane), load(w->largest.of + lane), load(w->gate.of + lane)};
}

AVX2_INLINE void save_half(lane_walk *w, size_t lane, half_walk h) {
  save(w->count.of + lane, h.count);
  save(w->largest.of + lane, h.largest);
}

AVX2_INLINE half_walk add_half(half_walk h, __m256i chosen_marks, uint8_t *ring) {
  __m256i found = _mm256_and_si256(chosen_marks, h.gate);
  save(ring, found);
  h.count = _mm256_sub_epi8(h.count, found);
  h.largest = _mm256_max_epu8(h.largest, h.count);
  return h;
}

AVX2_INLINE uint32_t met_bits(__m256i count, __m256i at_least) {
  return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(count, at_least), count));
}

AVX2 static void avx2_lane_add(lane_walk *w, const mark_table *set, const mark *rows, size_t stride,
                               size_t first, size_t n, uint8_t at_least, uint64_t *met) {
  const __m256i low = by_low_nibble(set), high = by_high_nibble(), asked = every(at_least);
  half_walk left = load_half(w, 0), right = load_half(w, VECTOR);
  for (size_t k = 0; k < n; k++) {
    const mark *row = rows + k * stride;
    uint8_t *ring = w->ring[(first + k) % RING_ROWS].of;
    left = add_half(left, chosen(load(row), low, high), ring);
    right = add_half(right, chosen(load(row + VECTOR), low, high), ring + VECTOR);
    met[k] = met_bits(left.count, asked) | (uint64_t)met_bits(right.count, asked) << VECTOR;
  }
  save_half(w, 0, left);
  save_half(w, VECTOR, right);
}

AVX2 static void avx2_lane_retire(lane_walk *w, size_t first, size_t n) {
  __m256i left = load(w->count.of), right = load(w->count.of + VECTOR);
  for (size_t k = 0; k < n; k++) {
    const uint8_t *ring = w->ring[(first + k) % RING_ROWS].of;
    left = _mm256_add_epi8(left, load(ring));
    right = _mm256_add_epi8(right, load(ring + VECTOR));
  }
  save(w->count.of, left);
  save(w->count.of + VECTOR, right);
}

static const kernel_ops with_avx2 = {
    "AVX2",           avx2_select,   avx2_classes,     avx2_lane_classes,
    avx2_lane_blanks, avx2_lane_add, avx2_lane_retire, 254};

const kernel_ops *kernel_avx2(void) { return __builtin_cpu_supports("avx2") ? &with_avx2 : NULL; }

#else

const kernel_ops *kernel_avx2(void) { return NULL; }

#endif
