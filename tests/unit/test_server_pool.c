/*
 * test_server_pool.c - the worker pool and the table of connections, each without the rest of the server.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "server/connections.h"
#include "server/pool.h"

/* ---- the pool ------------------------------------------------------------------------------------------------ */

struct counted_job {
    struct pool_job job;
    atomic_int runs;
    pthread_mutex_t *gate; /* run waits here; NULL: it does not */
};

static void count_run(struct pool_job *job, struct seat *seat)
{
    struct counted_job *counted = (struct counted_job *)job;
    (void)seat;
    if (counted->gate != NULL) {
        pthread_mutex_lock(counted->gate);
        pthread_mutex_unlock(counted->gate);
    }
    atomic_fetch_add(&counted->runs, 1);
}

static void test_every_job_runs_once(void **state TRABAO_UNUSED)
{
    enum { JOBS = 5000 };
    static struct counted_job jobs[JOBS];
    struct pool *pool;
    struct trabao_error err;
    assert_int_equal(pool_start(NULL, 4, JOBS, &pool, &err), TRABAO_OK);
    for (int i = 0; i < JOBS; i++) {
        jobs[i].job.run = count_run;
        assert_true(pool_submit(pool, &jobs[i].job));
    }
    pool_stop(pool); /* runs what is queued */
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(atomic_load(&jobs[i].runs), 1);
    }
}

static void test_full_queue_refuses(void **state TRABAO_UNUSED)
{
    enum { CAPACITY = 3, JOBS = 10 };
    struct counted_job jobs[JOBS] = {0};
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct pool *pool;
    struct trabao_error err;
    pthread_mutex_lock(&gate);
    assert_int_equal(pool_start(NULL, 1, CAPACITY, &pool, &err), TRABAO_OK);
    int taken = 0;
    for (int i = 0; i < JOBS; i++) {
        jobs[i].job.run = count_run;
        jobs[i].gate = &gate;
        taken += pool_submit(pool, &jobs[i].job) ? 1 : 0;
    }
    /* The queue's places, and one more if the worker had already taken its first job. */
    assert_in_range(taken, CAPACITY, CAPACITY + 1);
    pthread_mutex_unlock(&gate);
    pool_stop(pool);
    int runs = 0;
    for (int i = 0; i < JOBS; i++) {
        runs += atomic_load(&jobs[i].runs);
    }
    assert_int_equal(runs, taken);
}

/* ---- connections --------------------------------------------------------------------------------------------- */

/* A pair of sockets, one of them in the table. */
struct peer {
    int fds[2];
    struct connection *place;
};

static struct peer connect_peer(struct connections *all)
{
    struct peer peer;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, peer.fds), 0);
    peer.place = connections_add(all, peer.fds[0]);
    assert_non_null(peer.place);
    return peer;
}

static void disconnect_peer(struct connections *all, struct peer *peer)
{
    connections_remove(all, peer->place);
    close(peer->fds[0]);
    close(peer->fds[1]);
}

static bool is_cut(const struct peer *peer)
{
    char byte;
    return recv(peer->fds[1], &byte, 1, MSG_DONTWAIT) == 0;
}

static void test_limits_of_each_phase(void **state TRABAO_UNUSED)
{
    struct connections all;
    connections_init(&all, 100, 1000, 200);
    struct peer awaiting = connect_peer(&all), working = connect_peer(&all), sending = connect_peer(&all);
    connections_enter(&all, working.place, CONNECTION_WORKING);
    connections_enter(&all, sending.place, CONNECTION_SENDING);
    assert_int_equal(connections_busy(&all), 2);
    const double now = clock_ms();
    assert_int_equal(connections_cut(&all, now + 900), 0);
    assert_int_equal(connections_cut(&all, now + 1100), 2);
    assert_true(is_cut(&awaiting));
    assert_true(is_cut(&sending));
    assert_false(is_cut(&working)); /* time that the server takes is not the client's */
    assert_int_equal(connections_busy(&all), 1);
    assert_int_equal(connections_cut(&all, now + 1e6), 0); /* once is enough */
    connections_enter(&all, awaiting.place, CONNECTION_SENDING);
    assert_int_equal(connections_busy(&all), 1); /* what is cut stays cut */
    disconnect_peer(&all, &sending);
    disconnect_peer(&all, &awaiting);
    disconnect_peer(&all, &working);
    assert_int_equal(connections_busy(&all), 0);
    connections_destroy(&all);
}

static void test_crowding_shortens_the_wait(void **state TRABAO_UNUSED)
{
    enum { PLACES = 8 };
    struct connections all;
    connections_init(&all, PLACES, 1000, 200);
    struct peer peers[PLACES];
    for (int i = 0; i < 6; i++) {
        peers[i] = connect_peer(&all);
    }
    const double now = clock_ms();
    assert_int_equal(connections_cut(&all, now + 500), 0); /* three quarters are not yet a crowd */
    peers[6] = connect_peer(&all);
    connections_enter(&all, peers[6].place, CONNECTION_SENDING);
    assert_int_equal(connections_cut(&all, now + 500), 6);
    assert_false(is_cut(&peers[6]));
    for (int i = 0; i < 7; i++) {
        disconnect_peer(&all, &peers[i]);
    }
    connections_destroy(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_job_runs_once),
        cmocka_unit_test(test_full_queue_refuses),
        cmocka_unit_test(test_limits_of_each_phase),
        cmocka_unit_test(test_crowding_shortens_the_wait),
    };
    return cmocka_run_group_tests_name("server pool", tests, NULL, NULL);
}
