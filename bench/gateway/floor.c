/* The lower bound: a loop of send() over all sockets, with a frame that is built once. It upgrades each connection and
 * reads nothing afterwards. Commands come from standard input; see fanout.py. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CLIENTS = 4096 };

static const char UPGRADED[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Protocol: flights.v1\r\n\r\n";

static int sockets[MOST_CLIENTS];
static int connected;

static double cpu_s(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void send_all(int socket, const char *data, size_t size) {
    while (size) {
        ssize_t sent = send(socket, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) {
            struct pollfd room = {.fd = socket, .events = POLLOUT};
            if (errno != EAGAIN) exit(1);
            poll(&room, 1, -1);
            continue;
        }
        data += sent;
        size -= (size_t)sent;
    }
}

static void upgrade(int listener) {
    char request[4096];
    int socket = accept(listener, NULL, NULL);
    if (socket < 0 || connected == MOST_CLIENTS || read(socket, request, sizeof request) <= 0) exit(1);
    send_all(socket, UPGRADED, sizeof UPGRADED - 1);
    sockets[connected++] = socket;
}

static void broadcast(int messages, size_t payload_bytes, int interval_ms) {
    char *message = calloc(1, payload_bytes + 10);
    size_t header_bytes = payload_bytes < 126 ? 2 : payload_bytes < 65536 ? 4 : 10;
    message[0] = (char)0x82;
    message[1] = (char)(header_bytes == 2 ? payload_bytes : header_bytes == 4 ? 126 : 127);
    for (size_t byte = 2; byte < header_bytes; byte++)
        message[byte] = (char)(payload_bytes >> 8 * (header_bytes - 1 - byte));
    struct timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    while (messages--) {
        due.tv_nsec += interval_ms * 1000000L;
        due.tv_sec += due.tv_nsec / 1000000000L;
        due.tv_nsec %= 1000000000L;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
        for (int place = 0; place < connected; place++) send_all(sockets[place], message, header_bytes + payload_bytes);
    }
    free(message);
}

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, MOST_CLIENTS)) return 1;
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);

    struct pollfd inputs[2] = {{.fd = listener, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    double started_s = 0;
    for (;;) {
        if (poll(inputs, 2, -1) < 0) return 1;
        if (inputs[0].revents) upgrade(listener);
        if (inputs[1].revents) {
            char line[128] = {0};
            int messages, payload_bytes, interval_ms;
            if (read(STDIN_FILENO, line, sizeof line - 1) <= 0) return 0;
            if (sscanf(line, "go %d %d %d", &messages, &payload_bytes, &interval_ms) == 3) {
                started_s = cpu_s();
                broadcast(messages, (size_t)payload_bytes, interval_ms);
                puts("sent");
            } else {
                printf("cpu %f\n", cpu_s() - started_s);
            }
            fflush(stdout);
        }
    }
}
