/* source_file: the contract is in the header. */
#include "store/csv/source_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "store/db/file.h"

static status io_failed(const source_file *f, int reason, problem *p) {
  return problem_set(p, STATUS_IO, "check the file and its permissions", "cannot read %s: %s",
                     f->name, strerror(reason));
}

status source_file_open(const char *path, source_file *out, problem *p) {
  const char *slash = strrchr(path, '/');
  const char *base = slash && slash[1] ? slash + 1 : path;
  *out = (source_file){.fd = -1};
  status s = file_open(path, &out->fd, &out->seen, p);
  if (s) return s;
  digest_begin(&out->state);
  out->name = mem_copy_text(base, strlen(base));
  return out->name ? STATUS_OK : problem_no_memory(p);
}

void source_file_close(source_file *f) {
  if (f->fd >= 0) (void)close(f->fd);
  mem_free(f->name);
  *f = (source_file){.fd = -1};
}

status source_file_read(source_file *f, char *bytes, size_t room, size_t *got, problem *p) {
  ssize_t n;
  do n = read(f->fd, bytes, room);
  while (n < 0 && errno == EINTR);
  if (n < 0) return io_failed(f, errno, p);
  *got = (size_t)n;
  f->at += (uint64_t)n;
  if (n > 0) {
    if (!f->digested) digest_add(&f->state, (slice){bytes, (size_t)n});
    return STATUS_OK;
  }
  if (!f->digested) digest_end(&f->state, f->digest);
  f->digested = true;
  return source_file_check(f, p);
}

status source_file_check(const source_file *f, problem *p) {
  struct stat now;
  if (fstat(f->fd, &now) != 0) return io_failed(f, errno, p);
  if (now.st_size == f->seen.st_size && now.st_mtim.tv_sec == f->seen.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == f->seen.st_mtim.tv_nsec && f->at == (uint64_t)now.st_size)
    return STATUS_OK;
  return problem_set(p, STATUS_IO, "wait until it is written, then import it again",
                     "%s changed while it was read", f->name);
}

status source_file_rewind(source_file *f, problem *p) {
  if (lseek(f->fd, 0, SEEK_SET) != 0) return io_failed(f, errno, p);
  if (!f->digested) digest_begin(&f->state);
  f->at = 0;
  return STATUS_OK;
}

source_facts source_file_facts(const source_file *f, const char *encoding) {
  return (source_facts){
      .digest = f->digest, .encoding = encoding, .bytes = (uint64_t)f->seen.st_size};
}
