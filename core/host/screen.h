/* screen: the last door of what people see. What goes to a terminal, and all that goes to standard
 * error, is written through it: controls, what turns the direction of a text and broken bytes
 * arrive as \xNN, wherever they came from. Lines, tabs, our own colours and the line of progress
 * pass; what goes from standard output into a file or a pipe stays as it is. */
#ifndef WAYMARK_SCREEN_H
#define WAYMARK_SCREEN_H

/* From here on, stdout and stderr of this process. Where memory is short they stay as they are. */
void screen_open(void);

#endif
