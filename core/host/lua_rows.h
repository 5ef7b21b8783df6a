/* lua_rows: SQL for Lua, with bound values. Methods of a store.
 *
 *   columns, row = s:query(sql, …)   a person's question, and long walks: names, and an
 *       iterator of rows as lists of cells, NULL is nil; it alone sees `mark` and `mark_count`
 *       (store/sql/marks.h)
 *   s:rows(sql, …) -> {row, …}       one of our own: rows by the names of their columns; `data`
 *       and `body` are JSON, and come decoded
 *   s:run(sql, …) -> changes, last id   INSERT, UPDATE or DELETE, in a transaction of the
 *       caller's; raises in a store that is opened for reading
 *
 * Values go to ?1, ?2, … in order, one for each: nil (NULL), booleans (0 and 1), numbers, texts.
 * What SQL may be is said in store/db/query.h. What scripts can reach is said in lua_store.h: they
 * have stores for reading only, so `run` is not theirs. In the host's own Lua only the room
 * waymark.store uses `rows` and `run`. */
#ifndef WAYMARK_LUA_ROWS_H
#define WAYMARK_LUA_ROWS_H

#include <lua.h>

int lua_rows_query(lua_State *L);
int lua_rows_rows(lua_State *L);
int lua_rows_run(lua_State *L);

#endif
