// SPDX-License-Identifier: MIT
#include "engine/lease_machine.hpp"

#include <algorithm>
#include <utility>

namespace pmp {

namespace {

using std::chrono::seconds;

constexpr auto never = time_point::max();
constexpr unsigned most_deletions = 3;
/// How long to leave a gateway alone that answered nothing for a whole patience.
constexpr seconds silence_pause{60};
/// How long gateways may take to remove what has ended.
constexpr seconds removal_time{10};

/// Its name and its description are for people.
bool asks_the_same(mapping before, mapping const& after) {
    before.name = after.name;
    before.description = after.description;
    return before == after;
}

} // namespace

bool is_cut_off(error_code error) {
    return error == fault::no_external_address || error == pcp_result::network_failure ||
           error == nat_pmp_result::network_failure;
}

lease_machine::lease_machine(mapping wish) : wish_(std::move(wish)) {}

lease_machine::lease_machine(mapping wish, lease left_over)
    : wish_(std::move(wish))
    , state_(lease_state::held)
    , lease_(std::move(left_over))
    , last_assigned_(lease_->assigned)
    , maybe_there_(true)
    , made_for_(wish_.allow) {}

standing lease_machine::stands() const {
    standing s{wish_, state_, lease_, {}, error_, retry_at_};
    if (state_ == lease_state::held) {
        s.renews_at = timer_;
    }
    return s;
}

bool lease_machine::leased() const {
    return lease_ && (state_ == lease_state::held || state_ == lease_state::renewing ||
                      state_ == lease_state::recovering);
}

time_point lease_machine::due() const {
    return leased() && !overdue_ ? std::min(timer_, lease_->expires) : timer_;
}

wanted lease_machine::request() const {
    if (deleting()) {
        // RFC 6887 15.1 with erratum 3621, RFC 6886 3.4: nothing is suggested.
        return {{wish_.suggested.address, 0}, seconds(0), made_for_};
    }
    auto const& suggested = last_assigned_.port != 0 ? last_assigned_ : wish_.suggested;
    return {suggested, wish_.lifetime, wish_.allow};
}

effects lease_machine::ask() {
    asking_ = true;
    awaits_ = false;
    timer_ = never;
    effects out;
    out.ask = true;
    return out;
}

effects lease_machine::ask_afresh(lease_state next) {
    state_ = next;
    attempt_.restart();
    return ask();
}

effects lease_machine::happened(event_kind kind) const {
    event e;
    e.kind = kind;
    e.mapping = wish_.name;
    e.lease = lease_;
    e.error = error_;
    effects out;
    out.happened = std::move(e);
    return out;
}

void lease_machine::wait_until(time_point at) {
    state_ = lease_state::waiting;
    asking_ = false;
    awaits_ = false;
    attempt_.restart();
    timer_ = at;
    retry_at_ = at;
}

effects lease_machine::gateway_ready(std::optional<endpoint> const& remembered) {
    if (state_ != lease_state::idle) {
        return {};
    }
    last_assigned_ = remembered.value_or(endpoint{});
    return ask_afresh(lease_state::requesting);
}

effects lease_machine::gateway_gone() {
    effects out;
    if (leased()) {
        out = happened(event_kind::lost);
        out.happened->reason = lost_reason::gateway;
    } else if (state_ == lease_state::releasing && lease_) {
        // Whether it still heard of that nobody knows.
        error_ = fault::gateway_silent;
        out = happened(event_kind::released);
    }
    out.gone = state_ == lease_state::releasing && !again_;
    *this = lease_machine(std::move(wish_));
    return out;
}

effects lease_machine::ask_once_cleared() {
    if (clearing_) {
        retry_at_.reset();
        return {};
    }
    return ask_afresh(lease_state::requesting);
}

effects lease_machine::readjust(mapping wish) {
    auto const before = std::exchange(wish_, std::move(wish));
    if (lease_) {
        lease_->mapping = wish_.name;
    }
    auto const wishes_anew =
        wish_.suggested.port != before.suggested.port || (wish_.exact && !before.exact);
    auto const other_port =
        wishes_anew && wish_.suggested.port != 0 && wish_.suggested.port != last_assigned_.port;
    auto const lets_in_others = wish_.allow_unfiltered != before.allow_unfiltered;
    auto const other_remotes = maybe_there_ && (wish_.allow != made_for_ || lets_in_others);
    if (state_ == lease_state::idle) {
        return {};
    }
    // Asking for the same internal port again gives the same lease back (RFC 6887 11.3), and what
    // UPnP has let others in for is another entry.
    auto const remade =
        (other_port && (lease_ || state_ == lease_state::releasing)) || other_remotes;
    if (remade && !clearing_ && can_be_deleted()) {
        auto out = retire();
        again_ = other_port ? endpoint{} : last_assigned_;
        return out;
    }
    if (state_ == lease_state::releasing) {
        return again_ ? effects{} : ask_afresh(lease_state::requesting);
    }
    if (other_port) {
        last_assigned_ = {};
    }
    if (state_ == lease_state::waiting) {
        return asks_the_same(before, wish_) ? effects{} : ask_once_cleared();
    }
    if (other_port) {
        return ask_afresh(lease_state::requesting);
    }
    if (wish_.lifetime != before.lifetime && state_ == lease_state::held) {
        return ask_afresh(lease_state::renewing);
    }
    return {};
}

effects lease_machine::retire() {
    again_.reset();
    if (state_ == lease_state::releasing) {
        return {};
    }
    if (!maybe_there_ || !can_be_deleted()) {
        error_ = fault::left_to_expire;
        auto out = lease_ ? happened(event_kind::released) : effects{};
        out.gone = true;
        return out;
    }
    clearing_ = false;
    retry_at_.reset();
    return ask_afresh(lease_state::releasing);
}

void lease_machine::state_lost(time_point at, time_point now) {
    if (deleting() || state_ == lease_state::idle) {
        return;
    }
    if (leased()) {
        state_ = lease_state::recovering;
    }
    // Whatever is under way may never be answered.
    asking_ = false;
    awaits_ = false;
    attempt_.restart();
    timer_ = std::max(at, now);
    if (state_ == lease_state::waiting) {
        retry_at_ = timer_;
    }
}

void lease_machine::revived(time_point at) {
    auto const waits =
        state_ == lease_state::waiting && !clearing_ && error_ == reaction::gateway_unusable;
    auto const asks = state_ == lease_state::requesting || state_ == lease_state::recovering ||
                      state_ == lease_state::renewing;
    if (!waits && !asks) {
        return;
    }
    asking_ = false;
    awaits_ = false;
    attempt_.restart();
    timer_ = std::min(timer_, at);
}

void lease_machine::connected(time_point at) {
    if (state_ == lease_state::waiting && !clearing_ && is_cut_off(error_)) {
        timer_ = std::min(timer_, at);
    }
}

void lease_machine::doubt(time_point at, bool missed) {
    if (state_ == lease_state::held) {
        missed_ = missed;
        doubted_ = true;
        timer_ = std::min(timer_, at);
    }
}

effects lease_machine::renew(time_point now) {
    if (deleting() || state_ == lease_state::idle || asking_) {
        return {};
    }
    auto const soonest = sent_ == time_point::min() ? now : sent_ + renewal_spacing;
    if (now < soonest) {
        timer_ = std::min(timer_, soonest);
        return {};
    }
    switch (state_) {
    case lease_state::held: return ask_afresh(lease_state::renewing);
    case lease_state::waiting: return ask_afresh(lease_state::requesting);
    default: return ask_afresh(state_);
    }
}

void lease_machine::postpone(time_point at) {
    if (state_ == lease_state::held) {
        timer_ = at;
    }
}

void lease_machine::start_over() {
    attempt_.restart();
    ask();
}

void lease_machine::defer(time_point until, error_code why) {
    error_ = why;
    wait_until(until);
}

void lease_machine::sent(patience const& standard, dice& d, time_point now) {
    auto limited = standard;
    if (deleting()) {
        limited.sends = most_deletions;
    }
    asking_ = false;
    awaits_ = true;
    maybe_there_ = true;
    if (!deleting()) {
        made_for_ = wish_.allow;
    }
    sent_ = now;
    auto const wait = attempt_.sent(limited, d);
    // RFC 6887 11.2.1 gives a lease that stands the time until its next window.
    auto const stands = state_ == lease_state::renewing && !doubted_;
    auto const in_windows = stands && standard.renews_in_windows;
    timer_ = in_windows ? next_renewal(d, now) : now + wait;
}

time_point lease_machine::next_renewal(dice& d, time_point now) {
    while (auto const window = renewal_window(lease_->lifetime, ++renewal_, d)) {
        auto const at = granted_ + *window;
        if (at > now) {
            return std::max(at, now + renewal_spacing);
        }
    }
    return never;
}

effects lease_machine::timer(dice& d, time_point now) {
    if (leased() && !overdue_ && now >= lease_->expires) {
        return expire(now);
    }
    if (now < timer_) {
        return {};
    }
    switch (state_) {
    case lease_state::idle: break;
    case lease_state::waiting:
        if (!clearing_) {
            return ask_afresh(lease_state::requesting);
        }
        [[fallthrough]];
    case lease_state::requesting:
    case lease_state::recovering:
    case lease_state::releasing:
    case lease_state::renewing: return attempt_.spent() ? give_up(d, now) : ask();
    case lease_state::held: return ask_afresh(lease_state::renewing);
    }
    return {};
}

effects lease_machine::expire(time_point now) {
    if (lease_->permanent && lease_->presumed) {
        // Whether it has ended is found out.
        overdue_ = true;
        state_ = lease_state::recovering;
        asking_ = false;
        awaits_ = false;
        attempt_.restart();
        timer_ = now + removal_time;
        return {};
    }
    auto out = happened(event_kind::lost);
    out.happened->reason = lost_reason::expired;
    lease_.reset();
    auto const soonest = granted_ + renewal_spacing;
    if (now < soonest) {
        // A gateway that grants a second at a time is not asked every second.
        wait_until(soonest);
        return out;
    }
    out.ask = ask_afresh(lease_state::requesting).ask;
    return out;
}

effects lease_machine::give_up(dice& d, time_point now) {
    if (clearing_) {
        clearing_ = false;
        wait_until(retry_at_.value_or(now));
        return {};
    }
    if (state_ == lease_state::releasing) {
        return released(fault::gateway_silent);
    }
    if (state_ == lease_state::renewing) {
        // The lease stands until it expires; the next try is in the next window.
        attempt_.restart();
        awaits_ = false;
        timer_ = next_renewal(d, now);
        return {};
    }
    return refused(fault::gateway_silent, silence_pause, now);
}

} // namespace pmp
