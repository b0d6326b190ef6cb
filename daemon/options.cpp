// SPDX-License-Identifier: MIT
#include "daemon/options.hpp"

#include "daemon/help_text.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>

#include <algorithm>
#include <array>

namespace pmpd {

namespace {

namespace po = boost::program_options;
using pmp::config::log_format;
using pmp::config::log_level;

answer misuse(std::string const& what) {
    return {exit_status::usage, "pmpd: " + what + "; see pmpd --help\n"};
}

po::options_description known_options() {
    po::options_description out;
    auto add = out.add_options();
    add("config", po::value<std::string>());
    add("check", po::bool_switch());
    add("once", po::bool_switch());
    add("state", po::value<std::string>());
    add("control", po::value<std::string>());
    add("log-level", po::value<std::string>());
    add("log-format", po::value<std::string>());
    add("version", po::bool_switch());
    add("help", po::bool_switch());
    add("word", po::value<std::vector<std::string>>());
    return out;
}

template <class Value, std::size_t Count>
std::optional<Value>
named(std::array<std::pair<std::string_view, Value>, Count> const& names, std::string const& name) {
    auto const found = std::find_if(names.begin(), names.end(), [&](auto const& each) {
        return each.first == name;
    });
    return found != names.end() ? std::optional(found->second) : std::nullopt;
}

constexpr std::array levels = {
    std::pair<std::string_view, log_level>{"trace", log_level::trace},
    std::pair<std::string_view, log_level>{"debug", log_level::debug},
    std::pair<std::string_view, log_level>{"info", log_level::info},
    std::pair<std::string_view, log_level>{"warn", log_level::warn},
    std::pair<std::string_view, log_level>{"error", log_level::error},
};
constexpr std::array formats = {
    std::pair<std::string_view, log_format>{"text", log_format::text},
    std::pair<std::string_view, log_format>{"json", log_format::json},
};

/// Words that belong to the product and not to this build of it deserve better than "unknown".
std::optional<answer> refuse_words(po::variables_map const& given) {
    if (given.count("word") == 0) {
        return {};
    }
    auto const& word = given["word"].as<std::vector<std::string>>().front();
    return word == "service" ? misuse("this version can't run as a Windows service")
                             : misuse("unexpected argument \"" + word + "\"");
}

/// As UTF-8, also where paths are made of wide characters.
std::filesystem::path path_in(std::string const& text) {
    return std::u8string(text.begin(), text.end());
}

std::variant<options, answer> to_options(po::variables_map const& given) {
    options out;
    if (given.count("config") != 0) {
        out.config = path_in(given["config"].as<std::string>());
    }
    if (given.count("state") != 0) {
        out.state = path_in(given["state"].as<std::string>());
    }
    if (given.count("control") != 0) {
        out.control = path_in(given["control"].as<std::string>());
    }
    out.check = given["check"].as<bool>();
    out.once = given["once"].as<bool>();
    if (out.check && out.once) {
        return misuse("--check and --once exclude each other");
    }
    if (given.count("log-level") != 0) {
        auto const& name = given["log-level"].as<std::string>();
        out.log_level = named(levels, name);
        if (!out.log_level) {
            return misuse("--log-level is trace, debug, info, warn or error, not \"" + name + "\"");
        }
    }
    if (given.count("log-format") != 0) {
        auto const& name = given["log-format"].as<std::string>();
        out.log_format = named(formats, name);
        if (!out.log_format) {
            return misuse("--log-format is text or json, not \"" + name + "\"");
        }
    }
    return out;
}

} // namespace

pmp::config::log_settings effective(pmp::config::log_settings settings, options const& given) {
    settings.level = given.log_level.value_or(settings.level);
    settings.format = given.log_format.value_or(settings.format);
    return settings;
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
    } catch (po::error const& error) {
        return misuse(error.what());
    }
    if (given["help"].as<bool>()) {
        return answer{exit_status::orderly, std::string(help_text())};
    }
    if (given["version"].as<bool>()) {
        return answer{exit_status::orderly, "pmpd " PMPD_VERSION "\n"};
    }
    if (auto refusal = refuse_words(given)) {
        return *refusal;
    }
    return to_options(given);
}

} // namespace pmpd
