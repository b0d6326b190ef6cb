// SPDX-License-Identifier: MIT
#include "cli/terminal.hpp"
#include "daemon/surroundings.hpp"

#include <windows.h>

namespace pmp::cli {

bool output_is_terminal() {
    DWORD mode = 0;
    return ::GetConsoleMode(::GetStdHandle(STD_OUTPUT_HANDLE), &mode) != FALSE;
}

bool output_is_screen() {
    DWORD mode = 0;
    return ::GetConsoleMode(::GetStdHandle(STD_OUTPUT_HANDLE), &mode) != FALSE &&
           (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

bool output_is_coloured() {
    return output_is_screen() && pmpd::environment_variable("NO_COLOR").empty();
}

bool shows_unicode() {
    return output_is_terminal() && ::GetConsoleOutputCP() == CP_UTF8;
}

terminal_size size_of_terminal() {
    CONSOLE_SCREEN_BUFFER_INFO found{};
    if (::GetConsoleScreenBufferInfo(::GetStdHandle(STD_OUTPUT_HANDLE), &found) == FALSE) {
        return {};
    }
    auto const& window = found.srWindow;
    return {
        static_cast<std::size_t>(window.Bottom - window.Top + 1),
        static_cast<std::size_t>(window.Right - window.Left + 1)};
}

} // namespace pmp::cli
