// SPDX-License-Identifier: MIT

// A program that writes down how it is called, a line a call, in `calls.txt` beside itself.

#include <windows.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>

int main() {
    std::wstring path(MAX_PATH, L'\0');
    path.resize(::GetModuleFileNameW(nullptr, path.data(), MAX_PATH));
    std::u8string const line = std::filesystem::path(::GetCommandLineW()).u8string();
    std::ofstream out(std::filesystem::path(path).replace_filename("calls.txt"), std::ios::app);
    out.write(
        reinterpret_cast<char const*>(line.data()), static_cast<std::streamsize>(line.size())
    );
    out << '\n';
}
