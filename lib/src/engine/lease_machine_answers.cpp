// SPDX-License-Identifier: MIT
#include "engine/lease_machine.hpp"

#include <utility>

namespace pmp {

namespace {

using std::chrono::seconds;

/// How long until an exact port is asked for again that could not be had.
constexpr seconds port_taken_pause{300};

} // namespace

effects lease_machine::granted(grant const& g, dice& d, time_point now) {
    // A lifetime of zero is the late answer to a deletion, or no lease at all.
    if (state_ == lease_state::idle || deleting() || g.lifetime <= seconds(0)) {
        return {};
    }
    auto const wished = wish_.suggested.port;
    if (wish_.exact && wished != 0 && g.assigned.port != wished) {
        if (state_ == lease_state::waiting) {
            // Turned down before; a gateway that repeats itself is not answered each time.
            return {};
        }
        last_assigned_ = {};
        return turn_down(fault::port_taken, port_taken_pause, now);
    }
    return take(g, d, now);
}

effects lease_machine::take(grant const& g, dice& d, time_point now) {
    if (lease_ && lease_->assigned.address.is_unspecified()) {
        lease_->assigned.address = last_assigned_.address;
    }
    auto const before = std::exchange(
        lease_,
        lease{
            wish_.name,
            g.via,
            wish_.protocol,
            g.gateway,
            g.internal,
            g.assigned,
            g.lifetime,
            g.epoch,
            lease_ ? lease_->acquired : now,
            now + g.lifetime,
            g.permanent,
            g.presumed,
            g.verified,
        }
    );
    auto const state_before = std::exchange(state_, lease_state::held);
    auto const leads_nowhere = before && g.assigned.address.is_unspecified();
    auto const was_lost = std::exchange(missed_, false) || state_before == lease_state::recovering;
    last_assigned_ = {
        leads_nowhere ? before->assigned.address : g.assigned.address, g.assigned.port};
    granted_ = now;
    doubted_ = false;
    renewal_ = 0;
    overdue_ = false;
    asking_ = false;
    awaits_ = false;
    error_ = leads_nowhere && is_cut_off(error_) ? error_ : error_code();
    retry_at_.reset();
    timer_ = next_renewal(d, now);

    if (!before) {
        return happened(event_kind::acquired);
    }
    auto const same = before->assigned == last_assigned_;
    if (same && state_before == lease_state::held) {
        // The same answer twice, or a repeated Mapping Update, is no news.
        return {};
    }
    auto out = happened(same ? event_kind::renewed : event_kind::changed);
    out.happened->recovered = was_lost;
    if (!same) {
        out.happened->was = before->assigned;
    }
    return out;
}

effects lease_machine::turn_down(error_code why, seconds pause, time_point now) {
    error_ = why;
    auto const had_lease = leased();
    auto out = happened(had_lease ? event_kind::lost : event_kind::refused);
    out.happened->reason = lost_reason::revoked;
    out.happened->retry_after = pause;
    lease_.reset();
    wait_until(now + pause);
    clearing_ = can_be_deleted();
    out.ask = clearing_ && ask().ask;
    return out;
}

void lease_machine::withhold(time_point again) {
    if (state_ == lease_state::waiting) {
        return;
    }
    asking_ = false;
    awaits_ = false;
    attempt_.restart();
    timer_ = again;
}

effects lease_machine::remake(error_code why, endpoint const& suggested) {
    error_ = why;
    auto out = leased() ? happened(event_kind::lost) : effects{};
    if (out.happened) {
        out.happened->reason = lost_reason::revoked;
    }
    lease_.reset();
    if (can_be_deleted() && maybe_there_) {
        out.ask = retire().ask;
        again_ = suggested;
        return out;
    }
    last_assigned_ = suggested;
    out.ask = ask_afresh(lease_state::requesting).ask;
    return out;
}

effects lease_machine::deleted(error_code error) {
    if (clearing_) {
        clearing_ = false;
        if (!retry_at_) {
            return ask_afresh(lease_state::requesting);
        }
        wait_until(*retry_at_);
        return {};
    }
    return state_ == lease_state::releasing ? released(error) : effects{};
}

effects lease_machine::released(error_code error) {
    error_ = error;
    auto out = lease_ ? happened(event_kind::released) : effects{};
    if (!again_) {
        out.gone = true;
        return out;
    }
    auto const suggested = *again_;
    *this = lease_machine(std::move(wish_));
    out.ask = gateway_ready(suggested).ask;
    return out;
}

effects lease_machine::refused(error_code error, seconds retry_after, time_point now) {
    if (state_ == lease_state::idle || state_ == lease_state::waiting) {
        return {};
    }
    // That nothing answers, or nothing is connected, is said once, however often it is tried.
    auto const repeats = error_ == error || (is_cut_off(error_) && is_cut_off(error));
    auto const known = repeats && (error.category() == fault_category() || is_cut_off(error));
    // What is held stands and leads nowhere, whichever dialect has told it.
    error_ = leased() && is_cut_off(error) ? error_code(fault::no_external_address) : error;
    auto const at = now + retry_after;
    effects out;
    if (state_ == lease_state::held || state_ == lease_state::renewing) {
        out = happened(event_kind::refused);
        state_ = lease_state::renewing;
        attempt_.restart();
        asking_ = false;
        awaits_ = false;
        timer_ = at;
        retry_at_ = at;
    } else {
        auto const revoked = state_ == lease_state::recovering;
        out = happened(revoked ? event_kind::lost : event_kind::refused);
        auto const ended = std::exchange(overdue_, false);
        out.happened->reason = ended ? lost_reason::expired : lost_reason::revoked;
        lease_.reset();
        wait_until(at);
    }
    out.happened->retry_after = retry_after;
    if (known && out.happened->kind == event_kind::refused) {
        out.happened.reset();
    }
    return out;
}

effects lease_machine::wanting(error_code why, seconds retry_after, time_point now) {
    if (state_ != lease_state::waiting) {
        return refused(why, retry_after, now);
    }
    if (std::exchange(error_, why) == why) {
        return {};
    }
    wait_until(now + retry_after);
    auto out = happened(event_kind::refused);
    out.happened->retry_after = retry_after;
    return out;
}

void lease_machine::seen(verification v) {
    if (lease_) {
        lease_->verified = v;
    }
}

void lease_machine::cut_off() {
    if (leased()) {
        lease_->assigned.address = boost::asio::ip::address_v4();
        error_ = fault::no_external_address;
    }
}

effects lease_machine::external_address(ip_address const& address) {
    if (!lease_ || lease_->assigned.address == address) {
        return {};
    }
    auto const was = lease_->assigned.address.is_unspecified() ? last_assigned_ : lease_->assigned;
    lease_->assigned.address = address;
    last_assigned_.address = address;
    if (error_ == fault::no_external_address) {
        error_ = {};
    }
    if ((state_ != lease_state::held && state_ != lease_state::renewing) ||
        was.address == address) {
        return {};
    }
    auto out = happened(event_kind::changed);
    out.happened->was = was;
    return out;
}

} // namespace pmp
