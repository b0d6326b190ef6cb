// SPDX-License-Identifier: MIT
#include "daemon/service_commands.hpp"

#include "daemon/options.hpp"
#include "daemon/program.hpp"
#include "windows-service/event_log.hpp"
#include "windows-service/folder.hpp"
#include "windows-service/service_manager.hpp"
#include "windows-service/service_status.hpp"

#include <algorithm>
#include <array>
#include <iostream>

namespace pmpd {

namespace {

using windows_service::service_manager;
using windows_service::service_status;

int complain(std::string const& what, pmp::error_code error) {
    bool const forbidden = error.value() == ERROR_ACCESS_DENIED;
    std::cerr << "pmpd: " << what << ": " << error.message()
              << (forbidden ? "; only an administrator may do that" : "") << '\n';
    return exit_status::failure;
}

int say(std::string const& what) {
    std::cout << what << '\n' << std::flush;
    return exit_status::orderly;
}

bool is_missing(pmp::error_code error) {
    return error.value() == ERROR_SERVICE_DOES_NOT_EXIST;
}

std::filesystem::path own_program() {
    std::wstring path(MAX_PATH, L'\0');
    for (DWORD size = 0;
         (size = ::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()))) ==
         path.size();) {
        path.resize(2 * path.size());
    }
    return path.c_str();
}

int install() {
    std::vector<std::string> untaken;
    auto const program = own_program();
    auto const made = service_manager::install(program, untaken);
    if (made.has_error()) {
        return complain("the service can't be installed", made.error());
    }
    if (auto const error = windows_service::make_folder(); error.failed()) {
        untaken.push_back("a folder of its own (" + error.message() + ")");
    }
    if (auto const error = windows_service::add_event_source(program); error.failed()) {
        untaken.push_back("a source of events (" + error.message() + ")");
    }
    for (auto const& each : untaken) {
        std::cerr << "pmpd: warning: this system does not give the service " << each << '\n';
    }
    return say("the service pmpd is installed; it starts with the system");
}

int start() {
    auto service = service_manager::open(SERVICE_START);
    if (service.has_error()) {
        return complain("the service can't be started", service.error());
    }
    if (auto const error = service->start();
        error.failed() && error.value() != ERROR_SERVICE_ALREADY_RUNNING) {
        return complain("the service can't be started", error);
    }
    auto const now = service->wait_while(SERVICE_START_PENDING);
    if (now.has_error()) {
        return complain("the service does not come up", now.error());
    }
    if (now->dwCurrentState != SERVICE_RUNNING) {
        std::cerr << "pmpd: the service has ended with status " << now->dwServiceSpecificExitCode
                  << "; its log is beside " << default_config().string() << '\n';
        return exit_status::failure;
    }
    return say("the service pmpd runs");
}

pmp::error_code stop(service_manager& service) {
    auto const error = service.control(SERVICE_CONTROL_STOP);
    if (error.failed()) {
        return error.value() == ERROR_SERVICE_NOT_ACTIVE ? pmp::error_code() : error;
    }
    auto now = service.wait_while(SERVICE_RUNNING);
    if (now.has_value()) {
        now = service.wait_while(SERVICE_STOP_PENDING);
    }
    return now.has_error() ? now.error() : pmp::error_code();
}

int stop() {
    auto service = service_manager::open(SERVICE_STOP);
    auto const error = service.has_error() ? service.error() : stop(*service);
    return error.failed() ? complain("the service can't be stopped", error)
                          : say("the service pmpd is stopped");
}

int reload() {
    auto service = service_manager::open(SERVICE_PAUSE_CONTINUE);
    auto const error =
        service.has_error() ? service.error() : service->control(SERVICE_CONTROL_PARAMCHANGE);
    return error.failed() ? complain("the service can't be told to reload", error)
                          : say("the service pmpd reads its configuration again");
}

int uninstall() {
    auto service = service_manager::open(SERVICE_STOP | DELETE);
    if (service.has_error()) {
        return is_missing(service.error())
                   ? say("the service pmpd is not installed")
                   : complain("the service can't be removed", service.error());
    }
    auto error = stop(*service);
    if (!error.failed()) {
        error = service->remove();
    }
    windows_service::remove_event_source();
    return error.failed() ? complain("the service can't be removed", error)
                          : say("the service pmpd is removed");
}

int status() {
    auto const service = service_manager::open(0);
    auto const now = service.has_value() ? service->status()
                                         : pmp::result<SERVICE_STATUS_PROCESS>(service.error());
    if (now.has_error()) {
        return is_missing(now.error()) ? (say("not installed"), exit_status::failure)
                                       : complain("the service can't be asked", now.error());
    }
    switch (now->dwCurrentState) {
    case SERVICE_RUNNING: return say("running, process " + std::to_string(now->dwProcessId));
    case SERVICE_START_PENDING: return say("starting");
    case SERVICE_STOP_PENDING: return say("stopping");
    default: say("stopped"); return exit_status::failure;
    }
}

// ServiceMain is called without them.
std::vector<std::string>* daemon_arguments = nullptr; // NOLINT(*-avoid-non-const-global-variables)

void WINAPI service_main(DWORD /*count*/, wchar_t** /*words*/) {
    service_status own;
    own.join_manager();
    auto status = exit_status::failure;
    try {
        status = pmpd::run(*daemon_arguments);
    } catch (std::exception const& error) {
        windows_service::report_failure(error.what());
    }
    if (status == exit_status::configuration) {
        windows_service::report_failure("the configuration can't be used; pmpd --check says why");
    }
    own.stopped(status);
}

/// Under the service control manager, which starts it so.
int run_under_manager(std::vector<std::string> arguments) {
    daemon_arguments = &arguments;
    std::wstring name = windows_service::service_name;
    std::array const services = {
        SERVICE_TABLE_ENTRYW{name.data(), &service_main}, SERVICE_TABLE_ENTRYW{nullptr, nullptr}};
    if (::StartServiceCtrlDispatcherW(services.data()) == FALSE) {
        pmp::error_code const error(
            static_cast<int>(::GetLastError()), boost::system::system_category()
        );
        return complain("only the service control manager can start the service", error);
    }
    return exit_status::orderly;
}

} // namespace

std::optional<int> run_service_command(std::vector<std::string> const& arguments) {
    if (arguments.empty() || arguments.front() != "service") {
        return {};
    }
    struct verb {
        std::string_view name;
        int (*perform)();
    };
    constexpr std::array verbs = {
        verb{"install", &install},
        verb{"uninstall", &uninstall},
        verb{"start", &start},
        verb{"stop", &stop},
        verb{"reload", &reload},
        verb{"status", &status},
    };
    auto const name = arguments.size() > 1 ? arguments[1] : std::string();
    if (name == "run") {
        return run_under_manager({arguments.begin() + 2, arguments.end()});
    }
    auto const* const found = std::find_if(verbs.begin(), verbs.end(), [&](verb const& each) {
        return each.name == name && arguments.size() == 2;
    });
    if (found == verbs.end()) {
        std::cerr << "pmpd: it is pmpd service install, uninstall, start, stop, reload or status\n";
        return exit_status::usage;
    }
    return found->perform();
}

} // namespace pmpd
