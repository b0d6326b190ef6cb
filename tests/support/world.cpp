// SPDX-License-Identifier: MIT
#include "support/world.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace pmp::test {

namespace {

constexpr std::chrono::seconds day{86400};

secret draw_secret(random_source& random) {
    secret result;
    std::generate(result.begin(), result.end(), [&] { return std::byte(draw(random, 256)); });
    return result;
}

} // namespace

world::world(std::uint64_t seed) : timeline_(seed), network_(timeline_) {}

simulated_gateway& world::add_gateway(gateway_options const& options, unsigned segment) {
    gateways_.push_back(std::make_unique<simulated_gateway>(timeline_, network_, segment, options));
    return *gateways_.back();
}

simulated_gateway& world::add_gateway(std::string const& address, unsigned segment) {
    gateway_options options;
    options.address = boost::asio::ip::make_address(address);
    options.uptime = day;
    return add_gateway(options, segment);
}

host& world::add_host(std::string const& address, engine_settings settings) {
    memory known;
    known.secret = draw_secret(random());
    hosts_.push_back(std::make_unique<host>(
        timeline_, network_, boost::asio::ip::make_address(address), settings, std::move(known)
    ));
    return *hosts_.back();
}

host& world::add_host(
    std::string const& address, simulated_gateway const& gateway, engine_settings settings
) {
    auto& added = add_host(address, settings);
    added.sees(gateway);
    return added;
}

void world::run_for(std::chrono::nanoseconds duration) {
    timeline_.run_until(now() + duration);
}

bool world::run_until(std::function<bool()> const& reached, std::chrono::nanoseconds limit) {
    return timeline_.run_until(reached, now() + limit);
}

void world::after(std::chrono::nanoseconds delay, std::function<void()> action) {
    timeline_.after(delay, std::move(action));
}

std::string world::broken_promises() const {
    std::ostringstream out;
    for (auto const& promising : hosts_) {
        for (auto const& held : promising->leases()) {
            auto const kept =
                std::any_of(gateways_.begin(), gateways_.end(), [&](auto const& gateway) {
                    return gateway->address() == held.gateway.address && gateway->holds(held);
                });
            if (!kept) {
                out << promising->address() << ' ' << held.mapping << " at "
                    << to_string(held.assigned) << '\n';
            }
        }
    }
    return out.str();
}

} // namespace pmp::test
