/* people: see people.h. Schools and rolls; writing is in people_write.c. */
#include "store/people/people.h"

#include <string.h>

#include "store/people/people_inner.h"

/* Schools -------------------------------------------------------------------- */

static char *copy(slice text) { return mem_copy_text(text.at, text.length); }

static void free_school(school_entry *s) {
  mem_free(s->key);
  mem_free(s->name);
  mem_free(s->phase);
  mem_free(s->la);
  mem_free(s->folded);
}

static status add_school(people *all, const school_entry *what, problem *p) {
  school_entry *schools = mem_resize(all->schools, all->school_count + 1, sizeof *schools);
  if (schools) all->schools = schools;
  roll *rolls = schools ? mem_resize(all->rolls, all->school_count + 1, sizeof *rolls) : NULL;
  if (!rolls) return problem_no_memory(p);
  all->rolls = rolls;
  rolls[all->school_count] = (roll){.school = what->id};
  schools[all->school_count++] = *what;
  return STATUS_OK;
}

status people_keep_school(people *all, school_entry *what, problem *p) {
  status t = add_school(all, what, p);
  if (t) free_school(what);
  return t;
}

/* A key as it is compared, NUL-ended; NULL when out of memory. */
static char *folded(slice key) {
  buffer b = {0};
  store_fold_key(&b, key);
  buffer_add_char(&b, '\0');
  if (!b.failed) return b.bytes;
  buffer_free(&b);
  return NULL;
}

status people_copy_school(int64_t id, const slice texts[4], school_entry *out, problem *p) {
  school_entry s = {
      id, copy(texts[0]), copy(texts[1]), copy(texts[2]), copy(texts[3]), folded(texts[0])};
  if (!s.key || !s.name || !s.phase || !s.la || !s.folded) {
    free_school(&s);
    return problem_no_memory(p);
  }
  *out = s;
  return STATUS_OK;
}

void people_replace_school(people *all, size_t i, const school_entry *what) {
  free_school(&all->schools[i]);
  all->schools[i] = *what;
}

static status load_school(people *all, statement *row, problem *p) {
  slice texts[4];
  school_entry s;
  /* column texts stay valid together until the next step */
  for (int i = 0; i < 4; i++) texts[i] = db_column_text(row, i + 1);
  status t = people_copy_school(db_column_int(row, 0), texts, &s, p);
  if (t) return t;
  return people_keep_school(all, &s, p);
}

static status load_schools(people *all, problem *p) {
  db *d = store_db(all->store);
  statement *rows = db_statement(d, "SELECT id, key, name, phase, la FROM school ORDER BY id", p);
  if (!rows) return STATUS_FAULT;
  bool row;
  status t;
  while (!(t = db_step(rows, &row, p)) && row) {
    t = load_school(all, rows, p);
    if (t) break;
  }
  db_reset(rows);
  return t;
}

status people_new(store *s, people **out, problem *p) {
  people *all = mem_new(1, sizeof *all);
  if (!all) return problem_no_memory(p);
  all->store = s;
  status t = load_schools(all, p);
  if (t) {
    people_free(all);
    return t;
  }
  *out = all;
  return STATUS_OK;
}

static void free_roll(roll *r) {
  mem_free(r->entries);
  buffer_free(&r->texts);
  mem_free(r->by_upn);
  mem_free(r->by_number);
}

void people_free(people *all) {
  if (!all) return;
  for (size_t i = 0; i < all->school_count; i++) {
    free_school(&all->schools[i]);
    free_roll(&all->rolls[i]);
  }
  mem_free(all->schools);
  mem_free(all->rolls);
  mem_free(all);
}

size_t people_school_count(const people *all) { return all->school_count; }
const school_entry *people_school(const people *all, size_t i) { return &all->schools[i]; }

/* Whether store_fold_key makes this text of `key`; without memory, for which a
 * search could fail. */
static bool folds_to(slice key, const char *text) {
  for (size_t i = 0; i < key.length; i++) {
    char c = key.at[i];
    if (c == '/' || c == '-' || c == ' ') continue;
    if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
    if (c == '\0' || c != *text++) return false;
  }
  return *text == '\0';
}

size_t people_find_key(const people *all, slice key) {
  size_t i = 0;
  while (i < all->school_count &&
         !(all->schools[i].folded[0] && folds_to(key, all->schools[i].folded)))
    i++;
  return i;
}

static size_t find_name(const people *all, slice name) {
  size_t at = all->school_count;
  for (size_t i = 0; i < all->school_count; i++) {
    if (!slice_is_nocase(name, all->schools[i].name)) continue;
    if (at < all->school_count) return all->school_count; /* two schools are called so */
    at = i;
  }
  return at;
}

size_t people_find_school(const people *all, slice text) {
  if (text.length == 0) return all->school_count;
  size_t i = people_find_key(all, text);
  return i < all->school_count ? i : find_name(all, text);
}

const char *people_nearest_school(const people *all, slice text) {
  const char *best = NULL;
  size_t least = SIZE_MAX;
  for (size_t i = 0; i < all->school_count; i++) {
    size_t key = text_distance(text, slice_of(all->schools[i].key));
    size_t name = text_distance(text, slice_of(all->schools[i].name));
    size_t near = key < name ? key : name;
    if (near < least) least = near, best = all->schools[i].key;
  }
  return least <= 1 + text.length / 3 ? best : NULL;
}

status people_summary(people *all, size_t school, school_summary *out, problem *p) {
  db *d = store_db(all->store);
  statement *s = db_statement(d,
                              "SELECT (SELECT max(last_session) FROM coverage WHERE school = ?1),"
                              " (SELECT count(DISTINCT pupil) FROM enrolment WHERE school = ?1)",
                              p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, all->schools[school].id);
  bool row;
  status t = db_step(s, &row, p);
  if (!t && row) *out = (school_summary){db_column_day(s, 0), db_column_int(s, 1)};
  db_reset(s);
  return t;
}

/* Rolls ---------------------------------------------------------------------- */

static uint32_t hash_of(slice text) {
  uint64_t h = 0x9E3779B97F4A7C15U ^ text.length;
  const char *at = text.at;
  size_t left = text.length;
  while (left) {
    uint64_t part = 0;
    size_t n = left < 8 ? left : 8;
    memcpy(&part, at, n);
    h = (h ^ part) * 0xD6E8FEB86659FD93U;
    h ^= h >> 32;
    at += n;
    left -= n;
  }
  return (uint32_t)(h ^ h >> 16);
}

static slice text_at(const roll *r, uint32_t at, uint32_t length) {
  return (slice){r->texts.bytes + at, length};
}

slice roll_upn(const roll *r, uint32_t entry) {
  return text_at(r, r->entries[entry].upn_at, r->entries[entry].upn_length);
}

static void link_entry(roll *r, uint32_t i) {
  roll_entry *e = &r->entries[i];
  uint32_t *upn = &r->by_upn[e->upn_hash & (r->buckets - 1)];
  uint32_t *number = &r->by_number[e->number_hash & (r->buckets - 1)];
  e->next_upn = e->next_number = ROLL_NONE;
  if (e->upn_length) e->next_upn = *upn, *upn = i;
  if (e->number_length) e->next_number = *number, *number = i;
}

static status rehash(roll *r, size_t buckets, problem *p) {
  uint32_t *by_upn = mem_new(buckets, sizeof *by_upn);
  uint32_t *by_number = mem_new(buckets, sizeof *by_number);
  if (!by_upn || !by_number) {
    mem_free(by_upn);
    mem_free(by_number);
    return problem_no_memory(p);
  }
  memset(by_upn, 0xFF, buckets * sizeof *by_upn); /* ROLL_NONE */
  memset(by_number, 0xFF, buckets * sizeof *by_number);
  mem_free(r->by_upn);
  mem_free(r->by_number);
  r->by_upn = by_upn;
  r->by_number = by_number;
  r->buckets = buckets;
  for (size_t i = 0; i < r->count; i++) link_entry(r, (uint32_t)i);
  return STATUS_OK;
}

static uint32_t keep_text(roll *r, slice text) {
  size_t at = r->texts.length;
  buffer_add(&r->texts, text.at, text.length);
  return (uint32_t)at;
}

static status more_room(roll *r, problem *p) {
  size_t room = r->room ? r->room * 2 : 64;
  if (room >= ROLL_NONE || r->texts.length > UINT32_MAX / 2)
    return problem_set(p, STATUS_RANGE, NULL, "a school has more pupils than can be held");
  roll_entry *entries = mem_resize(r->entries, room, sizeof *entries);
  if (!entries) return problem_no_memory(p);
  r->entries = entries;
  r->room = room;
  return rehash(r, room, p);
}

status roll_add(roll *r, const roll_entry *what, slice upn, slice number, problem *p) {
  if (r->count == r->room) {
    status t = more_room(r, p);
    if (t) return t;
  }
  roll_entry e = *what;
  e.upn_at = keep_text(r, upn);
  e.upn_length = (uint32_t)upn.length;
  e.number_at = keep_text(r, number);
  e.number_length = (uint32_t)number.length;
  e.upn_hash = hash_of(upn);
  e.number_hash = hash_of(number);
  if (r->texts.failed) return problem_no_memory(p);
  r->entries[r->count] = e;
  link_entry(r, (uint32_t)r->count++);
  return STATUS_OK;
}

status roll_rename(roll *r, uint32_t entry, slice upn, slice number, problem *p) {
  roll_entry *e = &r->entries[entry];
  if (slice_equal(roll_upn(r, entry), upn) &&
      slice_equal(text_at(r, e->number_at, e->number_length), number))
    return STATUS_OK;
  e->upn_at = keep_text(r, upn);
  e->upn_length = (uint32_t)upn.length;
  e->number_at = keep_text(r, number);
  e->number_length = (uint32_t)number.length;
  e->upn_hash = hash_of(upn);
  e->number_hash = hash_of(number);
  if (r->texts.failed) return problem_no_memory(p);
  return rehash(r, r->buckets, p);
}

static status load_entry(roll *r, statement *row, problem *p) {
  roll_entry e = {.enrolment = db_column_int(row, 0),
                  .pupil = db_column_int(row, 1),
                  .joined = db_column_day(row, 2),
                  .left = db_column_day(row, 3)};
  return roll_add(r, &e, db_column_text(row, 4), db_column_text(row, 5), p);
}

static status load_roll(people *all, roll *r, problem *p) {
  db *d = store_db(all->store);
  statement *rows = db_statement(
      d,
      "SELECT e.id, e.pupil, e.joined, e.left, p.upn, e.admission_number"
      " FROM enrolment e JOIN pupil p ON p.id = e.pupil WHERE e.school = ? ORDER BY e.id",
      p);
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1, r->school);
  status t = r->room ? STATUS_OK : more_room(r, p);
  bool row = false;
  while (!t && !(t = db_step(rows, &row, p)) && row) t = load_entry(r, rows, p);
  db_reset(rows);
  r->loaded = !t;
  return t;
}

status people_roll(people *all, size_t school, roll **out, problem *p) {
  roll *r = &all->rolls[school];
  status t = r->loaded ? STATUS_OK : load_roll(all, r, p);
  if (!t) *out = r;
  return t;
}

static uint32_t match_upn(const roll *r, uint32_t i, slice upn, uint32_t hash) {
  while (i != ROLL_NONE && (r->entries[i].upn_hash != hash || !slice_equal(roll_upn(r, i), upn)))
    i = r->entries[i].next_upn;
  return i;
}

uint32_t roll_find_upn(const roll *r, slice upn) {
  uint32_t hash = hash_of(upn);
  return upn.length ? match_upn(r, r->by_upn[hash & (r->buckets - 1)], upn, hash) : ROLL_NONE;
}

uint32_t roll_next_upn(const roll *r, uint32_t entry) {
  const roll_entry *e = &r->entries[entry];
  if (e->upn_length == 0 || e->next_upn == ROLL_NONE) return ROLL_NONE;
  return match_upn(r, e->next_upn, roll_upn(r, entry), e->upn_hash);
}

uint32_t roll_find_number(const roll *r, slice number) {
  if (number.length == 0) return ROLL_NONE;
  uint32_t hash = hash_of(number), i = r->by_number[hash & (r->buckets - 1)];
  for (; i != ROLL_NONE; i = r->entries[i].next_number) {
    const roll_entry *e = &r->entries[i];
    if (e->number_hash == hash && slice_equal(text_at(r, e->number_at, e->number_length), number))
      break;
  }
  return i;
}

/* Lower is better: there on that day, joined before it, neither. */
static int rank_on(const roll_entry *e, day on) {
  bool joined = e->joined == DAY_NONE || e->joined <= on;
  bool left = e->left != DAY_NONE && e->left < on;
  return joined ? left : 2;
}

uint32_t roll_on(const roll *r, uint32_t entry, day on) {
  uint32_t best = entry;
  int rank = rank_on(&r->entries[entry], on);
  for (uint32_t i = entry; rank && (i = roll_next_upn(r, i)) != ROLL_NONE;) {
    int other = rank_on(&r->entries[i], on);
    bool later = r->entries[i].joined > r->entries[best].joined; /* DAY_NONE is earliest */
    if (other < rank || (other == rank && (rank == 1) == later)) best = i, rank = other;
  }
  return best;
}

uint32_t roll_of_enrolment(const roll *r, int64_t enrolment) {
  size_t low = 0, high = r->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (r->entries[middle].enrolment < enrolment)
      low = middle + 1;
    else
      high = middle;
  }
  return low < r->count && r->entries[low].enrolment == enrolment ? (uint32_t)low : ROLL_NONE;
}
