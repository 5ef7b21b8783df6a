/* lua_html: the elements of a page as browsers see them, through libgumbo, for Lua.
 *
 * 1. Only what is written as a tag is told of: neither what HTML adds by itself nor its copies
 *    of what was not closed hides a tag, since each has the place of the tag that it came of.
 * 2. Names are in small letters; values have their characters by name and number undone.
 * 3. The tree lies in memory that Lua owns, with a bound: however deep or wide the page, it is
 *    neither walked by recursion nor kept. */
#ifndef WAYMARK_LUA_HTML_H
#define WAYMARK_LUA_HTML_H

#include <lua.h>

/* (text) -> { { name =, at =, after =, attributes = { { name, value }, … } [, text =] }, … }, what
 * people read of the page | nil when it would take too much memory. `at`: where the tag begins,
 * `after`: the byte behind it; `text`: what is in a <style>. The name of what is not HTML begins
 * with "svg:" or "math:". What people read: its texts, a line each, but for <style> and <title>. */
int lua_html(lua_State *L);

#endif
