// SPDX-License-Identifier: MIT
#include "windows-service/event_log.hpp"

#include "daemon/utf16_windows.hpp"
#include "windows-service/service_status.hpp"

#include <windows.h>

#include <array>

namespace pmpd::windows_service {

namespace {

constexpr auto registry_key = LR"(SYSTEM\CurrentControlSet\Services\EventLog\Application\pmpd)";
/// The only message of messages.mc: "%1".
constexpr DWORD any_text = 1;

WORD type_of(log_level level) {
    switch (level) {
    case log_level::error: return EVENTLOG_ERROR_TYPE;
    case log_level::warn: return EVENTLOG_WARNING_TYPE;
    default: return EVENTLOG_INFORMATION_TYPE;
    }
}

} // namespace

pmp::error_code add_event_source(std::filesystem::path const& program) {
    auto const& path = program.native();
    auto const size = static_cast<DWORD>((path.size() + 1) * sizeof(wchar_t));
    constexpr DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
    auto error = ::RegSetKeyValueW(
        HKEY_LOCAL_MACHINE, registry_key, L"EventMessageFile", REG_EXPAND_SZ, path.c_str(), size
    );
    if (error == ERROR_SUCCESS) {
        error = ::RegSetKeyValueW(
            HKEY_LOCAL_MACHINE, registry_key, L"TypesSupported", REG_DWORD, &types, sizeof types
        );
    }
    return {static_cast<int>(error), boost::system::system_category()};
}

void remove_event_source() {
    ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, registry_key);
}

event_log::event_log() : source_(::RegisterEventSourceW(nullptr, service_name)) {}

event_log::~event_log() {
    if (source_ != nullptr) {
        ::DeregisterEventSource(source_);
    }
}

bool event_log::write(log_level level, std::string_view text) const {
    auto const wide = to_utf16(text);
    std::array<wchar_t const*, 1> texts = {wide.c_str()};
    return is_open() && ::ReportEventW(
                            source_,
                            type_of(level),
                            0,
                            any_text,
                            nullptr,
                            static_cast<WORD>(texts.size()),
                            0,
                            texts.data(),
                            nullptr
                        ) != FALSE;
}

void report_failure(std::string_view text) {
    event_log().write(log_level::error, text);
}

} // namespace pmpd::windows_service
