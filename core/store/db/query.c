/* query: statements of a text that is no literal of C. Owns nothing: a statement is its caller's.
 */
#include "store/db/query.h"

#include <string.h>

/* What a person's query may do ----------------------------------------------- */

static int only_read(int action, const char *first, const char *second) {
  static const char *const harmless[] = {"table_info",  "table_xinfo",      "table_list",
                                         "index_list",  "index_info",       "index_xinfo",
                                         "view_list",   "foreign_key_list", "function_list",
                                         "module_list", "collation_list",   "compile_options"};
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
      return sqlite3_stricmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA:
      for (size_t i = 0; first && i < sizeof harmless / sizeof *harmless; i++)
        if (sqlite3_stricmp(first, harmless[i]) == 0) return SQLITE_OK;
      return SQLITE_DENY;
    default: return SQLITE_DENY;
  }
}

static status refuse_change(problem *p) {
  return problem_set(p, STATUS_REFUSED, "ask with SELECT; registers change by waymark import",
                     "this statement would do more than read");
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

/* Prepare the one statement of `sql`, as `out` and how many values it takes. */
static status prepare(sqlite3 *d, slice sql, sqlite3_stmt **out, int *values, problem *p) {
  enum { LENGTH_MOST = 1000000 };
  static const char tables[] =
      "there are: mark, mark_count, pupils, schools, contacts, suggestions, evidence, events,"
      " amendments";
  const char *tail = NULL;
  sqlite3_stmt *handle = NULL;
  if (sql.length > LENGTH_MOST || memchr(sql.at, '\0', sql.length))
    return problem_set(p, STATUS_SYNTAX, "give a shorter text without NUL",
                       "the query is not a text that can be read");
  int result = sqlite3_prepare_v2(d, sql.at, (int)sql.length, &handle, &tail);
  const char *why = sqlite3_errmsg(d);
  status s = STATUS_OK;
  if (result == SQLITE_NOMEM)
    s = problem_no_memory(p);
  else if ((result & 0xFF) == SQLITE_AUTH || (result && strncmp(why, "not authorized", 14) == 0))
    s = refuse_change(p);
  else if (result != SQLITE_OK)
    s = problem_set(p, STATUS_SYNTAX, strstr(why, "no such table") ? tables : "check the query",
                    "the query cannot be read: %s", why);
  else if (!handle)
    s = problem_set(p, STATUS_SYNTAX, "for example: SELECT count(*) FROM pupils", "an empty query");
  else if (has_more(d, tail, sql.at + sql.length))
    s = problem_set(p, STATUS_REFUSED, "ask one thing at a time", "there are several statements");
  if (s) {
    (void)sqlite3_finalize(handle);
    return s;
  }
  *values = sqlite3_bind_parameter_count(handle);
  *out = handle;
  return STATUS_OK;
}

static status adopt(db *d, sqlite3_stmt *handle, statement **out, problem *p) {
  statement *q = db_adopt(d, handle, p);
  if (!q) return STATUS_NO_MEMORY;
  *out = q;
  return STATUS_OK;
}

status query_ask(db *d, slice sql, statement **out, int *values, problem *p) {
  sqlite3_stmt *handle = NULL;
  db_guarded(d, only_read);
  status s = prepare(db_handle(d), sql, &handle, values, p);
  db_guarded(d, NULL);
  if (!s && !sqlite3_stmt_readonly(handle)) {
    (void)sqlite3_finalize(handle);
    return refuse_change(p);
  }
  if (!s) s = adopt(d, handle, out, p);
  if (!s) db_asked(*out);
  return s;
}

status query_own(db *d, slice sql, bool changes, statement **out, int *values, problem *p) {
  static const char *const asking[] = {"SELECT", "WITH", NULL};
  static const char *const changing[] = {"INSERT", "UPDATE", "DELETE", NULL};
  sqlite3_stmt *handle = NULL;
  slice word = slice_trim(sql);
  const char *const *words = changes ? changing : asking;
  size_t length = 0;
  while (length < word.length && (unsigned char)word.at[length] > ' ') length++;
  word.length = length;
  while (*words && !slice_is_nocase(word, *words)) words++;
  if (!*words)
    return problem_set(p, STATUS_REFUSED, NULL, "not a statement that %s: %.*s",
                       changes ? "changes rows" : "asks", (int)(sql.length < 60 ? sql.length : 60),
                       sql.at);
  statement *kept = db_lend(d, sql);
  if (kept) {
    *values = db_parameters(kept);
    *out = kept;
    return STATUS_OK;
  }
  status s = prepare(db_handle(d), sql, &handle, values, p);
  if (!s && !changes && !sqlite3_stmt_readonly(handle)) {
    (void)sqlite3_finalize(handle);
    return refuse_change(p);
  }
  if (!s) s = adopt(d, handle, out, p);
  if (!s) db_share(*out);
  return s;
}

enum query_type query_type_of(statement *q, int i) {
  switch (db_column_type(q, i)) {
    case SQLITE_INTEGER: return QUERY_INTEGER;
    case SQLITE_FLOAT: return QUERY_REAL;
    case SQLITE_TEXT: return QUERY_TEXT;
    case SQLITE_BLOB: return QUERY_BLOB;
    default: return QUERY_NULL;
  }
}
