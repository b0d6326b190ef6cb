// SPDX-License-Identifier: MIT
#include "gateway/options.hpp"

#include <pmp/parse_address.hpp>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <sstream>
#include <stdexcept>

namespace pmp_gateway {

namespace {

namespace po = boost::program_options;

constexpr std::string_view help_text = R"(Usage: pmp-gateway [OPTION]...
Plays a gateway that speaks PCP and NAT-PMP, on UDP port 5351, and UPnP, on UDP port
1900 and TCP port 5000. It forwards nothing.

  --listen ADDRESS     its address, one of this machine (default: 127.0.0.1)
  --external ADDRESS   its external address (default: 203.0.113.7; 0.0.0.0: none)
  --protocols LIST     of pcp, nat-pmp and upnp, with commas (default: all)
  --igd N              version of UPnP's Internet Gateway Device, 1 or 2 (default: 1)
  --min-lifetime S     shortest PCP lifetime it grants, in seconds (default: 120)
  --max-lifetime S     longest lifetime it grants (default: 86400)
  --third-party        map for other hosts by PCP as well
  --vice NAME[=VALUE]  a misbehaviour of the list below; any number of them
  --seed N             of the ports that it chooses (default: 1)
  --version, --help    print that and exit

It announces itself on 224.0.0.1 port 5350, and 239.255.255.250 port 1900, when it
starts, and prints each request that it serves, with the seconds since its start. On
standard input it takes:

  reboot [keep]        forget all mappings, or keep them; announce it
  announce             announce itself
  address ADDRESS      have another external address
  protocols LIST       speak these from now on
  vice NAME on|off     have or drop a vice; "vice NAME=VALUE" where it has a value
  table                print its mappings, one a line, and their number
  help, quit

The end of standard input does not end it; quit, SIGINT and SIGTERM do.
Exit status: 0 orderly, 1 failure, 2 usage.

Vices:
)";

std::string help() {
    constexpr std::size_t column = 42;
    std::string text(help_text);
    for (auto const& row : pmp::test::all_vices()) {
        auto line = "  " + std::string(row.name) + std::string(row.syntax);
        line.resize(std::max(column, line.size() + 1), ' ');
        text += line + std::string(row.meaning) + "\n";
    }
    return text;
}

answer misuse(std::string const& what) {
    return {exit_status::usage, "pmp-gateway: " + what + "; see pmp-gateway --help\n"};
}

po::options_description known_options() {
    po::options_description out;
    auto add = out.add_options();
    add("listen", po::value<std::string>()->default_value("127.0.0.1"));
    add("external", po::value<std::string>()->default_value("203.0.113.7"));
    add("protocols", po::value<std::string>()->default_value("pcp,nat-pmp,upnp"));
    add("igd", po::value<unsigned>()->default_value(1));
    add("min-lifetime", po::value<std::uint32_t>()->default_value(120));
    add("max-lifetime", po::value<std::uint32_t>()->default_value(86400));
    add("third-party", po::bool_switch());
    add("vice", po::value<std::vector<std::string>>()->composing());
    add("seed", po::value<std::uint64_t>()->default_value(1));
    add("version", po::bool_switch());
    add("help", po::bool_switch());
    add("word", po::value<std::vector<std::string>>());
    return out;
}

options to_options(po::variables_map const& given) {
    options out;
    out.gateway.address = parse_address(given["listen"].as<std::string>());
    if (out.gateway.address.is_unspecified() || out.gateway.address.is_multicast()) {
        throw std::invalid_argument("--listen needs one address of this machine");
    }
    out.gateway.external = parse_address(given["external"].as<std::string>());
    out.gateway.protocols = parse_protocols(given["protocols"].as<std::string>());
    out.gateway.igd_version = given["igd"].as<unsigned>();
    if (out.gateway.igd_version != 1 && out.gateway.igd_version != 2) {
        throw std::invalid_argument("--igd is 1 or 2");
    }
    out.gateway.min_lifetime = std::chrono::seconds{given["min-lifetime"].as<std::uint32_t>()};
    out.gateway.max_lifetime = std::chrono::seconds{given["max-lifetime"].as<std::uint32_t>()};
    if (out.gateway.max_lifetime.count() == 0) {
        throw std::invalid_argument("--max-lifetime is at least 1");
    }
    if (out.gateway.min_lifetime > out.gateway.max_lifetime) {
        if (!given["min-lifetime"].defaulted()) {
            throw std::invalid_argument("--min-lifetime is more than --max-lifetime");
        }
        out.gateway.min_lifetime = out.gateway.max_lifetime;
    }
    out.gateway.third_party = given["third-party"].as<bool>();
    if (given.count("vice") != 0) {
        for (auto const& text : given["vice"].as<std::vector<std::string>>()) {
            out.vices.push_back(pmp::test::parse_vice(text));
        }
    }
    out.seed = given["seed"].as<std::uint64_t>();
    return out;
}

} // namespace

std::vector<pmp::dialect_id> parse_protocols(std::string const& text) {
    std::istringstream in(text);
    std::vector<pmp::dialect_id> protocols;
    for (std::string name; std::getline(in, name, ',');) {
        constexpr std::array known = {
            pmp::dialect_id::pcp, pmp::dialect_id::nat_pmp, pmp::dialect_id::igd};
        auto const* const found = std::find_if(known.begin(), known.end(), [&](auto id) {
            return to_string(id) == name;
        });
        if (found == known.end()) {
            throw std::invalid_argument(
                '"' + name + "\" is no protocol; pcp, nat-pmp and upnp are"
            );
        }
        protocols.push_back(*found);
    }
    if (protocols.empty()) {
        throw std::invalid_argument("a list of protocols has pcp, nat-pmp and upnp, with commas");
    }
    return protocols;
}

pmp::ip_address parse_address(std::string const& text) {
    auto const address = pmp::parse_address(text);
    if (!address) {
        throw std::invalid_argument('"' + text + "\" is no IP address");
    }
    return *address;
}

std::variant<options, answer> parse_options(std::vector<std::string> const& arguments) {
    po::variables_map given;
    try {
        auto const known = known_options();
        po::positional_options_description words;
        words.add("word", -1);
        using namespace po::command_line_style;
        po::store(
            po::command_line_parser(arguments)
                .options(known)
                .positional(words)
                .style(unix_style & ~allow_guessing & ~allow_short)
                .run(),
            given
        );
        if (given["help"].as<bool>()) {
            return answer{exit_status::orderly, help()};
        }
        if (given["version"].as<bool>()) {
            return answer{exit_status::orderly, "pmp-gateway " PMP_GATEWAY_VERSION "\n"};
        }
        if (given.count("word") != 0) {
            auto const& word = given["word"].as<std::vector<std::string>>().front();
            return misuse("unexpected argument \"" + word + '"');
        }
        return to_options(given);
    } catch (po::error const& error) {
        return misuse(error.what());
    } catch (std::invalid_argument const& error) {
        return misuse(error.what());
    }
}

} // namespace pmp_gateway
