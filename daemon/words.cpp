// SPDX-License-Identifier: MIT
#include "daemon/words.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace pmpd {

using namespace std::chrono_literals;

std::string in_words(std::chrono::seconds span) {
    if (span < 2min) {
        return fmt::format("{} s", span.count());
    }
    if (span < 2h) {
        return fmt::format("{} min", std::chrono::round<std::chrono::minutes>(span).count());
    }
    return fmt::format("{} h", std::chrono::round<std::chrono::hours>(span).count());
}

std::string compact(std::chrono::seconds span) {
    std::chrono::hh_mm_ss const parts(span);
    auto const with_unit = [](auto count, char unit) {
        return count.count() != 0 ? fmt::format("{}{}", count.count(), unit) : std::string();
    };
    if (span >= 1h) {
        return with_unit(parts.hours(), 'h') + with_unit(parts.minutes(), 'm');
    }
    auto const text = with_unit(parts.minutes(), 'm') + with_unit(parts.seconds(), 's');
    return text.empty() ? "0s" : text;
}

std::string mappings_words(std::size_t count) {
    return fmt::format("{} mapping{}", count, count == 1 ? "" : "s");
}

std::string list(std::vector<std::string> const& names) {
    constexpr std::size_t most = 10;
    auto const shown = std::min(names.size(), most);
    auto const end = names.begin() + static_cast<std::ptrdiff_t>(shown);
    auto out = fmt::format("{}", fmt::join(names.begin(), end, ","));
    return names.size() > most ? out + fmt::format(",+{}", names.size() - most) : out;
}

std::string to_words(pmp::endpoint const& e) {
    return e.address.is_unspecified() ? fmt::format(":{}", e.port) : pmp::to_string(e);
}

std::string to_words(pmp::error_code error) {
    // What this library found itself has no number that a user could look up in a standard.
    if (error.category() == pmp::fault_category()) {
        return error.message();
    }
    return fmt::format(
        "{} ({} {} {})",
        error.message(),
        error.category().name(),
        pmp::result_name(error),
        error.value()
    );
}

} // namespace pmpd
