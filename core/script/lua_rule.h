/* lua_rule: rules as Lua values.
 *
 * `rolling { name = "national", codes = "GNOU", at_least = 10, weeks = 10 }`
 * gives a userdata that holds a checked `struct rule`, and keeps the table it was
 * made from, so that a declaration can be written down and the same rule made
 * again from it. A wrong or unknown field raises with the nearest name.
 *
 * Compiled rules are userdata that no Lua code is given: evidence and the forms of
 * answers keep those that they measure with. */
#ifndef WAYMARK_LUA_RULE_H
#define WAYMARK_LUA_RULE_H

#include <lua.h>

#include "attendance/rule.h"

/* The rule at `index`, or raises. Lent by the userdata. */
const rule *lua_rule_check(lua_State *L, int index);

/* Push the rule at `index` compiled for the code set at `codes`, which it keeps alive; lent
 * by what is pushed. The rule remembers the last of them. Raises when a code is unknown. */
const compiled_rule *lua_rule_push_compiled(lua_State *L, int index, int codes);

/* Push a table of constructors by kind {rate=, count=, …}, the list of `kinds`,
 * `describe(rule)` -> table and `is_rule(value)`. */
int lua_rule_open(lua_State *L);

#endif
