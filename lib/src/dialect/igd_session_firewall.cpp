// SPDX-License-Identifier: MIT
#include "dialect/igd_session.hpp"

#include <string_view>
#include <utility>

namespace pmp {

namespace igd = wire::igd;
namespace soap = wire::soap;
namespace ssdp = wire::ssdp;

namespace {

/// The device itself or a service of it, as opposed to `upnp:rootdevice`, which everybody is.
bool names_gateway(std::string_view target) {
    for (auto const* name : {":InternetGatewayDevice:", ":WANIP", ":WANPPP"}) {
        if (target.find(name) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

} // namespace

std::unique_ptr<igd_work> igd_session::work_for(lease_request wish) {
    if (opens_pinholes()) {
        return std::make_unique<pinhole_transaction>(
            *service_, firewall_, pinholes_, std::move(wish)
        );
    }
    return std::make_unique<igd_transaction>(*service_, habits_, std::move(wish), dice_);
}

soap::call igd_session::status_question() const {
    return opens_pinholes() ? ask_firewall(*service_) : ask_status(*service_);
}

/// Nothing where there is no use in asking.
std::optional<soap::call> igd_session::check_question(lease_request const& wish) const {
    if (!opens_pinholes()) {
        return ask_mapping(*service_, wish.protocol, wish.assigned->port, remote_host_of(wish));
    }
    auto const name = pinholes_.find(wish);
    return name ? std::optional(ask_pinhole(*service_, *name)) : std::nullopt;
}

/// Nothing where the gateway cannot be told what is meant.
std::optional<soap::call> igd_session::deletion(lease_request const& wish) const {
    if (opens_pinholes()) {
        auto const name = pinholes_.find(wish);
        return name ? std::optional(delete_pinhole(*service_, *name)) : std::nullopt;
    }
    if (!wish.assigned) {
        return {};
    }
    return delete_mapping(*service_, wish.protocol, wish.assigned->port, remote_host_of(wish));
}

/// A firewall that has been switched on knows of no pinhole.
void igd_session::take_firewall(soap::reply const& reply) {
    if (auto const* told = std::get_if<soap::answer>(&reply)) {
        auto const was = std::exchange(firewall_, igd::read_firewall(*told));
        doubtful_ = doubtful_ || (firewall_.enabled && !was.enabled);
    }
    outbox_.emplace_back(found(false));
}

igd_sighting igd_session::pinhole_sighting(soap::reply const& reply, lease_request const& wish) {
    auto const* error = std::get_if<soap::upnp_error>(&reply);
    if (error == nullptr) {
        return igd_sighting::ours;
    }
    if (!denies_pinhole(*error)) {
        return igd_sighting::unknown;
    }
    pinholes_.drop(wish);
    return igd_sighting::missing;
}

/// Some answer from another port than 1900. A router has several addresses of IPv6, answers from
/// any of them and tells any of them: of what it tells, port and path alone count, at the address
/// by which it is known. From another address everybody answers who is on the network, so that it
/// has to call itself a gateway.
bool igd_session::is_of_gateway(ssdp::advertisement& said, ip_address const& source) const {
    if (gateway_.is_v4() || source.is_v4()) {
        return source == gateway_;
    }
    if (source != gateway_ && !names_gateway(said.target)) {
        return false;
    }
    if (auto place = wire::parse_http_url(said.location)) {
        place->server.address = gateway_;
        said.location = to_string(*place);
    }
    return true;
}

} // namespace pmp
