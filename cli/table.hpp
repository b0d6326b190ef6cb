// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pmp::cli {

/// Rows whose columns are aligned, two spaces apart.
class table {
public:
    /// `indent`: spaces before each row.
    explicit table(std::size_t indent = 0) : indent_(indent) {}

    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    /// One line a row.
    std::string text() const;

private:
    std::size_t indent_;
    std::vector<std::vector<std::string>> rows_;
};

/// What a gateway tells of itself, without what could move a cursor.
std::string printable(std::string_view);

} // namespace pmp::cli
