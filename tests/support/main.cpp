// SPDX-License-Identifier: MIT
#define BOOST_TEST_MODULE pmp
#include <boost/test/unit_test.hpp>
