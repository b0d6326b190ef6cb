// SPDX-License-Identifier: MIT
#include "dialect/pinhole_transaction.hpp"

#include <algorithm>

namespace pmp {

namespace igd = wire::igd;
namespace soap = wire::soap;
using std::chrono::seconds;

namespace {

constexpr seconds longest_lease{86400};

/// The default is that of other protocols.
seconds lease_for(lease_request const& wish) {
    bool const usual = wish.lifetime == default_lifetime && !wish.lifetime_chosen;
    return usual ? usual_lease : std::min(wish.lifetime, longest_lease);
}

bool is(soap::upnp_error const& error, upnp_firewall_result code) {
    return error.code == static_cast<int>(code);
}

bool is(soap::upnp_error const& error, upnp_result code) {
    return error.code == static_cast<int>(code);
}

} // namespace

std::optional<std::uint16_t> pinhole_names::find(lease_request const& wish) const {
    auto const at = names_.find({wish.protocol, wish.internal});
    return at != names_.end() ? std::optional(at->second) : std::nullopt;
}

void pinhole_names::put(lease_request const& wish, std::uint16_t name) {
    std::erase_if(names_, [name](auto const& known) { return known.second == name; });
    names_[{wish.protocol, wish.internal}] = name;
}

void pinhole_names::drop(lease_request const& wish) {
    names_.erase({wish.protocol, wish.internal});
}

bool denies_pinhole(soap::upnp_error const& error) {
    return is(error, upnp_firewall_result::no_such_entry) ||
           is(error, upnp_result::action_not_authorized);
}

pinhole_transaction::pinhole_transaction(
    igd::service const& s, igd::firewall_status& firewall, pinhole_names& names, lease_request wish
)
    : igd_work(std::move(wish))
    , service_(s)
    , firewall_(firewall)
    , names_(names)
    , lease_(lease_for(wish_)) {}

lease_request pinhole_transaction::ending() const {
    auto out = wish_;
    out.lifetime = seconds(0);
    return out;
}

igd_step pinhole_transaction::begin() {
    auto const name = names_.find(wish_);
    if (deletes() && name) {
        return remove(*name);
    }
    if (!firewall_.enabled) {
        return let_in();
    }
    if (deletes()) {
        return learn_name();
    }
    if (!firewall_.pinholes_allowed) {
        return fail(upnp_firewall_result::inbound_pinhole_not_allowed);
    }
    if (!name) {
        return add();
    }
    stage_ = stage::updating;
    return update_pinhole(service_, *name, lease_);
}

igd_step pinhole_transaction::hear(soap::reply const& reply) {
    if (auto const* error = std::get_if<soap::upnp_error>(&reply)) {
        return refused(*error);
    }
    auto const name = igd::read_pinhole(std::get<soap::answer>(reply));
    switch (stage_) {
    case stage::adding:
        if (name) {
            names_.put(wish_, *name);
        }
        return granted();
    case stage::updating: return granted();
    case stage::naming:
        // Without a name it ends by itself, a second after.
        return name ? remove(*name) : deleted();
    case stage::deleting: break;
    }
    names_.drop(wish_);
    return deleted();
}

igd_step pinhole_transaction::add() {
    stage_ = stage::adding;
    return add_pinhole(service_, wish_.protocol, wish_.internal, lease_);
}

/// To open the same again tells what it is called, where that is not known for certain.
igd_step pinhole_transaction::learn_name() {
    stage_ = stage::naming;
    shortened_ = true;
    return add_pinhole(service_, wish_.protocol, wish_.internal, seconds(1));
}

igd_step pinhole_transaction::remove(std::uint16_t name) {
    stage_ = stage::deleting;
    return delete_pinhole(service_, name);
}

igd_step pinhole_transaction::granted() const {
    auto out = answer_to(wish_);
    out.assigned = wish_.internal;
    out.lifetime = lease_;
    return out;
}

/// The firewall is off: whatever is wished, the port is open, and nothing can be done about it.
igd_step pinhole_transaction::let_in() const {
    if (deletes()) {
        return fail(upnp_firewall_result::firewall_disabled);
    }
    auto out = answer_to(wish_);
    out.assigned = wish_.internal;
    out.lifetime = lease_;
    out.needless = true;
    return out;
}

igd_step pinhole_transaction::refused(soap::upnp_error const& error) {
    if (is(error, upnp_firewall_result::firewall_disabled)) {
        firewall_.enabled = false;
        return let_in();
    }
    if (stage_ == stage::deleting && denies_pinhole(error)) {
        names_.drop(wish_);
        bool const is_gone = shortened_ || is(error, upnp_firewall_result::no_such_entry);
        return is_gone ? deleted() : learn_name();
    }
    if (stage_ == stage::updating && (denies_pinhole(error) || says_no_action(error.code))) {
        names_.drop(wish_);
        return add();
    }
    return fail(error_code(error.code, upnp_firewall_category()));
}

} // namespace pmp
