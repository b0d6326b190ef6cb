// SPDX-License-Identifier: MIT
#include "support/network.hpp"

#include <utility>

namespace pmp::test {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds held_back = 100ms;
constexpr unsigned bits_per_octet = 8;

} // namespace

network::network(timeline& time) : timeline_(time) {}

void network::attach(unsigned segment, ip_address const& address, network_node& node) {
    nodes_.insert_or_assign({segment, address}, &node);
}

void network::detach(unsigned segment, ip_address const& address) {
    nodes_.erase({segment, address});
}

bool network::is_attached(unsigned segment, ip_address const& address) const {
    return nodes_.contains({segment, address});
}

path_conditions& network::conditions(ip_address const& from, ip_address const& to) {
    return paths_.try_emplace({from, to}, usual_).first->second;
}

path_conditions const& network::path(ip_address const& from, ip_address const& to) const {
    auto const found = paths_.find({from, to});
    return found != paths_.end() ? found->second : usual_;
}

void network::send(unsigned segment, packet message) {
    ++counts_.sent;
    capture(packet_fate::sent, segment, message);
    timeline_.trace(message.bytes);
    if (!message.destination.address.is_multicast()) {
        send_over_path(segment, message, message.destination.address);
        return;
    }
    for (auto node = nodes_.lower_bound({segment, {}});
         node != nodes_.end() && node->first.first == segment;
         ++node) {
        auto const& address = node->first.second;
        if (address != message.source.address &&
            address.is_v4() == message.source.address.is_v4()) {
            send_over_path(segment, message, address);
        }
    }
}

void network::send_over_path(unsigned segment, packet const& message, ip_address const& to) {
    auto const& conditions = path(message.source.address, to);
    auto& random = timeline_.random();
    auto const happens = [&](double share) { return share > 0 && draw_fraction(random) < share; };
    if (conditions.blackhole || happens(conditions.loss)) {
        ++counts_.lost;
        capture(
            conditions.blackhole ? packet_fate::blackholed : packet_fate::lost, segment, message
        );
        return;
    }
    auto const copies = happens(conditions.duplication) ? 2 : 1;
    counts_.duplicated += copies > 1 ? 1 : 0;
    for (auto copy = 0; copy < copies; ++copy) {
        auto delay = conditions.delay;
        if (conditions.jitter.count() > 0) {
            delay += conditions.jitter / 1000 * static_cast<int>(draw(random, 1001));
        }
        if (happens(conditions.reordering)) {
            ++counts_.reordered;
            delay += held_back;
        }
        auto arriving = message;
        if (happens(conditions.corruption)) {
            corrupt(arriving);
        }
        timeline_.after(delay, [this, segment, to, arriving = std::move(arriving)] {
            deliver(segment, arriving, to);
        });
    }
}

void network::corrupt(packet& message) {
    if (message.bytes.empty()) {
        return;
    }
    ++counts_.corrupted;
    auto& random = timeline_.random();
    auto& octet = message.bytes[draw(random, message.bytes.size())];
    octet ^= std::byte{1} << draw(random, bits_per_octet);
}

void network::deliver(unsigned segment, packet const& message, ip_address const& to) {
    auto const node = nodes_.find({segment, to});
    if (node == nodes_.end()) {
        ++counts_.nobody_there;
        capture(packet_fate::nobody_there, segment, message);
        return;
    }
    // Before the node acts on it, so that captures are in the order of causes and effects.
    capture(packet_fate::delivered, segment, message);
    if (node->second->receive(message, segment)) {
        ++counts_.delivered;
        return;
    }
    if (message.destination.address.is_multicast()) {
        return;
    }
    ++counts_.port_closed;
    capture(packet_fate::port_closed, segment, message);
    auto const back = path(to, message.source.address);
    if (back.blackhole) {
        return;
    }
    timeline_.after(back.delay, [this, segment, message] {
        auto const sender = nodes_.find({segment, message.source.address});
        if (sender != nodes_.end()) {
            sender->second->unreachable(message, segment);
        }
    });
}

void network::capture(packet_fate fate, unsigned segment, packet const& message) {
    if (capacity_ == 0) {
        return;
    }
    if (captured_.size() >= capacity_) {
        captured_.pop_front();
    }
    captured_.push_back({timeline_.now(), fate, segment, message});
}

} // namespace pmp::test
