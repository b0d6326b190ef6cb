// SPDX-License-Identifier: MIT
#include "dialect/igd_dialect.hpp"
#include "engine/gateway.hpp"

#include <utility>

namespace pmp {

namespace {

/// Fewer may be copies of the answer to the best dialect.
constexpr unsigned denials_believed = 3;

/// A gateway that does not offer something will hardly learn it soon.
constexpr std::chrono::seconds lasting{1800};

/// RFC 6887 7.4: what a server answers that does not know an option, or chokes on one.
bool blames_options(error_code error) {
    return error == pcp_result::unsupp_option || error == pcp_result::malformed_option ||
           error == pcp_result::malformed_request;
}

/// The gateway cannot keep to the remote hosts that are allowed.
bool blames_filters(error_code error) {
    return error == pcp_result::unsupp_option || error == pcp_result::excessive_remote_peers ||
           error == fault::no_filter;
}

} // namespace

/// What the gateway is asked to lead to.
endpoint gateway::internal_of(lease_key const& key) const {
    auto const& [address, port] = key.internal;
    return {address.is_unspecified() ? view_->internal : address, port};
}

/// Where the internal port was left to the gateway, it is the external one.
endpoint gateway::endpoint_for(lease_key const& key, lease_answer const& answer) const {
    auto const [address, port] = internal_of(key);
    return {address, port != 0 ? port : answer.assigned.port};
}

/// A host may be called by its address also where it is this one.
gateway::tenants::iterator
gateway::find_tenant(lease_key key, std::optional<ip_address> const& third_party) {
    key.internal.address = third_party.value_or(boost::asio::ip::address_v4());
    auto const at = tenants_.find(key);
    if (at != tenants_.end() || third_party) {
        return at;
    }
    key.internal.address = view_->internal;
    return tenants_.find(key);
}

error_code gateway::lacks(tenants::iterator at, dialect const& d) const {
    auto const& [key, t] = *at;
    auto const& wish = t.machine.wish();
    auto const usual =
        key.internal.address.is_unspecified() && key.internal.port != 0 && wish.allow.empty();
    if (usual) {
        return {};
    }
    auto const lack = d.lacks(request_for(at));
    return lack == fault::no_filter && wish.allow_unfiltered ? error_code() : lack;
}

dialect const* gateway::other_than(dialect const& d) const {
    if (d.id() != dialect_id::igd) {
        return known_->igd && !known_->igd->absent() ? &the_igd_dialect() : nullptr;
    }
    return known_->igd_first && known_->speech.possible() ? &known_->speech.opening() : nullptr;
}

void gateway::ask_again(tenants::iterator at, dialect const* next) {
    auto& t = at->second;
    t.next = next;
    t.machine.start_over();
    schedule(at);
    enqueue(at, true);
}

std::optional<standing> gateway::stands(lease_key const& key) const {
    auto const at = tenants_.find(key);
    if (at == tenants_.end()) {
        return {};
    }
    auto out = at->second.machine.stands();
    if (at->second.passed_on) {
        // One dialect has refused it, and another one is being looked for.
        out.error = at->second.passed_on;
    }
    auto const is_open = out.state == lease_state::held || out.state == lease_state::renewing;
    if (is_open && at->second.open_to_all && !out.error) {
        out.error = fault::no_filter;
    }
    return out;
}

/// It cannot be said in that dialect: in another one then, or not at all. True where it is queued
/// again.
bool gateway::pass_on(tenants::iterator at, dialect const& d, error_code lack, time_point now) {
    auto& t = at->second;
    t.queued = false;
    t.next = nullptr;
    if (t.machine.deleting()) {
        apply(at, end_deletion(at, lack, now), now);
        return false;
    }
    auto const* other = other_than(d);
    if (other != nullptr && !t.passed_on) {
        t.passed_on = lack;
        ask_again(at, other);
        return true;
    }
    t.passed_on = {};
    apply(at, t.machine.refused(lack, lasting, now), now);
    return false;
}

/// What was asked beside the mapping was refused. The request goes out again without it, where it
/// means the same; or in another dialect.
bool gateway::asks_for_less(
    tenants::iterator at, dialect const& d, lease_answer const& answer, time_point now
) {
    auto& t = at->second;
    if (!answer.error || !t.machine.awaits_answer() || t.machine.deleting()) {
        return false;
    }
    auto const* same = d.id() == dialect_id::igd ? &d : nullptr;
    // RFC 7220 3: a description is no more than a help for people.
    if (blames_options(answer.error) && std::exchange(t.described, false)) {
        known_->no_descriptions = true;
        ask_again(at, nullptr);
        return true;
    }
    if (blames_filters(answer.error) && !request_for(at).allow.empty()) {
        if (t.machine.wish().allow_unfiltered) {
            t.unfiltered = true;
            ask_again(at, same);
        } else {
            auto const few = answer.error != pcp_result::excessive_remote_peers;
            pass_on(at, d, few ? error_code(fault::no_filter) : answer.error, now);
        }
        return true;
    }
    if (answer.error == pcp_result::unsupp_option && request_for(at).sender) {
        pass_on(at, d, fault::no_third_party, now);
        return true;
    }
    return false;
}

/// RFC 6887 7.3: a success tells which options were heeded.
bool gateway::lets_in_too_many(tenants::iterator at, lease_answer const& answer) const {
    auto const& machine = at->second.machine;
    return !answer.error && !answer.filtered && machine.awaits_answer() && !machine.deleting() &&
           !machine.wish().allow_unfiltered && !request_for(at).allow.empty();
}

void gateway::note_filter(tenant& t, lease_answer const& answer) {
    if (t.machine.awaits_answer()) {
        t.open_to_all = !answer.filtered && !t.machine.wish().allow.empty();
    }
}

/// Servers that drop what they do not know would never be heard: what is asked again, or for trial,
/// goes without a description.
lease_request
gateway::worded(lease_request request, tenants::iterator at, dialect const& d, time_point now) {
    suggest_number(at, request, now);
    auto& t = at->second;
    auto const is_unsure = t.machine.sends() > 0 || known_->speech.on_trial(d);
    if (d.id() == dialect_id::pcp && (known_->no_descriptions || is_unsure)) {
        request.description.clear();
    }
    t.described = d.id() == dialect_id::pcp && !request.description.empty();
    return request;
}

/// A gateway that speaks another version of PCP alone says that to NAT-PMP requests too. Where UPnP
/// may yet serve, these are given the time that unanswered ones have.
bool gateway::denies_both(dialect const& d, not_spoken const& said) const {
    auto const& speech = known_->speech;
    auto const& slots = known_->slots;
    auto const asks_fallback =
        known_->query.under_way() || std::any_of(slots.begin(), slots.end(), [&](slot const& s) {
            return s.via == speech.fallback();
        });
    bool const may_serve = known_->igd && !known_->igd->absent();
    return asks_fallback && !may_serve && &d == speech.best() &&
           speech.spoken() == speech.fallback() && d.id() == dialect_id::pcp &&
           said.error == pcp_result::unsupp_version;
}

std::optional<ignore_reason>
gateway::hear_denial_of_both(dialect const& d, not_spoken const& said, time_point now) {
    if (!denies_both(d, said)) {
        return ignore_reason::unasked;
    }
    if (++known_->denials == denials_believed) {
        known_->denials = 0;
        known_->unanswered = 0;
        known_->query = {};
        refuse_all(said.error, d.hold_off(said.error, said.retry_after), now);
    }
    return {};
}

} // namespace pmp
