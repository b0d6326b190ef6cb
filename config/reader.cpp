// SPDX-License-Identifier: MIT
#include "config/reader.hpp"

#include "config/suggest.hpp"

#include <algorithm>
#include <tuple>

namespace pmp::config {

namespace {

constexpr std::size_t most_problems = 1000;

std::string kind_of(node const& value) {
    switch (value.kind) {
    case node_kind::null: return "nothing";
    case node_kind::scalar: return in_quotes(value.text);
    case node_kind::list: return "a list";
    case node_kind::map: return "a map";
    }
    return "something else";
}

std::string with_path(place const& at, std::string_view sentence) {
    auto const path = path_of(at);
    return (path.empty() ? path : path + ": ") + std::string(sentence);
}

std::string unknown_key(std::string_view key, std::span<known_key const> known) {
    if (key == "<<")
        return "YAML merge keys ('<<') are not understood; write the keys out";
    std::vector<std::string_view> names;
    std::vector<std::string_view> usable;
    for (auto const& k : known) {
        names.push_back(k.name);
        if (k.use != key_use::not_supported)
            usable.push_back(k.name);
    }
    auto const meant = nearest(key, names);
    return "unknown key " + in_quotes(key) + "; " +
           (meant ? "did you mean '" + std::string(*meant) + "'?"
                  : "it can be " + alternatives(usable));
}

} // namespace

std::string path_of(place const& at) {
    if (at.inside == nullptr)
        return {};
    auto path = path_of(*at.inside);
    if (at.key.empty())
        return path + "[" + std::to_string(at.index) + "]";
    if (!path.empty())
        path += '.';
    if (is_printable(at.key))
        return path.append(at.key);
    return path + in_quotes(at.key);
}

void findings::add(position at, std::string message) {
    if (!full())
        found_.push_back({at.line, at.column, std::move(message)});
}

void findings::add(place const& at, std::string_view sentence) {
    add(at.value->at, with_path(at, sentence));
}

bool findings::full() const {
    return found_.size() > most_problems;
}

problems findings::take() {
    bool const cut = full();
    if (cut)
        found_.pop_back();
    std::stable_sort(found_.begin(), found_.end(), [](problem const& a, problem const& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    if (cut)
        found_.push_back(
            {0, 0, "there are more than " + std::to_string(most_problems) + " problems; mend these"}
        );
    return std::move(found_);
}

fields::fields(findings& found, place const& map, std::span<known_key const> known)
    : known_(known) {
    auto const& children = map.value->children;
    for (std::size_t i = 0; i + 1 < children.size() && !found.full(); i += 2)
        take(found, map, *children[i], *children[i + 1]);
    for (std::size_t i = 0; i < known_.size(); ++i) {
        if (known_[i].use == key_use::required && keys_[i] == nullptr)
            found.add(
                map,
                "the key '" + std::string(known_[i].name) + "' is missing; it must be " +
                    std::string(known_[i].note)
            );
    }
}

void fields::take(findings& found, place const& map, node const& key, node const& value) {
    if (key.kind != node_kind::scalar) {
        found.add(key.at, with_path(map, "a key must be a word, not " + kind_of(key)));
        return;
    }
    auto const known = std::find_if(known_.begin(), known_.end(), [&key](known_key const& k) {
        return k.name == key.text;
    });
    if (known == known_.end()) {
        found.add(key.at, with_path(map, unknown_key(key.text, known_)));
        return;
    }
    auto const index = static_cast<std::size_t>(known - known_.begin());
    if (keys_[index] != nullptr) {
        auto const line = std::to_string(keys_[index]->at.line);
        found.add(
            key.at,
            with_path(
                map,
                "the key " + in_quotes(key.text) + " is already used at line " + line +
                    "; keep one of them"
            )
        );
        return;
    }
    keys_[index] = &key;
    places_[index] = {
        &value,
        &map,
        known->name,
        0,
        known->note,
        known->use == key_use::required ? "" : "the key"};
    if (known->use == key_use::not_supported)
        found.add(
            key.at,
            path_of(places_[index]) + ": " + not_supported() + ": " + std::string(known->note) +
                "; remove the key"
        );
}

place const* fields::operator[](std::string_view key) const {
    for (std::size_t i = 0; i < known_.size(); ++i) {
        if (known_[i].name == key)
            return keys_[i] == nullptr ? nullptr : &places_[i];
    }
    return nullptr;
}

bool is_kind(findings& found, place const& at, node_kind kind) {
    if (at.value->kind == kind)
        return true;
    auto const must_be = std::string(at.must_be);
    auto const or_remove =
        at.removable.empty() ? std::string() : ", or remove " + std::string(at.removable);
    if (at.value->kind == node_kind::null)
        found.add(at, "there is no value; write " + must_be + or_remove);
    else
        found.add(at, "must be " + must_be + ", not " + kind_of(*at.value));
    return false;
}

} // namespace pmp::config
