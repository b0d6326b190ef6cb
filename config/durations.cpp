// SPDX-License-Identifier: MIT
#include "config/scalars.hpp"
#include "config/text.hpp"

#include <array>
#include <charconv>

namespace pmp::config {

namespace {

using std::chrono::seconds;

struct unit {
    char letter;
    seconds length;
};

constexpr std::array<unit, 4> units{{
    {'d', seconds(86400)},
    {'h', seconds(3600)},
    {'m', seconds(60)},
    {'s', seconds(1)},
}};

/// More than a hundred years, in any unit.
constexpr std::int64_t largest_number = 4'000'000'000;

std::optional<seconds> unit_of(std::string_view suffix) {
    if (suffix.empty())
        return seconds(1);
    for (auto const& u : units) {
        if (suffix.size() == 1 && suffix.front() == u.letter)
            return u.length;
    }
    return std::nullopt;
}

std::optional<seconds> time_in(std::string_view text) {
    auto const digits = text.substr(0, text.find_first_not_of("0123456789"));
    auto const length = unit_of(text.substr(digits.size()));
    if (digits.empty() || !length)
        return std::nullopt;
    std::int64_t number = 0;
    auto const parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (parsed.ec != std::errc() || number > largest_number)
        number = largest_number;
    return number * *length;
}

std::string to_text(seconds time) {
    for (auto const& u : units) {
        if (time >= u.length && time % u.length == seconds(0))
            return std::to_string(time / u.length) + u.letter;
    }
    return "0";
}

checked<seconds> read_between(
    std::string_view text,
    seconds least,
    seconds most,
    std::string_view examples = "a whole number and s, m, h or d, such as 90s, 30m, 2h or 1d"
) {
    auto const time = time_in(text);
    if (!time)
        return complaint{in_quotes(text), "is not a time; write " + std::string(examples)};
    if (*time < least)
        return complaint{in_quotes(text), "is too short; write at least " + to_text(least)};
    if (*time > most)
        return complaint{in_quotes(text), "is too long; write at most " + to_text(most)};
    return *time;
}

} // namespace

checked<seconds> read_lifetime(std::string_view text) {
    return read_between(text, shortest_lifetime, longest_lifetime);
}

checked<std::chrono::milliseconds> read_release_timeout(std::string_view text) {
    auto const time = read_between(text, seconds(0), longest_release_timeout);
    if (time.has_error())
        return time.error();
    return std::chrono::milliseconds(*time);
}

checked<seconds> read_verify(std::string_view text) {
    if (time_in(text) == seconds(0))
        return seconds(0);
    return read_between(text, shortest_verify, longest_verify);
}

checked<seconds> read_timeout(std::string_view text) {
    return read_between(
        text, seconds(1), longest_timeout, "a whole number and s, m or h, such as 10s or 5m"
    );
}

checked<std::chrono::milliseconds> read_hook_timeout(std::string_view text) {
    auto const time = read_between(text, shortest_hook_timeout, longest_hook_timeout);
    if (time.has_error())
        return time.error();
    return std::chrono::milliseconds(*time);
}

} // namespace pmp::config
