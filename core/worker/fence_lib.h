/* fence_lib: the functions that a plugin sees, and nothing else.
 *
 * An environment is a fresh table with fresh copies of the library tables, so
 * that what one plugin writes into `string` is seen by no other and by no
 * trusted code. */
#ifndef WAYMARK_FENCE_LIB_H
#define WAYMARK_FENCE_LIB_H

#include <lua.h>

/* Opens the libraries, keeps the allowed functions in the registry, locks the
 * metatable of texts, seeds math.random, and empties what is left. Raises. */
int fence_lib_open(lua_State *L);

/* Pushes a new environment. Raises. */
void fence_push_environment(lua_State *L);

/* tostring(value) -> a text without addresses; runs __tostring. */
int fence_tostring(lua_State *L);

#endif
