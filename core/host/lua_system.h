/* lua_system: the few things the host's Lua needs of the machine beyond Lua's
 * own libraries. The clock is read here and nowhere else, and handed on as an
 * argument.
 *
 *   now() -> UTC seconds             time(text) -> UTC seconds | nil, message
 *   time_text(seconds) -> "…Z"       local_text(seconds) -> local time, as text
 *   sha256(text) -> 64 hex digits    is_terminal("stdout"|"stderr"|"stdin")
 *   width() -> columns of the terminal, or 80
 *   readline(prompt) -> line | nil; history_load(path), history_save(path)
 *   make_folder(path) -> true | nil, message: for the owner alone; a folder
 *     that is there already is fine
 *   private(path): readable by its owner alone; sync(path): on the disk for good
 *   run(words, environment, seconds) -> exit status, the first 4 KB that it said | nil,
 *     message: another program of PATH, without a shell (see spawn.h); `words` its name and
 *     arguments as they are, `environment` a list of "NAME=VALUE" */
#ifndef WAYMARK_LUA_SYSTEM_H
#define WAYMARK_LUA_SYSTEM_H

#include <lua.h>

int lua_system_open(lua_State *L);

#endif
