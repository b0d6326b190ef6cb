// SPDX-License-Identifier: MIT
#include "engine/gateway.hpp"
#include "engine/surroundings.hpp"

#include <pmp/engine.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace pmp {

namespace {

/// Which gateway is meant. Those of both families may have one name, and each has its own mappings.
struct gateway_key {
    std::string name;
    address_family family = address_family::ipv4;
    /// Of a former view; else unspecified.
    ip_address former{};

    friend bool operator<(gateway_key const& a, gateway_key const& b) {
        return std::tie(a.name, a.family, a.former) < std::tie(b.name, b.family, b.former);
    }
};

gateway_key key_of(gateway_view const& view) {
    return {view.name, family_of(view.address), view.former ? view.internal : ip_address()};
}

} // namespace

class PMP_NO_EXPORT engine::state {
public:
    state(engine_settings settings, memory known, std::uint64_t seed)
        : shared{settings, ledger(std::move(known)), dice(seed), {}, false, 0, {}, {}} {}

    gateway& at(gateway_key const& key) {
        return gateways.try_emplace(key, key.name, shared).first->second;
    }

    std::optional<ignore_reason> hear(inbound_datagram const&, time_point now);

    void rename_remembered();

    void forget_idle_gateways() {
        for (auto at = gateways.begin(); at != gateways.end();) {
            at = at->second.idle() ? gateways.erase(at) : std::next(at);
        }
    }

    surroundings shared;
    std::map<gateway_key, gateway> gateways;
    std::vector<gateway_view> in_view;
    std::vector<std::pair<gateway_key, lease_key>> order;
};

engine::engine(engine_settings settings, memory known, std::uint64_t seed)
    : state_(std::make_unique<state>(settings, std::move(known), seed)) {}

engine::~engine() = default;
engine::engine(engine&&) noexcept = default;
engine& engine::operator=(engine&&) noexcept = default;

void engine::desire(std::vector<mapping> const& mappings, time_point now) {
    std::map<gateway_key, mappings_by_key> by_gateway;
    state_->order.clear();
    state_->shared.wishes_known = true;
    for (auto const& m : mappings) {
        auto const key = pmp::key_of(m);
        gateway_key const where{m.gateway, m.family};
        if (by_gateway[where].try_emplace(key, m).second) {
            state_->order.emplace_back(where, key);
            state_->at(where);
        }
    }
    state_->rename_remembered();
    for (auto& [where, gateway] : state_->gateways) {
        gateway.desire(std::move(by_gateway[where]), now);
    }
    state_->forget_idle_gateways();
}

void engine::network(network_view const& view, time_point now) {
    std::set<gateway_key> in_view;
    for (auto const& v : view.gateways) {
        in_view.insert(key_of(v));
    }
    for (auto& [where, gateway] : state_->gateways) {
        if (in_view.count(where) == 0) {
            gateway.vanish(now);
        }
    }
    state_->in_view = view.gateways;
    state_->rename_remembered();
    for (auto const& v : view.gateways) {
        state_->at(key_of(v)).appear(v, now);
    }
    state_->forget_idle_gateways();
}

/// A gateway that was given another name is the same one: what it holds is kept, or ended.
void engine::state::rename_remembered() {
    if (!shared.wishes_known) {
        return;
    }
    std::set<std::string> names;
    for (auto const& [where, gateway] : gateways) {
        names.insert(where.name);
    }
    for (auto const& v : in_view) {
        names.insert(v.name);
    }
    for (auto const& v : in_view) {
        if (!v.former) {
            shared.book.rename(v, names);
        }
    }
}

std::optional<ignore_reason> engine::datagram(inbound_datagram const& in, time_point now) {
    auto const ignored = state_->hear(in, now);
    auto& counts = state_->shared.counts;
    if (ignored) {
        ++counts.ignored.at(static_cast<std::size_t>(*ignored));
    }
    if (in.gateway.empty()) {
        ++(ignored ? counts.announcements_ignored : counts.announcements);
    }
    return ignored;
}

std::optional<ignore_reason> engine::state::hear(inbound_datagram const& in, time_point now) {
    std::optional<ignore_reason> ignored = ignore_reason::stranger;
    for (auto& [where, gateway] : gateways) {
        if (in.gateway.empty() || in.gateway == where.name) {
            auto const here = gateway.hear(in, now);
            ignored = ignored && *ignored == ignore_reason::stranger ? here : ignored;
        }
    }
    return ignored;
}

std::optional<ignore_reason> engine::advertised(inbound_datagram const& in, time_point now) {
    std::optional<ignore_reason> ignored = ignore_reason::stranger;
    for (auto& [where, gateway] : state_->gateways) {
        if (in.gateway.empty() || in.gateway == where.name) {
            auto const here = gateway.hear_advertisement(in, now);
            ignored = ignored && *ignored == ignore_reason::stranger ? here : ignored;
        }
    }
    return ignored;
}

void engine::fetched(fetch_result const& result, time_point now) {
    for (auto& [where, gateway] : state_->gateways) {
        if (where.name == result.gateway) {
            gateway.fetched(result, now);
        }
    }
}

void engine::verify_every(std::chrono::seconds pause, time_point now) {
    if (std::exchange(state_->shared.settings.verify, pause) == pause) {
        return;
    }
    for (auto& [where, gateway] : state_->gateways) {
        gateway.plan_verification(now);
    }
}

void engine::listening(
    std::string const& gateway, std::string const& callback_url, time_point now
) {
    auto const at = state_->gateways.find({gateway});
    if (at != state_->gateways.end()) {
        at->second.listening(callback_url, now);
    }
}

unsigned engine::notified(inbound_notify const& in, time_point now) {
    constexpr unsigned precondition_failed = 412;
    auto const at = state_->gateways.find({in.gateway});
    return at != state_->gateways.end() ? at->second.notified(in, now) : precondition_failed;
}

void engine::unreachable(std::string const& name, ip_address const& source, time_point now) {
    for (auto& [where, gateway] : state_->gateways) {
        if (where.name == name) {
            gateway.unreachable(source, now);
        }
    }
}

void engine::tick(time_point now) {
    for (auto& [where, gateway] : state_->gateways) {
        gateway.tick(now);
    }
}

std::size_t engine::renew(std::string_view mapping, time_point now) {
    std::size_t found = 0;
    for (auto& [where, gateway] : state_->gateways) {
        found += gateway.renew(mapping, now);
    }
    return found;
}

void engine::hurry_releases(time_point now) {
    for (auto& [where, gateway] : state_->gateways) {
        gateway.hurry_releases(now);
    }
}

void engine::take_over(std::vector<lease> granted) {
    state_->shared.handed = std::move(granted);
}

void engine::forget(remembered_lease const& ended) {
    state_->shared.book.forget(ended);
}

std::optional<output> engine::poll() {
    auto& outbox = state_->shared.outbox;
    if (outbox.empty()) {
        return {};
    }
    auto next = std::move(outbox.front());
    outbox.pop_front();
    return next;
}

time_point engine::wake_at() const {
    auto at = time_point::max();
    for (auto const& [where, gateway] : state_->gateways) {
        at = std::min(at, gateway.wake_at());
    }
    return at;
}

std::vector<standing> engine::standings() const {
    std::vector<standing> out;
    out.reserve(state_->order.size());
    for (auto const& [where, key] : state_->order) {
        if (auto s = state_->gateways.at(where).stands(key)) {
            out.push_back(std::move(*s));
        }
    }
    for (auto const& [where, gateway] : state_->gateways) {
        auto const leaving = gateway.leaving();
        out.insert(out.end(), leaving.begin(), leaving.end());
    }
    return out;
}

std::vector<gateway_standing> engine::gateways() const {
    std::vector<gateway_standing> out;
    for (auto const& [where, gateway] : state_->gateways) {
        if (auto s = gateway.stands()) {
            out.push_back(std::move(*s));
        }
    }
    return out;
}

statistics const& engine::counts() const {
    return state_->shared.counts;
}

memory engine::remembers() const {
    auto const& all = state_->gateways;
    if (std::none_of(all.begin(), all.end(), [](auto const& g) {
            return g.second.has_intents();
        })) {
        return state_->shared.book.snapshot();
    }
    auto book = state_->shared.book;
    for (auto const& [where, gateway] : all) {
        gateway.note_intents(book);
    }
    return book.snapshot();
}

} // namespace pmp
