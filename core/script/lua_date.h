/* lua_date: dates in Lua are ISO texts ("2025-09-08"), which sort and compare
 * as they are; a session is such a text with "AM" or "PM". This gives the
 * arithmetic. Every function raises on a text that is no date. */
#ifndef WAYMARK_LUA_DATE_H
#define WAYMARK_LUA_DATE_H

#include <lua.h>

#include "base/date.h"

/* The date at `index`, or raises (argument error). */
day lua_date_check(lua_State *L, int index);
/* The same, or DAY_NONE for nil and none. */
day lua_date_opt(lua_State *L, int index);
void lua_date_push(lua_State *L, day d);             /* nil for DAY_NONE */
void lua_date_push_session(lua_State *L, session s); /* "2025-09-08 AM" */

/* Push the table `date`. */
int lua_date_open(lua_State *L);

#endif
