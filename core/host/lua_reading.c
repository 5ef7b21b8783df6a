/* lua_reading: a userdata with the reading and its lists, and, as its value, a list of every text
 * that it lends. */
#include "host/lua_reading.h"

#include <string.h>

#include "host/args.h"

enum { LISTED_MOST = 4096 }; /* aliases, marks or sub-codes: more than any profile has */

/* The place of an option among texts, from 1; 0 when it is absent. */
static unsigned choice(lua_State *L, int at, const char *name, const char *const *texts) {
  slice text = args_text(L, at, name);
  luaL_Buffer all;
  if (!text.length) return 0;
  for (unsigned i = 0; texts[i]; i++)
    if (slice_is(text, texts[i])) return i + 1;
  luaL_buffinit(L, &all);
  for (unsigned i = 0; texts[i]; i++) {
    if (i) luaL_addstring(&all, texts[i + 1] ? ", " : " or ");
    luaL_addstring(&all, texts[i]);
  }
  luaL_pushresult(&all);
  return (unsigned)luaL_error(L, "'%s' must be %s", name, lua_tostring(L, -1));
}

/* The text on top, which goes into the list of texts. */
static slice hold_text(lua_State *L, int texts, const char *name) {
  slice text;
  if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "'%s' must have texts in it", name);
  text.at = lua_tolstring(L, -1, &text.length);
  lua_rawseti(L, texts, (lua_Integer)lua_rawlen(L, texts) + 1);
  return text;
}

/* Push the table of that name, or an empty one; how many pairs of texts it makes. */
static size_t push_table(lua_State *L, int at, const char *name) {
  size_t count = 0;
  int type = lua_getfield(L, at, name);
  if (type == LUA_TNIL) {
    lua_pop(L, 1);
    lua_newtable(L);
  } else if (type != LUA_TTABLE) {
    luaL_error(L, "'%s' must be a table", name);
  }
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
    count += lua_istable(L, -1) ? (size_t)lua_rawlen(L, -1) : 1;
  if (count > LISTED_MOST) luaL_error(L, "'%s' has more than %d texts", name, (int)LISTED_MOST);
  return count;
}

/* column -> heading, or headings */
static void read_aliases(lua_State *L, int table, int texts, alias *out) {
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    lua_pushvalue(L, -2);
    slice column = hold_text(L, texts, "columns");
    lua_Integer count = lua_istable(L, -1) ? (lua_Integer)lua_rawlen(L, -1) : 1;
    for (lua_Integer i = 1; i <= count; i++) {
      if (lua_istable(L, -1))
        lua_rawgeti(L, -1, i);
      else
        lua_pushvalue(L, -1);
      *out++ = (alias){hold_text(L, texts, "columns"), column};
    }
  }
}

static void read_marks(lua_State *L, int table, int texts, const char *name, odd_mark *out) {
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    lua_pushvalue(L, -2);
    slice text = hold_text(L, texts, name);
    lua_pushvalue(L, -1); /* a table is no text: only what was counted is written */
    *out++ = (odd_mark){text, hold_text(L, texts, name)};
  }
}

const reading *lua_reading_check(lua_State *L, int at, const char *name) {
  static const char *const known[] = {"encoding", "delimiter", "quoting",      "sheet",
                                      "records",  "heading",   "heading_rows", "columns",
                                      "shape",    "dates",     "marks",        "sub_codes",
                                      "weekends", "starts",    "school",       NULL};
  static const char *const encodings[] = {"utf-8",    "windows-1252", "iso-8859-1",
                                          "utf-16le", "utf-16be",     NULL};
  static const char *const delimiters[] = {",", ";", "\t", "|", NULL};
  static const char *const quotings[] = {"doubled", "backslash", NULL};
  static const char *const shapes[] = {"long", "daily", "grid", "string", NULL};
  static const char *const orders[] = {"day-first", "month-first", NULL};
  static const char *const lists[] = {"columns", "marks", "sub_codes"};
  luaL_checkstack(L, 20, NULL);
  int type = lua_getfield(L, at, name), top = lua_gettop(L);
  if (type == LUA_TNIL) return NULL;
  if (type != LUA_TTABLE) luaL_error(L, "'%s' must be a table", name);
  args_options(L, top, known);
  lua_newtable(L); /* a copy that nobody else has lends its texts */
  for (lua_pushnil(L); lua_next(L, top);) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, top + 1);
  }
  lua_replace(L, top);
  size_t counts[3];
  for (int i = 0; i < 3; i++) counts[i] = push_table(L, top, lists[i]); /* at top + 1, 2, 3 */
  size_t bytes =
      sizeof(reading) + counts[0] * sizeof(alias) + (counts[1] + counts[2]) * sizeof(odd_mark);
  lua_newtable(L); /* at top + 4: the texts */
  char *block = lua_newuserdatauv(L, bytes, 2);
  alias *aliases = (alias *)(void *)(block + sizeof(reading));
  odd_mark *marks = (odd_mark *)(void *)(aliases + counts[0]), *sub_codes = marks + counts[1];
  read_aliases(L, top + 1, top + 4, aliases);
  read_marks(L, top + 2, top + 4, "marks", marks);
  read_marks(L, top + 3, top + 4, "sub_codes", sub_codes);
  unsigned delimiter = choice(L, top, "delimiter", delimiters);
  int64_t heading = args_integer(L, top, "heading", 0);
  int64_t rows = args_integer(L, top, "heading_rows", 0);
  if (heading < 0 || heading > INT32_MAX) luaL_error(L, "'heading' must be the number of a line");
  if (rows < 0 || rows > 2) luaL_error(L, "'heading_rows' must be 1 or 2");
  reading *r = (reading *)(void *)block;
  *r = (reading){.encoding = (enum encoding)choice(L, top, "encoding", encodings),
                 .delimiter = delimiter ? delimiters[delimiter - 1][0] : '\0',
                 .quoting = (enum quoting)choice(L, top, "quoting", quotings),
                 .sheet = args_string(L, top, "sheet"),
                 .records = args_string(L, top, "records"),
                 .heading = (size_t)heading,
                 .heading_rows = (size_t)rows,
                 .aliases = aliases,
                 .alias_count = counts[0],
                 .shape = (enum shape)choice(L, top, "shape", shapes),
                 .dates = (enum date_order)choice(L, top, "dates", orders),
                 .marks = marks,
                 .sub_codes = sub_codes,
                 .mark_count = counts[1],
                 .sub_code_count = counts[2],
                 .weekends = args_flag(L, top, "weekends"),
                 .starts = args_day(L, top, "starts"),
                 .school = args_string(L, top, "school")};
  lua_pushvalue(L, top);
  lua_setiuservalue(L, -2, 1);
  lua_pushvalue(L, top + 4);
  lua_setiuservalue(L, -2, 2);
  lua_replace(L, top);
  lua_settop(L, top);
  return r;
}
