// SPDX-License-Identifier: MIT
#include "engine/epoch.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

boost::json::value vectors() {
    std::ifstream file(PMP_SOURCE_DIR "/tests/vectors/epoch_vectors.json");
    return boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

bool judge(boost::json::object const& v) {
    auto const number = [&](char const* key) { return v.at(key).to_number<std::int64_t>(); };
    auto const is_pcp = v.at("rule").as_string().starts_with("PCP");
    auto const unit = is_pcp ? milliseconds(1s) : milliseconds(1);
    auto const* client = is_pcp ? "client" : "client_ms";
    pmp::epoch_watch watch(is_pcp ? pmp::epoch_rule::pcp : pmp::epoch_rule::nat_pmp);
    pmp::time_point const start(24h);
    watch.plausible(
        static_cast<std::uint32_t>(number("prev_server")),
        start + unit * number(("prev_" + std::string(client)).c_str())
    );
    return watch.plausible(
        static_cast<std::uint32_t>(number("curr_server")),
        start + unit * number(("curr_" + std::string(client)).c_str())
    );
}

} // namespace

BOOST_AUTO_TEST_SUITE(epoch)

BOOST_AUTO_TEST_CASE(agrees_with_every_vector) {
    auto const all = vectors();

    BOOST_TEST(all.as_array().size() == 22U);
    for (auto const& v : all.as_array()) {
        auto const& o = v.as_object();
        BOOST_TEST(judge(o) == o.at("valid").as_bool(), o.at("note").as_string().c_str());
    }
}

BOOST_AUTO_TEST_CASE(is_plausible_the_first_time_whatever_it_is) {
    pmp::epoch_watch watch(pmp::epoch_rule::pcp);

    BOOST_TEST(watch.plausible(4'000'000'000U, pmp::time_point(1s)));
    BOOST_TEST((watch.last() == 4'000'000'000U));
}

BOOST_AUTO_TEST_CASE(that_was_bad_is_the_reference_of_the_next) {
    pmp::epoch_watch watch(pmp::epoch_rule::pcp);
    watch.plausible(1000, pmp::time_point(0s));

    BOOST_TEST(!watch.plausible(5, pmp::time_point(10s)));
    BOOST_TEST(watch.plausible(15, pmp::time_point(20s)));
}

BOOST_AUTO_TEST_CASE(that_stands_still_is_distrusted_until_it_goes_back) {
    pmp::epoch_watch watch(pmp::epoch_rule::pcp);
    std::vector<bool> verdicts;

    for (int minute = 0; minute < 6; ++minute) {
        verdicts.push_back(watch.plausible(1000, pmp::time_point(1min * minute)));
    }

    std::vector<bool> const expected{true, false, false, false, true, true};
    BOOST_TEST(verdicts == expected, boost::test_tools::per_element());
    BOOST_TEST(!watch.plausible(3, pmp::time_point(7min)));
}

BOOST_AUTO_TEST_SUITE_END()
