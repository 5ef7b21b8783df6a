/* lua_calendar: a box with a calendar that is built here, or lent by the value that is its
 * user value. */
#include "script/lua_calendar.h"

#include <lauxlib.h>
#include <string.h>

#include "base/mem.h"
#include "script/lua_date.h"
#include "script/result.h"
#include "script/type.h"

#define CALENDAR_TYPE "waymark.calendar"

typedef struct calendar_box {
  calendar calendar;
  bool owned; /* built here: freed by __gc */
} calendar_box;

static const calendar *check(lua_State *L) {
  calendar_box *box = luaL_checkudata(L, 1, CALENDAR_TYPE);
  return &box->calendar;
}

static calendar_box *new_box(lua_State *L) {
  calendar_box *box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = (calendar_box){0};
  luaL_setmetatable(L, CALENDAR_TYPE);
  return box;
}

void lua_calendar_push(lua_State *L, const calendar *c, int owner) {
  owner = lua_absindex(L, owner);
  new_box(L)->calendar = *c;
  lua_pushvalue(L, owner);
  lua_setiuservalue(L, -2, 1);
}

/* build(days) -> calendar | nil, message */
static int calendar_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  size_t n = lua_rawlen(L, 1);
  luaL_argcheck(L, n <= 100000, 1, "too many days");
  school_day *days = lua_newuserdatauv(L, (n + 1) * sizeof *days, 0);
  for (size_t i = 0; i < n; i++) {
    luaL_argcheck(L, lua_rawgeti(L, 1, (lua_Integer)i + 1) == LUA_TTABLE, 1,
                  "a list of { date, am, pm }");
    int row = lua_gettop(L);
    lua_rawgeti(L, row, 1);
    lua_rawgeti(L, row, 2);
    lua_rawgeti(L, row, 3);
    days[i] = (school_day){lua_date_check(L, row + 1),
                           {lua_toboolean(L, row + 2), lua_toboolean(L, row + 3)}};
    lua_settop(L, row - 1);
  }
  calendar_box *box = new_box(L);
  problem p = {0};
  if (calendar_build(days, n, &box->calendar, &p)) return result_problem(L, &p);
  box->owned = true;
  return 1;
}

static int calendar_gc(lua_State *L) {
  calendar_box *box = luaL_checkudata(L, 1, CALENDAR_TYPE);
  if (box->owned) calendar_free(&box->calendar);
  box->owned = false;
  box->calendar = (calendar){0};
  return 0;
}

/* is_open(date[, "AM"|"PM"]) -> whether the school is open then */
static int is_open(lua_State *L) {
  const calendar *c = check(L);
  day d = lua_date_check(L, 2);
  if (lua_isnoneornil(L, 3)) {
    lua_pushboolean(L, calendar_is_school_day(c, d));
    return 1;
  }
  size_t length;
  const char *text = luaL_checklstring(L, 3, &length);
  int half;
  luaL_argcheck(L, half_parse((slice){text, length}, &half), 3, "\"AM\" or \"PM\"");
  lua_pushboolean(L, calendar_is_open(c, session_of(d, half)));
  return 1;
}

/* week_of(date) -> number of the school week | nil */
static int week_of(lua_State *L) {
  int32_t week;
  if (calendar_week_of(check(L), lua_date_check(L, 2), &week))
    lua_pushinteger(L, week + 1);
  else
    lua_pushnil(L);
  return 1;
}

/* days_between(from, to) -> school days, both included */
static int days_between(lua_State *L) {
  const calendar *c = check(L);
  lua_pushinteger(
      L, (lua_Integer)calendar_days_between(c, lua_date_check(L, 2), lua_date_check(L, 3)));
  return 1;
}

static const struct {
  const char *name;
  status (*reckon)(const calendar *c, day d, int n, day *out, problem *p);
} reckonings[] = {
    {"days_after", calendar_days_after},           /* the n-th school day after a date */
    {"days_period", calendar_days_period},         /* the last of n school days from it on, … */
    {"sessions_period", calendar_sessions_period}, /* of n sessions */
    {"weeks_period", calendar_weeks_period},       /* of n school weeks */
};
enum { RECKONINGS = sizeof reckonings / sizeof *reckonings };

/* NAME(date, n) -> date | nil, message; upvalue 1 is its place above */
static int reckon(lua_State *L) {
  lua_Integer which = lua_tointeger(L, lua_upvalueindex(1));
  const calendar *c = check(L);
  day d = lua_date_check(L, 2);
  lua_Integer n = luaL_checkinteger(L, 3);
  luaL_argcheck(L, n >= 1 && n <= 5000, 3, "from 1 to 5000");
  day out;
  problem p = {0};
  if (reckonings[which].reckon(c, d, (int)n, &out, &p)) return result_problem(L, &p);
  lua_date_push(L, out);
  return 1;
}

/* first(), last() -> the first school day | nil; with upvalue 1 the last */
static int end_day(lua_State *L) {
  const calendar *c = check(L);
  size_t i = lua_toboolean(L, lua_upvalueindex(1)) ? c->count - 1 : 0;
  lua_date_push(L, c->count ? session_day(c->at[i]) : DAY_NONE);
  return 1;
}

int lua_calendar_open(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"is_open", is_open}, {"week_of", week_of}, {"days_between", days_between}, {NULL, NULL}};
  static const char *const ends[] = {"first", "last"};
  static const luaL_Reg meta[] = {{"__gc", calendar_gc}, {NULL, NULL}};
  type_push(L, CALENDAR_TYPE, meta, methods);
  lua_getfield(L, -1, "__index");
  for (int i = 0; i < RECKONINGS; i++) {
    lua_pushinteger(L, i);
    lua_pushcclosure(L, reckon, 1);
    lua_setfield(L, -2, reckonings[i].name);
  }
  for (int last = 0; last < 2; last++) {
    lua_pushboolean(L, last);
    lua_pushcclosure(L, end_day, 1);
    lua_setfield(L, -2, ends[last]);
  }
  lua_remove(L, -2);
  lua_pushcfunction(L, calendar_new);
  return 2;
}
