// SPDX-License-Identifier: MIT
#include "gateway/console.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace pmp_gateway {

namespace {

using pmp::test::reboot_kind;

constexpr auto const* summary = "reboot [keep] | announce | address ADDRESS | protocols LIST | "
                                "vice NAME on|off|=VALUE | table | help | quit";

std::string lifetime_left(pmp::time_point expires, pmp::time_point now) {
    if (expires == pmp::time_point::max()) {
        return "forever";
    }
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(expires - now).count());
}

std::string to_line(pmp::test::gateway_mapping const& mapping, pmp::time_point now) {
    return pmp::test::protocol_name(mapping.protocol) + ' ' + to_string(mapping.internal) + ' ' +
           to_string(mapping.external) + ' ' + std::string(to_string(mapping.via)) + ' ' +
           lifetime_left(mapping.expires, now) + ' ' +
           (mapping.nonce ? pmp::test::to_hex(*mapping.nonce) : "-");
}

std::string count_of(std::size_t mappings) {
    return std::to_string(mappings) + (mappings == 1 ? " mapping" : " mappings");
}

} // namespace

console::console(gateway_server& server) : server_(server) {}

bool console::execute(std::string const& line) {
    std::istringstream in(line);
    words given;
    for (std::string word; in >> word;) {
        given.push_back(word);
    }
    if (given.empty()) {
        return true;
    }
    if (given == words{"quit"}) {
        return false;
    }
    try {
        perform(given);
    } catch (std::invalid_argument const& error) {
        std::cerr << "pmp-gateway: " << error.what() << std::endl;
    }
    server_.flush();
    return true;
}

void console::perform(words const& given) {
    struct command {
        std::string_view verb;
        std::size_t least;
        std::size_t most;
        void (console::*perform)(words const&);
    };
    constexpr std::array commands = {
        command{"reboot", 1, 2, &console::reboot},
        command{"announce", 1, 1, &console::announce},
        command{"address", 2, 2, &console::change_address},
        command{"protocols", 2, 2, &console::change_protocols},
        command{"vice", 2, 3, &console::change_vice},
        command{"table", 1, 1, &console::print_table},
        command{"help", 1, 1, &console::print_help},
    };
    auto const* const found =
        std::find_if(commands.begin(), commands.end(), [&](command const& each) {
            return each.verb == given.front() && given.size() >= each.least &&
                   given.size() <= each.most;
        });
    if (found == commands.end()) {
        std::string line;
        for (auto const& word : given) {
            line += line.empty() ? word : ' ' + word;
        }
        throw std::invalid_argument('"' + line + "\" is no command; these are: " + summary);
    }
    (this->*found->perform)(given);
}

void console::reboot(words const& given) {
    auto const keeps = given.size() == 2;
    if (keeps && given[1] != "keep") {
        throw std::invalid_argument(R"(it is "reboot" or "reboot keep")");
    }
    auto const before = server_.simulator().mappings();
    server_.simulator().reboot(keeps ? reboot_kind::keeps : reboot_kind::forgets, server_.now());
    server_.flush();
    server_.print(std::string("rebooted, ") + (keeps ? "kept " : "forgot ") + count_of(before));
}

void console::announce(words const& /*given*/) {
    server_.simulator().announce(server_.now());
    server_.print("announced");
}

void console::change_address(words const& given) {
    auto const address = parse_address(given[1]);
    server_.simulator().set_external_address(address, server_.now());
    server_.print("external address " + address.to_string());
}

void console::change_protocols(words const& given) {
    server_.simulator().set_protocols(parse_protocols(given[1]));
    server_.flush();
    server_.print("protocols " + given[1]);
}

// `vice NAME on`, `vice NAME off`, `vice NAME=VALUE` and `vice NAME =VALUE`.
void console::change_vice(words const& given) {
    auto const setting = given.size() == 3 ? given[2] : std::string();
    if (setting == "off") {
        auto const id = pmp::test::find_vice(given[1]);
        server_.simulator().clear(id, server_.now());
        server_.print("vice " + given[1] + " off");
        return;
    }
    auto const has_value = setting.rfind('=', 0) == 0;
    auto const named = given.size() == 2 && given[1].find('=') != std::string::npos;
    if (setting != "on" && !has_value && !named) {
        throw std::invalid_argument(R"(it is "vice NAME on", "vice NAME off" or "vice NAME=VALUE")"
        );
    }
    auto const chosen = pmp::test::parse_vice(has_value ? given[1] + setting : given[1]);
    server_.simulator().set(chosen, server_.now());
    server_.print("vice " + to_string(chosen) + " on");
}

void console::print_table(words const& /*given*/) {
    auto const table = server_.simulator().table();
    for (auto const& mapping : table) {
        std::cout << to_line(mapping, server_.now()) << '\n';
    }
    std::cout << count_of(table.size()) << std::endl;
}

void console::print_help(words const& /*given*/) {
    std::cout << summary << std::endl;
}

} // namespace pmp_gateway
