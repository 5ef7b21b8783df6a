/* suggested: what the steps said of a batch, as the bytes of a SUGGESTED (frame.h). */
#ifndef WAYMARK_SUGGESTED_H
#define WAYMARK_SUGGESTED_H

#include <lua.h>

#include "base/mem.h"

/* Append what job.evaluate (lua/sdk/job.lua) returned, the table on top of the stack. Raises where
 * a field is not of its type, a text not UTF-8, or the whole more than the frame holds; `out` then
 * has a useless part. */
void suggested_write(lua_State *L, buffer *out);

#endif
