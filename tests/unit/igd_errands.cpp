// SPDX-License-Identifier: MIT
#include "engine/inquiry.hpp"
#include "engine/lease_errands.hpp"
#include "engine/table_errand.hpp"
#include "wire/ssdp.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

// One-shots at a device that answers searches, and that cannot be used.

namespace {

using namespace std::chrono_literals;
using pmp::dialect_id;
using pmp::fault;
namespace ssdp = pmp::wire::ssdp;

pmp::time_point const start{1h};
pmp::secret const key{std::byte{1}};

struct useless_device {
    char const* name;
    std::string location;
    /// What comes of reading its description.
    pmp::fetch_result description;
    fault flaw;
};

pmp::fetch_result answer(unsigned status, std::string body, pmp::error_code error = {}) {
    pmp::fetch_result out;
    out.status = status;
    out.body = std::move(body);
    out.error = error;
    return out;
}

std::vector<useless_device> useless_devices() {
    std::string const own = "http://192.168.1.1:5000/root.xml";
    return {
        {"at another host", "http://192.168.1.2:5000/root.xml", {}, fault::foreign_address},
        {"too long", own, answer(0, {}, fault::bad_length), fault::bad_description},
        {"cut amid its body", own, answer(0, {}, fault::truncated), fault::bad_description},
        {"no XML", own, answer(200, "<root"), fault::bad_description},
        {"not there", own, answer(404, {}), fault::http_failed},
    };
}

/// An errand at 192.168.1.1, in virtual time.
class bench {
public:
    bench(pmp::errand& what, useless_device const& device, std::vector<dialect_id> protocols)
        : what_(what), device_(device) {
        view_.address = boost::asio::ip::make_address("192.168.1.1");
        view_.internal = boost::asio::ip::make_address("192.168.1.10");
        view_.protocols = std::move(protocols);
    }

    /// How long it takes to come to its outcome.
    std::chrono::nanoseconds run() {
        what_.begin(view_, now_);
        drain();
        while (!what_.outcome() && now_ < start + 1min) {
            now_ = what_.wake_at();
            what_.tick(now_);
            drain();
        }
        return now_ - start;
    }

private:
    void drain() {
        while (auto const out = what_.poll()) {
            if (auto const* search = std::get_if<pmp::outbound_search>(&*out)) {
                reply_to(*search);
            } else if (auto const* request = std::get_if<pmp::fetch>(&*out)) {
                auto result = device_.description;
                result.gateway = request->gateway;
                result.id = request->id;
                what_.fetched(result, now_);
            }
        }
    }

    void reply_to(pmp::outbound_search const& search) {
        auto const asked = ssdp::decode_search(search.bytes);
        BOOST_TEST_REQUIRE(asked.has_value());
        ssdp::advertisement said;
        said.target = asked->target;
        said.usn = "uuid:1::" + asked->target;
        said.location = device_.location;
        pmp::inbound_datagram in;
        in.gateway = view_.name;
        in.source = {view_.address, ssdp::port};
        auto const octets = encode(said);
        in.bytes = octets;
        what_.advertised(in, now_);
    }

    pmp::errand& what_;
    useless_device const& device_;
    pmp::gateway_view view_;
    pmp::time_point now_ = start;
};

pmp::mapping tcp_80() {
    pmp::mapping wish;
    wish.internal.port = 80;
    wish.suggested.port = 80;
    return wish;
}

using maker = std::function<std::unique_ptr<pmp::errand>()>;

std::unique_ptr<pmp::errand> make_inquiry() {
    return std::make_unique<pmp::inquiry>(pmp::inquiry_settings{}, key, 1);
}

std::unique_ptr<pmp::errand> make_map() {
    pmp::engine_settings settings;
    settings.upnp_at_once = true;
    return std::make_unique<pmp::map_errand>(settings, tcp_80(), pmp::memory{key, {}, {}}, 1);
}

std::unique_ptr<pmp::errand> make_unmap() {
    pmp::engine_settings settings;
    settings.upnp_at_once = true;
    return std::make_unique<pmp::unmap_errand>(settings, tcp_80(), pmp::memory{key, {}, {}}, 1);
}

std::unique_ptr<pmp::errand> make_list() {
    return std::make_unique<pmp::table_errand>(1);
}

void check(maker const& make, std::vector<dialect_id> const& protocols, std::chrono::seconds most) {
    for (auto const& device : useless_devices()) {
        BOOST_TEST_CONTEXT("a description " << device.name) {
            auto const what = make();

            auto const took = bench(*what, device, protocols).run();

            BOOST_TEST((what->outcome() == pmp::error_code(device.flaw)));
            BOOST_TEST(
                std::chrono::duration<double>(took).count() <= static_cast<double>(most.count())
            );
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(igd_errands)

BOOST_AUTO_TEST_CASE(an_inquiry_tells_soon_what_is_wrong_with_the_only_device) {
    check(make_inquiry, {dialect_id::igd}, 2s);
    check(make_inquiry, {dialect_id::pcp, dialect_id::nat_pmp, dialect_id::igd}, 5s);
}

BOOST_AUTO_TEST_CASE(what_maps_tells_it_soon) {
    check(make_map, {dialect_id::igd}, 2s);
    check(make_map, {dialect_id::pcp, dialect_id::nat_pmp, dialect_id::igd}, 5s);
}

BOOST_AUTO_TEST_CASE(what_unmaps_tells_it_soon) {
    check(make_unmap, {dialect_id::igd}, 2s);
    check(make_unmap, {dialect_id::pcp, dialect_id::nat_pmp, dialect_id::igd}, 5s);
}

BOOST_AUTO_TEST_CASE(what_lists_tells_it_soon) {
    check(make_list, {dialect_id::igd}, 2s);
}

BOOST_AUTO_TEST_SUITE_END()
