/* held: an object of C inside a userdata, freed by `free` on collection, at the end of a `for`
 * that breaks, or by held_free. Push it first (object NULL), then make the object: nothing can be
 * lost in between, whatever raises. */
#ifndef WAYMARK_HELD_H
#define WAYMARK_HELD_H

#include <lua.h>

#include "base/mem.h"

typedef struct held {
  void *object;
  void (*free)(void *object);
} held;

held *held_push(lua_State *L, void (*free_object)(void *));
void held_free(held *h);
/* Push an empty buffer that Lua frees. */
buffer *held_buffer(lua_State *L);

/* With the held userdata on top: push the values of a generic `for` from it: iterator, nil, nil,
 * held. The iterator's upvalues are the userdata (see held_self) and the argument at 1. Returns 4.
 */
int held_iterate(lua_State *L, lua_CFunction next);
/* Within that iterator: its object; raises when it is gone. */
void *held_self(lua_State *L);
/* Free it there, at the end: nothing more can be asked. */
void held_end(lua_State *L);

#endif
