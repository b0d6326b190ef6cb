// SPDX-License-Identifier: MIT
#include "engine/gateway.hpp"

#include <algorithm>
#include <utility>

// What nobody wants any more and the gateway still has: of an earlier run, or because it was not
// deleted when it should have been.
namespace pmp {

namespace {

using std::chrono::seconds;

constexpr auto never = time_point::max();
constexpr seconds first_pause{60};
constexpr seconds longest_pause{3600};

} // namespace

void gateway::adopt(
    lease_key const& key, remembered_lease const& remembered, bool tried_again, time_point now
) {
    lease_machine machine(mapping_of(remembered), lease_of(remembered));
    auto const at = tenants_.try_emplace(key, std::move(machine)).first;
    at->second.tried_again = tried_again;
    retire(at, now);
}

void gateway::adopt_left_overs(mappings_by_key const& desired, time_point now) {
    if (!shared_.wishes_known) {
        return;
    }
    for (auto const& [key, remembered] : shared_.book.running(*view_, now)) {
        auto const expires_alone = key.internal.port == 0 || !can_be_deleted(remembered);
        if (!expires_alone && desired.count(key) == 0 && tenants_.count(key) == 0) {
            adopt(key, remembered, false, now);
        }
    }
}

/// What could not be deleted when it was given up. What was refused, by a device that is found
/// again and again, waits.
void gateway::adopt_once_found(time_point now) {
    if (known_->undeleted.empty()) {
        adopt_left_overs(desired_, now);
    }
    for (auto& [key, u] : known_->undeleted) {
        u.again = u.again == never ? never : std::min(u.again, now + first_pause);
    }
}

/// Made by UPnP, which tells refusals from deletions, and not ended by itself.
bool gateway::needs_deletion(remembered_lease const* made, time_point now) const {
    auto const runs = made != nullptr && (made->permanent || made->expires > now);
    return runs && made->via == dialect_id::igd && can_be_deleted(*made);
}

bool gateway::is_left_over(lease_key const& key, time_point now) const {
    return desired_.count(key) == 0 && needs_deletion(shared_.book.find(*view_, key), now);
}

/// What was made by UPnP is not known to the others, which would say that it is gone.
bool gateway::can_be_deleted(remembered_lease const& made) const {
    return made.via != dialect_id::igd || known_->igd;
}

void gateway::note_deletion(tenants::iterator at, effects& out, time_point now) {
    auto const& key = at->first;
    if (!known_) {
        return;
    }
    auto const stands = is_left_over(key, now);
    auto const pause = stands ? put_off(key, at->second.machine.stands().error, now) : seconds(0);
    if (!stands) {
        known_->undeleted.erase(key);
    }
    // The mapping itself is not released by that.
    auto const has_heir = key.left && desired_.count({key.protocol, key.internal}) != 0;
    if (has_heir || (stands && at->second.tried_again)) {
        out.happened.reset();
    } else if (stands && out.happened) {
        out.happened->retry_after = pause;
    }
}

seconds gateway::put_off(lease_key const& key, error_code why, time_point now) {
    auto& u = known_->undeleted[key];
    u.error = why;
    u.pause = std::clamp(u.pause * 2, first_pause, longest_pause);
    u.again = now + shared_.jitter.between(u.pause, u.pause + u.pause / 10);
    return u.pause;
}

/// The mapping may go on with another entry. That which it had is not forgotten, where it still
/// stands.
effects gateway::end_deletion(tenants::iterator at, error_code error, time_point now) {
    auto out = at->second.machine.deleted(error);
    if (!error) {
        look_at_heir(at->first, now);
    }
    auto const* made = shared_.book.find(*view_, at->first);
    if (!error || out.gone || !needs_deletion(made, now)) {
        return out;
    }
    auto const pause = leave_behind(*made, error, now);
    shared_.book.forget(*view_, at->first);
    if (out.happened) {
        out.happened->retry_after = pause;
    }
    return out;
}

seconds gateway::leave_behind(remembered_lease left, error_code why, time_point now) {
    left.left_behind = true;
    auto const key = key_of(left);
    shared_.book.note(std::move(left));
    return put_off(key, why, now);
}

/// What was left behind there is what a mapping has now.
void gateway::take_up(tenants::iterator at, std::uint16_t external_port, time_point now) {
    auto const entry = left_at(external_port, as_made(at->second).allow);
    auto own = at->first;
    own.left = entry;
    std::vector<lease_key> taken{own};
    for (auto const& [key, u] : known_->undeleted) {
        if (key.left == entry && key.protocol == own.protocol && key != own) {
            taken.push_back(key);
        }
    }
    for (auto const& key : taken) {
        known_->undeleted.erase(key);
        shared_.book.forget(*view_, key);
        if (auto const leaving = tenants_.find(key); leaving != tenants_.end()) {
            effects out;
            out.gone = true;
            apply(leaving, std::move(out), now);
        }
    }
}

/// Gateways that do not tell entries by their remote hosts have deleted another than was meant.
void gateway::look_at_heir(lease_key deleted, time_point now) {
    auto const left = std::exchange(deleted.left, {});
    auto const at = left ? tenants_.find(deleted) : tenants_.end();
    if (at == tenants_.end() || at->second.machine.state() != lease_state::held) {
        return;
    }
    if (at->second.machine.held()->assigned.port == left->external_port) {
        known_->igd->check(request_for(at), now);
    }
}

void gateway::tick_deletions(time_point now) {
    std::vector<lease_key> due;
    for (auto& [key, u] : known_->undeleted) {
        if (u.again <= now) {
            u.again = never;
            due.push_back(key);
        }
    }
    for (auto const& key : due) {
        if (tenants_.count(key) != 0) {
            continue;
        }
        if (is_left_over(key, now)) {
            adopt(key, *shared_.book.find(*view_, key), true, now);
        } else {
            known_->undeleted.erase(key);
        }
    }
}

void gateway::tell_undeleted(std::vector<standing>& out) const {
    if (!known_) {
        return;
    }
    for (auto const& [key, u] : known_->undeleted) {
        auto const* made = shared_.book.find(*view_, key);
        auto const told = desired_.count(key) != 0 || tenants_.count(key) != 0;
        if (made != nullptr && !told) {
            out.push_back(
                {mapping_of(*made), lease_state::releasing, lease_of(*made), {}, u.error, u.again}
            );
        }
    }
}

} // namespace pmp
