// SPDX-License-Identifier: MIT
#include "dialect/igd_session.hpp"
#include "wire/ssdp.hpp"

#include <algorithm>
#include <utility>

namespace pmp {

namespace igd = wire::igd;
namespace soap = wire::soap;
namespace ssdp = wire::ssdp;
using std::chrono::seconds;

namespace {

constexpr auto never = time_point::max();
constexpr seconds first_search_pause{15};
constexpr seconds longest_search_pause{1200};
constexpr unsigned most_failures = 2;
constexpr seconds status_pause{600};
/// Anybody can send notifications: so often they are a reason to search.
constexpr seconds notification_pause{30};

/// It is a gateway, or a service of one.
bool maps_ports(ssdp::advertisement const& said) {
    auto const names = [&said](std::string_view type) {
        return said.target.find(type) != std::string::npos;
    };
    return names(":InternetGatewayDevice:") || names(":WANIPConnection:") ||
           names(":WANPPPConnection:");
}

} // namespace

void igd_session::start(time_point now) {
    subscription_.resume(now);
    if (phase_ == phase::idle) {
        search(now);
        advance(now);
    }
}

void igd_session::search(time_point now) {
    phase_ = phase::searching;
    found_by_ = {};
    search_again_ = never;
    places_.clear();
    if (given_url_) {
        places_.push_back(*given_url_);
        next_place(now);
        return;
    }
    discovery_.start(now, location_);
}

/// The next description to look at; where there is none and none is to be expected, nothing here
/// speaks UPnP.
void igd_session::next_place(time_point now) {
    if (places_.empty() && !discovery_.running() && discovery_.wake_at() == never) {
        if (auto const last = discovery_.take_last_resort()) {
            places_.push_back(*last);
        } else {
            give_up(now);
            return;
        }
    }
    if (places_.empty()) {
        phase_ = phase::searching;
        return;
    }
    phase_ = phase::describing;
    location_ = places_.front();
    places_.pop_front();
    wire::http::request request;
    request.method = "GET";
    request.target = location_->target;
    request.fields = {{"Host", authority(*location_)}};
    begin_exchange(purpose::description, *location_, request, now);
}

bool igd_session::hear(inbound_datagram const& in, time_point now) {
    if (given_url_ || phase_ == phase::idle) {
        return false;
    }
    auto said = ssdp::decode_advertisement(in.bytes);
    if (!said || !is_of_gateway(*said, in.source.address)) {
        if (said && in.source.address != gateway_ && maps_ports(*said)) {
            found_by_.elsewhere = in.source.address;
        }
        return false;
    }
    found_by_.replies += said->kind == ssdp::advertisement_kind::reply ? 1 : 0;
    if (ready()) {
        advertised(*said, now);
        return true;
    }
    if (said->kind == ssdp::advertisement_kind::byebye) {
        return true;
    }
    if (phase_ == phase::absent && heeds_from_ <= now) {
        heeds_from_ = now + notification_pause;
        search(now);
    }
    if (auto const place = discovery_.hear(*said)) {
        boot_id_ = said->boot_id;
        places_.push_back(*place);
        if (phase_ == phase::searching && in_flight_ == purpose::nothing) {
            next_place(now);
        }
    }
    return true;
}

bool igd_session::has_restarted(ssdp::advertisement const& said) const {
    return said.boot_id && boot_id_ && *said.boot_id != *boot_id_;
}

/// Anybody can say it: a reason to look again, and nothing more.
void igd_session::advertised(ssdp::advertisement const& said, time_point now) {
    auto const of_our_device = description_ && device_of(said) == description_->udn;
    if (!of_our_device || said.kind == ssdp::advertisement_kind::reply) {
        return;
    }
    auto const moved = wire::parse_http_url(said.location);
    auto const elsewhere = moved && said.kind == ssdp::advertisement_kind::alive &&
                           moved->server.address == gateway_ && *moved != *location_;
    if (said.kind == ssdp::advertisement_kind::byebye || has_restarted(said) || elsewhere) {
        doubtful_ = true;
        boot_id_ = said.boot_id;
        if (in_flight_ == purpose::nothing && heeds_from_ <= now) {
            heeds_from_ = now + notification_pause;
            search(now);
        } else {
            status_due_ = std::min(status_due_, std::max(heeds_from_, now));
        }
    }
}

void igd_session::look_again(time_point now) {
    if (ready()) {
        doubtful_ = true;
        status_due_ = std::min(status_due_, std::max(heeds_from_, now));
        heeds_from_ = std::max(heeds_from_, now + notification_pause);
        advance(now);
    }
}

void igd_session::take_description(fetch_result const& result, time_point now) {
    auto d = result.error || result.status != 200
                 ? pmp::result<igd::description>(fault::no_http)
                 : igd::decode_description(result.body, *location_);
    found_by_.descriptions += d ? 1 : 0;
    auto const family = opens_pinholes() ? address_family::ipv6 : address_family::ipv4;
    auto const usable =
        d && std::any_of(d->services.begin(), d->services.end(), [&](auto const& s) {
            return serves(s, family);
        });
    if (!usable) {
        next_place(now);
        return;
    }
    description_ = std::move(*d);
    selection_.emplace(*description_, family);
    found_by_.services = static_cast<unsigned>(selection_->size());
    phase_ = phase::selecting;
}

void igd_session::take_selection(std::optional<soap::reply> const& reply, time_point now) {
    selection_->hear(reply);
    if (selection_->next()) {
        return;
    }
    auto const* best = selection_->best();
    if (best != nullptr && is_alive(*best)) {
        settle(*best, now);
    } else {
        next_place(now);
    }
}

void igd_session::settle(igd_candidate const& chosen, time_point now) {
    discovery_.stop();
    phase_ = phase::ready;
    if (!service_ || service_->type_name != chosen.service.type_name) {
        habits_ = {};
    }
    service_ = chosen.service;
    found_by_.connected = chosen.status && is_connected(*chosen.status);
    found_by_.is_default = chosen.is_default;
    found_by_.has_public_address = chosen.external && is_public(*chosen.external);
    search_pause_ = {};
    firewall_ = chosen.firewall.value_or(igd::firewall_status());
    external_ = opens_pinholes() ? internal_ : chosen.external.value_or(ip_address());
    external_since_ = chosen.external ? now : time_point::min();
    uptime_ = chosen.status ? chosen.status->uptime : seconds(0);
    uptime_since_ = now;
    status_due_ = now + (external_.is_unspecified() ? seconds(30) : status_pause);
    outbox_.emplace_back(igd_found{external_, std::exchange(doubtful_, false), true});
    if (opens_pinholes()) {
        return;
    }
    subscription_.follow(service_->events, now);
    if (subscription_.wants_listener() && !std::exchange(listener_wanted_, true)) {
        outbox_.emplace_back(igd_listen{});
    }
}

void igd_session::give_up(time_point now) {
    discovery_.stop();
    phase_ = phase::absent;
    search_pause_ = std::clamp(search_pause_ * 2, first_search_pause, longest_search_pause);
    search_again_ = now + search_pause_;
    outbox_.emplace_back(not_spoken{fault::no_igd, search_pause_});
}

/// SOAP-07: after a restart the same service is at another port, and the old URL dead.
void igd_session::lost_device(error_code why, time_point now) {
    checks_.clear();
    if (transaction_) {
        auto wish = transaction_->request();
        transaction_.reset();
        if (++transaction_failures_ < most_failures) {
            asked_.push_front({std::move(wish), transaction_failures_});
        } else {
            answer(wish, why);
        }
    }
    doubtful_ = true;
    search(now);
}

} // namespace pmp
