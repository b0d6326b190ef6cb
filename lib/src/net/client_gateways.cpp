// SPDX-License-Identifier: MIT
#include "net/client_state.hpp"
#include "net/locate.hpp"

#include <algorithm>
#include <map>
#include <utility>

// What is wanted, and of which gateways. Where others take their place, what is mapped at those
// that were is released first, while they can still be asked.
namespace pmp {

namespace {

/// How long a gateway that is left may let pass without confirming a release.
constexpr std::chrono::seconds leave_patience{2};

bool is_of_gateway(notice_kind kind) {
    return kind != notice_kind::no_routes && kind != notice_kind::no_announcements;
}

gateway_settings const* named(std::vector<gateway_settings> const& among, std::string const& name) {
    auto const found = std::find_if(among.begin(), among.end(), [&](gateway_settings const& each) {
        return each.name == name;
    });
    return found != among.end() ? &*found : nullptr;
}

bool allows(gateway_settings const& settings, dialect_id via) {
    auto const& all = settings.protocols;
    return via == dialect_id::direct || std::find(all.begin(), all.end(), via) != all.end();
}

} // namespace

void client::state::set_gateways(std::vector<gateway_settings> gateways) {
    auto const before = in_force();
    auto const was_moving = std::exchange(move_, {}).has_value();
    gateways_ = std::move(gateways);
    std::erase_if(missing_, [&](auto const& what) {
        auto const& [kind, subject, family] = what.first;
        return is_of_gateway(kind) && named(gateways_, subject) == nullptr;
    });
    if (phase_ == phase::running) {
        move_ = plan_move(before);
    }
    if (retry_ && (!move_ || move_->over)) {
        retry_->expires_at(boot_clock::now());
    }
    if (phase_ == phase::running && (move_ || was_moving)) {
        engine_.desire(desired(), boot_clock::now());
        pump();
    }
}

std::vector<gateway_settings> const& client::state::in_force() const {
    return move_ ? move_->from : gateways_;
}

void client::state::set_mappings(std::vector<mapping> mappings) {
    auto const families = [this] {
        std::vector<std::set<address_family>> all;
        for (auto const& each : in_force()) {
            all.push_back(families_at(each));
        }
        return all;
    };
    auto const before = families();
    mappings_ = std::move(mappings);
    if (retry_ && families() != before) {
        retry_->expires_at(boot_clock::now());
    }
    if (phase_ == phase::idle || phase_ == phase::running) {
        engine_.desire(desired(), boot_clock::now());
        pump();
    }
}

/// Nothing where the gateways that were are to stay as they are.
std::optional<client::state::move>
client::state::plan_move(std::vector<gateway_settings> const& before) const {
    move out;
    for (auto const& each : before) {
        auto const* const then = named(gateways_, each.name);
        if (then == nullptr || *then != each) {
            out.changed.insert(each.name);
        }
    }
    if (out.changed.empty()) {
        return {};
    }
    std::map<std::pair<std::string, address_family>, bool> places;
    for (auto const& each : engine_.gateways()) {
        auto const& view = each.view;
        places.emplace(std::pair(view.name, family_of(view.address)), stays(view));
    }
    for (auto const& row : engine_.standings()) {
        auto const& wish = row.mapping;
        if (out.changed.count(wish.gateway) == 0) {
            continue;
        }
        auto const at = places.find({wish.gateway, wish.family});
        auto const* const then = named(gateways_, wish.gateway);
        auto const is_allowed = !row.lease || (then != nullptr && allows(*then, row.lease->via));
        if (at == places.end() || (at->second && is_allowed)) {
            out.staying.insert(wish.name);
        } else {
            ++out.left;
        }
    }
    out.from = before;
    out.over = out.left == 0;
    out.deadline = boot_clock::now() + leave_patience;
    return out;
}

/// It is where it will be looked for.
bool client::state::stays(gateway_view const& now) const {
    auto const* const then = named(gateways_, now.name);
    if (then == nullptr) {
        return false;
    }
    auto const view = net::locate(executor_, *then, routes_, family_of(now.address));
    return view && view->address == now.address && view->internal == now.internal &&
           view->interface_index == now.interface_index;
}

/// While gateways are being left, nothing else is wanted of them than what stays.
std::vector<mapping> client::state::desired() const {
    if (!move_) {
        return mappings_;
    }
    auto out = mappings_;
    std::erase_if(out, [this](mapping const& wish) {
        return move_->changed.count(wish.gateway) != 0 && move_->staying.count(wish.name) == 0;
    });
    return out;
}

/// Returns when to look again. Where all is released, or nothing more can be, the next `refresh()`
/// makes the move.
time_point client::state::watch_move(time_point now) {
    auto& m = *move_;
    if (m.over) {
        return time_point::max();
    }
    if (now < m.count_again_at && now < m.deadline) {
        return std::min(m.count_again_at, m.deadline);
    }
    auto const rows = engine_.standings();
    auto const left =
        static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](standing const& row) {
            return row.state == lease_state::releasing && !is_put_off(row) &&
                   m.changed.count(row.mapping.gateway) != 0 &&
                   m.staying.count(row.mapping.name) == 0;
        }));
    if (left < m.left) {
        m.deadline = now + leave_patience;
    }
    m.left = left;
    m.count_again_at = now + count_pause;
    if (left != 0 && now < m.deadline) {
        return std::min(m.count_again_at, m.deadline);
    }
    if (left != 0) {
        engine_.hurry_releases(now);
        drain();
    }
    m.over = true;
    retry_->expires_at(now);
    return time_point::max();
}

/// True where other gateways are in force from now on.
bool client::state::make_move() {
    if (!move_ || !move_->over) {
        return false;
    }
    move_.reset();
    return true;
}

} // namespace pmp
