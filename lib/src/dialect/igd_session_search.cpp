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

pmp::result<igd::description> described(fetch_result const& result, wire::http_url const& at) {
    if (result.error) {
        // A body without an end, and one that ends too early, are of the same use.
        bool const came = result.error == fault::bad_length || result.error == fault::truncated ||
                          result.error == fault::bad_value;
        return came ? fault::bad_description : fault::no_http;
    }
    if (result.status != 200) {
        return fault::http_failed;
    }
    auto out = igd::decode_description(result.body, at);
    return out ? std::move(out) : pmp::result<igd::description>(fault::bad_description);
}

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
    note_place(*said);
    if (auto const place = discovery_.hear(*said)) {
        signs_ = signs_of(*said);
        places_.push_back(*place);
        if (phase_ == phase::searching && in_flight_ == purpose::nothing) {
            next_place(now);
        }
    }
    return true;
}

/// Or describes itself otherwise than before.
bool igd_session::has_restarted(ssdp::advertisement const& said) const {
    auto const differs = [](auto const& told, auto const& known) {
        return told && known && *told != *known;
    };
    return differs(said.boot_id, signs_.boot_id) || differs(said.config_id, signs_.config_id) ||
           (!said.nls.empty() && !signs_.nls.empty() && said.nls != signs_.nls);
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
        signs_ = signs_of(said);
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
    auto d = described(result, *location_);
    if (!d) {
        note_trouble(d.error(), to_string(*location_));
    }
    found_by_.descriptions += d ? 1 : 0;
    auto const family = opens_pinholes() ? address_family::ipv6 : address_family::ipv4;
    auto const usable =
        d && std::any_of(d->services.begin(), d->services.end(), [&](auto const& s) {
            return serves(s, family);
        });
    if (!usable) {
        if (d && !d->foreign_control.empty()) {
            note_trouble(fault::foreign_address, d->foreign_control);
        }
        next_place(now);
        return;
    }
    description_ = std::move(*d);
    selection_.emplace(*description_, family);
    found_by_.services = static_cast<unsigned>(selection_->size());
    phase_ = phase::selecting;
}

void igd_session::take_selection(pmp::result<soap::reply> const& reply, time_point now) {
    auto const asked = to_string(selection_->control());
    auto const* refusal = reply ? std::get_if<soap::upnp_error>(&*reply) : nullptr;
    if (refusal != nullptr) {
        note_trouble({refusal->code, upnp_category()}, asked);
    } else if (!reply) {
        note_trouble(reply.error() == fault::no_http ? fault::no_http : fault::http_failed, asked);
    }
    selection_->hear(reply ? std::optional(*reply) : std::nullopt);
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
    tells_nothing_ = !chosen.status && !chosen.external && !chosen.firewall;
    auto const hides_address = !opens_pinholes() && !chosen.external;
    note_hidden(hides_address || tells_nothing_, to_string(chosen.service.control));
    if (!service_ || service_->type_name != chosen.service.type_name) {
        habits_ = {};
    }
    service_ = chosen.service;
    found_by_.connected = chosen.status && is_connected(*chosen.status);
    found_by_.is_default = chosen.is_default;
    found_by_.has_public_address = chosen.external && is_public(*chosen.external);
    search_pause_ = {};
    // What is not told is found out when a pinhole is asked for.
    firewall_ = chosen.firewall.value_or(igd::firewall_status{true, true});
    external_ = opens_pinholes() ? internal_ : chosen.external.value_or(ip_address());
    tells_status_ = chosen.status && is_connected(*chosen.status);
    has_no_address_ = chosen.external && external_.is_unspecified();
    disconnected_ = chosen.status && is_disconnected(*chosen.status);
    external_since_ = chosen.external ? now : time_point::min();
    uptime_ = chosen.status ? chosen.status->uptime : seconds(0);
    uptime_since_ = now;
    status_due_ = now + (cut_off() ? seconds(30) : status_pause);
    outbox_.emplace_back(found(true));
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
    outbox_.emplace_back(not_spoken{why_absent(), search_pause_});
}

/// What a service says counts for more than that another description could not be had.
void igd_session::note_trouble(error_code why, std::string place) {
    auto& known = found_by_.error;
    bool const said_more =
        known.category() == upnp_category() && why.category() != known.category();
    if (!said_more) {
        known = why;
        found_by_.place = std::move(place);
    }
}

/// Of the service that is used: what came before it is of no interest any more.
void igd_session::note_hidden(bool hides, std::string const& control) {
    auto& known = found_by_.error;
    bool const is_its_own = known == fault::http_failed && found_by_.place == control;
    if (hides && (is_its_own || known.category() == upnp_category())) {
        return;
    }
    known = hides ? error_code(fault::unreadable_address) : error_code();
    found_by_.place = hides ? control : std::string();
}

/// A device that describes itself elsewhere, or nowhere.
void igd_session::note_place(ssdp::advertisement const& said) {
    auto const url = wire::parse_http_url(said.location);
    if ((!url || !kept_to(gateway_, *url)) && !found_by_.error) {
        note_trouble(fault::foreign_address, said.location);
    }
}

error_code igd_session::trouble() const {
    bool const waits = in_flight_ != purpose::nothing && in_flight_ != purpose::farewell &&
                       in_flight_ != purpose::subscription;
    return !found_by_.error && waits ? error_code(fault::no_http) : found_by_.error;
}

/// As requests are answered that wait for it: what a service has said was not said of them.
error_code igd_session::why_absent() const {
    auto const& why = found_by_.error;
    return why == reaction::gateway_unusable ? why : error_code(fault::no_igd);
}

/// SOAP-07: after a restart the same service is at another port, and the old URL dead.
void igd_session::lost_device(error_code why, time_point now) {
    checks_.clear();
    if (transaction_) {
        auto wish = transaction_->request();
        auto const achieved = transaction_->achieved();
        auto const unseen = transaction_->looks() && wish.lifetime == seconds(0) && wish.made;
        wish.unseen = wish.unseen || unseen;
        transaction_.reset();
        if (achieved) {
            answer(*achieved);
        } else if (++transaction_failures_ < most_failures) {
            asked_.push_front({std::move(wish), transaction_failures_});
        } else {
            answer(wish, why);
        }
    }
    doubtful_ = true;
    search(now);
}

} // namespace pmp
