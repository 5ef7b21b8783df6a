/* query: statements whose text comes at run time: a person's, and those of the host's own Lua.
 *
 * 1. A person's query is one statement that only reads. Nothing else gets through: SQLite's
 *    authorizer lets SELECT, columns, functions and a few descriptive pragmas pass, and the
 *    statement must be read-only.
 * 2. One of our own either asks (SELECT, WITH … SELECT) or changes rows (INSERT, UPDATE, DELETE);
 *    other kinds do not get through.
 *    They are prepared once for each text that is asked by one user at a time (db_share).
 * 3. The caller binds the values, as many as *values says, steps the statement, and frees it with
 *    db_finalize. Several may be open. None may be stepped once its connection is closed; freeing
 *    it then is allowed. */
#ifndef WAYMARK_QUERY_H
#define WAYMARK_QUERY_H

#include "store/db/db.h"

/* STATUS_REFUSED: several statements, or one of another kind; STATUS_SYNTAX: SQLite's own
 * message, and what there is to ask. */
status query_ask(db *d, slice sql, statement **out, int *values, problem *p);
status query_own(db *d, slice sql, bool changes, statement **out, int *values, problem *p);

enum query_type { QUERY_NULL, QUERY_INTEGER, QUERY_REAL, QUERY_TEXT, QUERY_BLOB };

/* What a column of the present row holds. */
enum query_type query_type_of(statement *q, int i);

#endif
