/* row_digests: owns the columns `row_digest`, and the table `schema_digest`, which has what they
 * cannot: the digests of the schema.
 *
 * 1. What columns a table has is read from the schema: none can be forgotten.
 * 2. A table that is as it was is left alone: a migration hides no damage.
 * 3. `suggestion` has none: it is compared with the events that it follows from. */
#include "store/db/row_digests.h"

#include <string.h>

/* `whom`: the person or the file that the row `row_key` is about, so that people know where to
 * look. `grows`: rows are numbered from 1, and never removed. */
static const struct {
  const char *name, *whom;
  bool grows;
} tables[] = {
#define PUPIL "SELECT trim(p.forename || ' ' || p.surname) FROM pupil p WHERE p.id = "
#define ENROLLED PUPIL "(SELECT e.pupil FROM enrolment e WHERE e.id = "
#define EVENT PUPIL "(SELECT v.pupil FROM event v WHERE v.id = "
    {"settings", NULL, true},
    {"code", NULL, false},
    {"import", "SELECT file FROM import WHERE id = row_key", true},
    {"import_row", NULL, false},
    {"first_marks", NULL, false},
    {"school", "SELECT key FROM school WHERE id = row_key", false},
    {"school_alias",
     "SELECT k.key FROM school_alias a JOIN school k ON k.id = a.school WHERE a.text = row_key",
     false},
    {"calendar_day", NULL, false},
    {"pupil", PUPIL "row_key", true},
    {"upn_alias", PUPIL "(SELECT a.pupil FROM upn_alias a WHERE a.upn = row_key)", false},
    {"enrolment", ENROLLED "row_key)", true},
    {"contact", PUPIL "(SELECT c.pupil FROM contact c WHERE c.id = row_key)", true},
    {"slot", NULL, false},
    {"sheet",
     "SELECT printf('the register of %s of %s', (SELECT key FROM school WHERE id = s.school),"
     " date(s.day * 86400, 'unixepoch')) FROM sheet s WHERE s.key = row_key",
     false},
    {"coverage", NULL, false},
    {"amendment", ENROLLED "(SELECT a.enrolment FROM amendment a WHERE a.id = row_key))", true},
    {"mark_detail", ENROLLED "(SELECT a.enrolment FROM mark_detail a WHERE a.id = row_key))", true},
    {"declaration", NULL, false},
    {"run", NULL, true},
    {"run_failure", NULL, false},
    {"event", EVENT "row_key)", true},
    {"entry", EVENT "row_key)", false},
    {"list", NULL, true},
    {"list_row", NULL, false},
    {"action", NULL, false},
    {"hook_place", "SELECT row_key", false},
    {"effect", EVENT "(SELECT f.event FROM effect f WHERE f.id = row_key))", true},
    {"plugin_state", "SELECT plugin FROM plugin_state WHERE id = row_key", true},
    {"school_event",
     "SELECT k.key FROM school_event v JOIN school k ON k.id = v.school"
     " WHERE v.id = row_key",
     true},
    {"pattern", NULL, true},
    {"plugin_digest", NULL, true},
    {"withdrawal", NULL, false},
    {"looked_at", NULL, false},
};

enum { TABLES = sizeof tables / sizeof *tables };

#define SCHEMA_ROW "row_digest(type, name, tbl_name, sql)"

/* Columns ----------------------------------------------------------------------- */

/* The columns of a table that are kept, as a list of SQL; and its key as one text. */
typedef struct columns {
  char *list, *key; /* sqlite3_free */
} columns;

static void columns_free(columns *of) {
  sqlite3_free(of->list);
  sqlite3_free(of->key);
  *of = (columns){0};
}

static status columns_of(db *d, const char *name, columns *out, problem *p) {
  bool row = false;
  statement *q =
      db_statement(d,
                   "WITH c AS (SELECT '\"' || name || '\"' AS name, pk FROM pragma_table_xinfo(?1)"
                   " WHERE hidden = 0 ORDER BY cid)"
                   " SELECT (SELECT group_concat(name) FROM c), ifnull((SELECT group_concat(name, "
                   "' || ''/'' || ')"
                   "   FROM (SELECT name FROM c WHERE pk > 0 ORDER BY pk)), 'rowid')",
                   p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, slice_of(name));
  status s = db_step(q, &row, p);
  if (s) return s;
  out->list = sqlite3_mprintf("%s", db_column_shown(q, 0));
  out->key = sqlite3_mprintf("%s", db_column_shown(q, 1));
  db_reset(q);
  if (out->list && out->key) return STATUS_OK;
  columns_free(out);
  return problem_no_memory(p);
}

/* Run SQL that sqlite3_mprintf made, and free it. */
static status run_made(db *d, char *sql, problem *p) {
  status s = sql ? db_exec(d, sql, p) : problem_no_memory(p);
  sqlite3_free(sql);
  return s;
}

/* One text that SQL says of a table: "" for NULL. Free it with sqlite3_free. `sql` is a literal. */
static status text_of(db *d, const char *sql, const char *name, char **out, problem *p) {
  bool row = false;
  statement *q = db_statement(d, sql, p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, slice_of(name));
  status s = db_step(q, &row, p);
  if (s) return s;
  *out = sqlite3_mprintf("%s", row ? db_column_shown(q, 0) : "");
  db_reset(q);
  return *out ? STATUS_OK : problem_no_memory(p);
}

/* Where in the text of a table its columns end. */
static const char *columns_end(const char *sql) {
  static const char *const constraints[] = {"PRIMARY KEY (", "UNIQUE ("};
  const char *end = strrchr(sql, ')');
  for (size_t i = 0; i < sizeof constraints / sizeof *constraints; i++) {
    const char *at = strstr(sql, constraints[i]);
    while (at && at > sql && at[-1] == ' ') at--;
    if (at && at > sql && at[-1] == ',' && at - 1 < end) end = at - 1;
  }
  return end;
}

/* SQLite adds no column that is kept, so the table is made anew, from its text. */
static status renew_table(db *d, const char *name, problem *p) {
  static const char table_sql[] =
      "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1";
  static const char beside_sql[] =
      "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE tbl_name = ?1"
      " AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid)";
  static const char column[] = ", row_digest INTEGER AS (", end[] = ") STORED";
  columns of = {0};
  char *sql = NULL, *beside = NULL, *wanted = NULL;
  status s = columns_of(d, name, &of, p);
  if (!s && !(wanted = sqlite3_mprintf("%srow_digest(%s)%s", column, of.list, end)))
    s = problem_no_memory(p);
  if (!s) s = text_of(d, table_sql, name, &sql, p);
  if (!s && wanted && !strstr(sql, wanted)) s = text_of(d, beside_sql, name, &beside, p);
  if (!s && beside) {
    const char *from = strstr(sql, column), *after = from ? strstr(from, end) : NULL;
    if (after)
      after += strlen(end);
    else
      from = after = columns_end(sql);
    s = run_made(d,
                 sqlite3_mprintf("CREATE TABLE renewed AS SELECT %s FROM %s; DROP TABLE %s;"
                                 "%.*s%s%s; INSERT INTO %s (%s) SELECT * FROM renewed;"
                                 "DROP TABLE renewed; %s",
                                 of.list, name, name, (int)(from - sql), sql, wanted, after, name,
                                 of.list, beside),
                 p);
  }
  columns_free(&of);
  sqlite3_free(wanted);
  sqlite3_free(sql);
  sqlite3_free(beside);
  return s;
}

status row_digests_renew(db *d, problem *p) {
  char *without = NULL;
  status s = STATUS_OK;
  for (int i = 0; i < TABLES && !s; i++) s = renew_table(d, tables[i].name, p);
  if (!s)
    s = text_of(d,
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> ?1"
                " AND name <> 'schema_digest' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'"
                " AND name NOT IN (SELECT t.name FROM sqlite_schema t, pragma_table_xinfo(t.name) c"
                "   WHERE t.type = 'table' AND c.name = 'row_digest')",
                "suggestion", &without, p);
  if (!s && *without)
    s = problem_set(p, STATUS_FAULT, NULL, "the table %s has no digests", without);
  sqlite3_free(without);
  if (!s)
    s = db_exec(d,
                "DELETE FROM schema_digest; INSERT INTO schema_digest"
                " SELECT type || ' ' || name, " SCHEMA_ROW " FROM sqlite_schema",
                p);
  return s;
}

/* Comparing --------------------------------------------------------------------- */

typedef struct comparison {
  db *d;
  void (*differs)(void *context, const char *sentence);
  void *context;
  bool whole; /* no table and no view differs */
} comparison;

/* Rows of what differs: a sentence each, and whether without it nothing can be compared. Takes
 * `sql`, which sqlite3_mprintf made. */
static status each_sentence(comparison *c, char *sql, problem *p) {
  bool row = true;
  statement *q = sql ? db_prepare(c->d, slice_of(sql), p) : NULL;
  status s = q ? STATUS_OK : sql ? STATUS_FAULT : problem_no_memory(p);
  while (!s && !(s = db_step(q, &row, p)) && row) {
    if (db_column_int(q, 1)) c->whole = false;
    c->differs(c->context, db_column_shown(q, 0));
  }
  db_finalize(q);
  sqlite3_free(sql);
  return s;
}

static status compare_schema(comparison *c, problem *p) {
  int64_t there = 0;
  status s = db_number(c->d, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_digest'", 0,
                       0, &there, p);
  if (!s && !there) {
    c->whole = false;
    c->differs(c->context, "the table schema_digest is gone");
  }
  if (s || !there) return s;
  return each_sentence(
      c,
      sqlite3_mprintf(
          "%s",
          "SELECT printf('the %s %s is not %s', s.type, s.name,"
          "   iif(d.of IS NULL, 'one of Waymark''s', 'as Waymark made it')),"
          "   d.of IS NOT NULL AND s.type IN ('table', 'view')"
          " FROM sqlite_schema s LEFT JOIN schema_digest d ON d.of = s.type || ' ' || s.name"
          " WHERE d.digest IS NOT " SCHEMA_ROW " UNION ALL SELECT printf('the %s is gone', of),"
          "   of GLOB 'table *' OR of GLOB 'view *' FROM schema_digest"
          " WHERE of NOT IN (SELECT type || ' ' || name FROM sqlite_schema)"),
      p);
}

static status compare_table(comparison *c, int number, problem *p) {
  const char *name = tables[number].name, *whom = tables[number].whom;
  columns of = {0};
  status s = columns_of(c->d, name, &of, p);
  if (!s)
    s = each_sentence(
        c,
        sqlite3_mprintf(
            "SELECT printf('row %%s of the table %s%%s is not what was recorded', row_key,"
            " ' (' || (%s) || ')'), 0 FROM (SELECT %s AS row_key FROM %s NOT INDEXED"
            " WHERE row_digest IS NOT row_digest(%s))",
            name, whom ? whom : "NULL", of.key, name, of.list),
        p);
  if (!s && tables[number].grows)
    s = each_sentence(
        c,
        sqlite3_mprintf(
            "SELECT iif(id = before + 2, printf('row %%d of the table %s is gone', id - 1),"
            " printf('rows %%d to %%d of the table %s are gone', before + 1, id - 1)), 0"
            " FROM (SELECT id, lag(id, 1, 0) OVER (ORDER BY id) AS before FROM %s)"
            " WHERE id <> before + 1",
            name, name, name),
        p);
  columns_free(&of);
  return s;
}

status row_digests_compare(db *d, void (*differs)(void *context, const char *sentence),
                           void *context, bool *whole, problem *p) {
  comparison c = {.d = d, .differs = differs, .context = context, .whole = true};
  status s = compare_schema(&c, p);
  for (int i = 0; i < TABLES && !s && c.whole; i++) s = compare_table(&c, i, p);
  *whole = c.whole && !s;
  return s;
}
