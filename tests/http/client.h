/*
 * client.h - what the HTTP tests are written with: a server as a child process, and an HTTP client on a bare socket
 * that can also behave badly.
 *
 * All functions fail the running cmocka test when something does not work, so that tests say only what they are about.
 */
#ifndef TRABAO_TESTS_HTTP_CLIENT_H
#define TRABAO_TESTS_HTTP_CLIENT_H

#include <sys/types.h>

#include "base/buf.h"

struct server {
    pid_t pid;
    int port;
    int log; /* read end of its stderr */
};

struct response {
    int status;
    struct buf head; /* status line and headers, each line ending in CR LF */
    struct buf body;
    bool closed; /* the server closed the connection instead of (or in the middle of) an answer */
};

/* Starts PROGRAM with the arguments ARGS (NULL-terminated, without argv[0]) on a free port, and waits until it listens.
 */
struct server server_start(const char *program, const char *const *args);

/* Sends SIGNAL, waits for the end, and returns the exit status (or 128 + signal). */
int server_end(struct server *server, int signal);

/* Runs PROGRAM to its end; returns its exit status and up to N - 1 bytes of its stderr and stdout. */
int run_program(const char *program, const char *const *args, char *err, size_t err_size, char *out, size_t out_size);

/* A connection; -1 when it is refused. */
int client_try_connect(int port);
int client_connect(int port);
void client_send(int fd, const void *bytes, size_t n);

/* Reads one response; a HEAD response has no body. Free it with response_free. */
void client_read(int fd, bool head, struct response *out);

/* Sends "GET TARGET" with HEADERS ("Name: value\r\n"..., may be "") on an open connection and reads the response. */
void client_get(int fd, const char *target, const char *headers, struct response *out);

/* The same on a connection of its own; METHOD may be any. */
void request(int port, const char *method, const char *target, const char *headers, struct response *out);

/* True when the server closes FD within MS milliseconds; what it sends before that is thrown away. */
bool client_is_closed(int fd, int ms);

/* The value of the header NAME, copied to OUT (of SIZE bytes); false when it is absent. */
bool response_header(const struct response *response, const char *name, char *out, size_t size);
bool response_contains(const struct response *response, const char *text);
void response_free(struct response *response);

double now_ms(void);

#endif
