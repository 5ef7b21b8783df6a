/* log: the triggers are made of the tables' columns, as they are today. */
#include "store/import/log.h"

#include "store/sheet/rows.h"

/* Tables whose rows are numbered, and never removed but by `removed-schools`. */
static const struct {
  const char *name, *last; /* the last row's number */
} tables[IMPORT_LOG_TABLES] = {
    {"school", "SELECT max(id) FROM school"},
    {"pupil", "SELECT max(id) FROM pupil"},
    {"enrolment", "SELECT max(id) FROM enrolment"},
    {"contact", "SELECT max(id) FROM contact"},
};

/* A row of a table as JSON; `row`: what stands before its columns. Free with sqlite3_free. */
static status row_as_json(db *d, const char *table, const char *row, char **out, problem *p) {
  bool found = false;
  statement *q = db_statement(d,
                              "SELECT 'json_object(' || group_concat('''' || name || ''', ' || ?2"
                              " || '.\"' || name || '\"', ', ') || ')'"
                              " FROM pragma_table_xinfo(?1) WHERE hidden = 0",
                              p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, slice_of(table));
  db_bind_text(q, 2, slice_of(row));
  status s = db_step(q, &found, p);
  if (s) return s;
  *out = sqlite3_mprintf("%s", db_column_shown(q, 0));
  db_reset(q);
  return *out ? STATUS_OK : problem_no_memory(p);
}

/* Run SQL that sqlite3_mprintf made, and free it. */
static status run_made(db *d, char *sql, problem *p) {
  status s = sql ? db_exec(d, sql, p) : problem_no_memory(p);
  sqlite3_free(sql);
  return s;
}

/* A trigger: at `event` on `table`, and `when`, `row` (old or new) is kept with the number `first`,
 * if none is kept with it yet. `of`: what it is kept as. */
typedef struct watch {
  const char *table, *event, *when, *of, *first, *row;
} watch;

static status add_watch(const import_log *log, db *d, const watch *w, problem *p) {
  char *json = NULL;
  status s = row_as_json(d, w->table, w->row, &json, p);
  if (!s)
    s = run_made(
        d,
        sqlite3_mprintf("CREATE TEMP TRIGGER \"import_log %s %s\" %s ON main.%s WHEN %s"
                        " BEGIN INSERT INTO import_row (import, of, first, last, was)"
                        " SELECT %lld, '%s', n, n, %s FROM (SELECT %s AS n) WHERE NOT"
                        " EXISTS (SELECT 1 FROM import_row x WHERE x.import = %lld"
                        " AND x.of = '%s' AND x.first = n); END",
                        w->of, w->event, w->event, w->table, w->when, (long long)log->import, w->of,
                        json, w->first, (long long)log->import, w->of),
        p);
  sqlite3_free(json);
  return s;
}

/* A row of a table of `tables` changes, or is taken out. One that this import added is no other
 * one when it changes again. */
static status watch_table(const import_log *log, db *d, int table, problem *p) {
  const char *name = tables[table].name;
  char *when = sqlite3_mprintf("old.id <= %lld", (long long)log->last[table]);
  const watch changed = {name, "BEFORE UPDATE", when, name, "old.id", "old"},
              removed = {name, "BEFORE DELETE", when, name, "old.id", "old"};
  status s = when ? add_watch(log, d, &changed, p) : problem_no_memory(p);
  if (!s) s = add_watch(log, d, &removed, p);
  sqlite3_free(when);
  return s;
}

/* Names of before come and go: each is kept, in the order in which it happens. */
static status watch_aliases(const import_log *log, db *d, problem *p) {
  /* the highest of each is found without reading all of them */
  char *next = sqlite3_mprintf(
      "(SELECT ifnull(max(n), 0) + 1 FROM (SELECT (SELECT max(first) FROM import_row"
      " WHERE import = %lld AND of = column1) AS n FROM (VALUES ('upn_alias added'),"
      " ('upn_alias removed'), ('school_alias added'), ('school_alias removed'))))",
      (long long)log->import);
  const watch all[] = {
      {"upn_alias", "AFTER INSERT", "true", "upn_alias added", next, "new"},
      {"upn_alias", "AFTER DELETE", "true", "upn_alias removed", next, "old"},
      {"school_alias", "AFTER INSERT", "true", "school_alias added", next, "new"},
      {"school_alias", "AFTER DELETE", "true", "school_alias removed", next, "old"},
      {"school_alias", "BEFORE UPDATE", "true", "school_alias removed", next, "old"},
      {"school_alias", "AFTER UPDATE", "true", "school_alias added", next, "new"},
  };
  status s = next ? STATUS_OK : problem_no_memory(p);
  for (size_t k = 0; k < sizeof all / sizeof *all && !s; k++) s = add_watch(log, d, &all[k], p);
  sqlite3_free(next);
  return s;
}

/* A day of a calendar is put in place of another, or is a new one. */
static status watch_calendar(const import_log *log, db *d, problem *p) {
  static const char day_key[] = SHEET_KEY("new.school", "new.day");
  char *json = NULL;
  status s = row_as_json(d, "calendar_day", "c", &json, p);
  if (!s)
    s = run_made(d,
                 sqlite3_mprintf("CREATE TEMP TRIGGER \"import_log calendar_day\" BEFORE INSERT"
                                 " ON main.calendar_day BEGIN INSERT OR IGNORE INTO import_row"
                                 " (import, of, first, last, was) VALUES (%lld, 'calendar_day', %s,"
                                 " %s, (SELECT %s FROM calendar_day c WHERE c.school = new.school"
                                 " AND c.day = new.day)); END",
                                 (long long)log->import, day_key, day_key, json),
                 p);
  sqlite3_free(json);
  return s;
}

status import_log_begin(import_log *log, db *d, problem *p) {
  status s = db_number(d, "SELECT max(id) FROM import", 0, 0, &log->import, p);
  log->import++;
  for (int t = 0; t < IMPORT_LOG_TABLES && !s; t++) {
    s = db_number(d, tables[t].last, 0, 0, &log->last[t], p);
    if (!s) s = watch_table(log, d, t, p);
  }
  if (!s) s = watch_aliases(log, d, p);
  return s ? s : watch_calendar(log, d, p);
}

/* Rows of a table that were added, or a school that was touched. */
static status keep(const import_log *log, db *d, const char *of, int64_t first, int64_t last,
                   problem *p) {
  statement *add =
      db_statement(d, "INSERT INTO import_row (import, of, first, last) VALUES (?, ?, ?, ?)", p);
  if (!add) return STATUS_FAULT;
  db_bind_int(add, 1, log->import);
  db_bind_text(add, 2, slice_of(of));
  db_bind_int(add, 3, first);
  db_bind_int(add, 4, last);
  return db_run(add, p);
}

status import_log_school(const import_log *log, db *d, int64_t school, problem *p) {
  return keep(log, d, "touched", school, school, p);
}

status import_log_end(const import_log *log, db *d, problem *p) {
  bool row = false;
  statement *q = db_statement(
      d,
      "SELECT group_concat(printf('DROP TRIGGER temp.\"%w\"', name), ';') FROM sqlite_temp_schema"
      " WHERE type = 'trigger' AND name GLOB 'import_log *'",
      p);
  status s = q ? db_step(q, &row, p) : STATUS_FAULT;
  char *drop = s ? NULL : sqlite3_mprintf("%s", db_column_shown(q, 0));
  db_reset(q);
  if (!s) s = run_made(d, drop, p);
  for (int t = 0; t < IMPORT_LOG_TABLES && !s; t++) {
    int64_t now = 0;
    s = db_number(d, tables[t].last, 0, 0, &now, p);
    if (!s && now > log->last[t]) s = keep(log, d, tables[t].name, log->last[t] + 1, now, p);
  }
  return s;
}
