// SPDX-License-Identifier: MIT
#pragma once

#include "dialect/igd_session.hpp"
#include "engine/dice.hpp"
#include "engine/errand.hpp"

#include <pmp/one_shot.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace pmp {

/// Reads a gateway's table of mappings, row after row, until the gateway says that it has no more.
class table_errand final : public errand {
public:
    explicit table_errand(std::uint64_t seed);

    void begin(gateway_view const&, time_point now) override;
    void datagram(inbound_datagram const&, time_point) override {}
    void advertised(inbound_datagram const&, time_point now) override;
    void fetched(fetch_result const&, time_point now) override;
    /// What is closed is no port of UPnP.
    void unreachable(time_point) override {}
    void tick(time_point now) override;
    void call_off(time_point now) override;
    std::optional<errand_output> poll() override;
    time_point wake_at() const override;
    std::optional<error_code> outcome() const override { return outcome_; }

    /// None of them is known to be ours.
    std::vector<table_entry> const& entries() const { return entries_; }
    bool complete() const { return complete_ && !unread_; }

private:
    void heed();
    void understand(igd_search);
    void understand(igd_exchange);
    void understand(igd_found const&);
    void understand(not_spoken const&);
    void understand(lease_answer const&) {}
    void understand(igd_check const&) {}
    void understand(igd_listen) {}
    void understand(igd_table_changed) {}
    bool is_refused() const;
    void ask_row();
    void take_row(wire::soap::answer const&);
    void take_end(int code);
    void take_failure(error_code);
    void end(error_code);

    gateway_view gateway_;
    dice jitter_;
    std::uint64_t exchanges_ = 0;
    std::optional<igd_session> igd_;
    std::deque<errand_output> outbox_;
    bool reading_ = false;
    /// HTTP requests that wait for their answers.
    unsigned under_way_ = 0;
    /// Until when another device may be found than those that refuse all.
    time_point refused_at_ = time_point::max();
    /// Of the row that is being asked for.
    std::uint32_t index_ = 0;
    std::uint64_t exchange_ = 0;
    bool tried_again_ = false;
    std::vector<table_entry> entries_;
    bool complete_ = true;
    /// One of its rows can't be made out.
    bool unread_ = false;
    std::optional<error_code> outcome_;
};

} // namespace pmp
