// SPDX-License-Identifier: MIT
#include "windows-service/service_manager.hpp"

#include "windows-service/service_status.hpp"

#include <array>
#include <chrono>
#include <thread>
#include <utility>

namespace pmpd::windows_service {

namespace {

using pmp::error_code;

constexpr auto account = LR"(NT AUTHORITY\LocalService)";
constexpr auto display_name = L"pmpd: keeps ports open";
constexpr auto description =
    L"Asks the gateway of the network for the ports of its configuration file, and renews them.";
/// In milliseconds: how long an orderly stop may delay the shutdown of the system.
constexpr DWORD preshutdown_timeout = 10'000;
/// In seconds without a failure: the next one is the first again.
constexpr DWORD reset_period = 24 * 60 * 60;

error_code last_error() {
    return {static_cast<int>(::GetLastError()), boost::system::system_category()};
}

/// Of the service control manager.
class scm {
public:
    explicit scm(DWORD access) : handle_(::OpenSCManagerW(nullptr, nullptr, access)) {}
    ~scm() {
        if (handle_ != nullptr) {
            ::CloseServiceHandle(handle_);
        }
    }
    scm(scm const&) = delete;
    scm& operator=(scm const&) = delete;

    explicit operator bool() const { return handle_ != nullptr; }
    SC_HANDLE operator*() const { return handle_; }

private:
    SC_HANDLE handle_;
};

bool describe(SC_HANDLE service) {
    std::wstring text = description;
    SERVICE_DESCRIPTIONW info{text.data()};
    return ::ChangeServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, &info) != FALSE;
}

bool start_late(SC_HANDLE service) {
    SERVICE_DELAYED_AUTO_START_INFO info{TRUE};
    return ::ChangeServiceConfig2W(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &info) != FALSE;
}

/// Also after an exit that is no crash.
bool restart_after_failures(SC_HANDLE service) {
    std::array<SC_ACTION, 3> actions = {
        {{SC_ACTION_RESTART, 1'000}, {SC_ACTION_RESTART, 5'000}, {SC_ACTION_RESTART, 60'000}}};
    SERVICE_FAILURE_ACTIONSW info{};
    info.dwResetPeriod = reset_period;
    info.cActions = static_cast<DWORD>(actions.size());
    info.lpsaActions = actions.data();
    SERVICE_FAILURE_ACTIONS_FLAG flag{TRUE};
    return ::ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS, &info) != FALSE &&
           ::ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &flag) != FALSE;
}

/// By which its files, and nobody else's of the account, can be given to it.
bool have_own_identity(SC_HANDLE service) {
    SERVICE_SID_INFO info{SERVICE_SID_TYPE_UNRESTRICTED};
    return ::ChangeServiceConfig2W(service, SERVICE_CONFIG_SERVICE_SID_INFO, &info) != FALSE;
}

/// All that the account has besides is taken away.
bool keep_few_privileges(SC_HANDLE service) {
    std::wstring names = L"SeChangeNotifyPrivilege";
    names += L'\0';
    SERVICE_REQUIRED_PRIVILEGES_INFOW info{names.data()};
    return ::ChangeServiceConfig2W(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, &info) !=
           FALSE;
}

bool delay_shutdown(SC_HANDLE service) {
    SERVICE_PRESHUTDOWN_INFO info{preshutdown_timeout};
    return ::ChangeServiceConfig2W(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &info) != FALSE;
}

struct setting {
    char const* name;
    bool (*apply)(SC_HANDLE);
};
constexpr std::array settings = {
    setting{"its description", &describe},
    setting{"a delayed start", &start_late},
    setting{"restarts after failures", &restart_after_failures},
    setting{"a security identifier of its own", &have_own_identity},
    setting{"fewer privileges", &keep_few_privileges},
    setting{"time before a shutdown", &delay_shutdown},
};

} // namespace

service_manager::service_manager(service_manager&& other) noexcept
    : service_(std::exchange(other.service_, nullptr)) {}

service_manager& service_manager::operator=(service_manager&& other) noexcept {
    std::swap(service_, other.service_);
    return *this;
}

service_manager::~service_manager() {
    if (service_ != nullptr) {
        ::CloseServiceHandle(service_);
    }
}

pmp::result<service_manager> service_manager::open(DWORD with) {
    scm const manager(SC_MANAGER_CONNECT);
    auto* const service =
        manager ? ::OpenServiceW(*manager, service_name, with | SERVICE_QUERY_STATUS) : nullptr;
    if (service == nullptr) {
        return last_error();
    }
    return service_manager(service);
}

pmp::result<service_manager>
service_manager::install(std::filesystem::path const& program, std::vector<std::string>& untaken) {
    scm const manager(SC_MANAGER_CREATE_SERVICE);
    auto const command = L'"' + program.wstring() + L"\" service run";
    auto* const made = manager ? ::CreateServiceW(
                                     *manager,
                                     service_name,
                                     display_name,
                                     SERVICE_ALL_ACCESS,
                                     SERVICE_WIN32_OWN_PROCESS,
                                     SERVICE_AUTO_START,
                                     SERVICE_ERROR_NORMAL,
                                     command.c_str(),
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     account,
                                     nullptr
                                 )
                               : nullptr;
    if (made == nullptr) {
        return last_error();
    }
    for (auto const& each : settings) {
        if (!each.apply(made)) {
            untaken.emplace_back(each.name);
        }
    }
    return service_manager(made);
}

error_code service_manager::start() {
    return ::StartServiceW(service_, 0, nullptr) != FALSE ? error_code() : last_error();
}

error_code service_manager::control(DWORD code) {
    SERVICE_STATUS told{};
    return ::ControlService(service_, code, &told) != FALSE ? error_code() : last_error();
}

error_code service_manager::remove() {
    return ::DeleteService(service_) != FALSE ? error_code() : last_error();
}

pmp::result<SERVICE_STATUS_PROCESS> service_manager::status() const {
    SERVICE_STATUS_PROCESS told{};
    DWORD size = sizeof told;
    auto* const to = reinterpret_cast<BYTE*>(&told);
    if (::QueryServiceStatusEx(service_, SC_STATUS_PROCESS_INFO, to, size, &size) == FALSE) {
        return last_error();
    }
    return told;
}

pmp::result<SERVICE_STATUS_PROCESS> service_manager::wait_while(DWORD state) const {
    constexpr std::chrono::milliseconds pause{100};
    constexpr std::chrono::seconds patience{30};
    auto const limit = std::chrono::steady_clock::now() + patience;
    for (;;) {
        auto const now = status();
        if (now.has_error() || now->dwCurrentState != state) {
            return now;
        }
        if (std::chrono::steady_clock::now() > limit) {
            return boost::system::errc::make_error_code(boost::system::errc::timed_out);
        }
        std::this_thread::sleep_for(pause);
    }
}

} // namespace pmpd::windows_service
