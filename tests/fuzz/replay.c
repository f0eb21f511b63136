/*
 * replay.c - runs kept inputs through a fuzz target without a fuzzer: replay_TARGET FILE...
 *
 * Linked with one tests/fuzz/fuzz_*.c. Each file is read by a child process of its own, so that one that crashes is
 * named and the others are still run; "ok FILE" or "FAILED FILE" is printed for each, and the exit status is 1 if one
 * failed. The exit status of a child is what a sanitizer makes of it; a child that runs longer than a minute is ended.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/mem.h"

#define INPUT_CEILING ((size_t)16 << 20)
#define SECONDS_PER_INPUT 60

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_file(const char *path, struct buf *out)
{
    char block[65536];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    size_t n;
    while ((n = fread(block, 1, sizeof block, file)) > 0) {
        buf_append(out, block, n);
    }
    const bool whole = !ferror(file) && !buf_failed(out);
    fclose(file);
    return whole;
}

/* The exit status of the child. The bytes lie in a block of exactly their size, so that reading past it is seen. */
static int run_one(const char *path)
{
    struct buf input;
    buf_init(&input, INPUT_CEILING);
    if (!read_file(path, &input)) {
        perror(path);
        return 1;
    }
    uint8_t *exact = mem_alloc(input.len, 1);
    if (exact == NULL) {
        abort();
    }
    if (input.len > 0) {
        memcpy(exact, input.data, input.len);
    }
    alarm(SECONDS_PER_INPUT);
    LLVMFuzzerTestOneInput(exact, input.len);
    mem_free(exact);
    buf_free(&input);
    return 0;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        int status;
        const pid_t child = fork();
        if (child == 0) {
            return run_one(argv[i]);
        }
        if (child < 0 || waitpid(child, &status, 0) != child) {
            perror("replay");
            return 70;
        }
        failed |= status != 0;
        printf("%s %s\n", status == 0 ? "ok" : "FAILED", argv[i]);
        fflush(stdout);
    }
    return failed;
}
