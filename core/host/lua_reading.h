/* lua_reading: what a file is said to be (store/csv/reading.h), out of a table.
 *
 *   { encoding = "utf-8", "windows-1252", "iso-8859-1", "utf-16le" or "utf-16be",
 *     delimiter = ",", ";", "\t" or "|",  quoting = "doubled" or "backslash",
 *     sheet = name or number,  records = the element or list of the records,
 *     heading = line of the first heading row,  heading_rows = 1 or 2,
 *     columns = { column = heading or { heading, … } },
 *     shape = "long", "daily", "grid" or "string",  dates = "day-first" or "month-first",
 *     marks = { text = code or "" },  sub_codes = { text = code },
 *     weekends = boolean,  starts = an ISO date,  school = key or name }
 *
 * All of it may be absent, and is found out then. Any other name raises, with the nearest; so does
 * any other value. */
#ifndef WAYMARK_LUA_READING_H
#define WAYMARK_LUA_READING_H

#include <lua.h>

#include "store/csv/reading.h"

/* The option of that name in the table at `at`: pushes one value, which holds the reading for as
 * long as it is on the stack. NULL when the option is absent. */
const reading *lua_reading_check(lua_State *L, int at, const char *name);

#endif
