// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/keys.hpp"
#include "config/scalars.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pmp::config {

/// A value and the way to it from the root, for messages: `mappings[2].external`. Borrows all
/// that it names.
struct place {
    node const* value = nullptr;
    place const* inside = nullptr;
    /// Of a map's value; empty for an item of a list.
    std::string_view key;
    std::size_t index = 0;
    /// What the value must be, as the end of a sentence.
    std::string_view must_be;
    /// What to remove instead of writing a value; empty where it must be there.
    std::string_view removable;
};

std::string path_of(place const&);

/// The problems found so far. More than 1000 are not kept.
class findings {
public:
    void add(position, std::string message);
    /// At the value, with its path in front.
    void add(place const&, std::string_view sentence);
    bool empty() const { return found_.empty(); }
    /// There is no point in looking further.
    bool full() const;
    /// In the order of the file.
    problems take();

private:
    problems found_;
};

/// A known map of the file: finds its values by key. Each key that is unknown, missing, not
/// supported or there twice becomes a problem when it is made.
class fields {
public:
    fields(findings&, place const& map, std::span<known_key const>);

    /// Null where the file does not have the key. `key` is one of the known keys.
    place const* operator[](std::string_view key) const;

private:
    static constexpr std::size_t most_keys = 16;

    void take(findings&, place const& map, node const& key, node const& value);

    std::span<known_key const> known_;
    std::array<place, most_keys> places_{};
    std::array<node const*, most_keys> keys_{};
};

/// Reports a value of another kind, and one that is not there.
bool is_kind(findings&, place const&, node_kind);

/// Reports that a value of this kind is none, where `at` does not hold what it must.
template <class T>
std::optional<T> read(findings& found, place const* at, checked<T> (*check)(std::string_view)) {
    if (at == nullptr || !is_kind(found, *at, node_kind::scalar))
        return std::nullopt;
    auto value = check(at->value->text);
    if (value.has_value())
        return *std::move(value);
    found.add(*at, value.error().sentence);
    return std::nullopt;
}

/// Leaves `target` as it is where the file does not say a valid value.
template <class T>
void read_into(T& target, findings& found, place const* at, checked<T> (*check)(std::string_view)) {
    if (auto value = read(found, at, check))
        target = *std::move(value);
}

} // namespace pmp::config
