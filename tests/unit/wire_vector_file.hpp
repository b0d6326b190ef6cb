// SPDX-License-Identifier: MIT
#pragma once

#include "unit/wire_octets.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace pmp::test {

namespace json = boost::json;

/// A datagram of tests/vectors, and what is to be made of it.
struct test_vector {
    std::string name;
    std::string protocol;
    std::string verdict;
    wire::bytes datagram;
    json::object expect;

    json::object fields() const {
        auto const* const found = expect.if_contains("fields");
        return found == nullptr ? json::object() : found->as_object();
    }
};

inline std::vector<test_vector> load_vectors(std::string const& file) {
    std::ifstream in(std::string(PMP_SOURCE_DIR) + "/tests/vectors/" + file);
    BOOST_REQUIRE(in.good());
    std::string const text{std::istreambuf_iterator<char>(in), {}};
    std::vector<test_vector> out;
    auto const root = json::parse(text);
    for (auto const& value : root.as_array()) {
        auto const text_at = [&value](char const* key) {
            return json::value_to<std::string>(value.at(key));
        };
        auto const& expect = value.at("expect");
        auto const verdict = json::value_to<std::string>(expect.at("verdict"));
        out.push_back(
            {text_at("name"), text_at("protocol"), verdict, hex(text_at("hex")), expect.as_object()}
        );
    }
    BOOST_REQUIRE(!out.empty());
    return out;
}

template <class Number>
Number number(json::object const& fields, char const* key, Number otherwise) {
    auto const* const found = fields.if_contains(key);
    return found == nullptr ? otherwise : json::value_to<Number>(*found);
}

} // namespace pmp::test
