/* digest: the answers of libcrypto's functions say only that they were called. */
#include "store/db/digest.h"

void digest_begin(digest *d) { (void)SHA256_Init(&d->state); }

void digest_add(digest *d, slice bytes) { (void)SHA256_Update(&d->state, bytes.at, bytes.length); }

static void add_number(digest *d, uint64_t n) {
  char bytes[8];
  for (int i = 0; i < 8; i++) bytes[i] = (char)(n >> (8 * i) & 0xFF);
  digest_add(d, (slice){bytes, sizeof bytes});
}

bool digest_add_value(digest *d, sqlite3_value *value) {
  int type = sqlite3_value_type(value);
  add_number(d, (uint64_t)type);
  if (type == SQLITE_NULL) return true;
  if (type == SQLITE_INTEGER) {
    add_number(d, (uint64_t)sqlite3_value_int64(value));
    return true;
  }
  const char *bytes = sqlite3_value_blob(value); /* a number as its text */
  size_t length = (size_t)sqlite3_value_bytes(value);
  add_number(d, length);
  digest_add(d, (slice){bytes ? bytes : "", bytes ? length : 0});
  return bytes || length == 0;
}

void digest_end(digest *d, char hex[DIGEST_HEX]) {
  unsigned char bytes[SHA256_DIGEST_LENGTH];
  (void)SHA256_Final(bytes, &d->state);
  text_hex((slice){(const char *)bytes, sizeof bytes}, hex);
}

void digest_of(slice bytes, char hex[DIGEST_HEX]) {
  digest d;
  digest_begin(&d);
  digest_add(&d, bytes);
  digest_end(&d, hex);
}

static void row_digest(sqlite3_context *context, int count, sqlite3_value **values) {
  enum { BYTES = 6 };
  unsigned char bytes[SHA256_DIGEST_LENGTH];
  int64_t number = 0;
  digest d;
  digest_begin(&d);
  for (int i = 0; i < count; i++)
    if (!digest_add_value(&d, values[i])) {
      sqlite3_result_error_nomem(context);
      return;
    }
  (void)SHA256_Final(bytes, &d.state);
  for (int i = 0; i < BYTES; i++) number = number << 8 | bytes[i];
  sqlite3_result_int64(context, number);
}

int digest_register(sqlite3 *handle) {
  enum { FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };
  return sqlite3_create_function(handle, "row_digest", -1, FLAGS, NULL, row_digest, NULL, NULL);
}
