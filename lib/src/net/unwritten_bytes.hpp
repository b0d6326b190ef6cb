// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace pmp::net {

/// A buffer to receive into that has no contents of its own: pages that no datagram reaches are
/// never asked of the kernel, which takes longer than most of what a short-lived program does.
class unwritten_bytes {
public:
    explicit unwritten_bytes(std::size_t size)
        : size_(size), bytes_(std::make_unique_for_overwrite<std::byte[]>(size)) {}

    operator std::span<std::byte>() {
        return {bytes_.get(), size_};
    } // NOLINT(*-explicit-*): it is one

private:
    std::size_t size_;
    std::unique_ptr<std::byte[]> bytes_;
};

} // namespace pmp::net
