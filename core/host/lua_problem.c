/* lua_problem: see lua_problem.h. */
#include "host/lua_problem.h"

int lua_push_problem(lua_State *L, const problem *p) {
  lua_pushnil(L);
  if (p->remedy[0])
    (void)lua_pushfstring(L, "%s; %s", p->sentence, p->remedy);
  else
    (void)lua_pushstring(L, p->sentence);
  return 2;
}
