// SPDX-License-Identifier: MIT
// upnp_exchange SOURCE PORT: the floor of UPnP. Searches the gateway, reads its description, maps a UDP port and reads the
// mapping back; knows the service and its URL by heart, as no real client may.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVICE "urn:schemas-upnp-org:service:WANIPConnection:1"

static char buffer[65536];

static void fail(const char *what) {
    fprintf(stderr, "upnp_exchange: %s\n", what);
    exit(1);
}

static void search(const char *source, char *location) {
    static const char question[] = "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
                                   "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n";
    struct sockaddr_in group = {.sin_family = AF_INET, .sin_port = htons(1900)};
    struct in_addr interface;
    inet_pton(AF_INET, "239.255.255.250", &group.sin_addr);
    inet_pton(AF_INET, source, &interface);
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(s, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface);
    struct pollfd readable = {.fd = s, .events = POLLIN};
    if (sendto(s, question, sizeof question - 1, 0, (void *)&group, sizeof group) < 0 || poll(&readable, 1, 5000) != 1)
        fail("no answer to the search");
    ssize_t size = recv(s, buffer, sizeof buffer - 1, 0);
    close(s);
    buffer[size < 0 ? 0 : size] = 0;
    char *found = strcasestr(buffer, "location: http://");
    if (!found || sscanf(found + 17, "%255[^\r]", location) != 1)
        fail("no location");
}

static void talk(const char *host, unsigned short port, const char *request) {
    struct sockaddr_in gateway = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, host, &gateway.sin_addr);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (void *)&gateway, sizeof gateway) != 0 || write(s, request, strlen(request)) < 0)
        fail("no connection");
    size_t size = 0;
    for (ssize_t n; (n = read(s, buffer + size, sizeof buffer - 1 - size)) > 0;)
        size += (size_t)n;
    close(s);
    buffer[size] = 0;
    if (!strstr(buffer, " 200 "))
        fail(buffer);
}

static void act(const char *host, unsigned short port, const char *path, const char *action, const char *arguments) {
    static char request[4096], body[2048];
    snprintf(body, sizeof body,
             "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
             "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:%s xmlns:u=\"" SERVICE "\">%s</u:%s>"
             "</s:Body></s:Envelope>",
             action, arguments, action);
    snprintf(request, sizeof request,
             "POST %s HTTP/1.1\r\nHost: %s:%u\r\nContent-Type: text/xml\r\nContent-Length: %zu\r\nConnection: close\r\n"
             "SOAPAction: \"" SERVICE "#%s\"\r\n\r\n%s",
             path, host, port, strlen(body), action, body);
    talk(host, port, request);
}

int main(int argc, char **argv) {
    char location[256], host[64], path[256], control[256], request[512], arguments[1024];
    unsigned short port;
    if (argc != 3)
        return 2;
    search(argv[1], location);
    if (sscanf(location, "%63[^:]:%hu%255s", host, &port, path) != 3)
        fail(location);
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%u\r\nConnection: close\r\n\r\n", path, host, port);
    talk(host, port, request);
    char *service = strstr(buffer, "service:WANIPConnection");
    char *url = service ? strstr(service, "<controlURL>") : NULL;
    if (!url || sscanf(url + 12, "%255[^<]", control) != 1)
        fail("no control URL");
    snprintf(arguments, sizeof arguments,
             "<NewRemoteHost></NewRemoteHost><NewExternalPort>%s</NewExternalPort><NewProtocol>UDP</NewProtocol>"
             "<NewInternalPort>%s</NewInternalPort><NewInternalClient>%s</NewInternalClient><NewEnabled>1</NewEnabled>"
             "<NewPortMappingDescription>bench</NewPortMappingDescription><NewLeaseDuration>3600</NewLeaseDuration>",
             argv[2], argv[2], argv[1]);
    act(host, port, control, "AddPortMapping", arguments);
    snprintf(arguments, sizeof arguments,
             "<NewRemoteHost></NewRemoteHost><NewExternalPort>%s</NewExternalPort><NewProtocol>UDP</NewProtocol>", argv[2]);
    act(host, port, control, "GetSpecificPortMappingEntry", arguments);
    puts("mapped");
    return 0;
}
