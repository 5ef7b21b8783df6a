/* page_jail: another program (weasyprint) that works on what lies in one folder, and is kept from
 * everything else.
 *
 * 1. No network and no sockets at all; no look into other processes.
 * 2. No files but those of the folder, to read and to write, and those that a program is made of,
 *    to read: /usr, libraries, fonts, its own folder.
 * 3. It fails closed: where the kernel offers too little, the program is not started. */
#ifndef WAYMARK_PAGE_JAIL_H
#define WAYMARK_PAGE_JAIL_H

enum { PAGE_JAIL_REFUSED = 126, PAGE_JAIL_NO_PROGRAM = 127 };

/* Become the program words[0] of PATH, in `folder`, with these words. Comes back only to say that
 * it could not be, as an exit status; why stands on stderr. */
int page_jail_run(const char *folder, char *const words[]);

#endif
