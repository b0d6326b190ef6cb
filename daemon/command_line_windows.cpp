// SPDX-License-Identifier: MIT
#include "daemon/command_line_windows.hpp"

#include "daemon/utf16_windows.hpp"

#include <windows.h>

#include <algorithm>

namespace pmpd {

namespace {

/// The rules by which CommandLineToArgvW and the C library read: backslashes count double in front
/// of a quotation mark, and there alone.
void append_quoted(std::wstring& to, std::wstring const& argument) {
    if (!argument.empty() && argument.find_first_of(L" \t\"") == std::wstring::npos) {
        to += argument;
        return;
    }
    to += L'"';
    std::size_t backslashes = 0;
    for (wchar_t const each : argument) {
        if (each == L'"') {
            to.append(backslashes + 1, L'\\');
        }
        backslashes = each == L'\\' ? backslashes + 1 : 0;
        to += each;
    }
    to.append(backslashes, L'\\');
    to += L'"';
}

bool same_letters(std::wstring const& a, wchar_t const* b) {
    return ::CompareStringOrdinal(a.c_str(), static_cast<int>(a.size()), b, -1, TRUE) == CSTR_EQUAL;
}

} // namespace

std::wstring command_line_of(std::vector<std::string> const& arguments) {
    std::wstring out;
    for (auto const& each : arguments) {
        out += out.empty() ? L"" : L" ";
        append_quoted(out, to_utf16(each));
    }
    return out;
}

std::wstring environment_block_of(std::vector<std::string> variables) {
    std::sort(variables.begin(), variables.end());
    std::wstring out;
    for (auto const& each : variables) {
        out += to_utf16(each);
        out += L'\0';
    }
    return out += L'\0';
}

std::wstring find_executable(std::string const& name, std::string const& path) {
    auto const wide_name = to_utf16(name);
    auto const wide_path = to_utf16(path);
    bool const has_folder = name.find_first_of("/\\:") != std::string::npos;
    std::wstring out(MAX_PATH, L'\0');
    for (int attempt = 0; attempt < 2; ++attempt) {
        auto const size = ::SearchPathW(
            has_folder ? nullptr : wide_path.c_str(),
            wide_name.c_str(),
            L".exe",
            static_cast<DWORD>(out.size()),
            out.data(),
            nullptr
        );
        bool const fits = size < out.size();
        out.resize(size);
        if (fits) {
            break;
        }
    }
    return out;
}

bool is_batch_file(std::wstring const& program) {
    auto const dot = program.rfind(L'.');
    auto const extension = dot == std::wstring::npos ? std::wstring() : program.substr(dot);
    return same_letters(extension, L".bat") || same_letters(extension, L".cmd");
}

} // namespace pmpd
