/*
 * input.h - files one after another, decompressed.
 */
#ifndef TRABAO_INPUT_H
#define TRABAO_INPUT_H

#include "base/base.h"
#include "base/status.h"

struct input;

/* Walks PATHS: files, folders (recursively, in name order, without hidden files), "-" for standard input. */
enum trabao_status input_open(const char *const *paths, size_t count, struct input **out, struct trabao_error *err);
void input_close(struct input *in);

/*
 * Goes to the next file. TRABAO_NONE at the end; TRABAO_NO_INPUT or TRABAO_DATA, with the reason in REASON (256 bytes)
 * and its step in *STEP, if this file cannot be read: the walk goes on with the next call.
 */
enum trabao_status input_next_file(struct input *in, const char **step, char reason[256]);

/* Its path; valid until the input is closed. */
const char *input_path(const struct input *in);

/*
 * Reads up to N bytes of the file; *GOT 0 at its end. TRABAO_DATA, with a reason, when what follows cannot be
 * decompressed or expands beyond measure.
 */
enum trabao_status input_read(struct input *in, char *out, size_t n, size_t *got, char reason[256]);

/* Compressed bytes read so far, and of all regular files; *TOTAL 0: unknown. */
void input_progress(const struct input *in, uint64_t *done, uint64_t *total);

/* Files gone through. */
uint64_t input_files(const struct input *in);

#endif
