/* store: owns a workspace file that is open, its codes and the calendars of the settings.
 *
 * 1. The codes in memory are those in the file, but after a rollback (store_reload).
 * 2. Days are checked where they come in, from the host and from the file: who gets them
 *    may count on dates that ascend between DATE_FIRST and DATE_LAST. */
#include "store/store.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "store/db/disk.h"
#include "store/db/part.h"
#include "store/db/schema.h"
#include "store/people/schools.h"

typedef struct default_days {
  buffer key;       /* folded; empty for every school */
  school_day *days; /* [count], ascending */
  size_t count;
} default_days;

struct store {
  db *db;
  code_set codes;
  default_days *defaults; /* [default_count] */
  size_t default_count, default_room;
  buffer warning; /* NUL-ended, or nothing */
  buffer groups;  /* see store_show_groups */
};

/* Opening -------------------------------------------------------------------- */

status store_create(const char *path, buffer *warning, problem *p) {
  part t = {.fd = -1};
  db *d = NULL;
  status s = disk_check(path, warning, p);
  if (!s) s = part_begin(path, &t, p);
  if (!s) s = db_open(t.path.bytes, DB_CREATE, &d, p);
  if (!s) s = schema_migrate(d, p);
  if (!s) s = db_log(d, p);
  db_close(d);
  if (!s) s = part_place(&t, p);
  part_end(&t);
  return s;
}

static status open_file(store *w, const char *path, enum db_mode mode, problem *p) {
  int version = 0;
  if (access(path, F_OK) != 0)
    return problem_set(p, STATUS_NOT_FOUND, "make a workspace with: waymark init DIR",
                       "there is no workspace here (%s)", path);
  status s = db_open(path, mode, &w->db, p);
  if (!s) s = schema_read(w->db, path, &version, p);
  if (!s && version <= 0)
    s = problem_set(p, STATUS_REFUSED, "check the folder", "%s is not a Waymark workspace", path);
  if (!s && mode == DB_READ && version < schema_version())
    s = problem_set(p, STATUS_REFUSED, "run any changing command once, for example: waymark today",
                    "%s was written by an older Waymark (data version %d)", path, version);
  if (!s && mode == DB_WRITE) s = db_log(w->db, p);
  if (!s && mode == DB_WRITE) s = schema_migrate(w->db, p);
  return s ? s : store_reload(w, p);
}

status store_open(const char *path, enum db_mode mode, store **out, problem *p) {
  store *w = mem_new(1, sizeof *w);
  if (!w) return problem_no_memory(p);
  status s = disk_check(path, &w->warning, p);
  if (!s) s = open_file(w, path, mode, p);
  if (s)
    store_close(w);
  else
    *out = w;
  return s;
}

const char *store_warning(const store *w) { return w->warning.bytes; }

static void free_default(default_days *d) {
  buffer_free(&d->key);
  mem_free(d->days);
}

void store_close(store *w) {
  if (!w) return;
  for (size_t i = 0; i < w->default_count; i++) free_default(&w->defaults[i]);
  mem_free(w->defaults);
  buffer_free(&w->warning);
  buffer_free(&w->groups);
  db_close(w->db);
  mem_free(w);
}

status store_open_beside(const store *w, int64_t mapped, store **out, problem *p) {
  store *other = mem_new(1, sizeof *other);
  if (!other) return problem_no_memory(p);
  status s = open_file(other, sqlite3_db_filename(db_handle(w->db), "main"), DB_READ, p);
  char sql[96]; /* little is read twice: a small cache is enough */
  (void)snprintf(sql, sizeof sql, "PRAGMA mmap_size = %lld; PRAGMA cache_size = -4000",
                 (long long)mapped);
  if (!s) s = db_exec(other->db, sql, p);
  for (size_t i = 0; !s && i < w->default_count; i++) {
    const default_days *d = &w->defaults[i];
    s = store_default_days(other, buffer_slice(&d->key), d->days, d->count, p);
  }
  if (!s) s = store_show_groups(other, store_shown_groups(w), p);
  if (s) {
    store_close(other);
    return s;
  }
  other->codes = w->codes;
  *out = other;
  return STATUS_OK;
}

db *store_db(store *w) { return w->db; }

status store_show_groups(store *w, slice headings, problem *p) {
  buffer_clear(&w->groups);
  buffer_add(&w->groups, headings.at, headings.length);
  return buffer_status(&w->groups, p);
}

slice store_shown_groups(const store *w) {
  return w->groups.length ? buffer_slice(&w->groups) : slice_of("[]");
}

/* Codes ---------------------------------------------------------------------- */

const code_set *store_codes(const store *w) { return &w->codes; }

status store_reload(store *w, problem *p) {
  code_set codes = {0};
  statement *q = db_statement(
      w->db, "SELECT byte, text, physical, from_day, to_day FROM code ORDER BY byte", p);
  if (!q) return STATUS_FAULT;
  bool row;
  status s;
  while (!(s = db_step(q, &row, p)) && row) {
    code c = {.physical = db_column_int(q, 2) != 0,
              .from = db_column_day(q, 3),
              .to = db_column_day(q, 4)};
    slice text = db_column_text(q, 1);
    if (text.length < CODE_TEXT) memcpy(c.text, text.at, text.length);
    s = code_set_put(&codes, (mark)db_column_int(q, 0), &c, p);
    if (s) break;
  }
  db_reset(q);
  if (!s) w->codes = codes;
  return s;
}

status store_codes_add(store *w, enum mark_class c, const code *what, slice meaning, mark *out,
                       problem *p) {
  mark m = MARK_NONE;
  for (unsigned i = 1; i <= CODES_A_CLASS && m == MARK_NONE; i++) {
    const code *known = &w->codes.of[(unsigned)c << 4 | i];
    if (known->text[0] && strcmp(known->text, what->text) == 0 && known->from == what->from &&
        known->to == what->to)
      m = (mark)((unsigned)c << 4 | i);
  }
  if (m == MARK_NONE) {
    if (db_is_read_only(w->db))
      return problem_set(
          p, STATUS_REFUSED, "run a changing command once, for example: waymark today",
          "the code \"%s\" is new and the workspace is open for reading only", what->text);
    code_set codes = w->codes;
    status s = code_set_add(&codes, c, what, &m, p);
    if (s) return s;
    statement *q =
        db_statement(w->db,
                     "INSERT INTO code (byte, text, class, meaning, physical, from_day, to_day)"
                     " VALUES (?, ?, ?, ifnull(?, ''), ?, ?, ?)",
                     p);
    if (!q) return STATUS_FAULT;
    db_bind_int(q, 1, m);
    db_bind_text(q, 2, slice_of(what->text));
    db_bind_text(q, 3, slice_of(class_name(c)));
    db_bind_text(q, 4, meaning);
    db_bind_int(q, 5, what->physical);
    db_bind_day(q, 6, what->from);
    db_bind_day(q, 7, what->to);
    s = db_run(q, p);
    if (s) return s;
    w->codes = codes;
  }
  if (out) *out = m;
  return STATUS_OK;
}

status store_code_meaning(store *w, mark m, buffer *out, problem *p) {
  statement *q = db_statement(w->db, "SELECT meaning FROM code WHERE byte = ?", p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, m);
  bool row;
  status s = db_step(q, &row, p);
  if (!s && row) {
    slice meaning = db_column_text(q, 0);
    buffer_add(out, meaning.at, meaning.length);
  }
  db_reset(q);
  return s ? s : buffer_status(out, p);
}

/* Settings ------------------------------------------------------------------- */

status store_last_settings(store *w, buffer *out, int64_t *at, bool *found, problem *p) {
  statement *q = db_statement(w->db, "SELECT at, text FROM settings ORDER BY id DESC LIMIT 1", p);
  if (!q) return STATUS_FAULT;
  status s = db_step(q, found, p);
  if (!s && *found) {
    slice text = db_column_text(q, 1);
    *at = db_column_int(q, 0);
    buffer_add(out, text.at, text.length);
  }
  db_reset(q);
  return s ? s : buffer_status(out, p);
}

status store_settings(store *w, slice text, int64_t at, bool *kept, problem *p) {
  buffer last = {0};
  int64_t when;
  bool found = false;
  status s = store_last_settings(w, &last, &when, &found, p);
  *kept = !s && (!found || !slice_equal(buffer_slice(&last), text));
  buffer_free(&last);
  if (!*kept) return s;
  statement *q =
      db_statement(w->db, "INSERT INTO settings (at, text) VALUES (?, ifnull(?, ''))", p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, at);
  db_bind_text(q, 2, text);
  return db_run(q, p);
}

/* Calendars ------------------------------------------------------------------ */

static default_days *find_default(store *w, slice key) {
  for (size_t i = 0; i < w->default_count; i++)
    if (slice_equal(buffer_slice(&w->defaults[i].key), key)) return &w->defaults[i];
  return NULL;
}

status store_default_days(store *w, slice school_key, const school_day *days, size_t count,
                          problem *p) {
  for (size_t i = 0; i < count; i++) {
    if (days[i].on < DATE_FIRST || days[i].on > DATE_LAST)
      return problem_set(p, STATUS_RANGE, "give days from 1900 to 2199",
                         "the calendar has a day of no date (%d)", days[i].on);
    if (i == 0 || days[i].on > days[i - 1].on) continue;
    char text[DATE_TEXT];
    date_format(days[i].on, text);
    return problem_set(p, STATUS_RANGE, "list each day once, in order",
                       "the calendar has %s twice or out of order", text);
  }
  default_days d = {.count = count, .days = mem_new(count, sizeof *days)};
  school_fold_key(&d.key, school_key);
  if (d.days && count) memcpy(d.days, days, count * sizeof *days);
  status s = d.days ? buffer_status(&d.key, p) : problem_no_memory(p);
  default_days *old = s ? NULL : find_default(w, buffer_slice(&d.key));
  if (!s && !old)
    s = array_grow(&w->defaults, w->default_count, &w->default_room, sizeof *w->defaults, p);
  if (s) {
    free_default(&d);
    return s;
  }
  if (old)
    free_default(old);
  else
    old = &w->defaults[w->default_count++];
  *old = d;
  return STATUS_OK;
}

status store_days(store *w, int64_t school, school_day **out, size_t *count, problem *p) {
  const default_days *under = NULL; /* the calendar of the settings, if there is one */
  school_day *over = NULL, *merged = NULL;
  size_t over_count = 0, room = 0, n = 0, i = 0, k = 0;
  buffer plain = {0}, key = {0};
  status s = school_key(w->db, school, &plain, p);
  if (!s) school_fold_key(&key, buffer_slice(&plain));
  if (!s) s = buffer_status(&key, p);
  if (!s) under = find_default(w, buffer_slice(&key));
  if (!s && !under) under = find_default(w, (slice){"", 0});
  buffer_free(&plain);
  buffer_free(&key);
  size_t under_count = under ? under->count : 0;

  statement *q =
      s ? NULL
        : db_statement(w->db, "SELECT day, am, pm FROM calendar_day WHERE school = ? ORDER BY day",
                       p);
  if (!q) return s ? s : STATUS_FAULT;
  db_bind_int(q, 1, school);
  for (bool row = true; !(s = db_step(q, &row, p)) && row;) {
    int64_t on = db_column_int(q, 0);
    if (on < DATE_FIRST || on > DATE_LAST)
      s = problem_set(p, STATUS_CORRUPT, "look at all of it with: waymark check",
                      "a school's calendar has a day of no date (%lld)", (long long)on);
    if (!s) s = array_grow(&over, over_count, &room, sizeof *over, p);
    if (s) break;
    over[over_count++] =
        (school_day){(day)on, {db_column_int(q, 1) != 0, db_column_int(q, 2) != 0}};
  }
  db_reset(q);

  if (!s && !(merged = mem_new(under_count + over_count, sizeof *merged))) s = problem_no_memory(p);
  /* Two ascending lists as one; where both have a day, the imported one wins. */
  while (merged && (i < under_count || k < over_count)) {
    if (k == over_count || (i < under_count && under->days[i].on < over[k].on)) {
      merged[n++] = under->days[i++];
    } else {
      if (i < under_count && under->days[i].on == over[k].on) i++;
      merged[n++] = over[k++];
    }
  }
  mem_free(over);
  if (s) return s;
  *count = n;
  *out = merged;
  return STATUS_OK;
}

status store_calendar(store *w, int64_t school, calendar *out, problem *p) {
  school_day *days = NULL;
  size_t count = 0;
  status s = store_days(w, school, &days, &count, p);
  if (s) return s;
  s = calendar_build(days, count, out, p);
  mem_free(days);
  return s;
}
