/* sweep: see sweep.h. */
#include "store/sweep.h"

struct sweep {
  store *store;
  fill *fill;
  sqlite3_stmt *names; /* of one enrolment */
  buffer block;
  batch batch;      /* of `block` */
  size_t next;      /* record of the batch */
  size_t year_from; /* session of the batch's calendar */
  rule missing;
  rule *rules;
  threshold *thresholds;
  size_t count;
};

void sweep_free(sweep *w) {
  if (!w) return;
  fill_free(w->fill);
  (void)sqlite3_finalize(w->names);
  buffer_free(&w->block);
  mem_free(w->rules);
  mem_free(w->thresholds);
  mem_free(w);
}

static status take_rules(sweep *w, const rule *const *rules, size_t count, problem *p) {
  w->missing = (rule){.kind = RULE_MISSING, .at_least = 1, .since = DAY_NONE};
  w->rules = mem_new(count, sizeof *w->rules);
  w->thresholds = mem_new(count, sizeof *w->thresholds);
  if (!w->rules || !w->thresholds) return problem_no_memory(p);
  w->count = count;
  for (size_t i = 0; i < count; i++) {
    if (rules[i]->kind != RULE_ROLLING)
      return problem_set(p, STATUS_REFUSED, "give rolling rules",
                         "the rule \"%s\" is a %s, and has no first day on which it was met",
                         rules[i]->name, rule_kind_name(rules[i]->kind));
    w->rules[i] = *rules[i];
    status s = rule_compile(&w->rules[i], store_codes(w->store), p);
    if (s) return s;
  }
  return STATUS_OK;
}

static status prepare(sweep *w, const sweep_options *o, problem *p) {
  static const char sql[] =
      "SELECT p.id, p.upn, p.forename, p.surname, e.year, e.form, s.id, s.key FROM enrolment e"
      " JOIN pupil p ON p.id = e.pupil JOIN school s ON s.id = e.school WHERE e.id = ?";
  fill_options options = {.diary = DAY_NONE,
                          .school = o->school,
                          .as_of = o->as_of,
                          .known_at = o->known_at,
                          .first_day = DAY_NONE,
                          .year = o->year,
                          .form = o->form,
                          .upn = o->upn,
                          .enrolment = o->enrolment,
                          .fields = FILL_REGISTERS,
                          .everyone = o->everyone};
  status s = fill_begin(w->store, &options, &w->fill, p);
  if (s) return s;
  db *d = store_db(w->store);
  if (sqlite3_prepare_v2(db_handle(d), sql, -1, &w->names, NULL))
    return db_failed(d, "read the pupils", p);
  return STATUS_OK;
}

status sweep_begin(store *s, const sweep_options *options, const rule *const *rules, size_t count,
                   sweep **out, problem *p) {
  sweep *w = mem_new(1, sizeof *w);
  if (!w) return problem_no_memory(p);
  w->store = s;
  status failed = take_rules(w, rules, count, p);
  if (!failed) failed = prepare(w, options, p);
  if (failed) {
    sweep_free(w);
    return failed;
  }
  *out = w;
  return STATUS_OK;
}

/* Rows ----------------------------------------------------------------------- */

static status next_batch(sweep *w, bool *more, problem *p) {
  status s = fill_next(w->fill, &w->block, more, p);
  if (s || !*more) return s;
  s = batch_open(w->block.bytes, w->block.length, &w->batch, p);
  if (s) return s;
  day start = date_academic_start(date_academic_year(w->batch.header->as_of));
  size_t from = calendar_index(&w->batch.calendar, session_of(start, HALF_AM));
  w->year_from = from < w->batch.header->end ? from : w->batch.header->end;
  w->next = 0;
  return STATUS_OK;
}

static void measure(sweep *w, const span *s, sweep_row *row) {
  evidence e;
  measure_tally(s, w->year_from, s->end, &row->figures);
  measure_rule(&w->missing, s, DAY_NONE, DAY_NONE, &e);
  row->missing = e.count;
  for (size_t i = 0; i < w->count; i++) {
    measure_rule(&w->rules[i], s, DAY_NONE, DAY_NONE, &e);
    w->thresholds[i] =
        (threshold){e.first_met == INDEX_NONE ? SESSION_NONE : s->calendar->at[e.first_met],
                    e.spell == INDEX_NONE ? SESSION_NONE : s->calendar->at[e.spell], e.largest};
  }
  row->thresholds = w->thresholds;
}

/* The names stay lent while the statement stands on its row. */
static status read_names(sweep *w, sweep_row *row, problem *p) {
  sqlite3_stmt *s = w->names;
  bool found = false;
  (void)sqlite3_reset(s);
  (void)sqlite3_bind_int64(s, 1, row->enrolment);
  status failed = db_step(store_db(w->store), s, &found, p);
  if (failed) return failed;
  if (!found) return problem_set(p, STATUS_BUSY, "run the command again", "the pupils changed");
  row->pupil = sqlite3_column_int64(s, 0);
  row->upn = db_column_text(s, 1);
  row->forename = db_column_text(s, 2);
  row->surname = db_column_text(s, 3);
  row->year = db_column_text(s, 4);
  row->form = db_column_text(s, 5);
  row->school = sqlite3_column_int64(s, 6);
  row->school_key = db_column_text(s, 7);
  return STATUS_OK;
}

status sweep_next(sweep *w, sweep_row *row, bool *more, problem *p) {
  if (!w->batch.header || w->next == w->batch.header->pupils) {
    bool another = false;
    w->batch = (batch){0};
    status s = next_batch(w, &another, p);
    if (s) return s;
    if (!another) {
      (void)sqlite3_reset(w->names);
      *more = false;
      return STATUS_OK;
    }
  }
  sweep_row r = {.enrolment = w->batch.records[w->next].id};
  status s = read_names(w, &r, p);
  if (s) return s;
  span pupil;
  batch_span(&w->batch, w->next++, &pupil);
  measure(w, &pupil, &r);
  *row = r;
  *more = true;
  return STATUS_OK;
}
