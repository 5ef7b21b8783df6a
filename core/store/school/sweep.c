/* sweep: see sweep.h. Each school is a job of a crew. Schools whose enrolments lie
 * between one another's form a group: its rows are sorted together. */
#include "store/school/sweep.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/school/crew.h"
#include "store/school/fill_members.h"
#include "store/school/sweep_targets.h"

enum {
  SCHOOLS_A_THREAD = 8, /* fewer are measured sooner than threads are begun */
  PARTS_A_THREAD = 4,   /* made ahead */
  MAPPED = 64 << 20     /* bytes of the file that all threads' connections map */
};

typedef struct row_place {
  int64_t enrolment;
  uint32_t part, row;
} row_place;

struct sweep {
  store *store;
  sweep_plan plan;
  sweep_targets targets;
  statement *snapshots[SWEEP_THREADS_MOST + 1]; /* the caller's, then the threads' */
  store *stores[SWEEP_THREADS_MOST];            /* NULL without threads */
  sweep_worker *workers[SWEEP_THREADS_MOST];
  unsigned threads; /* 0: the caller's own */
  crew *crew;
  /* The group that is being handed out: */
  size_t next_target;
  sweep_part **parts;
  size_t part_count, part_room;
  row_place *order; /* [row_count]; NULL: one part, in its own order */
  size_t row_count, next;
};

/* Groups ----------------------------------------------------------------------- */

static void leave_group(sweep *w) {
  for (size_t i = 0; i < w->part_count; i++) sweep_part_free(w->parts[i]);
  mem_free(w->order);
  w->order = NULL;
  w->part_count = w->row_count = w->next = 0;
}

void sweep_free(sweep *w) {
  if (!w) return;
  crew_free(w->crew);
  leave_group(w);
  mem_free(w->parts);
  for (int i = 0; i < SWEEP_THREADS_MOST; i++) sweep_worker_free(w->workers[i]);
  for (int i = 0; i <= SWEEP_THREADS_MOST; i++) db_finalize(w->snapshots[i]);
  for (int i = 0; i < SWEEP_THREADS_MOST; i++) store_close(w->stores[i]);
  mem_free(w->targets.of);
  mem_free(w->plan.rules);
  mem_free(w->plan.texts);
  mem_free(w->plan.wanted);
  mem_free(w);
}

static void let_go(void *part) { sweep_part_free(part); }

static status work(void *context, unsigned seat, size_t job, void **result, problem *p) {
  sweep *w = context;
  sweep_part *part = NULL;
  status s = sweep_worker_measure(w->workers[seat], &w->targets.of[job], &part, p);
  if (!s) *result = part;
  return s;
}

static status take_part(sweep *w, bool *more, problem *p) {
  if (w->part_count == w->part_room) {
    size_t room = w->part_room ? w->part_room * 2 : 4;
    sweep_part **all = mem_resize(w->parts, room, sizeof *all);
    if (!all) return problem_no_memory(p);
    w->parts = all;
    w->part_room = room;
  }
  void *part = NULL;
  status s = crew_next(w->crew, &part, more, p);
  if (s || !*more) return s;
  w->parts[w->part_count++] = part;
  w->next_target++;
  return STATUS_OK;
}

static int by_enrolment(const void *a, const void *b) {
  const row_place *x = a, *y = b;
  return (x->enrolment > y->enrolment) - (x->enrolment < y->enrolment);
}

static status sort_rows(sweep *w, problem *p) {
  w->order = mem_resize(NULL, w->row_count, sizeof *w->order);
  if (!w->order) return problem_no_memory(p);
  size_t n = 0;
  for (size_t i = 0; i < w->part_count; i++)
    for (size_t k = 0; k < sweep_part_count(w->parts[i]); k++)
      w->order[n++] = (row_place){sweep_part_enrolment(w->parts[i], k), (uint32_t)i, (uint32_t)k};
  qsort(w->order, n, sizeof *w->order, by_enrolment);
  return STATUS_OK;
}

/* The parts of the next group; *more is false when there is none. */
static status next_group(sweep *w, bool *more, problem *p) {
  leave_group(w);
  if (w->next_target == w->targets.count) {
    *more = false;
    return STATUS_OK;
  }
  int64_t last = w->targets.of[w->next_target].last;
  status s = STATUS_OK;
  *more = true;
  while (!s && *more && w->next_target < w->targets.count &&
         (w->part_count == 0 || w->targets.of[w->next_target].first <= last)) {
    if (w->targets.of[w->next_target].last > last) last = w->targets.of[w->next_target].last;
    s = take_part(w, more, p);
    if (!s && *more) w->row_count += sweep_part_count(w->parts[w->part_count - 1]);
  }
  if (!s && w->part_count > 1 && !w->plan.options.totals_only) s = sort_rows(w, p);
  if (s) leave_group(w);
  return s;
}

/* The plan --------------------------------------------------------------------- */

static slice keep_text(char **at, slice text) {
  if (text.length) memcpy(*at, text.at, text.length);
  slice kept = {*at, text.length};
  *at += text.length;
  return kept;
}

static status take_wanted(sweep *w, const sweep_options *o, problem *p) {
  w->plan.wanted = mem_new(1, sizeof *w->plan.wanted);
  w->plan.texts = mem_new(o->year.length + o->form.length + o->upn.length, 1);
  if (!w->plan.wanted || !w->plan.texts) return problem_no_memory(p);
  char *at = w->plan.texts;
  *w->plan.wanted = (members_wanted){.as_of = o->as_of,
                                     .known_at = o->known_at,
                                     .year = keep_text(&at, o->year),
                                     .form = keep_text(&at, o->form),
                                     .upn = keep_text(&at, o->upn),
                                     .enrolment = o->enrolment,
                                     .everyone = o->everyone};
  w->plan.options = *o;
  w->plan.options.year = w->plan.options.form = w->plan.options.upn = (slice){0};
  return STATUS_OK;
}

static status take_rules(sweep *w, const rule *const *rules, size_t count, problem *p) {
  w->plan.rules = mem_new(count, sizeof *w->plan.rules);
  if (!w->plan.rules) return problem_no_memory(p);
  w->plan.count = count;
  for (size_t i = 0; i < count; i++) {
    status s = rule_compile(rules[i], store_codes(w->store), &w->plan.rules[i], p);
    if (s) return s;
  }
  return STATUS_OK;
}

/* What has to be known of pupils, besides their marks. Sums over everybody do not
 * even need to know who they are. */
static void take_needs(sweep_plan *plan, const sweep_options *o) {
  plan->dates = o->missing;
  for (size_t i = 0; i < plan->count; i++) {
    const rule *r = &plan->rules[i].rule;
    plan->school = plan->school || rule_needs_school(r);
    plan->ages = plan->ages || r->ages.used;
    plan->dates =
        plan->dates || r->kind == RULE_MISSING || r->kind == RULE_STREAK || r->kind == RULE_LONGEST;
  }
  bool everybody = o->everyone && !o->met && o->year.length == 0 && o->form.length == 0 &&
                   o->upn.length == 0 && o->enrolment == 0;
  plan->anonymous =
      o->totals_only && everybody && !plan->ages && !plan->dates && o->known_at == INT64_MAX;
}

static status check_options(const sweep_options *o, problem *p) {
  if (o->as_of < DATE_FIRST || o->as_of > DATE_LAST)
    return problem_set(p, STATUS_RANGE, "give a day like 2026-03-20", "there is no such as-of day");
  if (o->from != DAY_NONE && o->to != DAY_NONE && o->to < o->from)
    return problem_set(p, STATUS_RANGE, "give the earlier day first",
                       "the period ends before it begins");
  return STATUS_OK;
}

/* Connections ------------------------------------------------------------------ */

static unsigned threads_that_pay(size_t schools, unsigned asked) {
  long online = asked ? (long)asked : sysconf(_SC_NPROCESSORS_ONLN);
  size_t most = asked ? schools : schools / SCHOOLS_A_THREAD;
  size_t n = online < 1 ? 1 : (size_t)online;
  if (n > SWEEP_THREADS_MOST) n = SWEEP_THREADS_MOST;
  if (n > most) n = most;
  return n < 2 ? 0 : (unsigned)n;
}

static status data_version(sweep *w, int64_t *out, problem *p) {
  return db_number(store_db(w->store), "PRAGMA data_version", 0, 0, out, p);
}

/* One snapshot for all: data_version of the caller's connection changes with every
 * commit of another one. If it is the same before the first and after the last of
 * them began to read, nothing was committed in between, so all of them see the same.
 * (The caller's own connection commits nothing meanwhile: it is here.) */
static status same_snapshot(sweep *w, bool *same, problem *p) {
  int64_t before = 0, after = 0;
  db_reset(w->snapshots[0]);
  status s = data_version(w, &before, p);
  for (unsigned i = 0; !s && i < w->threads; i++)
    s = db_snapshot(store_db(w->stores[i]), &w->snapshots[i + 1], p);
  if (!s) s = db_snapshot(store_db(w->store), &w->snapshots[0], p);
  if (!s) s = data_version(w, &after, p);
  if (!s) *same = before == after;
  return s;
}

static status open_connections(sweep *w, problem *p) {
  bool same = false;
  status s = STATUS_OK;
  for (unsigned i = 0; !s && i < w->threads; i++)
    s = store_open_beside(w->store, MAPPED / w->threads, &w->stores[i], p);
  while (!s && !same) s = same_snapshot(w, &same, p);
  return s;
}

/* Whether the store is in a transaction, or reads something: then its snapshot may
 * be older than what another connection would see. */
static bool is_reading(store *s) {
  return sqlite3_txn_state(db_handle(store_db(s)), NULL) != SQLITE_TXN_NONE;
}

/* Threads, their connections, and one snapshot for all; or the caller's alone. */
static status open_all(sweep *w, unsigned asked, problem *p) {
  int64_t schools = 0;
  bool alone = is_reading(w->store);
  status s = db_number(store_db(w->store), "SELECT count(*) FROM school", 0, 0, &schools, p);
  if (s) return s;
  w->threads = alone ? 0 : threads_that_pay((size_t)schools, asked);
  return w->threads ? open_connections(w, p) : db_snapshot(store_db(w->store), &w->snapshots[0], p);
}

static status start(sweep *w, unsigned asked, problem *p) {
  status s = open_all(w, asked, p);
  store *first = w->threads ? w->stores[0] : w->store;
  if (!s) s = sweep_targets_list(first, &w->plan.options, &w->targets, p);
  unsigned seats = w->threads ? w->threads : 1;
  for (unsigned i = 0; !s && i < seats; i++)
    s = sweep_worker_new(w->threads ? w->stores[i] : w->store, &w->plan, &w->workers[i], p);
  crew_plan jobs = {.jobs = w->targets.count,
                    .threads = w->threads,
                    .window = (size_t)seats * PARTS_A_THREAD,
                    .context = w,
                    .work = work,
                    .let_go = let_go};
  return s ? s : crew_new(&jobs, &w->crew, p);
}

status sweep_begin(store *s, const sweep_options *options, const rule *const *rules, size_t count,
                   unsigned threads, sweep **out, problem *p) {
  status failed = check_options(options, p);
  if (failed) return failed;
  sweep *w = mem_new(1, sizeof *w);
  if (!w) return problem_no_memory(p);
  w->store = s;
  failed = take_rules(w, rules, count, p);
  if (!failed) failed = take_wanted(w, options, p);
  if (!failed) take_needs(&w->plan, options);
  if (!failed) failed = start(w, threads, p);
  if (failed) {
    sweep_free(w);
    return failed;
  }
  *out = w;
  return STATUS_OK;
}

/* Rows ------------------------------------------------------------------------- */

status sweep_next(sweep *w, sweep_row *row, bool *more, problem *p) {
  bool any = true;
  status s = STATUS_OK;
  while (!s && any && w->next == w->row_count) s = next_group(w, &any, p);
  if (s || !any) {
    *more = false;
    return s;
  }
  size_t i = w->next++;
  if (w->order)
    sweep_part_row(w->parts[w->order[i].part], w->order[i].row, row);
  else
    sweep_part_row(w->parts[0], i, row);
  *more = true;
  return STATUS_OK;
}

status sweep_next_text(sweep *w, slice *text, bool *more, problem *p) {
  bool any = true;
  status s = STATUS_OK;
  while (!s && any && w->next == w->row_count) s = next_group(w, &any, p);
  *more = !s && any;
  if (!*more) return s;
  if (w->order) {
    const row_place *at = &w->order[w->next++];
    *text = sweep_part_text(w->parts[at->part], at->row, (size_t)at->row + 1);
  } else {
    *text = sweep_part_text(w->parts[0], 0, w->row_count);
    w->next = w->row_count;
  }
  return STATUS_OK;
}

/* Where nobody asked who they are: how many there are. */
static status count_pupils(sweep *w, sweep_totals *out, problem *p) {
  const char *sql = w->plan.options.school ? "SELECT count(*) FROM enrolment WHERE school = ?"
                                           : "SELECT count(*) FROM enrolment";
  int64_t count = 0;
  status s = db_number(store_db(w->store), sql, w->plan.options.school, 0, &count, p);
  out->pupils = (uint64_t)count;
  return s;
}

status sweep_sum(sweep *w, sweep_totals *out, sweep_sums *answers, problem *p) {
  *out = (sweep_totals){0};
  memset(answers, 0, w->plan.count * sizeof *answers);
  bool more = true;
  status s = w->plan.anonymous ? count_pupils(w, out, p) : STATUS_OK;
  while (!s && more) {
    s = next_group(w, &more, p);
    for (size_t i = 0; i < w->part_count; i++) sweep_part_sum(w->parts[i], out, answers);
  }
  return s;
}
