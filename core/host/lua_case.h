/* lua_case: what people and plugins did, recorded; see store/case/{events,entries,suggestions}.h.
 * Methods of a store. Reading what was recorded, and all that is not an event of a pupil, is SQL of
 * the room waymark.store.
 *
 *   s:add_event { at =, on =, kind =, enrolment = or pupil = and school =, plugin =,
 *       version =, digest =, step =, concern =, by =, data =, encoded = true for a text
 *       that core.encode made, packed = true for data that many events have with other numbers and
 *       dates } -> id
 *   s:make_suggestion { at =, on =, enrolment =, step =, concern =, … as an event }
 *       -> id of the event that made it, whether it is new
 *   s:lapse_suggestion { the same } -> id
 *   s:add_entry { as an event (kind "entry.…"), body = table or JSON } -> id
 *       data.answers = {{enrolment, step, concern}, …}: what it ends
 *   s:strike_entry { of = id, and as an event without kind; data = {of =, why =} } -> id
 *
 *   s:school_suggestions { school = id, known = event, diary = date, lower = true | false }
 *       -> suggestions, in memory
 *   suggestions:find(enrolment, step, concern) -> state, open, made | nil
 *   suggestions:hold(enrolment, step, concern)   it holds today
 *   suggestions:look(enrolment)   its suggestions are to be looked at one by one
 *   suggestions:left() -> {{enrolment =, step =, concern =, made =}, …}   open and not held,
 *       in the order they were made */
#ifndef WAYMARK_LUA_CASE_H
#define WAYMARK_LUA_CASE_H

#include <lua.h>

#include "store/case/suggestions.h"

/* The suggestions of a school at `index`, or raises; NULL for nil. Lent by the value there. */
school_suggestions *lua_case_check_suggestions(lua_State *L, int index);

int lua_case_add_event(lua_State *L);
int lua_case_make_suggestion(lua_State *L);
int lua_case_lapse_suggestion(lua_State *L);
int lua_case_add_entry(lua_State *L);
int lua_case_strike_entry(lua_State *L);
int lua_case_school_suggestions(lua_State *L);

#endif
