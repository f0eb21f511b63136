/*
 * listen.c - resolving and binding the listening address; see listen.h.
 */
#include "server/listen.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST_MAX 256
#define BACKLOG 512

/* Splits "host:port" at its last colon, and takes the brackets off an IPv6 address. */
static enum trabao_status split(const char *address, char host[HOST_MAX], const char **port, struct trabao_error *err)
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || colon[1] == '\0' || colon[1 + strspn(colon + 1, "0123456789")] != '\0' ||
        strlen(colon + 1) > 5 || strtol(colon + 1, NULL, 10) > 65535) {
        return error_set(err, TRABAO_USAGE, "--listen %s: must be ADDRESS:PORT, for instance 127.0.0.1:8080", address);
    }
    const char *start = address;
    size_t n = (size_t)(colon - address);
    if (n >= 2 && start[0] == '[' && start[n - 1] == ']') {
        start++;
        n -= 2;
    } else if (memchr(start, ':', n) != NULL) {
        return error_set(err, TRABAO_USAGE, "--listen %s: an IPv6 address needs brackets, as in [::1]:8080", address);
    }
    if (n >= HOST_MAX) {
        return error_set(err, TRABAO_USAGE, "--listen: the host name is too long");
    }
    snprintf(host, HOST_MAX, "%.*s", (int)n, start);
    *port = colon + 1;
    return TRABAO_OK;
}

/* Binds one of the addresses that a name resolves to; -1 and errno when it does not work. */
static int try_bind(const struct addrinfo *candidate)
{
    const int fd =
        socket(candidate->ai_family, candidate->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, candidate->ai_protocol);
    if (fd < 0) {
        return -1;
    }
    const int on = 1;
    /* A restarted server must not wait for the connections of the old one to fade away. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, candidate->ai_addr, candidate->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        const int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static void describe(int fd, char name[LISTEN_NAME_MAX])
{
    struct sockaddr_storage bound;
    socklen_t len = sizeof bound;
    char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";
    if (getsockname(fd, (struct sockaddr *)&bound, &len) == 0) {
        getnameinfo((struct sockaddr *)&bound, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV);
    }
    const bool v6 = strchr(host, ':') != NULL;
    snprintf(name, LISTEN_NAME_MAX, "%s%.48s%s:%.6s", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

enum trabao_status listen_open(const char *address, int *out, char name[LISTEN_NAME_MAX], struct trabao_error *err)
{
    char host[HOST_MAX];
    const char *port = NULL;
    const enum trabao_status status = split(address, host, &port, err);
    if (status != TRABAO_OK) {
        return status;
    }
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    const int rc = getaddrinfo(host[0] != '\0' ? host : NULL, port, &hints, &found);
    if (rc != 0) {
        return error_set(err, TRABAO_IO, "cannot listen on %s: %s", address, gai_strerror(rc));
    }
    int fd = -1;
    for (const struct addrinfo *candidate = found; candidate != NULL && fd < 0; candidate = candidate->ai_next) {
        fd = try_bind(candidate);
    }
    const int why = errno;
    freeaddrinfo(found);
    if (fd < 0) {
        return error_set_errno(err, TRABAO_IO, why, "cannot listen on %s", address);
    }
    describe(fd, name);
    *out = fd;
    return TRABAO_OK;
}
