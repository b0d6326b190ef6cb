// SPDX-License-Identifier: MIT
#include "dialect/igd_dialect.hpp"

#include "dialect/igd_transaction.hpp"

#include <algorithm>

namespace pmp {

using std::chrono::seconds;

patience igd_dialect::patience() const {
    // The session answers each request, in the end; it only has to be given the time.
    return {seconds(300), seconds(1200), 0, 0, true};
}

error_code igd_dialect::lacks(lease_request const& wish) const {
    if (wish.internal.port == 0) {
        return fault::bad_value;
    }
    auto const one_of_ipv4 = wish.internal.address.is_v4() && !remote_host_of(wish).empty();
    // What it has no words for it has not made: an entry for everybody is to be deleted then.
    auto const is_said = wish.allow.empty() || one_of_ipv4 || wish.lifetime == seconds(0);
    return is_said ? error_code() : fault::no_filter;
}

seconds igd_dialect::hold_off(error_code error, seconds said) const {
    auto at_least = seconds(1800);
    if (error == reaction::gateway_unusable) {
        at_least = seconds(30);
    } else if (error == reaction::port_taken || error == fault::not_in_table) {
        at_least = seconds(300);
    } else if (error == reaction::try_later) {
        at_least = seconds(600);
    }
    return std::max(said, at_least);
}

igd_dialect const& the_igd_dialect() {
    static igd_dialect const igd;
    return igd;
}

} // namespace pmp
