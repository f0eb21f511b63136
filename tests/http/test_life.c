/*
 * test_life.c - the server's life on the fake archive: load, slow queries and slow clients, new generations, the end.
 *
 * Times are compared with wide margins, because the machine may be busy; each would fail if the thing that it is about
 * did not work at all.
 */
#include <dirent.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/http/client.h"
#include "tests/http/fixture.h"

static struct fixture fixture;

static int set_up(void **state TRABAO_UNUSED)
{
    fixture_open(&fixture);
    fixture_publish(&fixture, 1, 60);
    return 0;
}

static int tear_down(void **state TRABAO_UNUSED)
{
    fixture_close(&fixture);
    return 0;
}

static struct server start(const char *threads, const char *queue, const char *deadline)
{
    const char *const args[] = {"--db",    fixture.archive, "--listen",      "127.0.0.1:0", "--threads", threads,
                                "--queue", queue,           "--deadline-ms", deadline,      NULL};
    return server_start(fixture.program, args);
}

static void send_get(int fd, const char *target)
{
    char text[256];
    const int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", target);
    client_send(fd, text, (size_t)n);
}

static void pause_ms(long ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

/* ---- connections --------------------------------------------------------------------------------------------- */

static void test_keep_alive_and_pipelining(void **state TRABAO_UNUSED)
{
    struct server server = start("2", "16", "2000");
    const int fd = client_connect(server.port);
    struct response response;
    for (int i = 0; i < 200; i++) {
        client_get(fd, i % 2 == 0 ? "/search?q=x" : "/nothing", "", &response);
        assert_false(response.closed);
        assert_int_equal(response.status, i % 2 == 0 ? 200 : 404);
        response_free(&response);
    }
    for (int i = 0; i < 5; i++) {
        send_get(fd, i % 2 == 0 ? "/api/v1/search?q=x" : "/healthz");
    }
    for (int i = 0; i < 5; i++) {
        client_read(fd, false, &response);
        assert_int_equal(response.status, 200);
        response_free(&response);
    }
    /* A refused method or body does not cost the connection either. */
    client_get(fd, "/", "Content-Length: 5\r\n\r\nhello", &response);
    assert_int_equal(response.status, 413);
    response_free(&response);
    close(fd);
    assert_int_equal(server_end(&server, SIGTERM), 0);
}

static void test_slow_query_stalls_nobody(void **state TRABAO_UNUSED)
{
    struct server server = start("2", "16", "5000");
    const int slow = client_connect(server.port);
    const int kept = client_connect(server.port);
    struct response response;
    client_get(kept, "/api/v1/search?q=x", "", &response);
    response_free(&response);
    const double begin = now_ms();
    send_get(slow, "/api/v1/search?q=slow:1500");
    pause_ms(50);
    for (int i = 0; i < 40; i++) {
        client_get(kept, "/api/v1/search?q=x", "", &response);
        assert_int_equal(response.status, 200);
        response_free(&response);
        request(server.port, "GET", "/search?q=x", "", &response);
        assert_int_equal(response.status, 200);
        response_free(&response);
    }
    assert_true(now_ms() - begin < 1200);
    client_read(slow, false, &response);
    assert_int_equal(response.status, 200);
    assert_true(now_ms() - begin >= 1500);
    response_free(&response);
    close(slow);
    close(kept);
    assert_int_equal(server_end(&server, SIGTERM), 0);
}

static void test_overload_is_refused_at_once(void **state TRABAO_UNUSED)
{
    enum { CLIENTS = 12, QUEUE = 3 };
    struct server server = start("1", "3", "10000");
    int fds[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = client_connect(server.port);
    }
    const double begin = now_ms();
    send_get(fds[0], "/api/v1/search?q=slow:1200");
    pause_ms(100);
    for (int i = 1; i < CLIENTS; i++) {
        send_get(fds[i], i == CLIENTS - 1 ? "/search?q=x" : "/api/v1/search?q=x");
    }
    struct response response;
    /* While all are busy, what needs no worker is still served, and whoever is too much hears so. */
    request(server.port, "GET", "/healthz", "", &response);
    assert_int_equal(response.status, 200);
    response_free(&response);
    for (int i = QUEUE + 1; i < CLIENTS; i++) {
        client_read(fds[i], false, &response);
        assert_int_equal(response.status, 503);
        char value[64];
        assert_true(response_header(&response, "Retry-After", value, sizeof value));
        assert_true(response_header(&response, "Content-Type", value, sizeof value));
        assert_string_equal(value, i == CLIENTS - 1 ? "text/html; charset=utf-8" : "application/problem+json");
        response_free(&response);
    }
    assert_true(now_ms() - begin < 1000);
    for (int i = 0; i <= QUEUE; i++) {
        client_read(fds[i], false, &response);
        assert_int_equal(response.status, 200);
        response_free(&response);
    }
    for (int i = 0; i < CLIENTS; i++) {
        close(fds[i]);
    }
    assert_int_equal(server_end(&server, SIGTERM), 0);
}

/* Time spent in the queue counts against the deadline: nobody waits for an answer that comes too late to be wanted. */
static void test_deadline_counts_from_arrival(void **state TRABAO_UNUSED)
{
    struct server server = start("1", "8", "300");
    const int first = client_connect(server.port), second = client_connect(server.port);
    send_get(first, "/api/v1/search?q=slow:800");
    pause_ms(50);
    send_get(second, "/api/v1/search?q=x");
    struct response response;
    client_read(second, false, &response);
    assert_int_equal(response.status, 503);
    assert_true(response_contains(&response, "waited"));
    response_free(&response);
    const double begin = now_ms();
    request(server.port, "GET", "/api/v1/search?q=timeout", "", &response);
    assert_int_equal(response.status, 503);
    assert_true(now_ms() - begin >= 250 && now_ms() - begin < 2000);
    response_free(&response);
    close(first);
    close(second);
    assert_int_equal(server_end(&server, SIGTERM), 0);
}

/* Sends a byte of a request every 200 ms until the server has had enough. */
static void *trickle(void *arg)
{
    const int fd = *(int *)arg;
    const char byte = 'a';
    for (int i = 0; i < 100 && send(fd, &byte, 1, MSG_NOSIGNAL) == 1; i++) {
        pause_ms(200);
    }
    return NULL;
}

static void test_slow_clients_are_cut_off(void **state TRABAO_UNUSED)
{
    struct server server = start("2", "16", "2000");
    const int idle = client_connect(server.port);
    int slow_writer = client_connect(server.port);
    client_send(slow_writer, "GET /search?q=", 14);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, trickle, &slow_writer), 0);
    const int slow_reader = client_connect(server.port);
    send_get(slow_reader, "/api/v1/search?q=large:30000000"); /* and never reads */
    struct pollfd answer = {.fd = slow_reader, .events = POLLIN};
    assert_int_equal(poll(&answer, 1, 20000), 1); /* it is being sent */
    const double begin = now_ms();

    struct response response;
    while (now_ms() - begin < 10000) { /* honest clients notice nothing */
        const double one = now_ms();
        request(server.port, "GET", "/search?q=x", "", &response);
        assert_int_equal(response.status, 200);
        assert_true(now_ms() - one < 1000);
        response_free(&response);
        pause_ms(100);
    }
    assert_true(client_is_closed(slow_writer, 1000));
    assert_true(client_is_closed(idle, 1000));
    pause_ms(1000);
    client_read(slow_reader, false, &response);
    assert_true(response.closed); /* what was in the buffers of the two sockets, then the end */
    assert_true(response.body.len < 30000000);
    response_free(&response);
    pthread_join(writer, NULL);
    close(idle);
    close(slow_writer);
    close(slow_reader);
    assert_int_equal(server_end(&server, SIGTERM), 0);
}

/* ---- generations --------------------------------------------------------------------------------------------- */

static long generation_of(const struct response *response)
{
    json_t *json = json_loadb(buf_str(&response->body), response->body.len, 0, NULL);
    const long generation = (long)json_integer_value(json_object_get(json, "generation"));
    json_decref(json);
    return generation;
}

static long ask_generation(int port)
{
    struct response response;
    request(port, "GET", "/api/v1/search?q=x", "", &response);
    assert_int_equal(response.status, 200);
    const long generation = generation_of(&response);
    response_free(&response);
    return generation;
}

static bool generation_arrives(int port, long wanted, double ms)
{
    for (const double end = now_ms() + ms; now_ms() < end;) {
        if (ask_generation(port) == wanted) {
            return true;
        }
        pause_ms(20);
    }
    return false;
}

struct asker {
    pthread_t thread;
    int port;
    atomic_bool *stop;
    unsigned asked, failed, went_back;
};

static void *ask_all_the_time(void *arg)
{
    struct asker *asker = arg;
    long last = 0;
    const int fd = client_connect(asker->port);
    while (!atomic_load(asker->stop)) {
        struct response response;
        client_get(fd, asker->asked % 8 == 0 ? "/api/v1/search?q=slow:20" : "/api/v1/search?q=x", "", &response);
        const long generation = response.status == 200 ? generation_of(&response) : 0;
        asker->asked++;
        asker->failed += response.status != 200;
        asker->went_back += generation < last;
        last = generation;
        response_free(&response);
    }
    close(fd);
    return NULL;
}

static void test_new_generations_fail_no_request(void **state TRABAO_UNUSED)
{
    enum { ASKERS = 4, GENERATIONS = 30 };
    fixture_publish(&fixture, 1, 60);
    struct server server = start("3", "64", "5000");
    atomic_bool stop = false;
    struct asker askers[ASKERS];
    for (int i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){.port = server.port, .stop = &stop};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_all_the_time, &askers[i]), 0);
    }
    for (unsigned generation = 2; generation <= GENERATIONS; generation++) {
        fixture_publish(&fixture, generation, 60 + generation);
        kill(server.pid, SIGHUP);
        pause_ms(50);
    }
    assert_true(generation_arrives(server.port, GENERATIONS, 5000));
    atomic_store(&stop, true);
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_true(askers[i].asked > 20);
        assert_int_equal(askers[i].failed, 0);
        /* One connection's requests may be answered by different workers, but each looks for the newest first. */
        assert_int_equal(askers[i].went_back, 0);
    }
    assert_int_equal(server_end(&server, SIGTERM), 0);
}

static unsigned open_files(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    unsigned count = 0;
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

/* The server needs a moment to notice that a client has gone and to close its side. */
static bool open_files_settle(pid_t pid, unsigned wanted, double ms)
{
    for (const double end = now_ms() + ms; now_ms() < end; pause_ms(20)) {
        if (open_files(pid) == wanted) {
            return true;
        }
    }
    return false;
}

static void test_generations_come_and_go_by_themselves(void **state TRABAO_UNUSED)
{
    fixture_publish(&fixture, 1, 60);
    struct server server = start("3", "64", "5000");
    assert_int_equal(ask_generation(server.port), 1);
    pause_ms(500);
    const unsigned before = open_files(server.pid);
    char etag[128], header[192];
    struct response response;
    request(server.port, "GET", "/", "", &response);
    assert_true(response_header(&response, "ETag", etag, sizeof etag));
    response_free(&response);
    snprintf(header, sizeof header, "If-None-Match: %s\r\n", etag);

    fixture_publish(&fixture, 2, 61); /* found without a signal */
    assert_true(generation_arrives(server.port, 2, 5000));
    request(server.port, "GET", "/", header, &response);
    assert_int_equal(response.status, 200);
    assert_true(response_contains(&response, "<strong>61</strong>"));
    response_free(&response);

    fixture_publish_text(&fixture, "not an archive\n"); /* refused, and the old one goes on */
    kill(server.pid, SIGHUP);
    pause_ms(300);
    assert_int_equal(ask_generation(server.port), 2);
    request(server.port, "GET", "/readyz", "", &response);
    assert_int_equal(response.status, 200);
    response_free(&response);
    fixture_publish(&fixture, 3, 62);
    kill(server.pid, SIGHUP);
    assert_true(generation_arrives(server.port, 3, 5000));
    /* Idle workers leave the old generation too, so that it is closed. */
    assert_true(open_files_settle(server.pid, before, 3000));
    assert_int_equal(server_end(&server, SIGTERM), 0);
}

/* ---- beginning and end --------------------------------------------------------------------------------------- */

static void expect_end(int signal)
{
    struct server server = start("2", "16", "5000");
    const int running = client_connect(server.port), idle = client_connect(server.port);
    send_get(running, "/api/v1/search?q=slow:700");
    pause_ms(150);
    kill(server.pid, signal);
    pause_ms(150);
    assert_int_equal(client_try_connect(server.port), -1);
    struct response response;
    client_read(running, false, &response);
    assert_int_equal(response.status, 200);
    char value[32] = "";
    assert_true(response_header(&response, "Connection", value, sizeof value));
    assert_string_equal(value, "close");
    response_free(&response);
    const double begin = now_ms();
    assert_int_equal(server_end(&server, 0), 0);
    assert_true(now_ms() - begin < 3000);
    close(running);
    close(idle);
}

static void test_running_requests_are_finished_at_the_end(void **state TRABAO_UNUSED)
{
    expect_end(SIGTERM);
    expect_end(SIGINT);
}

static void expect_exit(int status, const char *message, const char *const *args)
{
    char err[4096], out[8192];
    assert_int_equal(run_program(fixture.program, args, err, sizeof err, out, sizeof out), status);
    if (strstr(status == 0 ? out : err, message) == NULL) {
        fail_msg("no \"%s\" in: %s%s", message, err, out);
    }
    assert_int_equal(out[0] != '\0', status == 0);
}

static void test_exit_codes(void **state TRABAO_UNUSED)
{
    fixture_publish(&fixture, 1, 60);
    struct server server = start("1", "1", "1000");
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", server.port);
    expect_exit(0, "--deadline-ms", (const char *const[]){"--help", NULL});
    expect_exit(64, "--db", (const char *const[]){NULL});
    expect_exit(64, "no arguments are taken", (const char *const[]){"--db", fixture.archive, "more", NULL});
    expect_exit(64, "--threads", (const char *const[]){"--db", fixture.archive, "--threads", "0", NULL});
    expect_exit(64, "--listen", (const char *const[]){"--db", fixture.archive, "--listen", "8080", NULL});
    expect_exit(64, "brackets", (const char *const[]){"--db", fixture.archive, "--listen", "::1:8080", NULL});
    expect_exit(66, "nowhere", (const char *const[]){"--db", "nowhere.trabao", "--listen", "127.0.0.1:0", NULL});
    expect_exit(74, taken, (const char *const[]){"--db", fixture.archive, "--listen", taken, NULL});
    fixture_publish_text(&fixture, "damaged\n");
    expect_exit(65, "reindex", (const char *const[]){"--db", fixture.archive, "--listen", "127.0.0.1:0", NULL});
    assert_int_equal(server_end(&server, SIGTERM), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keep_alive_and_pipelining),
        cmocka_unit_test(test_slow_query_stalls_nobody),
        cmocka_unit_test(test_overload_is_refused_at_once),
        cmocka_unit_test(test_deadline_counts_from_arrival),
        cmocka_unit_test(test_slow_clients_are_cut_off),
        cmocka_unit_test(test_new_generations_fail_no_request),
        cmocka_unit_test(test_generations_come_and_go_by_themselves),
        cmocka_unit_test(test_running_requests_are_finished_at_the_end),
        cmocka_unit_test(test_exit_codes),
    };
    return cmocka_run_group_tests_name("http life", tests, set_up, tear_down);
}
