// SPDX-License-Identifier: MIT
#include "engine/ledger.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace {

using namespace std::chrono_literals;

pmp::ip_address address(std::string const& text) {
    return boost::asio::ip::make_address(text);
}

pmp::mapping ssh() {
    pmp::mapping m;
    m.name = "ssh";
    m.internal.port = 22;
    m.suggested.port = 2222;
    return m;
}

pmp::gateway_view home() {
    pmp::gateway_view v;
    v.address = address("192.168.1.1");
    v.internal = address("192.168.1.10");
    return v;
}

pmp::lease granted(std::uint16_t port) {
    pmp::lease l;
    l.mapping = "ssh";
    l.gateway = {address("192.168.1.1"), 5351};
    l.internal = {address("192.168.1.10"), 22};
    l.assigned = {address("203.0.113.7"), port};
    l.expires = pmp::time_point(1h);
    return l;
}

struct fixture {
    pmp::secret secret{std::byte{1}, std::byte{2}};
    pmp::ledger book{pmp::memory{secret, {}}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ledger, fixture)

BOOST_AUTO_TEST_CASE(gives_the_same_nonce_for_the_same_secret_gateway_and_mapping) {
    pmp::ledger const other(pmp::memory{secret, {}});
    auto const key = pmp::key_of(ssh());

    BOOST_TEST((book.nonce(address("192.168.1.1"), key) == other.nonce(address("192.168.1.1"), key))
    );
}

BOOST_AUTO_TEST_CASE(gives_another_nonce_for_another_secret_gateway_or_mapping) {
    pmp::ledger const other(pmp::memory{});
    auto const key = pmp::key_of(ssh());
    auto udp = ssh();
    udp.protocol = pmp::transport::udp;
    auto other_port = ssh();
    other_port.internal.port = 23;
    auto other_host = ssh();
    other_host.internal.address = address("192.168.1.11");
    auto const nonce = book.nonce(address("192.168.1.1"), key);

    BOOST_TEST((nonce != other.nonce(address("192.168.1.1"), key)));
    BOOST_TEST((nonce != book.nonce(address("192.168.1.2"), key)));
    for (auto const& mapping : {udp, other_port, other_host}) {
        BOOST_TEST((nonce != book.nonce(address("192.168.1.1"), pmp::key_of(mapping))));
    }
}

BOOST_AUTO_TEST_CASE(gives_a_renamed_mapping_its_old_nonce) {
    auto renamed = ssh();
    renamed.name = "shell";
    auto const gateway = address("192.168.1.1");

    BOOST_TEST(
        (book.nonce(gateway, pmp::key_of(ssh())) == book.nonce(gateway, pmp::key_of(renamed)))
    );
}

BOOST_AUTO_TEST_CASE(recalls_what_was_assigned_at_that_gateway_and_no_other) {
    book.note(home(), ssh(), granted(4000));
    auto elsewhere = home();
    elsewhere.address = address("10.0.0.1");

    BOOST_TEST(book.recall(home(), ssh())->port == 4000);
    BOOST_TEST(!book.recall(elsewhere, ssh()).has_value());
}

BOOST_AUTO_TEST_CASE(recalls_nothing_for_another_wish) {
    book.note(home(), ssh(), granted(4000));
    auto wish = ssh();
    wish.suggested.port = 3333;

    BOOST_TEST(!book.recall(home(), wish).has_value());
}

BOOST_AUTO_TEST_CASE(knows_which_leases_still_run) {
    book.note(home(), ssh(), granted(4000));

    BOOST_TEST(book.running(home(), pmp::time_point(59min)).size() == 1U);
    BOOST_TEST(book.running(home(), pmp::time_point(61min)).empty());
}

BOOST_AUTO_TEST_CASE(forgets) {
    book.note(home(), ssh(), granted(4000));

    book.forget(home(), pmp::key_of(ssh()));

    BOOST_TEST(book.snapshot().leases.empty());
}

BOOST_AUTO_TEST_CASE(is_the_same_after_it_was_saved_and_loaded) {
    book.note(home(), ssh(), granted(4000));
    auto const saved = book.snapshot();

    pmp::ledger const loaded(saved);

    BOOST_TEST((loaded.snapshot() == saved));
    BOOST_TEST(loaded.recall(home(), ssh())->port == 4000);
}

BOOST_AUTO_TEST_SUITE_END()
