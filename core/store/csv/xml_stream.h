/* xml_stream: XML from anywhere, piece by piece, as elements and their text, through libxml2.
 *
 * 1. No document type, hence no entity but the five of XML itself; no other file, no network.
 * 2. Names come without their prefix; names and text are UTF-8, in whole characters.
 * 3. Elements lie at most XML_DEEPEST deep. libxml2's own bounds of names and texts hold. */
#ifndef WAYMARK_STORE_XML_STREAM_H
#define WAYMARK_STORE_XML_STREAM_H

#include "base/text.h"

enum { XML_DEEPEST = 64 };

typedef struct xml_attribute {
  slice name, value;
} xml_attribute;

/* What is called as it comes; all of it is lent for the call. Text comes in any number of pieces.
 */
typedef struct xml_events {
  void (*begin)(void *context, slice name, const xml_attribute *attributes, size_t count,
                size_t line);
  void (*text)(void *context, slice text);
  void (*end)(void *context);
} xml_events;

typedef struct xml_stream xml_stream;

/* `name` is what messages call the file; it, `events` and `context` must stay. */
status xml_stream_new(const char *name, const xml_events *events, void *context, xml_stream **out,
                      problem *p);
void xml_stream_free(xml_stream *x);

/* A piece of less than a gigabyte. STATUS_SYNTAX: it is not well-formed, deeper than it may be, or
 * has a document type. */
status xml_stream_feed(xml_stream *x, slice bytes, problem *p);
/* All of it has been fed. */
status xml_stream_end(xml_stream *x, problem *p);
/* As it is declared, "ISO-8859-1"; "UTF-8" where nothing is. */
const char *xml_stream_encoding(const xml_stream *x);

/* The attribute of that name, or an empty slice. */
slice xml_attribute_of(const xml_attribute *attributes, size_t count, const char *name);

#endif
