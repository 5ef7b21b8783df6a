/* lua_csv: reading a CSV file in Lua, with the reader of the imports
 * (store/csv.h): its encodings, delimiters and broken lines; and keeping the
 * rows that cannot be taken (store/left_out.h).
 *
 *   core.csv(path [, { left_out_dir =, kind =, at = }]) -> reader | nil, message
 *                                with left_out_dir, kind and at are needed
 *   r:headings() -> list         as they came, in UTF-8
 *   r:about() -> { name =, encoding =, delimiter =, digest = }
 *   r:next() -> { line =, cells = {…}, fault = sentence | nil } | nil
 *   r:leave_out(reason) -> true | nil, message    the row that came last
 *   r:seal() -> path | false | nil, message       let the file of rows left out
 *                                stand (false: there is none); else it goes
 *   r:withdraw()                 take a sealed file away again
 *   r:close()                    also when collected; twice does no harm
 *
 * Cells are trimmed; a faulty row has those that could be read. What cannot be
 * done is nil and a message; a wrong argument raises. */
#ifndef WAYMARK_LUA_CSV_H
#define WAYMARK_LUA_CSV_H

#include <lua.h>

/* Push the function. */
int lua_csv_open(lua_State *L);

#endif
