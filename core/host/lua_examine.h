/* lua_examine: what a file looks like (store/import/examine.h), for Lua.
 *
 *   core.examine(path [, reading [, today]]) -> { form =, encoding =, delimiter =, quoting =,
 *       preamble = lines, heading = line, heading_rows = 1 or 2, headings = texts,
 *       records = n, faults = n, footer = n, rows = { cells, … }, columns = {
 *         { heading =, blank = n, upn = n, numbers = n,
 *           dates = { iso =, day_first_only =, month_first_only =, either =, serial =, words =,
 *                     short_year = } (those that are not 0; nil: none),
 *           orders = { ["day-first"] = { first =, last =, doubt = }, ["month-first"] = as that,
 *                      doubt = } (nil: no dates; doubt = { what, todo }: why the order is not to be
 *                      had, where it is said or where none is),
 *           first_date =, last_date = (nil where the order of day and month is not known),
 *           distinct = { text -> count } (nil: more than 64, or long ones) }, … } }
 *     | nil, message
 *
 * delimiter and quoting are of text only; a workbook has `sheets`, a text that names them. The
 * reading is as in lua_reading.h. */
#ifndef WAYMARK_LUA_EXAMINE_H
#define WAYMARK_LUA_EXAMINE_H

#include <lua.h>

int lua_examine(lua_State *L);

#endif
