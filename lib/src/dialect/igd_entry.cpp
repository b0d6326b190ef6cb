// SPDX-License-Identifier: MIT
#include "dialect/igd_transaction.hpp"

// Whose an entry of the gateway's table is, and whom it lets in.
namespace pmp {

namespace igd = wire::igd;

std::string remote_host_of(lease_request const& wish) {
    auto const& allow = wish.allow;
    return allow.size() == 1 && allow.front() == remote_prefix{allow.front().address, 32}
               ? allow.front().address.to_string()
               : std::string();
}

/// Some routers tell 0.0.0.0, a host's name or nothing, whatever they were given.
bool tells_client(igd::port_mapping const& entry) {
    return !entry.internal.address.is_unspecified();
}

bool may_lead_to(igd::port_mapping const& entry, endpoint const& internal) {
    return entry.internal.port == internal.port &&
           (!tells_client(entry) || entry.internal.address == internal.address);
}

igd_sighting whose(
    igd::port_mapping const& entry,
    std::uint16_t port,
    lease_request const& wish,
    igd_habits const& habits
) {
    if (!may_lead_to(entry, wish.internal)) {
        return igd_sighting::foreign;
    }
    auto const& text = entry.description;
    // Routers cut descriptions short.
    auto const begins_so = [&text](std::string const& whole) {
        return igd::table_text(whole).compare(0, text.size(), text) == 0;
    };
    // Routers also write descriptions of their own.
    auto const made = wish.made && wish.assigned && wish.assigned->port == port;
    auto const known = made || habits.rewrites_descriptions || text.empty() ||
                       begins_so(wish.description) || begins_so(wish.made_as);
    if (!known) {
        return igd_sighting::foreign;
    }
    // Another host's may bear the same description.
    return tells_client(entry) || made ? igd_sighting::ours : igd_sighting::unknown;
}

} // namespace pmp
