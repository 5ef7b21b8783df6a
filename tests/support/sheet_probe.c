/* sheet_probe: the sheets of an import against arrays.
 *
 *   sheet_probe PATH BYTES SEED   two imports of random marks into the first school of a
 *                                 workspace file, with at most BYTES of sheets in memory.
 *                                 Now and then, and at the end, the sheets are counted
 *                                 twice; both must be what the arrays say. Prints the
 *                                 totals of each import, or the first difference and
 *                                 ends with 1. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/people/roll.h"
#include "store/sheet/sheet.h"
#include "store/store.h"

enum { YEARS = 3, DAYS = 40, SLOTS = 100, SETS = 20000 };

typedef struct model {
  mark before[YEARS][DAYS][2][SLOTS], now[YEARS][DAYS][2][SLOTS];
  bool set[YEARS][DAYS][2][SLOTS], came[YEARS][DAYS][2];
} model;

static problem p;

static void need(status s) {
  if (!s) return;
  printf("%s\n", p.sentence);
  exit(1);
}

static uint64_t state; /* splitmix64 */

static unsigned below(unsigned n) {
  uint64_t z = state += 0x9e3779b97f4a7c15U;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
  z = (z ^ z >> 27) * 0x94d049bb133111ebU;
  return (unsigned)((z ^ z >> 31) % n);
}

static void compare(sheets *all, const model *m, const char *when) {
  static size_t pairs[MARK_VALUES][MARK_VALUES];
  size_t added = 0, unchanged = 0, changed = 0, sessions = 0;
  memset(pairs, 0, sizeof pairs);
  for (int y = 0; y < YEARS; y++)
    for (int d = 0; d < DAYS; d++)
      for (int half = 0; half < 2; half++) {
        sessions += m->came[y][d][half];
        for (int k = 0; k < SLOTS; k++) {
          mark was = m->before[y][d][half][k], now = m->now[y][d][half][k];
          if (!m->set[y][d][half][k]) continue;
          if (was == now) unchanged++;
          if (was != now && !was) added++;
          if (was != now && was) changed++, pairs[was][now]++;
        }
      }
  for (int time = 1; time <= 2; time++) {
    const sheet_totals *t = sheets_count(all);
    if (t->added == added && t->unchanged == unchanged && t->changed == changed &&
        t->sessions == sessions && memcmp(t->pairs, pairs, sizeof pairs) == 0)
      continue;
    printf(
        "%s, asked %d times: %zu added, %zu unchanged, %zu changed, %zu sessions;"
        " the arrays say %zu, %zu, %zu, %zu\n",
        when, time, t->added, t->unchanged, t->changed, t->sessions, added, unchanged, changed,
        sessions);
    exit(1);
  }
  if (strcmp(when, "at the end") == 0)
    printf("%zu %zu %zu %zu\n", added, unchanged, changed, sessions);
}

static void import(store *s, const roll *r, size_t bytes, int64_t id, model *m) {
  sheets *all = NULL;
  need(db_begin(store_db(s), false, &p));
  need(sheets_new(store_db(s), bytes, &all, &p));
  for (int n = 0; n < SETS; n++) {
    int y = (int)below(YEARS), d = (int)below(DAYS), half = (int)below(2);
    uint32_t entry = below((unsigned)r->count);
    mark to = below(8) ? (mark)(0x10 + below(3)) : MARK_NONE;
    session at = session_of(date_academic_start(2023 + y) + 40 + d, half);
    mark *now = &m->now[y][d][half][entry];
    bool *set = &m->set[y][d][half][entry];
    sheet_year *year = NULL;
    sheet_before before;
    need(sheets_year(all, r, 2023 + y, &year, &p));
    if (to == MARK_NONE || below(2) || !sheet_set_plain(year, at, entry, to)) {
      need(sheet_set(year, at, entry, to, &before, &p));
      if (before.mark != *now || before.again != *set) {
        printf("before: %d %d, the arrays say %d %d\n", before.mark, before.again, *now, *set);
        exit(1);
      }
    }
    m->came[y][d][half] = true;
    if (to) *now = to, *set = true;
    if (n % 5000 == 0) compare(all, m, "on the way");
  }
  compare(all, m, "at the end");
  sheet_source from = {id, id, NULL};
  need(sheets_write(all, &from, &p));
  compare(all, m, "once written");
  need(db_commit(store_db(s), &p));
  sheets_free(all);
}

int main(int count, char **arguments) {
  static model m;
  store *s = NULL;
  roll r = {0};
  if (count != 4) return 2;
  size_t bytes = (size_t)strtoull(arguments[2], NULL, 10);
  state = strtoull(arguments[3], NULL, 10);
  need(store_open(arguments[1], DB_WRITE, &s, &p));
  need(roll_load(store_db(s), 1, &r, &p));
  if (r.count > SLOTS) return 2;
  for (int64_t id = 1; id <= 2; id++) {
    import(s, &r, bytes, id, &m);
    memcpy(m.before, m.now, sizeof m.now);
    memset(m.set, 0, sizeof m.set);
    memset(m.came, 0, sizeof m.came);
  }
  roll_free(&r);
  store_close(s);
  return 0;
}
