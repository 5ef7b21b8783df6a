/* lua_options: named arguments of the store's methods, and objects of C that a
 * Lua iterator holds.
 *
 * Options are read from the table at argument 2. A wrong type raises and names
 * the option; so does an unknown name, with the nearest. Nothing is taken that
 * would have to be given back, so raising is always safe. */
#ifndef WAYMARK_LUA_OPTIONS_H
#define WAYMARK_LUA_OPTIONS_H

#include <lauxlib.h>

#include "store/store.h"

enum { OPTIONS_AT = 2 };

/* The argument is a table (or absent: an empty one is put there) whose names
 * are all in `known`, which ends with NULL. */
void lua_options_check(lua_State *L, const char *const *known);

int64_t lua_option_integer(lua_State *L, const char *name, int64_t usual);
int64_t lua_option_required_integer(lua_State *L, const char *name);
bool lua_option_flag(lua_State *L, const char *name);
/* Lent by the table; empty when absent. A number is taken as its text. */
slice lua_option_text(lua_State *L, const char *name);
day lua_option_day(lua_State *L, const char *name); /* ISO text; DAY_NONE when absent */
day lua_option_required_day(lua_State *L, const char *name);
/* UTC seconds, or a text that time_parse takes; INT64_MAX when absent. */
int64_t lua_option_known_at(lua_State *L);
/* The option `school`: a row number or a key; 0 when absent. */
status lua_option_school(lua_State *L, store *s, int64_t *out, problem *p);
/* The option as JSON: a table is encoded and its text pushed, a text is pushed
 * as it is, nothing (nil pushed) is an empty slice. Raises when it cannot be.
 * *encoded: it was a table, so that the text is one of ours. */
slice lua_option_json(lua_State *L, const char *name, bool *encoded);

/* An object of C inside a userdata: freed by `free` on collection, at the end
 * of a `for` that breaks, or by lua_held_free. Push it first (object NULL),
 * then make the object: nothing can be lost in between. */
typedef struct lua_held {
  void *object;
  void (*free)(void *object);
} lua_held;

lua_held *lua_held_push(lua_State *L, void (*free_object)(void *));
void lua_held_free(lua_held *h);

/* With the held userdata on top: make the values of a generic `for` from it and
 * the store at argument 1: iterator, nil, nil, held. The iterator's upvalues
 * are held and store, for the next two. Returns 4. */
int lua_held_iterate(lua_State *L, lua_CFunction next);
lua_held *lua_held_self(lua_State *L); /* raises when the object is gone */
store *lua_held_store(lua_State *L);   /* raises when the store is closed */

/* Raise a problem: "sentence; remedy". */
int lua_raise_problem(lua_State *L, const problem *p);

void lua_set_text(lua_State *L, const char *name, slice text); /* absent when empty */
void lua_set_integer(lua_State *L, const char *name, int64_t value);

#endif
