/* xml_stream: libxml2's push parser with handlers of ours; it builds no tree. The contract is in
 * the header.
 *
 * 1. A document type stops the parser when it begins, before any entity can be declared. So
 *    references may be replaced as they come: only characters are left of them. */
#include "store/csv/xml_stream.h"

#include <libxml/parser.h>
#include <string.h>

#include "base/array.h"

enum { ENCODING_ROOM = 32 };

struct xml_stream {
  xmlParserCtxtPtr parser;
  const char *name;
  const xml_events *events;
  void *context;
  xml_attribute *attributes; /* [room] */
  size_t room, depth;
  bool has_type, too_deep, no_memory;
  char encoding[ENCODING_ROOM];
  int error, line; /* libxml2's number of the first error, and where it is; 0: none yet */
  char message[160];
};

static slice slice_of_xml(const xmlChar *text) { return slice_of((const char *)text); }

static void on_begin(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *space, int spaces, const xmlChar **all_spaces, int count,
                     int defaulted, const xmlChar **attributes) {
  xml_stream *x = context;
  (void)prefix, (void)space, (void)spaces, (void)all_spaces, (void)defaulted;
  if (x->too_deep || x->no_memory) return;
  if (x->depth == XML_DEEPEST) {
    x->too_deep = true;
    xmlStopParser(x->parser);
    return;
  }
  x->depth++;
  size_t kept = 0;
  for (int i = 0; i < count; i++) {
    const xmlChar **a = &attributes[5 * i]; /* name, prefix, namespace, value, its end */
    if (a[1] && (strcmp((const char *)a[1], "xsi") == 0 || strcmp((const char *)a[1], "xml") == 0))
      continue; /* how it is to be checked or laid out, not what it says */
    if (array_grow(&x->attributes, kept, &x->room, sizeof *x->attributes, NULL)) {
      x->no_memory = true;
      xmlStopParser(x->parser);
      return;
    }
    x->attributes[kept++] =
        (xml_attribute){slice_of_xml(a[0]), {(const char *)a[3], (size_t)(a[4] - a[3])}};
  }
  x->events->begin(x->context, slice_of_xml(name), x->attributes, kept,
                   (size_t)xmlSAX2GetLineNumber(x->parser));
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *space) {
  xml_stream *x = context;
  (void)name, (void)prefix, (void)space;
  if (x->too_deep || x->no_memory) return;
  x->depth--;
  x->events->end(x->context);
}

static void on_text(void *context, const xmlChar *text, int length) {
  xml_stream *x = context;
  if (!x->too_deep && !x->no_memory)
    x->events->text(x->context, (slice){(const char *)text, (size_t)length});
}

static void on_type(void *context, const xmlChar *name, const xmlChar *public_id,
                    const xmlChar *system_id) {
  xml_stream *x = context;
  (void)name, (void)public_id, (void)system_id;
  x->has_type = true;
  xmlStopParser(x->parser);
}

static void on_error(void *context, xmlErrorPtr error) {
  xml_stream *x = context;
  if (error->level < XML_ERR_ERROR || x->error) return;
  x->error = error->code;
  x->line = error->line;
  const char *said = error->message ? error->message : "unknown";
  size_t length = strcspn(said, "\n");
  if (length >= sizeof x->message) length = sizeof x->message - 1;
  memcpy(x->message, said, length);
  x->message[length] = '\0';
}

static xmlSAXHandler handler = {.internalSubset = on_type,
                                .characters = on_text,
                                .cdataBlock = on_text,
                                .ignorableWhitespace = on_text,
                                .initialized = XML_SAX2_MAGIC,
                                .startElementNs = on_begin,
                                .endElementNs = on_end,
                                .serror = on_error};

status xml_stream_new(const char *name, const xml_events *events, void *context, xml_stream **out,
                      problem *p) {
  xml_stream *x = mem_new(1, sizeof *x);
  if (!x) return problem_no_memory(p);
  *x = (xml_stream){.name = name, .events = events, .context = context, .encoding = "UTF-8"};
  x->parser = xmlCreatePushParserCtxt(&handler, x, NULL, 0, NULL);
  if (!x->parser) {
    mem_free(x);
    return problem_no_memory(p);
  }
  (void)xmlCtxtUseOptions(x->parser, XML_PARSE_NONET | XML_PARSE_NOENT);
  *out = x;
  return STATUS_OK;
}

void xml_stream_free(xml_stream *x) {
  if (!x) return;
  xmlFreeParserCtxt(x->parser);
  mem_free(x->attributes);
  mem_free(x);
}

static status refuse(const xml_stream *x, problem *p) {
  if (x->no_memory || x->error == XML_ERR_NO_MEMORY) return problem_no_memory(p);
  if (x->has_type)
    return problem_set(p, STATUS_SYNTAX, "take the line <!DOCTYPE …> out, or export it without",
                       "%s has a document type, which may name other files", x->name);
  if (x->too_deep)
    return problem_set(p, STATUS_SYNTAX, "export it again as a list of records",
                       "%s has elements more than %d deep", x->name, XML_DEEPEST);
  buffer said = {0};
  text_add_escaped(&said, slice_of(x->message));
  buffer_add_char(&said, '\0');
  status s = problem_set(p, STATUS_SYNTAX, "export it again; a file that was cut short ends so",
                         "line %d of %s is no longer XML: %s", x->line ? x->line : 1, x->name,
                         said.failed ? "" : said.bytes);
  buffer_free(&said);
  return s;
}

static status parse(xml_stream *x, slice bytes, bool last, problem *p) {
  int failed = xmlParseChunk(x->parser, bytes.at, (int)bytes.length, last);
  if (x->parser->encoding) {
    slice declared = slice_of_xml(x->parser->encoding);
    if (declared.length < ENCODING_ROOM) memcpy(x->encoding, declared.at, declared.length + 1);
  }
  return failed || x->has_type || x->too_deep || x->no_memory || !x->parser->wellFormed
             ? refuse(x, p)
             : STATUS_OK;
}

status xml_stream_feed(xml_stream *x, slice bytes, problem *p) { return parse(x, bytes, false, p); }

status xml_stream_end(xml_stream *x, problem *p) { return parse(x, (slice){"", 0}, true, p); }

const char *xml_stream_encoding(const xml_stream *x) { return x->encoding; }

slice xml_attribute_of(const xml_attribute *attributes, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (slice_is(attributes[i].name, name)) return attributes[i].value;
  return (slice){"", 0};
}
