// SPDX-License-Identifier: MIT
#pragma once

#include "wire/http_message.hpp"

#include <pmp/network.hpp>

namespace pmp {

/// The words of the public interface in those of the codec.
inline wire::http::fields fields_of(std::vector<header_field> const& from) {
    wire::http::fields out;
    for (auto const& [name, value] : from) {
        out.push_back({name, value});
    }
    return out;
}

inline wire::http::response response_of(fetch_result const& from) {
    return {from.status, fields_of(from.fields), from.body};
}

} // namespace pmp
