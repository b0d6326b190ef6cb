// SPDX-License-Identifier: MIT
#include "net/namespaces.hpp"

#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace pmp::test {

namespace {

void check(int outcome, char const* what) {
    if (outcome < 0) {
        throw boost::system::system_error(errno, boost::system::system_category(), what);
    }
}

int open_current() {
    auto const handle = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    check(handle, "open /proc/thread-self/ns/net");
    return handle;
}

void run(std::string const& command) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    if (std::system(command.c_str()) != 0) {
        throw std::runtime_error("failed: " + command);
    }
}

bool in_ci() {
    auto const* const value = std::getenv("CI"); // NOLINT(concurrency-mt-unsafe): one thread
    return value != nullptr && std::string_view{value} == "true";
}

boost::test_tools::assertion_result allowed(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result result{in_ci() || ::geteuid() == 0};
    result.message() << "network namespaces need root";
    return result;
}

} // namespace

network_namespace::network_namespace() {
    auto const home = open_current();
    check(::unshare(CLONE_NEWNET), "unshare");
    handle_ = open_current();
    ip("link set lo up");
    check(::setns(home, CLONE_NEWNET), "setns");
    ::close(home);
}

network_namespace::~network_namespace() {
    ::close(handle_);
}

std::string network_namespace::path() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(handle_);
}

network_namespace::visit::visit(network_namespace const& to) : home_(open_current()) {
    check(::setns(to.handle_, CLONE_NEWNET), "setns");
}

network_namespace::visit::~visit() {
    ::setns(home_, CLONE_NEWNET);
    ::close(home_);
}

void ip(std::string const& arguments) {
    run("ip " + arguments);
}

void nft(std::string const& arguments) {
    run("nft " + arguments);
}

void wait_until_up(std::string const& interface) {
    auto const shown = "ip -o link show dev " + interface + " 2>/dev/null";
    run("timeout 5 sh -c 'until " + shown + " | grep -q \"state UP\"; do sleep 0.01; done'");
}

boost::unit_test::decorator::precondition needs_namespaces() {
    return boost::unit_test::decorator::precondition{allowed};
}

} // namespace pmp::test
