// SPDX-License-Identifier: MIT
// window GATEWAY SOURCE COUNT WINDOW: the floor for many mappings. Asks a PCP gateway for COUNT UDP ports, so many requests
// outstanding at a time, and ends when all are granted.
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { first_port = 10000, most = 50000, request_size = 60, patience_ms = 3000 };

static char granted[most];

static void ask(int s, const char *source, int number) {
    unsigned char request[request_size] = {2, 1};
    unsigned short port = htons((unsigned short)(first_port + number));
    unsigned lifetime = htonl(7200);
    memcpy(request + 4, &lifetime, 4);
    request[18] = request[19] = 0xff;
    inet_pton(AF_INET, source, request + 20);
    memcpy(request + 24, "bench", 5);
    memcpy(request + 34, &port, 2);
    request[36] = 17;
    memcpy(request + 40, &port, 2);
    memcpy(request + 42, &port, 2);
    request[54] = request[55] = 0xff;
    if (send(s, request, sizeof request, 0) < 0)
        exit(1);
}

int main(int argc, char **argv) {
    struct sockaddr_in gateway = {.sin_family = AF_INET, .sin_port = htons(5351)};
    if (argc != 5 || inet_pton(AF_INET, argv[1], &gateway.sin_addr) != 1)
        return 2;
    int count = atoi(argv[3]), window = atoi(argv[4]), asked = 0, done = 0;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (count > most || connect(s, (void *)&gateway, sizeof gateway) != 0)
        return 1;
    while (asked < count && asked < window)
        ask(s, argv[2], asked++);
    while (done < count) {
        unsigned char answer[1100];
        struct pollfd readable = {.fd = s, .events = POLLIN};
        if (poll(&readable, 1, patience_ms) != 1) {
            for (int i = 0; i < asked; ++i)
                if (!granted[i])
                    ask(s, argv[2], i);
            continue;
        }
        if (recv(s, answer, sizeof answer, 0) < request_size || answer[1] != 0x81 || answer[3] != 0)
            return 1;
        int number = (answer[40] << 8 | answer[41]) - first_port;
        if (number < 0 || number >= count || granted[number])
            continue;
        granted[number] = 1;
        ++done;
        if (asked < count)
            ask(s, argv[2], asked++);
    }
    return 0;
}
