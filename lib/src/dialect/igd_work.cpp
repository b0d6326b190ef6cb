// SPDX-License-Identifier: MIT
#include "dialect/igd_work.hpp"

namespace pmp {

namespace soap = wire::soap;

bool says_no_action(int code) {
    return code == static_cast<int>(upnp_result::invalid_action) ||
           code == static_cast<int>(upnp_result::optional_action_not_implemented);
}

bool says_no_entry(int code) {
    // Routers also say of a single entry what belongs to the end of a list.
    return code == static_cast<int>(upnp_result::no_such_entry_in_array) ||
           code == static_cast<int>(upnp_result::specified_array_index_invalid);
}

bool refuses_deletion(soap::reply const& reply) {
    auto const* error = std::get_if<soap::upnp_error>(&reply);
    return error != nullptr && !says_no_entry(error->code);
}

std::optional<ip_address> third_party_of(lease_request const& wish) {
    return wish.sender ? std::optional(wish.internal.address) : std::nullopt;
}

lease_answer answer_to(lease_request const& wish) {
    lease_answer out;
    out.protocol = wish.protocol;
    out.internal_port = wish.internal.port;
    out.third_party = third_party_of(wish);
    out.left = wish.left;
    return out;
}

lease_answer igd_work::deleted() const {
    auto out = answer_to(wish_);
    out.deleted = true;
    return out;
}

lease_answer igd_work::fail(error_code error) const {
    auto out = answer_to(wish_);
    out.error = error;
    return out;
}

} // namespace pmp
