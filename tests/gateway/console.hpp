// SPDX-License-Identifier: MIT
#pragma once

#include "gateway/gateway_server.hpp"

#include <string>
#include <vector>

namespace pmp_gateway {

/// The commands that come in on standard input. Answers go to standard output, what is wrong with a
/// line to standard error.
class console {
public:
    explicit console(gateway_server&);

    /// False: to quit.
    bool execute(std::string const& line);

private:
    using words = std::vector<std::string>;

    void perform(words const&);
    void reboot(words const&);
    void announce(words const&);
    void change_address(words const&);
    void change_protocols(words const&);
    void change_vice(words const&);
    void print_table(words const&);
    void print_help(words const&);

    gateway_server& server_;
};

} // namespace pmp_gateway
