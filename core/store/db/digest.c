/* digest: the answers of libcrypto's functions say only that they were called. */
#include "store/db/digest.h"

void digest_begin(digest *d) { (void)SHA256_Init(&d->state); }

void digest_add(digest *d, slice bytes) { (void)SHA256_Update(&d->state, bytes.at, bytes.length); }

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
