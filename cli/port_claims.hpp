// SPDX-License-Identifier: MIT
#pragma once

#include "cli/session.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pmp::cli {

/// The ports that running processes of pmp keep open, so that none closes another's. A claim ends
/// with its process, whatever ends that. Where there is no place for the file nothing is claimed.
class port_claims {
public:
    /// At the gateway that is asked for.
    explicit port_claims(request const&);
    ~port_claims();
    port_claims(port_claims const&) = delete;
    port_claims& operator=(port_claims const&) = delete;

    /// The number of another process that has claimed one of them; nothing where there is none.
    std::optional<int> holder(std::vector<internal_port> const&) const;
    /// Claims them all, or returns the number of the process that has one already.
    std::optional<int> take(std::vector<internal_port> const&);

private:
    class state;
    std::unique_ptr<state> state_;
};

/// Why nothing is done with these ports.
std::string claimed_words(std::vector<internal_port> const&, int process);

} // namespace pmp::cli
