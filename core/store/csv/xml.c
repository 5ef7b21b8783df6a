/* xml: the form of XML files: elements as records, by nested.h.
 *
 * 1. The file is read twice: which fields there are stands nowhere in it.
 * 2. Attributes are fields as elements are. */
#include <string.h>

#include "store/csv/nested.h"
#include "store/csv/source_file.h"
#include "store/csv/xml_stream.h"

enum { CHUNK = 64 * 1024 };

typedef struct xml_source {
  source base;
  source_file file;
  nested *records;
  xml_stream *stream;
  char *chunk;
  bool named, ended; /* the names of the fields went out; the file has ended */
} xml_source;

static void on_begin(void *context, slice name, const xml_attribute *attributes, size_t count,
                     size_t line) {
  nested *n = context;
  nested_begin(n, name, false, line);
  for (size_t i = 0; i < count; i++) nested_value(n, attributes[i].name, attributes[i].value);
}

static void on_text(void *context, slice text) { nested_text(context, text); }

static void on_end(void *context) { nested_end(context); }

static const xml_events events = {on_begin, on_text, on_end};

/* From the beginning again. */
static status start(xml_source *x, problem *p) {
  status s = source_file_rewind(&x->file, p);
  xml_stream_free(x->stream);
  x->stream = NULL;
  return s ? s : xml_stream_new(x->file.name, &events, x->records, &x->stream, p);
}

static status feed(xml_source *x, bool *ended, problem *p) {
  size_t got = 0;
  status s = source_file_read(&x->file, x->chunk, CHUNK, &got, p);
  if (s) return s;
  *ended = got == 0;
  status parsed =
      got ? xml_stream_feed(x->stream, (slice){x->chunk, got}, p) : xml_stream_end(x->stream, p);
  s = nested_status(x->records, p); /* of which what is wrong of the XML may be a consequence */
  return s ? s : parsed;
}

static status xml_next(source *base, csv_row *out, bool *more, problem *p) {
  xml_source *x = (xml_source *)base;
  if (!x->named) {
    nested_fields(x->records, out);
    x->named = *more = true;
    return STATUS_OK;
  }
  while (!nested_next(x->records, x->ended, out)) {
    status s = nested_status(x->records, p);
    if (s) return s;
    if (x->ended) return *more = false, STATUS_OK;
    s = feed(x, &x->ended, p);
    if (s) return s;
  }
  *more = true;
  return STATUS_OK;
}

static status xml_facts(source *base, source_facts *out, problem *p) {
  const xml_source *x = (const xml_source *)base;
  (void)p;
  *out = source_file_facts(&x->file, xml_stream_encoding(x->stream));
  return STATUS_OK;
}

static uint64_t xml_done(const source *base) { return ((const xml_source *)base)->file.at; }

static void xml_close(source *base) {
  xml_source *x = (xml_source *)base;
  xml_stream_free(x->stream);
  nested_free(x->records);
  source_file_close(&x->file);
  mem_free(x->chunk);
  mem_free(x);
}

static const source_form form = {
    .name = "xml", .next = xml_next, .facts = xml_facts, .done = xml_done, .close = xml_close};

status source_open_xml(const char *path, const reading *r, source **out, problem *p) {
  xml_source *x = mem_new(1, sizeof *x);
  if (!x) return problem_no_memory(p);
  x->base.form = &form;
  status s = source_file_open(path, &x->file, p);
  if (!s && !(x->chunk = mem_new(CHUNK, 1))) s = problem_no_memory(p);
  nested_form shape = {.file = x->file.name, .records = r ? r->records : NULL};
  if (!s) s = nested_new(&shape, &x->records, p);
  for (bool again = true; !s && again;) {
    bool ended = false;
    s = start(x, p);
    while (!s && !ended) s = feed(x, &ended, p);
    if (!s) s = nested_settle(x->records, &again, p);
  }
  if (!s) s = start(x, p);
  if (s) {
    xml_close(&x->base);
    return s;
  }
  x->base.name = x->file.name;
  x->base.size = (uint64_t)x->file.seen.st_size;
  *out = &x->base;
  return STATUS_OK;
}
