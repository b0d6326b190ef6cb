// SPDX-License-Identifier: MIT
#include "support/ssdp_responder.hpp"

#include "support/igd_description_writer.hpp"

#include <algorithm>
#include <string>

// Sections are of the UPnP Device Architecture 1.1.
namespace pmp::test {

namespace {

namespace ssdp = wire::ssdp;
using std::chrono::milliseconds;

constexpr std::uint16_t other_port = 40000;
constexpr unsigned longest_spread = 5;
constexpr std::string_view root_device = "upnp:rootdevice";
constexpr std::string_view everything = "ssdp:all";

/// All that it can be searched for: 1.3.2 wants older versions to be found too.
std::vector<std::string> targets(gateway_state const& state) {
    std::vector<std::string> out{std::string(root_device), std::string(igd_udn)};
    for (unsigned version = 1; version <= state.options.igd_version; ++version) {
        out.push_back(device_urn("InternetGatewayDevice", version));
        out.push_back(device_urn("WANDevice", version));
        out.push_back(device_urn("WANConnectionDevice", version));
        out.push_back(service_urn("WANIPConnection", version));
    }
    if (state.options.igd_version >= 2) {
        out.push_back(service_urn("WANIPv6FirewallControl", 1));
    }
    if (state.vices.has(vice::two_services)) {
        out.push_back(service_urn("WANPPPConnection", 1));
    }
    return out;
}

std::string location(gateway_state const& state) {
    if (state.vices.has(vice::foreign_location) && state.options.address.is_v4()) {
        auto const next = state.options.address.to_v4().to_uint() + 1;
        endpoint const other{boost::asio::ip::address_v4(next), state.igd.port};
        return "http://" + to_string(other) + std::string(description_path);
    }
    return igd_origin(state) + std::string(description_path);
}

ssdp::advertisement
advertise(gateway_state const& state, ssdp::advertisement_kind kind, std::string const& target) {
    ssdp::advertisement out;
    out.kind = kind;
    out.target = target;
    out.usn = std::string(igd_udn) + (target == igd_udn ? "" : "::" + target);
    out.location = kind == ssdp::advertisement_kind::byebye ? "" : location(state);
    out.server = "pmp-gateway UPnP/1.1";
    out.boot_id = state.igd.boot_id;
    out.config_id = 1;
    return out;
}

bool hears(gateway_state const& state, packet const& request, ssdp::search const& wanted) {
    auto const& vices = state.vices;
    auto const multicast = request.destination.address.is_multicast();
    if (multicast ? vices.has(vice::ssdp_unicast_only) : vices.has(vice::ssdp_multicast_only)) {
        return false;
    }
    if ((vices.has(vice::ssdp_root_only) && wanted.target != root_device) ||
        (vices.has(vice::ssdp_all_only) && wanted.target != everything)) {
        return false;
    }
    // 1.3.2: a multicast search without MX is to be ignored.
    return !multicast || wanted.spread.has_value();
}

} // namespace

std::vector<delayed_packet> answer_search(gateway_state& state, packet const& request) {
    auto const wanted = ssdp::decode_search(request.bytes);
    if (!wanted || !hears(state, request, *wanted)) {
        return {};
    }
    auto const spread = request.destination.address.is_multicast()
                            ? std::min(wanted->spread.value_or(0), longest_spread)
                            : 0;
    endpoint const source{
        state.options.address, state.vices.has(vice::ssdp_other_port) ? other_port : ssdp::port};
    std::vector<delayed_packet> out;
    for (auto const& target : targets(state)) {
        if (wanted->target != everything && wanted->target != target) {
            continue;
        }
        milliseconds const later{draw(state.random, spread * 1000)};
        auto const reply = advertise(state, ssdp::advertisement_kind::reply, target);
        out.emplace_back(later, packet{source, request.source, encode(reply)});
    }
    return out;
}

std::vector<packet> ssdp_notifications(gateway_state const& state, ssdp::advertisement_kind kind) {
    std::vector<packet> out;
    endpoint const source{state.options.address, ssdp::port};
    auto const group = state.options.address.is_v4() ? ssdp::group_v4() : ssdp::group_v6();
    for (auto const& target : targets(state)) {
        out.push_back({source, group, encode(advertise(state, kind, target))});
    }
    return out;
}

} // namespace pmp::test
