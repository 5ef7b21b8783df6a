/* lua_rows: statements between Lua and SQLite; the contract is in the header. */
#include "host/lua_rows.h"

#include "host/args.h"
#include "host/held.h"
#include "host/lua_store.h"
#include "script/result.h"
#include "script/value.h"
#include "store/db/query.h"
#include "store/sql/marks.h"

enum { SQL = 2 }; /* the values follow it */

enum kind { PERSONS, OWN, CHANGES };

static void free_statement(void *object) { db_finalize(object); }

/* The statement of the arguments (store, SQL, values …) with its values bound, in a held userdata
 * that is pushed. Raises for a value that is none of SQL's, and when there are too few or too many.
 */
static status begin(lua_State *L, enum kind kind, held **out, problem *p) {
  store *w = lua_store_check(L, 1);
  slice sql = args_slice(L, SQL);
  statement *q = NULL;
  int values = 0, given = lua_gettop(L) - SQL;
  held *h = held_push(L, free_statement);
  status s = kind == PERSONS ? marks_register(w, p) : STATUS_OK;
  if (!s && kind == PERSONS) s = query_ask(store_db(w), sql, &q, &values, p);
  if (!s && kind != PERSONS) s = query_own(store_db(w), sql, kind == CHANGES, &q, &values, p);
  if (s) return s;
  h->object = q;
  if (given != values) luaL_error(L, "the SQL takes %d values, not %d", values, given);
  for (int i = 1; i <= values; i++) {
    int at = SQL + i;
    switch (lua_type(L, at)) {
      case LUA_TNIL: break; /* is NULL */
      case LUA_TBOOLEAN: db_bind_int(q, i, lua_toboolean(L, at)); break;
      case LUA_TSTRING: db_bind_name(q, i, args_slice(L, at)); break;
      case LUA_TNUMBER:
        if (lua_isinteger(L, at))
          db_bind_int(q, i, lua_tointeger(L, at));
        else
          db_bind_real(q, i, lua_tonumber(L, at));
        break;
      default: (void)luaL_argerror(L, at, "a number, a text, true, false or nil");
    }
  }
  *out = h;
  return STATUS_OK;
}

static void push_value(lua_State *L, statement *q, int i) {
  slice text;
  switch (query_type_of(q, i)) {
    case QUERY_NULL: lua_pushnil(L); break;
    case QUERY_INTEGER: lua_pushinteger(L, db_column_int(q, i)); break;
    case QUERY_REAL: lua_pushnumber(L, db_column_real(q, i)); break;
    case QUERY_TEXT:
    case QUERY_BLOB:
      text = db_column_text(q, i);
      lua_pushlstring(L, text.at, text.length);
      break;
  }
}

/* The upvalues are those of held_iterate; the statement goes with its last row. */
static int next_row(lua_State *L) {
  held *h = lua_touserdata(L, lua_upvalueindex(1));
  (void)lua_store_iterated(L);
  statement *q = h->object;
  bool row = false;
  problem p;
  if (q && db_step(q, &row, &p)) return result_raise(L, &p);
  if (!row) {
    held_free(h);
    return lua_pushnil(L), 1;
  }
  int count = db_columns(q);
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    push_value(L, q, i);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

int lua_rows_query(lua_State *L) {
  held *h;
  problem p;
  if (begin(L, PERSONS, &h, &p)) return result_problem(L, &p);
  statement *q = h->object;
  int held_at = lua_gettop(L), count = db_columns(q);
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    lua_pushstring(L, db_column_name(q, i));
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushvalue(L, held_at);
  (void)held_iterate(L, next_row);
  lua_pop(L, 3); /* the iterator alone: … columns held next */
  lua_remove(L, -2);
  return 2;
}

int lua_rows_rows(lua_State *L) {
  held *h;
  problem p;
  if (begin(L, OWN, &h, &p)) return result_problem(L, &p);
  statement *q = h->object;
  int count = db_columns(q);
  lua_newtable(L);
  for (lua_Integer n = 1;; n++) {
    bool row = false;
    if (db_step(q, &row, &p)) return result_problem(L, &p);
    if (!row) break;
    lua_createtable(L, 0, count);
    for (int i = 0; i < count; i++) {
      slice name = slice_of(db_column_name(q, i));
      bool json = slice_is(name, "data") || slice_is(name, "body");
      if (!json || query_type_of(q, i) != QUERY_TEXT)
        push_value(L, q, i);
      else if (value_push_text(L, db_column_text(q, i), &p)) {
        if (p.code == STATUS_SYNTAX)
          problem_set(&p, STATUS_CORRUPT, "look at: waymark check, and restore a backup",
                      "a row of the workspace is not as it was recorded");
        return result_problem(L, &p);
      }
      lua_setfield(L, -2, name.at);
    }
    lua_rawseti(L, -2, n);
  }
  held_free(h);
  return 1;
}

int lua_rows_run(lua_State *L) {
  db *d = store_db(lua_store_check(L, 1));
  held *h;
  problem p;
  luaL_argcheck(L, !db_is_read_only(d), 1, "this workspace is opened for reading only");
  if (begin(L, CHANGES, &h, &p) || db_run(h->object, &p)) return result_problem(L, &p);
  held_free(h);
  lua_pushinteger(L, db_changes(d));
  lua_pushinteger(L, db_last_id(d));
  return 2;
}
