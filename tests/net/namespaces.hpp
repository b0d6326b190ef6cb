// SPDX-License-Identifier: MIT
#pragma once

#include <boost/test/tree/decorator.hpp>

#include <string>

namespace pmp::test {

/// A network namespace of its own, with its loopback interface up and nothing else.
class network_namespace {
public:
    /// Throws `boost::system::system_error` without the privilege.
    network_namespace();
    ~network_namespace();
    network_namespace(network_namespace const&) = delete;
    network_namespace& operator=(network_namespace const&) = delete;

    /// For `ip link set ... netns PATH`.
    std::string path() const;

    /// While one of these lives, the thread is inside of the namespace. A socket stays in the
    /// namespace in which it was opened.
    class visit {
    public:
        explicit visit(network_namespace const&);
        ~visit();
        visit(visit const&) = delete;
        visit& operator=(visit const&) = delete;

    private:
        int home_;
    };

private:
    int handle_ = -1;
};

/// Runs `ip ARGUMENTS` or `nft ARGUMENTS` where this thread is; throws `std::runtime_error` where
/// that fails.
void ip(std::string const& arguments);
void nft(std::string const& arguments);

/// The kernel takes its time to find that both ends of a link are up.
void wait_until_up(std::string const& interface);

/// Passes over a test, with a message, for whom network namespaces are forbidden; not where
/// CI=true.
boost::unit_test::decorator::precondition needs_namespaces();

} // namespace pmp::test
