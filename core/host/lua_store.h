/* lua_store: a workspace file in Lua. Bindings only: what they do is in
 * store/store.h, people.h and import.h.
 *
 * Days are ISO texts, times UTC seconds. What cannot be done is nil and a
 * message; a wrong argument raises.
 *
 *   core.store.open(path, "create" | "write" | "read") -> store
 *   core.store.backup(database, file, at), core.store.restore(file, database)
 *       -> {at, bytes, tables, rows, version}; see store/backup.h
 *   s:close()                        also when collected; twice does no harm
 *   s:begin(), s:commit(), s:rollback() -> true
 *                                    the one transaction of a command
 *   s:savepoint(), s:release([undo]) -> true
 *                                    a part of it, kept or undone by itself
 *   s:settings(text, at) -> whether it was kept (false: the same as the last)
 *   s:last_settings() -> text, at | nothing
 *   s:codes() -> {{byte, text, class, meaning, physical, from, to}, …}
 *   s:add_codes {{text =, class =, meaning =, physical =, from =, to =}, …} -> true
 *   s:default_days(key | nil, {{"2025-09-01", am, pm}, …}) -> true
 *   s:schools() -> {{id, key, name, phase, la, pupils, reach = {date, "AM"}}, …}
 *   s:put_school {key =, name =, phase =, la =} -> "added" | "unchanged" | "changed"
 *   s:days(id [, from, to]) -> {{date, am, pm}, …}
 *   s:import(kind, path, options) -> report | nil, message, report
 *                                    see lua_import.c; other methods are added
 *                                    by lua_registers.h */
#ifndef WAYMARK_LUA_STORE_H
#define WAYMARK_LUA_STORE_H

#include <lauxlib.h>

#include "store/store.h"

/* The store at `index`; raises when it is none or has been closed. */
store *lua_store_check(lua_State *L, int index);

/* Add methods to every store of this state. The stack is as before. */
void lua_store_methods(lua_State *L, const luaL_Reg *methods);

/* Push the table {open =, backup =, restore =}. */
int lua_store_open(lua_State *L);

/* Within core/host: the method `import`; backup and restore, into the table on
 * top of the stack. */
int lua_store_import(lua_State *L);
void lua_backup_add(lua_State *L);

#endif
