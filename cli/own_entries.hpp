// SPDX-License-Identifier: MIT
#pragma once

#include "cli/console.hpp"
#include "cli/request.hpp"
#include "cli/session.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <tuple>

namespace pmp::cli {

/// One deletion, for `--json`. `external`: absent where that is not known. `deleted`: absent where
/// gateways answer alike whether they have deleted something or had nothing to delete.
std::string deletion_json(
    transport,
    endpoint const& internal,
    std::optional<endpoint> const& external,
    std::optional<bool> deleted
);

/// Deletes mappings of which nothing is remembered, by what the gateway's own table shows of them.
class own_entries {
public:
    own_entries(request const& asked, console& out, session& here)
        : asked_(asked), out_(out), here_(here) {}

    /// The exit status; nothing where nobody answers by UPnP. What other programs of this host have
    /// mapped is left alone.
    std::optional<int> end(internal_port const&, std::chrono::milliseconds patience);

private:
    gateway_settings by_igd() const;
    std::tuple<error_code, mapping_table> read(std::chrono::milliseconds patience);
    int tell_rest(
        internal_port const&, mapping_table const& told, endpoint const& inside, bool found_none
    );
    void warn_of_others(internal_port const&, mapping_table const& told, endpoint const& inside);
    int remove(internal_port const&, table_entry const&, std::chrono::milliseconds patience);
    int remove_unseen(internal_port const&, std::chrono::milliseconds patience);
    error_code unmap(internal_port const&, table_entry const&, std::chrono::milliseconds patience);
    int fail(error_code, internal_port const&);

    request const& asked_;
    console& out_;
    session& here_;
};

} // namespace pmp::cli
