/* digest: owns one context of libcrypto, which is ready to take bytes from digest_new on
 * and after each end. */
#include "store/db/digest.h"

#include <openssl/evp.h>

struct digest {
  EVP_MD_CTX *context;
  bool failed;
};

static void begin(digest *d) { d->failed = !EVP_DigestInit_ex(d->context, EVP_sha256(), NULL); }

digest *digest_new(void) {
  digest *d = mem_new(1, sizeof *d);
  if (d && !(d->context = EVP_MD_CTX_new())) {
    mem_free(d);
    return NULL;
  }
  if (d) begin(d);
  return d;
}

void digest_free(digest *d) {
  if (!d) return;
  EVP_MD_CTX_free(d->context);
  mem_free(d);
}

void digest_add(digest *d, slice bytes) {
  if (!EVP_DigestUpdate(d->context, bytes.at, bytes.length)) d->failed = true;
}

status digest_end(digest *d, char hex[DIGEST_HEX], problem *p) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  bool failed = d->failed || !EVP_DigestFinal_ex(d->context, bytes, &length);
  begin(d);
  if (failed || length * 2 + 1 != DIGEST_HEX)
    return problem_set(p, STATUS_FAULT, NULL, "a digest cannot be worked out");
  text_hex((slice){(const char *)bytes, length}, hex);
  return STATUS_OK;
}

status digest_of(slice bytes, char hex[DIGEST_HEX], problem *p) {
  digest *d = digest_new();
  if (!d) return problem_no_memory(p);
  digest_add(d, bytes);
  status s = digest_end(d, hex, p);
  digest_free(d);
  return s;
}
