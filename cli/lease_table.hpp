// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <cstddef>
#include <limits>
#include <set>
#include <string>

namespace pmp::cli {

/// A line for so many columns; what is cut off leaves a mark.
std::string cut(std::string line, std::size_t columns);

/// The leases of a daemon, as it told them, for people.
class lease_table {
public:
    /// What a table may take of a screen.
    struct space {
        std::size_t rows = std::numeric_limits<std::size_t>::max();
        std::size_t columns = std::numeric_limits<std::size_t>::max();
        /// Since the daemon told them: what remains runs down.
        std::chrono::seconds age{};
        /// It is drawn over itself: columns have room for what may yet come.
        bool steady = false;
    };

    lease_table() = default;
    /// A reply to `status` or `watch`.
    explicit lease_table(boost::json::object const& reply);

    /// Takes what an event says of a mapping. False: it says not enough, the table has to be asked
    /// for again.
    bool take(boost::json::object const& event);
    /// A heading, then a line a mapping; of too many the last line counts the rest.
    std::string text(space const&, bool coloured) const;
    std::size_t size() const { return leases_.size(); }
    /// Those that are known.
    std::set<std::string> external_addresses() const;

private:
    boost::json::array leases_;
};

} // namespace pmp::cli
