// SPDX-License-Identifier: MIT
// one_datagram GATEWAY [PORT]: the floor. Asks a NAT-PMP gateway for its address, or to map a UDP
// port, by one datagram, and waits for the answer.
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    struct sockaddr_in gateway = {.sin_family = AF_INET, .sin_port = htons(5351)};
    if (argc < 2 || inet_pton(AF_INET, argv[1], &gateway.sin_addr) != 1)
        return 2;
    unsigned char request[12] = {0}, answer[64];
    size_t length = 2;
    if (argc > 2) {
        unsigned short port = htons((unsigned short)atoi(argv[2]));
        request[1] = 1;
        memcpy(request + 4, &port, 2);
        memcpy(request + 6, &port, 2);
        request[10] = 3600 >> 8;
        request[11] = 3600 & 255;
        length = 12;
    }
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct pollfd readable = {.fd = s, .events = POLLIN};
    if (connect(s, (void *)&gateway, sizeof gateway) != 0 || send(s, request, length, 0) < 0 || poll(&readable, 1, 5000) != 1)
        return 1;
    if (recv(s, answer, sizeof answer, 0) < 12 || answer[2] != 0 || answer[3] != 0)
        return 1;
    printf("answered\n");
    return 0;
}
