// SPDX-License-Identifier: MIT
#include "cli/port_claims.hpp"
#include "daemon/utf16_windows.hpp"

#include <windows.h>

#include <algorithm>

namespace pmp::cli {

namespace {

/// A page of memory with a name, which lives while a process holds it. Who made it stands in it.
class claim {
public:
    static HANDLE make(std::wstring const& name) {
        return ::CreateFileMappingW(
            INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, sizeof(DWORD), name.c_str()
        );
    }

    static void sign(HANDLE made) {
        if (auto* const page = view(made, FILE_MAP_WRITE)) {
            *page = ::GetCurrentProcessId();
            ::UnmapViewOfFile(page);
        }
    }

    static int maker(HANDLE made) {
        auto const* const page = view(made, FILE_MAP_READ);
        auto const process = page != nullptr ? static_cast<int>(*page) : 0;
        if (page != nullptr) {
            ::UnmapViewOfFile(page);
        }
        return process;
    }

private:
    static DWORD* view(HANDLE made, DWORD access) {
        return static_cast<DWORD*>(::MapViewOfFile(made, access, 0, 0, sizeof(DWORD)));
    }
};

} // namespace

class port_claims::state {
public:
    explicit state(request const& asked) : gateway_(asked.gateway.interface + '%') {
        if (asked.gateway.address) {
            gateway_ += asked.gateway.address->to_string();
        }
    }
    ~state() {
        for (auto* const each : held_) {
            ::CloseHandle(each);
        }
    }
    state(state const&) = delete;
    state& operator=(state const&) = delete;

    /// The names of what a session's processes share have one backslash.
    std::wstring name_of(internal_port const& port) const {
        auto name = "pmp-kept " + std::string(to_string(port.protocol)) + ' ' +
                    to_string(port.internal) + ' ' + gateway_;
        std::replace(name.begin(), name.end(), '\\', '/');
        return LR"(Local\)" + pmpd::to_utf16(name);
    }

    void hold(HANDLE claim) { held_.push_back(claim); }

private:
    std::string gateway_;
    std::vector<HANDLE> held_;
};

port_claims::port_claims(request const& asked) : state_(std::make_unique<state>(asked)) {}
port_claims::~port_claims() = default;

std::optional<int> port_claims::holder(std::vector<internal_port> const& ports) const {
    for (auto const& each : ports) {
        auto* const found = ::OpenFileMappingW(FILE_MAP_READ, FALSE, state_->name_of(each).c_str());
        if (found != nullptr) {
            auto const process = claim::maker(found);
            ::CloseHandle(found);
            return process;
        }
    }
    return {};
}

std::optional<int> port_claims::take(std::vector<internal_port> const& ports) {
    for (auto const& each : ports) {
        auto* const made = claim::make(state_->name_of(each));
        if (made == nullptr) {
            continue;
        }
        bool const is_others = ::GetLastError() == ERROR_ALREADY_EXISTS;
        if (is_others) {
            auto const process = claim::maker(made);
            ::CloseHandle(made);
            return process;
        }
        claim::sign(made);
        state_->hold(made);
    }
    return {};
}

} // namespace pmp::cli
