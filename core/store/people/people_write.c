/* people_write: adding and updating schools, pupils and enrolments; see
 * people.h. */
#include <string.h>

#include "store/people/people_inner.h"

/* Schools -------------------------------------------------------------------- */

static status write_school(people *all, int64_t id, const slice texts[4], int64_t *out,
                           problem *p) {
  db *d = store_db(all->store);
  statement *put = db_statement(
      d,
      "INSERT INTO school (id, key, name, phase, la) VALUES (?, ?, ifnull(?, ''), ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET name = excluded.name, phase = excluded.phase, la = "
      "excluded.la",
      p);
  if (!put) return STATUS_FAULT;
  if (id) db_bind_int(put, 1, id);
  for (int i = 0; i < 4; i++) db_bind_text(put, i + 2, texts[i]);
  status t = db_run(put, p);
  if (!t) *out = id ? id : db_last_id(d);
  return t;
}

static bool same_school(const school_entry *known, const slice texts[4]) {
  return slice_is(texts[1], known->name) && slice_is(texts[2], known->phase) &&
         slice_is(texts[3], known->la);
}

status people_put_school(people *all, const school_record *what, enum people_change *out,
                         problem *p) {
  if (what->key.length == 0)
    return problem_set(p, STATUS_SYNTAX, "give each school its number, like 881/2345",
                       "a school without a key");
  size_t i = people_find_key(all, what->key);
  const school_entry *known = i < all->school_count ? &all->schools[i] : NULL;
  slice texts[4] = {known ? slice_of(known->key) : what->key,
                    what->name.length || !known ? what->name : slice_of(known->name), what->phase,
                    what->la};
  if (known && !what->has_phase) texts[2] = slice_of(known->phase);
  if (known && !what->has_la) texts[3] = slice_of(known->la);
  enum people_change change = known ? PEOPLE_CHANGED : PEOPLE_ADDED;
  if (known && same_school(known, texts)) change = PEOPLE_UNCHANGED;
  int64_t id = known ? known->id : 0;
  school_entry s;
  status t = STATUS_OK;
  if (change != PEOPLE_UNCHANGED) {
    t = write_school(all, id, texts, &id, p);
    if (!t) t = people_copy_school(id, texts, &s, p);
    if (!t && known) people_replace_school(all, i, &s);
    if (!t && !known) t = people_keep_school(all, &s, p);
  }
  if (!t && out) *out = change;
  return t;
}

/* Pupils --------------------------------------------------------------------- */

bool people_upn_form(slice upn, bool *letter) {
  static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
  if (upn.length != 13) return false;
  size_t sum = 0;
  for (size_t i = 0; i < 13; i++) {
    const char *at = upn.at[i] ? strchr(letters, upn.at[i]) : NULL;
    bool digit = upn.at[i] >= '0' && upn.at[i] <= '9';
    if (i == 0 ? !at : !digit && (i != 12 || !at)) return false;
    if (i > 0) sum += (i + 1) * (digit ? (size_t)(upn.at[i] - '0') : (size_t)(at - letters));
  }
  *letter = letters[sum % 23] == upn.at[0];
  return true;
}

/* What is known of one enrolment and its pupil; texts lent by the statement. */
typedef struct known_pupil {
  slice upn, surname, forename, sex, year, form, number, sen, fsm, groups;
  day dob, joined, left;
} known_pupil;

static status read_known(people *all, int64_t enrolment, statement **row, known_pupil *k,
                         problem *p) {
  db *d = store_db(all->store);
  statement *s = db_statement(
      d,
      "SELECT p.upn, p.surname, p.forename, p.dob, p.sex, e.joined, e.left, e.year, e.form,"
      " e.admission_number, e.sen, e.fsm, e.groups"
      " FROM enrolment e JOIN pupil p ON p.id = e.pupil WHERE e.id = ?",
      p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, enrolment);
  bool found;
  status t = db_step(s, &found, p);
  if (t || !found) return t ? t : problem_set(p, STATUS_CORRUPT, NULL, "an enrolment is missing");
  *k = (known_pupil){.upn = db_column_text(s, 0),
                     .surname = db_column_text(s, 1),
                     .forename = db_column_text(s, 2),
                     .dob = db_column_day(s, 3),
                     .sex = db_column_text(s, 4),
                     .joined = db_column_day(s, 5),
                     .left = db_column_day(s, 6),
                     .year = db_column_text(s, 7),
                     .form = db_column_text(s, 8),
                     .number = db_column_text(s, 9),
                     .sen = db_column_text(s, 10),
                     .fsm = db_column_text(s, 11),
                     .groups = db_column_text(s, 12)};
  *row = s;
  return STATUS_OK;
}

/* What will be known once the record is taken. */
static known_pupil merge(const known_pupil *k, const pupil_record *r) {
  known_pupil m = *k;
  if (r->upn.length) m.upn = r->upn;
  m.surname = r->surname;
  m.forename = r->forename;
  if (r->dob != DAY_NONE) m.dob = r->dob;
  if (r->sex.length) m.sex = r->sex;
  if (r->has_year) m.year = r->year;
  if (r->has_form) m.form = r->form;
  if (r->has_number) m.number = r->admission_number;
  if (r->has_sen) m.sen = r->sen;
  if (r->has_fsm) m.fsm = r->fsm;
  if (r->has_joined) m.joined = r->joined;
  if (r->has_left) m.left = r->left;
  if (r->has_groups) m.groups = r->groups;
  return m;
}

static uint64_t add_text(uint64_t h, slice text) {
  h = (h ^ text.length) * 0x100000001B3U; /* FNV-1a over length and bytes */
  for (size_t i = 0; i < text.length; i++) h = (h ^ (unsigned char)text.at[i]) * 0x100000001B3U;
  return h;
}

static uint64_t digest_of(const slice *texts, size_t count, const day *days, size_t day_count) {
  uint64_t h = 0xCBF29CE484222325U;
  for (size_t i = 0; i < count; i++) h = add_text(h, texts[i]);
  for (size_t i = 0; i < day_count; i++) h = (h ^ (uint32_t)days[i]) * 0x100000001B3U;
  return h;
}

static uint64_t person_digest(const known_pupil *k) {
  const slice texts[] = {k->upn, k->surname, k->forename, k->sex};
  return digest_of(texts, 4, &k->dob, 1);
}

static uint64_t stay_digest(const known_pupil *k) {
  const slice texts[] = {k->year, k->form, k->number, k->sen, k->fsm, k->groups};
  const day days[] = {k->joined, k->left};
  return digest_of(texts, 6, days, 2);
}

/* Never 0, which stands for nothing known. */
static uint64_t whole_digest(const known_pupil *k) {
  return (person_digest(k) * 31 + stay_digest(k)) | 1;
}

enum people_change roll_change(const roll *r, uint32_t entry) {
  const roll_entry *e = &r->entries[entry];
  if (e->before == 0) return PEOPLE_ADDED;
  return e->before == e->after ? PEOPLE_UNCHANGED : PEOPLE_CHANGED;
}

/* Surname and forename are NOT NULL: an empty one is stored as such. */
static status write_person(people *all, int64_t id, const known_pupil *k, int64_t *out,
                           problem *p) {
  db *d = store_db(all->store);
  statement *s = db_statement(
      d,
      "INSERT INTO pupil (id, upn, surname, forename, dob, sex) VALUES (?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET upn = excluded.upn, surname = excluded.surname,"
      " forename = excluded.forename, dob = excluded.dob, sex = excluded.sex",
      p);
  if (!s) return STATUS_FAULT;
  if (id) db_bind_int(s, 1, id);
  db_bind_text(s, 2, k->upn);
  db_bind_name(s, 3, k->surname);
  db_bind_name(s, 4, k->forename);
  db_bind_day(s, 5, k->dob);
  db_bind_text(s, 6, k->sex);
  status t = db_run(s, p);
  if (!t) *out = id ? id : db_last_id(d);
  return t;
}

static status write_enrolment(people *all, const roll_entry *e, int64_t school,
                              const known_pupil *k, int64_t *out, problem *p) {
  db *d = store_db(all->store);
  statement *s = db_statement(
      d,
      "INSERT INTO enrolment (id, pupil, school, joined, left, year, form, admission_number, sen,"
      " fsm, groups) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ifnull(?, '{}'))"
      " ON CONFLICT (id) DO UPDATE SET joined = excluded.joined, left = excluded.left,"
      " year = excluded.year, form = excluded.form, admission_number = excluded.admission_number,"
      " sen = excluded.sen, fsm = excluded.fsm, groups = excluded.groups",
      p);
  if (!s) return STATUS_FAULT;
  if (e->enrolment) db_bind_int(s, 1, e->enrolment);
  db_bind_int(s, 2, e->pupil);
  db_bind_int(s, 3, school);
  db_bind_day(s, 4, k->joined);
  db_bind_day(s, 5, k->left);
  const slice texts[] = {k->year, k->form, k->number, k->sen, k->fsm, k->groups};
  for (int i = 0; i < 6; i++) db_bind_text(s, 6 + i, texts[i]);
  status t = db_run(s, p);
  if (!t) *out = e->enrolment ? e->enrolment : db_last_id(d);
  return t;
}

/* Update the stay `i` to what the record says. */
static status update_stay(people *all, roll *r, uint32_t i, const pupil_record *what, problem *p) {
  roll_entry e = r->entries[i];
  statement *row = NULL;
  known_pupil old;
  int64_t id;
  status t = read_known(all, e.enrolment, &row, &old, p);
  if (t) return t;
  known_pupil now = merge(&old, what);
  uint64_t before = whole_digest(&old);
  if (person_digest(&old) != person_digest(&now)) t = write_person(all, e.pupil, &now, &id, p);
  if (!t && stay_digest(&old) != stay_digest(&now))
    t = write_enrolment(all, &e, r->school, &now, &id, p);
  if (!t) t = roll_rename(r, i, now.upn, now.number, p);
  uint64_t after = whole_digest(&now);
  db_reset(row);
  if (t) return t;
  r->entries[i].joined = now.joined;
  r->entries[i].left = now.left;
  if (e.line == 0) r->entries[i].before = before;
  r->entries[i].after = after;
  return STATUS_OK;
}

/* The pupil with this UPN at any school; 0 when there is none. */
static status find_pupil(people *all, slice upn, int64_t *out, problem *p) {
  *out = 0;
  if (upn.length == 0) return STATUS_OK;
  db *d = store_db(all->store);
  statement *s = db_statement(d, "SELECT id FROM pupil WHERE upn = ?", p);
  if (!s) return STATUS_FAULT;
  db_bind_text(s, 1, upn);
  bool row;
  status t = db_step(s, &row, p);
  if (!t && row) *out = db_column_int(s, 0);
  db_reset(s);
  return t;
}

/* The person's own facts where the record brings news of a known pupil. */
static status update_person(people *all, int64_t pupil, const pupil_record *what, problem *p) {
  db *d = store_db(all->store);
  statement *s =
      db_statement(d, "SELECT upn, surname, forename, dob, sex FROM pupil WHERE id = ?", p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, pupil);
  bool row;
  status t = db_step(s, &row, p);
  if (t || !row) return t;
  known_pupil old = {.upn = db_column_text(s, 0),
                     .surname = db_column_text(s, 1),
                     .forename = db_column_text(s, 2),
                     .dob = db_column_day(s, 3),
                     .sex = db_column_text(s, 4)};
  known_pupil now = merge(&old, what);
  int64_t id;
  if (person_digest(&old) != person_digest(&now)) t = write_person(all, pupil, &now, &id, p);
  db_reset(s);
  return t;
}

static status add_stay(people *all, roll *r, int64_t pupil, const pupil_record *what,
                       uint32_t *entry, problem *p) {
  static const known_pupil nobody = {.dob = DAY_NONE, .joined = DAY_NONE, .left = DAY_NONE};
  known_pupil now = merge(&nobody, what);
  roll_entry e = {.pupil = pupil, .joined = now.joined, .left = now.left};
  status t = pupil ? update_person(all, pupil, what, p) : write_person(all, 0, &now, &e.pupil, p);
  if (!t) t = write_enrolment(all, &e, r->school, &now, &e.enrolment, p);
  if (!t) t = roll_add(r, &e, now.upn, now.number, p);
  if (!t) *entry = (uint32_t)(r->count - 1);
  return t;
}

static bool apart(const roll_entry *e, const pupil_record *what) {
  bool after = e->left != DAY_NONE && what->joined != DAY_NONE && what->joined > e->left;
  bool before = e->joined != DAY_NONE && what->left != DAY_NONE && what->left < e->joined;
  return after || before;
}

/* Which stay of the pupil the record is about: the one that began that day,
 * else the newest that is not wholly before or after it. */
static uint32_t find_stay(const roll *r, uint32_t newest, const pupil_record *what) {
  uint32_t best = ROLL_NONE;
  for (uint32_t i = newest; i != ROLL_NONE; i = roll_next_upn(r, i)) {
    const roll_entry *e = &r->entries[i];
    if (what->joined != DAY_NONE && e->joined == what->joined) return i;
    if (best == ROLL_NONE && !apart(e, what)) best = i;
  }
  return best;
}

status people_put_pupil(people *all, size_t school, const pupil_record *what, uint32_t *entry,
                        problem *p) {
  roll *r;
  int64_t pupil = 0;
  status t = people_roll(all, school, &r, p);
  if (t) return t;
  uint32_t known = roll_find_upn(r, what->upn);
  uint32_t numbered = roll_find_number(r, what->admission_number);
  if (known != ROLL_NONE) {
    pupil = r->entries[known].pupil;
  } else {
    t = find_pupil(all, what->upn, &pupil, p);
    bool nameless = numbered != ROLL_NONE && r->entries[numbered].upn_length == 0;
    if (!pupil && (nameless || what->upn.length == 0)) known = numbered; /* the UPN came later */
    if (known != ROLL_NONE) pupil = r->entries[known].pupil;
  }
  if (t) return t;
  uint32_t stay = known == ROLL_NONE ? ROLL_NONE : find_stay(r, known, what);
  if (stay == ROLL_NONE) return add_stay(all, r, pupil, what, entry, p);
  *entry = stay;
  return update_stay(all, r, stay, what, p);
}
