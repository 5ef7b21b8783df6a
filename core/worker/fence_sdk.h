/* fence_sdk: what trusted Lua (lua/sdk) has besides a plugin's functions:
 *
 *   require(name)              an embedded module of the SDK, or one of C
 *   fence.call(fn, ...)        true, up to eight results | false, message;
 *                              a fresh budget; a passed limit is not caught
 *   fence.at(record, step)     says what is being worked on
 *   fence.compile(name, text, env)   function | nil, message
 *   fence.environment()        a new plugin's environment
 *   fence.meter()              nanoseconds, instructions (in thousands), bytes asked for
 *   fence.place()              "FILE:LINE" | nil, whether the text began with it: where the last
 *                              error that was caught was raised
 *   fence.text(value)          as tostring, and never raises
 *   json.decode, json.encode, json.array   see script/value.h
 *
 * The trusted environment is never given to a plugin. */
#ifndef WAYMARK_FENCE_SDK_H
#define WAYMARK_FENCE_SDK_H

#include <lua.h>

/* Makes the trusted environment and `require`. The table on top of the stack, which it pops,
 * holds modules of C by name. Raises. */
void fence_sdk_open(lua_State *L);

/* Pushes what the module `name` returned; loads it if need be. Raises. */
void fence_sdk_require(lua_State *L, const char *name);

#endif
