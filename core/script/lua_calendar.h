/* lua_calendar: a school's calendar in Lua, as a view of a batch's calendar or
 * built from a list of days. Dates are ISO texts. */
#ifndef WAYMARK_LUA_CALENDAR_H
#define WAYMARK_LUA_CALENDAR_H

#include <lua.h>

#include "attendance/calendar.h"

/* Push a view; the value at `owner` keeps its memory alive. */
void lua_calendar_push(lua_State *L, const calendar *c, int owner);

/* Register the type; push the table of its methods, and a function
 * build { { "2025-09-08", true, true }, … }. */
int lua_calendar_open(lua_State *L);

#endif
