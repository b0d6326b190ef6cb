// SPDX-License-Identifier: MIT
#include "config/document.hpp"
#include "config/keys.hpp"
#include "parsing.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <sstream>

namespace {

using pmp::config::configuration;
namespace json = boost::json;
using keys = std::set<std::string>;

std::filesystem::path const directory = PMP_SOURCE_DIR "/config";
/// As it is shipped for the system that this is built for.
std::filesystem::path const shipped_file = PMP_SHIPPED_CONFIG;

std::string text_of(std::filesystem::path const& file) {
    std::ifstream input(file, std::ios::binary);
    BOOST_REQUIRE(input.good());
    return {std::istreambuf_iterator<char>(input), {}};
}

json::object schema() {
    return json::parse(text_of(directory / "pmpd.schema.json")).as_object();
}

json::object const& defined(json::object const& whole, std::string_view name) {
    return whole.at("$defs").at(name).as_object();
}

keys supported(std::span<pmp::config::known_key const> known) {
    keys names;
    for (auto const& k : known) {
        if (k.use != pmp::config::key_use::not_supported)
            names.emplace(k.name);
    }
    return names;
}

keys required(std::span<pmp::config::known_key const> known) {
    keys names;
    for (auto const& k : known) {
        if (k.use == pmp::config::key_use::required)
            names.emplace(k.name);
    }
    return names;
}

/// What the schema lets a map hold.
keys described(json::object const& map) {
    BOOST_TEST(map.at("additionalProperties").as_bool() == false);
    keys names;
    for (auto const& property : map.at("properties").as_object())
        names.emplace(property.key());
    return names;
}

std::string in_yaml(json::value const& value) {
    return json::serialize(value);
}

/// The shipped file with all its settings in force.
std::string uncommented(std::string const& shipped) {
    std::istringstream lines(shipped);
    std::string all;
    for (std::string line; std::getline(lines, line);) {
        bool const remark = line == "#" || (line.starts_with("# ") && !line.starts_with("#  "));
        all += (line.starts_with("#") && !remark ? line.substr(1) : line) + "\n";
    }
    return all;
}

pmp::config::node const& child(pmp::config::node const& map, std::string_view key) {
    for (std::size_t i = 0; i + 1 < map.children.size(); i += 2) {
        if (map.children[i]->text == key)
            return *map.children[i + 1];
    }
    BOOST_FAIL("no key " << key);
    return map;
}

keys keys_of(pmp::config::node const& map) {
    keys names;
    for (std::size_t i = 0; i + 1 < map.children.size(); i += 2)
        names.insert(map.children[i]->text);
    return names;
}

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(keys)

BOOST_AUTO_TEST_SUITE(config_agreement)

BOOST_AUTO_TEST_CASE(the_schema_has_exactly_the_supported_keys) {
    using namespace pmp::config;
    auto const whole = schema();

    BOOST_TEST(described(whole) == supported(root_keys));
    BOOST_TEST(described(defined(whole, "gateway")) == supported(gateway_keys));
    BOOST_TEST(described(defined(whole, "mapping")) == supported(mapping_keys));
    BOOST_TEST(described(defined(whole, "hook")) == supported(hook_keys));
    BOOST_TEST(described(defined(whole, "log")) == supported(log_keys));
}

BOOST_AUTO_TEST_CASE(the_schema_requires_what_the_parser_requires) {
    auto const whole = schema();
    auto const needed = [&whole](std::string_view map) {
        keys names;
        for (auto const& name : defined(whole, map).at("required").as_array())
            names.emplace(name.as_string());
        return names;
    };

    BOOST_TEST(needed("mapping") == required(pmp::config::mapping_keys));
    BOOST_TEST(needed("hook") == required(pmp::config::hook_keys));
}

BOOST_AUTO_TEST_CASE(the_schema_has_the_limits_of_the_parser) {
    auto const whole = schema();

    BOOST_TEST(
        whole.at("properties").at("mappings").at("maxItems").as_int64() ==
        static_cast<std::int64_t>(pmp::config::max_mappings)
    );
    BOOST_TEST(
        whole.at("properties").at("hooks").at("maxItems").as_int64() ==
        static_cast<std::int64_t>(pmp::config::max_hooks)
    );
}

BOOST_AUTO_TEST_CASE(the_schema_has_the_defaults_of_the_parser) {
    auto const whole = schema();
    for (auto const& property : whole.at("properties").as_object()) {
        auto const* const standard = property.value().as_object().if_contains("default");
        if (standard != nullptr) {
            auto const yaml = std::string(property.key()) + ": " + in_yaml(*standard);
            BOOST_TEST((accepted(yaml) == configuration{}), yaml);
        }
    }
    for (auto const& property : defined(whole, "log").at("properties").as_object()) {
        auto const yaml = "log: {" + std::string(property.key()) + ": " +
                          in_yaml(property.value().at("default")) + "}";
        BOOST_TEST((accepted(yaml) == configuration{}), yaml);
    }
}

BOOST_AUTO_TEST_CASE(the_parser_takes_each_word_of_the_schema) {
    auto const whole = schema();
    auto const words = [&whole](std::string_view map, std::string_view key) {
        return defined(whole, map).at("properties").at(key).at("enum").as_array();
    };

    for (auto const& level : words("log", "level"))
        BOOST_TEST(complaint_about("log: {level: " + in_yaml(level) + "}") == "");
    for (auto const& format : words("log", "format"))
        BOOST_TEST(complaint_about("log: {format: " + in_yaml(format) + "}") == "");
    for (auto const& protocol : words("mapping", "protocol"))
        BOOST_TEST(
            complaint_about_mapping("{internal: 1, protocol: " + in_yaml(protocol) + "}") == ""
        );
    auto const& on = defined(whole, "hook").at("properties").at("on");
    for (auto const& event : on.at("items").at("enum").as_array())
        BOOST_TEST(complaint_about("hooks: [{run: [x], on: [" + in_yaml(event) + "]}]") == "");
    for (auto const& family : words("mapping", "address_family"))
        BOOST_TEST(
            complaint_about_mapping(
                "{internal: 1, protocol: tcp, address_family: " + in_yaml(family) + "}"
            ) == ""
        );
}

BOOST_AUTO_TEST_CASE(the_shipped_file_keeps_nothing_open) {
    BOOST_TEST((accepted(text_of(shipped_file)) == configuration{}));
}

BOOST_AUTO_TEST_CASE(the_shipped_file_shows_the_defaults) {
    auto read = accepted(uncommented(text_of(shipped_file)));

    BOOST_TEST(!read.mappings.empty());
    BOOST_TEST(read.state.has_value());
    BOOST_TEST(read.control.has_value());
    BOOST_TEST(read.hooks.size() == 1U);
    BOOST_TEST((read.hooks.at(0).timeout == pmp::config::hook_settings().timeout));
    read.hooks.clear();
    BOOST_TEST(read.metrics.has_value());
    read.metrics.reset();
    read.mappings.clear();
    read.state.reset();
    read.control.reset();
    BOOST_TEST((read == configuration{}));
}

BOOST_AUTO_TEST_CASE(the_shipped_file_shows_each_supported_key) {
    using namespace pmp::config;
    auto const whole = uncommented(text_of(shipped_file));
    auto const read = read_document(whole);
    auto const& root = *std::get<document>(read).root;

    BOOST_TEST(keys_of(root) == supported(root_keys));
    BOOST_TEST(keys_of(child(child(root, "gateways"), "default")) == supported(gateway_keys));
    BOOST_TEST(keys_of(*child(root, "mappings").children.at(0)) == supported(mapping_keys));
    BOOST_TEST(keys_of(*child(root, "hooks").children.at(0)) == supported(hook_keys));
    BOOST_TEST(keys_of(child(root, "log")) == supported(log_keys));
}

BOOST_AUTO_TEST_CASE(the_examples_are_right) {
    std::size_t count = 0;
    for (auto const& file : std::filesystem::directory_iterator(directory / "examples")) {
        if (file.is_directory())
            continue;
        BOOST_TEST_CONTEXT(file.path()) {
            BOOST_TEST(!accepted(text_of(file.path())).mappings.empty());
            ++count;
        }
    }
    BOOST_TEST(count == 4U);
}

BOOST_AUTO_TEST_CASE(the_loopback_example_stays_on_this_machine) {
    auto const read = accepted(text_of(directory / "examples/loopback.yaml"));

    for (auto const& gateway : read.gateways) {
        BOOST_TEST((gateway.address && gateway.address->is_loopback()));
        BOOST_TEST((gateway.source && gateway.source->is_loopback()));
    }
}

BOOST_AUTO_TEST_SUITE_END()
