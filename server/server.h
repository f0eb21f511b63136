/*
 * server.h - the door to the web server: `trabao serve`.
 */
#ifndef TRABAO_SERVER_H
#define TRABAO_SERVER_H

/* Serves an archive until SIGTERM or SIGINT; argv[0] is "trabao serve". Returns the exit code (base/status.h). */
int server_main(int argc, char **argv);

#endif
