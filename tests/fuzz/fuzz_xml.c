/* fuzz_xml: any bytes as an XML file, see through_source.h. */
#include "through_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return read_source(source_open_xml, true, data, size);
}
