// SPDX-License-Identifier: MIT
#pragma once

#include "dialect/dialect.hpp"
#include "dialect/igd_session.hpp"
#include "engine/dice.hpp"
#include "engine/errand.hpp"
#include "engine/ledger.hpp"

#include <pmp/one_shot.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace pmp {

/// What an inquiry wants to know.
enum class inquiry_aim : std::uint8_t {
    /// The external address, from whichever dialect tells it first.
    external_address,
    /// That, and every dialect that the gateway speaks.
    everything,
};

/// Not the discard port of RFC 6887 11.6: gateways' policies refuse low ports, and before it says
/// so miniupnpd 2.3.1 tries all external ports in turn, deaf for half a minute.
inline constexpr std::uint16_t scratch_port = 50351;

struct inquiry_settings {
    inquiry_aim aim = inquiry_aim::external_address;
    /// How long the first dialect has before the others are tried beside it. Of use where only one
    /// answer is wanted.
    milliseconds fallback_delay{0};
    /// How long datagrams have before a search for UPnP begins.
    milliseconds search_delay{0};
    /// The gateway is known to tell its address by a mapping alone.
    bool maps_first = false;
    /// What a short mapping is made of where a dialect tells the external address by that alone.
    lease_key scratch{transport::udp, {boost::asio::ip::address_v4(), scratch_port}};
};

/// Asks a gateway what it is. The mapping that this may take is deleted again, without waiting for
/// the answer to that.
class inquiry final : public errand {
public:
    inquiry(inquiry_settings const&, secret const&, std::uint64_t seed);

    void begin(gateway_view const&, time_point now) override;
    void datagram(inbound_datagram const&, time_point now) override;
    void advertised(inbound_datagram const&, time_point now) override;
    void fetched(fetch_result const&, time_point now) override;
    void unreachable(time_point now) override;
    void tick(time_point now) override;
    void call_off(time_point now) override;
    std::optional<errand_output> poll() override;
    time_point wake_at() const override;
    std::optional<error_code> outcome() const override { return outcome_; }

    std::optional<ip_address> const& address() const { return address_; }
    /// Which dialect told the address.
    spoken_dialect const& told_by() const { return told_by_; }
    bool told_by_mapping() const { return told_by_mapping_; }
    std::vector<spoken_dialect> spoken() const;
    /// Absent where UPnP is not allowed.
    std::optional<upnp_search> search() const;

private:
    /// What is asked in one dialect.
    struct question {
        datagram_dialect const* in = nullptr;
        /// By a mapping of the scratch port.
        bool maps = false;
        retransmission attempt;
        /// When to send it; `max()`: it is settled.
        time_point due = time_point::max();
        bool settled = false;
        /// Absent until it has answered in that dialect.
        std::optional<std::uint32_t> epoch;
        error_code error;
    };

    void stagger(time_point now);
    void send(question&, time_point now);
    void send_due(time_point now);
    void send_map(datagram_dialect const&, std::chrono::seconds lifetime);
    bool take(question&, heard const&, time_point now);
    bool take(question&, lease_answer const&, time_point now);
    bool take(question&, gateway_news const&, time_point now);
    bool take(question&, not_spoken const&, time_point now);
    bool take(question&, not_heard const&, time_point now);
    void take_address(question const&, ip_address const&);
    void settle(question&, error_code);
    void conclude(time_point now);
    bool begin_mapping(time_point now);
    error_code verdict() const;
    error_code silence() const;
    void note_flaw(std::span<std::byte const>);
    void end(error_code);

    // inquiry_igd.cpp: what is asked by UPnP.
    void start_search(time_point now);
    void tick_search(time_point now);
    void heed(time_point now);
    void understand(igd_search);
    void understand(igd_exchange);
    void understand(igd_found const&);
    void understand(not_spoken const&);
    void understand(lease_answer const&) {}
    void understand(igd_check const&) {}
    void understand(igd_listen) {}
    void understand(igd_table_changed) {}
    bool awaits_igd() const { return igd_ && !igd_settled_; }
    void limit_search(time_point now);
    bool is_refused_by_igd() const;
    void rest_if_refused(time_point now);
    bool give_igd_time(time_point now);
    spoken_dialect igd_portrayed() const;

    inquiry_settings settings_;
    ledger book_;
    dice jitter_;
    gateway_view gateway_;
    std::vector<question> questions_;
    std::deque<errand_output> outbox_;
    /// Absent where UPnP is not allowed.
    std::optional<igd_session> igd_;
    std::uint64_t exchanges_ = 0;
    /// Of them, those that wait for their answers.
    unsigned under_way_ = 0;
    /// When the search begins; `max()`: it has.
    time_point search_at_ = time_point::max();
    bool igd_settled_ = false;
    bool igd_speaks_ = false;
    /// Its description is being read, for which it has got more time.
    bool igd_has_time_ = false;
    error_code igd_error_;
    /// In which the scratch port may be mapped now.
    datagram_dialect const* mapped_in_ = nullptr;
    /// When what has been said until then has to do.
    time_point closes_at_ = time_point::max();
    std::optional<ip_address> address_;
    spoken_dialect told_by_;
    bool told_by_mapping_ = false;
    /// Of the last datagram from the gateway that answers nothing.
    error_code flaw_;
    std::optional<error_code> outcome_;
};

} // namespace pmp
