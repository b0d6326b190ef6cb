// SPDX-License-Identifier: MIT
#include "config/config.hpp"

#include "config/text.hpp"
#include "fuzz/entry.hpp"

#include <set>
#include <tuple>

namespace {

using pmp::config::configuration;
using pmp::config::problem;
using pmp::config::problems;
using pmp::fuzz::require;

void check(problem const& p) {
    bool const whole_file = p.line == 0 && p.column == 0;
    require(whole_file || (p.line > 0 && p.column > 0), "a problem has a line and a column");
    require(!p.message.empty(), "a problem is explained");
    require(pmp::config::is_printable(p.message), "a message can be printed");
}

void check(problems const& found) {
    require(!found.empty(), "a file is refused for a reason");
    auto before = std::tuple(0, 0);
    for (auto const& p : found) {
        check(p);
        auto const at = std::tuple(p.line, p.column);
        require(at >= before || &p == &found.back(), "problems are in the order of the file");
        before = at;
    }
}

void check(configuration const& read) {
    std::set<std::string> gateways;
    for (auto const& gateway : read.gateways) {
        require(gateways.insert(gateway.name).second, "gateways have different names");
        require(!gateway.protocols.empty(), "a gateway has a protocol");
    }
    require(!gateways.empty(), "there is a gateway");
    require(read.mappings.size() <= pmp::config::max_mappings, "mappings are limited");
    std::set<std::string> names;
    std::set<std::tuple<std::string, pmp::transport, std::uint16_t>> ports;
    for (auto const& m : read.mappings) {
        require(!m.name.empty() && names.insert(m.name).second, "mappings have different names");
        require(gateways.count(m.gateway) == 1, "a mapping has a gateway");
        require(m.internal.port != 0, "a mapping has a port");
        require(
            ports.emplace(m.gateway, m.protocol, m.internal.port).second, "a port is mapped once"
        );
    }
}

} // namespace

void pmp::fuzz::run(std::span<std::byte const> input) {
    std::string yaml;
    for (auto const octet : input)
        yaml += static_cast<char>(octet);
    std::visit([](auto const& outcome) { check(outcome); }, config::parse(yaml));
}
