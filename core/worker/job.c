/* job: one load set in one fence, and what is asked of it over the channel. What can raise
 * runs in `protect`; an answer is made in C memory, so Lua's may end. */
#include "worker/job.h"

#include <lauxlib.h>
#include <string.h>
#include <time.h>

#include "script/api.h"
#include "script/value.h"
#include "worker/fence.h"
#include "worker/fence_lib.h"
#include "worker/fence_sdk.h"
#include "worker/frame.h"
#include "worker/suggested.h"

enum { RESULT_RESERVE = 4 << 20, JSON_DEPTH = 64, EVENTS_HEADER = 4 };

typedef enum job_kind {
  JOB_NONE,
  JOB_TRY,
  JOB_DECLARE,
  JOB_EVALUATE,
  JOB_HOOK,
  JOB_CONSULT,
  JOB_KINDS
} job_kind;

static const char *const kind_names[JOB_KINDS] = {[JOB_TRY] = "try",
                                                  [JOB_DECLARE] = "declare",
                                                  [JOB_EVALUATE] = "evaluate",
                                                  [JOB_HOOK] = "hook",
                                                  [JOB_CONSULT] = "consult"};

typedef struct job {
  const job_setting *setting;
  fence *f;
  json_t *load;
  job_kind kind;
  bool data, over; /* data: a try with batches, so with the trusted module */
  slice source;    /* of a try: in the LOAD, or the TRY's payload */
  slice files;     /* what follows the LOAD's JSON, as long as the payload is there */
  frame_header request;
  buffer payload, answer;
  status compiled; /* of a try's source, with its problem */
  problem why;
} job;

/* Addresses as keys of the registry: the trusted module; a try's batches. */
static const char module_key = 0, batches_key = 0;

static const char *const verdict_names[] = {[FENCE_OK] = "finished",
                                            [FENCE_FAILED] = "failed",
                                            [FENCE_BUDGET] = "over-budget",
                                            [FENCE_MEMORY] = "over-memory"};

/* Answers ------------------------------------------------------------------- */

/* An answer that cannot be sent (the host is gone) ends the job. */
static void answer(job *j, frame_kind kind) {
  slice payload = buffer_slice(&j->answer);
  if (j->answer.failed ||
      frame_write(j->setting->channel, NULL, kind, j->request.sequence, payload, NULL) != STATUS_OK)
    j->over = true;
  buffer_clear(&j->answer);
}

static void add_counts(job *j) {
  buffer_printf(&j->answer, ",\"peak_bytes\":%zu,\"instructions\":%llu",
                j->f ? fence_peak(j->f) : (size_t)0,
                (unsigned long long)(j->f ? fence_instructions(j->f) : 0));
}

static void refuse(job *j, const char *verdict, slice message) {
  buffer_clear(&j->answer);
  buffer_printf(&j->answer, "{\"verdict\":\"%s\",\"message\":", verdict);
  text_add_json(&j->answer, message);
  add_counts(j);
  buffer_add_char(&j->answer, '}');
  answer(j, FRAME_REFUSED);
  j->over = true;
}

static void refuse_request(job *j, const char *why) { refuse(j, "refused", slice_of(why)); }

static void acknowledge(job *j) {
  buffer_add_text(&j->answer, "{}");
  answer(j, FRAME_RESULT);
}

/* A try's RESULT; `result` is JSON. */
static void answer_result(job *j, const char *verdict, slice message, slice result) {
  struct timespec t = {0};
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  buffer_printf(&j->answer, "{\"verdict\":\"%s\",\"message\":", verdict);
  text_add_json(&j->answer, message);
  buffer_add_text(&j->answer, ",\"result\":");
  buffer_add(&j->answer, result.at, result.length);
  buffer_add_text(&j->answer, ",\"output\":[");
  slice lines = fence_printed(j->f); /* each ended by \n */
  for (bool first = true; lines.length; first = false) {
    const char *end = memchr(lines.at, '\n', lines.length);
    size_t length = end ? (size_t)(end - lines.at) : lines.length;
    if (!first) buffer_add_char(&j->answer, ',');
    text_add_json(&j->answer, (slice){lines.at, length});
    lines = (slice){lines.at + length + (end != NULL), lines.length - length - (end != NULL)};
  }
  buffer_add_char(&j->answer, ']');
  add_counts(j);
  buffer_printf(&j->answer, ",\"seconds\":%.6f}", (double)t.tv_sec + (double)t.tv_nsec / 1e9);
  answer(j, FRAME_RESULT);
}

/* Protected work ------------------------------------------------------------- */

/* Run `work`, which finds the job as its argument, with the results wanted. */
static fence_verdict protect(job *j, lua_CFunction work, int results, uint64_t budget) {
  lua_State *L = fence_state(j->f);
  lua_pushcfunction(L, work);
  lua_pushlightuserdata(L, j);
  return fence_call(j->f, 1, results, budget);
}

/* Run `work` and answer `kind` with its one result. */
static void answer_work(job *j, lua_CFunction work, uint64_t budget, frame_kind kind) {
  fence_verdict verdict = protect(j, work, 1, budget);
  if (verdict != FENCE_OK) {
    refuse(j, verdict_names[verdict], fence_message(j->f));
    return;
  }
  lua_State *L = fence_state(j->f);
  value_limits limits = value_limits_default;
  limits.name = kind == FRAME_DECLARED ? "declared" : "answer";
  limits.total_bytes = frame_limit(kind) - 1024;
  limits.nodes = 1000 * 1000;
  status s = value_to_json(L, -1, &limits, &j->answer, &j->why);
  lua_pop(L, 1);
  if (s == STATUS_OK)
    answer(j, kind);
  else
    refuse(j, "failed", slice_of(j->why.sentence));
}

/* Run `work`, which has no result, and say that it is done. */
static void acknowledge_work(job *j, lua_CFunction work, uint64_t budget) {
  fence_verdict verdict = protect(j, work, 0, budget);
  if (verdict == FENCE_OK)
    acknowledge(j);
  else
    refuse(j, verdict_names[verdict], fence_message(j->f));
}

static void push_load(lua_State *L, job *j) {
  if (value_push_json(L, j->load, JSON_DEPTH, &j->why) != STATUS_OK)
    luaL_error(L, "%s", j->why.sentence);
}

/* -> the trusted module's function `name` */
static void push_function(lua_State *L, const char *name) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &module_key);
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
}

static int do_open(lua_State *L) {
  lua_newtable(L);
  (void)api_open(L);
  lua_setfield(L, -2, "core");
  fence_sdk_open(L);
  fence_sdk_require(L, "job");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &module_key);
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &batches_key);
  return 0;
}

static int do_load(lua_State *L) {
  job *j = lua_touserdata(L, 1);
  (void)do_open(L);
  push_function(L, "load");
  push_load(L, j);
  lua_pushlstring(L, j->files.at, j->files.length);
  lua_call(L, 2, 1);
  return 1;
}

/* A batch stays the bytes that it is; lua/sdk opens it with the codes and grants of the
 * load set. */
static void push_batch(lua_State *L, const job *j) {
  lua_pushlstring(L, j->payload.bytes ? j->payload.bytes : "", j->payload.length);
}

static int do_evaluate(lua_State *L) {
  job *j = lua_touserdata(L, 1);
  push_function(L, "evaluate");
  push_batch(L, j);
  lua_call(L, 1, 1);
  suggested_write(L, &j->answer);
  return 0;
}

static int do_collect(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &batches_key);
  push_batch(L, lua_touserdata(L, 1));
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  return 0;
}

/* job.events or job.consult(batch or nil, JSON's value), of the parts of an EVENTS or a CONSULT. */
static int do_parts(lua_State *L) {
  job *j = lua_touserdata(L, 1);
  const unsigned char *at = (const unsigned char *)j->payload.bytes;
  size_t room = j->payload.length, length = 0;
  push_function(L, j->request.kind == FRAME_EVENTS ? "events" : "consult");
  if (room >= EVENTS_HEADER)
    length = (size_t)at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
  if (room < EVENTS_HEADER || length > room - EVENTS_HEADER)
    return luaL_error(L, "the request is cut off");
  slice json = {j->payload.bytes + EVENTS_HEADER, length};
  size_t batch = room - EVENTS_HEADER - length;
  if (batch)
    lua_pushlstring(L, json.at + length, batch);
  else
    lua_pushnil(L);
  if (value_push_text(L, json, &j->why) != STATUS_OK) return luaL_error(L, "%s", j->why.sentence);
  lua_call(L, 2, 1);
  return 1;
}

static slice text_field(const json_t *object, const char *name) {
  const json_t *field = json_object_get(object, name);
  if (!json_is_string(field)) return (slice){0};
  return (slice){json_string_value(field), json_string_length(field)};
}

static int do_try(lua_State *L) {
  job *j = lua_touserdata(L, 1);
  if (j->data) push_function(L, "try_env");
  fence_push_environment(L);
  if (j->data) { /* try_env(environment, batches, load) */
    lua_rawgetp(L, LUA_REGISTRYINDEX, &batches_key);
    push_load(L, j);
    lua_call(L, 3, 1);
    luaL_checktype(L, -1, LUA_TTABLE);
  }
  j->compiled = fence_compile(L, text_field(j->load, "name").at, j->source, -1, &j->why);
  if (j->compiled != STATUS_OK) return 0;
  if (fence_pcall(fence_of(L), 0, 1) != LUA_OK) return lua_error(L);
  return 1;
}

/* Requests --------------------------------------------------------------------- */

/* limits.name, or `usual` when absent; false when it is no number from 1 to `most`. */
static bool limit_field(const json_t *limits, const char *name, uint64_t usual, uint64_t most,
                        uint64_t *out) {
  const json_t *field = json_object_get(limits, name);
  json_int_t n = json_integer_value(field);
  if (field && (!json_is_integer(field) || n < 1 || (uint64_t)n > most)) return false;
  *out = field ? (uint64_t)n : usual;
  return true;
}

/* Reads the LOAD and makes the fence; false after a refusal.
 *
 * 100 million instructions are about a third of a second: the most for loading
 * the set, for each call of a step, and for all of a try. Evaluating has no
 * total of its own; the processor and wall limits end it. */
static bool begin(job *j) {
  const uint64_t million = 1000000, huge = INT64_MAX, memory_most = j->setting->memory_most;
  json_error_t end = {0};
  j->load = json_loadb(j->payload.bytes, j->payload.length,
                       JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &end);
  size_t json = j->load ? (size_t)end.position : 0;
  j->files = (slice){j->payload.bytes + json, j->payload.length - json};
  slice name = text_field(j->load, "kind");
  for (int k = JOB_NONE + 1; k < JOB_KINDS; k++)
    if (slice_is(name, kind_names[k])) j->kind = (job_kind)k;
  j->source = text_field(j->load, "source");
  j->data = json_is_true(json_object_get(j->load, "data"));
  if (j->kind == JOB_NONE) return refuse_request(j, "the job is not understood"), false;
  const json_t *limits = json_object_get(j->load, "limits");
  const json_t *count = json_object_get(limits, "count");
  slice how = text_field(limits, "count");
  fence_limits allowed = {0};
  uint64_t memory, lines, bytes;
  if (!limit_field(limits, "memory", memory_most, memory_most, &memory) ||
      !limit_field(limits, "instructions_call", 100 * million, huge, &allowed.call_instructions) ||
      !limit_field(limits, "instructions_job", huge, huge, &allowed.job_instructions) ||
      !limit_field(limits, "print_lines", 1000, 100000, &lines) ||
      !limit_field(limits, "print_bytes", 64 << 10, 128 << 10, &bytes) ||
      !limit_field(limits, "seed", 1, huge, &allowed.seed) ||
      (count && !slice_is(how, "exact") && !slice_is(how, "late")))
    return refuse_request(j, "the job's limits are not understood"), false;
  allowed.memory = (size_t)memory;
  allowed.print_lines = (size_t)lines;
  allowed.print_bytes = (size_t)bytes;
  allowed.late = j->setting->clock && (count ? slice_is(how, "late") : j->kind >= JOB_EVALUATE);
  if (j->kind == JOB_TRY && !text_field(j->load, "name").at)
    return refuse_request(j, "a try needs a name"), false;
  if (fence_new(&allowed, j->setting->page, fence_lib_open, &j->f, &j->why) != STATUS_OK)
    return refuse(j, "over-memory", slice_of(j->why.sentence)), false;
  if (j->setting->clock) j->setting->clock->fence = j->f;
  return true;
}

/* Once: whatever comes after it but END does not belong. */
static void run_try(job *j) {
  const slice nothing = {"null", 4};
  j->kind = JOB_NONE;
  fence_verdict verdict = protect(j, do_try, 1, fence_limits_of(j->f)->call_instructions);
  if (verdict != FENCE_OK) {
    answer_result(j, verdict_names[verdict], fence_message(j->f), nothing);
    return;
  }
  buffer result = {0};
  status s = j->compiled;
  if (s == STATUS_OK) {
    value_limits limits = value_limits_default;
    limits.name = "result";
    fence_reserve(j->f, RESULT_RESERVE);
    s = value_to_json(fence_state(j->f), -1, &limits, &result, &j->why);
  }
  if (s == STATUS_OK)
    answer_result(j, "finished", (slice){0}, buffer_slice(&result));
  else
    answer_result(j, j->compiled == STATUS_REFUSED ? "refused" : "failed",
                  slice_of(j->why.sentence), nothing);
  buffer_free(&result);
}

/* Answer a batch: do_evaluate wrote what was said of it. */
static void answer_batch(job *j) {
  fence_verdict verdict = protect(j, do_evaluate, 0, 0);
  if (verdict == FENCE_OK)
    answer(j, FRAME_SUGGESTED);
  else
    refuse(j, verdict_names[verdict], fence_message(j->f));
}

void job_run(const job_setting *setting) {
  job only = {.setting = setting}, *j = &only;
  while (!j->over &&
         frame_read(setting->channel, NULL, &j->request, &j->payload, NULL) == STATUS_OK) {
    frame_kind kind = j->request.kind;
    if (kind == FRAME_LOAD && !j->load) {
      if (!begin(j)) continue;
      uint64_t budget = fence_limits_of(j->f)->call_instructions;
      if (j->kind != JOB_TRY)
        answer_work(j, do_load, budget, FRAME_DECLARED);
      else if (j->data)
        acknowledge_work(j, do_open, budget);
      else if (j->source.at)
        run_try(j);
      else
        acknowledge(j);
    } else if (kind == FRAME_BATCH && j->kind == JOB_EVALUATE) {
      answer_batch(j);
    } else if (kind == FRAME_BATCH && j->kind == JOB_TRY && j->data) {
      acknowledge_work(j, do_collect, 0);
    } else if (kind == FRAME_EVENTS && j->kind == JOB_HOOK) {
      answer_work(j, do_parts, 0, FRAME_EFFECTS);
    } else if (kind == FRAME_CONSULT && j->kind == JOB_CONSULT) {
      answer_work(j, do_parts, fence_limits_of(j->f)->call_instructions, FRAME_CONSULTED);
    } else if (kind == FRAME_TRY && j->kind == JOB_TRY) {
      if (j->payload.length || !j->source.at) j->source = buffer_slice(&j->payload);
      run_try(j);
    } else if (kind == FRAME_END) {
      buffer_add_text(&j->answer, "{\"verdict\":\"finished\"");
      add_counts(j);
      buffer_add_char(&j->answer, '}');
      answer(j, FRAME_DONE);
      j->over = true;
    } else {
      refuse_request(j, "this request does not belong here");
    }
  }
}
