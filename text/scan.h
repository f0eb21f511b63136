/*
 * scan.h - the fast way to the words of Latin text, without ICU: the same words as segment.h finds.
 *
 * Sixteen bytes at a time are searched for the end of a run of letters, digits and non-ASCII bytes; such a run that
 * was seen before is a word whose form is remembered (memo.h). Any other run is looked at character by character, and
 * a chunk between ASCII blanks that holds a character outside the tables of letter.h goes to ICU.
 */
#ifndef TRABAO_SCAN_H
#define TRABAO_SCAN_H

#include "text/collect.h"
#include "text/segment.h"

/* Cuts the text of C, whose memo is set. *SEGMENTER is opened when it is first needed. */
enum trabao_status scan_text(struct collector *c, struct segmenter **segmenter, struct trabao_error *err);

#endif
