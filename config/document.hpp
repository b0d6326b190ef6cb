// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"
#include "config/text.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pmp::config {

enum class node_kind : std::uint8_t { null, scalar, list, map };

/// A piece of the file. Aliases are resolved: they share the node of their anchor, so that what
/// hangs together may have cycles.
struct node {
    node_kind kind = node_kind::null;
    position at;
    /// Of a scalar.
    std::string text;
    /// Of a list: its items. Of a map: keys and values in turn, also of keys that occur twice.
    std::vector<node const*> children;
};

/// A file as YAML sees it. The root of an empty file is null.
struct document {
    std::deque<node> nodes;
    node const* root = nullptr;
};

/// `source` is UTF-8 without a byte order mark.
std::variant<document, problem> read_document(std::string_view source);

} // namespace pmp::config
