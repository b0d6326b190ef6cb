// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/winapi_windows.hpp"

#include <sddl.h>

namespace pmpd {

/// Who may use what is made with it, from its first moment on.
class access_list {
public:
    /// In the security descriptor definition language.
    explicit access_list(wchar_t const* text) {
        ::ConvertStringSecurityDescriptorToSecurityDescriptorW(
            text, SDDL_REVISION_1, &descriptor_, nullptr
        );
        attributes_.nLength = sizeof attributes_;
        attributes_.lpSecurityDescriptor = descriptor_;
    }
    ~access_list() { ::LocalFree(descriptor_); }
    access_list(access_list const&) = delete;
    access_list& operator=(access_list const&) = delete;

    /// Without one the system's default would serve, which lets in more.
    explicit operator bool() const { return descriptor_ != nullptr; }
    SECURITY_ATTRIBUTES* operator*() { return &attributes_; }

private:
    PSECURITY_DESCRIPTOR descriptor_ = nullptr;
    SECURITY_ATTRIBUTES attributes_{};
};

} // namespace pmpd
