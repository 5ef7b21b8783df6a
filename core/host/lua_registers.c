/* lua_registers: see lua_registers.h. */
#include "host/lua_registers.h"

#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "host/lua_store.h"
#include "script/lua_date.h"
#include "script/lua_rule.h"
#include "store/sweep.h"

enum { RULES_MOST = 64 };

/* Batches -------------------------------------------------------------------- */

typedef struct batches {
  fill *fill;
  buffer block;
} batches;

static void free_batches(void *held) {
  batches *b = held;
  fill_free(b->fill);
  buffer_free(&b->block);
  mem_free(b);
}

static int next_batch(lua_State *L) {
  (void)lua_held_store(L);
  lua_held *held = lua_held_self(L);
  batches *b = held->object;
  bool more = false;
  problem p;
  if (fill_next(b->fill, &b->block, &more, &p)) return lua_raise_problem(L, &p);
  if (more)
    lua_pushlstring(L, b->block.bytes, b->block.length);
  else
    lua_pushnil(L);
  return 1;
}

/* The list `fields` as a mask. */
static uint32_t fields_option(lua_State *L) {
  uint32_t mask = 0;
  lua_pushliteral(L, "fields");
  int type = lua_rawget(L, OPTIONS_AT);
  if (type == LUA_TNIL) mask = FILL_EVERYTHING;
  if (type != LUA_TNIL && type != LUA_TTABLE) luaL_error(L, "'fields' must be a list");
  for (lua_Integer i = 1; type == LUA_TTABLE && lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
    slice name = {"", 0};
    if (lua_type(L, -1) == LUA_TSTRING) name.at = lua_tolstring(L, -1, &name.length);
    uint32_t bit = fill_field(name);
    if (!bit)
      luaL_error(L, "'fields': \"%s\" is none of %s", luaL_tolstring(L, -1, NULL),
                 fill_field_names());
    mask |= bit;
    lua_pop(L, 1);
  }
  lua_settop(L, OPTIONS_AT);
  return mask;
}

static int store_batches(lua_State *L) {
  static const char *const known[] = {"as_of",    "diary",   "known_at", "first_day", "school",
                                      "year",     "form",    "upn",      "enrolment", "fields",
                                      "everyone", "on_roll", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  fill_options o = {.as_of = lua_option_required_day(L, "as_of"),
                    .diary = lua_option_day(L, "diary"),
                    .on_roll = lua_option_flag(L, "on_roll"),
                    .known_at = lua_option_known_at(L),
                    .first_day = lua_option_day(L, "first_day"),
                    .year = lua_option_text(L, "year"),
                    .form = lua_option_text(L, "form"),
                    .upn = lua_option_text(L, "upn"),
                    .enrolment = lua_option_integer(L, "enrolment", 0),
                    .fields = fields_option(L),
                    .everyone = lua_option_flag(L, "everyone")};
  problem p;
  lua_held *held = lua_held_push(L, free_batches);
  if (lua_option_school(L, s, &o.school, &p)) return lua_push_problem(L, &p);
  batches *b = mem_new(1, sizeof *b);
  if (!b) return luaL_error(L, "not enough memory");
  held->object = b;
  if (fill_begin(s, &o, &b->fill, &p)) return lua_push_problem(L, &p);
  return lua_held_iterate(L, next_batch);
}

/* Figures -------------------------------------------------------------------- */

typedef struct figures {
  sweep *sweep;
  size_t rules;
} figures;

static void free_figures(void *held) {
  figures *f = held;
  sweep_free(f->sweep);
  mem_free(f);
}

static void set_tally(lua_State *L, const tally *t) {
  lua_set_integer(L, "possible", t->possible);
  lua_set_integer(L, "attended", t->attended);
  lua_set_integer(L, "absent", t->absent);
  lua_set_integer(L, "present", t->by_class[CLASS_PRESENT]);
  lua_set_integer(L, "educational", t->by_class[CLASS_EDUCATIONAL]);
  lua_set_integer(L, "authorised", t->by_class[CLASS_AUTHORISED]);
  lua_set_integer(L, "unauthorised", t->by_class[CLASS_UNAUTHORISED]);
  if (t->possible) lua_set_integer(L, "percent", tally_percent(t));
}

static void push_threshold(lua_State *L, const threshold *t) {
  lua_createtable(L, 0, 3);
  lua_set_integer(L, "largest", t->largest);
  if (t->since != SESSION_NONE) {
    lua_date_push_session(L, t->since);
    lua_setfield(L, -2, "since");
  }
  if (t->first_met == SESSION_NONE) return;
  lua_date_push(L, session_day(t->first_met));
  lua_setfield(L, -2, "date");
  lua_pushstring(L, session_half_name(t->first_met));
  lua_setfield(L, -2, "session");
}

static void push_figures(lua_State *L, const sweep_row *row, size_t rules) {
  lua_createtable(L, 0, 20);
  lua_set_text(L, "school", row->school_key);
  lua_set_integer(L, "enrolment", row->enrolment);
  lua_set_integer(L, "pupil", row->pupil);
  lua_set_text(L, "upn", row->upn);
  lua_set_text(L, "forename", row->forename);
  lua_set_text(L, "surname", row->surname);
  lua_set_text(L, "year", row->year);
  lua_set_text(L, "form", row->form);
  set_tally(L, &row->figures);
  lua_set_integer(L, "missing", row->missing);
  lua_createtable(L, (int)rules, 0);
  for (size_t i = 0; i < rules; i++) {
    push_threshold(L, &row->thresholds[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "thresholds");
}

static int next_figures(lua_State *L) {
  (void)lua_held_store(L);
  figures *f = lua_held_self(L)->object;
  sweep_row row;
  bool more = false;
  problem p;
  if (sweep_next(f->sweep, &row, &more, &p)) return lua_raise_problem(L, &p);
  if (more)
    push_figures(L, &row, f->rules);
  else
    lua_pushnil(L);
  return 1;
}

/* The list `rules`; lent by the option's table. */
static size_t rules_option(lua_State *L, const rule *out[RULES_MOST]) {
  lua_pushliteral(L, "rules");
  int type = lua_rawget(L, OPTIONS_AT);
  size_t count = 0;
  if (type == LUA_TNIL) return 0;
  if (type != LUA_TTABLE) luaL_error(L, "'rules' must be a list of rules");
  while (lua_rawgeti(L, -1, (lua_Integer)count + 1) != LUA_TNIL) {
    if (count == RULES_MOST) luaL_error(L, "'rules': at most %d", (int)RULES_MOST);
    out[count++] = lua_rule_check(L, lua_gettop(L));
    lua_pop(L, 1);
  }
  lua_settop(L, OPTIONS_AT);
  return count;
}

static int store_figures(lua_State *L) {
  static const char *const known[] = {"as_of", "known_at",  "school",   "year",  "form",
                                      "upn",   "enrolment", "everyone", "rules", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  const rule *rules[RULES_MOST];
  size_t count = rules_option(L, rules);
  sweep_options o = {.as_of = lua_option_required_day(L, "as_of"),
                     .known_at = lua_option_known_at(L),
                     .year = lua_option_text(L, "year"),
                     .form = lua_option_text(L, "form"),
                     .upn = lua_option_text(L, "upn"),
                     .enrolment = lua_option_integer(L, "enrolment", 0),
                     .everyone = lua_option_flag(L, "everyone")};
  problem p;
  lua_held *held = lua_held_push(L, free_figures);
  if (lua_option_school(L, s, &o.school, &p)) return lua_push_problem(L, &p);
  figures *f = mem_new(1, sizeof *f);
  if (!f) return luaL_error(L, "not enough memory");
  held->object = f;
  f->rules = count;
  if (sweep_begin(s, &o, rules, count, &f->sweep, &p)) return lua_push_problem(L, &p);
  return lua_held_iterate(L, next_figures);
}

/* -------------------------------------------------------------------------- */

void lua_registers_add(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"batches", store_batches}, {"figures", store_figures}, {NULL, NULL}};
  lua_store_methods(L, methods);
  lua_queries_add(L);
  lua_events_add(L);
  lua_cases_add(L);
  lua_lists_add(L);
  lua_outbox_add(L);
}
