// SPDX-License-Identifier: MIT
#include "dialect/igd_work.hpp"

namespace pmp {

bool says_no_action(int code) {
    return code == static_cast<int>(upnp_result::invalid_action) ||
           code == static_cast<int>(upnp_result::optional_action_not_implemented);
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
