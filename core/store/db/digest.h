/* digest: SHA-256 as people read it: of a file, of what was recorded, of a backup's tables.
 * libcrypto's, which uses the processor's own instructions where it has them. */
#ifndef WAYMARK_DIGEST_H
#define WAYMARK_DIGEST_H

#include "base/text.h"

enum { DIGEST_HEX = 65 }; /* 64 small hexadecimal digits and a NUL */

typedef struct digest digest;

/* Begins at once. NULL: no memory. Free with digest_free, which takes NULL. */
digest *digest_new(void);
void digest_free(digest *d);

/* Takes the bytes in; a failure is kept for the end. */
void digest_add(digest *d, slice bytes);
/* The digest of all that was added; `d` begins again. STATUS_FAULT: libcrypto failed. */
status digest_end(digest *d, char hex[DIGEST_HEX], problem *p);

/* All three, of one piece. */
status digest_of(slice bytes, char hex[DIGEST_HEX], problem *p);

#endif
