/* Many WebSocket clients on one core: each connects, upgrades, and counts the payload bytes of binary messages. Prints
 * "ready" once all have upgraded, and "done" once each has received its bytes.
 *
 *   client PORT CLIENTS BYTES_PER_CLIENT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 256 * 1024, DEADLINE_S = 60 };

static const char REQUEST[] =
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: flights.v1\r\n\r\n";

typedef struct {
    int socket;
    int upgraded;
    unsigned char header[14];
    int header_bytes;
    uint64_t left;
    int is_binary;
    uint64_t counted;
} client;

static void fail(const char *what) {
    fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int header_length(const client *c) {
    if (c->header_bytes < 2) return 2;
    int length = c->header[1] & 0x7f;
    return length == 126 ? 4 : length == 127 ? 10 : 2;
}

static void read_frames(client *c, const unsigned char *data, size_t size) {
    size_t at = 0;
    while (at < size) {
        if (c->left) {
            size_t take = size - at < c->left ? size - at : c->left;
            c->left -= take;
            at += take;
            if (c->is_binary) c->counted += take;
            continue;
        }
        c->header[c->header_bytes++] = data[at++];
        if (c->header_bytes < header_length(c)) continue;
        int length = c->header[1] & 0x7f;
        c->is_binary = (c->header[0] & 0x0f) == 2;
        c->left = length;
        if (length >= 126) {
            c->left = 0;
            for (int byte = 2; byte < c->header_bytes; byte++) c->left = c->left << 8 | c->header[byte];
        }
        c->header_bytes = 0;
    }
}

/* Returns whether the answer to the upgrade ends in this data; frames follow it. */
static int read_upgrade(client *c, const unsigned char *data, size_t size) {
    const unsigned char *end = memmem(data, size, "\r\n\r\n", 4);
    if (!end) return 0;
    if (memmem(data, size, " 101 ", 5) == NULL) {
        fprintf(stderr, "client: not upgraded: %.*s\n", (int)size, data);
        exit(1);
    }
    c->upgraded = 1;
    read_frames(c, end + 4, size - (end + 4 - data));
    return 1;
}

int main(int count, char **arguments) {
    if (count != 4) return 2;
    int clients = atoi(arguments[2]), upgraded = 0, finished = 0;
    uint64_t expected = strtoull(arguments[3], NULL, 10);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1]))};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    client *all = calloc((size_t)clients, sizeof(client));
    unsigned char *buffer = malloc(READ_BYTES);
    struct epoll_event *events = calloc((size_t)clients, sizeof(struct epoll_event));
    int epoll = epoll_create1(0);
    for (int number = 0; number < clients; number++) {
        client *c = &all[number];
        c->socket = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(c->socket, (struct sockaddr *)&address, sizeof address)) fail("connect");
        if (write(c->socket, REQUEST, sizeof REQUEST - 1) != sizeof REQUEST - 1) fail("write");
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->socket, &event)) fail("epoll_ctl");
    }
    time_t deadline = time(NULL) + DEADLINE_S;
    while (finished < clients) {
        if (time(NULL) > deadline) {
            fprintf(stderr, "client: %d of %d clients have got everything\n", finished, clients);
            return 1;
        }
        int ready = epoll_wait(epoll, events, clients, 1000);
        for (int place = 0; place < ready; place++) {
            client *c = events[place].data.ptr;
            ssize_t got = read(c->socket, buffer, READ_BYTES);
            if (got <= 0) fail("read");
            int was_finished = c->counted >= expected;
            if (c->upgraded) {
                read_frames(c, buffer, (size_t)got);
            } else if (read_upgrade(c, buffer, (size_t)got) && ++upgraded == clients) {
                puts("ready");
                fflush(stdout);
            }
            finished += !was_finished && c->counted >= expected;
        }
    }
    puts("done");
    return 0;
}
