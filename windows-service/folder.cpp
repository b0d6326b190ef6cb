// SPDX-License-Identifier: MIT
#include "windows-service/folder.hpp"

#include "daemon/access_list_windows.hpp"
#include "daemon/options.hpp"

#include <aclapi.h>

#include <fstream>

namespace pmpd::windows_service {

namespace {

namespace fs = std::filesystem;
using pmp::error_code;

/// The system and administrators; NT SERVICE\pmpd, which is no other service of its account, may
/// add and change, users read.
constexpr auto folder_list =
    L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)"
    L"(A;OICI;0x1301bf;;;S-1-5-80-406506984-2369851851-3015171272-4203807786-3051519343)";

error_code last_error() {
    return {static_cast<int>(::GetLastError()), boost::system::system_category()};
}

error_code make_protected(fs::path const& folder) {
    access_list access(folder_list);
    if (!access) {
        return last_error();
    }
    if (::CreateDirectoryW(folder.c_str(), *access) != FALSE) {
        return {};
    }
    if (::GetLastError() != ERROR_ALREADY_EXISTS) {
        return last_error();
    }
    // Whoever made it before, users among them, may not keep the right to change it.
    BOOL present = FALSE;
    BOOL by_default = FALSE;
    ACL* list = nullptr;
    ::GetSecurityDescriptorDacl((*access)->lpSecurityDescriptor, &present, &list, &by_default);
    auto name = folder.native();
    auto const error = ::SetNamedSecurityInfoW(
        name.data(),
        SE_FILE_OBJECT,
        DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
        nullptr,
        nullptr,
        list,
        nullptr
    );
    return {static_cast<int>(error), boost::system::system_category()};
}

} // namespace

error_code make_folder() {
    auto const config = default_config();
    if (auto const error = make_protected(config.parent_path()); error.failed()) {
        return error;
    }
    std::error_code unknown;
    if (!fs::exists(config, unknown)) {
        std::ofstream(config) << "# pmpd.yaml beside the program shows every key.\nmappings: []\n";
    }
    return {};
}

} // namespace pmpd::windows_service
