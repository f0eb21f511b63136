/*
 * input.h - files one after another, decompressed.
 */
#ifndef TRABAO_INPUT_H
#define TRABAO_INPUT_H

#include "base/base.h"
#include "base/status.h"
#include "corpus/corpus.h"

#define INPUT_REASON_MAX 256

struct input;

/*
 * Walks PATHS (borrowed) as walk.h describes, without the files that OPTIONS pass over. Statuses: those of walk_open,
 * TRABAO_NO_MEMORY.
 */
enum trabao_status input_open(const char *const *paths, size_t count, const struct corpus_options *options,
                              struct input **out, struct trabao_error *err);
void input_close(struct input *in);

/*
 * Goes to the next file. TRABAO_NONE at the end; TRABAO_DATA, with the reason in REASON and its step in *STEP, if this
 * file cannot be read: the walk goes on with the next call. Another status (and ERR) ends the walk.
 */
enum trabao_status input_next_file(struct input *in, const char **step, char reason[INPUT_REASON_MAX],
                                   struct trabao_error *err);

/* Its path; valid until the next file. */
const char *input_path(const struct input *in);

/*
 * Reads up to N bytes of the file; *GOT 0 at its end. TRABAO_DATA, with a reason, when what follows cannot be
 * decompressed or expands beyond measure; the file must then not be read on.
 */
enum trabao_status input_read(struct input *in, char *out, size_t n, size_t *got, char reason[INPUT_REASON_MAX]);

/* Compressed bytes read so far, and of all regular files; *TOTAL 0: unknown. */
void input_progress(const struct input *in, uint64_t *done, uint64_t *total);

/* Files gone through. */
uint64_t input_files(const struct input *in);

/* Hidden files and folders that were passed over. */
uint64_t input_hidden(const struct input *in);

#endif
