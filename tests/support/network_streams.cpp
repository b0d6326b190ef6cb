// SPDX-License-Identifier: MIT
#include "support/network.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <memory>
#include <utility>

// TCP, as far as a client sees of it: connections that stand or do not, and take their time.
namespace pmp::test {

namespace {

using namespace std::chrono_literals;
namespace asio_error = boost::asio::error;

/// How long until nobody has answered to an address (ARP).
constexpr std::chrono::nanoseconds resolution = 3s;
/// RFC 6298 2: the first retransmission of a segment.
constexpr std::chrono::nanoseconds retransmission = 1s;
constexpr auto most_retransmissions = 6;

} // namespace

/// What the losses of a path cost one segment.
std::chrono::nanoseconds network::retransmissions(path_conditions const& conditions) {
    std::chrono::nanoseconds cost{0};
    for (auto count = 0; count < most_retransmissions && conditions.loss > 0 &&
                         draw_fraction(timeline_.random()) < conditions.loss;
         ++count) {
        cost += retransmission * (1 << count);
    }
    return cost;
}

void network::converse(
    unsigned segment,
    stream_request const& request,
    stream_limits const& limits,
    std::function<void(stream_result)> done
) {
    auto const out = path(request.client.address, request.server.address);
    auto const back = path(request.server.address, request.client.address);
    auto const fail = [this, done](error_code error, std::chrono::nanoseconds after) {
        timeline_.after(after, [done, error] { done({error, {}}); });
    };
    if (out.blackhole || back.blackhole) {
        fail(asio_error::timed_out, limits.connect);
        return;
    }
    if (!is_attached(segment, request.server.address)) {
        fail(asio_error::host_unreachable, std::min(resolution, limits.connect));
        return;
    }
    timeline_.trace(std::as_bytes(std::span(request.bytes.data(), request.bytes.size())));
    auto const connected = out.delay + back.delay + retransmissions(out) + retransmissions(back);
    auto const heard = connected + out.delay + retransmissions(out);
    auto const returns = back.delay + retransmissions(back);
    if (connected > limits.connect) {
        fail(asio_error::timed_out, limits.connect);
        return;
    }
    if (heard > connected + limits.whole) {
        fail(asio_error::timed_out, connected + limits.whole);
        return;
    }
    timeline_.after(heard, [=, this, spent = heard - connected] {
        auto const node = nodes_.find({segment, request.server.address});
        auto answer = node != nodes_.end() ? node->second->converse(request, segment)
                                           : stream_answer{stream_fate::unreachable};
        auto const after = returns + answer.after;
        if (answer.fate == stream_fate::refused) {
            fail(asio_error::connection_refused, std::min(returns, limits.connect));
        } else if (answer.fate == stream_fate::unreachable) {
            fail(asio_error::timed_out, std::min(limits.connect, limits.whole - spent));
        } else if (answer.fate == stream_fate::ignored || spent + after > limits.whole) {
            fail(asio_error::timed_out, limits.whole - spent);
        } else {
            timeline_.after(after, [done, bytes = std::move(answer.bytes)] { done({{}, bytes}); });
        }
    });
}

} // namespace pmp::test
