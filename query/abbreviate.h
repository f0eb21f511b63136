/*
 * abbreviate.h - an abbreviation or the words it stands for, in a query: one unit, that any of its spellings matches.
 *
 * UBND, "UBND", ủy ban nhân dân and uy ban nhan dan all become (or =ubnd (=phrase ủy ban nhân dân)). A unit is a run of
 * words beside one another or the whole of a phrase; within a longer phrase or a NEAR, the phrase becomes the OR of
 * what it is with each spelling. Spellings are taken as they are written, at every tier, so that all of them find the
 * same articles; one typed without its marks finds those besides that write it so. Words after = and in fields other
 * than title: are left alone, and `understood` stays as typed.
 */
#ifndef TRABAO_ABBREVIATE_H
#define TRABAO_ABBREVIATE_H

#include "archive/archive.h"
#include "query/parse.h"

/* Replaces the units in TREE. What an archive lacks is left as it was typed. TRABAO_NO_MEMORY at worst. */
enum trabao_status query_abbreviate(const struct archive *archive, struct query_tree *tree, struct trabao_error *err);

#endif
