// SPDX-License-Identifier: MIT
#include "config/suggest.hpp"

#include <algorithm>
#include <numeric>

namespace pmp::config {

namespace {

constexpr std::size_t longest_word = 64;
constexpr std::size_t shortest_prefix = 3;

std::string in_lower_case(std::string_view word) {
    std::string lower(word);
    for (auto& c : lower) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

/// How many letters to insert, remove, replace or swap with a neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            auto const replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[b.size()];
}

bool begins_alike(std::string_view a, std::string_view b) {
    return std::min(a.size(), b.size()) >= shortest_prefix &&
           (a.starts_with(b) || b.starts_with(a));
}

} // namespace

std::optional<std::string_view>
nearest(std::string_view word, std::vector<std::string_view> const& known) {
    if (word.empty() || word.size() > longest_word)
        return std::nullopt;
    auto const written = in_lower_case(word);
    auto const tolerance =
        word.size() < 3 ? word.size() - 1 : std::min<std::size_t>(word.size() / 3, 3);
    std::optional<std::string_view> best;
    auto best_distance = tolerance + 1;
    for (auto const candidate : known) {
        auto const meant = in_lower_case(candidate.substr(0, longest_word));
        auto apart = distance(written, meant);
        if (begins_alike(written, meant))
            apart = std::min(apart, tolerance);
        if (apart < best_distance) {
            best = candidate;
            best_distance = apart;
        }
    }
    return best;
}

std::string alternatives(std::vector<std::string_view> const& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0)
            text += i + 1 == words.size() ? " or " : ", ";
        text += words[i];
    }
    return text;
}

} // namespace pmp::config
