/* query: rows of a SELECT, one at a time: a person's own, or one of the store's.
 *
 * 1. A person's query (query_begin) is one statement that only reads. Nothing
 *    else gets through: SQLite's authorizer lets SELECT, columns, functions and
 *    a few descriptive pragmas pass, and the statement must be read-only. It
 *    sees the tables, the views, `mark` and `mark_count` (mark_table.h).
 * 2. The store's own lists (events, suggestions, …) are queries too, so that
 *    there is one way to walk rows.
 * 3. A query owns its statement; several may be open. It must not be stepped
 *    once its store is closed; freeing it then is allowed.
 * 4. Columns are numbered from 0; texts are lent until the next step. */
#ifndef WAYMARK_QUERY_H
#define WAYMARK_QUERY_H

#include "store/store.h"

typedef struct query query;

enum query_type { QUERY_NULL, QUERY_INTEGER, QUERY_REAL, QUERY_TEXT, QUERY_BLOB };

/* STATUS_REFUSED: several statements, or one that would change something;
 * STATUS_SYNTAX: SQLite's own message. Free with query_free, which takes NULL. */
status query_begin(store *s, slice sql, query **out, problem *p);
void query_free(query *q);

/* The store's own: a text of the program, with values for ?1, ?2, …, copied.
 * Errors of binding show at the first step. */
status query_own(store *s, const char *sql, query **out, problem *p);
void query_bind_integer(query *q, int i, int64_t value);
void query_bind_text(query *q, int i, slice value); /* empty: NULL */
void query_bind_day(query *q, int i, day value);    /* DAY_NONE: NULL */

int query_columns(const query *q);
const char *query_column_name(const query *q, int i);

/* *row is false at the end, and stays so. */
status query_next(query *q, bool *row, problem *p);
enum query_type query_type_of(const query *q, int i);
int64_t query_integer(const query *q, int i);
double query_real(const query *q, int i);
slice query_text(const query *q, int i); /* of a text or a blob; empty for NULL */

#endif
