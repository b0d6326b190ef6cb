// SPDX-License-Identifier: MIT
#include <pmp/entropy.hpp>

#include <boost/system/system_error.hpp>

#include <bcrypt.h>
#include <windows.h>

#include <bit>

namespace pmp {

namespace {

template <std::size_t N>
std::array<std::byte, N> draw() {
    std::array<std::byte, N> drawn{};
    auto const status = ::BCryptGenRandom(
        nullptr,
        reinterpret_cast<PUCHAR>(drawn.data()),
        static_cast<ULONG>(drawn.size()),
        BCRYPT_USE_SYSTEM_PREFERRED_RNG
    );
    if (status < 0) {
        throw boost::system::system_error(
            ERROR_GEN_FAILURE, boost::system::system_category(), "BCryptGenRandom"
        );
    }
    return drawn;
}

} // namespace

secret make_secret() {
    return draw<std::tuple_size_v<secret>>();
}

std::uint64_t make_seed() {
    return std::bit_cast<std::uint64_t>(draw<sizeof(std::uint64_t)>());
}

} // namespace pmp
