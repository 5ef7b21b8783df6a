/* mark_table: see mark_table.h.
 *
 * A cursor walks half days (mark_walk) and in each of them places or counts. By
 * code it walks them once for each code that there is, and sees only that one. */
#include "store/sql/mark_table.h"

#include <stdlib.h>
#include <string.h>

#include "store/sql/mark_count.h"
#include "store/sql/mark_walk.h"

typedef struct table {
  sqlite3_vtab base;
  store *store;
  bool counts; /* mark_count */
} table;

typedef struct place {
  uint32_t slot;
  size_t upn, length; /* in `upns`; none: the pupil has none */
} place;

typedef struct cursor {
  sqlite3_vtab_cursor base;
  mark_walk walk;
  bool counted, once;
  bool by_code;
  mark codes[MARK_VALUES]; /* by code: in that order */
  size_t code_count, code_at;
  statement *slots; /* slot, upn; NULL when counted */
  int64_t school;   /* of the places */
  int year;
  place *places;
  size_t count, room;
  buffer upns;
  size_t next;                  /* the place after the row's, or the value */
  uint32_t counts[MARK_VALUES]; /* of the half day */
  uint32_t left;                /* rows like this one that are still to come */
  mark mark;                    /* the row's */
  sqlite3_int64 rowid;
} cursor;

static table *table_of(cursor *c) { return (table *)(void *)c->base.pVtab; }

static int fail(cursor *c, const problem *p) {
  sqlite3_vtab *base = c->base.pVtab;
  sqlite3_free(base->zErrMsg);
  base->zErrMsg = sqlite3_mprintf("%s", p->sentence);
  return p->code == STATUS_NO_MEMORY ? SQLITE_NOMEM : SQLITE_ERROR;
}

/* Places --------------------------------------------------------------------- */

static bool add_place(cursor *c) {
  if (c->count == c->room) {
    size_t room = c->room ? c->room * 2 : 64;
    place *more = mem_resize(c->places, room, sizeof *more);
    if (!more) return false;
    c->places = more;
    c->room = room;
  }
  int slot = (int)db_column_int(c->slots, 0);
  slice upn = db_column_text(c->slots, 1);
  if (slot >= 0)
    c->places[c->count++] =
        (place){.slot = (uint32_t)slot, .upn = c->upns.length, .length = upn.length};
  buffer_add(&c->upns, upn.at, upn.length);
  return !c->upns.failed;
}

static status read_places(cursor *c, problem *p) {
  c->school = c->walk.school;
  c->year = date_academic_year(c->walk.row.on);
  c->count = 0;
  buffer_clear(&c->upns);
  db_bind_int(c->slots, 1, c->school);
  db_bind_int(c->slots, 2, c->year);
  bool more = false;
  status failed;
  while (!(failed = db_step(c->slots, &more, p)) && more)
    if (!add_place(c)) {
      db_reset(c->slots);
      return problem_no_memory(p);
    }
  return failed;
}

static bool next_place(cursor *c, mark only) {
  const mark *bytes = c->walk.row.half[c->walk.half];
  size_t length = c->walk.row.length[c->walk.half];
  while (c->next < c->count) {
    uint32_t slot = c->places[c->next++].slot;
    if (slot >= length || bytes[slot] == MARK_NONE) continue;
    if (only != MARK_NONE && bytes[slot] != only) continue;
    c->mark = bytes[slot];
    return true;
  }
  return false;
}

/* Counts --------------------------------------------------------------------- */

static bool next_count(cursor *c) {
  while (c->next < MARK_VALUES && c->counts[c->next] == 0) c->next++;
  if (c->next >= MARK_VALUES) return false;
  c->mark = (mark)c->next;
  c->next = c->by_code ? MARK_VALUES : c->next + 1;
  c->left = c->once || table_of(c)->counts ? 0 : c->counts[c->mark] - 1;
  return true;
}

static void count_half(cursor *c, mark only) {
  const mark *bytes = c->walk.row.half[c->walk.half];
  size_t length = c->walk.row.length[c->walk.half];
  if (only == MARK_NONE) {
    mark_count_all(bytes, length, c->counts);
    c->counts[MARK_NONE] = 0;
    return;
  }
  c->counts[only] = mark_count_one(bytes, length, only);
  c->next = c->counts[only] ? only : MARK_VALUES;
}

/* Codes ---------------------------------------------------------------------- */

static int compare_marks(const cursor *c, const mark_limits *l, mark a, mark b) {
  const code_set *set = store_codes(c->walk.store);
  int order = 0;
  for (int i = 0; i < l->order_count && order == 0; i++) {
    order = l->orders[i].by == MARK_CODE
                ? strcmp(set->of[a].text, set->of[b].text)
                : strcmp(class_name(mark_class_of(a)), class_name(mark_class_of(b)));
    if (l->orders[i].descending) order = -order;
  }
  return order;
}

/* Every code that there is, put where it belongs: there are few. */
static status list_codes(cursor *c, const mark_limits *l, problem *p) {
  bool is_there[MARK_VALUES] = {false};
  status failed = STATUS_OK;
  while (!c->walk.at_end && !(failed = mark_walk_next(&c->walk, p)) && !c->walk.at_end) {
    count_half(c, MARK_NONE);
    for (int m = 1; m < MARK_VALUES; m++) is_there[m] |= c->counts[m] != 0;
  }
  for (int m = 1; m < MARK_VALUES; m++) {
    if (!is_there[m]) continue;
    size_t at = c->code_count++;
    for (; at > 0 && compare_marks(c, l, c->codes[at - 1], (mark)m) > 0; at--)
      c->codes[at] = c->codes[at - 1];
    c->codes[at] = (mark)m;
  }
  memset(c->counts, 0, sizeof c->counts);
  if (c->code_count) mark_walk_again(&c->walk);
  return failed;
}

/* Moving --------------------------------------------------------------------- */

static mark only_code(const cursor *c) { return c->by_code ? c->codes[c->code_at] : MARK_NONE; }

static void next_code(cursor *c) {
  c->counts[only_code(c)] = 0;
  if (++c->code_at < c->code_count) mark_walk_again(&c->walk);
}

/* Onto the next half day, before its first row. */
static status next_half(cursor *c, problem *p) {
  status failed = mark_walk_next(&c->walk, p);
  if (failed) return failed;
  c->next = 0;
  if (c->walk.at_end) {
    if (c->by_code) next_code(c);
    c->next = MARK_VALUES + c->count; /* nothing here, if there is more */
  } else if (c->counted) {
    count_half(c, only_code(c));
  } else if (c->school != c->walk.school || c->year != date_academic_year(c->walk.row.on)) {
    return read_places(c, p);
  }
  return STATUS_OK;
}

static int mark_next(sqlite3_vtab_cursor *base) {
  cursor *c = (cursor *)(void *)base;
  c->rowid++;
  if (c->left) {
    c->left--;
    return SQLITE_OK;
  }
  problem p;
  while (!c->walk.at_end) {
    if (c->counted ? next_count(c) : next_place(c, only_code(c))) return SQLITE_OK;
    if (next_half(c, &p)) return fail(c, &p);
  }
  return SQLITE_OK;
}

/* Opening -------------------------------------------------------------------- */

#define COLUMNS_BEFORE "(school TEXT COLLATE NOCASE, "
#define COLUMNS_AFTER "date TEXT, session TEXT, code TEXT, class TEXT, school_week INTEGER"

static int connect(sqlite3 *d, store *s, bool counts, sqlite3_vtab **out) {
  int r = sqlite3_declare_vtab(
      d, counts ? "CREATE TABLE mark_count " COLUMNS_BEFORE COLUMNS_AFTER ", marks INTEGER)"
                : "CREATE TABLE mark " COLUMNS_BEFORE "upn TEXT, " COLUMNS_AFTER ")");
  if (r != SQLITE_OK) return r;
  table *t = sqlite3_malloc(sizeof *t);
  if (!t) return SQLITE_NOMEM;
  *t = (table){.store = s, .counts = counts};
  (void)sqlite3_vtab_config(d, SQLITE_VTAB_INNOCUOUS);
  *out = &t->base;
  return SQLITE_OK;
}

static int mark_connect(sqlite3 *d, void *lent, int argc, const char *const *argv,
                        sqlite3_vtab **out, char **message) {
  (void)argc, (void)argv, (void)message;
  return connect(d, lent, false, out);
}

static int count_connect(sqlite3 *d, void *lent, int argc, const char *const *argv,
                         sqlite3_vtab **out, char **message) {
  (void)argc, (void)argv, (void)message;
  return connect(d, lent, true, out);
}

static int mark_disconnect(sqlite3_vtab *base) {
  sqlite3_free(base);
  return SQLITE_OK;
}

static int mark_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  return mark_plan_best(info, ((table *)(void *)base)->counts);
}

static int mark_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out) {
  (void)base;
  cursor *c = sqlite3_malloc(sizeof *c);
  if (!c) return SQLITE_NOMEM;
  *c = (cursor){0};
  *out = &c->base;
  return SQLITE_OK;
}

static void forget(cursor *c) {
  mark_walk_end(&c->walk);
  db_finalize(c->slots);
  mem_free(c->places);
  buffer_free(&c->upns);
}

static int mark_close(sqlite3_vtab_cursor *base) {
  cursor *c = (cursor *)(void *)base;
  forget(c);
  sqlite3_free(c);
  return SQLITE_OK;
}

/* Filtering ------------------------------------------------------------------ */

#define ALL_SLOTS                                                                \
  "SELECT s.slot, p.upn FROM slot s JOIN enrolment e ON e.id = s.enrolment"      \
  " JOIN pupil p ON p.id = e.pupil WHERE s.school = ?1 AND s.academic_year = ?2" \
  " ORDER BY s.slot"
#define ONE_PUPILS_SLOTS                                                 \
  "SELECT s.slot, p.upn FROM pupil p JOIN enrolment e ON e.pupil = p.id" \
  " JOIN slot s ON s.enrolment = e.id AND s.academic_year = ?2"          \
  " WHERE p.upn = ?3 AND s.school = ?1 ORDER BY s.slot"

static status prepare_slots(cursor *c, const mark_limits *l, problem *p) {
  db *d = store_db(c->walk.store);
  c->slots = db_prepare(d, slice_of(l->upn ? ONE_PUPILS_SLOTS : ALL_SLOTS), p);
  if (!c->slots) return STATUS_FAULT;
  if (l->upn) db_bind_value(c->slots, 3, l->upn);
  return STATUS_OK;
}

static int mark_filter(sqlite3_vtab_cursor *base, int number, const char *plan, int argc,
                       sqlite3_value **values) {
  (void)number, (void)argc;
  cursor *c = (cursor *)(void *)base;
  mark_limits limits = mark_plan_limits(plan ? plan : "", values);
  sqlite3_vtab *vtab = c->base.pVtab;
  forget(c);
  *c = (cursor){.base = {vtab}, .year = INT32_MIN, .next = MARK_VALUES};
  c->counted = table_of(c)->counts || limits.counted;
  c->once = limits.once;
  problem p;
  if (mark_walk_begin(&c->walk, table_of(c)->store, &limits, &p)) return fail(c, &p);
  if (c->walk.at_end) return SQLITE_OK;
  if (!c->counted && prepare_slots(c, &limits, &p)) return fail(c, &p);
  if (limits.order_count && list_codes(c, &limits, &p)) return fail(c, &p);
  c->by_code = limits.order_count > 0;
  return mark_next(base);
}

static int mark_eof(sqlite3_vtab_cursor *base) { return ((cursor *)(void *)base)->walk.at_end; }

/* Columns -------------------------------------------------------------------- */

static void give_upn(const cursor *c, sqlite3_context *to) {
  const place *at = &c->places[c->next - 1];
  if (at->length)
    sqlite3_result_text64(to, c->upns.bytes + at->upn, at->length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static int mark_column(sqlite3_vtab_cursor *base, sqlite3_context *to, int number) {
  cursor *c = (cursor *)(void *)base;
  enum mark_column column = mark_plan_column(table_of(c)->counts, number);
  problem p;
  if (column == MARK_UPN && !c->counted)
    give_upn(c, to);
  else if (column == MARK_MARKS)
    sqlite3_result_int64(to, c->counts[c->mark]);
  else if (mark_walk_column(&c->walk, to, column, c->mark, &p))
    return fail(c, &p);
  return SQLITE_OK;
}

static int mark_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out) {
  *out = ((cursor *)(void *)base)->rowid;
  return SQLITE_OK;
}

/* Without xCreate: a table is there by its name alone, and only by that. */
#define METHODS                                                                       \
  .xBestIndex = mark_best_index, .xDisconnect = mark_disconnect, .xOpen = mark_open,  \
  .xClose = mark_close, .xFilter = mark_filter, .xNext = mark_next, .xEof = mark_eof, \
  .xColumn = mark_column, .xRowid = mark_rowid

static const sqlite3_module marks = {.xConnect = mark_connect, METHODS};
static const sqlite3_module counts = {.xConnect = count_connect, METHODS};

static status is_registered(db *d, bool *out, problem *p) {
  statement *q = db_statement(d, "SELECT 1 FROM pragma_module_list WHERE name = 'mark_count'", p);
  if (!q) return STATUS_FAULT;
  status failed = db_step(q, out, p);
  db_reset(q);
  return failed;
}

status mark_table_register(store *s, problem *p) {
  db *d = store_db(s);
  bool is_there = false;
  status failed = is_registered(d, &is_there, p);
  if (failed || is_there) return failed;
  if (sqlite3_create_module_v2(db_handle(d), "mark", &marks, s, NULL) != SQLITE_OK ||
      sqlite3_create_module_v2(db_handle(d), "mark_count", &counts, s, NULL) != SQLITE_OK)
    return db_failed(d, p);
  /* Connect them now: a guarded query could not. */
  failed = db_exec(d, "SELECT * FROM mark LIMIT 0", p);
  return failed ? failed : db_exec(d, "SELECT * FROM mark_count LIMIT 0", p);
}
