// SPDX-License-Identifier: MIT
#include "wire/http_message.hpp"

#include "wire/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <utility>

namespace pmp::wire::http {

namespace beast = boost::beast::http;
namespace asio = boost::asio;

std::string_view value_of(fields const& all, std::string_view name) {
    auto const at = std::find_if(all.begin(), all.end(), [&](field const& f) {
        return same_word(f.name, name);
    });
    return at != all.end() ? std::string_view(at->value) : std::string_view();
}

namespace {

void append_rest(std::string& out, fields const& all, std::string const& body, bool has_body) {
    for (auto const& [name, value] : all) {
        out.append(name).append(": ").append(value).append("\r\n");
    }
    if (has_body) {
        out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    out += "Connection: close\r\n\r\n" + body;
}

error_code fault_of(error_code error) {
    if (error == beast::error::header_limit || error == beast::error::body_limit ||
        error == beast::error::buffer_overflow) {
        return fault::bad_length;
    }
    if (error == beast::error::partial_message || error == beast::error::end_of_stream) {
        return fault::truncated;
    }
    return error ? error_code(fault::bad_value) : error_code();
}

template <class Fields>
fields copied(Fields const& from) {
    fields out;
    for (auto const& f : from) {
        out.push_back({std::string(f.name_string()), std::string(f.value())});
    }
    return out;
}

/// Feeds Beast's parser, which wants a message's header in one piece: what it has not consumed is
/// kept until more comes.
template <bool IsRequest>
class feeder {
public:
    explicit feeder(limits most) : most_(most) {
        parser_.eager(true);
        parser_.header_limit(static_cast<std::uint32_t>(most.header));
        parser_.body_limit(most.body);
    }

    error_code put(std::span<std::byte const> octets) {
        if (done()) {
            return {};
        }
        kept_.insert(kept_.end(), octets.begin(), octets.end());
        error_code error;
        auto const used = parser_.put(asio::buffer(kept_), error);
        kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(used));
        if (error == beast::error::need_more) {
            error = kept_.size() > most_.header + most_.body ? error_code(fault::bad_length)
                                                             : error_code();
            return error;
        }
        return fault_of(error);
    }

    error_code finish() {
        if (done()) {
            return {};
        }
        if (!parser_.got_some()) {
            return fault::truncated;
        }
        error_code error;
        parser_.put_eof(error);
        return fault_of(error);
    }

    bool done() const { return parser_.is_done(); }
    auto take() { return parser_.release(); }

private:
    limits most_;
    beast::parser<IsRequest, beast::string_body> parser_;
    bytes kept_;
};

template <class Reader>
auto decode(std::span<std::byte const> octets, limits most)
    -> result<decltype(std::declval<Reader>().take())> {
    Reader reader(most);
    auto error = reader.put(octets);
    if (!error) {
        error = reader.finish();
    }
    if (error) {
        return error;
    }
    return reader.take();
}

} // namespace

std::string encode(request const& message) {
    auto out = message.method + ' ' + message.target + " HTTP/1.1\r\n";
    auto const has_body = !message.body.empty() || message.method == "POST";
    append_rest(out, message.fields, message.body, has_body);
    return out;
}

std::string encode(response const& message) {
    auto const reason = std::string(beast::obsolete_reason(beast::int_to_status(message.status)));
    auto out = "HTTP/1.1 " + std::to_string(message.status) + ' ' + reason + "\r\n";
    append_rest(out, message.fields, message.body, true);
    return out;
}

struct response_reader::state : feeder<false> {
    using feeder::feeder;
};

response_reader::response_reader(limits most) : state_(std::make_unique<state>(most)) {}
response_reader::~response_reader() = default;
response_reader::response_reader(response_reader&&) noexcept = default;
response_reader& response_reader::operator=(response_reader&&) noexcept = default;

error_code response_reader::put(std::span<std::byte const> octets) {
    return state_->put(octets);
}
error_code response_reader::finish() {
    return state_->finish();
}
bool response_reader::done() const {
    return state_->done();
}
response response_reader::take() {
    auto message = state_->take();
    return {message.result_int(), copied(message), std::move(message.body())};
}

struct request_reader::state : feeder<true> {
    using feeder::feeder;
};

request_reader::request_reader(limits most) : state_(std::make_unique<state>(most)) {}
request_reader::~request_reader() = default;
request_reader::request_reader(request_reader&&) noexcept = default;
request_reader& request_reader::operator=(request_reader&&) noexcept = default;

error_code request_reader::put(std::span<std::byte const> octets) {
    return state_->put(octets);
}
error_code request_reader::finish() {
    return state_->finish();
}
bool request_reader::done() const {
    return state_->done();
}
request request_reader::take() {
    auto message = state_->take();
    return {
        std::string(message.method_string()),
        std::string(message.target()),
        copied(message),
        std::move(message.body())};
}

result<response> decode_response(std::span<std::byte const> octets, limits most) {
    return decode<response_reader>(octets, most);
}

result<request> decode_request(std::span<std::byte const> octets, limits most) {
    return decode<request_reader>(octets, most);
}

} // namespace pmp::wire::http
