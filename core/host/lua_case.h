/* lua_case: what people and plugins did, recorded; see store/case/{events,entries,suggestions}.h.
 * Methods of a store. Reading what was recorded, and all that is not an event of a pupil, is SQL of
 * the room waymark.store.
 *
 *   s:add_event { at =, on =, kind =, enrolment = or pupil = and school =, plugin =,
 *       version =, digest =, step =, concern =, by =, data = } -> id
 *   s:make_suggestion { at =, on =, enrolment =, step =, concern =, … as an event }
 *       -> id of the event that made it, whether it is new
 *   s:lapse_suggestion { the same } -> id
 *   s:add_entry { as an event (kind "entry.…"), body = table or JSON } -> id
 *       data.answers = {{enrolment, step, concern}, …}: what it ends
 *   s:strike_entry { of = id, and as an event without kind; data = {of =, why =} } -> id */
#ifndef WAYMARK_LUA_CASE_H
#define WAYMARK_LUA_CASE_H

#include <lua.h>

int lua_case_add_event(lua_State *L);
int lua_case_make_suggestion(lua_State *L);
int lua_case_lapse_suggestion(lua_State *L);
int lua_case_add_entry(lua_State *L);
int lua_case_strike_entry(lua_State *L);

#endif
