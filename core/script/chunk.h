/* chunk: Lua files that were compiled into this program at build time.
 *
 * Their definitions are made by core/script/embed.lua. What is here was compiled by the build's own
 * Lua: bytes from anywhere else are never loaded as compiled Lua. */
#ifndef WAYMARK_CHUNK_H
#define WAYMARK_CHUNK_H

#include <lua.h>
#include <stddef.h>

typedef struct chunk {
  const char *name; /* "job", "waymark.cli", "waymark.workspace.init" */
  const char *file; /* that it was made of, from the top of the sources */
  size_t length;
  const char *code;
} chunk;

/* Lists end with a chunk without a name. */
extern const chunk chunk_sdk[];  /* lua/sdk */
extern const chunk chunk_host[]; /* lua/waymark, and argparse; in the program alone */

/* The one called `name`, or `name`.init, or NULL. */
const chunk *chunk_find(const chunk *list, const char *name);

/* Push its function. Raises. */
void chunk_load(lua_State *L, const chunk *c);

#endif
