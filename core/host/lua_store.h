/* lua_store: a workspace file in Lua, as a userdata: opening, transactions, settings, codes,
 * calendars, schools, backups. Its other methods are in lua_rows, lua_import, lua_school and
 * lua_case; module.c lists them all.
 *
 * 1. A store is closed by close(), and when it is collected; a method of a closed one raises.
 * 2. Days are ISO texts, times UTC seconds, schools row numbers, keys or names. What cannot be done
 *    is nil and a message; a wrong argument raises; a list that breaks half-way raises its message.
 * 3. Once read_only was called, this process opens workspaces for reading only and restores
 *    none. The program calls it before the first line of `-e`, of a script and of the REPL: they
 *    share the state with the host's own Lua and reach each function in it (by require, by
 *    debug), so what would change a workspace is refused here, where no Lua reaches. What their
 *    user may do as such, with other programs, files and copies of this module, is not ours to
 *    forbid. Plugins run in a process that has none of this. */
#ifndef WAYMARK_LUA_STORE_H
#define WAYMARK_LUA_STORE_H

#include <lauxlib.h>

#include "store/store.h"

/* The store at `index`; raises when it is none or has been closed. */
store *lua_store_check(lua_State *L, int index);
/* That of an iterator of held.h; raises when it has been closed. */
store *lua_store_iterated(lua_State *L);
/* The option `school` of the table at `at`: a row number, a key or a name; 0 when absent. */
status lua_store_school_option(lua_State *L, int at, store *w, int64_t *out, problem *p);

/* Make the type, with these methods. The stack is as before. */
void lua_store_type(lua_State *L, const luaL_Reg *methods);

/* Functions of core.store. */

/* (path) -> true, what should be said of the disk it lies on, or nil */
int lua_store_create(lua_State *L);
/* (path, "create" | "write" | "read") -> store, the same */
int lua_store_open(lua_State *L);
int lua_store_read_only(lua_State *L); /* (): for good, see 3 */

/* (database, file, at), (file, database) -> {at, bytes, tables, rows, version}; see
 * store/backup/backup.h */
int lua_store_backup(lua_State *L);
int lua_store_restore(lua_State *L);

/* Methods of a store. */

int lua_store_close(lua_State *L); /* twice does no harm */

/* The one transaction of a command, which has the write lock from the start, or, begun with
 * `true`, from lock() or its first change on; is_stale: the lock was refused, since others have
 * written meanwhile. -> true */
int lua_store_begin(lua_State *L);
int lua_store_lock(lua_State *L);
int lua_store_is_locked(lua_State *L);
int lua_store_is_stale(lua_State *L);
int lua_store_refuse_changes(lua_State *L); /* (true or false): what would change something fails */
int lua_store_commit(lua_State *L);
int lua_store_rollback(lua_State *L);

/* (text, at) -> whether it was kept, since it differs from the last; () -> text, at | nothing */
int lua_store_settings(lua_State *L);
int lua_store_last_settings(lua_State *L);

/* () -> {{byte, text, class, meaning, physical, from, to}, …}; (a list of the same without
 * bytes) -> true */
int lua_store_codes(lua_State *L); /* raises when they cannot be read */
int lua_store_add_codes(lua_State *L);

/* (key | nil, {{"2025-09-01", am, pm}, …}) -> true; (school [, from, to]) -> {{date, am, pm}, …} */
int lua_store_default_days(lua_State *L);
int lua_store_days(lua_State *L);

/* (JSON list of headings) -> true; see store_show_groups */
int lua_store_show_groups(lua_State *L);

/* () -> {{id, key, name, phase, la, reach = {date, "AM"}}, …}; (key or name) -> its id;
 * {key =, name =, phase =, la =} -> "added", "unchanged", "changed" */
int lua_store_schools(lua_State *L);
int lua_store_school_id(lua_State *L);
int lua_store_put_school(lua_State *L);

/* () -> {sentence, …}: what is not as it was recorded */
int lua_store_verify(lua_State *L);

#endif
