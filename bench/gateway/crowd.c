/* Many WebSocket viewers on one core: they read ticks and measure their age, or stop reading.
 *
 *   crowd PORT [TOKEN]   reads one command a line from standard input and prints one line for each
 *
 *   connect GROUP COUNT PER_SECOND [FILE]   add COUNT connections to a group (0 to 7)   -> connected MILLISECONDS
 *   stall GROUP COUNT                COUNT of a group stop reading                  -> stalled
 *   resume GROUP COUNT               COUNT of the stalled ones read again           -> resumed
 *   run SECONDS                      only read                                      -> ran
 *   forget                           reset the ages                                 -> forgotten
 *   tell                             ages since the reset, a line for each group    -> group NUMBER VIEWERS CLOSED TICKS
 *                                                                                      P50 P99 MOST ..., then told
 *
 * With FILE, the connections use flights.v3, and each sends the next line of the file (a message `tiles`) after it has the
 * world.
 *
 * The age of a tick is the wall clock at its last byte minus `tick_ms` of its first frame (frame.md), or the moment of its
 * first message of tiles (tiles.md), milliseconds. The
 * first message of a viewer does not count, because it has a key frame of an earlier tick. Between commands the viewers
 * continue to read. A rejected handshake ends the program. Each viewer has its own address, from 127.1.0.0 on, because a
 * gateway limits each address.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 256 * 1024, RECEIVE_BYTES = 64 * 1024, GROUPS = 8, HEAD_BYTES = 32, EVENTS = 1024, TICK_MS_AT = 24 };
enum { CLASS_TICK_AT = 6, INTERVAL_AT = 10, TILES_HEAD_BYTES = 12, MOST_TEXT = 4000 };
enum { BINARY = 2, CLOSE = 8, PING = 9 };

static const char REQUEST[] =
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: flights.v%c\r\n%s%s\r\n\r\n";

typedef struct {
    int socket, group, upgraded, stalled, opcode, header_bytes, head_bytes, ticks;
    uint64_t left;
    char *view;
    unsigned char header[10], head[HEAD_BYTES];
} viewer;

typedef struct {
    double *ages_ms;
    size_t count, room;
    int viewers, joined, closed;
} group;

static group groups[GROUPS];
static viewer **all;
static int viewers, epoll;
static struct sockaddr_in address = {.sin_family = AF_INET};
static unsigned char buffer[READ_BYTES];
static const char *authorization, *token;

static void fail(const char *what) {
    fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now_ms(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A client masks its frames; a mask of zeros leaves the bytes unchanged. */
static void say_text(viewer *v, const char *text) {
    size_t length = strlen(text), start = length < 126 ? 6 : 8;
    unsigned char frame[MOST_TEXT + 8] = {0x81, (unsigned char)(0x80 | (length < 126 ? length : 126))};
    if (length > MOST_TEXT) fail("the view is too long");
    if (start == 8) frame[2] = (unsigned char)(length >> 8), frame[3] = (unsigned char)length;
    memcpy(frame + start, text, length);
    if (write(v->socket, frame, start + length) != (ssize_t)(start + length)) fail("view");
}

static void note_tick(viewer *v) {
    group *g = &groups[v->group];
    uint64_t tick_ms = 0;
    if (++v->ticks == 1) g->joined++;
    if (v->ticks == 1 && v->view) say_text(v, v->view);
    if (v->ticks <= 1 + (v->view != NULL) || v->head_bytes < (v->view ? TILES_HEAD_BYTES : HEAD_BYTES)) return;
    if (v->view) {
        for (int byte = 3; byte >= 0; byte--) tick_ms = tick_ms << 8 | v->head[CLASS_TICK_AT + byte];
        uint64_t interval = 0;
        for (int at = INTERVAL_AT, shift = 0; shift < 21; at++, shift += 7) {
            interval |= (uint64_t)(v->head[at] & 0x7f) << shift;
            if (!(v->head[at] & 0x80)) break;
        }
        tick_ms *= 100 * interval;
    } else {
        for (int byte = 7; byte >= 0; byte--) tick_ms = tick_ms << 8 | v->head[TICK_MS_AT + byte];
    }
    if (g->count == g->room) {
        g->room = g->room ? 2 * g->room : 4096;
        g->ages_ms = realloc(g->ages_ms, g->room * sizeof(double));
        if (!g->ages_ms) fail("realloc");
    }
    g->ages_ms[g->count++] = now_ms(CLOCK_REALTIME) - (double)tick_ms;
}

static void hang_up(viewer *v) {
    close(v->socket);
    v->socket = -1;
    groups[v->group].closed++;
}

static void answer_ping(viewer *v) {
    unsigned char pong[6 + HEAD_BYTES] = {0x8a, (unsigned char)(0x80 | v->head_bytes)};
    memcpy(pong + 6, v->head, (size_t)v->head_bytes);
    if (write(v->socket, pong, 6 + (size_t)v->head_bytes) < 0 && errno != EPIPE && errno != ECONNRESET) fail("pong");
}

static void end_message(viewer *v) {
    if (v->opcode == BINARY) note_tick(v);
    if (v->opcode == PING) answer_ping(v);
    if (v->opcode == CLOSE) hang_up(v);
    v->header_bytes = v->head_bytes = 0;
}

static int header_length(const viewer *v) {
    if (v->header_bytes < 2) return 2;
    return v->header[1] == 126 ? 4 : v->header[1] == 127 ? 10 : 2;
}

static void read_messages(viewer *v, const unsigned char *data, size_t size) {
    size_t at = 0;
    while (at < size && v->socket >= 0) {
        if (v->header_bytes < 2 || v->header_bytes < header_length(v)) {
            v->header[v->header_bytes++] = data[at++];
            if (v->header_bytes < 2 || v->header_bytes < header_length(v)) continue;
            v->opcode = v->header[0] & 0x0f;
            v->left = v->header[1];
            if (v->header_bytes > 2) v->left = 0;
            for (int byte = 2; byte < v->header_bytes; byte++) v->left = v->left << 8 | v->header[byte];
        } else {
            size_t take = size - at < v->left ? size - at : v->left;
            size_t keep = HEAD_BYTES - (size_t)v->head_bytes < take ? HEAD_BYTES - (size_t)v->head_bytes : take;
            memcpy(v->head + v->head_bytes, data + at, keep);
            v->head_bytes += (int)keep;
            v->left -= take;
            at += take;
        }
        if (!v->left) end_message(v);
    }
}

static void read_viewer(viewer *v) {
    ssize_t got = read(v->socket, buffer, READ_BYTES);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        hang_up(v);
    } else if (v->upgraded) {
        read_messages(v, buffer, (size_t)got);
    } else {
        unsigned char *end = memmem(buffer, (size_t)got, "\r\n\r\n", 4);
        if (!end || !memmem(buffer, (size_t)got, " 101 ", 5)) {
            fprintf(stderr, "crowd: not upgraded: %.*s\n", (int)got, buffer);
            exit(1);
        }
        v->upgraded = 1;
        read_messages(v, end + 4, (size_t)(buffer + got - end - 4));
    }
}

static void read_for(double milliseconds) {
    static struct epoll_event events[EVENTS];
    double until_ms = now_ms(CLOCK_MONOTONIC) + milliseconds, left_ms;
    while ((left_ms = until_ms - now_ms(CLOCK_MONOTONIC)) > 0) {
        int ready = epoll_wait(epoll, events, EVENTS, (int)left_ms + 1);
        for (int place = 0; place < ready; place++) {
            viewer *v = events[place].data.ptr;
            if (v->socket >= 0) read_viewer(v);
        }
    }
}

static void watch(viewer *v, int operation) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = v};
    if (epoll_ctl(epoll, operation, v->socket, &event)) fail("epoll_ctl");
}

static void connect_one(int number, FILE *views) {
    char request[8192], *view = NULL;
    size_t room_for_view = 0;
    ssize_t length = views ? getline(&view, &room_for_view, views) : 0;
    if (views && length <= 0) fail("no more views");
    if (length > 0) view[length - 1] = 0;
    int request_bytes = snprintf(request, sizeof request, REQUEST, views ? '3' : '1', authorization, token);
    if (request_bytes >= (int)sizeof request) fail("the token is too long");
    viewer *v = calloc(1, sizeof(viewer));
    v->group = number;
    v->view = view;
    v->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (v->socket < 0) fail("socket");
    /* Limits what the kernel buffers for a viewer that stops reading: on loopback it would be megabytes. */
    int room = RECEIVE_BYTES;
    if (setsockopt(v->socket, SOL_SOCKET, SO_RCVBUF, &room, sizeof room)) fail("setsockopt");
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f010000u + (uint32_t)viewers)};
    if (bind(v->socket, (struct sockaddr *)&own, sizeof own)) fail("bind");
    if (connect(v->socket, (struct sockaddr *)&address, sizeof address)) fail("connect");
    if (write(v->socket, request, (size_t)request_bytes) != request_bytes) fail("write");
    watch(v, EPOLL_CTL_ADD);
    all = realloc(all, (size_t)(viewers + 1) * sizeof(viewer *));
    all[viewers++] = v;
    groups[number].viewers++;
}

/* Opens connections at a steady rate and waits until each of the group has its first tick, a key frame. */
static void connect_group(int number, int count, int per_second, FILE *views) {
    double started_ms = now_ms(CLOCK_MONOTONIC);
    int wanted = groups[number].viewers + count;
    while (groups[number].viewers < wanted) {
        double due = (now_ms(CLOCK_MONOTONIC) - started_ms) * per_second / 1e3 + 1;
        for (int opened = groups[number].viewers - (wanted - count); opened < due && opened < count; opened++)
            connect_one(number, views);
        read_for(2);
    }
    while (groups[number].joined < wanted) read_for(2);
    printf("connected %.0f\n", now_ms(CLOCK_MONOTONIC) - started_ms);
}

static void set_stalled(int number, int count, int stalled) {
    for (int place = 0; place < viewers && count; place++) {
        viewer *v = all[place];
        if (v->group != number || v->stalled == stalled || v->socket < 0) continue;
        watch(v, stalled ? EPOLL_CTL_DEL : EPOLL_CTL_ADD);
        v->stalled = stalled;
        count--;
    }
    puts(stalled ? "stalled" : "resumed");
}

static int ascending(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

static void tell(void) {
    for (int number = 0; number < GROUPS; number++) {
        group *g = &groups[number];
        if (!g->viewers) continue;
        qsort(g->ages_ms, g->count, sizeof(double), ascending);
        double p50 = g->count ? g->ages_ms[g->count / 2] : 0, p99 = g->count ? g->ages_ms[g->count * 99 / 100] : 0;
        double most = g->count ? g->ages_ms[g->count - 1] : 0;
        printf("group %d %d %d %zu %.1f %.1f %.1f\n", number, g->viewers, g->closed, g->count, p50, p99, most);
    }
    puts("told");
}

static int obey(const char *line) {
    int number, count, per_second;
    double seconds;
    char path[128];
    if (sscanf(line, "connect %d %d %d %127s", &number, &count, &per_second, path) == 4) {
        FILE *views = fopen(path, "r");
        if (!views) fail(path);
        connect_group(number, count, per_second, views);
        fclose(views);
    } else if (sscanf(line, "connect %d %d %d", &number, &count, &per_second) == 3) {
        connect_group(number, count, per_second, NULL);
    } else if (sscanf(line, "stall %d %d", &number, &count) == 2) {
        set_stalled(number, count, 1);
    } else if (sscanf(line, "resume %d %d", &number, &count) == 2) {
        set_stalled(number, count, 0);
    } else if (sscanf(line, "run %lf", &seconds) == 1) {
        read_for(seconds * 1e3);
        puts("ran");
    } else if (!strcmp(line, "forget")) {
        for (number = 0; number < GROUPS; number++) groups[number].count = 0;
        puts("forgotten");
    } else if (!strcmp(line, "tell")) {
        tell();
    } else {
        return 0;
    }
    return 1;
}

int main(int count, char **arguments) {
    char line[128];
    size_t length = 0;
    if (count < 2 || count > 3) return 2;
    token = count == 3 ? arguments[2] : "";
    authorization = *token ? "Authorization: Bearer " : "X-No: token";
    address.sin_port = htons((uint16_t)atoi(arguments[1]));
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    epoll = epoll_create1(0);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    for (;;) {
        read_for(1);
        while (poll(&input, 1, 0) > 0) {
            if (read(STDIN_FILENO, line + length, 1) != 1) return 0;
            if (line[length] != '\n' && ++length < sizeof line - 1) continue;
            line[length] = 0;
            length = 0;
            if (!obey(line)) return 2;
            fflush(stdout);
        }
    }
}
