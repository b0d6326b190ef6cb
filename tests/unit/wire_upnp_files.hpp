// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <string>

// tests/vectors/upnp: documents in the shapes that routers give them, and what they say.
namespace pmp::test {

inline std::string upnp_file(std::string const& name) {
    std::ifstream in(std::string(PMP_SOURCE_DIR) + "/tests/vectors/upnp/" + name, std::ios::binary);
    BOOST_REQUIRE(in.good());
    return {std::istreambuf_iterator<char>(in), {}};
}

inline boost::json::array upnp_cases(std::string const& name) {
    auto cases = boost::json::parse(upnp_file(name)).as_array();
    BOOST_REQUIRE(!cases.empty());
    return cases;
}

inline std::string text_at(boost::json::value const& c, char const* key) {
    return boost::json::value_to<std::string>(c.at(key));
}

} // namespace pmp::test
