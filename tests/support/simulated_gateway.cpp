// SPDX-License-Identifier: MIT
#include "support/simulated_gateway.hpp"

#include "wire/http_message.hpp"
#include "wire/text.hpp"

#include <pmp/network.hpp>

#include <utility>

namespace pmp::test {

simulated_gateway::simulated_gateway(
    timeline& time, pmp::test::network& net, unsigned segment, gateway_options const& options
)
    : timeline_(time)
    , network_(net)
    , segment_(segment)
    , simulator_(options, time.random()(), time.now()) {
    simulator_.on_exchange([this](exchange const& seen) {
        if (exchanges_.size() >= capacity_ && !exchanges_.empty()) {
            exchanges_.pop_front();
        }
        if (capacity_ > 0) {
            exchanges_.push_back(seen);
        }
    });
    network_.attach(segment_, address(), *this);
}

simulated_gateway::~simulated_gateway() = default;

bool simulated_gateway::receive(packet const& message, unsigned /*segment*/) {
    auto const searched =
        message.destination.port == wire::ssdp::port && simulator_.http_port().has_value();
    if (message.destination.address.is_multicast() && !searched) {
        return true;
    }
    if (!searched && (port_closed_ || message.destination.port != gateway_port)) {
        return false;
    }
    simulator_.receive(message, timeline_.now());
    drain();
    return true;
}

stream_answer simulated_gateway::converse(stream_request const& request, unsigned /*segment*/) {
    auto answer =
        simulator_.converse(request.client, request.server.port, request.bytes, timeline_.now());
    drain();
    return answer;
}

void simulated_gateway::drain() {
    while (auto message = simulator_.poll()) {
        if (network_.is_attached(segment_, address())) {
            network_.send(segment_, *std::move(message));
        }
    }
    while (auto const event = simulator_.poll_notify()) {
        if (network_.is_attached(segment_, address())) {
            notify(*event);
        }
    }
    auto const next = simulator_.wake_at();
    if (next <= timeline_.now()) {
        timeline_.broken("a simulated gateway spins");
    }
    // An earlier alarm that is still set looks again when it goes off.
    if (next < armed_) {
        armed_ = next;
        timeline_.at(next, [this] { wake(); });
    }
}

void simulated_gateway::notify(igd_notify const& event) {
    auto const done = [this, sid = event.sid](stream_result const& got) {
        auto const response = wire::http::decode_response(wire::bytes_of(got.bytes));
        simulator_.notified(sid, response ? response->status : 0);
    };
    network_.converse(segment_, event.request, {}, done);
}

void simulated_gateway::wake() {
    if (armed_ > timeline_.now()) {
        return;
    }
    armed_ = time_point::max();
    simulator_.tick(timeline_.now());
    drain();
}

void simulated_gateway::reboot(reboot_kind kind, std::chrono::nanoseconds down) {
    simulator_.reboot(kind, timeline_.now(), down);
    drain();
}

void simulated_gateway::announce() {
    simulator_.announce(timeline_.now());
    drain();
}

void simulated_gateway::set_external_address(std::string const& address) {
    simulator_.set_external_address(boost::asio::ip::make_address(address), timeline_.now());
    drain();
}

void simulated_gateway::set_protocols(std::vector<dialect_id> protocols) {
    simulator_.set_protocols(std::move(protocols));
}

void simulated_gateway::forget() {
    simulator_.forget();
}

void simulated_gateway::set(vice id) {
    set(id, describe(id).usual.value_or(0));
}

void simulated_gateway::set(vice id, std::int64_t number, std::optional<std::int64_t> lifetime) {
    simulator_.set({id, {number, lifetime}}, timeline_.now());
    drain();
}

void simulated_gateway::clear(vice id) {
    simulator_.clear(id, timeline_.now());
    drain();
}

void simulated_gateway::switch_on(bool on) {
    if (on) {
        network_.attach(segment_, address(), *this);
    } else {
        network_.detach(segment_, address());
    }
}

bool simulated_gateway::holds(lease const& held) const {
    auto const protocol = static_cast<std::uint8_t>(held.protocol);
    auto const* mapping = simulator_.find(protocol, held.internal, held.assigned.port);
    return mapping != nullptr && mapping->expires > timeline_.now();
}

gateway_mapping const*
simulated_gateway::find_external(transport protocol, std::uint16_t port) const {
    return simulator_.find_external(static_cast<std::uint8_t>(protocol), port);
}

void simulated_gateway::put(gateway_mapping mapping) {
    simulator_.put(std::move(mapping));
    drain();
}

gateway_mapping const*
simulated_gateway::find(transport protocol, std::string const& address, std::uint16_t port) const {
    return simulator_.find(
        static_cast<std::uint8_t>(protocol), {boost::asio::ip::make_address(address), port}
    );
}

std::uint32_t simulated_gateway::epoch(dialect_id dialect) const {
    return simulator_.epoch(dialect, timeline_.now());
}

} // namespace pmp::test
