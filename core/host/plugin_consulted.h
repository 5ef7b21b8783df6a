/* plugin_consulted: what a worker may answer to CONSULT (a step's complete, checklist,
 * routes or fills, for one pupil). Every kind has a closed form; texts have at most 500
 * bytes and no control characters in their names, lists and maps at most 200 items. */
#ifndef WAYMARK_PLUGIN_CONSULTED_H
#define WAYMARK_PLUGIN_CONSULTED_H

#include <jansson.h>
#include <stdbool.h>

bool plugin_consulted_is(const json_t *object);

#endif
