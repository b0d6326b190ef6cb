// SPDX-License-Identifier: MIT
#include "dialect/igd_transaction.hpp"

#include <utility>

// What has to go: because nobody wants it, or because it is in the way of what is wanted.
namespace pmp {

namespace igd = wire::igd;
namespace soap = wire::soap;

igd_step igd_transaction::clear() {
    stage_ = stage::clearing;
    cleared_ = true;
    return delete_mapping(service_, wish_.protocol, port_, remote_host_);
}

igd_step igd_transaction::cleared(soap::reply const& reply) {
    uncleared_ = refuses_deletion(reply);
    note_end(reply);
    return add();
}

void igd_transaction::note_end(soap::reply const& deletion) {
    auto const there = wish_.renews && wish_.assigned && wish_.assigned->port == port_;
    ended_ = ended_ || (there && !refuses_deletion(deletion));
}

igd_step igd_transaction::take_back(error_code why) {
    useless_ = why;
    stage_ = stage::taking_back;
    return delete_mapping(service_, wish_.protocol, port_, remote_host_);
}

igd_step igd_transaction::taken_back(soap::reply const& reply) {
    if (refuses_deletion(reply)) {
        habits_.not_taken_back[which()] = port_;
        return fail(useless_ == fault::entry_disabled ? useless_ : fault::not_in_table);
    }
    note_end(reply);
    habits_.not_taken_back.erase(which());
    if (!opened_) {
        return open();
    }
    // What is told so of two ports will be told of all.
    auto const may_be_had = useless_ == fault::foreign_entry && other_ports_ == 0;
    return may_be_had ? conflict(useless_) : fail(useless_);
}

igd_step igd_transaction::vacated(soap::reply const& reply) {
    auto const* error = refuses_deletion(reply) ? std::get_if<soap::upnp_error>(&reply) : nullptr;
    return error != nullptr ? not_vacated({error->code, upnp_category()}) : granted_;
}

lease_answer igd_transaction::not_vacated(error_code why) const {
    auto out = granted_;
    out.undeleted = refused_deletion{*stood_at_, why};
    return out;
}

igd_step igd_transaction::remove() {
    stage_ = stage::deleting;
    return delete_mapping(service_, wish_.protocol, port_, remote_host_);
}

igd_step igd_transaction::removed(soap::reply const& reply) {
    auto const* error = std::get_if<soap::upnp_error>(&reply);
    if (error != nullptr && !says_no_entry(error->code)) {
        return fail({error->code, upnp_category()});
    }
    if (!wish_.left) {
        habits_.not_taken_back.erase(which());
    }
    if (!seen_) {
        return deleted();
    }
    stage_ = stage::confirming;
    return ask_mapping(service_, wish_.protocol, port_, remote_host_);
}

/// Routers also say that they have deleted what they keep.
lease_answer igd_transaction::confirmed(soap::reply const& reply) const {
    auto const* shown = std::get_if<soap::answer>(&reply);
    auto const entry = shown != nullptr ? igd::read_mapping(*shown) : std::nullopt;
    auto const stands = entry && whose(*entry, port_, wish_, habits_) == igd_sighting::ours;
    return stands ? fail(fault::still_in_table) : deleted();
}

} // namespace pmp
