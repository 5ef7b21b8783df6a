/* lua_store: see lua_store.h. */
#include "host/lua_store.h"

#include <string.h>

#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "script/lua_date.h"
#include "store/people/schools.h"

static const char store_type[] = "waymark.store";

/* A path is taken whole or not at all. */
static const char *check_path(lua_State *L, int index) {
  size_t length;
  const char *path = luaL_checklstring(L, index, &length);
  luaL_argcheck(L, length && strlen(path) == length, index, "not a path");
  return path;
}

store *lua_store_check(lua_State *L, int index) {
  store **s = luaL_checkudata(L, index, store_type);
  luaL_argcheck(L, *s, index, "the workspace has been closed");
  return *s;
}

static int give_true(lua_State *L, status failed, const problem *p) {
  if (failed) return lua_push_problem(L, p);
  lua_pushboolean(L, 1);
  return 1;
}

/* Opening -------------------------------------------------------------------- */

static int open_store(lua_State *L) {
  static const char *const names[] = {"create", "write", "read", NULL};
  static const enum db_mode modes[] = {DB_CREATE, DB_WRITE, DB_READ};
  const char *path = check_path(L, 1);
  int mode = luaL_checkoption(L, 2, NULL, names);
  problem p;
  store **s = lua_newuserdatauv(L, sizeof *s, 0);
  *s = NULL;
  luaL_setmetatable(L, store_type);
  return store_open(path, modes[mode], s, &p) ? lua_push_problem(L, &p) : 1;
}

static int close_store(lua_State *L) {
  store **s = luaL_checkudata(L, 1, store_type);
  store_close(*s);
  *s = NULL;
  return 0;
}

/* Transactions ----------------------------------------------------------------- */

static int begin(lua_State *L) {
  problem p;
  store *s = lua_store_check(L, 1);
  return give_true(L, db_begin(store_db(s), &p), &p);
}

static int commit(lua_State *L) {
  problem p;
  store *s = lua_store_check(L, 1);
  return give_true(L, db_commit(store_db(s), &p), &p);
}

static int rollback(lua_State *L) {
  problem p;
  store *s = lua_store_check(L, 1);
  db_rollback(store_db(s));
  return give_true(L, store_reload(s, &p), &p);
}

static int savepoint(lua_State *L) {
  problem p;
  store *s = lua_store_check(L, 1);
  return give_true(L, db_exec(store_db(s), "SAVEPOINT part", &p), &p);
}

static int release(lua_State *L) {
  problem p;
  store *s = lua_store_check(L, 1);
  bool undone = lua_toboolean(L, 2);
  const char *sql = undone ? "ROLLBACK TO part; RELEASE part" : "RELEASE part";
  status failed = db_exec(store_db(s), sql, &p);
  if (!failed && undone) failed = store_reload(s, &p);
  return give_true(L, failed, &p);
}

/* Settings --------------------------------------------------------------------- */

static int settings(lua_State *L) {
  store *s = lua_store_check(L, 1);
  slice text;
  text.at = luaL_checklstring(L, 2, &text.length);
  int64_t at = luaL_checkinteger(L, 3);
  problem p;
  bool kept = false;
  if (store_settings(s, text, at, &kept, &p)) return lua_push_problem(L, &p);
  lua_pushboolean(L, kept);
  return 1;
}

static void free_text(void *held) {
  buffer_free(held);
  mem_free(held);
}

/* An empty buffer that Lua frees; on top of the stack. */
static buffer *hold_text(lua_State *L) {
  lua_held *held = lua_held_push(L, free_text);
  held->object = mem_new(1, sizeof(buffer));
  if (!held->object) luaL_error(L, "not enough memory");
  return held->object;
}

static int last_settings(lua_State *L) {
  store *s = lua_store_check(L, 1);
  buffer *text = hold_text(L);
  problem p;
  int64_t at = 0;
  bool found = false;
  if (store_last_settings(s, text, &at, &found, &p)) return lua_push_problem(L, &p);
  if (!found) return 0;
  (void)lua_pushlstring(L, text->length ? text->bytes : "", text->length);
  lua_pushinteger(L, at);
  return 2;
}

/* Codes ------------------------------------------------------------------------ */

static void set_day(lua_State *L, const char *name, day d) {
  lua_date_push(L, d);
  lua_setfield(L, -2, name);
}

/* The code of a byte, its meaning in `meaning`, as a table. */
static void push_code(lua_State *L, mark m, const code *c, const buffer *meaning) {
  lua_createtable(L, 0, 7);
  lua_set_integer(L, "byte", m);
  lua_set_text(L, "text", slice_of(c->text));
  lua_set_text(L, "class", slice_of(class_name(mark_class_of(m))));
  lua_set_text(L, "meaning", (slice){meaning->bytes, meaning->length});
  lua_pushboolean(L, c->physical);
  lua_setfield(L, -2, "physical");
  set_day(L, "from", c->from);
  set_day(L, "to", c->to);
}

static int codes(lua_State *L) {
  store *s = lua_store_check(L, 1);
  const code_set *all = store_codes(s);
  buffer *meaning = hold_text(L);
  lua_Integer n = 0;
  problem p;
  lua_newtable(L);
  for (unsigned m = 1; m < MARK_VALUES; m++) {
    if (!all->of[m].text[0]) continue;
    buffer_clear(meaning);
    if (store_code_meaning(s, (mark)m, meaning, &p)) return lua_push_problem(L, &p);
    push_code(L, (mark)m, &all->of[m], meaning);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

/* The text in field `name` of the table on top; pushed, so that it stays. */
static slice text_field(lua_State *L, int table, const char *name, bool required) {
  slice text = {"", 0};
  int type = lua_getfield(L, table, name);
  if (type == LUA_TSTRING)
    text.at = lua_tolstring(L, -1, &text.length);
  else if (type != LUA_TNIL || required)
    luaL_error(L, "'%s' must be a text", name);
  return text;
}

static day day_field(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  return lua_date_opt(L, lua_gettop(L));
}

/* Read the code at the top of the stack, and pop it. */
static status add_code(lua_State *L, store *s, problem *p) {
  int table = lua_gettop(L);
  code c = {0};
  enum mark_class class;
  luaL_checktype(L, table, LUA_TTABLE);
  slice text = text_field(L, table, "text", true);
  slice name = text_field(L, table, "class", true);
  slice meaning = text_field(L, table, "meaning", false);
  c.from = day_field(L, table, "from");
  c.to = day_field(L, table, "to");
  lua_getfield(L, table, "physical");
  c.physical = lua_toboolean(L, -1);
  if (text.length >= sizeof c.text)
    return problem_set(p, STATUS_SYNTAX, "use one or two printable characters",
                       "not an attendance code: \"%.20s\"", text.at);
  if (!class_parse(name, &class))
    return problem_set(p, STATUS_NOT_FOUND, NULL, "no class of codes is called \"%.40s\"", name.at);
  memcpy(c.text, text.at, text.length);
  status t = store_codes_add(s, class, &c, meaning, NULL, p);
  lua_settop(L, table - 1);
  return t;
}

static int add_codes(lua_State *L) {
  store *s = lua_store_check(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_Integer count = luaL_len(L, 2);
  problem p;
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, 2, i);
    if (add_code(L, s, &p)) return lua_push_problem(L, &p);
  }
  lua_pushboolean(L, 1);
  return 1;
}

/* Calendars -------------------------------------------------------------------- */

/* A {date, am, pm} of the list at 3. */
static school_day day_item(lua_State *L, lua_Integer i) {
  school_day d;
  lua_geti(L, 3, i);
  int item = lua_gettop(L);
  luaL_checktype(L, item, LUA_TTABLE);
  lua_geti(L, item, 1);
  d.on = lua_date_check(L, item + 1);
  lua_geti(L, item, 2);
  d.open[0] = lua_toboolean(L, -1);
  lua_geti(L, item, 3);
  d.open[1] = lua_toboolean(L, -1);
  lua_settop(L, item - 1);
  return d;
}

static int default_days(lua_State *L) {
  enum { MOST_DAYS = 120000 }; /* of all years that there are */
  store *s = lua_store_check(L, 1);
  slice key;
  key.at = luaL_optlstring(L, 2, "", &key.length);
  luaL_checktype(L, 3, LUA_TTABLE);
  lua_Integer count = luaL_len(L, 3);
  luaL_argcheck(L, count >= 0 && count <= MOST_DAYS, 3, "too many days");
  school_day *days = lua_newuserdatauv(L, (size_t)(count ? count : 1) * sizeof *days, 0);
  for (lua_Integer i = 0; i < count; i++) days[i] = day_item(L, i + 1);
  problem p;
  return give_true(L, store_default_days(s, key, days, (size_t)count, &p), &p);
}

static void push_day(lua_State *L, const school_day *d) {
  lua_createtable(L, 3, 0);
  lua_date_push(L, d->on);
  lua_rawseti(L, -2, 1);
  for (int half = 0; half < 2; half++) {
    lua_pushboolean(L, d->open[half]);
    lua_rawseti(L, -2, half + 2);
  }
}

static int days(lua_State *L) {
  store *s = lua_store_check(L, 1);
  int64_t school = luaL_checkinteger(L, 2);
  day from = lua_date_opt(L, 3), to = lua_date_opt(L, 4);
  lua_held *held = lua_held_push(L, mem_free);
  school_day *all = NULL;
  size_t count = 0;
  problem p;
  if (store_days(s, school, &all, &count, &p)) return lua_push_problem(L, &p);
  held->object = all;
  lua_newtable(L);
  lua_Integer n = 0;
  for (size_t i = 0; i < count; i++) {
    if ((from != DAY_NONE && all[i].on < from) || (to != DAY_NONE && all[i].on > to)) continue;
    push_day(L, &all[i]);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

/* Schools ---------------------------------------------------------------------- */

static void free_schools(void *held) { schools_free(held); }

static schools *hold_schools(lua_State *L, store *s, problem *p) {
  lua_held *held = lua_held_push(L, free_schools);
  schools *all = NULL;
  if (schools_new(store_db(s), &all, p)) return NULL;
  held->object = all;
  return all;
}

static int list_schools(lua_State *L) {
  store *s = lua_store_check(L, 1);
  problem p;
  schools *all = hold_schools(L, s, &p);
  if (!all) return lua_push_problem(L, &p);
  lua_newtable(L);
  for (size_t i = 0; i < all->count; i++) {
    const school_entry *e = &all->list[i];
    session reach = SESSION_NONE;
    int64_t pupils = 0;
    if (school_reach(store_db(s), e->id, INT64_MAX, &reach, &p) ||
        school_pupils(store_db(s), e->id, &pupils, &p))
      return lua_push_problem(L, &p);
    lua_createtable(L, 0, 7);
    lua_set_integer(L, "id", e->id);
    lua_set_text(L, "key", slice_of(e->key));
    lua_pushstring(L, e->name);
    lua_setfield(L, -2, "name");
    lua_set_text(L, "phase", slice_of(e->phase));
    lua_set_text(L, "la", slice_of(e->la));
    lua_set_integer(L, "pupils", pupils);
    if (reach != SESSION_NONE) {
      lua_createtable(L, 2, 0);
      lua_date_push(L, session_day(reach));
      lua_rawseti(L, -2, 1);
      lua_pushstring(L, session_half_name(reach));
      lua_rawseti(L, -2, 2);
      lua_setfield(L, -2, "reach");
    }
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* store:school_id(text): the row of the school that a key or a name means. */
static int school_id(lua_State *L) {
  store *s = lua_store_check(L, 1);
  slice text;
  text.at = luaL_checklstring(L, 2, &text.length);
  int64_t id = 0;
  problem p;
  if (school_find(store_db(s), text, &id, &p)) return lua_push_problem(L, &p);
  lua_pushinteger(L, id);
  return 1;
}

static int put_school(lua_State *L) {
  static const char *const names[] = {
      [PUT_ADDED] = "added", [PUT_UNCHANGED] = "unchanged", [PUT_CHANGED] = "changed"};
  store *s = lua_store_check(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  school_record what = {.key = text_field(L, 2, "key", true),
                        .name = text_field(L, 2, "name", false),
                        .phase = text_field(L, 2, "phase", false),
                        .la = text_field(L, 2, "la", false)};
  what.has_phase = what.phase.length > 0;
  what.has_la = what.la.length > 0;
  enum put_change change;
  problem p;
  schools *all = hold_schools(L, s, &p);
  if (!all || schools_put(all, &what, &change, &p)) return lua_push_problem(L, &p);
  lua_pushstring(L, names[change]);
  return 1;
}

/* The type --------------------------------------------------------------------- */

void lua_store_methods(lua_State *L, const luaL_Reg *methods) {
  (void)luaL_getmetatable(L, store_type);
  (void)lua_getfield(L, -1, "__index");
  luaL_setfuncs(L, methods, 0);
  lua_pop(L, 2);
}

static void make_type(lua_State *L) {
  static const luaL_Reg meta[] = {{"__gc", close_store}, {"__close", close_store}, {NULL, NULL}};
  if (luaL_newmetatable(L, store_type)) {
    luaL_setfuncs(L, meta, 0);
    lua_newtable(L);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_pop(L, 1);
}

static const luaL_Reg methods[] = {{"close", close_store},
                                   {"begin", begin},
                                   {"commit", commit},
                                   {"rollback", rollback},
                                   {"savepoint", savepoint},
                                   {"release", release},
                                   {"settings", settings},
                                   {"last_settings", last_settings},
                                   {"codes", codes},
                                   {"add_codes", add_codes},
                                   {"default_days", default_days},
                                   {"days", days},
                                   {"schools", list_schools},
                                   {"school_id", school_id},
                                   {"put_school", put_school},
                                   {"import", lua_store_import},
                                   {NULL, NULL}};

int lua_store_open(lua_State *L) {
  make_type(L);
  lua_store_methods(L, methods);
  lua_createtable(L, 0, 3);
  lua_pushcfunction(L, open_store);
  lua_setfield(L, -2, "open");
  lua_backup_add(L);
  return 1;
}
