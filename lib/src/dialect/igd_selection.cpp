// SPDX-License-Identifier: MIT
#include "dialect/igd_selection.hpp"

#include <algorithm>
#include <tuple>

namespace pmp {

namespace igd = wire::igd;
namespace soap = wire::soap;

namespace {

constexpr std::size_t most_candidates = 6;

int standing_of(igd_candidate const& c) {
    if (c.firewall) {
        return c.firewall->enabled && !c.firewall->pinholes_allowed ? 2 : 3;
    }
    auto const connected = c.status && is_connected(*c.status);
    if (!c.external || c.external->is_unspecified() || (c.status && !connected)) {
        auto const tells = c.status || c.external;
        return tells ? 2 : is_alive(c) ? 1 : 0;
    }
    return (connected ? 5 : 3) + (is_public(*c.external) ? 1 : 0);
}

/// WANIPConnection:2, WANIPConnection:1, WANPPPConnection.
int preference(igd::service_type const& type) {
    if (type.kind != igd::service_kind::wan_ip_connection) {
        return 0;
    }
    return type.version >= 2 ? 2 : 1;
}

auto rank(igd_candidate const& c) {
    return std::tuple(standing_of(c), c.is_default, preference(c.service.type));
}

/// `uuid:...:WANConnectionDevice:1,urn:upnp-org:serviceId:WANIPConn1`
bool names(std::string_view value, igd::service const& s) {
    auto const comma = value.find(',');
    return comma != std::string_view::npos && value.substr(comma + 1) == s.id &&
           value.substr(0, s.device.size()) == s.device;
}

} // namespace

bool serves(igd::service const& s, address_family family) {
    return family == address_family::ipv4 ? is_wan_connection(s)
                                          : s.type.kind == igd::service_kind::firewall_control;
}

bool is_alive(igd_candidate const& c) {
    return c.status || c.external || c.firewall || c.refuses;
}

igd_selection::igd_selection(igd::description const& d, address_family family)
    : questions_each_(family == address_family::ipv4 ? 2 : 1) {
    for (auto const& s : d.services) {
        if (serves(s, family) && candidates_.size() < most_candidates) {
            candidates_.push_back({s, {}, {}, {}, false, false});
        }
        if (s.type.kind == igd::service_kind::layer3_forwarding) {
            forwarding_ = s;
        }
    }
    if (candidates_.size() < 2) {
        forwarding_.reset();
    }
}

std::optional<soap::call> igd_selection::next() const {
    if (asked_ < questions()) {
        auto const& s = candidates_[asked_ / questions_each_].service;
        if (questions_each_ == 1) {
            return ask_firewall(s);
        }
        return asked_ % 2 == 0 ? ask_status(s) : ask_external_address(s);
    }
    if (forwarding_ && asked_ == questions()) {
        return ask_default_connection(*forwarding_);
    }
    return {};
}

wire::http_url const& igd_selection::control() const {
    return asked_ < questions() ? candidates_[asked_ / questions_each_].service.control
                                : forwarding_->control;
}

void igd_selection::hear(std::optional<soap::reply> const& reply) {
    auto const at = asked_++;
    auto const* answer = reply ? std::get_if<soap::answer>(&*reply) : nullptr;
    if (answer == nullptr) {
        if (reply && at < questions()) {
            candidates_[at / questions_each_].refuses = true;
        }
        return;
    }
    if (at == questions()) {
        auto const value = soap::value_of(answer->arguments, "NewDefaultConnectionService");
        for (auto& c : candidates_) {
            c.is_default = names(value, c.service);
        }
        return;
    }
    auto& c = candidates_[at / questions_each_];
    if (questions_each_ == 1) {
        c.firewall = igd::read_firewall(*answer);
    } else if (at % 2 == 0) {
        // An empty status says nothing.
        auto status = igd::read_status(*answer);
        if (!status.status.empty()) {
            c.status = std::move(status);
        }
    } else {
        c.external = igd::read_external_address(*answer);
    }
}

igd_candidate const* igd_selection::best() const {
    auto const at = std::max_element(
        candidates_.begin(),
        candidates_.end(),
        [](igd_candidate const& a, igd_candidate const& b) { return rank(a) < rank(b); }
    );
    return at != candidates_.end() ? &*at : nullptr;
}

} // namespace pmp
