// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace pmp::cli {

bool output_is_terminal();

/// A terminal whose cursor can be moved.
bool output_is_screen();

/// A terminal that shows colours, and nobody who does not want them.
bool output_is_coloured();

/// The locale's characters are those of UTF-8, and the terminal has more than those of ASCII.
bool shows_unicode();

struct terminal_size {
    std::size_t rows = 24;
    std::size_t columns = 80;
};

/// Of standard output.
terminal_size size_of_terminal();

} // namespace pmp::cli
