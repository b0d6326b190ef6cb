// SPDX-License-Identifier: MIT
#include "engine/siphash.hpp"

#include <boost/test/unit_test.hpp>

#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

namespace {

// The reference implementation's vectors: key 00 01 .. 0f, message 00 01 .. (n - 1).
std::string hash_of_counting_octets(unsigned length) {
    pmp::secret key{};
    for (unsigned i = 0; i < key.size(); ++i) {
        key[i] = static_cast<std::byte>(i);
    }
    std::vector<std::byte> message;
    for (unsigned i = 0; i < length; ++i) {
        message.push_back(static_cast<std::byte>(i));
    }
    std::ostringstream out;
    for (auto const octet : pmp::siphash(key, message)) {
        out << std::hex << std::setw(2) << std::setfill('0') << std::to_integer<int>(octet);
    }
    return out.str();
}

} // namespace

BOOST_AUTO_TEST_SUITE(siphash)

BOOST_AUTO_TEST_CASE(agrees_with_the_reference_vectors) {
    BOOST_TEST(hash_of_counting_octets(0) == "a3817f04ba25a8e66df67214c7550293");
    BOOST_TEST(hash_of_counting_octets(1) == "da87c1d86b99af44347659119b22fc45");
    BOOST_TEST(hash_of_counting_octets(2) == "8177228da4a45dc7fca38bdef60affe4");
    BOOST_TEST(hash_of_counting_octets(15) == "5493e99933b0a8117e08ec0f97cfc3d9");
}

BOOST_AUTO_TEST_SUITE_END()
