// SPDX-License-Identifier: MIT
#include "cli/host_facts.hpp"

#include <optional>
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

/// What a rule without any condition does with all that has come so far.
std::optional<bool> drops_all(std::string const& rule) {
    auto const is_bare = [&rule](std::string_view verdict) {
        bool const adds_nothing = rule.starts_with("counter ") || rule.starts_with("log ");
        return rule == verdict || (adds_nothing && rule.ends_with(" " + std::string(verdict)));
    };
    if (is_bare("drop") || rule.starts_with("reject") ||
        (rule.starts_with("counter ") && contains(rule, " reject"))) {
        return true;
    }
    return is_bare("accept") ? std::optional(false) : std::nullopt;
}

/// One chain of nftables, read line by line.
class nft_chain {
public:
    void read(std::string const& line) {
        if (contains(line, "hook input") || contains(line, "hook prerouting")) {
            meets_arrivals_ = true;
            drops_ = contains(line, "policy drop");
        } else if (auto const dropped = drops_all(line); dropped && !ended_) {
            drops_ = *dropped;
            ended_ = true;
        }
    }
    bool meets_arrivals() const { return meets_arrivals_; }
    bool drops() const { return meets_arrivals_ && drops_; }

private:
    bool meets_arrivals_ = false;
    bool drops_ = false;
    /// Nothing passes the rule that was read last.
    bool ended_ = false;
};

/// Tables of IPv6 alone, of bridges and of ARP have no part in what a NAT forwards.
bool sees_ipv4(std::string const& table) {
    return table.starts_with("table ip ") || table.starts_with("table inet ");
}

} // namespace

firewall_fact read_nft(std::string_view rules) {
    firewall_fact out{{}, false, {}, contains(rules, port_of_announcements)};
    std::istringstream in{std::string(rules)};
    nft_chain chain;
    bool concerns = true;
    for (std::string line; std::getline(in, line);) {
        auto const rule = trimmed(line);
        if (rule.starts_with("table ")) {
            concerns = sees_ipv4(rule);
        }
        if (rule.starts_with("chain ") || rule == "}") {
            out.drops = *out.drops || (concerns && chain.drops());
            chain = {};
        }
        chain.read(rule);
        if (concerns && chain.meets_arrivals()) {
            out.name = "nftables";
        }
    }
    return out;
}

firewall_fact read_iptables(std::string_view rules) {
    firewall_fact out{{}, false, {}, contains(rules, port_of_announcements)};
    std::istringstream in{std::string(rules)};
    bool ended = false;
    for (std::string line; std::getline(in, line);) {
        auto const rule = trimmed(line);
        bool const lets_in = rule == "-A INPUT -j ACCEPT";
        bool const keeps_out = rule == "-A INPUT -j DROP" || rule.starts_with("-A INPUT -j REJECT");
        if (rule == "-P INPUT DROP" || rule == "-P INPUT REJECT") {
            out.drops = true;
        } else if ((lets_in || keeps_out) && !ended) {
            out.drops = keeps_out;
            ended = true;
        }
        if (!rule.empty() && rule != "-P INPUT ACCEPT") {
            out.name = "iptables";
        }
    }
    return out;
}

} // namespace pmp::cli
