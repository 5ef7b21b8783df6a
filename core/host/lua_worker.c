/* lua_worker: a job is a userdata with the process. A form is one with all that the reading of the
 * last answer holds, so that nothing is lost when Lua raises; its user value is the table it was
 * made of, which keeps the names, words, rules and codes that it lends. */
#include "host/lua_worker.h"

#include <lauxlib.h>
#include <stdio.h>

#include "host/answer.h"
#include "host/lua_case.h"
#include "host/process.h"
#include "script/lua_evidence.h"
#include "script/lua_pupil.h"
#include "script/lua_rule.h"
#include "script/result.h"
#include "script/type.h"
#include "script/value.h"

#define JOB_TYPE "waymark.worker"
#define FORM_TYPE "waymark.answer_form"

enum { FORM_STEPS = 500, FORM_RULES = 500 };

static const lua_Number seconds_most = 86400;

typedef struct job {
  process *process; /* NULL once closed */
} job;

static job *check_job(lua_State *L) {
  job *j = luaL_checkudata(L, 1, JOB_TYPE);
  luaL_argcheck(L, j->process, 1, "the job is closed");
  return j;
}

static int push_end(lua_State *L, const process_end *end) {
  lua_createtable(L, 0, 8);
  result_set_text(L, "verdict", slice_of(verdict_name(end->verdict)));
  lua_pushstring(L, end->message); /* there, if empty */
  lua_setfield(L, -2, "message");
  if (end->machine) {
    lua_pushboolean(L, true);
    lua_setfield(L, -2, "machine");
  }
  result_set_integer(L, "record", end->record);
  result_set_integer(L, "step", end->step);
  result_set_integer(L, "peak_bytes", (int64_t)end->peak_bytes);
  result_set_integer(L, "instructions", (int64_t)end->instructions);
  lua_pushnumber(L, end->seconds);
  lua_setfield(L, -2, "seconds");
  return 1;
}

static int push_over(lua_State *L, const job *j) {
  lua_pushnil(L);
  return 1 + push_end(L, process_over(j->process));
}

static void push_json(lua_State *L, const json_t *json) {
  problem p;
  if (value_push_json(L, json, ENVELOPE_DEPTH + 1, &p)) luaL_error(L, "%s", p.sentence);
}

/* Starting ------------------------------------------------------------------- */

static lua_Number number_field(lua_State *L, const char *name, lua_Number usual, lua_Number least,
                               lua_Number most) {
  lua_Number n = usual;
  if (lua_getfield(L, 1, name) != LUA_TNIL) {
    if (lua_type(L, -1) != LUA_TNUMBER) luaL_error(L, "start: '%s' must be a number", name);
    n = lua_tonumber(L, -1);
    if (!(n >= least && n <= most)) luaL_error(L, "start: '%s' is out of range", name);
  }
  lua_pop(L, 1);
  return n;
}

static int start(lua_State *L) {
  process_limits limits;
  process_end end;
  luaL_checktype(L, 1, LUA_TTABLE);
  limits.memory_bytes = (uint64_t)number_field(L, "memory", 64 << 20, 1 << 20, 1LL << 36);
  limits.cpu_seconds = number_field(L, "cpu", 2, 0.001, seconds_most);
  limits.request_seconds = number_field(L, "request", limits.cpu_seconds, 0.001, seconds_most);
  limits.wall_seconds = number_field(L, "wall", 60, 0.001, seconds_most);
  lua_getfield(L, 1, "worker");
  if (lua_type(L, -1) != LUA_TSTRING) return luaL_error(L, "start: 'worker' must be a path");
  job *j = lua_newuserdatauv(L, sizeof *j, 0);
  *j = (job){0};
  luaL_setmetatable(L, JOB_TYPE);
  j->process = process_start(lua_tostring(L, -2), &limits, &end);
  lua_getfield(L, 1, "ahead");
  bool ahead = lua_toboolean(L, -1);
  lua_pop(L, 1);
  if (j->process && (ahead || process_await(j->process))) return 1;
  lua_pushnil(L);
  return 1 + push_end(L, j->process ? process_over(j->process) : &end);
}

/* Forms ---------------------------------------------------------------------- */

typedef struct form_box {
  answer_form form;
  const rule *rules[FORM_RULES];
  slice steps[FORM_STEPS];
  bool silent[FORM_STEPS];
  uint32_t swept[BATCH_RULES];
  answer_own *own;
  answers answers;
  buffer shown; /* one text, escaped */
} form_box;

static int form_free(lua_State *L) {
  form_box *box = luaL_checkudata(L, 1, FORM_TYPE);
  mem_free(box->own);
  answers_free(&box->answers);
  buffer_free(&box->shown);
  *box = (form_box){0};
  return 0;
}

/* Push a list of the table at an index. -> its length */
static size_t get_list(lua_State *L, int table, const char *name, size_t most) {
  if (lua_getfield(L, table, name) != LUA_TTABLE) luaL_error(L, "form: '%s' is a list", name);
  size_t n = lua_rawlen(L, -1);
  if (n > most) luaL_error(L, "form: '%s' has over %d items", name, (int)most);
  return n;
}

/* The item of the list at the top that is a place from 1 to `count`, as that from 0. */
static uint32_t get_place(lua_State *L, size_t i, size_t count) {
  (void)lua_rawgeti(L, -1, (lua_Integer)i + 1);
  lua_Integer n = lua_tointeger(L, -1);
  if (n < 1 || (uint64_t)n > count) luaL_error(L, "form: there is no place %d", (int)n);
  lua_pop(L, 1);
  return (uint32_t)n - 1;
}

/* What the host says itself, of the table at 1. */
static void get_own(lua_State *L, form_box *box) {
  int top = lua_gettop(L);
  size_t swept = get_list(L, 1, "swept", BATCH_RULES);
  for (size_t i = 0; i < swept; i++) box->swept[i] = get_place(L, i, box->form.rule_count);
  size_t count = get_list(L, 1, "own", FORM_STEPS);
  answer_own *list = box->own = mem_new(count, sizeof *list);
  if (!list) {
    luaL_error(L, "not enough memory");
    return;
  }
  box->form.own = list;
  for (size_t i = 0; i < count; i++, lua_settop(L, top + 2)) {
    answer_own *own = &list[box->form.own_count++];
    (void)lua_rawgeti(L, top + 2, (lua_Integer)i + 1);
    own->step = get_place(L, 0, box->form.step_count);
    (void)lua_rawgeti(L, top + 3, 2);
    luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 1, "what the host says itself is words");
    own->words.at = lua_tolstring(L, -1, &own->words.length);
    own->bit_count = get_list(L, top + 3, "rules", BATCH_RULES);
    for (size_t k = 0; k < own->bit_count; k++) own->bits[k] = (uint8_t)get_place(L, k, swept);
  }
}

static int form_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_getfield(L, 1, "codes");
  (void)lua_codes_check(L, 2);
  form_box *box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = (form_box){
      .form = {
          .steps = box->steps, .silent = box->silent, .rules = box->rules, .swept = box->swept}};
  luaL_setmetatable(L, FORM_TYPE);
  lua_pushvalue(L, 1);
  (void)lua_setiuservalue(L, 3, 1);
  box->form.step_count = get_list(L, 1, "steps", FORM_STEPS);
  for (size_t i = 0; i < box->form.step_count; i++) {
    (void)lua_rawgeti(L, 4, (lua_Integer)i + 1);
    luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 1, "steps are names");
    box->steps[i].at = lua_tolstring(L, -1, &box->steps[i].length);
    lua_pop(L, 1);
  }
  box->form.rule_count = get_list(L, 1, "rules", FORM_RULES);
  for (size_t i = 0; i < box->form.rule_count; i++) {
    (void)lua_rawgeti(L, 5, (lua_Integer)i + 1);
    box->rules[i] = lua_rule_check(L, 6);
    (void)lua_rule_push_compiled(L, 6, 2); /* raises where a code is not known */
    lua_pop(L, 2);
  }
  if (lua_getfield(L, 1, "silent") != LUA_TNIL) {
    size_t count = get_list(L, 1, "silent", FORM_STEPS);
    for (size_t i = 0; i < count; i++) box->silent[get_place(L, i, box->form.step_count)] = true;
  }
  if (lua_getfield(L, 1, "own") != LUA_TNIL) get_own(L, box);
  lua_pushvalue(L, 3);
  return 1;
}

/* Reading -------------------------------------------------------------------- */

/* Push a text of a stranger, escaped; nil where there is none. */
static void push_escaped(lua_State *L, form_box *box, slice text) {
  if (!text.at) {
    lua_pushnil(L);
    return;
  }
  buffer_clear(&box->shown);
  text_add_escaped(&box->shown, text);
  if (box->shown.failed) luaL_error(L, "not enough memory");
  lua_pushlstring(L, box->shown.bytes ? box->shown.bytes : "", box->shown.length);
}

/* Push the evidence of each reference, of the pupil at that index; `rules` is the index of
 * the form's list of rules. */
static void push_evidence(lua_State *L, int pupil, int rules, const answer_reference *list,
                          size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    (void)lua_rawgeti(L, rules, (lua_Integer)list[i].rule + 1);
    lua_evidence_push(L, pupil, -1, list[i].from, list[i].to);
    lua_rawseti(L, -3, (lua_Integer)i + 1);
    lua_pop(L, 1);
  }
}

/* Push the finding of an answer; `first` is the evidence that it begins with, of the span `of`, or
 * NULL. Above `pupil` lie the pupil, the list of evidence, the concern. */
static void push_finding(lua_State *L, form_box *box, const answer *a, const evidence *first,
                         const span *of, int pupil, int rules) {
  lua_createtable(L, 0, 12);
  result_set_integer(L, "record", (lua_Integer)a->record + 1);
  result_set_integer(L, "step", (lua_Integer)a->step + 1);
  result_set_text(L, "verdict", slice_of(answer_verdict_name(a->verdict)));
  push_escaped(L, box, a->words);
  lua_setfield(L, -2, "words");
  push_escaped(L, box, a->gate);
  lua_setfield(L, -2, "gate");
  result_set_day(L, "concern_on", first ? evidence_began(first, of) : DAY_NONE);
  if (first && !a->concern.at && first->band >= 0) { /* what the concern of a rate is called in each
                                                        of its bands, the highest first */
    const rule *r = &first->rule->rule;
    lua_createtable(L, r->band_count, 0);
    for (int i = 0; i < r->band_count; i++) {
      evidence in_band = *first;
      char text[CONCERN_TEXT];
      in_band.band = r->bands[i];
      evidence_concern(&in_band, of, text);
      lua_createtable(L, 0, 2);
      result_set_integer(L, "band", r->bands[i]);
      result_set_text(L, "concern", slice_of(text));
      lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "bands");
  }
  lua_getfield(L, pupil, "id");
  lua_setfield(L, -2, "enrolment");
  static const char *const names[] = {"pupil", "measured", "concern"};
  for (int i = 0; i < 3; i++) {
    lua_pushvalue(L, pupil + i);
    lua_setfield(L, -2, names[i]);
  }
  if (a->printed) {
    lua_newtable(L);
    for (size_t i = 0; i < a->printed_count; i++) {
      push_escaped(L, box, a->printed[i]);
      lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "printed");
  }
  if (!a->consulted) return;
  push_evidence(L, pupil, rules, a->consulted, a->consulted_count);
  lua_setfield(L, -2, "asked");
}

/* {{calls, nanoseconds, instructions, bytes}, …} by step, or nil */
static void push_costs(lua_State *L, const answers *all, size_t steps) {
  if (!all->costs) {
    lua_pushnil(L);
    return;
  }
  lua_createtable(L, (int)steps, 0);
  for (size_t i = 0; i < steps; i++) {
    const answer_cost *c = &all->costs[i];
    lua_createtable(L, 0, 5);
    result_set_integer(L, "calls", (int64_t)c->calls);
    result_set_integer(L, "nanoseconds", (int64_t)c->nanoseconds);
    result_set_integer(L, "instructions", (int64_t)c->instructions);
    result_set_integer(L, "bytes", (int64_t)c->bytes);
    result_set_integer(L, "asked", (int64_t)c->asked);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

/* The open suggestion that an answer is: that of its concern; or of a rate that of a lower band,
 * from which attendance rose. NULL: none. */
static suggestion_row *open_row(const school_suggestions *known, int64_t enrolment, slice step,
                                slice concern, const evidence *first, const span *of, bool banded) {
  suggestion_row *row = school_suggestions_find(known, enrolment, step, concern);
  if (row && row->open) return row;
  const rule *r = &first->rule->rule;
  for (int i = 0; banded && known->lower && i < r->band_count; i++) {
    evidence in_band = *first;
    char text[CONCERN_TEXT];
    if (r->bands[i] >= first->band) continue;
    in_band.band = r->bands[i];
    evidence_concern(&in_band, of, text);
    row = school_suggestions_find(known, enrolment, step, slice_of(text));
    if (row && row->open) return row;
  }
  return NULL;
}

/* (…, form, batch, suggestions or nil, whether open ones are only counted), with the answer of a
 * worker, or NULL where none was asked: findings, costs, held | nil, outcome */
static int read_findings(lua_State *L, const slice *payload) {
  enum { FORM_RULES_AT = 7, FINDINGS, COSTS, PUPIL, EVIDENCE, CONCERN };
  form_box *box = luaL_checkudata(L, 2, FORM_TYPE);
  const batch *b = lua_batch_check(L, 3);
  school_suggestions *known = lua_case_check_suggestions(L, 4);
  bool counted = lua_toboolean(L, 5);
  uint32_t held[FORM_STEPS] = {0};
  bool has_held[BATCH_PUPILS] = {false};
  lua_Integer findings = 0;
  problem p;
  answers *list = &box->answers;
  answers_free(list);
  if (payload && answers_read(&box->form, *payload, b->header->pupils, list, &p)) {
    const answer *wrong = list->count ? &list->list[list->count - 1] : NULL;
    lua_pushnil(L);
    lua_createtable(L, 0, 4);
    result_set_text(L, "verdict", slice_of(verdict_name(VERDICT_FAILED)));
    result_set_text(L, "message", slice_of(p.sentence));
    if (wrong && wrong->placed) {
      result_set_integer(L, "record", (lua_Integer)wrong->record + 1);
      result_set_integer(L, "step", (lua_Integer)wrong->step + 1);
    }
    return 2;
  }
  if (answers_add_own(&box->form, b, list, &p)) return result_raise(L, &p);
  (void)lua_getiuservalue(L, 2, 1);
  (void)lua_getfield(L, -1, "rules");
  lua_newtable(L);
  push_costs(L, list, box->form.step_count);
  for (size_t i = 0; i < list->count; i++) {
    const answer *a = &list->list[i];
    const evidence *first = NULL;
    const span *pupil = NULL;
    char text[CONCERN_TEXT];
    slice concern;
    (void)lua_geti(L, 3, (lua_Integer)a->record + 1);
    push_evidence(L, PUPIL, FORM_RULES_AT, a->rules, a->rule_count);
    if (lua_rawgeti(L, EVIDENCE, 1) != LUA_TNIL) first = lua_evidence_check(L, -1, &pupil);
    lua_pop(L, 1);
    if (first && !a->concern.at) {
      evidence_concern(first, pupil, text);
      lua_pushstring(L, text);
    } else {
      push_escaped(L, box, a->concern);
    }
    concern.at = lua_tolstring(L, CONCERN, &concern.length);
    suggestion_row *row = NULL;
    if (known && a->verdict == ANSWER_SUGGEST && first && first->met)
      row = open_row(known, b->records[a->record].id, box->steps[a->step], concern, first, pupil,
                     !a->concern.at && first->band >= 0);
    if (row && counted && !row->look) {
      row->held = true;
      held[a->step]++;
      has_held[a->record] = true;
    } else {
      push_finding(L, box, a, first, pupil, PUPIL, FORM_RULES_AT);
      lua_pushboolean(L, row != NULL);
      lua_setfield(L, -2, "open");
      lua_rawseti(L, FINDINGS, ++findings);
    }
    lua_settop(L, COSTS);
  }
  lua_createtable(L, 0, 2);
  lua_createtable(L, (int)box->form.step_count, 0);
  for (size_t i = 0; i < box->form.step_count; i++) {
    lua_pushinteger(L, held[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "steps");
  lua_newtable(L);
  for (size_t i = 0; i < b->header->pupils; i++) {
    if (!has_held[i]) continue;
    lua_pushboolean(L, true);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "pupils");
  lua_newtable(L);
  for (size_t i = 0; list->asked && i < box->form.step_count; i++) {
    if (!list->asked[i]) continue;
    lua_pushboolean(L, true);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "asked");
  return 3;
}

/* Methods -------------------------------------------------------------------- */

static int form_answers(lua_State *L) {
  lua_settop(L, 4);
  lua_pushnil(L);
  lua_insert(L, 1); /* where a job is */
  return read_findings(L, NULL);
}

static int job_send(lua_State *L) {
  job *j = check_job(L);
  frame_kind kind;
  slice name, payload;
  name.at = luaL_checklstring(L, 2, &name.length);
  payload.at = luaL_checklstring(L, 3, &payload.length);
  luaL_argcheck(L, frame_kind_of(name, &kind), 2, "no such kind of message");
  if (payload.length > frame_limit(kind)) { /* nothing was sent, and the process goes on */
    process_end end = {.verdict = VERDICT_REFUSED};
    (void)snprintf(end.message, sizeof end.message,
                   "what it is asked about takes %zu MB, and one question holds %u MB",
                   (payload.length >> 20) + 1, (unsigned)(frame_limit(kind) >> 20));
    lua_pushnil(L);
    return 1 + push_end(L, &end);
  }
  if (!process_send(j->process, kind, payload)) return push_over(L, j);
  lua_pushboolean(L, true);
  return 1;
}

static int job_receive(lua_State *L) {
  job *j = check_job(L);
  frame_kind kind = FRAME_REFUSED;
  lua_settop(L, 5);
  bool findings = !lua_isnil(L, 2);
  if (process_receive(j->process, &kind) && findings && kind != FRAME_SUGGESTED)
    process_refuse(j->process,
                   lua_pushfstring(L, "a %s message out of turn", frame_kind_name(kind)));
  if (process_over(j->process)) return push_over(L, j);
  slice payload = process_payload(j->process);
  if (findings) return read_findings(L, &payload);
  lua_pushstring(L, frame_kind_name(kind));
  if (kind == FRAME_SUGGESTED)
    lua_pushlstring(L, payload.at ? payload.at : "", payload.length);
  else
    push_json(L, process_json(j->process));
  return 2;
}

static int job_request(lua_State *L) {
  int given = job_send(L);
  if (given == 2) return given;
  lua_settop(L, 1);
  return job_receive(L);
}

static int job_ready(lua_State *L) {
  job *j = check_job(L);
  if (!process_await(j->process)) return push_over(L, j);
  lua_pushboolean(L, true);
  return 1;
}

static int job_refuse(lua_State *L) {
  job *j = check_job(L);
  process_refuse(j->process, luaL_checkstring(L, 2));
  return push_end(L, process_over(j->process));
}

static int job_finish(lua_State *L) { return push_end(L, process_finish(check_job(L)->process)); }

static int job_outcome(lua_State *L) {
  const process_end *end = process_over(check_job(L)->process);
  if (end) return push_end(L, end);
  lua_pushnil(L);
  return 1;
}

static int job_close(lua_State *L) {
  job *j = luaL_checkudata(L, 1, JOB_TYPE);
  process_free(j->process);
  *j = (job){0};
  return 0;
}

/* Upvalue 1: methods. `jail` is a field, because it never changes. */
static int job_index(lua_State *L) {
  const job *j = check_job(L);
  lua_pushliteral(L, "jail");
  if (lua_rawequal(L, 2, -1)) {
    const json_t *ready = process_ready(j->process);
    if (!ready) return 0;
    push_json(L, ready);
    return 1;
  }
  lua_settop(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  return 1;
}

static int listed(lua_State *L) {
  lua_evidence_push_list(L, 1, lua_toboolean(L, 2));
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
  return 2;
}

int lua_worker_open(lua_State *L) {
  static const luaL_Reg methods[] = {{"ready", job_ready},     {"send", job_send},
                                     {"receive", job_receive}, {"request", job_request},
                                     {"refuse", job_refuse},   {"finish", job_finish},
                                     {"outcome", job_outcome}, {NULL, NULL}};
  static const luaL_Reg metamethods[] = {{"__close", job_close}, {"__gc", job_close}, {NULL, NULL}};
  static const luaL_Reg form_methods[] = {{"answers", form_answers}, {NULL, NULL}};
  static const luaL_Reg form_meta[] = {{"__gc", form_free}, {NULL, NULL}};
  static const luaL_Reg functions[] = {
      {"start", start}, {"form", form_new}, {"listed", listed}, {NULL, NULL}};
  type_push(L, JOB_TYPE, metamethods, NULL);
  luaL_newlib(L, methods);
  lua_pushcclosure(L, job_index, 1);
  lua_setfield(L, -2, "__index");
  type_push(L, FORM_TYPE, form_meta, form_methods);
  lua_pop(L, 2);
  luaL_newlib(L, functions);
  return 1;
}
