// SPDX-License-Identifier: MIT
#include "cli/child.hpp"
#include "daemon/command_line_windows.hpp"
#include "daemon/surroundings.hpp"
#include "daemon/utf16_windows.hpp"

#include <windows.h>

#include <csignal>

namespace pmp::cli {

namespace {

namespace errc = boost::system::errc;

HANDLE handle_of(std::intptr_t process) {
    return reinterpret_cast<HANDLE>(process);
}

} // namespace

result<std::string> find_program(std::string const& name) {
    auto const found = pmpd::find_executable(name, pmpd::environment_variable("PATH"));
    if (found.empty()) {
        return errc::make_error_code(errc::no_such_file_or_directory);
    }
    if (pmpd::is_batch_file(found)) {
        return errc::make_error_code(errc::executable_format_error);
    }
    return pmpd::to_utf8(found);
}

result<child> child::start(std::vector<std::string> const& command, variables const& also) {
    auto const program = find_program(command.front());
    if (!program) {
        return program.error();
    }
    for (auto const& [name, value] : also) {
        ::SetEnvironmentVariableW(pmpd::to_utf16(name).c_str(), pmpd::to_utf16(value).c_str());
    }
    auto line = pmpd::command_line_of(command);
    STARTUPINFOW information{};
    information.cb = sizeof information;
    PROCESS_INFORMATION made{};
    bool const is_made = ::CreateProcessW(
                             pmpd::to_utf16(*program).c_str(),
                             line.data(),
                             nullptr,
                             nullptr,
                             TRUE,
                             0,
                             nullptr,
                             nullptr,
                             &information,
                             &made
                         ) != FALSE;
    if (!is_made) {
        return error_code{static_cast<int>(::GetLastError()), boost::system::system_category()};
    }
    ::CloseHandle(made.hThread);
    return child(reinterpret_cast<std::intptr_t>(made.hProcess));
}

void child::pass_on(int signal) const {
    // What is typed reaches it by itself, and Windows has no other signals.
    if (!status_ && signal == SIGTERM) {
        ::TerminateProcess(handle_of(process_), ERROR_PROCESS_ABORTED);
    }
}

std::optional<int> child::exit_status() {
    if (!status_ && ::WaitForSingleObject(handle_of(process_), 0) == WAIT_OBJECT_0) {
        DWORD status = 0;
        ::GetExitCodeProcess(handle_of(process_), &status);
        ::CloseHandle(handle_of(process_));
        status_ = static_cast<int>(status);
    }
    return status_;
}

} // namespace pmp::cli
