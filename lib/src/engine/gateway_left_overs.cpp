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
bool gateway::is_left_over(lease_key const& key, time_point now) const {
    auto const* made = shared_.book.find(*view_, key);
    auto const runs = made != nullptr && (made->permanent || made->expires > now);
    return runs && made->via == dialect_id::igd && can_be_deleted(*made) &&
           desired_.count(key) == 0;
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
    if (!is_left_over(key, now)) {
        known_->undeleted.erase(key);
        return;
    }
    auto& u = known_->undeleted[key];
    u.error = at->second.machine.stands().error;
    u.pause = std::clamp(u.pause * 2, first_pause, longest_pause);
    u.again = now + shared_.jitter.between(u.pause, u.pause + u.pause / 10);
    if (at->second.tried_again) {
        out.happened.reset();
    } else if (out.happened) {
        out.happened->retry_after = u.pause;
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
