/* sweep: each school is a task of a thread pool. Schools whose enrolments lie between
 * one another's form a group: its rows are sorted together. */
#include "store/school/sweep.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "store/school/measuring.h"
#include "store/school/thread_pool.h"

enum {
  SCHOOLS_A_THREAD = 8, /* fewer are measured sooner than threads are begun */
  MADE_AHEAD = 4,       /* schools a thread */
  MAPPED = 64 << 20     /* bytes of the file that all threads' connections map */
};

typedef struct row_place {
  int64_t enrolment;    /* first: array_by_id */
  uint32_t school, row; /* of the group */
} row_place;

struct sweep {
  store *store;
  measuring_plan plan;
  school_range *schools; /* [school_count], by first enrolment */
  size_t school_count;
  statement *snapshots[SWEEP_THREADS_MOST + 1]; /* the caller's, then the threads' */
  store *stores[SWEEP_THREADS_MOST];            /* NULL without threads */
  measuring *measuring[SWEEP_THREADS_MOST];
  unsigned threads; /* 0: the caller's own */
  thread_pool *pool;
  /* The group that is being handed out: */
  size_t next_school;
  school_rows **group;
  size_t group_count, group_room;
  row_place *order; /* [row_count]; NULL: one school, in its own order */
  size_t row_count, next;
};

/* Groups ----------------------------------------------------------------------- */

static void leave_group(sweep *w) {
  for (size_t i = 0; i < w->group_count; i++) school_rows_free(w->group[i]);
  mem_free(w->order);
  w->order = NULL;
  w->group_count = w->row_count = w->next = 0;
}

void sweep_free(sweep *w) {
  if (!w) return;
  thread_pool_free(w->pool);
  leave_group(w);
  mem_free(w->group);
  for (int i = 0; i < SWEEP_THREADS_MOST; i++) measuring_free(w->measuring[i]);
  for (int i = 0; i <= SWEEP_THREADS_MOST; i++) db_finalize(w->snapshots[i]);
  for (int i = 0; i < SWEEP_THREADS_MOST; i++) store_close(w->stores[i]);
  mem_free(w->schools);
  mem_free(w->plan.rules);
  mem_free(w);
}

/* The schools of the next group; *more is false when there is none. */
static status next_group(sweep *w, bool *more, problem *p) {
  leave_group(w);
  *more = w->next_school < w->school_count;
  int64_t last = *more ? w->schools[w->next_school].last : 0;
  status s = STATUS_OK;
  while (!s && *more && w->next_school < w->school_count &&
         (w->group_count == 0 || w->schools[w->next_school].first <= last)) {
    if (w->schools[w->next_school].last > last) last = w->schools[w->next_school].last;
    void *rows = NULL;
    s = array_grow(&w->group, w->group_count, &w->group_room, sizeof *w->group, p);
    if (!s) s = thread_pool_next(w->pool, &rows, more, p);
    if (s || !*more) break;
    w->group[w->group_count++] = rows;
    w->row_count += w->group[w->group_count - 1]->count;
    w->next_school++;
  }
  if (!s && w->group_count > 1 && !w->plan.options.totals_only) {
    w->order = mem_resize(NULL, w->row_count, sizeof *w->order);
    size_t n = 0;
    for (size_t i = 0; w->order && i < w->group_count; i++)
      for (size_t k = 0; k < w->group[i]->count; k++)
        w->order[n++] = (row_place){w->group[i]->school.ids[k], (uint32_t)i, (uint32_t)k};
    if (w->order)
      qsort(w->order, n, sizeof *w->order, array_by_id);
    else
      s = problem_no_memory(p);
  }
  if (s) leave_group(w);
  return s;
}

/* Connections ------------------------------------------------------------------ */

/* Threads with their connections, as many as are asked for or as pay, or the caller's
 * alone. Where the store is in a transaction, or reads something, its snapshot may be
 * older than what another connection would see.
 *
 * One snapshot for all: data_version of the caller's connection changes with every
 * commit of another one. If it is the same before the first and after the last of
 * them began to read, nothing was committed in between, so all of them see the same.
 * (The caller's own connection commits nothing meanwhile: it is here.) */
static status open_connections(sweep *w, unsigned asked, problem *p) {
  static const char version[] = "PRAGMA data_version";
  db *d = store_db(w->store);
  int64_t schools = 0;
  bool is_reading = sqlite3_txn_state(db_handle(d), NULL) != SQLITE_TXN_NONE;
  status s = db_number(d, "SELECT count(*) FROM school", 0, 0, &schools, p);
  if (s) return s;
  int64_t most = asked ? schools : schools / SCHOOLS_A_THREAD;
  int64_t n = asked ? (int64_t)asked : sysconf(_SC_NPROCESSORS_ONLN);
  if (n > SWEEP_THREADS_MOST) n = SWEEP_THREADS_MOST;
  if (n > most) n = most;
  w->threads = is_reading || n < 2 ? 0 : (unsigned)n;
  for (unsigned i = 0; !s && i < w->threads; i++)
    s = store_open_beside(w->store, MAPPED / w->threads, &w->stores[i], p);
  if (!s && !w->threads) return db_snapshot(d, &w->snapshots[0], p);
  for (int64_t before = 0, after = 1; !s && before != after;) {
    db_reset(w->snapshots[0]);
    s = db_number(d, version, 0, 0, &before, p);
    for (unsigned i = 0; !s && i < w->threads; i++)
      s = db_snapshot(store_db(w->stores[i]), &w->snapshots[i + 1], p);
    if (!s) s = db_snapshot(d, &w->snapshots[0], p);
    if (!s) s = db_number(d, version, 0, 0, &after, p);
  }
  return s;
}

/* The plan --------------------------------------------------------------------- */

/* What has to be read of pupils, besides their marks. Sums over everybody do not even
 * need to know who they are. */
static school_plan reading_plan(const sweep *w) {
  const sweep_options *o = &w->plan.options;
  const pupil_filter *who = &o->who;
  school_plan read = {.who = *who, .first_day = DAY_NONE, .dates = o->missing, .marks = true};
  read.texts = o->names ? SCHOOL_TEXTS : o->totals_only ? SCHOOL_NO_TEXTS : SCHOOL_UPNS;
  for (size_t i = 0; i < w->plan.count; i++) {
    const rule *r = &w->plan.rules[i].rule;
    read.beside_school = read.beside_school || rule_needs_school(r);
    read.ages = read.ages || r->ages.used;
    read.dates = read.dates || rule_needs_dates(r);
  }
  read.anonymous = o->totals_only && !o->met && !read.ages && !read.dates && who->everyone &&
                   !who->on_roll && who->year.length == 0 && who->form.length == 0 &&
                   who->upn.length == 0 && who->enrolment == 0 && who->known_at == INT64_MAX;
  /* It takes all schools to tell that none lies within another. */
  read.apart = who->school == 0 && who->enrolment == 0 && who->upn.length == 0;
  for (size_t i = 1; i < w->school_count; i++)
    if (w->schools[i].first <= w->schools[i - 1].last) read.apart = false;
  return read;
}

static status measure_school(void *context, unsigned thread, size_t task, void **result,
                             problem *p) {
  sweep *w = context;
  school_rows *rows = NULL;
  status s = measuring_school(w->measuring[thread], &w->schools[task], &rows, p);
  if (!s) *result = rows;
  return s;
}

static void free_rows(void *rows) { school_rows_free(rows); }

status sweep_begin(store *st, const sweep_options *options, sweep **out, problem *p) {
  if (options->from != DAY_NONE && options->to != DAY_NONE && options->to < options->from)
    return problem_set(p, STATUS_RANGE, "give the earlier day first",
                       "the period ends before it begins");
  sweep *w = mem_new(1, sizeof *w);
  if (!w) return problem_no_memory(p);
  w->store = st;
  w->plan.options = *options;
  w->plan.options.rules = NULL; /* lent to here */
  w->plan.count = options->rule_count;
  w->plan.rules = mem_new(w->plan.count, sizeof *w->plan.rules);
  status s = w->plan.rules ? STATUS_OK : problem_no_memory(p);
  for (size_t i = 0; !s && i < w->plan.count; i++)
    s = rule_compile(options->rules[i], store_codes(st), &w->plan.rules[i], p);
  if (!s) s = open_connections(w, options->threads, p);
  unsigned measurers = w->threads ? w->threads : 1;
  if (!s)
    s = school_list(w->threads ? w->stores[0] : st, &w->plan.options.who, &w->schools,
                    &w->school_count, p);
  if (!s) {
    if (w->school_count) qsort(w->schools, w->school_count, sizeof *w->schools, array_by_id);
    w->plan.read = reading_plan(w);
  }
  for (unsigned i = 0; !s && i < measurers; i++)
    s = measuring_new(w->threads ? w->stores[i] : st, &w->plan, &w->measuring[i], p);
  if (!s) {
    pupil_filter *lent[] = {&w->plan.options.who, &w->plan.read.who}; /* likewise */
    for (int i = 0; i < 2; i++) lent[i]->year = lent[i]->form = lent[i]->upn = (slice){0};
    thread_pool_plan plan = {.tasks = w->school_count,
                             .threads = w->threads,
                             .window = (size_t)measurers * MADE_AHEAD,
                             .context = w,
                             .work = measure_school,
                             .free_result = free_rows};
    s = thread_pool_new(&plan, &w->pool, p);
  }
  if (s)
    sweep_free(w);
  else
    *out = w;
  return s;
}

/* Rows ------------------------------------------------------------------------- */

/* Onto a group with a row that was not handed out yet. */
static status find_row(sweep *w, bool *more, problem *p) {
  bool any = true;
  status s = STATUS_OK;
  while (!s && any && w->next == w->row_count) s = next_group(w, &any, p);
  *more = !s && any;
  return s;
}

status sweep_next(sweep *w, sweep_row *row, bool *more, problem *p) {
  status s = find_row(w, more, p);
  if (!*more) return s;
  size_t i = w->next++;
  if (w->order)
    school_rows_get(w->group[w->order[i].school], w->order[i].row, row);
  else
    school_rows_get(w->group[0], i, row);
  return s;
}

status sweep_next_text(sweep *w, slice *text, bool *more, problem *p) {
  status s = find_row(w, more, p);
  if (!*more) return s;
  if (w->order) {
    const row_place *at = &w->order[w->next++];
    *text = school_rows_text(w->group[at->school], at->row, (size_t)at->row + 1);
  } else {
    *text = school_rows_text(w->group[0], 0, w->row_count);
    w->next = w->row_count;
  }
  return s;
}

status sweep_sum(sweep *w, sweep_totals *out, sweep_sums *answers, problem *p) {
  *out = (sweep_totals){0};
  memset(answers, 0, w->plan.count * sizeof *answers);
  status s = STATUS_OK;
  if (w->plan.read.anonymous) { /* nobody asked who they are: how many there are */
    int64_t count = 0, school = w->plan.options.who.school;
    const char *sql = school ? "SELECT count(*) FROM enrolment WHERE school = ?"
                             : "SELECT count(*) FROM enrolment";
    s = db_number(store_db(w->store), sql, school, 0, &count, p);
    out->pupils = (uint64_t)count;
  }
  bool more = true;
  while (!s && more) {
    s = next_group(w, &more, p);
    for (size_t i = 0; i < w->group_count; i++) {
      const school_rows *rows = w->group[i];
      out->pupils += rows->totals.pupils;
      out->possible += rows->totals.possible;
      out->attended += rows->totals.attended;
      out->authorised += rows->totals.authorised;
      out->unauthorised += rows->totals.unauthorised;
      for (size_t k = 0; k < w->plan.count; k++) {
        answers[k].met += rows->sums[k].met;
        answers[k].ever += rows->sums[k].ever;
        answers[k].count += rows->sums[k].count;
        answers[k].largest += rows->sums[k].largest;
        answers[k].first_met += rows->sums[k].first_met;
      }
    }
  }
  return s;
}
