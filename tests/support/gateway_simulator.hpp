// SPDX-License-Identifier: MIT
#pragma once

#include "support/exchange.hpp"
#include "support/gateway_state.hpp"
#include "support/igd_publisher.hpp"
#include "support/mapping_table.hpp"
#include "support/stream.hpp"
#include "support/vices.hpp"
#include "wire/ssdp.hpp"

#include <pmp/clock.hpp>
#include <pmp/endpoint.hpp>
#include <pmp/lease.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace pmp::test {

struct gateway_statistics {
    /// Those that reached it; by protocol, those of that version.
    std::size_t requests = 0;
    std::size_t pcp_requests = 0;
    std::size_t nat_pmp_requests = 0;
    std::size_t igd_requests = 0;
    std::size_t answers = 0;
    std::size_t grants = 0;
    std::size_t deletions = 0;
    /// Answers with a result other than success.
    std::size_t errors = 0;
    /// Packets, each copy counts.
    std::size_t announcements = 0;
    std::size_t mapping_updates = 0;
    std::size_t expired = 0;
    std::size_t reboots = 0;
};

enum class reboot_kind : std::uint8_t { forgets, keeps };

/// A gateway that speaks PCP (RFC 6887), NAT-PMP (RFC 6886) and UPnP (IGD:1, IGD:2) and forwards
/// nothing. It opens no
/// socket and reads no clock: datagrams go in and come out, time is an argument, and the same calls
/// with the same seed give the same answers. Without vices it does what the standards ask.
class gateway_simulator {
public:
    /// It announces nothing before it is told to.
    gateway_simulator(gateway_options const&, std::uint64_t seed, time_point now);

    /// To port 5351, or 1900, or to the group of SSDP.
    void receive(packet const&, time_point now);
    /// An HTTP request to that port of it.
    stream_answer converse(
        endpoint const& client, std::uint16_t port, std::string const& request, time_point now
    );
    /// Where it serves HTTP; absent where it speaks no UPnP.
    std::optional<std::uint16_t> http_port() const;
    void tick(time_point now);
    /// What is to be sent now.
    std::optional<packet> poll();
    /// A NOTIFY to send now, on a connection of its own; how it was answered is to be told.
    std::optional<igd_notify> poll_notify();
    /// `status` 0: not at all.
    void notified(std::string const& sid, unsigned status) { notify_answered(state_, sid, status); }
    /// When to `tick()` next; `time_point::max()` where nothing is due.
    time_point wake_at() const;

    /// Takes `down` and ends with an announcement. Meanwhile it neither hears nor says anything.
    void reboot(reboot_kind, time_point now, std::chrono::nanoseconds down = {});
    /// In each protocol that it speaks.
    void announce(time_point now);
    /// Told to clients by an announcement (RFC 6886 3.2.1) and Mapping Updates (RFC 6887 14.2).
    /// The unspecified address: there is none.
    void set_external_address(ip_address const&, time_point now);
    /// Which ones it speaks from now on; may be none.
    void set_protocols(std::vector<dialect_id>);
    /// Loses all mappings and tells nobody.
    void forget();
    void set(chosen_vice const&, time_point now);
    void clear(vice, time_point now);

    gateway_options const& options() const { return state_.options; }
    vice_set const& vices() const { return state_.vices; }
    std::vector<igd_subscriber> const& subscribers() const { return state_.igd.subscribers; }
    gateway_statistics const& statistics() const { return statistics_; }
    std::vector<gateway_mapping> table() const { return state_.table.all(); }
    std::size_t mappings() const { return state_.table.size(); }
    /// Its mapping of that internal endpoint, if there is one.
    gateway_mapping const* find(std::uint8_t protocol, endpoint const& internal) const;
    gateway_mapping const*
    find(std::uint8_t protocol, endpoint const& internal, std::uint16_t external_port) const;
    gateway_mapping const* find_external(std::uint8_t protocol, std::uint16_t port) const;
    /// Has it from now on, whoever made it.
    void put(gateway_mapping);
    /// As it would tell it.
    std::uint32_t epoch(dialect_id, time_point now) const;

    /// Called with each request once its fate is known.
    void on_exchange(std::function<void(exchange const&)> observer) {
        on_exchange_ = std::move(observer);
    }
    void on_expiry(std::function<void(gateway_mapping const&)> observer) {
        on_expiry_ = std::move(observer);
    }

private:
    enum class purpose : std::uint8_t { answer, announcement, update };

    bool loses_next();
    exchange serve(packet const&, time_point now, std::optional<wire::bytes>& answer);
    void receive_search(packet const&, time_point now);
    void notify(wire::ssdp::advertisement_kind, time_point now);
    void deliver(packet const& request, wire::bytes const& answer, time_point now);
    void volunteer(packet const& request, time_point now);
    void contradict(packet const& request, wire::bytes const& answer, time_point now);
    void record(exchange const&);
    void boot(time_point now);
    void set_epoch_rate(time_point now);
    void send(purpose, packet, time_point due);
    void send_mapping_updates(time_point now);

    gateway_state state_;
    gateway_statistics statistics_;
    time_point now_;
    std::optional<time_point> booting_;
    std::optional<time_point> forgets_at_;
    std::optional<std::pair<time_point, reboot_kind>> reboots_at_;
    std::multimap<time_point, std::pair<purpose, packet>> outbox_;
    std::function<void(exchange const&)> on_exchange_;
    std::function<void(gateway_mapping const&)> on_expiry_;
};

} // namespace pmp::test
