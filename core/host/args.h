/* args: what a binding is called with: texts and paths by their place, and named options in a
 * table.
 *
 * A wrong type raises and names the option; so does an unknown name, with the nearest. Nothing is
 * taken that would have to be given back, so raising is always safe. Texts are lent by the stack
 * or by the table of options; `at` is where on the stack that table lies. */
#ifndef WAYMARK_ARGS_H
#define WAYMARK_ARGS_H

#include <lauxlib.h>

#include "base/date.h"

/* The text at `index`. */
slice args_slice(lua_State *L, int index);
/* A path: taken whole or not at all, so that one with a NUL raises. */
const char *args_path(lua_State *L, int index);

/* The argument is a table (or absent: an empty one is put there) whose names are all in `known`,
 * which ends with NULL. What lies above it on the stack is dropped. */
void args_options(lua_State *L, int at, const char *const *known);

int64_t args_integer(lua_State *L, int at, const char *name, int64_t usual);
int64_t args_required_integer(lua_State *L, int at, const char *name);
bool args_flag(lua_State *L, int at, const char *name); /* true or false; absent is false */
/* Empty when absent. A number is taken as its text. */
slice args_text(lua_State *L, int at, const char *name);
/* The same for C: without NUL inside, or it raises; NULL when absent. */
const char *args_string(lua_State *L, int at, const char *name);
day args_day(lua_State *L, int at, const char *name); /* ISO text; DAY_NONE when absent */
day args_required_day(lua_State *L, int at, const char *name);
/* UTC seconds, or a text that time_parse takes; INT64_MAX when absent. */
int64_t args_time(lua_State *L, int at, const char *name);
/* JSON: a table is encoded and its text pushed, a text is pushed as it is, nothing (nil pushed) is
 * an empty slice. Raises when it cannot be. *encoded: it was a table, so that the text is ours. */
slice args_json(lua_State *L, int at, const char *name, bool *encoded);

#endif
