// SPDX-License-Identifier: MIT
#include "engine/negotiation.hpp"
#include "net/client_state.hpp"
#include "net/finish.hpp"

#include <pmp/entropy.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace pmp {

namespace asio = boost::asio;
using net::finish;

namespace {

/// The deadline, which may be too far away for the clock.
time_point after(std::chrono::milliseconds wait) {
    auto const now = boot_clock::now();
    auto const longest =
        std::chrono::duration_cast<std::chrono::milliseconds>(time_point::max() - now);
    return now + std::min(wait, longest);
}

/// How long the protocol that made a mapping has for its renewal: a hint, after which others are
/// tried.
constexpr milliseconds time_for_maker{5000};

/// Asked again, gateways keep the external port by PCP and NAT-PMP. By UPnP the old entry would
/// stay beside the new one, and be forgotten.
std::uint16_t port_asked_again(mapping const& wish, remembered_lease const& lease) {
    bool const stands = lease.permanent || lease.expires > boot_clock::now();
    return stands && !wish.exact ? lease.assigned.port : wish.suggested.port;
}

template <class Handler>
void let_cancel(Handler const& handler, std::vector<std::weak_ptr<net::one_shot>> shots) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (!slot.is_connected()) {
        return;
    }
    slot.assign([shots = std::move(shots)](asio::cancellation_type) {
        for (auto const& weak : shots) {
            if (auto const shot = weak.lock()) {
                shot->cancel();
            }
        }
    });
}

} // namespace

/// Gateways that are being asked what they are.
struct client::state::survey {
    explicit survey(discover_handler h) : handler(std::move(h)) {}

    discover_handler handler;
    std::vector<discovered_gateway> found;
    std::size_t left = 0;
    error_code error;
};

template <class Errand>
client::state::outing<Errand> client::state::prepare(
    target where, std::shared_ptr<Errand> what, std::chrono::milliseconds deadline
) {
    auto shot = std::make_shared<net::one_shot>(
        executor_, std::move(where.view), where.range, std::move(where.link), what
    );
    shot->show_to(packet_handler_);
    std::erase_if(one_shots_, [](auto const& weak) { return weak.expired(); });
    one_shots_.push_back(shot);
    return {std::move(shot), std::move(what), after(deadline)};
}

/// Where there is no hint, all dialects are tried at once: the first answer counts.
engine_settings client::state::errand_settings(target const& where) const {
    engine_settings settings;
    settings.fallback_delay = where.hinted ? settings.fallback_delay : milliseconds{0};
    settings.mappings_first = where.hinted;
    settings.upnp_at_once = !where.hinted;
    settings.upnp_delay = where.worked_by_igd ? trial_delay : settings.upnp_delay;
    return settings;
}

std::shared_ptr<inquiry> client::state::new_inquiry(inquiry_aim aim, target const& where) const {
    inquiry_settings settings;
    settings.aim = aim;
    settings.fallback_delay = errand_settings(where).fallback_delay;
    if (where.hinted && aim == inquiry_aim::external_address) {
        settings.search_delay = errand_settings(where).upnp_delay;
    }
    settings.maps_first = where.maps_for_address;
    auto const used = [&](mapping const& m) {
        return m.protocol == transport::udp && m.internal.port == scratch_port;
    };
    auto const leased = [&](remembered_lease const& lease) {
        return lease.protocol == transport::udp && lease.internal_port == scratch_port;
    };
    auto const leases = remembers().leases;
    if (std::any_of(mappings_.begin(), mappings_.end(), used) ||
        std::any_of(leases.begin(), leases.end(), leased)) {
        settings.scratch.protocol = transport::tcp;
    }
    return std::make_shared<inquiry>(settings, secret_, make_seed());
}

void client::state::start_external_address(
    std::string const& gateway, std::chrono::milliseconds deadline, address_handler handler
) {
    auto where = reach(gateway);
    if (!where) {
        finish(executor_, std::move(handler), where.error(), external_address{});
        return;
    }
    auto what = new_inquiry(inquiry_aim::external_address, *where);
    auto out = prepare(std::move(*where), std::move(what), deadline);
    let_cancel(handler, {out.shot});
    asio::co_spawn(
        executor_,
        keep_external_address(shared_from_this(), std::move(out), std::move(handler)),
        asio::detached
    );
}

asio::awaitable<void> client::state::keep_external_address(
    std::shared_ptr<state> self, outing<inquiry> out, address_handler handler
) {
    auto const error = co_await net::one_shot::perform(out.shot, out.deadline);
    external_address told;
    if (!error) {
        auto const& by = out.errand->told_by();
        auto const& gateway = out.shot->gateway().address;
        told = {
            *out.errand->address(),
            {gateway, gateway_port},
            out.shot->interface(),
            by.via,
            by.epoch,
        };
        self->note_hint({gateway, by.via, out.errand->told_by_mapping()});
    }
    finish(self->executor_, std::move(handler), error, std::move(told));
}

void client::state::start_map(
    mapping wish, std::chrono::milliseconds deadline, map_handler handler
) {
    auto where = reach_for(wish);
    if (!where) {
        finish(executor_, std::move(handler), where.error(), lease{});
        return;
    }
    auto settings = errand_settings(*where);
    auto known = known_of(wish, where->view);
    for (auto const& lease : known.leases) {
        // A mapping lives in one protocol: another would make a second one beside it.
        if (lease.via == dialect_id::igd) {
            put_first(where->view.protocols, lease.via);
            wish.suggested.port = port_asked_again(wish, lease);
        } else {
            settings.upnp_delay = std::min(time_for_maker, deadline / 3);
        }
    }
    auto left = take_left_link({where->view.name, where->view.internal}, where->link->ends());
    if (left) {
        // Late answers to what was asked before would be taken for signs of what is spoken now.
        left->discard(buffer_);
        where->link = std::move(left);
    }
    auto what = std::make_shared<map_errand>(settings, wish, std::move(known), make_seed());
    what->tell_beforehand([weak = weak_from_this()](auto const& leases) {
        if (auto const self = weak.lock()) {
            self->note_beforehand(leases);
        }
    });
    auto out = prepare(std::move(*where), std::move(what), deadline);
    out.shot->leave_link();
    let_cancel(handler, {out.shot});
    asio::co_spawn(
        executor_, keep_map(shared_from_this(), std::move(out), std::move(handler)), asio::detached
    );
}

asio::awaitable<void>
client::state::keep_map(std::shared_ptr<state> self, outing<map_errand> out, map_handler handler) {
    auto const error = co_await net::one_shot::perform(out.shot, out.deadline);
    lease granted;
    granted.lifetime = out.errand->refused_for();
    if (!error) {
        granted = *out.errand->granted();
        self->leave_link(*out.shot);
        if (granted.via != dialect_id::direct) {
            self->note_working(granted.gateway.address, granted.via);
        }
        for (auto lease : out.errand->remembers().leases) {
            lease.assigned = granted.assigned;
            self->note_lease(lease);
        }
    } else {
        self->note_failure(*out.errand);
    }
    finish(self->executor_, std::move(handler), error, std::move(granted));
}

/// What was refused is not there; what was not answered may be.
void client::state::note_failure(map_errand const& failed) {
    if (!failed.told_beforehand().empty()) {
        for (auto const& each : failed.told_beforehand()) {
            forget_lease(each);
        }
        for (auto const& each : failed.remembers().leases) {
            note_lease(each);
        }
    }
    if (auto const& left = failed.left()) {
        note_lease(*left);
    }
}

void client::state::start_unmap(
    mapping wish, std::chrono::milliseconds deadline, run_handler handler
) {
    auto where = reach_for(wish);
    if (!where) {
        finish(executor_, std::move(handler), where.error());
        return;
    }
    for (auto const& lease : known_of(wish, where->view).leases) {
        // To another protocol it may be somebody else's.
        put_first(where->view.protocols, lease.via);
    }
    auto what = std::make_shared<unmap_errand>(
        errand_settings(*where), wish, known_of(wish, where->view), make_seed()
    );
    auto out = prepare(std::move(*where), std::move(what), deadline);
    let_cancel(handler, {out.shot});
    asio::co_spawn(
        executor_,
        keep_unmap(shared_from_this(), std::move(out), std::move(handler)),
        asio::detached
    );
}

asio::awaitable<void> client::state::keep_unmap(
    std::shared_ptr<state> self, outing<unmap_errand> out, run_handler handler
) {
    auto const error = co_await net::one_shot::perform(out.shot, out.deadline);
    if (!error || error == upnp_firewall_result::firewall_disabled) {
        self->forget_lease(out.errand->ended());
    }
    finish(self->executor_, std::move(handler), error);
}

void client::state::start_discover(std::chrono::milliseconds deadline, discover_handler handler) {
    auto looking = std::make_shared<survey>(std::move(handler));
    looking->found.resize(gateways_.size());
    std::vector<std::pair<std::size_t, outing<inquiry>>> outings;
    std::vector<std::weak_ptr<net::one_shot>> shots;
    for (std::size_t i = 0; i < gateways_.size(); ++i) {
        auto& found = looking->found[i];
        found.view.name = gateways_[i].name;
        auto where = reach(gateways_[i], address_family::ipv4);
        if (!where) {
            found.error = where.error();
            continue;
        }
        where->view.protocols = gateways_[i].protocols;
        if (where->view.address.is_v6()) {
            std::erase(where->view.protocols, dialect_id::nat_pmp);
        }
        found.view = where->view;
        auto what = new_inquiry(inquiry_aim::everything, *where);
        outings.emplace_back(i, prepare(std::move(*where), std::move(what), deadline));
        shots.emplace_back(outings.back().second.shot);
    }
    if (outings.empty()) {
        finish(executor_, std::move(looking->handler), error_code{}, std::move(looking->found));
        return;
    }
    let_cancel(looking->handler, std::move(shots));
    looking->left = outings.size();
    for (auto& [i, out] : outings) {
        asio::co_spawn(
            executor_, keep_survey(shared_from_this(), std::move(out), looking, i), asio::detached
        );
    }
}

asio::awaitable<void> client::state::keep_survey(
    std::shared_ptr<state> self,
    outing<inquiry> out,
    std::shared_ptr<survey> looking,
    std::size_t index
) {
    auto const error = co_await net::one_shot::perform(out.shot, out.deadline);
    auto& found = looking->found[index];
    found.view.interface = out.shot->interface();
    found.protocols = out.errand->spoken();
    found.external_address = out.errand->address();
    found.search = out.errand->search();
    if (!found.protocols.empty()) {
        self->note_working(found.view.address, found.protocols.front().via);
    } else {
        found.error = error;
    }
    if (error == asio::error::operation_aborted) {
        looking->error = error;
    }
    if (--looking->left == 0) {
        finish(
            self->executor_, std::move(looking->handler), looking->error, std::move(looking->found)
        );
    }
}

void client::state::start_list(
    std::string const& gateway, std::chrono::milliseconds deadline, list_handler handler
) {
    auto where = reach(gateway);
    if (!where) {
        finish(executor_, std::move(handler), where.error(), mapping_table{});
        return;
    }
    auto const& allowed = where->view.protocols;
    if (std::find(allowed.begin(), allowed.end(), dialect_id::igd) == allowed.end()) {
        auto const error = asio::error::operation_not_supported;
        finish(executor_, std::move(handler), error, mapping_table{});
        return;
    }
    auto out = prepare(std::move(*where), std::make_shared<table_errand>(make_seed()), deadline);
    let_cancel(handler, {out.shot});
    asio::co_spawn(
        executor_, keep_list(shared_from_this(), std::move(out), std::move(handler)), asio::detached
    );
}

asio::awaitable<void> client::state::keep_list(
    std::shared_ptr<state> self, outing<table_errand> out, list_handler handler
) {
    auto const error = co_await net::one_shot::perform(out.shot, out.deadline);
    mapping_table told;
    told.gateway = out.shot->gateway();
    told.gateway.interface = out.shot->interface();
    if (!error) {
        told.entries = out.errand->entries();
        told.complete = out.errand->complete();
        for (auto& entry : told.entries) {
            entry.ours = self->is_ours(entry, told.gateway);
        }
    }
    finish(self->executor_, std::move(handler), error, std::move(told));
}

void client::state::cancel_one_shots() {
    for (auto const& weak : one_shots_) {
        if (auto const shot = weak.lock()) {
            shot->cancel();
        }
    }
}

} // namespace pmp
