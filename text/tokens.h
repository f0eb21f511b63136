/*
 * tokens.h - the reference beside text_tokenize, for tests: the same tokens, by ICU alone and without memory.
 */
#ifndef TRABAO_TOKENS_H
#define TRABAO_TOKENS_H

#include "text/text.h"

enum trabao_status text_tokenize_by_icu(struct text_analyzer *a, const char *text, size_t n, struct text_tokens *tokens,
                                        struct trabao_error *err);

#endif
