// SPDX-License-Identifier: MIT
#pragma once

#include "dialect/igd_work.hpp"
#include "engine/dice.hpp"
#include "wire/igd_actions.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace pmp {

/// What a gateway has shown to do otherwise than its standard says; remembered as long as it is in
/// view.
struct igd_habits {
    /// The lease that it took in place of the one asked for; zero: a permanent one.
    std::optional<std::chrono::seconds> lease;
    /// It does not offer AddAnyPortMapping, or grants nothing by it, whatever its version.
    bool no_any = false;
    /// An entry has to be deleted before it can be renewed.
    bool delete_first = false;
    /// It stores other descriptions than it is given: they prove nothing.
    bool rewrites_descriptions = false;
    /// Its table cannot be read.
    bool unreadable_table = false;
    /// What it was given an end for stood beyond that, and was shown without one.
    bool ignores_leases = false;
    /// By protocol and internal endpoint: the external port of what was made, is shown as another's
    /// and could not be deleted.
    std::map<std::pair<transport, endpoint>, std::uint16_t> not_taken_back;
};

/// NewRemoteHost; empty: everybody, as UPnP knows no other sets than all and one.
std::string remote_host_of(lease_request const&);

/// What the gateway's table shows where an entry of ours is supposed to be.
/// `disabled`: it is ours, and lets nothing in.
enum class igd_sighting : std::uint8_t { ours, foreign, missing, unknown, disabled };

/// False where the table tells no internal client of it.
bool tells_client(wire::igd::port_mapping const&);
/// It does not lead anywhere else, for all that is told of it.
bool may_lead_to(wire::igd::port_mapping const&, endpoint const& internal);

/// Whose entry at that external port it is: ours where it leads to `internal`, and bears our
/// description or is remembered to have been made by us. Unknown where its description is all that
/// speaks for us.
igd_sighting
whose(wire::igd::port_mapping const&, std::uint16_t port, lease_request const&, igd_habits const&);

/// A mapping of a port, by WANIPConnection or WANPPPConnection.
class igd_transaction final : public igd_work {
public:
    igd_transaction(wire::igd::service const&, igd_habits&, lease_request, dice&);

    igd_step begin() override;
    igd_step hear(wire::soap::reply const&) override;
    lease_request ending() const override;
    std::optional<possible_entry> may_make() const override;
    std::optional<lease_answer> achieved() const override;
    bool looks() const override { return stage_ == stage::looking; }

private:
    enum class stage : std::uint8_t {
        looking_behind,
        looking,
        clearing,
        adding,
        reading_back,
        taking_back,
        vacating,
        deleting,
        confirming
    };

    igd_step heard(wire::soap::reply const&);
    std::optional<std::uint16_t> made() const;
    std::pair<transport, endpoint> which() const { return {wish_.protocol, wish_.internal}; }
    wire::igd::port_mapping row() const;
    bool uses_any() const;
    std::chrono::seconds lease() const { return ladder_[rung_]; }

    igd_step open();
    igd_step take_back(error_code why);
    bool stands_elsewhere() const;
    igd_step look_behind();
    igd_step look();
    igd_step clear();
    igd_step add();
    igd_step remove();
    std::chrono::seconds lease_granted(std::chrono::seconds reported) const;
    igd_step finish(verification, std::chrono::seconds reported);

    igd_step looked_behind(wire::soap::reply const&);
    igd_step looked(wire::soap::reply const&);
    igd_step cleared(wire::soap::reply const&);
    void note_end(wire::soap::reply const& deletion);
    igd_step added(wire::soap::reply const&);
    igd_step read_back(wire::soap::reply const&);
    igd_step shown_as_foreign();
    igd_step shown_as_disabled();
    igd_step taken_back(wire::soap::reply const&);
    igd_step vacated(wire::soap::reply const&);
    igd_step removed(wire::soap::reply const&);
    lease_answer confirmed(wire::soap::reply const&) const;
    lease_answer not_vacated(error_code) const;
    igd_step refused(int code);
    igd_step argue_about_port(upnp_result);
    bool stands_still() const;
    igd_step keep(error_code);
    igd_step conflict(error_code);
    igd_step other_lease(error_code);
    igd_step permanent_lease();
    igd_step missing_after_grant();
    bool was_not_extended(std::chrono::seconds reported) const;

    wire::igd::service const& service_;
    igd_habits& habits_;
    dice& dice_;
    std::uint16_t port_ = 0;
    /// Which leases to ask for, one after the other.
    std::vector<std::chrono::seconds> ladder_;
    std::size_t rung_ = 0;
    stage stage_ = stage::looking;
    /// What was asked for has begun, and not only what was left to do before.
    bool opened_ = false;
    /// The entry at `port_` was seen to be ours, or made by us.
    bool ours_ = false;
    /// There was no entry at `port_`.
    bool free_ = false;
    /// One was seen there that is to be deleted.
    bool seen_ = false;
    /// What was to be renewed has been deleted for that.
    bool ended_ = false;
    /// Where an entry of ours stood when this began. It is not left behind where another takes its
    /// place.
    std::optional<std::uint16_t> stood_at_;
    lease_answer granted_;
    bool cleared_ = false;
    /// That was refused.
    bool uncleared_ = false;
    /// Why what was granted is of no use.
    error_code useless_;
    /// AddAnyPortMapping was refused, whatever for.
    bool without_any_ = false;
    /// It was, just now, what is asked by AddPortMapping: whether that is granted shows why.
    bool retries_ = false;
    bool tried_high_ = false;
    unsigned other_ports_ = 0;
    std::string description_;
    std::string remote_host_;
    /// What was left of the entry's lease before it was renewed.
    std::optional<std::chrono::seconds> left_before_;
};

} // namespace pmp
