/* schools: a list read whole and searched from its beginning: an authority has some
 * hundreds. */
#include "store/people/schools.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text_fold.h"

/* The list --------------------------------------------------------------------- */

static void free_school(school_entry *s) {
  mem_free(s->key);
  mem_free(s->name);
  mem_free(s->phase);
  mem_free(s->la);
}

/* texts: key, name, phase, la. */
static status copy_school(int64_t id, const slice texts[4], school_entry *out, problem *p) {
  char *copies[4];
  bool whole = true;
  for (int i = 0; i < 4; i++) {
    copies[i] = mem_copy_text(texts[i].at, texts[i].length);
    whole = whole && copies[i];
  }
  school_entry s = {id, copies[0], copies[1], copies[2], copies[3]};
  if (!whole) {
    free_school(&s);
    return problem_no_memory(p);
  }
  *out = s;
  return STATUS_OK;
}

static status add_school(schools *all, int64_t id, const slice texts[4], problem *p) {
  status s = array_grow(&all->list, all->count, &all->room, sizeof *all->list, p);
  if (!s) s = copy_school(id, texts, &all->list[all->count], p);
  if (!s) all->count++;
  return s;
}

static status add_alias(schools *all, slice text, int64_t school, problem *p) {
  status s = array_grow(&all->aliases, all->alias_count, &all->alias_room, sizeof *all->aliases, p);
  if (s) return s;
  char *copy = mem_copy_text(text.at, text.length);
  if (!copy) return problem_no_memory(p);
  all->aliases[all->alias_count++] = (school_alias){copy, school};
  return STATUS_OK;
}

static status read_aliases(schools *all, problem *p) {
  statement *rows = db_statement(all->db, "SELECT text, school FROM school_alias ORDER BY text", p);
  if (!rows) return STATUS_FAULT;
  bool row;
  status s;
  while (!(s = db_step(rows, &row, p)) && row)
    if ((s = add_alias(all, db_column_text(rows, 0), db_column_int(rows, 1), p))) break;
  db_reset(rows);
  return s;
}

status schools_new(db *d, schools **out, problem *p) {
  statement *rows = db_statement(d, "SELECT id, key, name, phase, la FROM school ORDER BY id", p);
  if (!rows) return STATUS_FAULT;
  schools *all = mem_new(1, sizeof *all);
  if (!all) return problem_no_memory(p);
  all->db = d;
  bool row;
  status s;
  while (!(s = db_step(rows, &row, p)) && row) {
    slice texts[4];
    for (int i = 0; i < 4; i++) texts[i] = db_column_text(rows, i + 1);
    s = add_school(all, db_column_int(rows, 0), texts, p);
    if (s) break;
  }
  db_reset(rows);
  if (!s) s = read_aliases(all, p);
  if (s) {
    schools_free(all);
    return s;
  }
  *out = all;
  return STATUS_OK;
}

void schools_free(schools *all) {
  if (!all) return;
  for (size_t i = 0; i < all->count; i++) free_school(&all->list[i]);
  for (size_t i = 0; i < all->alias_count; i++) mem_free(all->aliases[i].text);
  mem_free(all->aliases);
  mem_free(all->list);
  mem_free(all);
}

/* Finding ---------------------------------------------------------------------- */

/* The next character of a key as it is compared; -1 at its end. */
static int next_of_key(slice *key) {
  while (key->length && (*key->at == '/' || *key->at == '-' || *key->at == ' '))
    key->at++, key->length--;
  if (key->length == 0) return -1;
  key->length--;
  return (unsigned char)text_lower(*key->at++);
}

/* Whether school_fold_key makes the same of two keys, and anything; without memory, so that a
 * search cannot fail. */
static bool same_key(slice a, slice b) {
  for (bool any = false;; any = true) {
    int x = next_of_key(&a), y = next_of_key(&b);
    if (x != y) return false;
    if (x < 0) return any;
  }
}

static size_t find_key(const schools *all, slice key) {
  size_t i = 0;
  while (i < all->count && !same_key(key, slice_of(all->list[i].key))) i++;
  return i;
}

static size_t find_row(const schools *all, int64_t id) {
  size_t i = 0;
  while (i < all->count && all->list[i].id != id) i++;
  return i;
}

/* The school that had a key or a name before; a name that two had means neither. */
static size_t find_before(const schools *all, slice text) {
  size_t at = all->count;
  for (size_t i = 0; i < all->alias_count; i++) {
    slice alias = slice_of(all->aliases[i].text);
    if (!same_key(alias, text) && !text_fold_equal(alias, text)) continue;
    size_t school = find_row(all, all->aliases[i].school);
    if (at < all->count && at != school) return all->count;
    at = school;
  }
  return at;
}

size_t schools_find(const schools *all, slice text) {
  if (text.length == 0) return all->count;
  size_t at = find_key(all, text);
  if (at < all->count) return at;
  for (size_t i = 0; i < all->count; i++) {
    if (!text_fold_equal(text, slice_of(all->list[i].name))) continue;
    if (at < all->count) return all->count; /* two schools are called so */
    at = i;
  }
  return at < all->count || all->alias_count == 0 ? at : find_before(all, text);
}

const char *schools_nearest(const schools *all, slice text) {
  const char *best = NULL;
  size_t least = SIZE_MAX;
  for (size_t i = 0; i < all->count; i++) {
    size_t key = text_distance(text, slice_of(all->list[i].key));
    size_t name = text_distance(text, slice_of(all->list[i].name));
    size_t near = key < name ? key : name;
    if (near < least) least = near, best = all->list[i].key;
  }
  return least <= 1 + text.length / 3 ? best : NULL;
}

/* Writing ---------------------------------------------------------------------- */

/* A school goes on being found by a key or a name that it has no more. */
static status keep_alias(schools *all, int64_t school, slice text, problem *p) {
  if (text.length == 0) return STATUS_OK;
  statement *put = db_statement(all->db,
                                "INSERT INTO school_alias (text, school) VALUES (?1, ?2)"
                                " ON CONFLICT (text) DO UPDATE SET school = ?2",
                                p);
  if (!put) return STATUS_FAULT;
  db_bind_text(put, 1, text);
  db_bind_int(put, 2, school);
  status s = db_run(put, p);
  return s ? s : add_alias(all, text, school, p);
}

status schools_put(schools *all, const school_record *what, enum put_change *out, problem *p) {
  if (what->key.length == 0)
    return problem_set(p, STATUS_SYNTAX, "give each school its number, like 881/2345",
                       "a school without a key");
  size_t i = find_key(all, what->key);
  bool renumbered = i == all->count && what->was.length > 0;
  if (renumbered)
    i = schools_find(all, what->was);
  else if (i == all->count && all->alias_count)
    i = find_before(all, what->key); /* an old file */
  renumbered = renumbered && i < all->count;
  school_entry *known = i < all->count ? &all->list[i] : NULL, now;
  slice texts[4] = {what->key, what->name, what->phase, what->la};
  enum put_change change = PUT_ADDED;
  int64_t id = 0;
  status s = STATUS_OK;
  if (known) {
    id = known->id;
    if (!renumbered) texts[0] = slice_of(known->key);
    if (what->name.length == 0) texts[1] = slice_of(known->name);
    if (!what->has_phase) texts[2] = slice_of(known->phase);
    if (!what->has_la) texts[3] = slice_of(known->la);
    bool renamed = !text_fold_equal(texts[1], slice_of(known->name));
    bool same = !renumbered && slice_is(texts[1], known->name) &&
                slice_is(texts[2], known->phase) && slice_is(texts[3], known->la);
    change = same ? PUT_UNCHANGED : PUT_CHANGED;
    if (renumbered) s = keep_alias(all, id, slice_of(known->key), p);
    if (!s && renamed) s = keep_alias(all, id, slice_of(known->name), p);
    statement *drop = NULL; /* a name that it has again is none of before */
    if (!s && renamed)
      drop = db_statement(all->db, "DELETE FROM school_alias WHERE school = ? AND text = ?", p);
    if (!s && renamed && !drop) return STATUS_FAULT;
    if (drop) {
      db_bind_int(drop, 1, id);
      db_bind_text(drop, 2, texts[1]);
      s = db_run(drop, p);
    }
  }
  if (!s && change != PUT_UNCHANGED) {
    statement *put = db_statement(
        all->db,
        "INSERT INTO school (id, key, name, phase, la) VALUES (?, ?, ifnull(?, ''), ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET key = excluded.key, name = excluded.name,"
        " phase = excluded.phase, la = excluded.la",
        p);
    if (!put) return STATUS_FAULT;
    if (known) db_bind_int(put, 1, id);
    for (int k = 0; k < 4; k++) db_bind_text(put, k + 2, texts[k]);
    s = db_run(put, p);
    if (!s && !known) id = db_last_id(all->db);
  }
  if (!s && change == PUT_ADDED) s = add_school(all, id, texts, p);
  if (!s && change == PUT_CHANGED && !(s = copy_school(id, texts, &now, p))) {
    free_school(known);
    *known = now;
  }
  if (!s && out) *out = change;
  return s;
}

status schools_remove(schools *all, size_t at, const char **kept, problem *p) {
  static const char *const what[] = {NULL,         "pupils",    "contacts",
                                     "a calendar", "registers", "entries"};
  int64_t id = all->list[at].id, first = 0;
  status s = db_number(all->db,
                       "SELECT CASE WHEN EXISTS (SELECT 1 FROM enrolment WHERE school = ?1) THEN 1"
                       " WHEN EXISTS (SELECT 1 FROM contact WHERE school = ?1) THEN 2"
                       " WHEN EXISTS (SELECT 1 FROM calendar_day WHERE school = ?1) THEN 3"
                       " WHEN EXISTS (SELECT 1 FROM coverage WHERE school = ?1) THEN 4"
                       " WHEN EXISTS (SELECT 1 FROM school_event WHERE school = ?1) THEN 5 END",
                       id, 0, &first, p);
  if (!s && first == 0) s = db_change(all->db, "DELETE FROM looked_at WHERE school = ?", id, p);
  if (!s && first == 0) s = db_change(all->db, "DELETE FROM school_alias WHERE school = ?", id, p);
  if (!s && first == 0) s = db_change(all->db, "DELETE FROM school WHERE id = ?", id, p);
  if (s) return s;
  *kept = what[first];
  if (first) return STATUS_OK;
  free_school(&all->list[at]);
  all->count--;
  memmove(&all->list[at], &all->list[at + 1], (all->count - at) * sizeof *all->list);
  return STATUS_OK;
}

/* One look-up ------------------------------------------------------------------ */

void school_fold_key(buffer *to, slice key) {
  for (size_t i = 0; i < key.length; i++) {
    char c = key.at[i];
    if (c == '/' || c == '-' || c == ' ') continue;
    buffer_add_char(to, text_lower(c));
  }
}

status school_find(db *d, slice text, int64_t *id, problem *p) {
  schools *all = NULL;
  status s = schools_new(d, &all, p);
  if (s) return s;
  assert(all);
  size_t at = schools_find(all, text);
  if (at < all->count) {
    *id = all->list[at].id;
  } else {
    const char *near = schools_nearest(all, text);
    char remedy[PROBLEM_REMEDY];
    (void)snprintf(remedy, sizeof remedy, "did you mean \"%s\"?", near ? near : "");
    s = problem_set(p, STATUS_NOT_FOUND,
                    near ? remedy : "see the schools with: SELECT * FROM schools",
                    "there is no school \"%.*s\"", text.length > 200 ? 200 : (int)text.length,
                    text.length ? text.at : "");
  }
  schools_free(all);
  return s;
}

status school_key(db *d, int64_t id, buffer *to, problem *p) {
  statement *find = db_statement(d, "SELECT key FROM school WHERE id = ?", p);
  if (!find) return STATUS_FAULT;
  db_bind_int(find, 1, id);
  bool row;
  status s = db_step(find, &row, p);
  if (!s && !row) s = problem_set(p, STATUS_NOT_FOUND, NULL, "there is no such school");
  if (!s) {
    slice key = db_column_text(find, 0);
    buffer_add(to, key.at, key.length);
    s = buffer_status(to, p);
  }
  db_reset(find);
  return s;
}

status school_reach(db *d, int64_t id, int64_t known_at, session *out, problem *p) {
  statement *find =
      known_at == INT64_MAX
          ? db_statement(d, "SELECT max(last_session) FROM covered WHERE school = ?1", p)
          : db_statement(d,
                         "SELECT max(c.last_session) FROM coverage c"
                         " JOIN import i ON i.id = c.import WHERE c.school = ?1 AND i.at <= ?2"
                         " AND NOT EXISTS (SELECT 1 FROM import u WHERE u.undoes = c.import"
                         " AND u.at <= ?2)",
                         p);
  if (!find) return STATUS_FAULT;
  db_bind_int(find, 1, id);
  if (known_at != INT64_MAX) db_bind_int(find, 2, known_at);
  bool row;
  status s = db_step(find, &row, p);
  if (!s) *out = row ? db_column_day(find, 0) : SESSION_NONE; /* no session is NULL, as no day is */
  db_reset(find);
  return s;
}
