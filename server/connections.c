/*
 * connections.c - the list of open connections; see connections.h.
 *
 * Sockets are shut down, never closed, and that under the mutex that a closing connection must take first to leave the
 * list: so the number can not yet belong to another connection.
 */
#include "server/connections.h"

#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"

void connections_init(struct connections *all, unsigned places, double limit_ms, double crowded_limit_ms)
{
    *all = (struct connections){.places = places, .limit_ms = limit_ms, .crowded_limit_ms = crowded_limit_ms};
    pthread_mutex_init(&all->mutex, NULL);
}

void connections_destroy(struct connections *all)
{
    pthread_mutex_destroy(&all->mutex);
}

static bool is_busy(enum connection_phase phase)
{
    return phase == CONNECTION_WORKING || phase == CONNECTION_SENDING;
}

struct connection *connections_add(struct connections *all, int fd)
{
    struct connection *connection = mem_zalloc(1, sizeof *connection);
    if (connection == NULL) {
        return NULL;
    }
    connection->fd = fd;
    connection->phase = CONNECTION_AWAITING;
    connection->since_ms = clock_ms();
    pthread_mutex_lock(&all->mutex);
    connection->next = all->first;
    if (all->first != NULL) {
        all->first->previous = connection;
    }
    all->first = connection;
    all->count++;
    pthread_mutex_unlock(&all->mutex);
    return connection;
}

void connections_remove(struct connections *all, struct connection *connection)
{
    if (connection == NULL) {
        return;
    }
    pthread_mutex_lock(&all->mutex);
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        all->first = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    all->count--;
    all->busy -= is_busy(connection->phase) ? 1 : 0;
    pthread_mutex_unlock(&all->mutex);
    mem_free(connection);
}

void connections_enter(struct connections *all, struct connection *connection, enum connection_phase phase)
{
    const double now = clock_ms();
    pthread_mutex_lock(&all->mutex);
    if (connection->phase != CONNECTION_CUT) {
        all->busy -= is_busy(connection->phase) ? 1 : 0;
        all->busy += is_busy(phase) ? 1 : 0;
        connection->phase = phase;
        connection->since_ms = now;
    }
    pthread_mutex_unlock(&all->mutex);
}

unsigned connections_cut(struct connections *all, double now_ms)
{
    unsigned cut = 0;
    pthread_mutex_lock(&all->mutex);
    const bool crowded = all->count > all->places / 4 * 3;
    for (struct connection *c = all->first; c != NULL; c = c->next) {
        const bool awaiting = c->phase == CONNECTION_AWAITING;
        const double limit = awaiting && crowded ? all->crowded_limit_ms : all->limit_ms;
        if ((awaiting || c->phase == CONNECTION_SENDING) && now_ms - c->since_ms >= limit) {
            shutdown(c->fd, SHUT_RDWR);
            all->busy -= is_busy(c->phase) ? 1 : 0;
            c->phase = CONNECTION_CUT;
            cut++;
        }
    }
    pthread_mutex_unlock(&all->mutex);
    return cut;
}

unsigned connections_busy(struct connections *all)
{
    pthread_mutex_lock(&all->mutex);
    const unsigned busy = all->busy;
    pthread_mutex_unlock(&all->mutex);
    return busy;
}
