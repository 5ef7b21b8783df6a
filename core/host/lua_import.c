/* lua_import: the method `import` of a store; see lua_store.h, store/import.h.
 *
 *   s:import(kind, path, {
 *     at = UTC seconds, by =, strict =, dry_run =, left_out_dir =,
 *     today = an ISO date (usually the day of `at`), or false: no mark is too late
 *     am_code =, pm_code = the code texts that say "in school" for one half only
 *     memory = most bytes of sheets in memory
 *     fail_after = n: all allocations after the next n fail; for tests
 *     progress = function(bytes, total) … end   false stops; an error does so too
 *   }) -> report | nil, message, report
 *
 * The report: kind, file, digest, rows, added, unchanged, changed, removed,
 * repeated, cleared, no_mark, agreed, left_out, first, last, sessions, schools,
 * seen_before, encoding, delimiter, left_out_path, import; and lists
 *   reasons, warnings   {{name, sentence, count, examples = {{line, words}, …}}, …}
 *   repeats, clears     {count, examples}
 *   pairs               {{was, now, count}, …}, the most frequent first
 *   ignored, groups     headings */
#include <string.h>

#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "host/lua_store.h"
#include "script/lua_date.h"
#include "store/import/import.h"

enum { SELF = 1, KIND, PATH, OPTIONS, PROGRESS };

/* The report ------------------------------------------------------------------- */

static void push_examples(lua_State *L, const examples *t) {
  lua_createtable(L, (int)t->shown, 0);
  for (size_t i = 0; i < t->shown; i++) {
    lua_createtable(L, 0, 2);
    if (t->list[i].line) lua_set_integer(L, "line", (int64_t)t->list[i].line);
    lua_set_text(L, "words", slice_of(t->list[i].words));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static void push_tally(lua_State *L, const char *name, const char *sentence, const examples *t) {
  lua_createtable(L, 0, 4);
  if (name) lua_set_text(L, "name", slice_of(name));
  if (sentence) lua_set_text(L, "sentence", slice_of(sentence));
  lua_set_integer(L, "count", (int64_t)t->count);
  push_examples(L, t);
  lua_setfield(L, -2, "examples");
}

static void set_reasons(lua_State *L, const import_report *r) {
  lua_Integer n = 0;
  lua_newtable(L);
  for (unsigned i = 0; i < LEFT_REASONS; i++) {
    if (!r->reasons[i].count) continue;
    push_tally(L, left_reason_name(i), left_reason_sentence(i), &r->reasons[i]);
    lua_rawseti(L, -2, ++n);
  }
  lua_setfield(L, -2, "reasons");
}

static void set_warnings(lua_State *L, const import_report *r) {
  lua_Integer n = 0;
  lua_newtable(L);
  for (unsigned i = 0; i < IMPORT_WARNINGS; i++) {
    if (!r->warnings[i].count) continue;
    push_tally(L, import_warning_name(i), import_warning_sentence(i), &r->warnings[i]);
    lua_rawseti(L, -2, ++n);
  }
  lua_setfield(L, -2, "warnings");
}

static void set_pairs(lua_State *L, const import_report *r) {
  lua_newtable(L);
  for (size_t i = 0; i < r->pair_count; i++) {
    const import_pair *pair = &r->pairs[i];
    lua_createtable(L, 0, 3);
    lua_set_text(L, "was", slice_of(r->codes.of[pair->was].text));
    lua_set_text(L, "now", slice_of(r->codes.of[pair->now].text));
    lua_set_integer(L, "count", (int64_t)pair->count);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "pairs");
}

static void set_list(lua_State *L, const char *name, char *const *texts, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushstring(L, texts[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, name);
}

static void set_counts(lua_State *L, const import_report *r) {
  const struct {
    const char *name;
    size_t count;
  } counts[] = {{"rows", r->rows},         {"added", r->added},       {"unchanged", r->unchanged},
                {"changed", r->changed},   {"removed", r->removed},   {"repeated", r->repeated},
                {"cleared", r->cleared},   {"no_mark", r->no_mark},   {"agreed", r->agreed},
                {"left_out", r->left_out}, {"sessions", r->sessions}, {"schools", r->schools}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    lua_set_integer(L, counts[i].name, (int64_t)counts[i].count);
}

static void set_file(lua_State *L, const import_report *r) {
  if (r->file) lua_set_text(L, "file", slice_of(r->file));
  if (r->left_out_path) lua_set_text(L, "left_out_path", slice_of(r->left_out_path));
  lua_set_text(L, "digest", slice_of(r->digest));
  lua_set_text(L, "encoding", slice_of(r->encoding));
  if (r->delimiter) lua_set_text(L, "delimiter", (slice){&r->delimiter, 1});
  if (r->import) lua_set_integer(L, "import", r->import);
  lua_pushboolean(L, r->seen_before);
  lua_setfield(L, -2, "seen_before");
  lua_date_push(L, r->first);
  lua_setfield(L, -2, "first");
  lua_date_push(L, r->last);
  lua_setfield(L, -2, "last");
}

static void push_report(lua_State *L, const import_report *r) {
  lua_createtable(L, 0, 32);
  lua_set_text(L, "kind", slice_of(import_kind_name(r->kind)));
  set_counts(L, r);
  set_file(L, r);
  set_reasons(L, r);
  set_warnings(L, r);
  set_pairs(L, r);
  push_tally(L, NULL, NULL, &r->repeats);
  lua_setfield(L, -2, "repeats");
  push_tally(L, NULL, NULL, &r->clears);
  lua_setfield(L, -2, "clears");
  set_list(L, "ignored", r->ignored, r->ignored_count);
  set_list(L, "groups", r->groups, r->group_count);
}

/* The method ------------------------------------------------------------------- */

/* step(function, &numbers) -> what the function says; false only when it said
 * false. Called protected: pushing may raise. */
static int progress_step(lua_State *L) {
  const uint64_t *numbers = lua_touserdata(L, 2);
  lua_settop(L, 1);
  lua_pushinteger(L, (lua_Integer)numbers[0]);
  lua_pushinteger(L, (lua_Integer)numbers[1]);
  lua_call(L, 2, 1);
  lua_pushboolean(L, !lua_isboolean(L, -1) || lua_toboolean(L, -1));
  return 1;
}

/* Raises nothing; an error in the function stops the import, which says so. */
static bool call_progress(void *state, uint64_t done, uint64_t total) {
  lua_State *L = state;
  uint64_t numbers[2] = {done, total};
  if (!lua_checkstack(L, 4)) return false;
  lua_pushcfunction(L, progress_step);
  lua_pushvalue(L, PROGRESS);
  lua_pushlightuserdata(L, numbers);
  bool on = lua_pcall(L, 2, 1, 0) == LUA_OK && lua_toboolean(L, -1);
  lua_pop(L, 1);
  return on;
}

static const char *text_option(lua_State *L, const char *name) {
  size_t length = 0;
  const char *text = NULL;
  int type = lua_getfield(L, OPTIONS, name);
  if (type == LUA_TSTRING) text = lua_tolstring(L, -1, &length);
  if ((type != LUA_TSTRING && type != LUA_TNIL) || (text && strlen(text) != length))
    luaL_error(L, "'%s' must be a text", name);
  return text; /* it stays on the stack, and the option in its table */
}

/* A whole number of at least 0; `otherwise` when it is not given. */
static lua_Integer number_option(lua_State *L, const char *name, lua_Integer otherwise) {
  if (lua_getfield(L, OPTIONS, name) == LUA_TNIL) return otherwise;
  if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 0)
    luaL_error(L, "'%s' must be a whole number", name);
  return lua_tointeger(L, -1);
}

static bool flag_option(lua_State *L, const char *name) {
  lua_getfield(L, OPTIONS, name);
  return lua_toboolean(L, -1);
}

static day today_option(lua_State *L, int64_t at) {
  if (lua_getfield(L, OPTIONS, "today") == LUA_TBOOLEAN) return DAY_NONE;
  day today = lua_date_opt(L, lua_gettop(L));
  return today != DAY_NONE ? today : (day)(at / 86400);
}

static enum import_kind check_kind(lua_State *L) {
  slice name;
  enum import_kind kind = IMPORT_MARKS;
  name.at = luaL_checklstring(L, KIND, &name.length);
  luaL_argcheck(L, import_kind_parse(name, &kind), KIND,
                "one of schools, calendar, pupils, contacts, marks");
  return kind;
}

static import_options check_options(lua_State *L) {
  import_options o = {.kind = check_kind(L), .path = luaL_checkstring(L, PATH), .context = L};
  luaL_checktype(L, OPTIONS, LUA_TTABLE);
  lua_settop(L, OPTIONS);
  int type = lua_getfield(L, OPTIONS, "progress"); /* at PROGRESS */
  lua_getfield(L, OPTIONS, "at");
  luaL_argcheck(L, lua_isinteger(L, -1), OPTIONS, "'at' must be a time in seconds");
  o.at = lua_tointeger(L, -1);
  luaL_argcheck(L, o.at >= 0 && o.at / 86400 < DATE_LAST, OPTIONS, "'at' is no time");
  o.today = today_option(L, o.at);
  o.by = text_option(L, "by");
  o.left_out_dir = text_option(L, "left_out_dir");
  o.am_code = text_option(L, "am_code");
  o.pm_code = text_option(L, "pm_code");
  o.memory = (size_t)number_option(L, "memory", 0);
  o.strict = flag_option(L, "strict");
  o.dry_run = flag_option(L, "dry_run");
  luaL_argcheck(L, type == LUA_TNIL || type == LUA_TFUNCTION, OPTIONS,
                "'progress' must be a function");
  if (type == LUA_TFUNCTION) o.progress = call_progress;
  return o;
}

static void free_report(void *held) {
  import_report_free(held);
  mem_free(held);
}

int lua_store_import(lua_State *L) {
  store *s = lua_store_check(L, SELF);
  import_options options = check_options(L);
  lua_Integer fail_after = number_option(L, "fail_after", -1);
  lua_held *held = lua_held_push(L, free_report);
  import_report *r = mem_new(1, sizeof *r);
  if (!r) return luaL_error(L, "not enough memory");
  held->object = r;
  problem p;
  store **place = lua_touserdata(L, SELF);
  *place = NULL; /* closed to whatever `progress` does; import_run raises nothing */
  mem_fail_after((long)fail_after);
  status failed = import_run(s, &options, r, &p);
  mem_fail_after(-1);
  *place = s;
  if (failed) (void)lua_push_problem(L, &p);
  push_report(L, r);
  return failed ? 3 : 1;
}
