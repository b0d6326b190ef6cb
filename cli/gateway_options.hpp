// SPDX-License-Identifier: MIT
#pragma once

#include "cli/option.hpp"

#include <array>
#include <cstddef>

namespace pmp::cli {

/// The options of a verb that asks a gateway: its own, then those that all of these have.
template <class... Own>
constexpr std::array<option const*, sizeof...(Own) + 8> gateway_options(Own const&... own) {
    return {
        &own...,
        &gateway_option,
        &interface_option,
        &protocols_option,
        &timeout_option,
        &json_option,
        &quiet_option,
        &control_option,
        &help_option,
    };
}

} // namespace pmp::cli
