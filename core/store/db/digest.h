/* digest: SHA-256 as people read it: of a file, of what was recorded, of a backup's tables.
 * libcrypto's plain functions, which use the processor's own instructions where it has them, take
 * no memory and cannot fail; its newer ones look the method up at each beginning, which costs more
 * than the digest of a plugin's file. */
#ifndef WAYMARK_DIGEST_H
#define WAYMARK_DIGEST_H

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "base/text.h"

enum { DIGEST_HEX = 2 * SHA256_DIGEST_LENGTH + 1 }; /* small hexadecimal digits and a NUL */

/* A value: nothing of it has to be freed. */
typedef struct digest {
  SHA256_CTX state;
} digest;

void digest_begin(digest *d);
void digest_add(digest *d, slice bytes);
/* A value of a row with its type and length: its form may never change, since backups have it.
 * False: no memory for its text. */
bool digest_add_value(digest *d, sqlite3_value *value);
/* The digest of all that was added since the beginning. */
void digest_end(digest *d, char hex[DIGEST_HEX]);

/* All three, of one piece. */
void digest_of(slice bytes, char hex[DIGEST_HEX]);

/* The function row_digest(value, …) of SQL: the first 48 bits of the digest of its values, which
 * are enough to find an accident, and short in a row. -> SQLite's answer */
int digest_register(sqlite3 *handle);

#endif
