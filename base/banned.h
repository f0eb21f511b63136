/*
 * banned.h - functions that overrun buffers, share hidden state or lose errors become compile errors.
 *
 * Use struct buf (buf.h) for text, strtoll with its end pointer for numbers, civil dates (civil.h) for time.
 */
#ifndef TRABAO_BANNED_H
#define TRABAO_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* With fortified headers some of them are macros, which must be gone before their names are poisoned. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok atoi atol atoll atof gets
#pragma GCC poison gmtime localtime ctime asctime

#endif
