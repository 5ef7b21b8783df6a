/* lua_date: ISO texts to days and back; every function checks its dates. */
#include "script/lua_date.h"

#include <lauxlib.h>
#include <stdio.h>

#include "script/result.h"

day lua_date_check(lua_State *L, int index) {
  size_t length;
  const char *text = luaL_checklstring(L, index, &length);
  problem p = {0};
  day d = DAY_NONE;
  if (date_parse_iso((slice){text, length}, &d, &p))
    luaL_argerror(L, index, lua_pushfstring(L, "%s; %s", p.sentence, p.remedy));
  return d;
}

day lua_date_opt(lua_State *L, int index) {
  return lua_isnoneornil(L, index) ? DAY_NONE : lua_date_check(L, index);
}

void lua_date_push(lua_State *L, day d) {
  char text[DATE_TEXT];
  if (d == DAY_NONE) {
    lua_pushnil(L);
    return;
  }
  date_format(d, text);
  lua_pushstring(L, text);
}

void lua_date_push_session(lua_State *L, session s) {
  char date[DATE_TEXT];
  date_format(session_day(s), date);
  lua_pushfstring(L, "%s %s", date, session_half_name(s));
}

/* add(date, days) -> date */
static int date_add(lua_State *L) {
  day d = lua_date_check(L, 1);
  lua_Integer n = luaL_checkinteger(L, 2);
  luaL_argcheck(L, n >= DATE_FIRST - d && n <= DATE_LAST - d, 2, "outside the years 1900 to 2199");
  lua_date_push(L, d + (day)n);
  return 1;
}

/* between(from, to) -> number of days; negative when `to` is earlier */
static int date_between(lua_State *L) {
  lua_pushinteger(L, lua_date_check(L, 2) - lua_date_check(L, 1));
  return 1;
}

/* weekday(date) -> 1 (Monday) .. 7 */
static int date_weekday_number(lua_State *L) {
  lua_pushinteger(L, date_weekday(lua_date_check(L, 1)) + 1);
  return 1;
}

/* english(date), short(date) -> "Monday 8 September 2025"; with upvalue 1 "Mon 8 Sep 2025" */
static int date_in_words(lua_State *L) {
  char text[DATE_ENGLISH];
  bool brief = lua_toboolean(L, lua_upvalueindex(1));
  (brief ? date_english_short : date_english)(lua_date_check(L, 1), text);
  lua_pushstring(L, text);
  return 1;
}

/* academic_year(date) -> "2025-26", its first day, its last day */
static int date_year(lua_State *L) {
  int year = date_academic_year(lua_date_check(L, 1));
  lua_pushfstring(L, "%d-%s%d", year, (year + 1) % 100 < 10 ? "0" : "", (year + 1) % 100);
  lua_date_push(L, date_academic_start(year));
  lua_date_push(L, date_academic_start(year + 1) - 1);
  return 3;
}

/* parse(text) -> date | nil, message; takes dd/mm/yyyy too */
static int date_read(lua_State *L) {
  slice text;
  text.at = luaL_checklstring(L, 1, &text.length);
  problem p;
  day d;
  if (date_parse(text, &d, &p)) return result_problem(L, &p);
  lua_date_push(L, d);
  return 1;
}

static int date_to_monday(lua_State *L) {
  lua_date_push(L, date_monday(lua_date_check(L, 1)));
  return 1;
}

int lua_date_open(lua_State *L) {
  static const luaL_Reg functions[] = {{"add", date_add},
                                       {"between", date_between},
                                       {"weekday", date_weekday_number},
                                       {"academic_year", date_year},
                                       {"parse", date_read},
                                       {"monday", date_to_monday},
                                       {NULL, NULL}};
  static const char *const words[] = {"english", "short"};
  luaL_newlib(L, functions);
  for (int brief = 0; brief < 2; brief++) {
    lua_pushboolean(L, brief);
    lua_pushcclosure(L, date_in_words, 1);
    lua_setfield(L, -2, words[brief]);
  }
  return 1;
}
