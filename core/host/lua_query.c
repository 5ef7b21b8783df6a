/* lua_query: questions in SQL, finding pupils, checking; see lua_registers.h. */
#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "host/lua_registers.h"
#include "host/lua_store.h"
#include "script/value.h"
#include "store/case/check.h"
#include "store/people/find.h"

void lua_free_query(void *held) { query_free(held); }

static void push_value(lua_State *L, const query *rows, int i) {
  slice text;
  switch (query_type_of(rows, i)) {
    case QUERY_NULL: lua_pushnil(L); break;
    case QUERY_INTEGER: lua_pushinteger(L, query_integer(rows, i)); break;
    case QUERY_REAL: lua_pushnumber(L, query_real(rows, i)); break;
    case QUERY_TEXT:
    case QUERY_BLOB:
      text = query_text(rows, i);
      lua_pushlstring(L, text.at, text.length);
      break;
  }
}

/* A person's query ----------------------------------------------------------- */

static int next_row(lua_State *L) {
  (void)lua_held_store(L);
  query *rows = lua_held_self(L)->object;
  bool row = false;
  problem p;
  if (query_next(rows, &row, &p)) return lua_raise_problem(L, &p);
  if (!row) return lua_pushnil(L), 1;
  int count = query_columns(rows);
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    push_value(L, rows, i);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static int store_query(lua_State *L) {
  store *s = lua_store_check(L, 1);
  slice sql;
  sql.at = luaL_checklstring(L, 2, &sql.length);
  lua_settop(L, 2);
  lua_held *held = lua_held_push(L, lua_free_query);
  query *rows = NULL;
  problem p;
  if (query_begin(s, sql, &rows, &p)) return lua_push_problem(L, &p);
  held->object = rows;
  int count = query_columns(rows);
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    lua_pushstring(L, query_column_name(rows, i));
    lua_rawseti(L, -2, i + 1);
  }
  lua_insert(L, -2);
  (void)lua_held_iterate(L, next_row);
  lua_pop(L, 3); /* the iterator alone: ... columns held next */
  lua_remove(L, -2);
  return 2;
}

/* Records -------------------------------------------------------------------- */

static void set_field(lua_State *L, const query *rows, int i) {
  const char *name = query_column_name(rows, i);
  if ((slice_is(slice_of(name), "data") || slice_is(slice_of(name), "body")) &&
      query_type_of(rows, i) == QUERY_TEXT) {
    problem p;
    if (value_push_text(L, query_text(rows, i), &p)) lua_raise_problem(L, &p);
  } else {
    push_value(L, rows, i);
  }
  lua_setfield(L, -2, name);
}

int lua_push_records(lua_State *L, query *rows) {
  bool row = false;
  problem p;
  lua_newtable(L);
  for (lua_Integer n = 1;; n++) {
    if (query_next(rows, &row, &p)) return lua_push_problem(L, &p);
    if (!row) return 1;
    lua_newtable(L);
    for (int i = 0; i < query_columns(rows); i++) set_field(L, rows, i);
    lua_rawseti(L, -2, n);
  }
}

static int store_find_pupils(lua_State *L) {
  store *s = lua_store_check(L, 1);
  slice text;
  text.at = luaL_checklstring(L, 2, &text.length);
  lua_held *held = lua_held_push(L, lua_free_query);
  query *rows = NULL;
  problem p;
  if (find_pupils(s, text, &rows, &p)) return lua_push_problem(L, &p);
  held->object = rows;
  int given = lua_push_records(L, rows);
  lua_held_free(held);
  return given;
}

/* Checking ------------------------------------------------------------------- */

static void free_findings(void *held) {
  findings_free(held);
  mem_free(held);
}

static int store_check(lua_State *L) {
  store *s = lua_store_check(L, 1);
  lua_held *held = lua_held_push(L, free_findings);
  findings *found = mem_new(1, sizeof *found);
  if (!found) return luaL_error(L, "not enough memory");
  held->object = found;
  problem p;
  if (check_workspace(s, found, &p)) return lua_push_problem(L, &p);
  lua_createtable(L, (int)found->count, 0);
  for (size_t i = 0; i < found->count; i++) {
    lua_pushstring(L, found->texts[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_held_free(held);
  return 1;
}

void lua_queries_add(lua_State *L) {
  static const luaL_Reg methods[] = {{"query", store_query},
                                     {"find_pupils", store_find_pupils},
                                     {"check", store_check},
                                     {NULL, NULL}};
  lua_store_methods(L, methods);
}
