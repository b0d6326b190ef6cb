// SPDX-License-Identifier: MIT
#include "cli/keeper.hpp"

#include "cli/error_json.hpp"
#include "cli/leases.hpp"
#include "cli/other_nat.hpp"
#include "cli/verb.hpp"
#include "config/text.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

namespace pmp::cli {

namespace {

namespace asio = boost::asio;

std::string again_words(event const& e) {
    return e.retry_after > e.retry_after.zero() ? "; asked again in " + in_words(e.retry_after)
                                                : std::string("; asked again");
}

std::string why_lost(event const& e) {
    switch (e.reason) {
    case lost_reason::expired: return "its lease expired before it was renewed";
    case lost_reason::revoked: return "the gateway revoked its lease";
    case lost_reason::gateway: return "its gateway is gone";
    case lost_reason::address: return "this host has another address";
    }
    return {};
}

std::string assigned_words(event const& e) {
    return e.lease
               ? std::string(to_string(e.lease->protocol)) + " " + endpoint_words(e.lease->assigned)
               : e.mapping;
}

std::string unreleased_words(lease const& left, error_code why) {
    return "the gateway has not confirmed that " + std::string(to_string(left.protocol)) + " " +
           endpoint_words(left.assigned) + " is closed" + (why ? " (" + why.message() + ")" : "") +
           ": it may stay open" + (left.permanent ? "" : " until its lease ends") + "; pmp unmap " +
           std::to_string(left.internal.port) + " tries again";
}

/// What has to be said of it; empty: nothing, or its lease says all.
std::string warning(event const& e) {
    auto const why = e.error.failed() ? ": " + e.error.message() : std::string();
    switch (e.kind) {
    case event_kind::lost:
        return assigned_words(e) + " is closed: " + why_lost(e) + why + again_words(e);
    case event_kind::refused: return e.mapping + " was refused" + why + again_words(e);
    case event_kind::released:
        return e.error.failed() && e.lease ? unreleased_words(*e.lease, e.error) : std::string();
    case event_kind::gateway_silent:
        return "gateway " + e.gateway_address.to_string() + " does not answer; still asking";
    case event_kind::gateway_rebooted:
        return "gateway " + e.gateway_address.to_string() + " restarted; mapping again";
    default: return {};
    }
}

/// What was granted by one protocol is renewed by the same.
gateway_settings best_first(gateway_settings gateway, dialect_id granted) {
    auto& protocols = gateway.protocols;
    auto const found = std::find(protocols.begin(), protocols.end(), granted);
    if (found != protocols.end()) {
        std::rotate(protocols.begin(), found, found + 1);
    }
    return gateway;
}

} // namespace

keeper::keeper(
    session& here,
    console& out,
    gateway_settings gateway,
    std::vector<mapping> wished,
    std::vector<lease> granted
)
    : session_(here)
    , console_(out)
    , wished_(std::move(wished))
    , granted_(std::move(granted))
    , client_(here.client()) {
    client_.set_gateways({best_first(std::move(gateway), granted_.front().via)});
    client_.take_over(granted_);
    client_.set_mappings(wished_);
}

int keeper::until_interrupted() {
    session_.listen([this](heard_signal) { stop(); });
    return run();
}

int keeper::while_running(std::vector<std::string> const& command) {
    session_.listen([this](heard_signal heard) { hear_for_child(heard); });
    session_.hear_for_child();
    auto const& open = granted_.front().assigned;
    auto started = child::start(
        command,
        {{"PMP_EXTERNAL_ADDRESS",
          open.address.is_unspecified() ? std::string() : open.address.to_string()},
         {"PMP_EXTERNAL_PORT", std::to_string(open.port)}}
    );
    if (!started) {
        for (std::size_t i = 0; i < wished_.size(); ++i) {
            session_.take_back(wished_[i], granted_[i]);
        }
        session_.remember();
        return tell_unstartable(console_, command, started.error(), startup::after_mapping);
    }
    child_ = *started;
    int const status = run();
    return child_->exit_status().value_or(status);
}

int keeper::run() {
    client_.async_run(asio::bind_cancellation_slot(stop_.slot(), [this](error_code error) {
        outcome_ = error;
        ended_ = true;
    }));
    read_event();
    session_.context().restart();
    // A run that did not begin has no events, and no end of them.
    while (!ended_ || (outcome_ == asio::error::operation_aborted && !read_all_)) {
        session_.context().run_one();
    }
    session_.remember(client_);
    tell_unreleased();
    if (outcome_ == asio::error::operation_aborted) {
        return is_left_open_ ? exit_status::refused : exit_status::done;
    }
    complain(console_, outcome_, "the mapping can't be kept: " + outcome_.message());
    return exit_status::refused;
}

/// Of those no event tells, since time was up.
void keeper::tell_unreleased() {
    for (auto const& each : client_.standings()) {
        bool const told = std::find(told_.begin(), told_.end(), each.mapping.name) != told_.end();
        if (each.state == lease_state::releasing && each.lease && !told) {
            is_left_open_ = true;
            console_.warn(unreleased_words(*each.lease, {}));
        }
    }
}

/// A second time, it does not wait for answers any more.
void keeper::stop() {
    stop_.emit(asio::cancellation_type::terminal);
}

void keeper::read_event() {
    client_.async_next_event([this](error_code error, event const& happened) {
        if (error) {
            read_all_ = true;
            return;
        }
        hear(happened);
        read_event();
    });
}

void keeper::hear(event const& happened) {
    if (happened.kind == event_kind::released) {
        told_.push_back(happened.mapping);
        is_left_open_ = is_left_open_ || (happened.error.failed() && happened.lease);
    }
    if (auto const sentence = warning(happened); !sentence.empty()) {
        console_.warn(sentence);
    }
    if (!happened.mapping.empty()) {
        session_.remember(client_);
        show(happened);
    }
}

/// A lease that is renewed as it was is no news.
void keeper::show(event const& happened) {
    auto const rows = client_.standings();
    auto const row = std::find_if(rows.begin(), rows.end(), [&](standing const& s) {
        return s.mapping.name == happened.mapping;
    });
    auto const wish = std::find_if(wished_.begin(), wished_.end(), [&](mapping const& m) {
        return m.name == happened.mapping;
    });
    if (row == rows.end() || wish == wished_.end() || happened.kind == event_kind::released) {
        return;
    }
    auto& told = granted_[static_cast<std::size_t>(wish - wished_.begin())];
    bool const is_open = row->state == lease_state::held || row->state == lease_state::renewing;
    bool const is_same = is_open && row->lease && row->lease->assigned == told.assigned;
    if (is_same) {
        return;
    }
    told.assigned = is_open ? row->lease->assigned : endpoint();
    if (child_ && is_open) {
        console_.warn(
            "the command was told another external endpoint than " + endpoint_words(told.assigned)
        );
    }
    auto const gateways = client_.gateways();
    auto const gateway = std::find_if(gateways.begin(), gateways.end(), [&](auto const& g) {
        return g.view.name == row->mapping.gateway;
    });
    bool const is_worth_a_line = is_open || console_.json();
    if (is_worth_a_line &&
        !print(console_, *row, gateway != gateways.end() ? &*gateway : nullptr)) {
        stop();
    }
    if (auto const why = is_open ? not_reachable(told.assigned.address) : std::nullopt) {
        console_.warn(*why);
    }
}

/// What ends a command is often sent to its whole group, and heard here before or after its end:
/// only what comes on top of that is a second wish to end.
void keeper::hear_for_child(heard_signal heard) {
    if (child_ && !child_->exit_status()) {
        if (!is_of_child(heard) && !heard.typed) {
            child_->pass_on(heard.number);
        }
        if (stops(heard)) {
            // The shell gets its terminal back; leases go on by the clock.
            stop_this_process();
        }
        return;
    }
    bool const again = asks_to_end(heard) && std::exchange(heard_end_, true);
    if (!std::exchange(child_is_over_, true) || again) {
        stop();
    }
}

int tell_unstartable(
    console& out, std::vector<std::string> const& command, error_code why, startup when
) {
    bool const was_mapped = when == startup::after_mapping;
    bool const is_missing = why == boost::system::errc::no_such_file_or_directory;
    // It was there when it was looked for.
    auto const reason =
        is_missing && was_mapped ? "what its first line names does not exist" : why.message();
    auto const name = config::in_quotes(command.front());
    complain(
        out,
        is_missing ? local_error::no_command : local_error::not_executable,
        (is_missing && !was_mapped ? "there is no command " + name
                                   : "the command " + name + " can't be executed: " + reason) +
            (was_mapped ? "; what was mapped for it is closed again" : "; nothing was mapped")
    );
    return is_missing ? exit_status::not_found : exit_status::not_executable;
}

} // namespace pmp::cli
