// SPDX-License-Identifier: MIT
#pragma once

#include "wire/bytes.hpp"

#include <pmp/error.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// HTTP/1.1, one exchange a connection.
namespace pmp::wire::http {

struct field {
    std::string name;
    std::string value;

    friend bool operator==(field const&, field const&) = default;
};

using fields = std::vector<field>;

/// The first of that name, whatever its case; empty where there is none.
std::string_view value_of(fields const&, std::string_view name);

struct request {
    std::string method;
    /// Path and query.
    std::string target;
    http::fields fields;
    std::string body;

    friend bool operator==(request const&, request const&) = default;
};

struct response {
    unsigned status = 200;
    http::fields fields;
    std::string body;

    friend bool operator==(response const&, response const&) = default;
};

/// The fields as given, then `Content-Length` where there is a body or the method is POST, then
/// `Connection: close`.
std::string encode(request const&);
std::string encode(response const&);

/// How much of a message is taken at most, in octets.
struct limits {
    std::size_t header = 16384;
    std::size_t body = 262144;
};

/// Takes a response as it arrives: of known length, chunked, or ended by the connection's end.
class response_reader {
public:
    explicit response_reader(limits = {});
    ~response_reader();
    response_reader(response_reader&&) noexcept;
    response_reader& operator=(response_reader&&) noexcept;

    /// Errors: `fault::bad_value` for what is not HTTP, `fault::bad_length` beyond the limits.
    error_code put(std::span<std::byte const>);
    /// The connection has ended. Errors: `fault::truncated` where more was promised.
    error_code finish();
    bool done() const;
    /// Once it is done.
    response take();

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// The same for a request, as a gateway takes it.
class request_reader {
public:
    explicit request_reader(limits = {});
    ~request_reader();
    request_reader(request_reader&&) noexcept;
    request_reader& operator=(request_reader&&) noexcept;

    error_code put(std::span<std::byte const>);
    error_code finish();
    bool done() const;
    request take();

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// All of it at once. For one whose end is the connection's end: as if it had ended there.
result<response> decode_response(std::span<std::byte const>, limits = {});
result<request> decode_request(std::span<std::byte const>, limits = {});

} // namespace pmp::wire::http
