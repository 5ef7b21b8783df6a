/* fuzz_xlsx: any bytes as a workbook of Excel's, see through_source.h. */
#include "through_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return read_source(source_open_xlsx, false, data, size);
}
