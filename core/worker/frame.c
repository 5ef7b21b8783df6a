/* frame: nine bytes of header, then the payload, by read and write alone where nobody is in a
 * hurry: the jail allows no more. */
#include "worker/frame.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MIB = 1024 * 1024 };

typedef struct kind_row {
  const char *name;
  uint32_t limit;
} kind_row;

static const kind_row kinds[FRAME_KINDS] = {[FRAME_READY] = {"ready", MIB},
                                            [FRAME_LOAD] = {"load", 4 * MIB},
                                            [FRAME_DECLARED] = {"declared", MIB},
                                            [FRAME_BATCH] = {"batch", 16 * MIB},
                                            [FRAME_SUGGESTED] = {"suggested", 4 * MIB},
                                            [FRAME_TRY] = {"try", 4 * MIB},
                                            [FRAME_RESULT] = {"result", MIB},
                                            [FRAME_END] = {"end", MIB},
                                            [FRAME_DONE] = {"done", MIB},
                                            [FRAME_REFUSED] = {"refused", MIB},
                                            [FRAME_EVENTS] = {"events", 17 * MIB},
                                            [FRAME_EFFECTS] = {"effects", 4 * MIB},
                                            [FRAME_CONSULT] = {"consult", 17 * MIB},
                                            [FRAME_CONSULTED] = {"consulted", MIB}};

uint32_t frame_limit(frame_kind kind) { return kinds[kind].limit; }

const char *frame_kind_name(frame_kind kind) { return kinds[kind].name; }

bool frame_kind_of(slice name, frame_kind *out) {
  for (int i = FRAME_READY; i < FRAME_KINDS; i++) {
    if (!slice_is(name, kinds[i].name)) continue;
    *out = (frame_kind)i;
    return true;
  }
  return false;
}

static uint32_t get_u32(const uint8_t *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put_u32(uint8_t *at, uint32_t n) {
  for (int i = 0; i < 4; i++) at[i] = (uint8_t)(n >> (8 * i));
}

status frame_parse_header(const uint8_t bytes[FRAME_HEADER], frame_header *out, problem *p) {
  uint32_t length = get_u32(bytes);
  uint8_t kind = bytes[4];
  if (kind < FRAME_READY || kind >= FRAME_KINDS)
    return problem_set(p, STATUS_CORRUPT, NULL, "a message of an unknown kind (%u)", kind);
  if (length > kinds[kind].limit)
    return problem_set(p, STATUS_CORRUPT, NULL, "a message of %lu bytes, more than a %s may have",
                       (unsigned long)length, kinds[kind].name);
  *out = (frame_header){length, (frame_kind)kind, get_u32(bytes + 5)};
  return STATUS_OK;
}

/* Time --------------------------------------------------------------------- */

int64_t frame_time(clockid_t clock) {
  struct timespec t;
  return clock_gettime(clock, &t) == 0 ? (int64_t)t.tv_sec * 1000000000 + t.tv_nsec : 0;
}

int64_t frame_time_in(clockid_t clock, double seconds) {
  if (!(seconds > 0)) seconds = 0;
  if (seconds > 1e8) seconds = 1e8;
  return frame_time(clock) + (int64_t)(seconds * 1e9);
}

/* Wait until `fd` can do `events` (it may also have ended). What is there already
 * is in time, however late it is looked at. Nobody works for longer than it takes by the wall. */
static status wait_for(int fd, short events, const frame_patience *patience, problem *p) {
  for (;;) {
    int64_t left = patience->wall - frame_time(CLOCK_MONOTONIC);
    int64_t work = patience->work - frame_time(patience->clock);
    if (work < left) left = work;
    int64_t milliseconds = left > 0 ? left / 1000000 + 1 : 0;
    struct pollfd one = {.fd = fd, .events = events};
    int n = poll(&one, 1, milliseconds > 60000 ? 60000 : (int)milliseconds);
    if (n > 0) return STATUS_OK;
    if (n == 0 && left <= 0)
      return problem_set(p, STATUS_BUSY, NULL, "no answer within the time limit");
    if (n < 0 && errno != EINTR)
      return problem_set(p, STATUS_IO, NULL, "cannot wait for the worker: %s", strerror(errno));
  }
}

/* Bytes -------------------------------------------------------------------- */

static status gone(problem *p) {
  return problem_set(p, STATUS_IO, NULL, "the other side of the channel is gone");
}

static bool try_again(ssize_t n) {
  return n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK);
}

static status write_all(int fd, const frame_patience *patience, slice bytes, problem *p) {
  while (bytes.length) {
    ssize_t n;
    if (!patience) {
      n = write(fd, bytes.at, bytes.length);
    } else {
      status s = wait_for(fd, POLLOUT, patience, p);
      if (s != STATUS_OK) return s;
      n = send(fd, bytes.at, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    if (try_again(n)) continue;
    if (n <= 0) return gone(p);
    bytes = (slice){bytes.at + n, bytes.length - (size_t)n};
  }
  return STATUS_OK;
}

static status read_all(int fd, const frame_patience *patience, void *to, size_t length,
                       problem *p) {
  char *at = to;
  while (length) {
    ssize_t n;
    if (!patience) {
      n = read(fd, at, length);
    } else {
      status s = wait_for(fd, POLLIN, patience, p);
      if (s != STATUS_OK) return s;
      n = recv(fd, at, length, MSG_DONTWAIT);
    }
    if (try_again(n)) continue;
    if (n <= 0) return gone(p);
    at += n;
    length -= (size_t)n;
  }
  return STATUS_OK;
}

/* Frames ------------------------------------------------------------------- */

status frame_write(int fd, const frame_patience *patience, frame_kind kind, uint32_t sequence,
                   slice payload, problem *p) {
  uint8_t header[FRAME_HEADER];
  if (payload.length > kinds[kind].limit)
    return problem_set(p, STATUS_RANGE, NULL, "a %s message of %zu bytes is too long",
                       kinds[kind].name, payload.length);
  put_u32(header, (uint32_t)payload.length);
  header[4] = (uint8_t)kind;
  put_u32(header + 5, sequence);
  status s = write_all(fd, patience, (slice){(const char *)header, sizeof header}, p);
  return s == STATUS_OK ? write_all(fd, patience, payload, p) : s;
}

status frame_read(int fd, const frame_patience *patience, frame_header *header, buffer *payload,
                  problem *p) {
  uint8_t bytes[FRAME_HEADER];
  frame_header read_header = {0};
  status s = read_all(fd, patience, bytes, sizeof bytes, p);
  if (s == STATUS_OK) s = frame_parse_header(bytes, &read_header, p);
  if (s != STATUS_OK) return s;
  buffer_clear(payload);
  char *room = buffer_room(payload, read_header.length);
  if (!room) return problem_no_memory(p);
  s = read_all(fd, patience, room, read_header.length, p);
  if (s != STATUS_OK) return s;
  payload->length = read_header.length;
  *header = read_header;
  return STATUS_OK;
}
