// SPDX-License-Identifier: MIT
#include <pmp/entropy.hpp>

#include <boost/system/system_error.hpp>

#include <sys/random.h>

#include <bit>
#include <cerrno>

namespace pmp {

namespace {

template <std::size_t N>
std::array<std::byte, N> draw() {
    // Up to 256 octets come whole or not at all, once the generator is seeded: getrandom(2).
    static_assert(N <= 256);
    std::array<std::byte, N> drawn{};
    while (::getrandom(drawn.data(), drawn.size(), 0) < 0) {
        if (errno != EINTR) {
            throw boost::system::system_error(errno, boost::system::system_category(), "getrandom");
        }
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
