/* lanes: a register is worked through in blocks of 64 lanes, a cache
 * line a row, by the loops of kernel.h.
 *
 * 1. Counts are bytes, which are added to wider numbers before they overflow. A
 *    window is counted in bytes when the school's calendar says that it fits;
 *    otherwise by the plain loop, lane by lane.
 * 2. What "met" means for a lane changes on few rows; only those are looked at
 *    lane by lane. */
#include "attendance/lanes.h"

#include <string.h>

enum { MET_ROWS = 16 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Scopes ------------------------------------------------------------------ */

/* The rows [low, high) that may count, for the lanes of a block. */
typedef struct lane_scope {
  size_t low[LANES], high[LANES];
} lane_scope;

/* Lanes beyond the width have no rows. */
static void take_scope(const lanes *l, size_t block, const uint32_t *low, const uint32_t *high,
                       lane_scope *out) {
  size_t n = least(LANES, l->width - block);
  *out = (lane_scope){{0}, {0}};
  for (size_t i = 0; i < n; i++) {
    out->low[i] = low ? low[block + i] : 0;
    out->high[i] = high ? high[block + i] : l->end;
  }
}

/* Which lanes may count in a row; the next row for which that changes. */
static size_t open_gate(const lane_scope *s, size_t row, lane_bytes *gate) {
  size_t next = SIZE_MAX;
  for (size_t i = 0; i < LANES; i++) {
    gate->of[i] = row >= s->low[i] && row < s->high[i] ? 0xff : 0;
    if (row < s->low[i])
      next = least(next, s->low[i]);
    else if (row < s->high[i])
      next = least(next, s->high[i]);
  }
  return next;
}

/* Tallies ----------------------------------------------------------------- */

static void add_bytes(const lane_bytes *from, uint32_t *to) {
  for (size_t i = 0; i < LANES; i++) to[i] += from->of[i];
}

void lanes_tally_by(const kernel_ops *ops, const lanes *l, size_t from, size_t to, tally *out) {
  lane_bytes bytes[CLASS_COUNT];
  uint32_t classes[CLASS_COUNT][LANES];
  for (size_t block = 0; block < l->width; block += LANES) {
    memset(classes, 0, sizeof classes);
    for (size_t row = from; row < to; row += ROWS_A_BYTE) {
      size_t n = least(to - row, ROWS_A_BYTE);
      ops->lane_classes(l->marks + row * l->stride + block, l->stride, n, bytes);
      for (int c = 1; c < CLASS_COUNT; c++) add_bytes(&bytes[c], classes[c]);
    }
    for (size_t i = 0; i < least(LANES, l->width - block); i++) {
      tally *t = &out[block + i];
      uint32_t missing = to > from ? (uint32_t)(to - from) : 0;
      for (int c = 1; c < CLASS_COUNT; c++) missing -= t->by_class[c] = classes[c][i];
      t->by_class[CLASS_MISSING] = missing;
      tally_sum(t);
    }
  }
}

/* Missing ----------------------------------------------------------------- */

void lanes_missing_by(const kernel_ops *ops, const lanes *l, size_t from, size_t to,
                      const uint32_t *begin, const uint32_t *finish, uint32_t *out) {
  lane_scope scope;
  to = least(to, l->reach);
  for (size_t block = 0; block < l->width; block += LANES) {
    uint32_t counts[LANES] = {0};
    lane_bytes gate = {{0}}, blanks;
    size_t changes = from, n;
    take_scope(l, block, begin, finish, &scope);
    for (size_t row = from; row < to; row += n) {
      if (row >= changes) changes = open_gate(&scope, row, &gate);
      n = least(least(to, changes) - row, ROWS_A_BYTE);
      ops->lane_blanks(l->marks + row * l->stride + block, l->stride, n, &blanks);
      for (size_t i = 0; i < LANES; i++) blanks.of[i] &= gate.of[i];
      add_bytes(&blanks, counts);
    }
    memcpy(out + block, counts, least(LANES, l->width - block) * sizeof *out);
  }
}

/* Windows ----------------------------------------------------------------- */

/* The walk of measure.c down one column. */
static void walk_lane(const compiled_rule *r, const lanes *l, size_t lane, size_t low, size_t high,
                      lane_window *out) {
  const int32_t *week = l->calendar->week;
  lane_window w = {INDEX_NONE, INDEX_NONE, 0, 0};
  size_t tail = 0;
  for (size_t i = 0; i < l->end; i++) {
    for (; week[tail] <= week[i] - r->rule.weeks; tail++)
      if (tail >= low && tail < high) w.count -= r->counts.has[l->marks[tail * l->stride + lane]];
    if (i >= low && i < high) w.count += r->counts.has[l->marks[i * l->stride + lane]];
    if (w.count > w.largest) w.largest = w.count;
    bool met = w.count >= (uint32_t)r->rule.at_least;
    if (met && w.first_met == INDEX_NONE) w.first_met = i;
    if (met && w.spell == INDEX_NONE) w.spell = i;
    if (!met) w.spell = INDEX_NONE;
  }
  *out = w;
}

/* What became of "met" row by row; met[k] belongs to row first + k. Returns the
 * last of them. */
static uint64_t note_changes(const uint64_t *met, size_t n, size_t first, uint64_t before,
                             lane_window *out) {
  for (size_t k = 0; k < n; k++) {
    for (uint64_t changed = met[k] ^ before; changed; changed &= changed - 1) {
      unsigned lane = (unsigned)__builtin_ctzll(changed);
      bool now = met[k] >> lane & 1;
      if (now && out[lane].first_met == INDEX_NONE) out[lane].first_met = first + k;
      out[lane].spell = now ? first + k : INDEX_NONE;
    }
    before = met[k];
  }
  return before;
}

/* The walk down the lanes of a block, a week or MET_ROWS rows at a time. */
static void walk_block(const kernel_ops *ops, const compiled_rule *r, const lanes *l, size_t block,
                       const lane_scope *scope, lane_window *out) {
  const int32_t *week = l->calendar->week;
  lane_window all[LANES];
  lane_walk w;
  uint64_t met[MET_ROWS], now = 0;
  uint8_t at_least = (uint8_t)least((size_t)r->rule.at_least, ops->most + 1);
  size_t row = SIZE_MAX, n;
  memset(&w.count, 0, sizeof w.count);
  memset(&w.largest, 0, sizeof w.largest);
  for (size_t i = 0; i < LANES; i++) {
    all[i] = (lane_window){INDEX_NONE, INDEX_NONE, 0, 0};
    if (scope->low[i] < scope->high[i]) row = least(row, scope->low[i]);
  }
  for (size_t tail = row, changes = row; row < l->end; row += n) {
    size_t leaving = tail;
    if (row >= changes) changes = open_gate(scope, row, &w.gate);
    while (week[leaving] <= week[row] - r->rule.weeks) leaving++;
    ops->lane_retire(&w, tail, leaving - tail);
    tail = leaving;
    size_t to = least(least(l->end, changes), row + MET_ROWS);
    for (n = 1; row + n < to && week[row + n] == week[row];) n++;
    ops->lane_add(&w, &r->counts, l->marks + row * l->stride + block, l->stride, row, n, at_least,
                  met);
    now = note_changes(met, n, row, now, all);
  }
  for (size_t i = 0; i < least(LANES, l->width - block); i++) {
    all[i].count = w.count.of[i];
    all[i].largest = w.largest.of[i];
    out[block + i] = all[i];
  }
}

void lanes_rolling_by(const kernel_ops *ops, const compiled_rule *r, const lanes *l,
                      const uint32_t *low, const uint32_t *high, lane_window *out) {
  const int32_t *week = l->calendar->week;
  size_t widest = 0, tail = 0; /* the most sessions that any window holds */
  lane_scope scope;
  for (size_t i = 0; i < l->end; i++) {
    while (week[tail] <= week[i] - r->rule.weeks) tail++;
    if (i - tail >= widest) widest = i - tail + 1;
  }
  bool bytes = r->rule.at_least >= 1 && widest <= ops->most;
  for (size_t block = 0; block < l->width; block += LANES) {
    take_scope(l, block, low, high, &scope);
    if (bytes) {
      walk_block(ops, r, l, block, &scope, out);
      continue;
    }
    for (size_t i = 0; i < least(LANES, l->width - block); i++)
      walk_lane(r, l, block + i, scope.low[i], scope.high[i], &out[block + i]);
  }
}

/* Weekdays ---------------------------------------------------------------- */

void lanes_weekdays(const lanes *l, size_t from, size_t to, unsigned classes, lane_week *out) {
  const kernel_ops *ops = kernel_best();
  const session *at = l->calendar->at;
  lane_bytes bytes[CLASS_COUNT];
  for (size_t block = 0; block < l->width; block += LANES) {
    uint32_t possible[WEEKDAYS][LANES] = {{0}}, absent[WEEKDAYS][LANES] = {{0}},
             away[WEEKDAYS][LANES] = {{0}};
    for (size_t row = from, n; row < to; row += n) {
      day today = session_day(at[row]);
      for (n = 1; row + n < to && session_day(at[row + n]) == today;) n++;
      int weekday = date_weekday(today);
      lane_bytes of_day = {{0}};
      ops->lane_classes(l->marks + row * l->stride + block, l->stride, n, bytes);
      for (int c = 1; c < CLASS_COUNT; c++) {
        if (class_is_possible((enum mark_class)c)) add_bytes(&bytes[c], possible[weekday]);
        for (size_t i = 0; classes >> c & 1U && i < LANES; i++) of_day.of[i] += bytes[c].of[i];
      }
      add_bytes(&of_day, absent[weekday]);
      for (size_t i = 0; i < LANES; i++) away[weekday][i] += of_day.of[i] > 0;
    }
    for (size_t i = 0; i < least(LANES, l->width - block); i++)
      for (int w = 0; w < WEEKDAYS; w++) {
        out[block + i].possible[w] = possible[w][i];
        out[block + i].absent[w] = absent[w][i];
        out[block + i].away[w] = away[w][i];
      }
  }
}

/* By the best loops ------------------------------------------------------- */

void lanes_tally(const lanes *l, size_t from, size_t to, tally *out) {
  lanes_tally_by(kernel_best(), l, from, to, out);
}

void lanes_rolling(const compiled_rule *r, const lanes *l, const uint32_t *low,
                   const uint32_t *high, lane_window *out) {
  lanes_rolling_by(kernel_best(), r, l, low, high, out);
}

void lanes_missing(const lanes *l, size_t from, size_t to, const uint32_t *begin,
                   const uint32_t *finish, uint32_t *out) {
  lanes_missing_by(kernel_best(), l, from, to, begin, finish, out);
}
