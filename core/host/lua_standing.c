/* lua_standing: see lua_standing.h. */
#include "host/lua_standing.h"

#include <lauxlib.h>
#include <stdlib.h>

#include "host/args.h"
#include "host/lua_store.h"
#include "script/result.h"

#define STANDING_TYPE "waymark.standing"

school_suggestions *lua_standing_check(lua_State *L, int index) {
  return lua_isnil(L, index) ? NULL : luaL_checkudata(L, index, STANDING_TYPE);
}

static int standing_collect(lua_State *L) {
  school_suggestions_free(luaL_checkudata(L, 1, STANDING_TYPE));
  return 0;
}

/* The row of the key in the arguments (standing, enrolment, step, concern), or NULL. */
static suggestion_row *row_of(lua_State *L) {
  const school_suggestions *all = luaL_checkudata(L, 1, STANDING_TYPE);
  int64_t enrolment = luaL_checkinteger(L, 2);
  slice step, concern;
  step.at = luaL_checklstring(L, 3, &step.length);
  concern.at = luaL_checklstring(L, 4, &concern.length);
  return school_suggestions_find(all, enrolment, step, concern);
}

static int standing_find_row(lua_State *L) {
  const suggestion_row *row = row_of(L);
  if (!row) return 0;
  lua_pushlstring(L, row->state.at, row->state.length);
  lua_pushboolean(L, row->open);
  return 2;
}

static int standing_hold(lua_State *L) {
  suggestion_row *row = row_of(L);
  if (row) row->held = true;
  return 0;
}

static int standing_look(lua_State *L) {
  const school_suggestions *all = luaL_checkudata(L, 1, STANDING_TYPE);
  size_t count, first = school_suggestions_of(all, luaL_checkinteger(L, 2), &count);
  for (size_t i = first; i < first + count; i++) all->rows[i].look = true;
  return 0;
}

static int by_made(const void *a, const void *b) {
  const suggestion_row *x = *(const suggestion_row *const *)a,
                       *y = *(const suggestion_row *const *)b;
  return (x->made > y->made) - (x->made < y->made);
}

static void push_row(lua_State *L, const suggestion_row *row) {
  lua_createtable(L, 0, 4);
  result_set_integer(L, "enrolment", row->enrolment);
  result_set_integer(L, "made", row->made);
  result_set_text(L, "step", row->step);
  result_set_text(L, "concern", row->concern);
}

static int standing_left(lua_State *L) {
  const school_suggestions *all = luaL_checkudata(L, 1, STANDING_TYPE);
  const suggestion_row **left =
      lua_newuserdatauv(L, (all->count + 1) * sizeof(suggestion_row *), 0);
  size_t n = 0;
  for (size_t i = 0; i < all->count; i++)
    if (all->rows[i].open && !all->rows[i].held) left[n++] = &all->rows[i];
  qsort(left, n, sizeof *left, by_made);
  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    push_row(L, left[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static void push_type(lua_State *L) {
  static const luaL_Reg methods[] = {{"find", standing_find_row},
                                     {"hold", standing_hold},
                                     {"look", standing_look},
                                     {"left", standing_left},
                                     {NULL, NULL}};
  if (!luaL_newmetatable(L, STANDING_TYPE)) return;
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, standing_collect);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
}

int lua_standing_read(lua_State *L) {
  static const char *const known[] = {"school", "known", "diary", NULL};
  store *w = lua_store_check(L, 1);
  args_options(L, 2, known);
  int64_t school = args_required_integer(L, 2, "school");
  int64_t last = args_integer(L, 2, "known", INT64_MAX);
  day diary = args_required_day(L, 2, "diary");
  school_suggestions *all = lua_newuserdatauv(L, sizeof *all, 0);
  *all = (school_suggestions){0};
  push_type(L);
  lua_setmetatable(L, -2);
  problem p;
  return school_suggestions_read(w, school, last, diary, all, &p) ? result_problem(L, &p) : 1;
}
