/* lua_answer: see lua_answer.h. User values of a form: the table it was made of, which
 * keeps the names that it lends; a list of its compiled rules. */
#include "host/lua_answer.h"

#include <lauxlib.h>

#include "host/answer.h"
#include "host/held.h"
#include "host/lua_standing.h"
#include "script/lua_date.h"
#include "script/lua_evidence.h"
#include "script/lua_pupil.h"
#include "script/lua_rule.h"
#include "script/result.h"

#define FORM_TYPE "waymark.answer_form"

enum { FORM_STEPS = 500, FORM_RULES = 500 };

typedef struct form_box {
  answer_form form;
  const compiled_rule *rules[FORM_RULES];
  slice steps[FORM_STEPS];
} form_box;

/* Making --------------------------------------------------------------------- */

static size_t list_length(lua_State *L, const char *name, size_t most) {
  if (lua_getfield(L, 1, name) != LUA_TTABLE) luaL_error(L, "answer_form: '%s' is a list", name);
  size_t n = lua_rawlen(L, -1);
  if (n > most) luaL_error(L, "answer_form: '%s' has over %d items", name, (int)most);
  return n;
}

static void take_steps(lua_State *L, form_box *box) {
  box->form.step_count = list_length(L, "steps", FORM_STEPS);
  box->form.steps = box->steps;
  for (size_t i = 0; i < box->form.step_count; i++) {
    (void)lua_rawgeti(L, -1, (lua_Integer)i + 1);
    luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 1, "steps are names");
    box->steps[i].at = lua_tolstring(L, -1, &box->steps[i].length);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void take_rules(lua_State *L, form_box *box) {
  lua_getfield(L, 1, "codes");
  int codes = lua_gettop(L), list = codes + 1, kept = codes + 2;
  size_t n = list_length(L, "rules", FORM_RULES);
  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    (void)lua_rawgeti(L, list, (lua_Integer)i + 1);
    box->rules[i] = lua_rule_push_compiled(L, kept + 1, codes);
    lua_rawseti(L, kept, (lua_Integer)i + 1);
    lua_pop(L, 1);
  }
  (void)lua_setiuservalue(L, 2, 2);
  box->form.rules = box->rules;
  box->form.rule_count = n;
  lua_pop(L, 2);
}

static int form_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  form_box *box = lua_newuserdatauv(L, sizeof *box, 2);
  box->form = (answer_form){0};
  luaL_setmetatable(L, FORM_TYPE);
  lua_pushvalue(L, 1);
  (void)lua_setiuservalue(L, 2, 1);
  take_steps(L, box);
  take_rules(L, box);
  return 1;
}

/* Reading -------------------------------------------------------------------- */

/* What is freed also when Lua throws. */
typedef struct reading {
  const answer_form *form;
  const batch *batch;
  school_suggestions *standing; /* lent; NULL: every answer is given out */
  uint32_t *counts;             /* [step_count]: open ones that hold, by step */
  size_t pupils;                /* of those */
  bool counted[BATCH_PUPILS];
  answers answers;
  buffer shown; /* one text, escaped */
} reading;

static void free_reading(void *object) {
  reading *r = object;
  answers_free(&r->answers);
  buffer_free(&r->shown);
  mem_free(r->counts);
  mem_free(r);
}

static void set_escaped(lua_State *L, reading *r, const char *name, slice text) {
  if (!text.at) return;
  buffer_clear(&r->shown);
  text_add_escaped(&r->shown, text);
  if (r->shown.failed) luaL_error(L, "not enough memory");
  lua_pushlstring(L, r->shown.bytes ? r->shown.bytes : "", r->shown.length);
  lua_setfield(L, -2, name);
}

static void set_references(lua_State *L, const answer_form *form, const char *name,
                           const answer_reference *list, size_t count) {
  if (!list) return;
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_createtable(L, 0, 3);
    lua_pushstring(L, form->rules[list[i].rule]->rule.name);
    lua_setfield(L, -2, "rule");
    lua_date_push(L, list[i].from);
    lua_setfield(L, -2, "from");
    lua_date_push(L, list[i].to);
    lua_setfield(L, -2, "to");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, name);
}

/* What the first rule says here: whether it holds, since when, what it is about. */
static void set_measured(lua_State *L, const answer_form *form, const answer *a, const batch *b) {
  char concern[CONCERN_TEXT];
  span pupil;
  evidence e;
  if (!a->rules || a->rule_count == 0) return;
  answer_measure(form, &a->rules[0], b, a->record, &pupil, &e);
  lua_pushboolean(L, e.met);
  lua_setfield(L, -2, "met");
  size_t began = e.spell == INDEX_NONE ? e.run_from : e.spell;
  if (began != INDEX_NONE) {
    lua_date_push(L, session_day(pupil.calendar->at[began]));
    lua_setfield(L, -2, "concern_on");
  }
  if (a->concern.at) return;
  evidence_concern(&e, &pupil, concern);
  lua_pushstring(L, concern);
  lua_setfield(L, -2, "concern");
}

static void push_finding(lua_State *L, reading *r, const answer *a) {
  lua_createtable(L, 0, 11);
  result_set_integer(L, "record", (lua_Integer)a->record + 1);
  result_set_integer(L, "enrolment", r->batch->records[a->record].id);
  result_set_integer(L, "step", (lua_Integer)a->step + 1);
  lua_pushstring(L, answer_verdict_name(a->verdict));
  lua_setfield(L, -2, "verdict");
  set_escaped(L, r, "words", a->words);
  set_escaped(L, r, "gate", a->gate);
  set_escaped(L, r, "concern", a->concern);
  set_references(L, r->form, "rules", a->rules, a->rule_count);
  set_references(L, r->form, "consulted", a->consulted, a->consulted_count);
  set_measured(L, r->form, a, r->batch);
}

/* Whether an answer is a suggestion that is open already and holds: then it is counted
 * here, and nobody need look at it. */
static bool is_held(reading *r, const answer *a) {
  char concern[CONCERN_TEXT];
  span pupil;
  evidence e;
  if (!r->standing || a->verdict != ANSWER_SUGGEST) return false;
  answer_measure(r->form, &a->rules[0], r->batch, a->record, &pupil, &e);
  if (!e.met) return false;
  evidence_concern(&e, &pupil, concern);
  slice key = a->concern.at ? a->concern : slice_of(concern);
  suggestion_row *row = school_suggestions_find(r->standing, r->batch->records[a->record].id,
                                                r->form->steps[a->step], key);
  if (!row || !row->open || row->look) return false;
  row->held = true;
  r->counts[a->step]++;
  r->pupils += !r->counted[a->record];
  r->counted[a->record] = true;
  return true;
}

static void push_counts(lua_State *L, const reading *r) {
  lua_createtable(L, (int)r->form->step_count, 0);
  for (size_t i = 0; i < r->form->step_count; i++) {
    lua_pushinteger(L, r->counts[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_pushinteger(L, (lua_Integer)r->pupils);
}

/* Tell the findings of pupils who are in `pupils` already. */
static void mark_beside(lua_State *L, const reading *r, lua_Integer count) {
  for (lua_Integer i = 1; i <= count; i++) {
    (void)lua_rawgeti(L, -1, i);
    (void)lua_getfield(L, -1, "record");
    bool beside = r->counted[lua_tointeger(L, -1) - 1];
    lua_pop(L, 1);
    lua_pushboolean(L, beside);
    lua_setfield(L, -2, "beside");
    lua_pop(L, 1);
  }
}

/* The answers that somebody has to look at. */
static void push_findings(lua_State *L, reading *r) {
  lua_Integer n = 0;
  lua_createtable(L, 0, 0);
  for (size_t i = 0; i < r->answers.count; i++) {
    if (is_held(r, &r->answers.list[i])) continue;
    push_finding(L, r, &r->answers.list[i]);
    lua_rawseti(L, -2, ++n);
  }
  if (r->pupils) mark_beside(L, r, n);
}

/* {{calls, nanoseconds, instructions, bytes}, …} by step, or nil */
static void push_costs(lua_State *L, const reading *r) {
  if (!r->answers.costs) {
    lua_pushnil(L);
    return;
  }
  lua_createtable(L, (int)r->form->step_count, 0);
  for (size_t i = 0; i < r->form->step_count; i++) {
    const answer_cost *c = &r->answers.costs[i];
    lua_createtable(L, 0, 4);
    result_set_integer(L, "calls", (int64_t)c->calls);
    result_set_integer(L, "nanoseconds", (int64_t)c->nanoseconds);
    result_set_integer(L, "instructions", (int64_t)c->instructions);
    result_set_integer(L, "bytes", (int64_t)c->bytes);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static int form_read(lua_State *L) {
  const form_box *box = luaL_checkudata(L, 1, FORM_TYPE);
  slice payload;
  payload.at = luaL_checklstring(L, 2, &payload.length);
  const batch *b = lua_batch_check(L, 3);
  lua_settop(L, 4);
  school_suggestions *known = lua_standing_check(L, 4);
  held *h = held_push(L, free_reading);
  reading *r = mem_new(1, sizeof *r);
  if (!r) return luaL_error(L, "not enough memory");
  h->object = r;
  *r = (reading){.form = &box->form, .batch = b, .standing = known};
  r->counts = mem_new(box->form.step_count, sizeof *r->counts);
  if (!r->counts) return luaL_error(L, "not enough memory");
  problem p;
  if (answers_read(r->form, payload, b->header->pupils, &r->answers, &p)) {
    lua_pushnil(L);
    lua_pushstring(L, p.sentence);
    return 2;
  }
  push_findings(L, r);
  push_costs(L, r);
  push_counts(L, r);
  held_free(h);
  return 4;
}

/* listed(evidence[, unresolved]) */
static int evidence_listed(lua_State *L) {
  lua_evidence_push_list(L, 1, lua_toboolean(L, 2));
  return 1;
}

void lua_answer_add(lua_State *L) {
  if (luaL_newmetatable(L, FORM_TYPE)) {
    static const luaL_Reg methods[] = {{"read", form_read}, {NULL, NULL}};
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_pop(L, 1);
  lua_pushcfunction(L, form_new);
  lua_setfield(L, -2, "answer_form");
  lua_pushcfunction(L, evidence_listed);
  lua_setfield(L, -2, "listed");
}
