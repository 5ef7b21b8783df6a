/* batches: the school that is being handed out is held whole; `next` is the member that
 * begins the next batch. */
#include "store/school/batches.h"

#include <stdio.h>

#include "store/school/school.h"

struct batches {
  store *store;
  batches_options options;
  statement *snapshot; /* stands on its row: everything is read as it was then */
  statement *fields;   /* NULL: records have an id only */
  school_reader *reader;
  school_range *schools;
  size_t school_count, school_next;
  bool sparse; /* only cases are asked for, of many pupils: most have none */
  school_register school;
  size_t next;
  bool *has_case; /* [school.count], when sparse: has the pupil entries, on any day? */
  buffer json;    /* the school */
};

static void leave_school(batches *b) {
  school_register_free(&b->school);
  mem_free(b->has_case);
  b->has_case = NULL;
  buffer_clear(&b->json);
  b->next = 0;
}

void batches_free(batches *b) {
  if (!b) return;
  leave_school(b);
  buffer_free(&b->json);
  school_reader_free(b->reader);
  db_finalize(b->snapshot);
  db_finalize(b->fields);
  mem_free(b->schools);
  mem_free(b);
}

status batches_begin(store *st, const batches_options *o, batches **out, problem *p) {
  batches *b = mem_new(1, sizeof *b);
  if (!b) return problem_no_memory(p);
  const uint32_t texts = o->fields & ~(uint32_t)FIELD_REGISTERS;
  b->store = st;
  b->options = *o;
  b->options.who.year = b->options.who.form = b->options.who.upn = (slice){0};
  b->sparse = texts == FIELD_CASES && o->who.enrolment == 0 && o->who.upn.length == 0;
  school_plan plan = {.who = o->who,
                      .first_day = o->first_day,
                      .texts = SCHOOL_NO_TEXTS,
                      .ages = o->fields & FIELD_REGISTERS,
                      .dates = true,
                      .marks = o->fields & FIELD_REGISTERS,
                      .beside_school = true};
  status s = db_snapshot(store_db(st), &b->snapshot, p);
  if (!s) s = school_list(st, &o->who, &b->schools, &b->school_count, p);
  if (!s) s = school_reader_new(st, &plan, &b->reader, p);
  if (!s && texts)
    s = fields_statement(store_db(st), texts, o->diary == DAY_NONE ? o->who.as_of : o->diary,
                         o->who.known_at, &b->fields, p);
  if (s) {
    batches_free(b);
    return s;
  }
  *out = b;
  return STATUS_OK;
}

/* One school ------------------------------------------------------------------- */

/* Note the members whose pupil has entries, so that only theirs are looked for. */
static status note_cases(batches *b, problem *p) {
  const school_register *of = &b->school;
  b->has_case = mem_new(of->count, sizeof *b->has_case);
  if (!b->has_case) return problem_no_memory(p);
  statement *rows =
      db_statement(store_db(b->store),
                   "SELECT e.id FROM enrolment e WHERE e.school = ?"
                   " AND EXISTS (SELECT 1 FROM entry) AND EXISTS (SELECT 1 FROM event v"
                   "  CROSS JOIN entry n ON n.event = v.id WHERE v.pupil = e.pupil) ORDER BY e.id",
                   p);
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1, of->id);
  bool row = false;
  size_t i = 0;
  status s;
  while (!(s = db_step(rows, &row, p)) && row) {
    int64_t id = db_column_int(rows, 0);
    while (i < of->count && of->ids[i] < id) i++;
    if (i < of->count && of->ids[i] == id) b->has_case[i] = true;
  }
  return s;
}

static status write_school(batches *b, problem *p) {
  session reached = b->school.reached;
  statement *q =
      db_statement(store_db(b->store),
                   "SELECT CASE WHEN ?2 IS NULL"
                   " THEN json_object('id', id, 'key', key, 'name', name, 'phase', phase, 'la', la)"
                   " ELSE json_object('id', id, 'key', key, 'name', name, 'phase', phase, 'la', la,"
                   "  'reach', ?2, 'reach_session', ?3) END FROM school WHERE id = ?1",
                   p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, b->school.id);
  if (reached != SESSION_NONE) {
    char date[DATE_TEXT];
    date_format(session_day(reached), date);
    db_bind_text(q, 2, slice_of(date));
    db_bind_text(q, 3, slice_of(session_half_name(reached)));
  }
  bool row = false;
  status s = db_step(q, &row, p);
  if (!s) {
    slice json = db_column_text(q, 0);
    buffer_add(&b->json, json.at, json.length);
    s = buffer_status(&b->json, p);
  }
  db_reset(q);
  return s;
}

/* Batches ---------------------------------------------------------------------- */

status batches_next(batches *b, buffer *block, bool *more, problem *p) {
  const school_register *of = &b->school;
  status s = STATUS_OK;
  buffer_clear(block);
  while (b->next == of->count) {
    leave_school(b);
    if (b->school_next == b->school_count) {
      db_reset(b->snapshot);
      *more = false;
      return STATUS_OK;
    }
    s = school_read(b->reader, &b->schools[b->school_next++], &b->school, p);
    if (!s && of->count && b->sparse) s = note_cases(b, p);
    if (!s && of->count) s = write_school(b, p);
    if (s) return s;
  }
  size_t left = of->count - b->next, n = left < BATCH_PUPILS ? left : BATCH_PUPILS;
  batch_shape shape = {.calendar = &of->calendar,
                       .as_of = b->options.who.as_of,
                       .end = of->end,
                       .reach = of->reach,
                       .pupils = n,
                       .school = {b->json.bytes, b->json.length},
                       .beside_school = of->marks ? school_marks_sessions(of->marks) : NULL};
  s = batch_begin(block, &shape, p);
  if (!s && of->marks) school_marks_copy(of->marks, b->next, n, batch_marks(block, 0));
  for (size_t i = 0; i < n && !s; i++) {
    const school_member *m = &of->members[b->next + i];
    int64_t id = of->ids[b->next + i];
    size_t from, to;
    if (id > UINT32_MAX) return problem_set(p, STATUS_RANGE, NULL, "there are too many enrolments");
    school_member_sessions(of, m, &from, &to);
    batch_record r = {
        .id = (uint32_t)id, .from = (uint32_t)from, .to = (uint32_t)to, .born = m->born};
    if (!b->fields || (b->sparse && !b->has_case[b->next + i])) {
      char known[48];
      (void)snprintf(known, sizeof known, b->fields ? "{\"id\":%lld,\"case\":[]}" : "{\"id\":%lld}",
                     (long long)id);
      batch_record_set(block, i, &r, slice_of(known));
      continue;
    }
    db_bind_int(b->fields, 1, id);
    bool row = false;
    s = db_step(b->fields, &row, p);
    if (!s) batch_record_set(block, i, &r, row ? db_column_text(b->fields, 0) : slice_of("{}"));
    db_reset(b->fields);
  }
  if (!s) s = batch_end(block, p);
  b->next += n;
  if (!s) *more = true;
  return s;
}
