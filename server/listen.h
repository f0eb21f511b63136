/*
 * listen.h - the socket that the server listens on.
 */
#ifndef TRABAO_SERVER_LISTEN_H
#define TRABAO_SERVER_LISTEN_H

#include "base/status.h"

#define LISTEN_NAME_MAX 64 /* bytes of an address and port as text, with the NUL */

/*
 * Opens a listening socket on ADDRESS: "127.0.0.1:8080", "[::1]:8080", "localhost:8080" or ":8080" for all
 * interfaces; port 0 takes a free one. OUT is the socket, which the caller closes; NAME what it is bound to.
 * TRABAO_USAGE: the address cannot be read. TRABAO_IO: it cannot be listened on; the message says why.
 */
enum trabao_status listen_open(const char *address, int *out, char name[LISTEN_NAME_MAX], struct trabao_error *err);

#endif
