/*
 * read.h - a query read with what an archive knows: keystrokes of Telex and VNI become the words they were meant to be,
 * and words typed without blanks are parted.
 */
#ifndef TRABAO_QUERY_READ_H
#define TRABAO_QUERY_READ_H

#include "query/library.h"
#include "query/parse.h"

/*
 * As query_parse. Besides, words that the archive of R has in no reading, and that are keystrokes of words that it has,
 * are read as these (text/keystroke.h), with a warning: all of such words or, unless most of them stand for something
 * in the archive, none. Beside them words that the archive has are read as keys of the same method when more articles
 * have what these make: `vieejt cos` is việt có. The text of the tree is then the query with these words.
 *
 * Then slips of typing that are certain (slips.h) are read as what was meant, with a warning too, and what others may
 * be is the `meant` of the tree. In the strict reading every word is what it is.
 *
 * Of too many words the rarest are kept (rarest.h).
 */
enum trabao_status query_read(struct trabao_reader *r, const struct query_typed *typed, struct query_tree **out,
                              struct trabao_error *err);

#endif
