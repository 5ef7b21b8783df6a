/* store: see store.h. */
#include "store/store.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef struct default_days {
  buffer key;       /* folded; empty for every school */
  school_day *days; /* [count], ascending */
  size_t count;
} default_days;

struct store {
  db *db;
  code_set codes;
  default_days *defaults; /* [default_count] */
  size_t default_count;
};

static slice bytes_of(const buffer *b) { return (slice){b->bytes, b->length}; }

/* Opening -------------------------------------------------------------------- */

static status load_code(statement *row, code_set *codes, problem *p) {
  code c = {.physical = (int)db_column_int(row, 2) != 0,
            .from = db_column_day(row, 3),
            .to = db_column_day(row, 4)};
  slice text = db_column_text(row, 1);
  size_t n = text.length < CODE_TEXT ? text.length : 0;
  memcpy(c.text, text.at, n);
  return code_set_put(codes, (mark)(int)db_column_int(row, 0), &c, p);
}

status store_reload(store *s, problem *p) {
  code_set codes = {0};
  statement *all = db_statement(
      s->db, "SELECT byte, text, physical, from_day, to_day FROM code ORDER BY byte", p);
  if (!all) return STATUS_FAULT;
  bool row;
  status t;
  while (!(t = db_step(all, &row, p)) && row) {
    t = load_code(all, &codes, p);
    if (t) break;
  }
  db_reset(all);
  if (!t) s->codes = codes;
  return t;
}

status store_open(const char *path, enum db_mode mode, store **out, problem *p) {
  store *s = mem_new(1, sizeof *s);
  if (!s) return problem_no_memory(p);
  status t = db_open(path, mode, &s->db, p);
  if (!t) t = store_reload(s, p);
  if (t) {
    store_close(s);
    return t;
  }
  *out = s;
  return STATUS_OK;
}

static void free_default(default_days *d) {
  buffer_free(&d->key);
  mem_free(d->days);
}

void store_close(store *s) {
  if (!s) return;
  for (size_t i = 0; i < s->default_count; i++) free_default(&s->defaults[i]);
  mem_free(s->defaults);
  db_close(s->db);
  mem_free(s);
}

static status copy_defaults(store *to, const store *from, problem *p) {
  status t = STATUS_OK;
  for (size_t i = 0; !t && i < from->default_count; i++) {
    const default_days *d = &from->defaults[i];
    t = store_default_days(to, bytes_of(&d->key), d->days, d->count, p);
  }
  return t;
}

/* Little is read twice: a small cache is enough. */
static status map_at_most(const store *s, int64_t bytes, problem *p) {
  char sql[96];
  (void)snprintf(sql, sizeof sql, "PRAGMA mmap_size = %lld; PRAGMA cache_size = -4000",
                 (long long)bytes);
  return db_exec(s->db, sql, p);
}

status store_open_beside(const store *s, int64_t mapped, store **out, problem *p) {
  store *beside = NULL;
  status t = store_open(sqlite3_db_filename(db_handle(s->db), "main"), DB_READ, &beside, p);
  if (t) return t;
  assert(beside);
  t = map_at_most(beside, mapped, p);
  if (!t) t = copy_defaults(beside, s, p);
  if (t) {
    store_close(beside);
    return t;
  }
  beside->codes = s->codes;
  *out = beside;
  return STATUS_OK;
}

db *store_db(store *s) { return s->db; }
const code_set *store_codes(const store *s) { return &s->codes; }

/* Codes ---------------------------------------------------------------------- */

static bool same_code(const code *a, const code *b) {
  return strcmp(a->text, b->text) == 0 && a->from == b->from && a->to == b->to;
}

static mark find_same(const store *s, enum mark_class c, const code *what) {
  for (unsigned i = 1; i <= CODES_A_CLASS; i++) {
    mark m = (mark)((unsigned)c << 4 | i);
    if (s->codes.of[m].text[0] && same_code(&s->codes.of[m], what)) return m;
  }
  return MARK_NONE;
}

static status insert_code(store *s, mark m, const code *what, slice meaning, problem *p) {
  statement *add =
      db_statement(s->db,
                   "INSERT INTO code (byte, text, class, meaning, physical, from_day, to_day)"
                   " VALUES (?, ?, ?, ifnull(?, ''), ?, ?, ?)",
                   p);
  if (!add) return STATUS_FAULT;
  db_bind_int(add, 1, m);
  db_bind_text(add, 2, slice_of(what->text));
  db_bind_text(add, 3, slice_of(class_name(mark_class_of(m))));
  db_bind_text(add, 4, meaning);
  db_bind_int(add, 5, what->physical);
  db_bind_day(add, 6, what->from);
  db_bind_day(add, 7, what->to);
  return db_run(add, p);
}

status store_codes_add(store *s, enum mark_class c, const code *what, slice meaning, mark *out,
                       problem *p) {
  mark m = find_same(s, c, what);
  if (m == MARK_NONE) {
    if (db_is_read_only(s->db))
      return problem_set(
          p, STATUS_REFUSED, "run a changing command once, for example: waymark today",
          "the code \"%s\" is new and the workspace is open for reading only", what->text);
    code_set codes = s->codes;
    status t = code_set_add(&codes, c, what, &m, p);
    if (!t) t = insert_code(s, m, what, meaning, p);
    if (t) return t;
    s->codes = codes;
  }
  if (out) *out = m;
  return STATUS_OK;
}

status store_code_meaning(store *s, mark m, buffer *out, problem *p) {
  statement *find = db_statement(s->db, "SELECT meaning FROM code WHERE byte = ?", p);
  if (!find) return STATUS_FAULT;
  db_bind_int(find, 1, m);
  bool row;
  status t = db_step(find, &row, p);
  slice meaning = !t && row ? db_column_text(find, 0) : (slice){"", 0};
  buffer_add(out, meaning.at, meaning.length);
  db_reset(find);
  return t ? t : buffer_status(out, p);
}

/* Settings ------------------------------------------------------------------- */

status store_last_settings(store *s, buffer *out, int64_t *at, bool *found, problem *p) {
  statement *last =
      db_statement(s->db, "SELECT at, text FROM settings ORDER BY id DESC LIMIT 1", p);
  if (!last) return STATUS_FAULT;
  status t = db_step(last, found, p);
  if (!t && *found) {
    slice text = db_column_text(last, 1);
    *at = db_column_int(last, 0);
    buffer_add(out, text.at, text.length);
  }
  db_reset(last);
  return t ? t : buffer_status(out, p);
}

static status insert_settings(store *s, slice text, int64_t at, problem *p) {
  statement *add =
      db_statement(s->db, "INSERT INTO settings (at, text) VALUES (?, ifnull(?, ''))", p);
  if (!add) return STATUS_FAULT;
  db_bind_int(add, 1, at);
  db_bind_text(add, 2, text);
  return db_run(add, p);
}

status store_settings(store *s, slice text, int64_t at, bool *kept, problem *p) {
  buffer last = {0};
  int64_t when;
  bool found = false;
  status t = store_last_settings(s, &last, &when, &found, p);
  *kept = !t && (!found || !slice_equal(bytes_of(&last), text));
  buffer_free(&last);
  return *kept ? insert_settings(s, text, at, p) : t;
}

/* Calendars ------------------------------------------------------------------ */

void store_fold_key(buffer *to, slice key) {
  for (size_t i = 0; i < key.length; i++) {
    char c = key.at[i];
    if (c == '/' || c == '-' || c == ' ') continue;
    buffer_add_char(to, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
  }
}

static default_days *find_default(store *s, slice key) {
  for (size_t i = 0; i < s->default_count; i++)
    if (slice_equal(bytes_of(&s->defaults[i].key), key)) return &s->defaults[i];
  return NULL;
}

static status check_order(const school_day *days, size_t count, problem *p) {
  for (size_t i = 1; i < count; i++) {
    if (days[i].on > days[i - 1].on) continue;
    char text[DATE_TEXT];
    date_format(days[i].on, text);
    return problem_set(p, STATUS_RANGE, "list each day once, in order",
                       "the calendar has %s twice or out of order", text);
  }
  return STATUS_OK;
}

static status keep_default(store *s, const default_days *what, problem *p) {
  default_days *old = find_default(s, bytes_of(&what->key));
  if (!old) {
    default_days *all = mem_resize(s->defaults, s->default_count + 1, sizeof *all);
    if (!all) return problem_no_memory(p);
    s->defaults = all;
    old = &all[s->default_count++];
  } else {
    free_default(old);
  }
  *old = *what;
  return STATUS_OK;
}

status store_default_days(store *s, slice school_key, const school_day *days, size_t count,
                          problem *p) {
  status t = check_order(days, count, p);
  if (t) return t;
  default_days d = {.count = count};
  store_fold_key(&d.key, school_key);
  d.days = mem_new(count, sizeof *d.days);
  if (d.days && count) memcpy(d.days, days, count * sizeof *days);
  t = d.days && !d.key.failed ? keep_default(s, &d, p) : problem_no_memory(p);
  if (t) free_default(&d);
  return t;
}

static status default_of(store *s, int64_t school, const default_days **out, problem *p) {
  statement *find = db_statement(s->db, "SELECT key FROM school WHERE id = ?", p);
  if (!find) return STATUS_FAULT;
  db_bind_int(find, 1, school);
  bool row;
  status t = db_step(find, &row, p);
  if (!t && !row) t = problem_set(p, STATUS_NOT_FOUND, NULL, "there is no such school");
  buffer key = {0};
  if (!t) store_fold_key(&key, db_column_text(find, 0));
  db_reset(find);
  if (!t) t = buffer_status(&key, p);
  if (!t) *out = find_default(s, bytes_of(&key));
  if (!t && !*out) *out = find_default(s, (slice){"", 0});
  buffer_free(&key);
  return t;
}

/* The imported days of a school, in order, after `count` others in *days. */
static status load_imported(store *s, int64_t school, school_day **days, size_t *count,
                            problem *p) {
  statement *all =
      db_statement(s->db, "SELECT day, am, pm FROM calendar_day WHERE school = ? ORDER BY day", p);
  if (!all) return STATUS_FAULT;
  db_bind_int(all, 1, school);
  size_t room = *count;
  bool row;
  status t;
  while (!(t = db_step(all, &row, p)) && row) {
    if (*count == room) {
      room = room ? room * 2 : 256;
      school_day *more = mem_resize(*days, room, sizeof *more);
      if (!more) {
        t = problem_no_memory(p);
        break;
      }
      *days = more;
    }
    (*days)[(*count)++] =
        (school_day){(int)db_column_int(all, 0),
                     {(int)db_column_int(all, 1) != 0, (int)db_column_int(all, 2) != 0}};
  }
  db_reset(all);
  return t;
}

/* Two ascending lists as one; where both have a day, `over` wins. */
static size_t overlay(const school_day *under, size_t under_count, const school_day *over,
                      size_t over_count, school_day *out) {
  size_t i = 0, k = 0, n = 0;
  while (i < under_count || k < over_count) {
    if (k == over_count || (i < under_count && under[i].on < over[k].on)) {
      out[n++] = under[i++];
    } else {
      if (i < under_count && under[i].on == over[k].on) i++;
      out[n++] = over[k++];
    }
  }
  return n;
}

status store_days(store *s, int64_t school, school_day **out, size_t *count, problem *p) {
  const default_days *under = NULL;
  static const default_days none = {0};
  status t = default_of(s, school, &under, p);
  if (t) return t;
  if (!under) under = &none;
  school_day *over = NULL;
  size_t over_count = 0;
  t = load_imported(s, school, &over, &over_count, p);
  school_day *merged = t ? NULL : mem_new(under->count + over_count, sizeof *merged);
  if (merged) {
    *count = overlay(under->days, under->count, over, over_count, merged);
    *out = merged;
  } else if (!t) {
    t = problem_no_memory(p);
  }
  mem_free(over);
  return t;
}

status store_calendar(store *s, int64_t school, calendar *out, problem *p) {
  school_day *days = NULL;
  size_t count = 0;
  status t = store_days(s, school, &days, &count, p);
  if (t) return t;
  t = calendar_build(days, count, out, p);
  mem_free(days);
  return t;
}
