/* lua_plugin_job: see lua_plugin_job.h. */
#include "host/lua_plugin_job.h"

#include <lauxlib.h>

#include "host/plugin_job.h"

#define JOB_TYPE "waymark.plugin_job"

static const lua_Number wall_most = 86400;

typedef struct holder {
  plugin_job *job; /* NULL once closed */
} holder;

static plugin_job *check_job(lua_State *L) {
  holder *h = luaL_checkudata(L, 1, JOB_TYPE);
  luaL_argcheck(L, h->job, 1, "the job is closed");
  return h->job;
}

static int push_outcome(lua_State *L, const plugin_outcome *o) {
  lua_createtable(L, 0, 7);
  lua_pushstring(L, plugin_verdict_name(o->verdict));
  lua_setfield(L, -2, "verdict");
  lua_pushstring(L, o->message);
  lua_setfield(L, -2, "message");
  lua_pushinteger(L, o->record);
  lua_setfield(L, -2, "record");
  lua_pushinteger(L, o->step);
  lua_setfield(L, -2, "step");
  lua_pushinteger(L, (lua_Integer)o->peak_bytes);
  lua_setfield(L, -2, "peak_bytes");
  lua_pushinteger(L, (lua_Integer)o->instructions);
  lua_setfield(L, -2, "instructions");
  lua_pushnumber(L, o->seconds);
  lua_setfield(L, -2, "seconds");
  return 1;
}

/* start ------------------------------------------------------------------------ */

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
  plugin_limits limits;
  plugin_outcome outcome;
  luaL_checktype(L, 1, LUA_TTABLE);
  limits.memory_bytes = (uint64_t)number_field(L, "memory", 64 << 20, 1 << 20, 1LL << 36);
  limits.cpu_seconds = number_field(L, "cpu", 2, 0.001, wall_most);
  limits.wall_seconds = number_field(L, "wall", 3, 0.001, wall_most);
  lua_getfield(L, 1, "worker");
  if (lua_type(L, -1) != LUA_TSTRING) return luaL_error(L, "start: 'worker' must be a path");
  holder *h = lua_newuserdatauv(L, sizeof *h, 0);
  h->job = NULL;
  luaL_setmetatable(L, JOB_TYPE);
  if (plugin_job_start(lua_tostring(L, -2), &limits, &h->job, &outcome)) return 1;
  lua_pushnil(L);
  return 1 + push_outcome(L, &outcome);
}

/* Methods ------------------------------------------------------------------------ */

/* The arguments (job, kind, payload, seconds) of request and send. */
static plugin_job *take_request(lua_State *L, frame_kind *kind, slice *payload,
                                lua_Number *seconds) {
  plugin_job *job = check_job(L);
  slice name;
  name.at = luaL_checklstring(L, 2, &name.length);
  payload->at = luaL_checklstring(L, 3, &payload->length);
  *seconds = luaL_optnumber(L, 4, 0);
  luaL_argcheck(L, frame_kind_of(name, kind), 2, "no such kind of message");
  luaL_argcheck(L, payload->length <= frame_limit(*kind), 3, "too long for its kind");
  luaL_argcheck(L, *seconds >= 0 && *seconds <= wall_most, 4, "out of range");
  return job;
}

static int give_answer(lua_State *L, const plugin_job *job, bool came, frame_kind kind,
                       slice answer) {
  if (came) {
    lua_pushstring(L, frame_kind_name(kind));
    lua_pushlstring(L, answer.at ? answer.at : "", answer.length);
    return 2;
  }
  lua_pushnil(L);
  return 1 + push_outcome(L, plugin_job_outcome(job));
}

static int job_request(lua_State *L) {
  frame_kind kind, answer_kind = FRAME_REFUSED;
  slice payload, answer = {0};
  lua_Number seconds;
  plugin_job *job = take_request(L, &kind, &payload, &seconds);
  bool came = plugin_job_request(job, kind, payload, seconds, &answer_kind, &answer);
  return give_answer(L, job, came, answer_kind, answer);
}

static int job_send(lua_State *L) {
  frame_kind kind;
  slice payload;
  lua_Number seconds;
  plugin_job *job = take_request(L, &kind, &payload, &seconds);
  if (!plugin_job_send(job, kind, payload, seconds))
    return give_answer(L, job, false, kind, payload);
  lua_pushboolean(L, 1);
  return 1;
}

static int job_receive(lua_State *L) {
  plugin_job *job = check_job(L);
  frame_kind kind = FRAME_REFUSED;
  slice answer = {0};
  bool came = plugin_job_receive(job, &kind, &answer);
  return give_answer(L, job, came, kind, answer);
}

static int job_finish(lua_State *L) { return push_outcome(L, plugin_job_finish(check_job(L))); }

static int job_outcome(lua_State *L) {
  const plugin_outcome *o = plugin_job_outcome(check_job(L));
  if (o) return push_outcome(L, o);
  lua_pushnil(L);
  return 1;
}

static int job_close(lua_State *L) {
  holder *h = luaL_checkudata(L, 1, JOB_TYPE);
  plugin_job_free(h->job);
  h->job = NULL;
  return 0;
}

/* Upvalue 1: methods. `jail` is a field, because it never changes. */
static int job_index(lua_State *L) {
  plugin_job *job = check_job(L);
  lua_pushliteral(L, "jail");
  if (lua_rawequal(L, 2, -1)) {
    slice ready = plugin_job_ready(job);
    lua_pushlstring(L, ready.at, ready.length);
    return 1;
  }
  lua_settop(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  return 1;
}

static const luaL_Reg methods[] = {{"finish", job_finish},   {"outcome", job_outcome},
                                   {"request", job_request}, {"receive", job_receive},
                                   {"send", job_send},       {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__close", job_close}, {"__gc", job_close}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"start", start}, {NULL, NULL}};

int lua_plugin_job_open(lua_State *L) {
  if (luaL_newmetatable(L, JOB_TYPE)) {
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, job_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
