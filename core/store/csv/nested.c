/* nested: what is learnt of a document is a table of paths (an element under an element …); what is
 * held of it while records come are `parts`, each with its values.
 *
 * 1. Part 0 is the document. A part begins with an element that is the record, lies around it and
 *    repeats, or repeats in it; its values are those of the elements in it that are no parts.
 * 2. A part goes out as a record when it is the record or lies in it, and has no parts in it.
 * 3. Own text of an element in which elements are is none of its values. */
#include "store/csv/nested.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static const size_t none = SIZE_MAX;

enum phase { LEARNING, LOOKING_UP, READING };
enum role { ROLE_PLAIN, ROLE_PART, ROLE_SKIPPED };

typedef struct path {
  char *name;
  size_t parent, first, last, next; /* elements in it, in the order in which they were first seen */
  size_t likely;                    /* the one in it that was seen last, or `none` */
  size_t depth;
  uint64_t seen_in;              /* the element around it in which it was seen last */
  uint64_t count, weight;        /* how often; how many values lie in it */
  bool repeats, inner, has_text; /* has elements in it; has text of its own */
  bool on_way, within;           /* is the record or lies around it; is the record or lies in it */
  bool is_list;                  /* its elements are looked up */
  enum role role;
  size_t field; /* whose values they are, or `none` */
} path;

typedef struct frame {
  size_t path;
  uint64_t element;    /* its number in the document */
  size_t part, text;   /* where its own text begins */
  bool skipped, mixed; /* has elements in it */
} frame;

typedef struct value {
  size_t field, next; /* of the same part, or `none` */
  size_t at, length;
} value;

typedef struct part {
  size_t parent, path, line;
  size_t first, last; /* its values, or `none` */
  bool closed, has_parts;
} part;

typedef struct field {
  char *name;
  size_t path;
  size_t left, right;    /* LEA and Estab; `none`: it is not the two in one */
  size_t key, looked_up; /* the field that has an id, and the path in the list; or `none` */
} field;

typedef struct entry { /* of a list that is looked up */
  size_t list;
  slice id, type; /* into `looked_up`, once that is whole */
  size_t id_at, type_at, first, count;
} entry;

struct nested {
  nested_form form;
  enum phase phase;
  status failed;
  problem problem;
  path *paths;
  size_t path_count, path_room;
  frame frames[NESTED_DEEPEST + 1];
  size_t depth;
  bool has_list;
  uint64_t elements; /* so far */
  size_t record;     /* the path; `none` before it is known */
  size_t records;    /* elements that are the record, so far */
  buffer text, spare;
  value *values, *spare_values;
  size_t value_count, value_room, spare_room;
  part *parts;
  size_t part_count, part_room, ready, next;
  field *fields;
  size_t field_count, field_room;
  slice *cells; /* [field_count] */
  buffer made;  /* cells that are two in one */
  entry *entries;
  size_t entry_count, entry_room;
  value *looked; /* `field` is a path, `next` is not used */
  size_t looked_count, looked_room;
  buffer looked_up;
};

/* Making ------------------------------------------------------------------------ */

static void fail(nested *n, status s) {
  if (s && !n->failed) n->failed = s;
}

static bool grow(nested *n, void *block, size_t count, size_t *room, size_t size) {
  if (n->failed) return false;
  fail(n, array_grow(block, count, room, size, &n->problem));
  return !n->failed;
}

/* Whether there is room for one more path, or field; else it fails. */
static bool has_room(nested *n, size_t count) {
  if (count < NESTED_PATHS) return true;
  fail(n, problem_set(&n->problem, STATUS_RANGE, "export it again as a list of records",
                      "%s has more than %d different fields", n->form.file, NESTED_PATHS));
  return false;
}

static size_t add_path(nested *n, size_t parent, slice name) {
  if (!has_room(n, n->path_count)) return none;
  if (!grow(n, &n->paths, n->path_count, &n->path_room, sizeof *n->paths)) return none;
  char *copy = mem_copy_text(name.at, name.length);
  if (!copy) {
    fail(n, problem_no_memory(&n->problem));
    return none;
  }
  size_t at = n->path_count++;
  n->paths[at] = (path){.name = copy,
                        .parent = parent,
                        .first = none,
                        .last = none,
                        .next = none,
                        .likely = none,
                        .seen_in = UINT64_MAX,
                        .field = none};
  if (parent == none) return at;
  path *around = &n->paths[parent];
  n->paths[at].depth = around->depth + 1;
  if (around->last == none)
    around->first = at;
  else
    n->paths[around->last].next = at;
  around->last = at;
  return at;
}

status nested_new(const nested_form *form, nested **out, problem *p) {
  nested *n = mem_new(1, sizeof *n);
  if (!n) return problem_no_memory(p);
  n->form = *form;
  n->record = none;
  if (add_path(n, none, (slice){"", 0}) == none) {
    nested_free(n);
    return problem_no_memory(p);
  }
  *out = n;
  return STATUS_OK;
}

void nested_free(nested *n) {
  if (!n) return;
  for (size_t i = 0; i < n->path_count; i++) mem_free(n->paths[i].name);
  for (size_t i = 0; i < n->field_count; i++) mem_free(n->fields[i].name);
  mem_free(n->paths);
  mem_free(n->fields);
  mem_free(n->cells);
  mem_free(n->values);
  mem_free(n->spare_values);
  mem_free(n->parts);
  mem_free(n->entries);
  mem_free(n->looked);
  buffer_free(&n->text);
  buffer_free(&n->spare);
  buffer_free(&n->made);
  buffer_free(&n->looked_up);
  mem_free(n);
}

status nested_status(const nested *n, problem *p) {
  if (n->failed && p) *p = n->problem;
  return n->failed;
}

/* Going through the document ---------------------------------------------------- */

/* The path of an element in another; the one after the last seen is the likeliest. */
static size_t path_in(nested *n, size_t parent, slice name) {
  path *around = &n->paths[parent];
  size_t start = around->likely == none ? around->first : n->paths[around->likely].next;
  for (size_t at = start; at != none; at = n->paths[at].next)
    if (slice_is(name, n->paths[at].name)) return around->likely = at;
  for (size_t at = around->first; at != start; at = n->paths[at].next)
    if (slice_is(name, n->paths[at].name)) return around->likely = at;
  if (n->phase != LEARNING) return none; /* the file is another by now, which its end will say */
  size_t at = add_path(n, parent, name);
  if (at != none) n->paths[parent].likely = at;
  return at;
}

static void begin_part(nested *n, frame *f, size_t line) {
  if (!grow(n, &n->parts, n->part_count, &n->part_room, sizeof *n->parts)) return;
  if (f->path == n->record) n->records++;
  n->parts[f->part].has_parts = true;
  n->parts[n->part_count] = (part){.parent = f->part,
                                   .path = f->path,
                                   .line = n->form.dotted ? n->records : line,
                                   .first = none,
                                   .last = none};
  f->part = n->part_count++;
}

static void begin_entry(nested *n, size_t list) {
  if (n->entry_count == NESTED_LOOKED_UP) {
    fail(n, problem_set(&n->problem, STATUS_RANGE, "export it in smaller pieces",
                        "the list \"%s\" of %s has too much in it to be looked up",
                        n->paths[list].name, n->form.file));
    return;
  }
  if (grow(n, &n->entries, n->entry_count, &n->entry_room, sizeof *n->entries))
    n->entries[n->entry_count++] =
        (entry){.list = list, .id_at = none, .type_at = none, .first = n->looked_count};
}

static void enter(nested *n, slice name, bool listed, size_t line) {
  if (n->failed) return;
  if (n->depth == NESTED_DEEPEST) {
    fail(n, problem_set(&n->problem, STATUS_SYNTAX, "export it again as a list of records",
                        "%s has values more than %d deep", n->form.file, NESTED_DEEPEST));
    return;
  }
  const frame *around = &n->frames[n->depth];
  frame f = {.path = none, .element = ++n->elements, .part = around->part, .skipped = true};
  if (!around->skipped) f.path = path_in(n, around->path, name);
  if (n->failed) return;
  if (f.path != none) {
    path *here = &n->paths[f.path];
    f.skipped = n->phase == READING && here->role == ROLE_SKIPPED;
    if (n->phase == LEARNING) {
      here->repeats |= listed || (!n->form.dotted && here->seen_in == around->element);
      here->seen_in = around->element;
      here->count++;
      n->paths[around->path].inner = true;
    } else if (n->phase == LOOKING_UP && here->is_list) {
      begin_entry(n, f.path);
    } else if (n->phase == READING && here->role == ROLE_PART) {
      begin_part(n, &f, line);
    }
  }
  f.text = n->text.length;
  n->frames[++n->depth] = f;
}

void nested_begin(nested *n, slice name, bool listed, size_t line) {
  if (n->failed) return;
  frame *around = &n->frames[n->depth];
  around->mixed = true;
  n->text.length = around->text; /* its own text, which counts no longer */
  enter(n, name, listed, line);
}

void nested_list(nested *n) { n->has_list = true; }

void nested_text(nested *n, slice text) {
  if (n->failed || n->frames[n->depth].skipped || n->frames[n->depth].mixed) return;
  if (text.length > NESTED_MOST || n->text.length > NESTED_MOST - text.length) {
    fail(n, problem_set(&n->problem, STATUS_RANGE, "export it in smaller pieces",
                        "%s has a record of more than %d MB", n->form.file, NESTED_MOST >> 20));
    return;
  }
  buffer_add(&n->text, text.at, text.length);
  if (n->text.failed) fail(n, problem_no_memory(&n->problem));
}

/* Keep a value of the part: first of its field, or one more after the last. */
static void add_value(nested *n, const frame *f, slice text) {
  static const char joint[] = "; ";
  part *own = &n->parts[f->part];
  size_t to = n->paths[f->path].field;
  value *last = own->last == none ? NULL : &n->values[own->last];
  if (last && last->field == to) {
    if (last->at + last->length != f->text || !n->paths[f->path].repeats) return;
    size_t trimmed = (size_t)(text.at - n->text.bytes) - f->text;
    if (!buffer_room(&n->text, sizeof joint)) {
      fail(n, problem_no_memory(&n->problem));
      return;
    }
    char *end = n->text.bytes + f->text;
    memmove(end + sizeof joint - 1, end + trimmed, text.length);
    memcpy(end, joint, sizeof joint - 1);
    last->length += sizeof joint - 1 + text.length;
    n->text.length = last->at + last->length;
    return;
  }
  if (!grow(n, &n->values, n->value_count, &n->value_room, sizeof *n->values)) return;
  size_t at = n->value_count++;
  n->values[at] = (value){to, none, (size_t)(text.at - n->text.bytes), text.length};
  if (own->last == none)
    own->first = at;
  else
    n->values[own->last].next = at;
  own->last = at;
  n->text.length = n->values[at].at + text.length;
}

static void look_up_value(nested *n, const frame *f, slice text) {
  entry *last = n->entry_count ? &n->entries[n->entry_count - 1] : NULL;
  size_t list = f->path;
  while (list != none && !n->paths[list].is_list) list = n->paths[list].parent;
  if (!last || list == none || last->list != list) return;
  if (!grow(n, &n->looked, n->looked_count, &n->looked_room, sizeof *n->looked)) return;
  size_t at = n->looked_up.length;
  if (at > NESTED_MOST || text.length > NESTED_MOST - at) {
    fail(n, problem_set(&n->problem, STATUS_RANGE, "export it in smaller pieces",
                        "the list \"%s\" of %s has too much in it to be looked up",
                        n->paths[list].name, n->form.file));
    return;
  }
  buffer_add(&n->looked_up, text.at, text.length);
  if (n->looked_up.failed) {
    fail(n, problem_no_memory(&n->problem));
    return;
  }
  if (n->paths[f->path].parent == list && strcmp(n->paths[f->path].name, "id") == 0)
    last->id_at = n->looked_count;
  if (n->paths[f->path].parent == list && strcmp(n->paths[f->path].name, "type") == 0)
    last->type_at = n->looked_count;
  n->looked[n->looked_count++] = (value){f->path, none, at, text.length};
  last->count++;
}

void nested_end(nested *n) {
  if (n->failed || n->depth == 0) return;
  frame f = n->frames[n->depth--];
  frame *around = &n->frames[n->depth];
  slice text = {0};
  if (!f.mixed && n->text.length > f.text)
    text = slice_trim((slice){n->text.bytes + f.text, n->text.length - f.text});
  path *here = f.path == none ? NULL : &n->paths[f.path];
  size_t keep = f.text; /* what follows of the text */
  if (here && n->phase == LEARNING) {
    here->has_text |= text.length > 0;
    here->weight += !here->inner;
  } else if (here && n->phase == LOOKING_UP && text.length) {
    look_up_value(n, &f, text);
  } else if (here && n->phase == READING && !f.skipped) {
    if (here->role == ROLE_PART) n->parts[f.part].closed = true;
    if (text.length && here->field != none) {
      add_value(n, &f, text);
      keep = n->text.length;
    } else if (f.mixed) {
      keep = n->text.length > f.text ? f.text : n->text.length;
    }
    if (here->role == ROLE_PART && n->parts[f.part].parent == 0) n->ready = n->part_count;
  }
  n->text.length = keep;
  around->text = keep;
}

void nested_value(nested *n, slice name, slice text) {
  size_t before = n->depth;
  enter(n, name, false, 0);
  if (n->depth == before) return;
  nested_text(n, text);
  nested_end(n);
}

/* What the document is ------------------------------------------------------------ */

static bool is_table(const path *p) { return p->inner && p->repeats; }

/* Whether a path is meant by "name", or by "outer.name". */
static bool is_meant(const nested *n, size_t at, const char *text) {
  slice rest = slice_of(text);
  for (;; at = n->paths[at].parent) {
    size_t length = strlen(n->paths[at].name);
    slice last = {rest.at + rest.length - length, length};
    if (length > rest.length || !slice_is_nocase(last, n->paths[at].name)) return false;
    rest.length -= length;
    if (rest.length == 0) return true;
    rest.length--;
    if (rest.at[rest.length] != '.' || n->paths[at].parent == none) return false;
  }
}

/* The path that was named, seen most often; `none`. */
static size_t named_record(const nested *n) {
  size_t best = none;
  for (size_t i = 1; i < n->path_count; i++) {
    const path *p = &n->paths[i];
    if (!p->inner || !is_meant(n, i, n->form.records)) continue;
    if (best == none || p->count > n->paths[best].count) best = i;
  }
  return best;
}

static size_t found_record(const nested *n) {
  size_t best = none, most = 0;
  for (size_t i = 1; i < n->path_count; i++) {
    size_t around = n->paths[i].parent;
    if (!is_table(&n->paths[i])) continue;
    while (around != none && !is_table(&n->paths[around])) around = n->paths[around].parent;
    if (around != none) continue;
    if (best == none || n->paths[i].weight > n->paths[best].weight) best = i;
  }
  if (best != none || n->has_list) return best;
  for (size_t i = 1; i < n->path_count; i++) { /* one record: where most values stand together */
    size_t leaves = 0;
    for (size_t k = n->paths[i].first; k != none; k = n->paths[k].next)
      leaves += !n->paths[k].inner;
    if (leaves > most) best = i, most = leaves;
  }
  return best;
}

static status no_record(const nested *n, problem *p) {
  if (!n->form.records)
    return problem_set(p, STATUS_SYNTAX, "export it again", "%s has no records in it",
                       n->form.file);
  buffer known = {0};
  for (size_t i = 1; i < n->path_count && known.length < 120; i++)
    if (is_table(&n->paths[i])) {
      buffer_add_text(&known, known.length ? ", \"" : "what repeats in it: \"");
      text_add_escaped(&known, slice_of(n->paths[i].name));
      buffer_add_char(&known, '"');
    }
  buffer_add_char(&known, '\0');
  status s = problem_set(p, STATUS_SYNTAX, known.failed ? NULL : known.bytes,
                         "%s has no records called \"%s\"", n->form.file, n->form.records);
  buffer_free(&known);
  return s;
}

static bool has_word(const char *text, const char *word) {
  size_t length = strlen(word);
  for (; *text; text++) {
    size_t k = 0;
    while (k < length && text_lower(text[k]) == word[k]) k++;
    if (k == length) return true;
  }
  return false;
}

static bool is_secret(const char *name) {
  return has_word(name, "password") || has_word(name, "passwd");
}

/* What a page says of itself, by the conventions of JSON: no data. */
static bool is_about_page(const nested *n, const path *p) {
  return n->form.dotted && p->depth == 1 && !p->repeats &&
         (strcmp(p->name, "meta") == 0 || strcmp(p->name, "links") == 0);
}

static void give_roles(nested *n) {
  for (size_t at = n->record; at != none; at = n->paths[at].parent) n->paths[at].on_way = true;
  for (size_t i = 1; i < n->path_count; i++) { /* those around it come before it */
    path *p = &n->paths[i];
    const path *around = &n->paths[p->parent];
    p->within = i == n->record || around->within;
    if (around->role == ROLE_SKIPPED || is_secret(p->name) || (is_about_page(n, p) && !p->on_way))
      p->role = ROLE_SKIPPED;
    else if (i == n->record)
      p->role = ROLE_PART;
    else if (is_table(p))
      p->role = p->on_way || (p->within && !n->form.records) ? ROLE_PART : ROLE_SKIPPED;
  }
}

/* Fields -------------------------------------------------------------------------- */

static field *add_field(nested *n, size_t of) {
  if (!has_room(n, n->field_count)) return NULL;
  if (!grow(n, &n->fields, n->field_count, &n->field_room, sizeof *n->fields)) return NULL;
  field *f = &n->fields[n->field_count++];
  *f = (field){.path = of, .left = none, .right = none, .key = none, .looked_up = none};
  return f;
}

static void add_fields(nested *n) {
  for (size_t i = 1; i < n->path_count && !n->failed; i++) {
    path *p = &n->paths[i];
    if (p->role == ROLE_SKIPPED || (p->inner && !p->has_text)) continue;
    if (add_field(n, i)) p->field = n->field_count - 1;
  }
  for (size_t i = 0; i < n->path_count && !n->failed; i++) {
    size_t authority = none, school = none;
    for (size_t k = n->paths[i].first; k != none; k = n->paths[k].next) {
      if (n->paths[k].field == none) continue;
      if (slice_is_nocase(slice_of(n->paths[k].name), "lea")) authority = k;
      if (slice_is_nocase(slice_of(n->paths[k].name), "estab")) school = k;
    }
    field *f = authority == none || school == none ? NULL : add_field(n, authority);
    if (!f) continue;
    f->left = n->paths[authority].field;
    f->right = n->paths[school].field;
  }
}

/* "attendance_code" of "attendance_code_id"; empty of another name. */
static slice stem_of(const char *name) {
  static const char ending[] = "_id";
  size_t length = strlen(name), less = sizeof ending - 1;
  bool has = length > less && strcmp(name + length - less, ending) == 0;
  return (slice){name, has ? length - less : 0};
}

/* Whether a list is called after what it is of: "attendance_codes". */
static bool is_called(slice list, slice stem) {
  return list.length >= stem.length && memcmp(list.at, stem.at, stem.length) == 0 &&
         (list.length == stem.length ||
          (list.length == stem.length + 1 && list.at[stem.length] == 's'));
}

static void add_looked_up(nested *n, size_t key, size_t list) {
  for (size_t i = list + 1; i < n->path_count && !n->failed; i++) {
    size_t around = n->paths[i].parent;
    while (around != list && around != none && !is_table(&n->paths[around]))
      around = n->paths[around].parent;
    bool is_value = around == list && (!n->paths[i].inner || n->paths[i].has_text);
    bool is_own = n->paths[i].parent == list; /* what the list is looked up by */
    if (!is_value || is_secret(n->paths[i].name)) continue;
    if (is_own && (strcmp(n->paths[i].name, "id") == 0 || strcmp(n->paths[i].name, "type") == 0))
      continue;
    field *f = add_field(n, i);
    if (!f) return;
    f->key = key;
    f->looked_up = i;
    n->paths[list].is_list = true;
  }
}

/* Fields of lists beside the records, by the ids that the records have of them. */
static void add_all_looked_up(nested *n) {
  size_t count = n->field_count;
  for (size_t f = 0; f < count && n->form.dotted; f++) {
    slice stem = stem_of(n->paths[n->fields[f].path].name);
    for (size_t i = 1; i < n->path_count && stem.length; i++) {
      const path *list = &n->paths[i];
      if (list->role != ROLE_SKIPPED || !is_table(list)) continue;
      if (!is_called(slice_of(list->name), stem) && strcmp(list->name, "included") != 0) continue;
      for (size_t k = list->first; k != none; k = n->paths[k].next)
        if (strcmp(n->paths[k].name, "id") == 0) add_looked_up(n, f, i);
    }
  }
}

/* The name of a field with so many elements of its path. */
static char *name_of(const nested *n, const field *f, size_t parts) {
  size_t steps[NESTED_DEEPEST + 1], count = 0;
  for (size_t at = f->path; count < parts; at = n->paths[at].parent) steps[count++] = at;
  buffer name = {0};
  if (f->key != none) {
    slice stem = stem_of(n->paths[n->fields[f->key].path].name);
    buffer_add(&name, stem.at, stem.length);
    buffer_add_char(&name, '.');
  }
  for (size_t k = count; k > 0; k--) {
    bool is_pair = k == 1 && f->left != none;
    buffer_add_text(&name, is_pair ? "LEAEstab" : n->paths[steps[k - 1]].name);
    if (k > 1) buffer_add_char(&name, '.');
  }
  buffer_add_char(&name, '\0');
  if (!name.failed) return name.bytes;
  buffer_free(&name);
  return NULL;
}

typedef struct rank {
  size_t shared, away, field; /* elements that it shares with the record; and others */
  bool looked_up;
} rank;

static int by_nearness(const void *a, const void *b) {
  const rank *x = a, *y = b;
  if (x->looked_up != y->looked_up) return x->looked_up ? 1 : -1;
  if (x->shared != y->shared) return x->shared > y->shared ? -1 : 1;
  if (x->away != y->away) return x->away < y->away ? -1 : 1;
  return (x->field > y->field) - (x->field < y->field);
}

static bool is_taken(const nested *n, const char *name) {
  for (size_t i = 0; i < n->field_count; i++)
    if (n->fields[i].name && strcmp(n->fields[i].name, name) == 0) return true;
  return false;
}

/* As short as it can be, and as no other field is called. */
static void name_field(nested *n, field *f) {
  const path *own = &n->paths[f->path];
  size_t base = own->parent, parts = 1, most = own->depth;
  if (f->key != none) {
    while (!n->paths[base].is_list) base = n->paths[base].parent;
    most = parts = own->depth - n->paths[base].depth;
  } else if (n->form.dotted) {
    while (base != 0 && (own->within ? base != n->record : n->paths[base].role != ROLE_PART))
      base = n->paths[base].parent;
    parts = own->depth - n->paths[base].depth;
    if (parts > own->depth || parts == 0) parts = 1;
  }
  char *name = NULL;
  for (; parts <= most; parts++) {
    mem_free(name);
    name = name_of(n, f, parts);
    if (!name || !is_taken(n, name)) break;
  }
  buffer numbered = {0};
  for (size_t k = 2; name && is_taken(n, name); k++) {
    buffer_clear(&numbered);
    buffer_printf(&numbered, "%s (%zu)", own->name, k);
    buffer_add_char(&numbered, '\0');
    mem_free(name);
    name = numbered.failed ? NULL : mem_copy_text(numbered.bytes, numbered.length - 1);
  }
  buffer_free(&numbered);
  if (!name) {
    fail(n, problem_no_memory(&n->problem));
    return;
  }
  f->name = name;
}

static void name_fields(nested *n) {
  rank *ranks = mem_new(n->field_count, sizeof *ranks);
  if (!ranks) {
    fail(n, problem_no_memory(&n->problem));
    return;
  }
  for (size_t i = 0; i < n->field_count; i++) {
    size_t at = n->fields[i].path;
    while (!n->paths[at].on_way) at = n->paths[at].parent;
    ranks[i] = (rank){.shared = n->paths[at].depth,
                      .away = n->paths[n->fields[i].path].depth - n->paths[at].depth,
                      .field = i,
                      .looked_up = n->fields[i].key != none};
  }
  if (n->field_count) qsort(ranks, n->field_count, sizeof *ranks, by_nearness);
  for (size_t i = 0; i < n->field_count && !n->failed; i++)
    name_field(n, &n->fields[ranks[i].field]);
  mem_free(ranks);
}

/* Settling ------------------------------------------------------------------------ */

static void restart(nested *n) {
  for (size_t i = 0; i < n->path_count; i++) n->paths[i].likely = none;
  n->frames[0] = (frame){.path = 0};
  n->depth = 0;
  n->elements = 0;
  buffer_clear(&n->text);
  if (n->phase != READING) return;
  if (!grow(n, &n->parts, 0, &n->part_room, sizeof *n->parts)) return;
  n->parts[0] = (part){.parent = none, .path = 0, .first = none, .last = none};
  n->part_count = n->ready = n->next = 1;
}

static int by_list_and_id(const void *a, const void *b) {
  const entry *x = a, *y = b;
  if (x->list != y->list) return x->list < y->list ? -1 : 1;
  return slice_compare(x->id, y->id);
}

static slice looked_text(const nested *n, size_t at) {
  if (at == none) return (slice){"", 0};
  return (slice){n->looked_up.bytes + n->looked[at].at, n->looked[at].length};
}

static void settle_shape(nested *n, problem *p) {
  for (size_t i = n->path_count - 1; i > 0; i--)
    n->paths[n->paths[i].parent].weight += n->paths[i].weight;
  n->record = n->form.records ? named_record(n) : found_record(n);
  if (n->record == none) {
    n->failed = no_record(n, &n->problem);
    return;
  }
  give_roles(n);
  add_fields(n);
  add_all_looked_up(n);
  if (!n->failed) name_fields(n);
  if (!n->failed && !(n->cells = mem_new(n->field_count, sizeof *n->cells)))
    fail(n, problem_no_memory(p));
}

status nested_settle(nested *n, bool *again, problem *p) {
  bool has_lists = false;
  if (n->failed) return nested_status(n, p);
  if (n->phase == LEARNING) {
    settle_shape(n, &n->problem);
    for (size_t i = 0; i < n->path_count; i++) has_lists |= n->paths[i].is_list;
  } else {
    for (size_t i = 0; i < n->entry_count; i++) {
      n->entries[i].id = looked_text(n, n->entries[i].id_at);
      n->entries[i].type = looked_text(n, n->entries[i].type_at);
    }
    if (n->entry_count) qsort(n->entries, n->entry_count, sizeof *n->entries, by_list_and_id);
  }
  n->phase = has_lists ? LOOKING_UP : READING;
  restart(n);
  *again = has_lists;
  return nested_status(n, p);
}

/* Records ------------------------------------------------------------------------- */

void nested_fields(const nested *n, csv_row *out) {
  for (size_t i = 0; i < n->field_count; i++) n->cells[i] = slice_of(n->fields[i].name);
  *out = (csv_row){.line = 1, .cells = n->cells, .count = n->field_count, .raw = {"", 0}};
}

static int entry_before(const void *element, const void *key) {
  return by_list_and_id(element, key) < 0;
}

/* The value of a list's element that has the id; empty where none has. */
static slice look_up(const nested *n, const field *f) {
  slice stem = stem_of(n->paths[n->fields[f->key].path].name);
  entry key = {.id = n->cells[f->key], .list = f->path};
  while (!n->paths[key.list].is_list) key.list = n->paths[key.list].parent;
  size_t at = array_lower_bound(n->entries, n->entry_count, sizeof key, &key, entry_before);
  for (; at < n->entry_count && by_list_and_id(&n->entries[at], &key) == 0; at++) {
    const entry *e = &n->entries[at];
    if (e->type.length && !is_called(e->type, stem)) continue;
    for (size_t k = e->first; k < e->first + e->count; k++)
      if (n->looked[k].field == f->looked_up) return looked_text(n, k);
  }
  return (slice){"", 0};
}

/* A part with the values of all around it, as a record. False: it says nothing. */
static bool fill_record(nested *n, const part *of, csv_row *out) {
  bool any = false;
  for (size_t i = 0; i < n->field_count; i++) n->cells[i] = (slice){"", 0};
  for (const part *at = of;; at = &n->parts[at->parent]) {
    for (size_t v = at->first; v != none; v = n->values[v].next) {
      slice *cell = &n->cells[n->values[v].field];
      if (cell->length == 0) *cell = (slice){n->text.bytes + n->values[v].at, n->values[v].length};
      any = true;
    }
    if (at->parent == none) break;
  }
  buffer_clear(&n->made);
  size_t room = 0;
  for (size_t i = 0; i < n->field_count; i++)
    if (n->fields[i].left != none)
      room += n->cells[n->fields[i].left].length + n->cells[n->fields[i].right].length;
  if (room && !buffer_room(&n->made, room)) {
    fail(n, problem_no_memory(&n->problem));
    return false;
  }
  for (size_t i = 0; i < n->field_count; i++) {
    const field *f = &n->fields[i];
    if (f->left != none && n->cells[f->left].length && n->cells[f->right].length) {
      size_t from = n->made.length;
      buffer_add(&n->made, n->cells[f->left].at, n->cells[f->left].length);
      buffer_add(&n->made, n->cells[f->right].at, n->cells[f->right].length);
      n->cells[i] = (slice){n->made.bytes + from, n->made.length - from};
    } else if (f->key != none && n->cells[f->key].length) {
      n->cells[i] = look_up(n, f);
    }
  }
  *out = (csv_row){.line = of->line, .cells = n->cells, .count = n->field_count, .raw = {"", 0}};
  for (size_t i = 0; i < n->field_count && any; i++)
    if (memchr(n->cells[i].at, '\0', n->cells[i].length)) out->fault = CSV_NUL;
  if (out->fault) out->count = 0;
  return any;
}

/* Let go of parts that went out; `all` closed ones, or those that are ready. */
static void let_parts_go(nested *n, bool all) {
  size_t kept = 1, ready = n->ready;
  size_t *place = mem_new(n->part_count, sizeof *place);
  if (!place) {
    fail(n, problem_no_memory(&n->problem));
    return;
  }
  for (size_t i = 1; i < n->part_count; i++) {
    bool keep = all ? !n->parts[i].closed : i >= ready;
    if (keep) place[i] = kept++;
  }
  buffer_clear(&n->spare);
  size_t values = 0;
  if (!buffer_room(&n->spare, n->text.length + 1)) fail(n, problem_no_memory(&n->problem));
  if (!n->failed && n->spare_room < n->value_count) {
    value *more = mem_resize(n->spare_values, n->value_room, sizeof *more);
    if (!more) fail(n, problem_no_memory(&n->problem));
    if (more) n->spare_values = more, n->spare_room = n->value_room;
  }
  for (size_t i = 0; i < n->part_count && !n->failed; i++) {
    if (i && !place[i]) continue;
    part moved = n->parts[i];
    size_t before = none;
    for (size_t v = moved.first; v != none; v = n->values[v].next) {
      value copy = n->values[v];
      copy.at = n->spare.length;
      copy.next = none;
      buffer_add(&n->spare, n->text.bytes + n->values[v].at, copy.length);
      if (before == none)
        moved.first = values;
      else
        n->spare_values[before].next = values;
      before = values;
      n->spare_values[values++] = copy;
    }
    moved.last = before;
    if (i) moved.parent = place[moved.parent];
    n->parts[place[i]] = moved;
  }
  if (!n->failed) {
    frame *top = &n->frames[n->depth]; /* whose own text has only begun */
    size_t begun = n->spare.length;
    if (n->text.length > top->text)
      buffer_add(&n->spare, n->text.bytes + top->text, n->text.length - top->text);
    for (size_t i = 0; i <= n->depth; i++) {
      n->frames[i].text = begun;
      n->frames[i].part = place[n->frames[i].part];
    }
    buffer text = n->text;
    n->text = n->spare;
    n->spare = text;
    value *old = n->values;
    size_t room = n->value_room;
    n->values = n->spare_values;
    n->value_room = n->spare_room;
    n->spare_values = old;
    n->spare_room = room;
    n->value_count = values;
    n->part_count = kept;
    n->ready = n->next = 1;
  }
  mem_free(place);
}

bool nested_next(nested *n, bool ended, csv_row *out) {
  bool full = n->text.length > NESTED_HELD || n->value_count > NESTED_HELD / 8 ||
              n->part_count > NESTED_HELD / 8;
  for (; n->next < n->part_count && !n->failed; n->next++) {
    const part *of = &n->parts[n->next];
    if (n->next >= n->ready && !ended && !full) break;
    if (of->has_parts || !n->paths[of->path].within || !(of->closed || ended)) continue;
    if (!fill_record(n, of, out)) continue;
    n->next++;
    return true;
  }
  if (!n->failed && n->next > 1) let_parts_go(n, full);
  return false;
}
