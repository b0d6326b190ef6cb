// SPDX-License-Identifier: MIT
#pragma once

#include "support/exchange.hpp"
#include "support/gateway_state.hpp"
#include "support/vices.hpp"

#include <pmp/clock.hpp>
#include <pmp/event.hpp>
#include <pmp/lease.hpp>

#include <chrono>
#include <optional>
#include <ostream>

// How Boost.Test shows our types when a test fails.
namespace pmp {

inline std::ostream& boost_test_print_type(std::ostream& out, endpoint const& value) {
    return out << to_string(value);
}
inline std::ostream& boost_test_print_type(std::ostream& out, dialect_id value) {
    return out << to_string(value);
}
inline std::ostream& boost_test_print_type(std::ostream& out, transport value) {
    return out << to_string(value);
}
inline std::ostream& boost_test_print_type(std::ostream& out, lease_state value) {
    return out << to_string(value);
}
inline std::ostream& boost_test_print_type(std::ostream& out, event_kind value) {
    return out << to_string(value);
}
inline std::ostream& boost_test_print_type(std::ostream& out, lost_reason value) {
    return out << to_string(value);
}
inline std::ostream& boost_test_print_type(std::ostream& out, time_point value) {
    using seconds = std::chrono::duration<double>;
    return out << std::chrono::duration_cast<seconds>(value.time_since_epoch()).count() << " s";
}
inline std::ostream& boost_test_print_type(std::ostream& out, pcp_result value) {
    return out << result_name(value);
}
template <class T>
std::ostream& boost_test_print_type(std::ostream& out, std::optional<T> const& value) {
    return value ? boost_test_print_type(out, *value) : out << "nothing";
}

namespace test {

inline std::ostream& boost_test_print_type(std::ostream& out, chosen_vice const& value) {
    return out << to_string(value);
}
inline std::ostream& boost_test_print_type(std::ostream& out, vice value) {
    return out << describe(value).name;
}

} // namespace test

} // namespace pmp
