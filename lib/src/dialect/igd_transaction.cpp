// SPDX-License-Identifier: MIT
#include "dialect/igd_transaction.hpp"

#include <algorithm>
#include <utility>

namespace pmp {

namespace igd = wire::igd;
namespace soap = wire::soap;
using std::chrono::seconds;

namespace {

/// How long an entry may take to be read.
constexpr seconds reading_time{10};

/// Asked for, then the longest and the usual, then a permanent one. Version 2 takes that for the
/// longest: there it is for those alone that demand it (725), or keep nothing else.
std::vector<seconds>
ladder_of(igd::service const& s, igd_habits const& habits, lease_request const& wish) {
    // The default is that of other protocols.
    bool const usual = wish.lifetime == default_lifetime && !wish.lifetime_chosen;
    auto const asked = usual ? usual_lease : std::min(wish.lifetime, igd::longest_lease);
    std::vector<seconds> out;
    auto const append = [&](seconds lease) {
        if (std::find(out.begin(), out.end(), lease) == out.end()) {
            out.push_back(lease);
        }
    };
    if (habits.lease) {
        append(*habits.lease);
    }
    append(asked);
    append(igd::longest_lease);
    append(usual_lease);
    if (s.type.version == 1) {
        append(seconds(0));
    }
    return out;
}

} // namespace

igd_transaction::igd_transaction(
    igd::service const& s, igd_habits& habits, lease_request wish, dice& d
)
    : igd_work(std::move(wish))
    , service_(s)
    , habits_(habits)
    , dice_(d)
    , ladder_(ladder_of(s, habits, wish_))
    , description_(igd::table_text(wish_.description))
    , remote_host_(remote_host_of(wish_)) {}

lease_request igd_transaction::ending() const {
    auto out = wish_;
    if (auto const port = made()) {
        out.assigned = endpoint{ip_address(), *port};
        out.lifetime = seconds(0);
    }
    return out;
}

std::optional<possible_entry> igd_transaction::may_make() const {
    if (stage_ != stage::adding) {
        return {};
    }
    return possible_entry{
        wish_.protocol, wish_.internal.port, third_party_of(wish_), port_, lease()};
}

/// The external port that may have been mapped by now; nothing where none was, or where it may be
/// another's.
std::optional<std::uint16_t> igd_transaction::made() const {
    auto const may_be = stage_ == stage::adding && (ours_ || free_ || cleared_);
    auto const is =
        stage_ == stage::reading_back || stage_ == stage::taking_back || stage_ == stage::vacating;
    return !deletes() && (may_be || is) ? std::optional(port_) : std::nullopt;
}

igd_step igd_transaction::begin() {
    auto const left = habits_.not_taken_back.find(which());
    if (left == habits_.not_taken_back.end() || wish_.left) {
        return open();
    }
    port_ = left->second;
    return deletes() ? remove() : take_back(fault::not_in_table);
}

igd_step igd_transaction::open() {
    opened_ = true;
    if (deletes()) {
        port_ = wish_.assigned ? wish_.assigned->port : 0;
        return port_ == 0 ? deleted() : look();
    }
    port_ = wish_.suggested.port != 0 ? wish_.suggested.port : wish_.internal.port;
    return stands_elsewhere() ? look_behind() : look();
}

/// An earlier run has made it at another port.
bool igd_transaction::stands_elsewhere() const {
    return !wish_.renews && wish_.assigned && wish_.assigned->port != 0 &&
           wish_.assigned->port != port_;
}

igd_step igd_transaction::look_behind() {
    if (habits_.unreadable_table) {
        stood_at_ = wish_.assigned->port;
        return look();
    }
    stage_ = stage::looking_behind;
    return ask_mapping(service_, wish_.protocol, wish_.assigned->port, remote_host_);
}

igd_step igd_transaction::looked_behind(soap::reply const& reply) {
    auto const port = wish_.assigned->port;
    auto const* found = std::get_if<soap::answer>(&reply);
    auto const entry = found != nullptr ? igd::read_mapping(*found) : std::nullopt;
    if (!entry || whose(*entry, port, wish_, habits_) == igd_sighting::ours) {
        stood_at_ = port;
    }
    return look();
}

igd_step igd_transaction::hear(soap::reply const& reply) {
    auto step = heard(reply);
    if (auto* answered = std::get_if<lease_answer>(&step)) {
        answered->gone = answered->error && ended_;
    }
    return step;
}

igd_step igd_transaction::heard(soap::reply const& reply) {
    switch (stage_) {
    case stage::looking_behind: return looked_behind(reply);
    case stage::looking: return looked(reply);
    case stage::clearing: return cleared(reply);
    case stage::adding: return added(reply);
    case stage::reading_back: return read_back(reply);
    case stage::taking_back: return taken_back(reply);
    case stage::vacating: return vacated(reply);
    case stage::deleting: return removed(reply);
    case stage::confirming: break;
    }
    return confirmed(reply);
}

/// Where there is no time, or no way, to hear of the rest.
std::optional<lease_answer> igd_transaction::achieved() const {
    if (stage_ == stage::vacating) {
        return not_vacated(fault::http_failed);
    }
    return stage_ == stage::confirming ? std::optional(deleted()) : std::nullopt;
}

igd::port_mapping igd_transaction::row() const {
    return {wish_.protocol, port_, wish_.internal, remote_host_, description_, true, lease()};
}

/// Whoever asks for an entry that does not end has to know beforehand where it will stand.
bool igd_transaction::uses_any() const {
    return lease() > seconds(0) && service_.type.version >= 2 && !habits_.no_any && !without_any_ &&
           !wish_.exact && service_.type.kind == igd::service_kind::wan_ip_connection;
}

/// Before anything is overwritten or deleted: adding replaces the entry of any other program of
/// this host, silently.
igd_step igd_transaction::look() {
    if (habits_.unreadable_table || wish_.unseen) {
        return deletes() ? remove() : add();
    }
    stage_ = stage::looking;
    return ask_mapping(service_, wish_.protocol, port_, remote_host_);
}

igd_step igd_transaction::looked(soap::reply const& reply) {
    if (auto const* error = std::get_if<soap::upnp_error>(&reply)) {
        habits_.unreadable_table = habits_.unreadable_table || says_no_action(error->code);
        free_ = says_no_entry(error->code);
        if (!deletes()) {
            return add();
        }
        // Tables that show nothing are not believed of what was made there.
        return free_ && !wish_.made ? deleted() : remove();
    }
    auto const entry = igd::read_mapping(std::get<soap::answer>(reply));
    if (!entry) {
        return deletes() ? remove() : add();
    }
    auto const seen = whose(*entry, port_, wish_, habits_);
    ours_ = seen == igd_sighting::ours;
    left_before_ = entry->lease;
    auto const outlasts = ours_ && wish_.overdue && entry->lease == seconds(0);
    habits_.ignores_leases = habits_.ignores_leases || outlasts;
    if (deletes()) {
        seen_ = true;
        return seen != igd_sighting::foreign ? remove() : deleted();
    }
    if (seen == igd_sighting::foreign) {
        return conflict(fault::foreign_entry);
    }
    if (!ours_) {
        return add();
    }
    stood_at_ = stood_at_.value_or(port_);
    return habits_.delete_first || !entry->enabled ? clear() : add();
}

igd_step igd_transaction::add() {
    stage_ = stage::adding;
    auto const granted_here = wish_.assigned && wish_.assigned->port == port_;
    if (!stood_at_ && !free_ && granted_here) {
        // What can't be looked at is taken to stand where it was granted.
        stood_at_ = port_;
    }
    return uses_any() ? add_any_mapping(service_, row()) : add_mapping(service_, row());
}

igd_step igd_transaction::added(soap::reply const& reply) {
    if (auto const* error = std::get_if<soap::upnp_error>(&reply)) {
        return refused(error->code);
    }
    if (uses_any()) {
        auto const given = igd::read_reserved_port(std::get<soap::answer>(reply)).value_or(port_);
        free_ = free_ || given != port_;
        port_ = given;
    }
    habits_.no_any = habits_.no_any || retries_;
    if (rung_ > 0) {
        habits_.lease = lease();
    }
    if (habits_.unreadable_table) {
        return finish(verification::none, seconds(0));
    }
    stage_ = stage::reading_back;
    return ask_mapping(service_, wish_.protocol, port_, remote_host_);
}

/// A grant alone proves little: tables that are full say nothing, leases end at once, old entries
/// are not extended.
igd_step igd_transaction::read_back(soap::reply const& reply) {
    if (auto const* error = std::get_if<soap::upnp_error>(&reply)) {
        if (says_no_entry(error->code)) {
            return missing_after_grant();
        }
        habits_.unreadable_table = says_no_action(error->code);
        return finish(verification::none, seconds(0));
    }
    auto const entry = igd::read_mapping(std::get<soap::answer>(reply));
    if (!entry) {
        return finish(verification::none, seconds(0));
    }
    if (!may_lead_to(*entry, wish_.internal)) {
        return shown_as_foreign();
    }
    if (whose(*entry, port_, wish_, habits_) == igd_sighting::foreign) {
        habits_.rewrites_descriptions = true;
    }
    if (!entry->enabled) {
        return shown_as_disabled();
    }
    if (was_not_extended(entry->lease) && !cleared_) {
        habits_.delete_first = true;
        return clear();
    }
    return finish(verification::read_back, entry->lease);
}

// miniupnpd before 2.1 leaves the end of a lease where it was when the same is added again.
bool igd_transaction::was_not_extended(seconds reported) const {
    return ours_ && left_before_ && lease() > seconds(0) && reported > seconds(0) &&
           reported <= *left_before_ && *left_before_ < lease() * 3 / 4;
}

/// Granted, and shown to lead elsewhere: either another host's was in the way all the time, or this
/// is what has been made of ours.
igd_step igd_transaction::shown_as_foreign() {
    if (!free_ && !ours_ && !cleared_) {
        return conflict(fault::foreign_entry);
    }
    return take_back(fault::foreign_entry);
}

/// Made once more, from nothing.
igd_step igd_transaction::shown_as_disabled() {
    return cleared_ ? take_back(fault::entry_disabled) : clear();
}

igd_step igd_transaction::missing_after_grant() {
    // DD-WRT drops leases that are not permanent at once; others do when their table is full.
    if (std::find(ladder_.begin(), ladder_.end(), seconds(0)) == ladder_.end()) {
        ladder_.push_back(seconds(0));
    }
    return other_lease(fault::not_in_table);
}

/// WANIPConnection:2 2.5.16: where no end is asked for, version 2 grants a week, and its table
/// shows it.
seconds igd_transaction::lease_granted(seconds reported) const {
    bool const ends = lease() == seconds(0) && service_.type.version >= 2;
    return ends ? std::min(reported, igd::longest_lease) : lease();
}

igd_step igd_transaction::finish(verification verified, seconds reported) {
    auto out = answer_to(wish_);
    out.assigned.port = port_;
    auto const granted = lease_granted(reported);
    out.permanent = granted == seconds(0);
    out.lifetime = out.permanent ? std::min(wish_.lifetime, igd::longest_lease) : granted;
    // What is left, as routers tell it, is often a constant: it may only shorten. A little less is
    // what has passed since it was granted.
    if (!out.permanent && reported > seconds(0) && reported + reading_time < out.lifetime) {
        out.lifetime = reported;
    }
    // A table that shows no end: the router has taken no notice of the lease, or does not tell what
    // is left. Nobody may rely on its end.
    auto const endless = verified == verification::read_back && reported == seconds(0);
    out.presumed = endless && !out.permanent && !habits_.ignores_leases;
    out.permanent = out.permanent || endless;
    out.verified = verified;
    out.filtered = !remote_host_.empty();
    if (stood_at_ && *stood_at_ != port_) {
        granted_ = std::move(out);
        stage_ = stage::vacating;
        return delete_mapping(service_, wish_.protocol, *stood_at_, remote_host_);
    }
    return out;
}

} // namespace pmp
