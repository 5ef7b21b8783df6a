/* json: the form of JSON files: the elements of a list as records, by nested.h.
 *
 * 1. The file is read twice, and three times where a list in it is looked up by id.
 * 2. Objects outside the lists are walked through as they come. An element of a list, and any other
 *    value, is read by jansson, which is given at most ELEMENT_MOST bytes for it: nothing
 *    else of the file is held.
 * 3. A number is as it is written, up to fifteen digits after the first; true, false; null is an
 *    empty cell. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "store/csv/nested.h"
#include "store/csv/source_file.h"

#ifdef FUZZING /* so that short inputs reach every edge */
enum { CHUNK = 7, ELEMENT_MOST = 4096 };
#else
enum { CHUNK = 64 * 1024, ELEMENT_MOST = 4 << 20 };
#endif

/* Where in the document reading stands: in an object or in a list, at most so many of each other.
 */
typedef struct level {
  bool is_list, any; /* had an element */
  buffer name;       /* of its elements */
} level;

typedef struct json_source {
  source base;
  source_file file;
  nested *records;
  char *chunk;
  size_t at, held, element; /* in the chunk; bytes of the element at hand */
  bool ended, named, over;  /* the file; the names of the fields went out; the document */
  bool begun;
  size_t line;
  level levels[NESTED_DEEPEST];
  size_t depth;
  status failed; /* to read, in jansson's call */
  problem *problem;
} json_source;

/* Bytes ------------------------------------------------------------------------- */

/* The next byte, which stays; -1 at the end of the file or when it cannot be read. */
static int peek(json_source *j) {
  if (j->at < j->held) return (unsigned char)j->chunk[j->at];
  if (j->ended || j->failed) return -1;
  j->at = j->held = 0;
  j->failed = source_file_read(&j->file, j->chunk, CHUNK, &j->held, j->problem);
  if (j->failed) j->held = 0;
  j->ended = j->held == 0;
  return j->held ? (unsigned char)j->chunk[0] : -1;
}

static void pass(json_source *j) { j->line += j->chunk[j->at++] == '\n'; }

static int peek_sign(json_source *j) {
  int c = peek(j);
  while (c == ' ' || c == '\t' || c == '\n' || c == '\r') pass(j), c = peek(j);
  return c;
}

/* Bytes for jansson, all of the chunk at hand: those that it did not need are taken back. */
static size_t give_bytes(void *to, size_t room, void *context) {
  json_source *j = context;
  if (peek(j) < 0 || j->element > ELEMENT_MOST) return 0;
  size_t count = j->held - j->at < room ? j->held - j->at : room;
  memcpy(to, j->chunk + j->at, count);
  j->element += count;
  for (size_t i = 0; i < count; i++) pass(j);
  return count;
}

static status not_json(const json_source *j, const char *why, problem *p) {
  if (j->failed) return j->failed;
  if (j->element > ELEMENT_MOST)
    return problem_set(p, STATUS_RANGE, "export it in smaller pieces",
                       "%s has an element of more than %d MB", j->file.name, ELEMENT_MOST >> 20);
  buffer said = {0};
  text_add_escaped(&said, slice_of(why));
  buffer_add_char(&said, '\0');
  status s = problem_set(p, STATUS_SYNTAX, "fetch it again; a file that was cut short ends so",
                         "line %zu of %s is no longer JSON: %s", j->line, j->file.name,
                         said.failed ? "" : said.bytes);
  buffer_free(&said);
  return s;
}

/* Any one value. */
static status read_value(json_source *j, json_t **out, problem *p) {
  json_error_t error;
  (void)peek_sign(j);
  j->element = 0;
  *out = json_load_callback(give_bytes, j,
                            JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
  if (!*out) {
    if (json_error_code(&error) == json_error_out_of_memory) return problem_no_memory(p);
    return not_json(j, error.text, p);
  }
  for (; j->element > (size_t)error.position && j->at > 0; j->element--)
    j->line -= j->chunk[--j->at] == '\n';
  return STATUS_OK;
}

/* Values as elements ------------------------------------------------------------- */

static void add_value(nested *n, slice name, json_t *v, bool listed, int depth) {
  char number[40] = "";
  slice text = {0};
  if (json_is_array(v) && !listed) {
    for (size_t i = 0; i < json_array_size(v); i++)
      add_value(n, name, json_array_get(v, i), true, depth);
    return;
  }
  nested_begin(n, name, listed, 0);
  if (json_is_object(v) && depth < NESTED_DEEPEST) {
    for (void *at = json_object_iter(v); at; at = json_object_iter_next(v, at))
      add_value(n, slice_of(json_object_iter_key(at)), json_object_iter_value(at), false,
                depth + 1);
  } else if (json_is_array(v) && depth < NESTED_DEEPEST) {
    for (size_t i = 0; i < json_array_size(v); i++)
      add_value(n, name, json_array_get(v, i), true, depth + 1);
  } else if (json_is_string(v)) {
    text = (slice){json_string_value(v), json_string_length(v)};
  } else if (json_is_integer(v)) {
    (void)snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    text = slice_of(number);
  } else if (json_is_real(v)) {
    (void)snprintf(number, sizeof number, "%.16g", json_real_value(v));
    text = slice_of(number);
  } else if (json_is_boolean(v)) {
    text = slice_of(json_is_true(v) ? "true" : "false");
  }
  if (text.length) nested_text(n, text);
  nested_end(n);
}

/* The document --------------------------------------------------------------------- */

static status restart(json_source *j, problem *p) {
  j->at = j->held = j->depth = 0;
  j->ended = j->begun = j->over = false;
  j->line = 1;
  return source_file_rewind(&j->file, p);
}

static status open_level(json_source *j, bool is_list, slice name, problem *p) {
  if (j->depth == NESTED_DEEPEST)
    return problem_set(p, STATUS_SYNTAX, "export it again as a list of records",
                       "%s has values more than %d deep", j->file.name, NESTED_DEEPEST);
  level *l = &j->levels[j->depth];
  l->is_list = is_list;
  l->any = false;
  buffer_clear(&l->name);
  buffer_add(&l->name, name.at, name.length);
  if (l->name.failed) return problem_no_memory(p);
  j->depth++;
  pass(j);
  return STATUS_OK;
}

/* A value that is an element of the level at hand. An object outside every list is walked into, and
 * so is a list outside every other. */
static status take_value(json_source *j, slice name, problem *p) {
  bool in_list = j->depth && j->levels[j->depth - 1].is_list;
  int c = peek_sign(j);
  if (c == '[' && !in_list) {
    nested_list(j->records);
    return open_level(j, true, name, p);
  }
  if (c == '{' && !in_list) {
    if (j->depth) nested_begin(j->records, name, false, 0);
    return open_level(j, false, name, p);
  }
  json_t *v = NULL;
  status s = read_value(j, &v, p);
  if (s) return s;
  add_value(j->records, name, v, in_list, 0);
  json_decref(v);
  return nested_status(j->records, p);
}

/* One step through the document; *over at its end. */
static status step(json_source *j, bool *over, problem *p) {
  j->problem = p;
  if (!j->begun) {
    static const char mark[] = "\xEF\xBB\xBF";
    j->begun = true;
    for (size_t i = 0; i < 3 && peek(j) == (unsigned char)mark[i]; i++) pass(j);
    int c = peek_sign(j);
    if (c != '{' && c != '[') return not_json(j, "neither an object nor a list begins it", p);
    return take_value(j, (slice){"", 0}, p);
  }
  if (j->depth == 0) {
    *over = peek_sign(j) < 0;
    return *over && !j->failed ? STATUS_OK : not_json(j, "more follows after its end", p);
  }
  level *l = &j->levels[j->depth - 1];
  int c = peek_sign(j);
  if (c == (l->is_list ? ']' : '}')) {
    pass(j);
    j->depth--;
    if (!l->is_list && j->depth) nested_end(j->records);
    return nested_status(j->records, p);
  }
  if (l->any) {
    if (c != ',') return not_json(j, "a comma is missing", p);
    pass(j);
  }
  l->any = true;
  if (l->is_list) return take_value(j, buffer_slice(&l->name), p);
  if (peek_sign(j) != '"') return not_json(j, "a name in quotes is missing", p);
  json_t *key = NULL;
  status s = read_value(j, &key, p);
  if (!s && peek_sign(j) != ':') s = not_json(j, "a colon is missing", p);
  if (!s) pass(j);
  if (!s) s = take_value(j, (slice){json_string_value(key), json_string_length(key)}, p);
  json_decref(key);
  return s;
}

/* The form ------------------------------------------------------------------------- */

static status json_next(source *base, csv_row *out, bool *more, problem *p) {
  json_source *j = (json_source *)base;
  if (!j->named) {
    nested_fields(j->records, out);
    j->named = *more = true;
    return STATUS_OK;
  }
  while (!nested_next(j->records, j->over, out)) {
    status s = nested_status(j->records, p);
    if (s) return s;
    if (j->over) return *more = false, STATUS_OK;
    s = step(j, &j->over, p);
    if (s) return s;
  }
  *more = true;
  return STATUS_OK;
}

static status json_facts(source *base, source_facts *out, problem *p) {
  (void)p;
  *out = source_file_facts(&((const json_source *)base)->file, "UTF-8");
  return STATUS_OK;
}

static uint64_t json_done(const source *base) {
  const json_source *j = (const json_source *)base;
  return j->file.at - (j->held - j->at);
}

static void json_close(source *base) {
  json_source *j = (json_source *)base;
  nested_free(j->records);
  source_file_close(&j->file);
  for (size_t i = 0; i < NESTED_DEEPEST; i++) buffer_free(&j->levels[i].name);
  mem_free(j->chunk);
  mem_free(j);
}

static const source_form form = {
    .name = "json", .next = json_next, .facts = json_facts, .done = json_done, .close = json_close};

status source_open_json(const char *path, const reading *r, source **out, problem *p) {
  json_source *j = mem_new(1, sizeof *j);
  if (!j) return problem_no_memory(p);
  j->base.form = &form;
  status s = source_file_open(path, &j->file, p);
  if (!s && !(j->chunk = mem_new(CHUNK, 1))) s = problem_no_memory(p);
  nested_form shape = {.file = j->file.name, .records = r ? r->records : NULL, .dotted = true};
  if (!s) s = nested_new(&shape, &j->records, p);
  for (bool again = true; !s && again;) {
    bool over = false;
    s = restart(j, p);
    while (!s && !over) s = step(j, &over, p);
    if (!s) s = nested_settle(j->records, &again, p);
  }
  if (!s) s = restart(j, p);
  if (s) {
    json_close(&j->base);
    return s;
  }
  j->base.name = j->file.name;
  j->base.size = (uint64_t)j->file.seen.st_size;
  *out = &j->base;
  return STATUS_OK;
}
