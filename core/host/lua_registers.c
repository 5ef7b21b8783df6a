/* lua_registers: see lua_registers.h. */
#include "host/lua_registers.h"

#include <stdio.h>

#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "host/lua_standing.h"
#include "host/lua_store.h"
#include "script/lua_date.h"
#include "script/lua_rule.h"
#include "store/school/figures.h"
#include "store/school/fill.h"

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
  size_t thresholds, measures; /* rules: first those, then these */
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

static void set_session(lua_State *L, const char *name, session at) {
  if (at == SESSION_NONE) return;
  lua_date_push_session(L, at);
  lua_setfield(L, -2, name);
}

static void push_threshold(lua_State *L, const sweep_answer *a) {
  lua_createtable(L, 0, 4);
  lua_set_integer(L, "largest", a->largest);
  set_session(L, "since", a->since);
  if (a->first_met == SESSION_NONE) return;
  lua_date_push(L, session_day(a->first_met));
  lua_setfield(L, -2, "date");
  lua_pushstring(L, session_half_name(a->first_met));
  lua_setfield(L, -2, "session");
}

static void push_measure(lua_State *L, const sweep_answer *a) {
  lua_createtable(L, 0, 8);
  lua_pushboolean(L, a->met);
  lua_setfield(L, -2, "met");
  lua_pushboolean(L, a->too_few);
  lua_setfield(L, -2, "too_few");
  lua_set_integer(L, "count", a->count);
  lua_set_integer(L, "of", a->of);
  lua_set_integer(L, "largest", a->largest);
  if (a->band >= 0) lua_set_integer(L, "band", a->band);
  set_session(L, "since", a->since);
  set_session(L, "first_met", a->first_met);
}

static void set_answers(lua_State *L, const char *name, const sweep_answer *answers, size_t count,
                        void (*push)(lua_State *L, const sweep_answer *a)) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    push(L, &answers[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, name);
}

static void push_figures(lua_State *L, const sweep_row *row, const figures *f) {
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
  set_answers(L, "thresholds", row->answers, f->thresholds, push_threshold);
  if (f->measures)
    set_answers(L, "measures", row->answers + f->thresholds, f->measures, push_measure);
}

static int next_figures(lua_State *L) {
  (void)lua_held_store(L);
  const figures *f = lua_held_self(L)->object;
  sweep_row row;
  bool more = false;
  problem p;
  if (sweep_next(f->sweep, &row, &more, &p)) return lua_raise_problem(L, &p);
  if (more)
    push_figures(L, &row, f);
  else
    lua_pushnil(L);
  return 1;
}

/* The list of rules `name`, after `count` others; lent by the option's table. */
static size_t rules_option(lua_State *L, const char *name, const rule *out[RULES_MOST],
                           size_t count) {
  lua_pushstring(L, name);
  int type = lua_rawget(L, OPTIONS_AT);
  if (type != LUA_TNIL && type != LUA_TTABLE) luaL_error(L, "'%s' must be a list of rules", name);
  for (lua_Integer i = 1; type == LUA_TTABLE && lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
    if (count == RULES_MOST) luaL_error(L, "'%s': at most %d", name, (int)RULES_MOST);
    out[count++] = lua_rule_check(L, lua_gettop(L));
    lua_pop(L, 1);
  }
  lua_settop(L, OPTIONS_AT);
  return count;
}

static sweep_options sweep_options_of(lua_State *L) {
  return (sweep_options){.as_of = lua_option_required_day(L, "as_of"),
                         .from = lua_option_day(L, "from"),
                         .to = lua_option_day(L, "to"),
                         .known_at = lua_option_known_at(L),
                         .year = lua_option_text(L, "year"),
                         .form = lua_option_text(L, "form"),
                         .upn = lua_option_text(L, "upn"),
                         .enrolment = lua_option_integer(L, "enrolment", 0),
                         .everyone = lua_option_flag(L, "everyone")};
}

static unsigned threads_option(lua_State *L) {
  int64_t n = lua_option_integer(L, "threads", 0);
  if (n < 0 || n > SWEEP_THREADS_MOST)
    luaL_error(L, "'threads' must be from 1 to %d", (int)SWEEP_THREADS_MOST);
  return (unsigned)n;
}

/* A rule over rolling weeks has a first session on which it was met; others have none. */
static status check_thresholds(const rule *const *rules, size_t count, problem *p) {
  for (size_t i = 0; i < count; i++)
    if (rules[i]->kind != RULE_ROLLING)
      return problem_set(p, STATUS_REFUSED, "give rolling rules",
                         "the rule \"%s\" is a %s, and has no first day on which it was met",
                         rules[i]->name, rule_kind_name(rules[i]->kind));
  return STATUS_OK;
}

#define SWEEP_OPTIONS                                                                          \
  "as_of", "from", "to", "known_at", "school", "year", "form", "upn", "enrolment", "everyone", \
      "rules", "threads"

static int store_figures(lua_State *L) {
  static const char *const known[] = {SWEEP_OPTIONS, "measures", "met", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  const rule *rules[RULES_MOST];
  size_t thresholds = rules_option(L, "rules", rules, 0);
  size_t count = rules_option(L, "measures", rules, thresholds);
  unsigned threads = threads_option(L);
  sweep_options o = sweep_options_of(L);
  o.met = lua_option_flag(L, "met");
  o.names = o.missing = !o.met;
  problem p;
  lua_held *held = lua_held_push(L, free_figures);
  if (lua_option_school(L, s, &o.school, &p) || check_thresholds(rules, thresholds, &p))
    return lua_push_problem(L, &p);
  figures *f = mem_new(1, sizeof *f);
  if (!f) return luaL_error(L, "not enough memory");
  held->object = f;
  f->thresholds = thresholds;
  f->measures = count - thresholds;
  if (sweep_begin(s, &o, rules, count, threads, &f->sweep, &p)) return lua_push_problem(L, &p);
  return lua_held_iterate(L, next_figures);
}

static int band_option(lua_State *L, const char *name) {
  int64_t band = lua_option_integer(L, name, -1);
  if (band < -1 || band > 100) luaL_error(L, "'%s' must be from 0 to 100", name);
  return (int)band;
}

/* The descriptor of the open file in the option `out`, with nothing left to write. */
static int descriptor_option(lua_State *L) {
  lua_pushliteral(L, "out");
  (void)lua_rawget(L, OPTIONS_AT);
  const luaL_Stream *stream = luaL_testudata(L, -1, LUA_FILEHANDLE);
  if (!stream || !stream->closef) return luaL_error(L, "'out' must be an open file");
  lua_pop(L, 1);
  (void)fflush(stream->f);
  return fileno(stream->f);
}

static int store_write_figures(lua_State *L) {
  static const char *const known[] = {
      SWEEP_OPTIONS, "heading", "school_column", "persistent", "severe", "out", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  const rule *rules[RULES_MOST];
  size_t count = rules_option(L, "rules", rules, 0);
  unsigned threads = threads_option(L);
  sweep_options o = sweep_options_of(L);
  figures_plan plan = {.heading = lua_option_text(L, "heading"),
                       .school = lua_option_flag(L, "school_column"),
                       .bands = {band_option(L, "persistent"), band_option(L, "severe")}};
  int to = descriptor_option(L);
  problem p;
  if (lua_option_school(L, s, &o.school, &p) || check_thresholds(rules, count, &p) ||
      figures_write(s, &o, rules, count, threads, &plan, to, &p))
    return lua_push_problem(L, &p);
  lua_pushboolean(L, 1);
  return 1;
}

static void push_sums(lua_State *L, const sweep_sums *sums, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_createtable(L, 0, 5);
    lua_set_integer(L, "met", (int64_t)sums[i].met);
    lua_set_integer(L, "ever", (int64_t)sums[i].ever);
    lua_set_integer(L, "count", (int64_t)sums[i].count);
    lua_set_integer(L, "largest", (int64_t)sums[i].largest);
    lua_set_integer(L, "first_met", sums[i].first_met);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static int store_sweep(lua_State *L) {
  static const char *const known[] = {SWEEP_OPTIONS, NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  const rule *rules[RULES_MOST];
  size_t count = rules_option(L, "rules", rules, 0);
  unsigned threads = threads_option(L);
  sweep_options o = sweep_options_of(L);
  o.totals_only = true;
  problem p;
  sweep *w = NULL;
  sweep_totals t;
  sweep_sums sums[RULES_MOST];
  if (lua_option_school(L, s, &o.school, &p)) return lua_push_problem(L, &p);
  status failed = sweep_begin(s, &o, rules, count, threads, &w, &p);
  if (!failed) failed = sweep_sum(w, &t, sums, &p);
  sweep_free(w);
  if (failed) return lua_push_problem(L, &p);
  lua_createtable(L, 0, 6);
  lua_set_integer(L, "pupils", (int64_t)t.pupils);
  lua_set_integer(L, "possible", (int64_t)t.possible);
  lua_set_integer(L, "attended", (int64_t)t.attended);
  lua_set_integer(L, "authorised", (int64_t)t.authorised);
  lua_set_integer(L, "unauthorised", (int64_t)t.unauthorised);
  push_sums(L, sums, count);
  lua_setfield(L, -2, "rules");
  return 1;
}

/* -------------------------------------------------------------------------- */

void lua_registers_add(lua_State *L) {
  static const luaL_Reg methods[] = {{"batches", store_batches},
                                     {"figures", store_figures},
                                     {"write_figures", store_write_figures},
                                     {"sweep", store_sweep},
                                     {NULL, NULL}};
  lua_store_methods(L, methods);
  lua_queries_add(L);
  lua_events_add(L);
  lua_cases_add(L);
  lua_lists_add(L);
  lua_school_events_add(L);
  lua_outbox_add(L);
  lua_standing_add(L);
}
