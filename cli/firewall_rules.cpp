// SPDX-License-Identifier: MIT
#include "cli/host_facts.hpp"

#include <sstream>

namespace pmp::cli {

namespace {

constexpr std::string_view port_of_announcements = "5350";

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string trimmed(std::string const& line) {
    auto const from = line.find_first_not_of(" \t");
    auto const to = line.find_last_not_of(" \t\r");
    return from == std::string::npos ? std::string() : line.substr(from, to - from + 1);
}

/// A rule without any condition: what has come so far ends there.
bool ends_all(std::string const& rule) {
    return rule == "drop" || rule.starts_with("reject") ||
           (rule.starts_with("counter ") && (rule.ends_with(" drop") || contains(rule, " reject")));
}

} // namespace

firewall_fact read_nft(std::string_view rules) {
    firewall_fact out{{}, false, contains(rules, port_of_announcements)};
    std::istringstream in{std::string(rules)};
    bool hears_input = false;
    for (std::string line; std::getline(in, line);) {
        auto const rule = trimmed(line);
        if (rule.starts_with("chain ") || rule == "}") {
            hears_input = false;
        } else if (contains(rule, "hook input")) {
            hears_input = true;
            out.name = "nftables";
        }
        if (hears_input && (contains(rule, "policy drop") || ends_all(rule))) {
            out.drops = true;
        }
    }
    return out;
}

firewall_fact read_iptables(std::string_view rules) {
    firewall_fact out{{}, false, contains(rules, port_of_announcements)};
    std::istringstream in{std::string(rules)};
    for (std::string line; std::getline(in, line);) {
        auto const rule = trimmed(line);
        if (rule == "-P INPUT DROP" || rule == "-P INPUT REJECT" || rule == "-A INPUT -j DROP" ||
            rule.starts_with("-A INPUT -j REJECT")) {
            out.drops = true;
        }
        if (!rule.empty() && rule != "-P INPUT ACCEPT") {
            out.name = "iptables";
        }
    }
    return out;
}

} // namespace pmp::cli
