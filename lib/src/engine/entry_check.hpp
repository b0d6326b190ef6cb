// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/network.hpp>

#include <optional>

namespace pmp {

/// DeletePortMapping, by its SOAPAction.
bool deletes_entry(fetch const&);
/// GetSpecificPortMappingEntry.
bool looks_at_entry(fetch const&);

/// Asks for the entry that such a request is to delete: the same arguments name it. Nothing where
/// it is no such request.
std::optional<fetch> entry_question(fetch const& deletion);

/// The answer shows an entry that leads there.
bool shows_entry(fetch_result const&, endpoint const& internal);

} // namespace pmp
