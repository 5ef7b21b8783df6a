/* page: one page of memory that a worker writes and its host may read, so that
 * a kill can name what was being worked on.
 *
 * The host treats it as hints from a hostile process: any value may be there at
 * any time. The worker writes single words; there is no locking. */
#ifndef WAYMARK_PAGE_H
#define WAYMARK_PAGE_H

#include <stdint.h>

enum { WORKER_PAGE_BYTES = 4096 };

typedef volatile struct worker_page {
  uint32_t record, step; /* as the plugin's job numbers them; 0: none yet */
  uint64_t instructions; /* in thousands' steps, so far */
  uint64_t peak_bytes;   /* of the Lua state, so far */
} worker_page;

#endif
