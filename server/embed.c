/*
 * embed.c - the build tool that turns static files into C: embed OUT.c OUT.h FILE...
 *
 * OUT.c defines the table of static_file.h. A file called X.css is served at /static/X-HASH.css and OUT.h defines
 * STATIC_X_CSS as that address; any other file is served under its own name at the root.
 */
#include <ctype.h>
#include <errno.h>

#include "base/base.h"
#include "base/hash.h"

struct asset {
    const char *name; /* the last part of its path */
    const char *type;
    unsigned char *data;
    size_t len;
    uint64_t hash;
    bool hashed;
};

static const char *content_type(const char *name)
{
    static const char *const types[][2] = {
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".txt", "text/plain; charset=utf-8"},
    };
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < ARRAY_LEN(types); i++) {
        if (strcmp(dot, types[i][0]) == 0) {
            return types[i][1];
        }
    }
    return NULL;
}

/* Reads the whole file; false when it cannot be read or is of an unknown kind. */
static bool load(const char *path, struct asset *out)
{
    const char *slash = strrchr(path, '/');
    out->name = slash != NULL ? slash + 1 : path;
    out->type = content_type(out->name);
    out->hashed = strstr(out->name, ".css") != NULL;
    FILE *file = fopen(path, "rb");
    if (out->type == NULL || file == NULL) {
        return false;
    }
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    out->data = size < 0 ? NULL : malloc((size_t)size + 1);
    out->len = out->data == NULL ? 0 : fread(out->data, 1, (size_t)size, file);
    const bool ok = out->data != NULL && out->len == (size_t)size;
    fclose(file);
    if (ok) {
        out->hash = hash_add(HASH_START, out->data, out->len);
    }
    return ok;
}

static void write_path(FILE *out, const struct asset *asset)
{
    const char *dot = strrchr(asset->name, '.');
    if (asset->hashed) {
        fprintf(out, "\"/static/%.*s-%016llx%s\"", (int)(dot - asset->name), asset->name,
                (unsigned long long)asset->hash, dot);
    } else {
        fprintf(out, "\"/%s\"", asset->name);
    }
}

static void write_header(FILE *out, const struct asset *assets, size_t count)
{
    fputs("/* Written by server/embed.c. */\n", out);
    for (size_t i = 0; i < count; i++) {
        fputs("#define STATIC_", out);
        for (const char *c = assets[i].name; *c != '\0'; c++) {
            fputc(isalnum((unsigned char)*c) ? toupper((unsigned char)*c) : '_', out);
        }
        fputc(' ', out);
        write_path(out, &assets[i]);
        fputc('\n', out);
    }
}

static void write_source(FILE *out, const struct asset *assets, size_t count)
{
    fputs("/* Written by server/embed.c. */\n#include \"server/static_file.h\"\n", out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "\nstatic const unsigned char data_%zu[] = {", i);
        for (size_t k = 0; k < assets[i].len; k++) {
            fprintf(out, "%s%d,", k % 24 == 0 ? "\n    " : "", assets[i].data[k]);
        }
        fputs("\n};\n", out);
    }
    fputs("\nconst struct static_file static_files[] = {\n", out);
    for (size_t i = 0; i < count; i++) {
        fputs("    {", out);
        write_path(out, &assets[i]);
        fprintf(out, ", \"%s\", data_%zu, sizeof data_%zu, %s},\n", assets[i].type, i, i,
                assets[i].hashed ? "true" : "false");
    }
    fprintf(out, "};\n\nconst size_t static_file_count = %zu;\n", count);
}

static bool write_file(const char *path, void (*write)(FILE *, const struct asset *, size_t),
                       const struct asset *assets, size_t count)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fprintf(stderr, "embed: cannot write %s: %s\n", path, strerror(errno));
        return false;
    }
    write(file, assets, count);
    return fclose(file) == 0;
}

int main(int argc, char **argv)
{
    static struct asset assets[16];
    const size_t count = argc > 3 ? (size_t)argc - 3 : 0;
    if (count == 0 || count > ARRAY_LEN(assets)) {
        fputs("usage: embed OUT.c OUT.h FILE...\n", stderr);
        return 64;
    }
    for (size_t i = 0; i < count; i++) {
        if (!load(argv[i + 3], &assets[i])) {
            fprintf(stderr, "embed: cannot use %s\n", argv[i + 3]);
            return 66;
        }
    }
    const bool ok =
        write_file(argv[1], write_source, assets, count) && write_file(argv[2], write_header, assets, count);
    for (size_t i = 0; i < count; i++) {
        free(assets[i].data);
    }
    return ok ? 0 : 74;
}
