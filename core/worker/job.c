/* job: see job.h. */
#include "worker/job.h"

#include <lauxlib.h>
#include <string.h>
#include <time.h>

#include "worker/fence.h"
#include "worker/fence_lib.h"
#include "worker/fence_sdk.h"
#include "worker/frame.h"

enum { RESULT_RESERVE = 4 << 20, JSON_DEPTH = 64, EVENTS_HEADER = 4 };

typedef enum job_kind {
  JOB_NONE,
  JOB_TRY,
  JOB_DECLARE,
  JOB_EVALUATE,
  JOB_HOOK,
  JOB_CONSULT
} job_kind;

typedef struct job {
  const job_setting *setting;
  fence *f;
  json_t *load;
  job_kind kind;
  bool data, over; /* data: a try with batches, so with the trusted module */
  slice source;    /* of a try: in the LOAD, or the TRY's payload */
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
  slice payload = {j->answer.bytes, j->answer.length};
  if (j->answer.failed || frame_write(j->setting->channel, FRAME_PATIENT, kind, j->request.sequence,
                                      payload, NULL) != STATUS_OK)
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
  value_add_text(&j->answer, message);
  add_counts(j);
  buffer_add_char(&j->answer, '}');
  answer(j, FRAME_REFUSED);
  j->over = true;
}

static void refuse_request(job *j, const char *why) { refuse(j, "refused", slice_of(why)); }

static void refuse_verdict(job *j, fence_verdict verdict) {
  refuse(j, verdict_names[verdict], fence_message(j->f));
}

/* Answer `kind` with the value on top of the stack, and pop it. */
static void answer_value(job *j, frame_kind kind) {
  value_limits limits = value_limits_default;
  limits.name = kind == FRAME_DECLARED ? "declared" : "answer";
  limits.total_bytes = frame_limit(kind) - 1024;
  limits.nodes = 1000 * 1000;
  limits.userdata = j->setting->hooks->userdata;
  status s = value_to_json(fence_state(j->f), -1, &limits, &j->answer, &j->why);
  lua_pop(fence_state(j->f), 1);
  if (s == STATUS_OK)
    answer(j, kind);
  else
    refuse(j, "failed", slice_of(j->why.sentence));
}

/* Protected work --------------------------------------------------------------- */

/* Run `work`, which finds the job as its argument, with the results wanted. */
static fence_verdict protect(job *j, lua_CFunction work, int results, uint64_t budget) {
  lua_State *L = fence_state(j->f);
  lua_pushcfunction(L, work);
  lua_pushlightuserdata(L, j);
  return fence_call(j->f, 1, results, budget);
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

static void open_module(lua_State *L, job *j) {
  if (j->setting->hooks->open)
    j->setting->hooks->open(L);
  else
    lua_pushnil(L);
  fence_sdk_open(L);
  fence_sdk_require(L, "job");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &module_key);
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &batches_key);
}

static int do_load(lua_State *L) {
  job *j = lua_touserdata(L, 1);
  open_module(L, j);
  push_function(L, "load");
  push_load(L, j);
  lua_call(L, 1, 1);
  return 1;
}

static int do_open(lua_State *L) {
  open_module(L, lua_touserdata(L, 1));
  return 0;
}

static void push_bytes(lua_State *L, job *j, slice bytes) {
  if (j->setting->hooks->push_batch)
    (void)j->setting->hooks->push_batch(L, bytes.at, bytes.length);
  else if (value_push_text(L, bytes, &j->why) != STATUS_OK)
    luaL_error(L, "%s", j->why.sentence);
}

static void push_batch(lua_State *L, job *j) {
  push_bytes(L, j, (slice){j->payload.bytes, j->payload.length});
}

static int do_evaluate(lua_State *L) {
  push_function(L, "evaluate");
  push_batch(L, lua_touserdata(L, 1));
  lua_call(L, 1, 1);
  return 1;
}

/* The parts of an EVENTS or a CONSULT: its JSON, and its batch (empty: none). */
static bool split_payload(const buffer *payload, slice *json, slice *batch) {
  if (payload->length < EVENTS_HEADER) return false;
  const unsigned char *at = (const unsigned char *)payload->bytes;
  size_t length = (size_t)at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
  size_t room = payload->length - EVENTS_HEADER;
  if (length > room) return false;
  *json = (slice){payload->bytes + EVENTS_HEADER, length};
  *batch = (slice){payload->bytes + EVENTS_HEADER + length, room - length};
  return true;
}

/* job.NAME(batch or nil, JSON's value) */
static int do_named(lua_State *L, const char *name) {
  job *j = lua_touserdata(L, 1);
  slice json, batch;
  push_function(L, name);
  if (!split_payload(&j->payload, &json, &batch)) return luaL_error(L, "the request is cut off");
  if (batch.length)
    push_bytes(L, j, batch);
  else
    lua_pushnil(L);
  if (value_push_text(L, json, &j->why) != STATUS_OK) return luaL_error(L, "%s", j->why.sentence);
  lua_call(L, 2, 1);
  return 1;
}

static int do_collect(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &batches_key);
  push_batch(L, lua_touserdata(L, 1));
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  return 0;
}

static int do_events(lua_State *L) { return do_named(L, "events"); }
static int do_consult(lua_State *L) { return do_named(L, "consult"); }

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
  lua_call(L, 0, 1);
  return 1;
}

/* A try's RESULT ------------------------------------------------------------------ */

static double cpu_seconds(void) {
  struct timespec t;
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0) return 0;
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void add_output(job *j) {
  slice lines = fence_printed(j->f);
  buffer_add_text(&j->answer, ",\"output\":[");
  for (bool first = true; lines.length; first = false) {
    const char *end = memchr(lines.at, '\n', lines.length);
    size_t length = end ? (size_t)(end - lines.at) : lines.length;
    if (!first) buffer_add_char(&j->answer, ',');
    value_add_text(&j->answer, (slice){lines.at, length});
    lines = (slice){lines.at + length + (end != NULL), lines.length - length - (end != NULL)};
  }
  buffer_add_char(&j->answer, ']');
}

static void answer_result(job *j, const char *verdict, slice message, slice result) {
  buffer_printf(&j->answer, "{\"verdict\":\"%s\",\"message\":", verdict);
  value_add_text(&j->answer, message);
  buffer_add_text(&j->answer, ",\"result\":");
  buffer_add(&j->answer, result.at, result.length);
  add_output(j);
  add_counts(j);
  buffer_printf(&j->answer, ",\"seconds\":%.6f}", cpu_seconds());
  answer(j, FRAME_RESULT);
}

/* Once: whatever comes after it but END does not belong. */
static void run_try(job *j) {
  j->kind = JOB_NONE;
  const slice nothing = {"null", 4};
  fence_verdict verdict = protect(j, do_try, 1, fence_limits_of(j->f)->call_instructions);
  if (verdict != FENCE_OK) {
    answer_result(j, verdict_names[verdict], fence_message(j->f), nothing);
    return;
  }
  buffer result = {0};
  const char *name = j->compiled == STATUS_REFUSED ? "refused" : "failed";
  if (j->compiled == STATUS_OK) {
    value_limits limits = value_limits_default;
    limits.name = "result";
    limits.userdata = j->setting->hooks->userdata;
    fence_reserve(j->f, RESULT_RESERVE);
    if (value_to_json(fence_state(j->f), -1, &limits, &result, &j->why) == STATUS_OK)
      name = "finished";
  }
  if (strcmp(name, "finished") == 0)
    answer_result(j, name, (slice){0}, (slice){result.bytes, result.length});
  else
    answer_result(j, name, slice_of(j->why.sentence), nothing);
  buffer_free(&result);
}

/* Requests --------------------------------------------------------------------------- */

/* limits.name, or `usual` when absent; false when it is no number from 1 to `most`. */
static bool limit_field(const json_t *limits, const char *name, uint64_t usual, uint64_t most,
                        uint64_t *out) {
  const json_t *field = json_object_get(limits, name);
  json_int_t n = json_integer_value(field);
  if (field && (!json_is_integer(field) || n < 1 || (uint64_t)n > most)) return false;
  *out = field ? (uint64_t)n : usual;
  return true;
}

/* 100 million instructions are about a third of a second: the most for loading
 * the set, for each call of a step, and for all of a try. Evaluating has no
 * total of its own; the processor and wall limits end it. */
static bool read_limits(const json_t *limits, uint64_t memory_most, fence_limits *out) {
  const uint64_t million = 1000000, huge = INT64_MAX;
  uint64_t memory, lines, bytes;
  if (!limit_field(limits, "memory", memory_most, memory_most, &memory) ||
      !limit_field(limits, "instructions_call", 100 * million, huge, &out->call_instructions) ||
      !limit_field(limits, "instructions_job", huge, huge, &out->job_instructions) ||
      !limit_field(limits, "print_lines", 1000, 100000, &lines) ||
      !limit_field(limits, "print_bytes", 64 << 10, 128 << 10, &bytes) ||
      !limit_field(limits, "seed", 1, huge, &out->seed))
    return false;
  out->memory = (size_t)memory;
  out->print_lines = (size_t)lines;
  out->print_bytes = (size_t)bytes;
  return true;
}

/* limits.count: how instructions are counted. */
static bool read_counting(const job *j, const json_t *limits, bool *late) {
  const json_t *field = json_object_get(limits, "count");
  slice name = text_field(limits, "count");
  if (field && !slice_is(name, "exact") && !slice_is(name, "late")) return false;
  *late = j->setting->clock && (field ? slice_is(name, "late") : j->kind >= JOB_EVALUATE);
  return true;
}

static job_kind kind_of(slice name) {
  if (slice_is(name, "try")) return JOB_TRY;
  if (slice_is(name, "declare")) return JOB_DECLARE;
  if (slice_is(name, "hook")) return JOB_HOOK;
  if (slice_is(name, "consult")) return JOB_CONSULT;
  return slice_is(name, "evaluate") ? JOB_EVALUATE : JOB_NONE;
}

/* Reads the LOAD and makes the fence; false after a refusal. */
static bool begin(job *j) {
  fence_limits limits;
  j->load = json_loadb(j->payload.bytes, j->payload.length, JSON_REJECT_DUPLICATES, NULL);
  j->kind = kind_of(text_field(j->load, "kind"));
  j->source = text_field(j->load, "source");
  j->data = json_is_true(json_object_get(j->load, "data"));
  if (j->kind == JOB_NONE) return refuse_request(j, "the job is not understood"), false;
  const json_t *asked = json_object_get(j->load, "limits");
  if (!read_limits(asked, j->setting->memory_most, &limits) ||
      !read_counting(j, asked, &limits.late))
    return refuse_request(j, "the job's limits are not understood"), false;
  if (j->kind == JOB_TRY && !text_field(j->load, "name").at)
    return refuse_request(j, "a try needs a name"), false;
  if (fence_new(&limits, j->setting->page, &j->f, &j->why) != STATUS_OK)
    return refuse(j, "over-memory", slice_of(j->why.sentence)), false;
  if (j->setting->clock) j->setting->clock->fence = j->f;
  return true;
}

static void acknowledge(job *j) {
  buffer_add_text(&j->answer, "{}");
  answer(j, FRAME_RESULT);
}

static void serve_load(job *j) {
  if (!begin(j)) return;
  uint64_t budget = fence_limits_of(j->f)->call_instructions;
  bool is_try = j->kind == JOB_TRY;
  fence_verdict verdict = FENCE_OK;
  if (!is_try || j->data) verdict = protect(j, is_try ? do_open : do_load, is_try ? 0 : 1, budget);
  if (verdict != FENCE_OK)
    refuse_verdict(j, verdict);
  else if (!is_try)
    answer_value(j, FRAME_DECLARED);
  else if (j->data || !j->source.at)
    acknowledge(j);
  else
    run_try(j);
}

static void serve_batch(job *j) {
  bool is_try = j->kind == JOB_TRY;
  fence_verdict verdict = protect(j, is_try ? do_collect : do_evaluate, is_try ? 0 : 1, 0);
  if (verdict != FENCE_OK) {
    refuse_verdict(j, verdict);
  } else if (is_try) {
    acknowledge(j);
  } else {
    answer_value(j, FRAME_SUGGESTED);
  }
}

static void serve_events(job *j) {
  fence_verdict verdict = protect(j, do_events, 1, 0);
  if (verdict == FENCE_OK)
    answer_value(j, FRAME_EFFECTS);
  else
    refuse_verdict(j, verdict);
}

static void serve_consult(job *j) {
  fence_verdict verdict = protect(j, do_consult, 1, fence_limits_of(j->f)->call_instructions);
  if (verdict == FENCE_OK)
    answer_value(j, FRAME_CONSULTED);
  else
    refuse_verdict(j, verdict);
}

static void serve_try(job *j) {
  if (j->payload.length || !j->source.at) j->source = (slice){j->payload.bytes, j->payload.length};
  run_try(j);
}

static void serve_end(job *j) {
  buffer_add_text(&j->answer, "{\"verdict\":\"finished\"");
  add_counts(j);
  buffer_add_char(&j->answer, '}');
  answer(j, FRAME_DONE);
  j->over = true;
}

static void serve(job *j) {
  bool takes_batches = j->kind == JOB_EVALUATE || (j->kind == JOB_TRY && j->data);
  frame_kind kind = j->request.kind;
  if (kind == FRAME_LOAD && !j->load)
    serve_load(j);
  else if (kind == FRAME_BATCH && takes_batches)
    serve_batch(j);
  else if (kind == FRAME_EVENTS && j->kind == JOB_HOOK)
    serve_events(j);
  else if (kind == FRAME_CONSULT && j->kind == JOB_CONSULT)
    serve_consult(j);
  else if (kind == FRAME_TRY && j->kind == JOB_TRY)
    serve_try(j);
  else if (kind == FRAME_END)
    serve_end(j);
  else
    refuse_request(j, "this request does not belong here");
}

void job_run(const job_setting *setting) {
  job j = {.setting = setting};
  while (!j.over &&
         frame_read(setting->channel, FRAME_PATIENT, &j.request, &j.payload, NULL) == STATUS_OK)
    serve(&j);
}
