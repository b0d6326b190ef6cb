// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/clock.hpp>
#include <pmp/event.hpp>
#include <pmp/export.hpp>
#include <pmp/memory.hpp>
#include <pmp/network.hpp>
#include <pmp/statistics.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pmp {

/// One intent of the engine.
using output = std::variant<outbound_datagram, event, outbound_search, fetch, listen_request>;

/// Why a datagram had no effect.
enum class ignore_reason : std::uint8_t {
    /// Not from a gateway of ours, or not to us.
    stranger,
    /// Not a message of a protocol that is spoken with that gateway.
    malformed,
    /// Well-formed, and an answer to nothing that was asked.
    unasked,
};

/// Where a gateway stands.
struct gateway_standing {
    /// As it was last told to the engine.
    gateway_view view;
    /// Absent until it has answered.
    std::optional<dialect_id> via;
    /// Seconds, as the gateway last told them; 0 before its first answer.
    std::uint32_t epoch = 0;
    /// Absent where the gateway has not told it, or has none.
    std::optional<ip_address> external_address;
    /// What it offers by UPnP, where that has been found: `WANIPConnection:1`. Or empty.
    std::string upnp_service{};
    /// As it names itself by UPnP; empty: not told.
    std::string model{};
    /// Of its UPnP root description; empty: not found.
    std::string description_url{};
    /// Why what it answers by UPnP is of no use; success: it is, or nothing answers.
    error_code upnp_error{};
};

/// Waits and limits of an engine; the defaults keep to the standards.
struct engine_settings {
    /// The wait before mappings are made again at a gateway that lost them is drawn from 0 to
    /// this (RFC 6887 14.1.3, RFC 6886 3.7).
    std::chrono::milliseconds recovery_jitter{5000};
    /// At the least this long between two recoveries at one gateway, whatever it announces.
    std::chrono::seconds recovery_pause{10};
    /// A gateway that has not answered for this long is reported silent, once.
    std::chrono::seconds silence{45};
    /// How long the best dialect allowed has before the next one is tried beside it.
    std::chrono::milliseconds fallback_delay{250};
    /// How long PCP and NAT-PMP have to answer before a mapping is made by UPnP.
    std::chrono::milliseconds upnp_delay{1000};
    /// UPnP is looked for from the start; else only once that delay has passed in silence.
    bool upnp_at_once = true;
    /// Where the dialect has to be asked for the external address: only once a mapping is granted.
    bool mappings_first = false;
    /// Requests outstanding at one PCP gateway at the start; answers widen it.
    std::size_t first_window = 4;
    /// Requests outstanding at one PCP gateway at most.
    std::size_t widest_window = 8;
    /// Where a gateway speaks UPnP, its table is read this often to see whether the leases of all
    /// protocols are there. Zero: never.
    std::chrono::seconds verify{600};
};

/// Keeps the leases of any number of gateways equal to the desired mappings. No input or output,
/// no clock, no threads: the caller tells it what happened and when, performs what `poll()`
/// returns until that is empty, then waits for the next fact or for `wake_at()`, whichever comes
/// first. Same calls and same seed: same outputs. Time must not run backwards.
///
///     engine.datagram(arrived, now);
///     while (auto out = engine.poll())
///         perform(*out);
///     sleep_until(engine.wake_at());   // then engine.tick(now)
class PMP_EXPORT engine {
public:
    /// `memory`: what an earlier engine `remembers()`, or a new secret. The seed draws the jitter.
    engine(engine_settings, memory, std::uint64_t seed);
    ~engine();
    /// What was moved from may be assigned to and destroyed.
    engine(engine&&) noexcept;
    /// Likewise.
    engine& operator=(engine&&) noexcept;

    /// The whole set, every time. Names are unique, and so is the combination of gateway, family,
    /// protocol and internal endpoint; of two equal ones the first counts.
    void desire(std::vector<mapping> const&, time_point now);
    /// All gateways that can be reached now, every time.
    void network(network_view const&, time_point now);
    /// Returns why it was ignored, or nothing where it counted.
    std::optional<ignore_reason> datagram(inbound_datagram const&, time_point now);
    /// A datagram that came to the search socket of a gateway, or a UPnP notification that was
    /// multicast (`gateway` is empty then).
    std::optional<ignore_reason> advertised(inbound_datagram const&, time_point now);
    /// How a `fetch` ended.
    void fetched(fetch_result const&, time_point now);
    /// The listener that was asked for stands, at that URL. Where it closes, it is asked for no
    /// more.
    void listening(std::string const& gateway, std::string const& callback_url, time_point now);
    /// A NOTIFY has come. Returns the HTTP status to answer it with: 200, 400 or 412.
    unsigned notified(inbound_notify const&, time_point now);
    /// An ICMP error came back from the gateway of that name for what was sent from `source`: its
    /// port is closed.
    void unreachable(std::string const& gateway, ip_address const& source, time_point now);
    /// Time has passed. To be called at `wake_at()`, harmless at any other time.
    void tick(time_point now);
    /// Asks for the mapping of that name at once, where a gateway can be asked and has not just
    /// been; empty: for each. Returns how many such mappings are desired.
    std::size_t renew(std::string_view mapping, time_point now);
    /// Sends at once each deletion that has not been sent yet. For the end of a grace time.
    void hurry_releases(time_point now);

    /// From now on, in place of `engine_settings::verify`.
    void verify_every(std::chrono::seconds, time_point now);

    /// What another engine with the same secret was granted: where the gateway that granted it is
    /// told of and the mapping desired, it is held from then on, and not asked for before it has
    /// to be renewed. In place of what was handed over before.
    void take_over(std::vector<lease>);
    /// That lease has been ended by other hands: it is not remembered any more.
    void forget(remembered_lease const&);

    /// The next intent; nothing where there is none until the next fact.
    std::optional<output> poll();
    /// `time_point::max()` where there is nothing to wait for.
    time_point wake_at() const;

    /// In the order in which the mappings were desired.
    std::vector<standing> standings() const;
    /// In the order of their names.
    std::vector<gateway_standing> gateways() const;
    /// What happened since this engine was made.
    statistics const& counts() const;
    /// What to keep for the next start.
    memory remembers() const;

private:
    class state;
    std::unique_ptr<state> state_;
};

} // namespace pmp
