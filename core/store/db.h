/* db: the one SQLite file of a workspace, and how the store talks to it.
 *
 * 1. Only the store includes sqlite3.h.
 * 2. One connection, one thread. Read-only connections never write, not even
 *    the schema; a file of an older version is refused there with the remedy.
 * 3. WAL, foreign keys, synchronous=FULL, a busy timeout, mode 0600. What is
 *    deleted is overwritten: a text that was struck out must not linger in free
 *    pages, nor where its page was before it was split.
 * 4. A workspace on a network file system is refused: WAL needs memory shared
 *    between processes, which such file systems do not give.
 * 5. Dates are day numbers, sessions day * 2 + half, times UTC seconds. */
#ifndef WAYMARK_DB_H
#define WAYMARK_DB_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/date.h"

enum db_mode {
  DB_CREATE, /* a new file; refused when there is one */
  DB_WRITE,  /* migrates an older file */
  DB_READ
};

typedef struct db db;

/* Open `path`. On failure nothing is left open. Free with db_close. */
status db_open(const char *path, enum db_mode mode, db **out, problem *p);
void db_close(db *d);
sqlite3 *db_handle(db *d);
bool db_is_read_only(const db *d);

/* A prepared statement, reset and without bindings, owned and cached by `d`
 * (by the address of the literal `sql`); NULL with the problem on failure. */
sqlite3_stmt *db_statement(db *d, const char *sql, problem *p);

/* Run a statement to its end, ignoring rows. */
status db_run(db *d, sqlite3_stmt *statement, problem *p);
/* One step: *row says whether there is a row. The statement is reset at the end
 * and on failure. */
status db_step(db *d, sqlite3_stmt *statement, bool *row, problem *p);
/* Any SQL text without parameters. */
status db_exec(db *d, const char *sql, problem *p);
/* The connection's last error as a problem (full disk, locked, damaged …). */
status db_failed(db *d, const char *doing, problem *p);
/* The same for a bare connection (NULL: out of memory). */
status db_explain(sqlite3 *handle, const char *doing, problem *p);

/* The write transaction of a command; takes the write lock at once. */
status db_begin(db *d, problem *p);
status db_commit(db *d, problem *p);
void db_rollback(db *d);

/* Binding and reading with our conventions: DAY_NONE is NULL, an empty slice is
 * NULL. */
void db_bind_text(sqlite3_stmt *s, int i, slice text);
/* The same without a copy: the text must stay until the statement has run. */
void db_bind_lent(sqlite3_stmt *s, int i, slice text);
void db_bind_day(sqlite3_stmt *s, int i, day d);
day db_column_day(sqlite3_stmt *s, int i);
/* Lent until the next step; an empty slice for NULL. */
slice db_column_text(sqlite3_stmt *s, int i);

/* schema.c: bring an open file to the version of this program, in one
 * transaction; what the newest version is; the mark of our files. */
status schema_migrate(db *d, problem *p);
int schema_version(void);
enum { SCHEMA_APPLICATION = 0x5741594D }; /* "WAYM" */

#endif
