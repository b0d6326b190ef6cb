// SPDX-License-Identifier: MIT
#include "engine/lease_errands.hpp"

#include "dialect/dialect.hpp"
#include "dialect/flaw.hpp"
#include "engine/entry_check.hpp"
#include "engine/origin.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace pmp {

namespace {

/// Where datagrams have failed: devices answer a search within two seconds (`MX`).
constexpr std::chrono::seconds search_patience{3};

bool is_held(standing const& row) {
    return row.lease && (row.state == lease_state::held || row.state == lease_state::renewing);
}

/// By its SOAPAction: AddPortMapping, AddAnyPortMapping or AddPinhole.
bool adds(fetch const& what) {
    return what.request.find("#Add") != std::string::npos;
}

bool speaks_igd(gateway_view const& gateway) {
    auto const& allowed = gateway.protocols;
    return std::find(allowed.begin(), allowed.end(), dialect_id::igd) != allowed.end();
}

} // namespace

void lease_errand::start(engine_settings const& settings, memory known, std::uint64_t seed) {
    engine_.emplace(settings, std::move(known), seed);
}

void lease_errand::datagram(inbound_datagram const& in, time_point now) {
    bool const is_answer = is_from(gateway_, in) && !in.destination.address.is_multicast();
    if (is_answer) {
        note_denial(in.bytes, now);
    }
    auto const ignored = engine_->datagram(in, now);
    if (is_answer && ignored) {
        // What is well-formed and was not asked for has another nonce, port or protocol.
        flaw_ = *ignored == ignore_reason::malformed ? flaw_of(in.bytes, gateway_.protocols)
                                                     : error_code(fault::bad_value);
    }
    note_refusal(now);
}

/// What was asked for is not to be had by datagrams.
void lease_errand::note_refusal(time_point now) {
    for (auto const& row : engine_->standings()) {
        if (row.state == lease_state::requesting && row.error && !failure_) {
            failure_ = row.error;
            gives_up_at_ = now + search_patience;
        }
    }
}

/// RFC 6887 9: a gateway of a version of PCP that is not known here denies PCP and NAT-PMP in the
/// same words; the answers to each are told apart by their bytes alone.
void lease_errand::note_denial(std::span<std::byte const> datagram, time_point now) {
    error_code error;
    std::size_t spoken = 0;
    for (auto const id : gateway_.protocols) {
        auto const* const d = find_dialect(id);
        if (d == nullptr) {
            continue;
        }
        ++spoken;
        bool const alone = gateway_.protocols.size() == 1;
        auto const said = alone ? d->hear_alone(datagram) : d->hear(datagram);
        auto const* const denied = std::get_if<not_spoken>(&said);
        if (denied == nullptr) {
            return;
        }
        error = denied->error;
    }
    std::vector const bytes(datagram.begin(), datagram.end());
    if (std::find(denials_.begin(), denials_.end(), bytes) == denials_.end()) {
        denials_.push_back(bytes);
    }
    if (error && denials_.size() >= spoken) {
        datagrams_fail(error, now);
    }
}

/// Only UPnP is left, if that is there.
void lease_errand::datagrams_fail(error_code why, time_point now) {
    if (!speaks_igd(gateway_)) {
        end(why);
    } else if (gives_up_at_ == time_point::max()) {
        failure_ = why;
        gives_up_at_ = now + search_patience;
        engine_->unreachable(gateway_.name, gateway_.internal, now);
    }
}

void lease_errand::advertised(inbound_datagram const& in, time_point now) {
    heard_igd_ = !engine_->advertised(in, now) || heard_igd_;
    note_igd_refusal(now);
}

void lease_errand::ask(fetch what) {
    question_id_ = what.id;
    question_ = std::move(what);
}

void lease_errand::fetched(fetch_result const& result, time_point now) {
    if (result.id == question_id_) {
        answered(result);
        return;
    }
    under_way_ -= under_way_ > 0 ? 1 : 0;
    engine_->fetched(result, now);
    note_igd_refusal(now);
}

void lease_errand::note_igd_refusal(time_point now) {
    if (!is_refused_by_igd()) {
        refused_at_ = time_point::max();
    } else if (refused_at_ == time_point::max()) {
        auto const is_said = engine_->gateways().front().upnp_error.category() == upnp_category();
        auto const alone = gateway_.protocols.size() == 1;
        refused_at_ = now + (is_said || alone ? rest_of_answers : rest_of_datagrams);
    }
}

/// And nothing else has answered.
bool lease_errand::is_refused_by_igd() const {
    auto const gateways = engine_->gateways();
    return !gateways.empty() && !gateways.front().via && ends_igd(gateways.front().upnp_error);
}

void lease_errand::unreachable(time_point now) {
    if (speaks_igd(gateway_)) {
        datagrams_fail(fault::gateway_unreachable, now);
    } else {
        engine_->unreachable(gateway_.name, gateway_.internal, now);
    }
}

void lease_errand::tick(time_point now) {
    engine_->tick(now);
    note_refusal(now);
    if (gives_up_at_ <= now && !heard_igd_ && gateway_.description_url.empty()) {
        end(failure_);
    }
    if (refused_at_ <= now && under_way_ == 0 && is_refused_by_igd()) {
        call_off(now);
    }
}

void lease_errand::tell_failure() {
    if (auto const why = telling(failure_)) {
        end(why);
    }
}

error_code lease_errand::telling(error_code error) const {
    bool const says_little =
        !error || error == reaction::gateway_unusable || error == reaction::unsupported;
    auto const gateways = engine_->gateways();
    auto const why = gateways.empty() ? error_code() : gateways.front().upnp_error;
    bool const hides_address =
        error == fault::no_external_address && why.category() == upnp_category();
    if ((says_little && why) || hides_address) {
        return why;
    }
    bool const is_silence = !error || error == fault::gateway_silent;
    return is_silence && flaw_ ? flaw_ : error;
}

bool lease_errand::hides_address() const {
    auto const gateways = engine_->gateways();
    auto const why = gateways.empty() ? error_code() : gateways.front().upnp_error;
    return why.category() == upnp_category() || why == fault::http_failed ||
           why == fault::unreadable_address;
}

std::optional<errand_output> lease_errand::poll() {
    while (auto intent = engine_->poll()) {
        if (auto* const datagram = std::get_if<outbound_datagram>(&*intent)) {
            return std::move(*datagram);
        }
        if (auto* const search = std::get_if<outbound_search>(&*intent)) {
            return std::move(*search);
        }
        if (auto* const request = std::get_if<fetch>(&*intent)) {
            if (adds(*request)) {
                converses_ = true;
                adding();
            } else if (deletes_entry(*request)) {
                deleting(*request);
            } else {
                asking(*request);
            }
            ++under_way_;
            return std::move(*request);
        }
        // Nobody listens to UPnP events for the sake of one errand.
        if (auto const* const happened = std::get_if<event>(&*intent)) {
            heard(*happened);
        }
    }
    look();
    if (question_) {
        return std::exchange(question_, std::nullopt);
    }
    return {};
}

time_point lease_errand::wake_at() const {
    auto const awaits_search = !heard_igd_ && gateway_.description_url.empty();
    auto const at = awaits_search ? gives_up_at_ : time_point::max();
    auto const refused_at = under_way_ == 0 ? refused_at_ : time_point::max();
    return std::min({engine_->wake_at(), at, refused_at});
}

map_errand::map_errand(
    engine_settings const& settings, mapping wish, memory known, std::uint64_t seed
)
    : wish_(std::move(wish)) {
    for (auto const& each : known.leases) {
        mapped_until_ = std::max(mapped_until_, each.permanent ? time_point::max() : each.expires);
    }
    start(settings, std::move(known), seed);
}

void map_errand::begin(gateway_view const& gateway, time_point now) {
    gateway_ = gateway;
    engine_->desire({wish_}, now);
    engine_->network({{gateway_}}, now);
}

/// What was mapped before has others who want it.
void map_errand::call_off(time_point now) {
    tell_failure();
    if (mapped_until_ > now) {
        return;
    }
    if (!converses()) {
        release(now);
        return;
    }
    // What is being added can be deleted once it is there.
    lingers_ = true;
    engine_->desire({}, now);
}

bool map_errand::lingers() const {
    if (!lingers_) {
        return false;
    }
    auto const rows = engine_->standings();
    // What was refused is not tried again in this life.
    return std::any_of(rows.begin(), rows.end(), [](standing const& row) {
        return row.state != lease_state::releasing || !row.retry_at;
    });
}

void map_errand::hurry(time_point now) {
    if (std::exchange(lingers_, false)) {
        note_left(now);
        engine_->hurry_releases(now);
    }
}

void map_errand::note_left(time_point now) {
    auto& lease = left_.emplace();
    if (!told_beforehand_.empty()) {
        lease = told_beforehand_.back();
        return;
    }
    lease.mapping = wish_.name;
    lease.gateway = gateway_.name;
    lease.gateway_address = gateway_.address;
    lease.internal_address = gateway_.internal;
    lease.via = dialect_id::igd;
    lease.protocol = wish_.protocol;
    lease.internal_port = wish_.internal.port;
    lease.suggested_port = wish_.suggested.port;
    auto const& suggested = wish_.suggested.port;
    lease.assigned.port = suggested != 0 ? suggested : wish_.internal.port;
    lease.expires = now + wish_.lifetime;
    lease.host = wish_.internal.address;
    lease.allow = wish_.allow;
    lease.description = wish_.description;
}

void map_errand::release(time_point now) {
    engine_->desire({}, now);
    engine_->hurry_releases(now);
}

void map_errand::adding() {
    told_beforehand_ = remembers().leases;
    if (tell_beforehand_) {
        tell_beforehand_(told_beforehand_);
    }
}

void map_errand::heard(event const& what) {
    if (what.kind == event_kind::released && what.error && lingers_) {
        note_left(what.at);
    } else if (what.kind == event_kind::released && !what.error) {
        left_.reset();
    }
    auto const refused = what.kind == event_kind::refused || what.kind == event_kind::lost;
    if (!refused || outcome()) {
        return;
    }
    if (what.error.category() == pcp_category()) {
        // RFC 6887 15; no other protocol tells it.
        refused_for_ = what.retry_after;
    }
    bool const says_little =
        what.error == reaction::gateway_unusable || what.error == fault::no_external_address;
    auto const why = says_little ? telling(what.error) : what.error;
    end(why ? why : error_code(fault::gateway_silent));
    if (what.error == fault::no_external_address) {
        // Granted all the same, and of no use.
        release(what.at);
    }
}

/// With its external address, unless that is not to be had.
bool map_errand::is_whole(lease const& granted) const {
    return !granted.assigned.address.is_unspecified() ||
           (granted.via == dialect_id::igd && hides_address());
}

void map_errand::look() {
    if (outcome()) {
        return;
    }
    for (auto& row : engine_->standings()) {
        if (is_held(row) && is_whole(*row.lease)) {
            granted_ = std::move(row.lease);
            end({});
        }
    }
}

} // namespace pmp
