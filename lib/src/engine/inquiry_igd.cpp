// SPDX-License-Identifier: MIT
#include "engine/igd_requests.hpp"
#include "engine/inquiry.hpp"

#include <algorithm>
#include <utility>

namespace pmp {

namespace {

using std::chrono::seconds;

constexpr auto never = time_point::max();
/// Reading a description and asking each of its services takes a gateway that lives no longer.
constexpr seconds time_for_description{3};
/// Devices answer a search within two seconds (`MX`).
constexpr seconds search_patience{3};

} // namespace

void inquiry::start_search(time_point now) {
    search_at_ = never;
    igd_->start(now);
    heed(now);
}

void inquiry::tick_search(time_point now) {
    if (outcome_ || !awaits_igd()) {
        return;
    }
    if (search_at_ <= now) {
        start_search(now);
    } else if (search_at_ == never) {
        igd_->tick(now);
        heed(now);
    }
}

void inquiry::advertised(inbound_datagram const& in, time_point now) {
    if (!outcome_ && awaits_igd()) {
        igd_->hear(in, now);
        heed(now);
        rest_if_refused(now);
    }
}

void inquiry::fetched(fetch_result const& result, time_point now) {
    if (!outcome_ && awaits_igd()) {
        under_way_ -= under_way_ > 0 ? 1 : 0;
        igd_->fetched(result, now);
        heed(now);
    }
    rest_if_refused(now);
}

void inquiry::rest_if_refused(time_point now) {
    if (outcome_ || !is_refused_by_igd()) {
        return;
    }
    auto const is_said = igd_->trouble().category() == upnp_category();
    auto const rest = is_said || questions_.empty() ? rest_of_answers : rest_of_datagrams;
    closes_at_ = std::min(closes_at_, now + rest);
}

void inquiry::heed(time_point now) {
    while (auto said = igd_->poll()) {
        std::visit([&](auto&& s) { understand(std::forward<decltype(s)>(s)); }, *std::move(said));
    }
    if (igd_settled_) {
        conclude(now);
    }
}

void inquiry::understand(igd_search s) {
    outbox_.emplace_back(performed_for(gateway_, std::move(s)));
}

void inquiry::understand(igd_exchange e) {
    ++under_way_;
    outbox_.emplace_back(performed_for(gateway_, std::move(e)));
}

void inquiry::understand(igd_found const& found) {
    igd_settled_ = true;
    igd_speaks_ = !igd_->tells_nothing();
    if (!address_ && !found.external.is_unspecified()) {
        address_ = found.external;
        told_by_ = igd_portrayed();
        told_by_mapping_ = false;
    }
}

void inquiry::understand(not_spoken const& said) {
    igd_settled_ = true;
    igd_error_ = said.error;
}

/// Nothing but UPnP is left, if that is there.
void inquiry::limit_search(time_point now) {
    if (!questions_.empty()) {
        closes_at_ = std::min(closes_at_, now + search_patience);
    }
}

/// All that was found so far.
bool inquiry::is_refused_by_igd() const {
    return igd_ && !igd_speaks_ && under_way_ == 0 && ends_igd(igd_->trouble());
}

/// True where everything else is known, and what was found by a search is still being read.
bool inquiry::give_igd_time(time_point now) {
    if (!awaits_igd() || closes_at_ > now || igd_has_time_ || exchanges_ == 0 ||
        is_refused_by_igd()) {
        return false;
    }
    igd_has_time_ = true;
    closes_at_ = now + time_for_description;
    return true;
}

std::optional<upnp_search> inquiry::search() const {
    return igd_ ? std::optional(igd_->found_by()) : std::nullopt;
}

spoken_dialect inquiry::igd_portrayed() const {
    spoken_dialect out;
    out.via = dialect_id::igd;
    if (auto const portrait = igd_->portrait()) {
        out.model = portrait->model;
        out.service = portrait->service;
        out.description_url = portrait->description_url;
        out.control_url = portrait->control_url;
    }
    return out;
}

} // namespace pmp
