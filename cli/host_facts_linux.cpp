// SPDX-License-Identifier: MIT
#include "cli/host_facts.hpp"

#include <pmp/network.hpp>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

namespace pmp::cli {

namespace {

error_code last_error() {
    return {errno, boost::system::system_category()};
}

std::optional<ip_address> address_of(sockaddr const* from) {
    if (from != nullptr && from->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, from, sizeof v4);
        return boost::asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (from != nullptr && from->sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, from, sizeof v6);
        return boost::asio::ip::address_v6(
            std::bit_cast<boost::asio::ip::address_v6::bytes_type>(v6.sin6_addr)
        );
    }
    return {};
}

std::vector<interface_fact> read_interfaces() {
    std::vector<interface_fact> out;
    ifaddrs* head = nullptr;
    if (::getifaddrs(&head) != 0) {
        return out;
    }
    std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> const owner(head, ::freeifaddrs);
    for (auto const* each = head; each != nullptr; each = each->ifa_next) {
        if ((each->ifa_flags & IFF_LOOPBACK) != 0) {
            continue;
        }
        auto found = std::find_if(out.begin(), out.end(), [each](interface_fact const& i) {
            return i.name == each->ifa_name;
        });
        if (found == out.end()) {
            interface_fact fresh;
            fresh.name = each->ifa_name;
            found = out.insert(out.end(), std::move(fresh));
        }
        found->running = (each->ifa_flags & IFF_UP) != 0 && (each->ifa_flags & IFF_RUNNING) != 0;
        found->point_to_point = (each->ifa_flags & IFF_POINTOPOINT) != 0;
        if (auto address = address_of(each->ifa_addr)) {
            found->addresses.push_back(*std::move(address));
        }
    }
    return out;
}

/// proc(5): addresses are hexadecimal, as they lie in memory.
std::vector<route_fact> read_default_routes() {
    std::vector<route_fact> out;
    std::ifstream table("/proc/net/route");
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
        std::istringstream row(line);
        route_fact route;
        std::uint32_t destination = 0;
        std::uint32_t gateway = 0;
        std::uint32_t flags = 0;
        std::uint32_t mask = 0;
        std::string skipped;
        row >> route.interface >> std::hex >> destination >> gateway >> flags >> std::dec >>
            skipped >> skipped >> route.metric >> std::hex >> mask;
        constexpr std::uint32_t is_up = 1;
        if (row && destination == 0 && mask == 0 && (flags & is_up) != 0) {
            route.gateway = boost::asio::ip::address_v4(ntohl(gateway));
            out.push_back(std::move(route));
        }
    }
    std::stable_sort(out.begin(), out.end(), [](route_fact const& a, route_fact const& b) {
        return a.metric < b.metric;
    });
    return out;
}

/// What it writes until it ends; nothing where that takes longer than two seconds.
std::optional<std::string> read_all(int from) {
    constexpr std::size_t longest = std::size_t{1} << 20U;
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    std::string out;
    std::array<char, 4096> part{};
    while (out.size() < longest) {
        auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now()
        );
        pollfd waited{from, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&waited, 1, static_cast<int>(left.count())) <= 0) {
            break;
        }
        auto const size = ::read(from, part.data(), part.size());
        if (size == 0) {
            return out;
        }
        if (size < 0) {
            break;
        }
        out.append(part.data(), static_cast<std::size_t>(size));
    }
    return {};
}

/// What a program prints; nothing where it fails, or isn't there.
template <std::size_t Size>
std::optional<std::string> output_of(std::array<char const*, Size> const& command) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        return {};
    }
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::array<char*, Size + 1> words{};
    std::transform(command.begin(), command.end(), words.begin(), [](char const* word) {
        return const_cast<char*>(word); // NOLINT(cppcoreguidelines-pro-type-const-cast): POSIX
    });
    pid_t child = 0;
    bool const started =
        ::posix_spawn(&child, words[0], &actions, nullptr, words.data(), nullptr) == 0;
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    auto out = started ? read_all(pipe[0]) : std::nullopt;
    ::close(pipe[0]);
    if (!started) {
        return {};
    }
    if (!out) {
        ::kill(child, SIGKILL);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? out : std::nullopt;
}

bool says(char const* file, std::string_view line) {
    std::ifstream in(file);
    for (std::string each; std::getline(in, each);) {
        if (each == line) {
            return true;
        }
    }
    return false;
}

/// The services that write a machine's rules, for those who can't read the rules themselves.
std::string firewall_service() {
    if (says("/etc/ufw/ufw.conf", "ENABLED=yes")) {
        return "ufw";
    }
    return ::access("/run/firewalld.pid", F_OK) == 0 || ::access("/run/firewalld", F_OK) == 0
               ? "firewalld"
               : "";
}

firewall_fact read_firewall() {
    firewall_fact unread{firewall_service(), {}, "run pmp doctor as root, by sudo", false};
    if (::geteuid() != 0) {
        return unread;
    }
    unread.remedy = "install nft or iptables, and run pmp doctor where they may list the rules";
    auto out = unread;
    // By their own paths: whoever has set PATH decides nothing here.
    for (auto const* nft : {"/usr/sbin/nft", "/sbin/nft"}) {
        if (auto const rules = output_of(std::array{nft, "list", "ruleset"})) {
            out = read_nft(*rules);
            break;
        }
    }
    for (auto const* iptables : {"/usr/sbin/iptables", "/sbin/iptables"}) {
        auto const rules = out.drops.value_or(false)
                               ? std::nullopt
                               : output_of(std::array{iptables, "-S", "INPUT"});
        if (rules) {
            auto found = read_iptables(*rules);
            out = found.name.empty() && out.drops ? out : std::move(found);
            break;
        }
    }
    out.name = out.drops && !unread.name.empty() ? unread.name : out.name;
    return out;
}

/// A descriptor that is closed.
class held_socket {
public:
    held_socket() : number_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
    ~held_socket() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    held_socket(held_socket const&) = delete;
    held_socket& operator=(held_socket const&) = delete;

    bool set(int level, int name, void const* value, std::size_t size) const {
        return ::setsockopt(number_, level, name, value, static_cast<socklen_t>(size)) == 0;
    }
    bool bind(sockaddr_in const& to) const {
        sockaddr generic{};
        static_assert(sizeof generic == sizeof to);
        std::memcpy(&generic, &to, sizeof to);
        return ::bind(number_, &generic, sizeof generic) == 0;
    }

private:
    int number_;
};

} // namespace

host_facts examine_host() {
    return {read_interfaces(), read_default_routes(), read_firewall()};
}

std::vector<route_fact> default_routes() {
    return read_default_routes();
}

error_code try_to_hear(std::string const& interface) {
    held_socket const probe;
    int const on = 1;
    sockaddr_in group{};
    group.sin_family = AF_INET;
    group.sin_port = htons(announcement_port);
    group.sin_addr.s_addr = htonl(INADDR_ALLHOSTS_GROUP);
    ip_mreqn membership{};
    membership.imr_multiaddr = group.sin_addr;
    membership.imr_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
    // As pmpd listens: beside others that share the port.
    bool const heard = probe.set(SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) &&
                       probe.set(SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) && probe.bind(group) &&
                       probe.set(IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership);
    return heard ? error_code() : last_error();
}

} // namespace pmp::cli
