// SPDX-License-Identifier: MIT
#include "dialect/igd_transaction.hpp"

#include <algorithm>

// What is tried instead of what a gateway has refused.
namespace pmp {

using std::chrono::seconds;

namespace {

constexpr unsigned most_other_ports = 4;
constexpr std::uint16_t first_unprivileged_port = 1024;

/// Routers that offer AddAnyPortMapping and have never made it work say any of these, and map the
/// same by AddPortMapping. Of the arguments, only an unusual lease may be invalid.
bool may_be_of_any(upnp_result result, seconds lease) {
    return (result == upnp_result::invalid_args && lease == usual_lease) ||
           result == upnp_result::action_failed || result == upnp_result::action_not_authorized ||
           result == upnp_result::no_port_maps_available;
}

} // namespace

igd_step igd_transaction::refused(int code) {
    if (says_no_action(code) && uses_any()) {
        habits_.no_any = true;
        return add();
    }
    if (may_be_of_any(static_cast<upnp_result>(code), lease()) && uses_any()) {
        without_any_ = true;
        retries_ = true;
        return add();
    }
    retries_ = false;
    switch (auto const result = static_cast<upnp_result>(code)) {
    case upnp_result::invalid_args:
    case upnp_result::argument_value_invalid:
    case upnp_result::argument_value_out_of_range: return other_lease(result);
    case upnp_result::only_permanent_leases_supported: return permanent_lease();
    case upnp_result::remote_host_only_supports_wildcard: return fail(fault::no_filter);
    case upnp_result::string_argument_too_long:
        if (description_.size() > 4) {
            description_.resize(4);
            habits_.rewrites_descriptions = true;
            return add();
        }
        return fail(result);
    case upnp_result::conflict_in_mapping_entry:
    case upnp_result::conflict_with_other_mechanisms:
    case upnp_result::action_failed:
    case upnp_result::action_not_authorized:
    case upnp_result::same_port_values_required: return argue_about_port(result);
    default: return fail({code, upnp_category()});
    }
}

igd_step igd_transaction::argue_about_port(upnp_result result) {
    if (result == upnp_result::same_port_values_required) {
        if (wish_.exact || port_ == wish_.internal.port) {
            return fail(result);
        }
        port_ = wish_.internal.port;
        return look();
    }
    if (result == upnp_result::action_not_authorized) {
        // WANIPConnection:2 1.2: ports from 1024 are all that anybody is promised.
        if (stands_still()) {
            return keep(result);
        }
        if (wish_.exact || tried_high_ || port_ >= first_unprivileged_port) {
            return fail(result);
        }
        tried_high_ = true;
        return conflict(result);
    }
    // Several routers refuse to refresh an entry until it is deleted.
    if (result == upnp_result::conflict_in_mapping_entry && ours_ && !cleared_) {
        habits_.delete_first = true;
        return clear();
    }
    return stands_still() ? keep(result) : conflict(result);
}

/// What is to be renewed is there all the same, for all that is known.
bool igd_transaction::stands_still() const {
    auto const here = wish_.assigned && wish_.assigned->port == port_;
    return wish_.renews && here && !free_ && (!cleared_ || uncleared_);
}

/// No other port: whoever uses this one would lose it. What has no end needs no renewal; of what is
/// only shown without one nobody knows.
igd_step igd_transaction::keep(error_code why) {
    auto const told_otherwise = habits_.lease == seconds(0) && service_.type.version == 1;
    auto const outlasts = habits_.ignores_leases && left_before_ == seconds(0);
    auto const endless = ours_ && (outlasts || told_otherwise);
    return endless ? finish(verification::read_back, seconds(0)) : fail(why);
}

/// The port is not to be had: another one, unless no other will do.
igd_step igd_transaction::conflict(error_code error) {
    if (wish_.exact || other_ports_ >= most_other_ports) {
        return fail(error);
    }
    ++other_ports_;
    auto const span = seconds(65536 - first_unprivileged_port);
    auto const drawn = dice_.between(seconds(0), span).count();
    port_ = static_cast<std::uint16_t>(first_unprivileged_port + drawn);
    ours_ = false;
    free_ = false;
    cleared_ = false;
    left_before_.reset();
    return look();
}

igd_step igd_transaction::other_lease(error_code error) {
    if (rung_ + 1 >= ladder_.size()) {
        // Routers also say it of a remote host.
        return fail(remote_host_.empty() ? error : error_code(fault::no_filter));
    }
    ++rung_;
    return add();
}

igd_step igd_transaction::permanent_lease() {
    if (lease() == seconds(0)) {
        return fail(upnp_result::only_permanent_leases_supported);
    }
    ladder_ = {lease(), seconds(0)};
    rung_ = 1;
    return add();
}

} // namespace pmp
