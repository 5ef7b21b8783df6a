/* db: the one SQLite file of a workspace, and how the store talks to it.
 *
 * 1. Only the store includes sqlite3.h.
 * 2. One connection, one thread. Read-only connections never write.
 * 3. WAL, foreign keys, synchronous=FULL, ten seconds' wait for a lock, mode 0600. What is
 *    deleted is overwritten: a text that was struck out must not linger in free
 *    pages, nor where its page was before it was split.
 * 4. What is in the file is not looked at here: schema.h knows, and store.h.
 * 5. Dates are day numbers, sessions day * 2 + half, times UTC seconds. */
#ifndef WAYMARK_DB_H
#define WAYMARK_DB_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/date.h"

enum db_mode {
  DB_CREATE, /* a file that is empty, and that nobody else opens: without a log beside it */
  DB_WRITE,
  DB_READ
};

typedef struct db db;

/* Open a file that is there. On failure nothing is left open. Free with db_close, which
 * takes NULL. */
status db_open(const char *path, enum db_mode mode, db **out, problem *p);
void db_close(db *d);
/* What is done with it, for messages: a literal ("use the workspace", at first). */
void db_doing(db *d, const char *what);
/* From now on changes go to a log beside the file (WAL), as they do in a workspace. A file
 * is brought to that before it gets its name: a reader could not undo it half way. */
status db_log(db *d, problem *p);
sqlite3 *db_handle(db *d);
bool db_is_read_only(const db *d);

/* Statements ------------------------------------------------------------------
 *
 * A `statement` knows its connection and keeps the first failure of its binds, so
 * that a value that could not be bound (memory was short) never runs as NULL: the
 * next step is refused, and answers why. Steps and resets forget nothing else. */

typedef struct statement statement;

/* The statement of a literal, reset and without bindings; kept by `d`, by the
 * address of `sql`, and lent until the same literal is asked for again. It must not
 * be asked for while it stands on a row: reset what you leave early. NULL with the
 * problem on failure. */
statement *db_statement(db *d, const char *sql, problem *p);
/* A statement of the caller's own, for a text that is put together or for several
 * walks at once. Free with db_finalize. NULL with the problem on failure. */
statement *db_prepare(db *d, slice sql, problem *p);
/* The same of SQLite's own statement, which it takes, also when it fails. */
statement *db_adopt(db *d, sqlite3_stmt *handle, problem *p);
/* Its text is a person's: where it cannot do what it says with the values that it meets, that is
 * theirs, STATUS_SYNTAX, and no fault of ours. */
void db_asked(statement *q);
void db_finalize(statement *q);
/* Those of texts that are asked again and again, by one user at a time: db_share has the connection
 * keep a statement of its caller's, who still frees it; db_lend gives one of this text that was
 * freed, reset and without bindings, or NULL. */
void db_share(statement *q);
statement *db_lend(db *d, slice sql);
/* One that is lent, else one that is prepared and shared; free it as any other. NULL with the
 * problem on failure. */
statement *db_borrow(db *d, slice sql, problem *p);

/* What the statements that are prepared from now on may do: SQLITE_OK or SQLITE_DENY to each
 * action of sqlite3_set_authorizer, with its two names. NULL, as at first: anything. */
typedef int db_guard(int action, const char *first, const char *second);
void db_guarded(db *d, db_guard *guard);

/* One step: *row says whether there is a row. The statement is reset at the end
 * and on failure. */
status db_step(statement *q, bool *row, problem *p);
/* Run a statement to its end, ignoring rows. */
status db_run(statement *q, problem *p);
/* Begin again with the same values; takes NULL. */
void db_reset(statement *q);

/* Run a change whose only parameter, ?1, is a number; `sql` is a literal. */
status db_change(db *d, const char *sql, int64_t value, problem *p);

/* The number in the first column of the first row, or `otherwise` when there is no
 * row or it is NULL. `sql` is a literal; `value` is ?1, if it has one. */
status db_number(db *d, const char *sql, int64_t value, int64_t otherwise, int64_t *out,
                 problem *p);

/* Any SQL text without parameters. */
status db_exec(db *d, const char *sql, problem *p);
/* The connection's last error as a problem (full disk, locked, damaged …). */
status db_failed(db *d, problem *p);

int64_t db_last_id(db *d); /* of the row added last */
int64_t db_changes(db *d); /* rows changed by the statement run last */

/* Values, numbered from 1 when bound and from 0 when read. DAY_NONE is NULL, an
 * empty slice is NULL; db_bind_name keeps an empty text. Texts and blobs are copied;
 * db_bind_lent does not copy: the bytes must stay until the statement has run. */
void db_bind_int(statement *q, int i, int64_t value);
void db_bind_real(statement *q, int i, double value);
void db_bind_text(statement *q, int i, slice text);
void db_bind_lent(statement *q, int i, slice text);
void db_bind_name(statement *q, int i, slice text);
void db_bind_blob(statement *q, int i, slice bytes);
void db_bind_day(statement *q, int i, day d);
void db_bind_value(statement *q, int i, sqlite3_value *value);

int db_parameters(statement *q); /* how many values it takes */
int db_columns(statement *q);
const char *db_column_name(statement *q, int i); /* lent; "" when there is no memory for it */
int db_column_type(statement *q, int i);         /* SQLITE_NULL, SQLITE_TEXT … */
int64_t db_column_int(statement *q, int i);
double db_column_real(statement *q, int i);
day db_column_day(statement *q, int i);
/* Lent until the next step, and not NUL-ended; empty for NULL. A blob likewise. */
slice db_column_text(statement *q, int i);
/* NUL-ended, for a message; "" for NULL, or when there is no memory to end it. */
const char *db_column_shown(statement *q, int i);
sqlite3_value *db_column_value(statement *q, int i);

/* A read transaction that lasts as long as this statement stands on its row: from
 * here on everything is read as it is now, and another program's changes stay
 * unseen. Given a *snapshot, it is taken again. End with db_finalize. */
status db_snapshot(db *d, statement **snapshot, problem *p);

/* The transaction of a command. It takes the write lock at once; or `later`, with db_lock or its
 * first change, and until then others may write. When they did, the lock is refused (STATUS_BUSY),
 * db_is_stale from then on, and the work has to be done again, in another transaction. */
status db_begin(db *d, bool later, problem *p);
status db_lock(db *d, problem *p);
/* From here on (until it is said again) what would change something fails, and takes no lock. */
status db_refuse_changes(db *d, bool refuse, problem *p);
bool db_is_locked(db *d);
bool db_is_stale(const db *d);
status db_commit(db *d, problem *p);
void db_rollback(db *d);

/* A part of a transaction, or one by itself, that is whole or nothing: kept by db_release,
 * or undone, also when it cannot be kept. One may stand in another. */
status db_savepoint(db *d, problem *p);
status db_release(db *d, problem *p);
void db_undo(db *d);

bool db_in_transaction(db *d);

#endif
