/* roll: entries in one block, their texts in another, and two tables of buckets in which
 * an entry comes before the older ones of its bucket. The tables have as many buckets
 * as there is room for entries. */
#include "store/people/roll.h"

#include <string.h>

#include "base/array.h"
#include "base/text_fold.h"
#include "store/people/names.h"

static slice text_at(const roll *r, uint32_t at, uint32_t length) {
  return (slice){r->texts.bytes + at, length};
}

slice roll_upn(const roll *r, uint32_t entry) {
  return text_at(r, r->entries[entry].upn_at, r->entries[entry].upn_length);
}

slice roll_number(const roll *r, uint32_t entry) {
  return text_at(r, r->entries[entry].number_at, r->entries[entry].number_length);
}

/* Making ----------------------------------------------------------------------- */

static uint32_t hash_text(slice text) {
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

static status make_room(roll *r, problem *p) {
  if (r->count >= ROLL_NONE / 2 || r->texts.length > UINT32_MAX / 2)
    return problem_set(p, STATUS_RANGE, NULL, "a school has more pupils than can be held");
  status s = array_grow(&r->entries, r->count, &r->room, sizeof *r->entries, p);
  return s || r->buckets == r->room ? s : rehash(r, r->room, p);
}

static status keep_names(roll *r, roll_entry *e, slice upn, slice number, problem *p) {
  e->upn_at = (uint32_t)r->texts.length;
  e->upn_length = (uint32_t)upn.length;
  e->upn_hash = hash_text(upn);
  buffer_add(&r->texts, upn.at, upn.length);
  e->number_at = (uint32_t)r->texts.length;
  e->number_length = (uint32_t)number.length;
  e->number_hash = hash_text(number_bare(number));
  buffer_add(&r->texts, number.at, number.length);
  return buffer_status(&r->texts, p);
}

status roll_add(roll *r, const roll_entry *what, slice upn, slice number, problem *p) {
  roll_entry e = *what;
  status s = make_room(r, p);
  if (!s) s = keep_names(r, &e, upn, number, p);
  if (s) return s;
  r->entries[r->count] = e;
  link_entry(r, (uint32_t)r->count++);
  return STATUS_OK;
}

status roll_rename(roll *r, uint32_t entry, slice upn, slice number, problem *p) {
  bool same_upn = slice_equal(roll_upn(r, entry), upn);
  if (same_upn && slice_equal(roll_number(r, entry), number)) return STATUS_OK;
  int64_t pupil = r->entries[entry].pupil;
  status s = keep_names(r, &r->entries[entry], upn, number, p);
  for (size_t i = 0; i < r->count && !same_upn && !s; i++) {
    roll_entry *e = &r->entries[i], *named = &r->entries[entry];
    if (e->pupil != pupil) continue;
    e->upn_at = named->upn_at; /* of all stays */
    e->upn_length = named->upn_length;
    e->upn_hash = named->upn_hash;
  }
  return s ? s : rehash(r, r->buckets, p);
}

uint32_t roll_of_pupil(const roll *r, int64_t pupil) {
  for (size_t i = r->count; i > 0; i--)
    if (r->entries[i - 1].pupil == pupil) return (uint32_t)(i - 1);
  return ROLL_NONE;
}

uint32_t roll_name_hash(slice forename, slice surname, buffer *room) {
  buffer_clear(room);
  text_fold(room, forename);
  buffer_add_char(room, '\n');
  text_fold(room, surname);
  return room->failed ? 0 : hash_text(buffer_slice(room));
}

status roll_hash_names(db *d, roll *r, problem *p) {
  if (r->name_hashes || r->known == 0) return STATUS_OK;
  statement *rows = db_statement(d,
                                 "SELECT e.id, p.forename, p.surname FROM enrolment e"
                                 " JOIN pupil p ON p.id = e.pupil WHERE e.school = ? ORDER BY e.id",
                                 p);
  if (!rows) return STATUS_FAULT;
  r->name_hashes = mem_new(r->known, sizeof *r->name_hashes);
  if (!r->name_hashes) return problem_no_memory(p);
  db_bind_int(rows, 1, r->school);
  buffer room = {0};
  bool row;
  status s;
  while (!(s = db_step(rows, &row, p)) && row) {
    uint32_t entry = roll_of_enrolment(r, db_column_int(rows, 0));
    if (entry < r->known)
      r->name_hashes[entry] =
          roll_name_hash(db_column_text(rows, 1), db_column_text(rows, 2), &room);
  }
  db_reset(rows);
  if (!s) s = buffer_status(&room, p);
  buffer_free(&room);
  return s;
}

static int alias_before(const void *element, const void *key) {
  const roll_alias *a = element;
  const uint32_t *hash = key;
  return a->hash < *hash;
}

/* The first alias that has this hash, or a higher one. */
static size_t alias_bound(const roll *r, uint32_t hash) {
  return array_lower_bound(r->aliases, r->alias_count, sizeof *r->aliases, &hash, alias_before);
}

status roll_add_alias(roll *r, slice upn, uint32_t entry, problem *p) {
  roll_alias a = {hash_text(upn), (uint32_t)r->texts.length, (uint32_t)upn.length, entry};
  status s = array_grow(&r->aliases, r->alias_count, &r->alias_room, sizeof a, p);
  if (s) return s;
  buffer_add(&r->texts, upn.at, upn.length);
  if ((s = buffer_status(&r->texts, p))) return s;
  size_t at = alias_bound(r, a.hash);
  memmove(&r->aliases[at + 1], &r->aliases[at], (r->alias_count - at) * sizeof a);
  r->aliases[at] = a;
  r->alias_count++;
  return STATUS_OK;
}

/* An entry of the pupil who had this UPN before. */
static uint32_t find_alias(const roll *r, slice upn) {
  uint32_t hash = hash_text(upn);
  for (size_t i = alias_bound(r, hash); i < r->alias_count && r->aliases[i].hash == hash; i++)
    if (slice_equal(text_at(r, r->aliases[i].at, r->aliases[i].length), upn))
      return r->aliases[i].entry;
  return ROLL_NONE;
}

/* The UPNs that pupils of the school had before. */
static status load_aliases(db *d, roll *r, problem *p) {
  statement *rows =
      db_statement(d,
                   "SELECT a.upn, max(e.id) FROM upn_alias a JOIN enrolment e ON e.pupil = a.pupil"
                   " WHERE e.school = ? GROUP BY a.upn",
                   p);
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1, r->school);
  bool row;
  status s;
  while (!(s = db_step(rows, &row, p)) && row) {
    uint32_t entry = roll_of_enrolment(r, db_column_int(rows, 1));
    if (entry != ROLL_NONE) s = roll_add_alias(r, db_column_text(rows, 0), entry, p);
    if (s) break;
  }
  db_reset(rows);
  return s;
}

status roll_load(db *d, int64_t school, roll *out, problem *p) {
  *out = (roll){.school = school};
  statement *rows = db_statement(
      d,
      "SELECT e.id, e.pupil, e.joined, e.left, p.upn, e.admission_number, p.dob"
      " FROM enrolment e JOIN pupil p ON p.id = e.pupil WHERE e.school = ? ORDER BY e.id",
      p);
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1, school);
  status s = make_room(out, p);
  bool row = false;
  while (!s && !(s = db_step(rows, &row, p)) && row) {
    roll_entry e = {.enrolment = db_column_int(rows, 0),
                    .pupil = db_column_int(rows, 1),
                    .joined = db_column_day(rows, 2),
                    .left = db_column_day(rows, 3),
                    .dob = db_column_day(rows, 6)};
    s = roll_add(out, &e, db_column_text(rows, 4), db_column_text(rows, 5), p);
  }
  db_reset(rows);
  if (!s) s = load_aliases(d, out, p);
  out->known = out->count;
  out->loaded = !s;
  return s;
}

void roll_free(roll *r) {
  mem_free(r->entries);
  mem_free(r->aliases);
  mem_free(r->name_hashes);
  buffer_free(&r->texts);
  mem_free(r->by_upn);
  mem_free(r->by_number);
  *r = (roll){0};
}

/* Finding ---------------------------------------------------------------------- */

static uint32_t match_upn(const roll *r, uint32_t i, slice upn, uint32_t hash) {
  while (i != ROLL_NONE && (r->entries[i].upn_hash != hash || !slice_equal(roll_upn(r, i), upn)))
    i = r->entries[i].next_upn;
  return i;
}

uint32_t roll_find_upn(const roll *r, slice upn) {
  uint32_t hash = hash_text(upn);
  if (upn.length == 0) return ROLL_NONE;
  uint32_t entry = match_upn(r, r->by_upn[hash & (r->buckets - 1)], upn, hash);
  if (entry != ROLL_NONE || r->alias_count == 0) return entry;
  entry = find_alias(r, upn);
  return entry == ROLL_NONE ? ROLL_NONE : roll_newest(r, entry);
}

uint32_t roll_newest(const roll *r, uint32_t entry) {
  const roll_entry *e = &r->entries[entry];
  if (e->upn_length == 0) return entry;
  return match_upn(r, r->by_upn[e->upn_hash & (r->buckets - 1)], roll_upn(r, entry), e->upn_hash);
}

uint32_t roll_next_upn(const roll *r, uint32_t entry) {
  const roll_entry *e = &r->entries[entry];
  if (e->upn_length == 0 || e->next_upn == ROLL_NONE) return ROLL_NONE;
  return match_upn(r, e->next_upn, roll_upn(r, entry), e->upn_hash);
}

uint32_t roll_find_number(const roll *r, slice number) {
  if (number.length == 0) return ROLL_NONE;
  slice bare = number_bare(number);
  uint32_t hash = hash_text(bare), like = ROLL_NONE;
  bool several = false;
  for (uint32_t i = r->by_number[hash & (r->buckets - 1)]; i != ROLL_NONE;
       i = r->entries[i].next_number) {
    if (r->entries[i].number_hash != hash) continue;
    if (slice_equal(roll_number(r, i), number)) return i;
    if (!slice_equal(number_bare(roll_number(r, i)), bare)) continue;
    if (like == ROLL_NONE)
      like = i;
    else
      several = several || r->entries[i].pupil != r->entries[like].pupil;
  }
  return several ? ROLL_NONE : like;
}

bool roll_shares_number(const roll *r, uint32_t entry) {
  const roll_entry *e = &r->entries[entry];
  slice number = roll_number(r, entry);
  if (number.length == 0) return false;
  uint32_t i = r->by_number[e->number_hash & (r->buckets - 1)];
  for (; i != ROLL_NONE; i = r->entries[i].next_number)
    if (r->entries[i].pupil != e->pupil && r->entries[i].upn_length &&
        slice_equal(roll_number(r, i), number))
      return true;
  return false;
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
  size_t at = array_id_bound(r->entries, r->count, sizeof *r->entries, enrolment);
  return at < r->count && r->entries[at].enrolment == enrolment ? (uint32_t)at : ROLL_NONE;
}
