// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace pmpd {

/// Writes the text format of Prometheus, version 0.0.4: families one after the other, the samples
/// of each together.
class metrics_text {
public:
    using label = std::pair<std::string_view, std::string_view>;

    /// Begins a family. `type`: `gauge`, `counter` or `histogram`.
    void family(std::string_view name, std::string_view type, std::string_view help);
    /// Of the family that was begun last; `suffix`: `_bucket` and so on.
    void sample(std::initializer_list<label>, double value, std::string_view suffix = {});
    void sample(std::initializer_list<label>, std::uint64_t value, std::string_view suffix = {});

    std::string take() { return std::move(text_); }

private:
    void line(std::initializer_list<label>, std::string_view value, std::string_view suffix);

    std::string text_;
    std::string name_;
};

} // namespace pmpd
