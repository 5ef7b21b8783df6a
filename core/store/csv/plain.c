/* plain: see plain.h. The loop is the definition; where the processor compares
 * sixteen bytes at once, a short line without spaces is split by where its
 * delimiters stand among the first sixty-four bytes. */
#include "store/csv/plain.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* How many bytes the line's end at `stop` has; 0 when no line ends there, or not
 * all of its end is held. */
static size_t end_at(slice held, size_t stop) {
  if (stop >= held.length) return 0;
  if (held.at[stop] == '\n') return 1;
  if (held.at[stop] != '\r' || stop + 1 >= held.length) return 0;
  return held.at[stop + 1] == '\n' ? 2 : 0;
}

static bool has_any(const slice *cells, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (cells[i].length) return true;
  return false;
}

/* The loop ------------------------------------------------------------------- */

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static slice cell_of(const char *from, const char *to) {
  while (from < to && is_blank(*from)) from++;
  while (from < to && is_blank(to[-1])) to--;
  return (slice){from, (size_t)(to - from)};
}

static bool is_odd(char c) { return c == '"' || c == '\0' || (unsigned char)c >= 0x80; }

static size_t split_by_loop(slice held, char delimiter, slice *cells, size_t count,
                            size_t *length) {
  size_t found = 0, at = 0;
  const char *from = held.at;
  for (; at < held.length && held.at[at] != '\n' && held.at[at] != '\r'; at++) {
    if (is_odd(held.at[at])) return 0;
    if (held.at[at] != delimiter) continue;
    if (found + 1 == count) return 0;
    cells[found++] = cell_of(from, held.at + at);
    from = held.at + at + 1;
  }
  size_t end = end_at(held, at);
  if (!end || found + 1 != count) return 0;
  cells[found] = cell_of(from, held.at + at);
  *length = at;
  return has_any(cells, count) ? at + end : 0;
}

/* Sixteen bytes at once ------------------------------------------------------ */

#ifdef __SSE2__

typedef struct bits {
  uint64_t delimiters, others; /* others: up to a space, quotes, not ASCII */
} bits;

static inline uint64_t bits_of(__m128i bytes) { return (unsigned)_mm_movemask_epi8(bytes); }

static inline void find(const char *at, char delimiter, unsigned from, bits *b) {
  __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(at + from));
  __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(' ')), x);
  __m128i quotes = _mm_cmpeq_epi8(x, _mm_set1_epi8('"'));
  __m128i delimiters = _mm_cmpeq_epi8(x, _mm_set1_epi8(delimiter));
  __m128i others = _mm_or_si128(_mm_andnot_si128(delimiters, _mm_or_si128(low, quotes)), x);
  b->delimiters |= bits_of(delimiters) << from;
  b->others |= bits_of(others) << from;
}

/* 0 also for a plain line that has a space, or more than sixty-three bytes. */
static inline size_t split_short(slice held, char delimiter, slice *cells, size_t count,
                                 size_t *length) {
  bits b = {0, 0};
  find(held.at, delimiter, 0, &b);
  find(held.at, delimiter, 16, &b);
  find(held.at, delimiter, 32, &b);
  if (!b.others) find(held.at, delimiter, 48, &b);
  if (!b.others) return 0;
  size_t stop = (size_t)__builtin_ctzll(b.others), from = 0, found = 0;
  for (uint64_t rest = b.delimiters & (((uint64_t)1 << stop) - 1); rest; rest &= rest - 1) {
    size_t at = (size_t)__builtin_ctzll(rest);
    if (found + 1 == count) return 0;
    cells[found++] = (slice){held.at + from, at - from};
    from = at + 1;
  }
  size_t end = end_at(held, stop);
  if (!end || found + 1 != count) return 0;
  cells[found] = (slice){held.at + from, stop - from};
  *length = stop;
  return cells[0].length || has_any(cells, count) ? stop + end : 0;
}

size_t plain_split(slice held, char delimiter, slice *cells, size_t count, size_t *length) {
  size_t next = held.length ? split_short(held, delimiter, cells, count, length) : 0;
  return next ? next : split_by_loop(held, delimiter, cells, count, length);
}

#else

size_t plain_split(slice held, char delimiter, slice *cells, size_t count, size_t *length) {
  return split_by_loop(held, delimiter, cells, count, length);
}

#endif
