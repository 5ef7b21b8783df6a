/* lua_answer: answers of workers in Lua; what they are is in answer.h.
 *
 *   core.answer_form { steps = {name, …}, rules = {rule, …}, codes = codes } -> form
 *   form:read(payload, batch[, standing]) -> {finding, …}, costs, counts, pupils
 *       | nil, message
 *     finding { record, enrolment, step = its place, verdict, words, gate, concern,
 *       concern_on, met, rules = {{rule =, from =, to =}, …}, consulted = the same }
 *     Words are escaped. `concern` is the plugin's or that of the first rule as it
 *     is measured here, `concern_on` the day that one began, `met` whether it holds.
 *     With a standing (see lua_standing.h) suggestions that are open already and hold
 *     give no finding: they are held, and counted by step in `counts`; `pupils` is how
 *     many pupils those are of, and a finding of one of them is `beside`.
 *     costs {{calls =, nanoseconds =, instructions =, bytes =}, …} by step, when a profile
 *     was asked for: what that worker has spent so far.
 *   core.listed(evidence[, unresolved]) -> its sessions as a value that is written as
 *     JSON and looked at by nobody */
#ifndef WAYMARK_LUA_ANSWER_H
#define WAYMARK_LUA_ANSWER_H

#include <lua.h>

/* Add both to the table on top of the stack. */
void lua_answer_add(lua_State *L);

#endif
