/* lua_program: another program run to its end, without a shell, for the host's Lua.
 *
 *   run(words, environment, seconds) -> exit status, what it said | nil, message
 *
 * `words` is a list: the program (looked for in PATH) and its arguments as they are;
 * `environment` a list of "NAME=VALUE", and nothing else is handed on. Its input is
 * empty; of what it says on standard output and error the first 4 KB are kept. It ends
 * by itself within `seconds`, or is killed with whatever it started. */
#ifndef WAYMARK_LUA_PROGRAM_H
#define WAYMARK_LUA_PROGRAM_H

#include <lua.h>

int lua_program_run(lua_State *L);

#endif
