/*
 * fake_server.c - `trabao serve` on the fake query library (fake_trabao.c): the server as it is, the archive as a test
 * wants it.
 */
#include "server/server.h"

int main(int argc, char **argv)
{
    return server_main(argc, argv);
}
