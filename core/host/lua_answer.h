/* lua_answer: answers of workers in Lua; what they are is in answer.h.
 *
 *   core.answer_form { steps = {name, …}, rules = {rule, …}, codes = codes } -> form
 *   form:read(payload, batch) -> {finding, …}, costs | nil, message
 *     finding { record, enrolment, step = its place, verdict, words, gate, concern,
 *       concern_on, met, rules = {{rule =, from =, to =}, …}, consulted = the same }
 *     Words are escaped. `concern` is the plugin's or that of the first rule as it
 *     is measured here, `concern_on` the day that one began, `met` whether it holds. */
#ifndef WAYMARK_LUA_ANSWER_H
#define WAYMARK_LUA_ANSWER_H

#include <lua.h>

/* Add both to the table on top of the stack. */
void lua_answer_add(lua_State *L);

#endif
