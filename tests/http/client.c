/*
 * client.c - child processes and sockets for the HTTP tests; see client.h.
 */
#include "tests/http/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define START_MS 20000  /* a server under a sanitizer on a busy machine */
#define ANSWER_MS 30000 /* longer than any limit of the server */
#define ARGS_MAX 16

double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- processes ----------------------------------------------------------------------------------------------- */

static pid_t spawn(const char *program, const char *const *args, int out_fd, int err_fd)
{
    const char *argv[ARGS_MAX] = {program};
    for (size_t i = 0; args[i] != NULL; i++) {
        assert_true(i + 2 < ARGS_MAX);
        argv[i + 1] = args[i];
    }
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves its server behind */
        dup2(out_fd, STDOUT_FILENO);
        dup2(err_fd, STDERR_FILENO);
        execv(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    return pid;
}

static int wait_for(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct server server_start(const char *program, const char *const *args)
{
    int err[2];
    assert_int_equal(pipe2(err, O_CLOEXEC), 0);
    struct server server = {.log = err[0]};
    server.pid = spawn(program, args, STDOUT_FILENO, err[1]);
    close(err[1]);
    char line[512] = "";
    size_t n = 0;
    const double end = now_ms() + START_MS;
    const char *found = NULL;
    while (found == NULL && n < sizeof line - 1) {
        struct pollfd wait = {.fd = server.log, .events = POLLIN};
        assert_true(now_ms() < end && poll(&wait, 1, 1000) >= 0);
        if (wait.revents != 0) {
            const ssize_t got = read(server.log, line + n, sizeof line - 1 - n);
            if (got <= 0) {
                fail_msg("the server ended: %s", line);
            }
            n += (size_t)got;
            line[n] = '\0';
            const char *url = strstr(line, "http://");
            found = url != NULL && strchr(url, '\n') != NULL ? url : NULL;
        }
    }
    assert_non_null(found);
    server.port = (int)strtol(strchr(found + strlen("http://"), ':') + 1, NULL, 10);
    return server;
}

int server_end(struct server *server, int signal)
{
    kill(server->pid, signal);
    const int status = wait_for(server->pid);
    close(server->log);
    return status;
}

static void read_all(int fd, char *out, size_t size)
{
    size_t n = 0;
    ssize_t got;
    while (n < size - 1 && (got = read(fd, out + n, size - 1 - n)) > 0) {
        n += (size_t)got;
    }
    out[n] = '\0';
    close(fd);
}

int run_program(const char *program, const char *const *args, char *err, size_t err_size, char *out, size_t out_size)
{
    int err_pipe[2], out_pipe[2];
    assert_int_equal(pipe2(err_pipe, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out_pipe, O_CLOEXEC), 0);
    const pid_t pid = spawn(program, args, out_pipe[1], err_pipe[1]);
    close(err_pipe[1]);
    close(out_pipe[1]);
    read_all(out_pipe[0], out, out_size);
    read_all(err_pipe[0], err, err_size);
    return wait_for(pid);
}

/* ---- sockets ------------------------------------------------------------------------------------------------- */

int client_try_connect(int port)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int client_connect(int port)
{
    const int fd = client_try_connect(port);
    assert_true(fd >= 0);
    return fd;
}

void client_send(int fd, const void *bytes, size_t n)
{
    for (size_t sent = 0; sent < n;) {
        const ssize_t step = send(fd, (const char *)bytes + sent, n - sent, MSG_NOSIGNAL);
        if (step < 0) {
            return; /* refused early: the answer, if there is one, is what counts */
        }
        sent += (size_t)step;
    }
}

/* Reads what is there, at most N bytes; 0 at the end. */
static size_t receive(int fd, char *out, size_t n, int ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    if (poll(&wait, 1, ms) <= 0) {
        fail_msg("no answer within %d ms", ms);
    }
    const ssize_t got = recv(fd, out, n, 0);
    return got > 0 ? (size_t)got : 0;
}

static bool read_head(int fd, struct response *out)
{
    char byte;
    while (out->head.len < 4 || strcmp(buf_str(&out->head) + out->head.len - 4, "\r\n\r\n") != 0) {
        if (receive(fd, &byte, 1, ANSWER_MS) == 0) {
            return false;
        }
        assert_true(buf_append_char(&out->head, byte));
    }
    return true;
}

void client_read(int fd, bool head, struct response *out)
{
    *out = (struct response){0};
    buf_init(&out->head, 1 << 20);
    buf_init(&out->body, 256 << 20);
    if (!read_head(fd, out)) {
        out->closed = true;
        return;
    }
    assert_int_equal(strncmp(buf_str(&out->head), "HTTP/1.", 7), 0);
    out->status = (int)strtol(buf_str(&out->head) + 9, NULL, 10);
    char length[32] = "0";
    response_header(out, "Content-Length", length, sizeof length);
    size_t left = head || out->status == 304 ? 0 : strtoul(length, NULL, 10);
    char piece[65536];
    while (left > 0) {
        const size_t got = receive(fd, piece, MIN(left, sizeof piece), ANSWER_MS);
        if (got == 0) {
            out->closed = true;
            return;
        }
        assert_true(buf_append(&out->body, piece, got));
        left -= got;
    }
}

static void send_request(int fd, const char *method, const char *target, const char *headers)
{
    struct buf text;
    buf_init(&text, 16 << 20);
    buf_append_str(&text, method);
    buf_append_str(&text, " ");
    buf_append_str(&text, target);
    buf_append_str(&text, " HTTP/1.1\r\nHost: localhost\r\n");
    buf_append_str(&text, headers);
    assert_true(buf_append_str(&text, "\r\n"));
    client_send(fd, text.data, text.len);
    buf_free(&text);
}

void client_get(int fd, const char *target, const char *headers, struct response *out)
{
    send_request(fd, "GET", target, headers);
    client_read(fd, false, out);
}

void request(int port, const char *method, const char *target, const char *headers, struct response *out)
{
    const int fd = client_connect(port);
    send_request(fd, method, target, headers);
    client_read(fd, strcmp(method, "HEAD") == 0, out);
    close(fd);
}

bool client_is_closed(int fd, int ms)
{
    const double end = now_ms() + ms;
    char piece[65536];
    while (now_ms() < end) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, (int)MAX(end - now_ms(), 0.0)) > 0 && recv(fd, piece, sizeof piece, 0) <= 0) {
            return true;
        }
    }
    return false;
}

/* ---- responses ----------------------------------------------------------------------------------------------- */

bool response_header(const struct response *response, const char *name, char *out, size_t size)
{
    const size_t name_len = strlen(name);
    const char *line = strstr(buf_str(&response->head), "\r\n");
    while (line != NULL && line[2] != '\0') {
        line += 2;
        const char *end = strstr(line, "\r\n");
        if (strncasecmp(line, name, name_len) == 0 && line[name_len] == ':') {
            const char *value = line + name_len + 1 + strspn(line + name_len + 1, " ");
            snprintf(out, size, "%.*s", (int)(end - value), value);
            return true;
        }
        line = end;
    }
    return false;
}

bool response_contains(const struct response *response, const char *text)
{
    return strstr(buf_str(&response->body), text) != NULL;
}

void response_free(struct response *response)
{
    buf_free(&response->head);
    buf_free(&response->body);
}
