// SPDX-License-Identifier: MIT
#include "engine/siphash.hpp"

#include <bit>
#include <cstdint>

namespace pmp {

namespace {

std::uint64_t little_endian(std::span<std::byte const> octets) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        word |= std::to_integer<std::uint64_t>(octets[i]) << (8 * i);
    }
    return word;
}

class sip_state {
public:
    explicit sip_state(secret const& key) {
        auto const k0 = little_endian(std::span(key).first<8>());
        auto const k1 = little_endian(std::span(key).last<8>());
        v_ = {
            k0 ^ 0x736f6d6570736575U,
            k1 ^ 0x646f72616e646f6dU ^ 0xeeU,
            k0 ^ 0x6c7967656e657261U,
            k1 ^ 0x7465646279746573U,
        };
    }

    void absorb(std::uint64_t word) {
        v_[3] ^= word;
        rounds(2);
        v_[0] ^= word;
    }

    std::uint64_t squeeze(std::size_t into, std::uint64_t mark) {
        v_[into] ^= mark;
        rounds(4);
        return v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
    }

private:
    void rounds(int count) {
        for (; count > 0; --count) {
            half_round(0, 1, 2, 3, 13, 16);
            half_round(2, 1, 0, 3, 17, 21);
        }
    }

    // Half a SipRound: the second half is the first with v0 and v2 exchanged.
    void
    half_round(std::size_t a, std::size_t b, std::size_t c, std::size_t d, int left, int right) {
        v_[a] += v_[b];
        v_[c] += v_[d];
        v_[b] = std::rotl(v_[b], left) ^ v_[a];
        v_[d] = std::rotl(v_[d], right) ^ v_[c];
        v_[a] = std::rotl(v_[a], 32);
    }

    std::array<std::uint64_t, 4> v_{};
};

} // namespace

std::array<std::byte, 16> siphash(secret const& key, std::span<std::byte const> message) {
    sip_state state(key);
    auto const length = static_cast<std::uint64_t>(message.size());
    while (message.size() >= 8) {
        state.absorb(little_endian(message.first(8)));
        message = message.subspan(8);
    }
    state.absorb(little_endian(message) | length << 56U);

    std::array<std::byte, 16> out{};
    std::array const words = {state.squeeze(2, 0xee), state.squeeze(1, 0xdd)};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::byte>(words[i / 8] >> (8 * (i % 8)));
    }
    return out;
}

} // namespace pmp
