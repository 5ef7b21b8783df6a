/* lua_pupil: code sets, batches and pupils as Lua values.
 *
 * A Lua pupil is a view of one record of a batch; the batch is a view of a Lua
 * string with the block's bytes. Nothing is copied, and what keeps what alive
 * is: pupil -> batch -> (bytes, codes).
 *
 * What a pupil offers:
 *   fields    those of `pupil_fields`, as lua/sdk declares them; one that was not granted
 *             raises, as does one that is not there
 *   school    {key, name, phase, la, reach}; calendar; as_of; id
 *   measures  by the kinds of rules: evidence of a rule (see lua_evidence.h)
 *   marks     mark(date, "AM"), marks(from, to)
 * Methods written in Lua (lua/sdk) join the same table. */
#ifndef WAYMARK_LUA_PUPIL_H
#define WAYMARK_LUA_PUPIL_H

#include <lua.h>

#include "attendance/batch.h"
#include "attendance/measure.h"

#define LUA_PUPIL_TYPE "waymark.pupil"
#define LUA_CODES_TYPE "waymark.codes"

typedef struct lua_pupil {
  const batch *batch;
  const code_set *codes;
  size_t index;
} lua_pupil;

lua_pupil *lua_pupil_check(lua_State *L, int index);
const code_set *lua_codes_check(lua_State *L, int index);
/* Push the code set of the pupil at `index`. */
void lua_pupil_push_codes(lua_State *L, int index);
/* The batch at `index`, or raises. Lent by the value there. */
const batch *lua_batch_check(lua_State *L, int index);

/* Push { date = , session = , code = , class = } for session `i` of a span. */
void lua_pupil_push_session(lua_State *L, const span *s, const code_set *codes, size_t i);

/* Register the types; push a table { codes = , batch = , pupil_methods = , pupil_fields = ,
 * pupil_readers = }:
 *   codes { {byte=, text=, class=, physical=, from=, to=}, … } -> codes
 *   batch(bytes, codes[, granted]) -> batch | nil, message
 *     granted: { ["pupil.name"] = true, … }; nil grants everything
 *     #batch pupils; batch[i] a pupil; batch.school; batch.calendar; batch.met { batch_met of
 *     each pupil }
 *   pupil_fields { "upn", …, upn = GRANT }: the names in order, and the grant of each; empty
 *     until lua/sdk fills it
 *   pupil_readers { contacts = function(value) … end }: called once with a field's table when
 *     the pupil's fields are first read; for what lua/sdk adds to it */
int lua_pupil_open(lua_State *L);

#endif
