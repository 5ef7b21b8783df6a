/* lua_problem: a problem of C as Lua's `nil, message`. */
#ifndef WAYMARK_LUA_PROBLEM_H
#define WAYMARK_LUA_PROBLEM_H

#include <lua.h>

#include "base/status.h"

/* Push nil and "sentence; remedy" (the sentence alone without a remedy), the
 * message on top. Returns 2. */
int lua_push_problem(lua_State *L, const problem *p);

#endif
