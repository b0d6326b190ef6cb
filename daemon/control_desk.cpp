// SPDX-License-Identifier: MIT
#include "daemon/control_desk.hpp"

#include "daemon/event_json.hpp"
#include "daemon/lease_json.hpp"

#include <boost/asio/error.hpp>
#include <boost/json/serialize.hpp>

#include <spdlog/fmt/fmt.h>

#include <map>
#include <utility>

namespace pmpd {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

/// Between two looks at the table for those who watch: each copies all of it.
constexpr auto feed_pause = 100ms;

std::string reason(pmp::error_code error) {
    if (error == boost::asio::error::address_in_use) {
        return "another process answers there";
    }
    if (error == boost::system::errc::not_supported) {
        return "something else than a socket is there";
    }
    return error.message();
}

std::chrono::system_clock::time_point on_the_wall(pmp::time_point at) {
    auto const ago = pmp::boot_clock::now() - at;
    return std::chrono::system_clock::now() -
           std::chrono::duration_cast<std::chrono::system_clock::duration>(ago);
}

} // namespace

control_desk::control_desk(
    boost::asio::any_io_executor const& executor,
    pmp::client& client,
    std::filesystem::path const& config,
    std::function<reload_outcome()> reload,
    teller tell
)
    : client_(client)
    , config_(std::filesystem::absolute(config))
    , tell_(std::move(tell))
    , server_(executor, commands(std::move(reload)))
    , feed_(executor, feed_pause, [this] { tell_watchers(); }) {}

control_commands control_desk::commands(std::function<reload_outcome()> reload) {
    control_commands out;
    out.version = [this] {
        return json::object{{"version", PMPD_VERSION}, {"config", config_.string()}};
    };
    out.status = [this, version = out.version] {
        auto all = version();
        all["leases"] = leases(client_.standings(), client_.gateways());
        return all;
    };
    out.gateways = [this] {
        json::array all;
        for (auto const& each : client_.gateways()) {
            all.push_back(gateway_json(each));
        }
        return json::object{{"gateways", std::move(all)}};
    };
    out.reload = [this, reload = std::move(reload)] {
        return stopping_ ? reload_outcome{{"pmpd is stopping"}, {}} : reload();
    };
    out.renew = [this](std::string_view mapping) { return renew(mapping); };
    return out;
}

void control_desk::open(std::filesystem::path const& path) {
    if (path.empty()) {
        return;
    }
    if (auto const error = server_.listen(path); error.failed()) {
        tell_(
            {log_level::warn,
             fmt::format(
                 "the control socket {} can't be made: {}; pmp can't talk to this pmpd",
                 path.string(),
                 reason(error)
             ),
             {{"control", path.string(), true}, {"error", error.message(), true}}}
        );
    }
}

void control_desk::use(
    std::map<std::string, std::vector<std::string>, std::less<>> groups,
    std::vector<pmp::gateway_settings> gateways
) {
    groups_ = std::move(groups);
    silence_.use(std::move(gateways), pmp::boot_clock::now());
}

/// What answers by UPnP, and to no purpose so far, is not silent.
pmp::error_code
trouble_at(pmp::standing const& s, std::vector<pmp::gateway_standing> const& gateways) {
    auto const found = std::find_if(gateways.begin(), gateways.end(), [&s](auto const& each) {
        bool const is_v6 = s.mapping.family == pmp::address_family::ipv6;
        return each.view.name == s.mapping.gateway && each.view.address.is_v6() == is_v6;
    });
    return found != gateways.end() ? found->upnp_error : pmp::error_code();
}

/// What waits for an answer says so.
json::array control_desk::leases(
    std::vector<pmp::standing> table, std::vector<pmp::gateway_standing> const& gateways
) const {
    auto const now = pmp::boot_clock::now();
    std::map<std::size_t, std::string> reasons;
    for (std::size_t i = 0; i < table.size(); ++i) {
        auto const why = silence_.reason(table[i], now);
        if (auto const trouble = trouble_at(table[i], gateways); why && trouble) {
            table[i].error = trouble;
        } else if (why) {
            table[i].error = pmp::fault::gateway_silent;
            reasons.emplace(i, *why);
        }
    }
    auto out = leases_json(table, gateways, now);
    for (auto const& [i, why] : reasons) {
        out[i].at("error").at("message") = why;
    }
    return out;
}

void control_desk::hear(pmp::event const& e) {
    silence_.hear(e);
    if (server_.has_watchers()) {
        untold_.push_back(e);
        feed_.changed();
    }
}

std::size_t control_desk::renew(std::string_view mapping) {
    if (stopping_) {
        return 0;
    }
    auto found = client_.renew(mapping);
    auto const group = groups_.find(mapping);
    if (group != groups_.end()) {
        for (auto const& each : group->second) {
            found += client_.renew(each);
        }
    }
    return found;
}

void control_desk::tell_watchers() {
    if (untold_.empty()) {
        return;
    }
    auto const table = client_.standings();
    auto const gateways = client_.gateways();
    std::map<std::string_view, pmp::standing const*> mappings;
    for (auto const& each : table) {
        mappings.emplace(each.mapping.name, &each);
    }
    for (auto const& each : std::exchange(untold_, {})) {
        json::value lease = nullptr;
        if (auto const found = mappings.find(each.mapping); found != mappings.end()) {
            lease = leases({*found->second}, gateways).at(0);
        }
        server_.tell(json::serialize(event_json(each, std::move(lease), on_the_wall(each.at))));
    }
}

} // namespace pmpd
