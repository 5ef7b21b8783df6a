/* lua_rule: rules as Lua values.
 *
 * `rolling { name = "national", codes = "GNOU", at_least = 10, weeks = 10 }`
 * gives a userdata that holds a checked `struct rule`; its user value is the
 * table it was made from, so that a declaration can be written down and the
 * same rule made again from it. A wrong or unknown field raises with the
 * nearest name. */
#ifndef WAYMARK_LUA_RULE_H
#define WAYMARK_LUA_RULE_H

#include <lua.h>

#include "attendance/rule.h"

/* The rule at `index`, or raises. Lent by the userdata. */
rule *lua_rule_check(lua_State *L, int index);

/* The rule at `index`, compiled for `set` (again, when the set is another one
 * than last time). Raises when a code is unknown. */
const rule *lua_rule_compiled(lua_State *L, int index, const code_set *set);

/* Push a table of constructors by kind {rate=, count=, …}, `describe(rule)` ->
 * table and `is_rule(value)`. */
int lua_rule_open(lua_State *L);

#endif
