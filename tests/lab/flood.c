// SPDX-License-Identifier: MIT
// flood INTERFACE PER_SECOND SECONDS < FRAMES: sends the frames, each after its length (two octets, big-endian), again
// and again, and prints how many were sent.
#define _GNU_SOURCE
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <linux/if_packet.h>
#include <time.h>

enum { most_frames = 1024, at_once = 64 };

static unsigned char bytes[most_frames][2048];
static struct iovec parts[most_frames];
static struct mmsghdr messages[most_frames];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1])};
    double rate = atof(argv[2]), seconds = atof(argv[3]);
    unsigned count = 0;
    for (unsigned char size[2]; count < most_frames && fread(size, 1, 2, stdin) == 2; ++count) {
        size_t length = (size_t)size[0] << 8 | size[1];
        if (length > sizeof bytes[0] || fread(bytes[count], 1, length, stdin) != length)
            return 1;
        parts[count] = (struct iovec){bytes[count], length};
        messages[count].msg_hdr = (struct msghdr){.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &parts[count], .msg_iovlen = 1};
    }
    int s = socket(AF_PACKET, SOCK_RAW, 0);
    if (s < 0 || count == 0)
        return 1;
    unsigned long sent = 0;
    double began = now();
    for (double elapsed; (elapsed = now() - began) < seconds;) {
        if ((double)sent > elapsed * rate) {
            nanosleep(&(struct timespec){0, 200000}, NULL);
            continue;
        }
        unsigned from = (unsigned)(sent % count), most = count - from < at_once ? count - from : at_once;
        int done = sendmmsg(s, messages + from, most, 0);
        if (done > 0)
            sent += (unsigned long)done;
    }
    printf("%lu\n", sent);
    return 0;
}
