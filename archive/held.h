/*
 * held.h - files that SQLite reads through a descriptor, so that it is the same file whatever has come to its path.
 */
#ifndef TRABAO_HELD_H
#define TRABAO_HELD_H

#include "base/base.h"

#define HELD_VFS "trabao-held" /* the name that SQLite knows it by */
#define HELD_NAME_MAX 32

/* Makes the VFS known to SQLite; once is enough, more often is fine. */
void held_register(void);

/* What FD is called there. It need not stay open once a handle has been opened. */
void held_name(int fd, char out[HELD_NAME_MAX]);

#endif
