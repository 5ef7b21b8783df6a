/* nested: a document of elements within elements (XML, JSON) as records of cells.
 *
 * The document is gone through twice, by the same calls. The first time its shape is learnt: which
 * elements there are under which. Then one of them is the record: the one that was named, or the
 * outermost that repeats (of several, the one with the most values). The second time records come.
 *
 * 1. A record's fields are the values in its element, and those beside the elements around it that
 *    do not repeat: a pupil's of each mark, the file's of all.
 * 2. Where no record was named, what repeats inside it makes a record of each, with the fields
 *    around it; a record in which nothing repeats is one by itself.
 * 3. A field is called as its element, or by its path from the record with dots (JSON). Of two with
 *    one name the nearer to the record keeps it; the other gets the names around it.
 * 4. Beside LEA and Estab, the numbers of an authority and of its school in the forms of English
 *    returns, stands LEAEstab, the two in one. A field whose name has "password" in it is dropped.
 * 5. A value that is given several times in one element is joined by "; ".
 * 6. Values are held until the outermost record around them ends, or until there are more than
 *    NESTED_HELD bytes, or an eighth as many values or elements; then what is whole goes out as it
 *    is. */
#ifndef WAYMARK_STORE_NESTED_H
#define WAYMARK_STORE_NESTED_H

#include "store/csv/source.h"

#ifdef FUZZING /* so that short inputs reach every edge */
enum { NESTED_PATHS = 100, NESTED_HELD = 200, NESTED_MOST = 2000, NESTED_LOOKED_UP = 20 };
#else
enum {
  NESTED_PATHS = 8192,         /* different elements in a document, and fields of a record */
  NESTED_HELD = 1 << 20,       /* bytes */
  NESTED_MOST = 8 << 20,       /* of one record with all that is around it */
  NESTED_LOOKED_UP = 20 * 1000 /* entries of lists that are looked up */
};
#endif
enum { NESTED_DEEPEST = 64 };

typedef struct nested nested;

typedef struct nested_form {
  const char *file;    /* what messages call it */
  const char *records; /* the element that was named, or NULL */
  bool dotted;         /* fields are called by their paths, and only lists repeat */
} nested_form;

status nested_new(const nested_form *form, nested **out, problem *p);
void nested_free(nested *n);

/* An element begins. `listed`: it is one of a list, of however many. */
void nested_begin(nested *n, slice name, bool listed, size_t line);
/* A list is there, which may be empty: where nothing is in one, nothing else is a record. */
void nested_list(nested *n);
/* More of its own text. */
void nested_text(nested *n, slice text);
void nested_end(nested *n);
/* An element that is nothing but text; an attribute is one too. */
void nested_value(nested *n, slice name, slice text);
/* What went wrong in these calls; asked after some of them. STATUS_RANGE, STATUS_NO_MEMORY. */
status nested_status(const nested *n, problem *p);

/* The document has been gone through; it is to be gone through again from its beginning: *again is
 * false after the last time before records come. STATUS_SYNTAX: nothing in it is a record. */
status nested_settle(nested *n, bool *again, problem *p);
/* The names of the fields, as a record; lent. */
void nested_fields(const nested *n, csv_row *out);
/* The next record that is whole; false when there is none until more of the document came. With
 * `ended` the document is over. Lent until the next call of any of these. */
bool nested_next(nested *n, bool ended, csv_row *out);

#endif
