/*
 * static_file.h - the files that are built into the program: style sheet, icon, robots.txt.
 *
 * server/embed.c writes the table at build time, and beside it server_static.h with the addresses that pages link to. A
 * style sheet's address carries a hash of its content, so that it can be kept for ever.
 */
#ifndef TRABAO_SERVER_STATIC_FILE_H
#define TRABAO_SERVER_STATIC_FILE_H

#include "base/base.h"

struct static_file {
    const char *path; /* for instance "/static/style-0123456789abcdef.css" */
    const char *content_type;
    const unsigned char *data;
    size_t len;
    bool hashed; /* the path changes with the content */
};

extern const struct static_file static_files[];
extern const size_t static_file_count;

#endif
