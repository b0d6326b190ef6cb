// SPDX-License-Identifier: MIT
#pragma once

#include "engine/schedule.hpp"

#include <pmp/event.hpp>
#include <pmp/lease.hpp>

#include <chrono>
#include <optional>
#include <vector>

namespace pmp {

/// A gateway's grant, in no protocol's words.
struct grant {
    dialect_id via = dialect_id::pcp;
    endpoint gateway;
    endpoint internal;
    endpoint assigned;
    std::chrono::seconds lifetime{};
    std::uint32_t epoch = 0;
    bool permanent = false;
    bool presumed = false;
    verification verified = verification::none;
};

/// What a lease machine wants after a stimulus.
struct effects {
    /// A datagram is to be sent: `request()` tells which. `sent()` has to follow, at once or when
    /// the gateway has a free place.
    bool ask = false;
    /// Kind, mapping, lease, was, reason, error and retry_after are filled in.
    std::optional<event> happened;
    /// The machine has done its last work.
    bool gone = false;
};

/// The gateway has no connection, or no external address.
bool is_cut_off(error_code);
/// How soon to look whether it has them again.
inline constexpr std::chrono::seconds disconnected_pause{30};

/// What the machine wants from the gateway at this moment.
struct wanted {
    endpoint suggested;
    /// Zero: delete.
    std::chrono::seconds lifetime{};
    /// In a deletion: as the mapping was made.
    std::vector<remote_prefix> const& allow;
};

/// Keeps one mapping: knows lifetimes, retransmission and renewal, and nothing of protocols.
/// Stimuli are its methods; they return what has to be done about it.
class lease_machine {
public:
    explicit lease_machine(mapping);
    /// A lease from an earlier run that nobody wants any more; to be retired.
    lease_machine(mapping, lease left_over);

    mapping const& wish() const { return wish_; }
    lease_state state() const { return state_; }
    std::optional<lease> const& held() const { return lease_; }
    standing stands() const;

    /// When `timer()` has to be called; `time_point::max()`: never.
    time_point due() const;
    /// Has returned `ask` and has not been `sent()` since.
    bool asking() const { return asking_; }
    /// Has been sent and hopes for an answer.
    bool awaits_answer() const { return awaits_; }
    /// Times sent since the present attempt began.
    unsigned sends() const { return attempt_.sends(); }
    /// Has ever been sent, so that the gateway may hold something for it.
    bool maybe_there() const { return maybe_there_; }
    /// Its lease should have ended, and may stand all the same.
    bool overdue() const { return overdue_; }
    /// What it asks for is a deletion.
    bool deleting() const { return state_ == lease_state::releasing || clearing_; }
    wanted request() const;

    // Stimuli.

    /// `remembered`: what was assigned at this gateway before.
    effects gateway_ready(std::optional<endpoint> const& remembered);
    effects gateway_gone();
    effects readjust(mapping);
    effects retire();
    /// The gateway restarted: to be asked for anew at `at`.
    void state_lost(time_point at, time_point now);
    /// A gateway that did not answer is back: what it left unanswered is asked anew at `at`.
    void revived(time_point at);
    /// A gateway that had no connection, or no external address, has them again: what it refused
    /// for that is asked anew at `at`.
    void connected(time_point at);
    /// Something suggests that the lease is not what it was: renewed at `at` if not before.
    /// `missed`: the gateway's own table shows it no more.
    void doubt(time_point at, bool missed = false);
    /// Somebody wants it asked for at once, unless that has just happened.
    effects renew(time_point now);
    /// Spreads what fell due during a sleep.
    void postpone(time_point at);
    /// The same request is to be sent again from the start, in another dialect.
    void start_over();
    /// No new mappings at this gateway before `until`.
    void defer(time_point until, error_code);
    void sent(patience const&, dice&, time_point now);
    effects timer(dice&, time_point now);
    effects granted(grant const&, dice&, time_point now);
    /// What was granted is not what was wished for: it is deleted, and asked for again after that
    /// pause.
    effects turn_down(error_code, std::chrono::seconds pause, time_point now);
    /// What was granted stands, and is not told: asked for again at `again`.
    void withhold(time_point again);
    /// Its port is to be another one: what it has is deleted, and that one suggested.
    effects remake(error_code why, endpoint const& suggested);
    effects deleted(error_code);
    effects refused(error_code, std::chrono::seconds retry_after, time_point now);
    /// It is found out that nobody can grant it, which may be another reason to wait than before.
    effects wanting(error_code, std::chrono::seconds retry_after, time_point now);
    /// What the gateway's own table was seen to show.
    void seen(verification);
    /// The gateway has told its external address, or another one.
    effects external_address(ip_address const&);
    /// It has none any more: the lease stands, and leads nowhere.
    void cut_off();
    /// Where it led when it last led anywhere.
    endpoint const& last_assigned() const { return last_assigned_; }

private:
    bool leased() const;
    /// RFC 6886 3.4: with internal port 0 all mappings of this host would be.
    bool can_be_deleted() const { return wish_.internal.port != 0; }
    effects ask();
    effects ask_afresh(lease_state);
    /// At once, or when what was given back is deleted.
    effects ask_once_cleared();
    effects happened(event_kind) const;
    effects expire(time_point now);
    effects give_up(dice&, time_point now);
    effects take(grant const&, dice&, time_point now);
    effects released(error_code);
    void wait_until(time_point);
    time_point next_renewal(dice&, time_point now);

    mapping wish_;
    lease_state state_ = lease_state::idle;
    std::optional<lease> lease_;
    /// With the address that it had before it was cut off.
    endpoint last_assigned_;
    /// It was seen to be gone, and is being made again.
    bool missed_ = false;
    /// Something speaks against the lease.
    bool doubted_ = false;
    bool overdue_ = false;
    /// When the present lease was last granted or renewed.
    time_point granted_;
    /// When it was last sent.
    time_point sent_ = time_point::min();
    unsigned renewal_ = 0;
    retransmission attempt_;
    time_point timer_ = time_point::max();
    bool asking_ = false;
    bool awaits_ = false;
    bool maybe_there_ = false;
    /// An assigned port that was not the exact one is being deleted, while waiting.
    bool clearing_ = false;
    /// Asked for again once released, with that suggestion.
    std::optional<endpoint> again_;
    /// Whom the last request let in.
    std::vector<remote_prefix> made_for_;
    error_code error_;
    std::optional<time_point> retry_at_;
};

} // namespace pmp
