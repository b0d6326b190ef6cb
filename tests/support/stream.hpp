// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace pmp::test {

/// A TCP connection, and all that its client says on it.
struct stream_request {
    endpoint client;
    endpoint server;
    std::string bytes;
};

enum class stream_fate : std::uint8_t {
    answered,
    /// Nothing listens on that port.
    refused,
    /// The connection stands, and nothing comes.
    ignored,
    /// Not even that.
    unreachable,
};

struct stream_answer {
    stream_fate fate = stream_fate::refused;
    /// What the server says before it closes the connection.
    std::string bytes{};
    /// How long it lets its client wait.
    std::chrono::nanoseconds after{};
};

} // namespace pmp::test
