// SPDX-License-Identifier: MIT
#include "parsing.hpp"

namespace {

constexpr auto const* version = "not supported by this version of pmp (" PMP_VERSION ")";

std::string value(std::string const& instead) {
    return std::string("is ") + version + "; " + instead;
}

} // namespace

// Known and not supported is never the same as unknown, and never accepted.
BOOST_AUTO_TEST_SUITE(config_not_supported)

BOOST_AUTO_TEST_CASE(values_of_a_gateway_are_refused) {
    BOOST_TEST(
        complaint_about("gateways: {g: {protocols: [pcp, direct]}}") ==
        "1:33: gateways.g.protocols[1]: 'direct' " + value("write pcp, nat-pmp or upnp")
    );
}

BOOST_AUTO_TEST_SUITE_END()
