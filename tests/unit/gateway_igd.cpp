// SPDX-License-Identifier: MIT
#include "support/igd_description_writer.hpp"
#include "unit/gateway_bench.hpp"
#include "wire/http_message.hpp"
#include "wire/igd_actions.hpp"
#include "wire/ssdp.hpp"
#include "wire/text.hpp"

#include <algorithm>

// The UPnP side of a simulated gateway.

using namespace pmp::test;
namespace http = pmp::wire::http;
namespace igd = pmp::wire::igd;
namespace soap = pmp::wire::soap;
namespace ssdp = pmp::wire::ssdp;
using pmp::dialect_id;
using pmp::endpoint;
using pmp::transport;
using std::chrono::seconds;

namespace {

constexpr std::uint16_t usual_port = 5000;

gateway_options igd_options(unsigned version) {
    gateway_options out;
    out.protocols = {dialect_id::igd};
    out.igd_version = version;
    return out;
}

struct igd_bench : gateway_bench {
    explicit igd_bench(unsigned version = 1) : gateway_bench(igd_options(version)) {
        service.type_name = service_urn("WANIPConnection", version);
        service.control = {{gateway.options().address, usual_port}, "/igd/ctl/ip"};
    }

    stream_answer converse(http::request const& request, std::uint16_t port = usual_port) {
        return gateway.converse(client, port, encode(request), now);
    }

    soap::reply perform(soap::call const& call) {
        auto const answer = converse(encode(call, service.control));
        BOOST_REQUIRE((answer.fate == stream_fate::answered));
        auto const response = http::decode_response(pmp::wire::bytes_of(answer.bytes));
        return soap::decode_reply(response.value()).value();
    }

    int error_of(soap::call const& call) {
        auto const reply = perform(call);
        auto const* error = std::get_if<soap::upnp_error>(&reply);
        return error != nullptr ? error->code : 0;
    }

    igd::port_mapping row(std::uint16_t port, seconds lease = seconds(3600)) const {
        return {transport::tcp, port, {client.address, 22}, "", "test", true, lease};
    }

    std::optional<igd::port_mapping> look(std::uint16_t port) {
        auto const reply = perform(ask_mapping(service, transport::tcp, port));
        auto const* answer = std::get_if<soap::answer>(&reply);
        return answer != nullptr ? igd::read_mapping(*answer) : std::nullopt;
    }

    std::string description() {
        auto const answer = converse({"GET", std::string(description_path), {}, {}});
        return http::decode_response(pmp::wire::bytes_of(answer.bytes)).value().body;
    }

    /// How many answers a search gets within its MX.
    std::vector<packet> search(std::string const& target, bool multicast = false) {
        endpoint const own{gateway.options().address, ssdp::port};
        auto const to = multicast ? ssdp::group_v4() : own;
        auto const spread = multicast ? std::optional(2U) : std::nullopt;
        gateway.receive({client, to, encode(ssdp::search{to, target, spread})}, now);
        auto out = sent();
        for (auto& later : wait(seconds(3))) {
            out.push_back(std::move(later.sent));
        }
        return out;
    }

    igd::service service;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gateway_igd, igd_bench)

BOOST_AUTO_TEST_CASE(answers_to_searches_for_what_it_is) {
    igd_bench second(2);
    auto const older = device_urn("InternetGatewayDevice", 1);
    auto const newer = device_urn("InternetGatewayDevice", 2);

    BOOST_TEST(search("upnp:rootdevice").size() == 1U);
    BOOST_TEST(search("upnp:rootdevice", true).size() == 1U);
    BOOST_TEST(search(newer).empty());
    BOOST_TEST(second.search(older).size() == 1U);
    BOOST_TEST(second.search(newer).size() == 1U);
    BOOST_TEST(search("ssdp:all").size() > 3U);
    BOOST_TEST(search("urn:schemas-upnp-org:device:Printer:1").empty());
}

BOOST_AUTO_TEST_CASE(spreads_its_answers_to_multicast_searches_alone) {
    gateway.receive(
        {client, ssdp::group_v4(), encode(ssdp::search{ssdp::group_v4(), "ssdp:all", 5})}, now
    );

    BOOST_TEST(sent().size() < 3U);
    BOOST_TEST(wait(seconds(5)).size() > 3U);
}

BOOST_AUTO_TEST_CASE(describes_itself) {
    pmp::wire::http_url const location{
        {gateway.options().address, usual_port}, std::string(description_path)};

    auto const read = igd::decode_description(description(), location);

    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->udn == igd_udn);
    BOOST_TEST(read->services.size() == 2U);
    BOOST_TEST((read->services.at(1).control == service.control));
}

BOOST_AUTO_TEST_CASE(shares_its_table_with_the_other_protocols) {
    gateway.set_protocols({dialect_id::nat_pmp, dialect_id::igd});
    natpmp::map_request request;
    request.protocol = transport::tcp;
    request.internal_port = 22;
    request.suggested_port = 2222;
    request.lifetime = 600;
    ask(natpmp::request(request));

    auto const seen = look(2222);

    BOOST_REQUIRE(seen.has_value());
    BOOST_TEST((seen->internal == endpoint{client.address, 22}));
    BOOST_TEST(seen->lease.count() == 600);
}

BOOST_AUTO_TEST_CASE(tells_what_is_left_of_a_lease) {
    BOOST_TEST(error_of(add_mapping(service, row(2222))) == 0);

    wait(seconds(1000));

    BOOST_TEST(look(2222)->lease.count() == 2600);
    wait(seconds(2600));
    BOOST_TEST(!look(2222).has_value());
}

BOOST_AUTO_TEST_CASE(overwrites_entries_of_the_same_client_and_no_others) {
    BOOST_TEST(error_of(add_mapping(service, row(2222))) == 0);
    auto other_port = row(2222);
    other_port.internal.port = 23;
    auto other_client = row(2222);
    other_client.internal.address = boost::asio::ip::make_address("192.168.1.66");

    BOOST_TEST(error_of(add_mapping(service, other_port)) == 0);
    BOOST_TEST(error_of(add_mapping(service, other_client)) == 718);

    BOOST_TEST(look(2222)->internal.port == 23U);
    BOOST_TEST(gateway.mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(lists_its_table) {
    perform(add_mapping(service, row(2222)));
    perform(add_mapping(service, row(2223)));

    BOOST_TEST(error_of(ask_mapping_at(service, 1)) == 0);
    BOOST_TEST(error_of(ask_mapping_at(service, 2)) == 713);
}

BOOST_AUTO_TEST_CASE(version_2_keeps_to_the_client_and_to_leases_that_end) {
    igd_bench second(2);
    auto other_client = second.row(2222);
    other_client.internal.address = boost::asio::ip::make_address("192.168.1.66");

    BOOST_TEST(second.error_of(add_mapping(second.service, other_client)) == 606);
    BOOST_TEST(second.error_of(add_mapping(second.service, second.row(2222, seconds(0)))) == 0);
    BOOST_TEST((second.look(2222)->lease == igd::longest_lease));
}

BOOST_AUTO_TEST_CASE(version_2_gives_another_port_where_one_is_taken) {
    igd_bench second(2);
    auto other = second.row(2222);
    other.internal.port = 23;
    second.perform(add_mapping(second.service, other));

    auto const reply = second.perform(add_any_mapping(second.service, second.row(2222)));

    auto const port = igd::read_reserved_port(std::get<soap::answer>(reply));
    BOOST_REQUIRE(port.has_value());
    BOOST_TEST(*port != 2222U);
    BOOST_TEST(error_of(add_any_mapping(service, row(2222))) == 401);
}

BOOST_AUTO_TEST_CASE(knows_no_other_service_and_no_other_action) {
    auto other = service;
    other.type_name = service_urn("WANPPPConnection", 1);

    BOOST_TEST(error_of(ask_status(other)) == 401);
    BOOST_TEST(error_of({service.type_name, "ForceTermination", {}}) == 401);
}

BOOST_AUTO_TEST_CASE(refuses_connections_where_it_does_not_serve) {
    http::request const request{"GET", std::string(description_path), {}, {}};

    BOOST_TEST((converse(request, usual_port + 1).fate == stream_fate::refused));
    set(vice::http_new_port);
    gateway.reboot(reboot_kind::keeps, now);
    BOOST_TEST((converse(request).fate == stream_fate::refused));
    BOOST_TEST((converse(request, usual_port + 1).fate == stream_fate::answered));
    gateway.set_protocols({dialect_id::pcp});
    BOOST_TEST((converse(request, usual_port + 1).fate == stream_fate::refused));
}

BOOST_AUTO_TEST_CASE(notifies_of_its_start_with_another_boot_id) {
    gateway.announce(now);
    auto const first = ssdp::decode_advertisement(sent().at(0).bytes).value();

    gateway.reboot(reboot_kind::keeps, now);

    auto const messages = sent();
    BOOST_REQUIRE(!messages.empty());
    BOOST_TEST((messages.at(0).destination == ssdp::group_v4()));
    auto const second = ssdp::decode_advertisement(messages.at(0).bytes).value();
    BOOST_TEST((second.kind == ssdp::advertisement_kind::alive));
    BOOST_TEST(*second.boot_id == *first.boot_id + 1);
}

BOOST_AUTO_TEST_CASE(its_uptime_falls_when_it_reboots) {
    auto const uptime = [this] {
        return igd::read_status(std::get<soap::answer>(perform(ask_status(service)))).uptime;
    };
    wait(seconds(500));
    BOOST_TEST(uptime().count() == 500);

    gateway.reboot(reboot_kind::keeps, now);

    BOOST_TEST(uptime().count() == 0);
}

BOOST_AUTO_TEST_CASE(descriptions_have_their_vices) {
    set(vice::description_huge);
    BOOST_TEST(converse({"GET", std::string(description_path), {}, {}}).bytes.size() > 1'048'576U);
    gateway.clear(vice::description_huge, now);
    set(vice::description_bomb);
    BOOST_TEST(description().find("<!ENTITY") != std::string::npos);
    set(vice::url_base_elsewhere);
    BOOST_TEST(description().find("<URLBase>http://192.168.254.254") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_service_in_front_is_not_connected) {
    set(vice::two_services);
    auto ppp = service;
    ppp.type_name = service_urn("WANPPPConnection", 1);
    ppp.control.target = "/igd/ctl/ppp";

    auto const reply = converse(encode(ask_status(ppp), ppp.control));

    auto const response = http::decode_response(pmp::wire::bytes_of(reply.bytes)).value();
    auto const answer = soap::decode_reply(response).value();
    BOOST_TEST(!is_connected(igd::read_status(std::get<soap::answer>(answer))));
    auto const text = description();
    BOOST_TEST(text.find("WANPPPConnection") < text.find("WANIPConnection"));
}

BOOST_AUTO_TEST_SUITE_END()
