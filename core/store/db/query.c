/* query: see query.h. */
#include "store/db/query.h"

#include <string.h>

#include "store/sql/mark_table.h"

struct query {
  statement *rows;
  bool done;
};

/* What a person's query may do ---------------------------------------------- */

static bool is_harmless_pragma(const char *name) {
  static const char *const harmless[] = {"table_info",  "table_xinfo",      "table_list",
                                         "index_list",  "index_info",       "index_xinfo",
                                         "view_list",   "foreign_key_list", "function_list",
                                         "module_list", "collation_list",   "compile_options"};
  for (size_t i = 0; name && i < sizeof harmless / sizeof *harmless; i++)
    if (sqlite3_stricmp(name, harmless[i]) == 0) return true;
  return false;
}

static int authorize(void *context, int action, const char *first, const char *second,
                     const char *schema, const char *trigger) {
  (void)context, (void)schema, (void)trigger;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
      return sqlite3_stricmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA: return is_harmless_pragma(first) ? SQLITE_OK : SQLITE_DENY;
    default: return SQLITE_DENY;
  }
}

static status refuse_change(problem *p) {
  return problem_set(p, STATUS_REFUSED, "ask with SELECT; registers change by waymark import",
                     "this statement would do more than read");
}

static status explain_error(sqlite3 *d, int result, problem *p) {
  if (result == SQLITE_NOMEM) return problem_no_memory(p);
  if ((result & 0xFF) == SQLITE_AUTH) return refuse_change(p);
  const char *why = sqlite3_errmsg(d);
  if (strncmp(why, "not authorized", 14) == 0) return refuse_change(p);
  const char *remedy =
      strstr(why, "no such table")
          ? "there are: mark, mark_count, pupils, schools, contacts, suggestions, amendments"
          : "check the query";
  return problem_set(p, STATUS_SYNTAX, remedy, "the query cannot be read: %s", why);
}

/* Anything after the first statement but spaces, comments and semicolons. */
static bool has_more(sqlite3 *d, const char *tail, const char *end) {
  while (tail && tail < end) {
    sqlite3_stmt *another = NULL;
    const char *next = NULL;
    int result = sqlite3_prepare_v2(d, tail, (int)(end - tail), &another, &next);
    (void)sqlite3_finalize(another);
    if (result != SQLITE_OK || another) return true;
    if (next == tail) return false;
    tail = next;
  }
  return false;
}

static status prepare_guarded(sqlite3 *d, slice sql, sqlite3_stmt **out, problem *p) {
  const char *tail = NULL;
  sqlite3_stmt *handle = NULL;
  int result = sqlite3_prepare_v2(d, sql.at, (int)sql.length, &handle, &tail);
  status s = STATUS_OK;
  if (result != SQLITE_OK)
    s = explain_error(d, result, p);
  else if (!handle)
    s = problem_set(p, STATUS_SYNTAX, "for example: SELECT count(*) FROM pupils", "an empty query");
  else if (has_more(d, tail, sql.at + sql.length))
    s = problem_set(p, STATUS_REFUSED, "ask one thing at a time", "there are several statements");
  else if (!sqlite3_stmt_readonly(handle))
    s = refuse_change(p);
  if (s)
    (void)sqlite3_finalize(handle);
  else
    *out = handle;
  return s;
}

/* Beginning ------------------------------------------------------------------ */

static status hold(statement *rows, query **out, problem *p) {
  query *q = rows ? mem_new(1, sizeof *q) : NULL;
  if (!q) {
    db_finalize(rows);
    return rows ? problem_no_memory(p) : p->code;
  }
  *q = (query){.rows = rows};
  *out = q;
  return STATUS_OK;
}

status query_begin(store *s, slice sql, query **out, problem *p) {
  enum { QUERY_MOST = 1000000 };
  if (sql.length > QUERY_MOST || memchr(sql.at, '\0', sql.length))
    return problem_set(p, STATUS_SYNTAX, "give a shorter text without NUL",
                       "the query is not a text that can be read");
  sqlite3 *d = db_handle(store_db(s));
  sqlite3_stmt *handle = NULL;
  status failed = mark_table_register(s, p);
  if (failed) return failed;
  (void)sqlite3_set_authorizer(d, authorize, NULL);
  failed = prepare_guarded(d, sql, &handle, p);
  (void)sqlite3_set_authorizer(d, NULL, NULL);
  return failed ? failed : hold(db_adopt(store_db(s), handle, p), out, p);
}

status query_own(store *s, const char *sql, query **out, problem *p) {
  return hold(db_prepare(store_db(s), slice_of(sql), p), out, p);
}

void query_free(query *q) {
  if (!q) return;
  db_finalize(q->rows);
  mem_free(q);
}

void query_bind_integer(query *q, int i, int64_t value) { db_bind_int(q->rows, i, value); }
void query_bind_text(query *q, int i, slice value) { db_bind_text(q->rows, i, value); }
void query_bind_day(query *q, int i, day value) { db_bind_day(q->rows, i, value); }

/* Rows ----------------------------------------------------------------------- */

int query_columns(const query *q) { return db_columns(q->rows); }

const char *query_column_name(const query *q, int i) { return db_column_name(q->rows, i); }

status query_next(query *q, bool *row, problem *p) {
  bool another = false;
  status s = q->done ? STATUS_OK : db_step(q->rows, &another, p);
  if (s) return s;
  q->done = !another;
  *row = another;
  return STATUS_OK;
}

enum query_type query_type_of(const query *q, int i) {
  switch (db_column_type(q->rows, i)) {
    case SQLITE_INTEGER: return QUERY_INTEGER;
    case SQLITE_FLOAT: return QUERY_REAL;
    case SQLITE_TEXT: return QUERY_TEXT;
    case SQLITE_BLOB: return QUERY_BLOB;
    default: return QUERY_NULL;
  }
}

int64_t query_integer(const query *q, int i) { return db_column_int(q->rows, i); }
double query_real(const query *q, int i) { return db_column_real(q->rows, i); }

slice query_text(const query *q, int i) { return db_column_text(q->rows, i); }
