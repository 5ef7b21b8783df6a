/* lua_standing: the suggestions of a school in Lua; see store/standing.h.
 *
 *   s:standing { school = id, known = event, diary = } -> standing
 *   standing:find(enrolment, step, concern) -> state, open | nil
 *   standing:hold(enrolment, step, concern)      it holds still
 *   standing:look(enrolment)          its suggestions are to be looked at one by one
 *   standing:left() -> {{enrolment =, step =, concern =, made =}, …}   open and not held,
 *       in the order they were made */
#ifndef WAYMARK_LUA_STANDING_H
#define WAYMARK_LUA_STANDING_H

#include <lua.h>

#include "store/case/suggestions.h"

/* The standing at `index`, or raises; NULL for nil. Lent by the value there. */
school_suggestions *lua_standing_check(lua_State *L, int index);

/* The method `standing` of a store. */
int lua_standing_read(lua_State *L);

#endif
