/* sweep_scope: see sweep_scope.h. */
#include "store/school/sweep_scope.h"

#include <string.h>

static bool is_same(const sweep_scopes *s, const calendar *c, size_t end) {
  size_t bytes = c->count * sizeof *c->at;
  return s->of && s->end == end && s->calendar.length == bytes &&
         (bytes == 0 || memcmp(s->calendar.bytes, c->at, bytes) == 0);
}

status sweep_scopes_school(sweep_scopes *s, size_t rules, const calendar *c, size_t end,
                           problem *p) {
  if (is_same(s, c, end)) return STATUS_OK;
  if (!s->of) s->of = mem_new(rules * SCOPES, sizeof *s->of);
  if (!s->of) return problem_no_memory(p);
  for (size_t i = 0; i < rules * SCOPES; i++) s->of[i].born = DAY_NONE;
  buffer_clear(&s->calendar);
  buffer_add(&s->calendar, c->at, c->count * sizeof *c->at);
  s->end = end;
  return buffer_status(&s->calendar, p);
}

scope sweep_scope_of(sweep_scopes *s, size_t k, const rule *r, const span *pupil) {
  scope *known = &s->of[k * SCOPES + ((uint32_t)pupil->born & (SCOPES - 1))];
  if (known->born != pupil->born || pupil->born == DAY_NONE) {
    size_t low, high;
    rule_scope(r, pupil, &low, &high);
    *known = (scope){pupil->born, (uint32_t)low, (uint32_t)high};
  }
  return *known;
}

void sweep_scopes_free(sweep_scopes *s) {
  mem_free(s->of);
  buffer_free(&s->calendar);
}
