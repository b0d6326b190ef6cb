// SPDX-License-Identifier: MIT
#include "cli/session.hpp"

#include "cli/error_json.hpp"
#include "cli/verb.hpp"
#include "daemon/surroundings.hpp"

#include <pmp/clock.hpp>

#include <boost/asio/error.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace pmp::cli {

namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto take_back_patience = 3s;
constexpr auto take_back_hurry = 500ms;
constexpr auto usual_end = 300ms;
/// Devices answer a search within two seconds (`MX`).
constexpr auto search_patience = 3s;

} // namespace

session::session(request const& asked, console& out) : session(asked, out, nullptr) {}

session::session(request const& asked, console& out, std::vector<internal_port> const& ports)
    : session(asked, out, &ports) {}

session::session(request const& asked, console& out, std::vector<internal_port> const* ports)
    : asked_(asked)
    , console_(out)
    , handler_([this](heard_signal heard) { interrupt(heard); })
    , signals_(context_.get_executor(), [this](heard_signal heard) { handler_(heard); })
    , still_ending_(context_)
    , file_(
          memory_path(pmpd::environment_variable, pmpd::is_root()),
          [&out](std::string const& sentence) { out.warn(sentence); },
          [this] { return hears_interruption(); }
      )
    , known_(recall(ports))
    , before_(known_.leases)
    , client_(context_.get_executor(), known_) {
    client_.set_gateways({asked.gateway});
    client_.set_memory_handler([this](memory const& now) { remember(now); });
}

bool session::hears_interruption() {
    context_.restart();
    context_.poll();
    return is_interrupted();
}

/// What other ports have is none of this client's business: it would end their leases.
memory session::recall(std::vector<internal_port> const* ports) {
    auto known = ports != nullptr ? file_.load() : file_.look();
    if (asked_.only_protocols) {
        // What the user says outweighs what once worked.
        known.hints.clear();
    }
    made_before_ = known.leases;
    std::erase_if(known.leases, [ports](remembered_lease const& each) {
        return ports == nullptr ||
               std::none_of(ports->begin(), ports->end(), [&each](internal_port const& port) {
                   return each.protocol == port.protocol &&
                          endpoint{each.host, each.internal_port} == port.internal;
               });
    });
    return known;
}

void session::remember(memory now) {
    if (asked_.only_protocols) {
        now.hints.clear();
    }
    file_.merge(known_, now);
    known_ = std::move(now);
}

void session::take_back(mapping const& what, lease const& granted) {
    bool const is_made = granted.via != dialect_id::direct;
    if (!is_made || was_mapped(what, granted.gateway.address) != nullptr) {
        return;
    }
    auto const interrupted = std::exchange(interrupted_, 0);
    std::chrono::milliseconds const patience =
        interrupted != 0 ? take_back_hurry : take_back_patience;
    run<>([&](auto handler) { client_.async_unmap(what, patience, std::move(handler)); });
    interrupted_ = interrupted_ != 0 ? interrupted_ : interrupted;
}

remembered_lease const*
session::was_mapped(mapping const& what, std::optional<ip_address> const& gateway) const {
    auto const now = boot_clock::now();
    auto const found =
        std::find_if(before_.begin(), before_.end(), [&](remembered_lease const& each) {
            return each.protocol == what.protocol &&
                   endpoint{each.host, each.internal_port} == what.internal &&
                   (each.permanent || each.expires > now) &&
                   (!gateway || *gateway == each.gateway_address);
        });
    return found != before_.end() ? &*found : nullptr;
}

void session::interrupt(heard_signal heard) {
    if (interrupted_ == 0) {
        still_ending_.expires_after(usual_end);
        still_ending_.async_wait([this](error_code error) {
            if (!error) {
                console_.note(
                    "the gateway is still busy with what it was asked for, which is taken back "
                    "then; another interruption does not wait for it"
                );
            }
        });
    }
    interrupted_ = heard.number;
    stop_.emit(boost::asio::cancellation_type::terminal);
}

bool session::answers_by_igd(gateway_settings where, std::chrono::milliseconds patience) {
    where.protocols = {dialect_id::igd};
    client_.set_gateways({std::move(where)});
    auto const [error, found] = run<std::vector<discovered_gateway>>([&](auto handler) {
        client_.async_discover(patience, std::move(handler));
    });
    return !found.empty() && !found.front().protocols.empty();
}

failure session::why(error_code error, attempt tried) {
    if (interrupted_ != 0) {
        return {exit_status::signalled + interrupted_, {}};
    }
    if (!tried.gateway.address || is_silence(error)) {
        auto const way = find_way();
        tried.gateway.address =
            way && !tried.gateway.address ? way->address : tried.gateway.address;
        bool const needs_none = way && way->internal.is_v4() && is_public(way->internal);
        tried.own_address = needs_none ? std::optional(way->internal) : std::nullopt;
    }
    tried.out_of_time = tried.out_of_time || has_taken(asked_.timeout);
    if (error == fault::foreign_address && tried.place.empty()) {
        tried.place = find_foreign_place();
    }
    return explain(error, tried, asked_.timeout);
}

/// The one-shots tell that there is one, and not which.
std::string session::find_foreign_place() {
    auto where = asked_.gateway;
    where.protocols = {dialect_id::igd};
    client_.set_gateways({where});
    auto const [error, found] = run<std::vector<discovered_gateway>>([this](auto handler) {
        client_.async_discover(search_patience, std::move(handler));
    });
    bool const is_told = !error && !found.empty() && found.front().search;
    return is_told ? found.front().search->place : std::string();
}

bool session::has_taken(std::chrono::seconds timeout) const {
    return std::chrono::steady_clock::now() - began_ >= timeout;
}

int session::fail(error_code error, attempt tried) {
    auto const retry_in = tried.retry_in;
    auto const reason = why(error, std::move(tried));
    if (!reason.sentence.empty()) {
        complain(console_, error, reason.sentence, retry_in);
    } else if (console_.json()) {
        console_.line(json::serialize(interruption_json()));
    }
    return reason.status;
}

json::object session::interruption_json() const {
    auto const sentence = "interrupted by signal " + std::to_string(interrupted_);
    return error_json(local_error::interrupted, sentence);
}

std::optional<gateway_view> session::find_way() {
    // Nobody is to be searched for that.
    auto where = asked_.gateway;
    where.protocols = {dialect_id::pcp};
    client_.set_gateways({where});
    auto const [error, found] = run<std::vector<discovered_gateway>>([this](auto handler) {
        client_.async_discover(1ms, std::move(handler));
    });
    if (error || found.empty() || found.front().view.address.is_unspecified()) {
        return {};
    }
    return found.front().view;
}

} // namespace pmp::cli
