/* api: everything of the script floor as one Lua table, `core`: what lua/sdk is
 * written on, the same in the worker and in the host's own process.
 *
 *   rule       {rate=, count=, …, kinds = {"rate", …}, describe=, is_rule=}
 *   date       arithmetic on ISO dates
 *   calendar   function: days -> calendar
 *   codes, batch   functions: see lua_pupil.h
 *   pupil_methods, pupil_fields, pupil_readers, evidence_methods, calendar_methods   tables
 *              that lua/sdk adds to
 *   encode, decode, array   JSON: see value.h
 *   nearest(name, list) -> the nearest text of the list | nil
 *   escape(text) -> safe for a terminal or a log
 *   fold(text) -> as names are compared: see base/text_fold.h
 *   fold_places(text) -> the same; for each of its bytes the place in `text` of the character
 *     that it is of, and one place more: behind the last character */
#ifndef WAYMARK_API_H
#define WAYMARK_API_H

#include <lua.h>

/* Push the table. */
int api_open(lua_State *L);

/* Push the function `require` of the SDK in this process: require(name) gives
 * the module of that name from lua/sdk (from the texts built into the program),
 * run once; "core" is the table at index `core`. The worker has its own, with
 * the same modules, in worker/fence_sdk.h. */
void api_push_sdk(lua_State *L, int core);

#endif
