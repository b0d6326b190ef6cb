// SPDX-License-Identifier: MIT
#include "daemon/daemon.hpp"

#include "daemon/control_path.hpp"
#include "daemon/difference.hpp"
#include "daemon/narrate_left_open.hpp"
#include "daemon/narrate_notice.hpp"
#include "daemon/narrate_packet.hpp"
#include "daemon/status_line.hpp"
#include "daemon/surroundings.hpp"
#include "daemon/table.hpp"
#include "daemon/words.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace pmpd {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using pmp::lease_state;
using pmp::standing;

/// Between two looks at the table, and so between two writes of the state file.
constexpr auto look_pause = 250ms;

/// Between two looks whether `--once` is over: somebody waits for that.
constexpr auto once_look_pause = 10ms;

/// Until the state is written again where that has failed, even though nothing changes.
constexpr auto save_pause = 30s;

/// How long `--once` tries, and after how long it takes a gateway to be silent.
constexpr auto once_patience = 30s;
constexpr auto once_silence = 10s;

/// How long hooks may take to hear of the end.
constexpr auto hook_grace = 5s;

instant now() {
    return {pmp::boot_clock::now(), std::chrono::system_clock::now()};
}

pmp::client_settings client_settings_of(options const& given) {
    pmp::client_settings out;
    if (given.once) {
        out.engine.silence = once_silence;
    }
    return out;
}

std::chrono::milliseconds
release_timeout(options const& given, pmp::config::configuration const& wanted) {
    if (given.once || !wanted.release_on_exit) {
        return 0ms;
    }
    // Zero would mean to the client that nothing is released.
    return std::max(wanted.release_timeout, 1ms);
}

std::filesystem::path control_path(options const& given, pmp::config::configuration const& wanted) {
    if (given.control) {
        return *given.control;
    }
    return wanted.control ? *wanted.control : default_control(environment_variable, is_root());
}

bool is_open(standing const& s) {
    return s.state == lease_state::held || s.state == lease_state::renewing;
}

/// On its way out, and not among the mappings that are configured now.
bool is_leaving(standing const& s) {
    return s.state == lease_state::releasing;
}

} // namespace

daemon::daemon(
    asio::io_context& context,
    service_host& host,
    log& log,
    state_file& state,
    pmp::memory known,
    options given,
    pmp::config::configuration wanted
)
    : context_(context)
    , host_(host)
    , log_(log)
    , state_(state)
    , options_(std::move(given))
    , configuration_(std::move(wanted))
    , client_(context.get_executor(), std::move(known), client_settings_of(options_))
    , desk_(
          context.get_executor(),
          client_,
          options_.config,
          [this] { return reload(); },
          [this](log_line const& line) { log_.write(line); }
      )
    , hooks_(context.get_executor(), [this](log_line const& line) { log_.write(line); })
    , metrics_(context.get_executor(), client_, [this](log_line const& line) { log_.write(line); })
    , look_(context.get_executor(), look_pause, [this] { look(); })
    , once_look_(context.get_executor(), once_look_pause, [this] { end_once(); })
    , deadline_(context)
    , save_again_(context) {
    hooks_.on_result([this](hook_result how) { metrics_.counts().hear(how); });
    host_.on_stop = [this] { stop(); };
    host_.on_reload = [this] { reload(); };
    host_.on_table = [this] { show_table(); };
    host_.on_wake = [this] { wake(); };
    client_.set_notice_handler([this](pmp::notice const& n) { log_.write(narrate(n)); });
    client_.set_memory_handler([this](pmp::memory const& m) { save(m); });
}

int daemon::run() {
    apply();
    // A nonce derives from a secret that is on disk before the first request carries it.
    save(client_.remembers());
    tell_start();
    auto const& gateways = configuration_.gateways;
    for (auto const& line : narrate_stranded(client_.remembers(), gateways, now().boot)) {
        log_.write(line);
    }
    start_client();
    open_desks();
    asio::post(context_, [this] {
        host_.ready();
        tell_status();
    });
    context_.run();
    return status_;
}

void daemon::apply() {
    auto const shows_packets = effective(configuration_.log, options_).level == log_level::trace;
    client_.set_packet_handler(
        shows_packets ? [this](pmp::packet const& p) { log_.write(narrate(p)); }
                      : std::function<void(pmp::packet const&)>()
    );
    client_.set_release_timeout(release_timeout(options_, configuration_));
    client_.set_verify(configuration_.verify);
    // What leaves a gateway is released there before anything else is wanted of it.
    client_.set_gateways(configuration_.gateways);
    client_.set_mappings(configuration_.mappings);
    narrator_.use(configuration_.gateways);
    desk_.use(configuration_.groups, configuration_.gateways);
    if (!options_.once) {
        auto const& hooks = configuration_.hooks;
        hooks_.use(hooks, hooks.empty() ? std::vector<standing>() : client_.standings());
    }
}

void daemon::open_desks() {
    if (!options_.once) {
        desk_.open(control_path(options_, configuration_));
        metrics_.open(configuration_.metrics);
    }
}

void daemon::start_client() {
    client_.async_run(asio::bind_cancellation_slot(stop_.slot(), [this](pmp::error_code error) {
        ended(error);
    }));
    read_event();
    if (options_.once) {
        deadline_.expires_after(once_patience);
        deadline_.async_wait([this](pmp::error_code error) {
            if (!error.failed()) {
                stop();
            }
        });
        // Nothing may ever happen where there is nothing to open.
        once_look_.changed();
    }
}

void daemon::read_event() {
    client_.async_next_event([this](pmp::error_code error, pmp::event const& happened) {
        if (error.failed()) {
            finish();
            return;
        }
        hear(happened);
        read_event();
    });
}

void daemon::hear(pmp::event const& happened) {
    for (auto const& line : narrator_.tell(happened)) {
        log_.write(line);
    }
    if (happened.kind == pmp::event_kind::gateway_silent) {
        silent_.insert(happened.gateway);
    } else if (happened.kind == pmp::event_kind::gateway_found) {
        silent_.erase(happened.gateway);
    }
    if (stopping_ && happened.kind == pmp::event_kind::released && happened.error.failed()) {
        told_open_.insert(happened.mapping);
    }
    hooks_.hear(happened);
    metrics_.counts().hear(happened);
    desk_.hear(happened);
    look_.changed();
    if (options_.once) {
        once_look_.changed();
    }
}

void daemon::look() {
    save(client_.remembers());
    tell_status();
}

void daemon::end_once() {
    if (first_try_is_over(client_.standings())) {
        stop();
    }
}

void daemon::tell_status() {
    host_.status(status_line(client_.standings(), client_.gateways(), metrics_.counts().reloaded));
}

void daemon::save(pmp::memory const& known) {
    if (state_.save(known, now())) {
        return;
    }
    save_again_.expires_after(save_pause);
    save_again_.async_wait([this](pmp::error_code error) {
        if (!error.failed()) {
            look_.changed();
        }
    });
}

bool daemon::first_try_is_over(std::vector<standing> const& table) const {
    return std::all_of(table.begin(), table.end(), [this](standing const& s) {
        return is_open(s) || is_leaving(s) || s.error.failed() ||
               silent_.count(s.mapping.gateway) != 0;
    });
}

reload_outcome daemon::reload() {
    if (stopping_) {
        return {};
    }
    host_.reloading();
    auto loaded = pmp::config::load(options_.config);
    auto const* wrong = std::get_if<pmp::config::problems>(&loaded);
    pmp::config::configuration before;
    if (auto* fresh = std::get_if<pmp::config::configuration>(&loaded)) {
        before = std::exchange(configuration_, std::move(*fresh));
    }
    // Opened anew in any case: SIGHUP is what logrotate sends.
    if (auto const why = log_.use(effective(configuration_.log, options_))) {
        log_.write({log_level::error, "the log stays where it is: " + *why, {}});
    }
    reload_outcome out;
    metrics_.counts().reloaded = wrong == nullptr;
    if (wrong != nullptr) {
        for (auto const& each : *wrong) {
            out.errors.push_back(to_string(each, options_.config));
            log_.write({log_level::error, out.errors.back(), {}});
        }
        log_.write({log_level::error, "the running configuration stays: the file can't be used", {}}
        );
        tell_status();
    } else {
        auto const changed = changes_between(before, configuration_);
        out.message = changed.words;
        log_.write(narrate_reload(changed, options_.config));
        if (before.state != configuration_.state && !options_.state) {
            log_.write({log_level::warn, "another state file takes effect at the next start", {}});
        }
        apply();
        open_desks();
        look_.changed();
    }
    host_.ready();
    return out;
}

void daemon::stop() {
    if (!stopping_) {
        stopping_ = true;
        deadline_.cancel();
        desk_.stopping();
        host_.stopping();
        tell_stop();
    } else {
        impatient_ = true;
    }
    if (finished_) {
        wait_for_hooks();
    }
    // The client takes a second one as the end of patience.
    stop_.emit(asio::cancellation_type::terminal);
}

void daemon::wake() {
    log_.write({log_level::info, "the machine has woken: looks at the network and the clock", {}});
    client_.look_again();
}

void daemon::show_table() {
    for (auto const& line : table(client_.standings(), pmp::boot_clock::now())) {
        log_.answer({log_level::info, line, {}});
    }
}

void daemon::ended(pmp::error_code error) {
    if (error == asio::error::operation_aborted) {
        return; // what is left of the events follows
    }
    log_.write({log_level::error, "can't go on: " + error.message(), {}});
    look_.flush();
    status_ = exit_status::failure;
    context_.stop();
}

void daemon::finish() {
    look_.flush();
    desk_.flush();
    auto const rows = client_.standings();
    if (options_.once) {
        auto const all_open = std::all_of(rows.begin(), rows.end(), [](standing const& s) {
            return is_open(s) || is_leaving(s);
        });
        status_ = all_open ? exit_status::orderly : exit_status::failure;
        for (auto const& line : table(rows, pmp::boot_clock::now())) {
            std::cout << line << '\n';
        }
        if (!std::cout.flush()) {
            log_.write({log_level::error, "the table can't be written to standard output", {}});
            status_ = exit_status::failure;
        }
    } else {
        tell_unreleased();
    }
    finished_ = true;
    wait_for_hooks();
}

void daemon::wait_for_hooks() {
    hooks_.finish(impatient_ ? 0ms : hook_grace, [this] {
        if (!options_.once) {
            log_.write({log_level::info, "stopped", {}});
        }
        context_.stop();
    });
}

void daemon::tell_start() {
    auto const count = configuration_.mappings.size();
    auto const what = count != 0 ? fmt::format("keeps {} open", mappings_words(count))
                                 : "has nothing to keep open: waits for mappings and a reload";
    log_.write(
        {log_level::info,
         fmt::format("pmpd " PMPD_VERSION " {}", what),
         {{"config", options_.config.string()}, {"state", state_.path().string()}}}
    );
}

void daemon::tell_stop() {
    if (!options_.once) {
        auto const releases = release_timeout(options_, configuration_) > 0ms;
        auto const* const what = releases ? "stopping: releases all" : "stopping: releases nothing";
        log_.write({log_level::info, what, {}});
    }
}

void daemon::tell_unreleased() {
    if (release_timeout(options_, configuration_) == std::chrono::milliseconds::zero()) {
        return;
    }
    auto const names = unreleased(client_.standings(), client_.gateways());
    if (!names.empty()) {
        log_.write(narrate_unreleased(names));
        told_open_.insert(names.begin(), names.end());
    }
    auto const& gateways = configuration_.gateways;
    for (auto const& line :
         narrate_undeleted(client_.remembers(), gateways, told_open_, now().boot)) {
        log_.write(line);
    }
}

} // namespace pmpd
