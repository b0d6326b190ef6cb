// SPDX-License-Identifier: MIT
#include "cli/session.hpp"

#include "cli/error_json.hpp"
#include "cli/verb.hpp"
#include "daemon/surroundings.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

namespace pmp::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto take_back_patience = 500ms;

} // namespace

session::session(request const& asked, console& out) : session(asked, out, nullptr) {}

session::session(request const& asked, console& out, std::vector<internal_port> const& ports)
    : session(asked, out, &ports) {}

session::session(request const& asked, console& out, std::vector<internal_port> const* ports)
    : asked_(asked)
    , console_(out)
    , handler_([this](heard_signal heard) { interrupt(heard); })
    , signals_(context_.get_executor(), [this](heard_signal heard) { handler_(heard); })
    , file_(
          memory_path(pmpd::environment_variable, pmpd::is_root()),
          [&out](std::string const& sentence) { out.warn(sentence); },
          [this] { return hears_interruption(); }
      )
    , known_(recall(ports))
    , before_(known_.leases)
    , client_(context_.get_executor(), known_) {
    client_.set_gateways({asked.gateway});
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

void session::remember(pmp::client const& from) {
    auto now = from.remembers();
    if (asked_.only_protocols) {
        now.hints.clear();
    }
    file_.merge(known_, now);
    known_ = std::move(now);
}

void session::take_back(mapping const& what) {
    if (was_mapped(what)) {
        return;
    }
    auto const interrupted = std::exchange(interrupted_, 0);
    run<>([&](auto handler) { client_.async_unmap(what, take_back_patience, std::move(handler)); });
    interrupted_ = interrupted_ != 0 ? interrupted_ : interrupted;
}

bool session::was_mapped(mapping const& what) const {
    return std::any_of(before_.begin(), before_.end(), [&](remembered_lease const& each) {
        return each.protocol == what.protocol &&
               endpoint{each.host, each.internal_port} == what.internal;
    });
}

void session::interrupt(heard_signal heard) {
    interrupted_ = heard.number;
    stop_.emit(boost::asio::cancellation_type::terminal);
}

failure session::why(error_code error, attempt tried) {
    if (interrupted_ != 0) {
        return {exit_status::signalled + interrupted_, {}};
    }
    if (!tried.gateway.address) {
        tried.gateway.address = asked_gateway();
    }
    return explain(error, tried, asked_.timeout);
}

int session::fail(error_code error, attempt tried) {
    auto const retry_in = tried.retry_in;
    auto const reason = why(error, std::move(tried));
    if (!reason.sentence.empty()) {
        complain(console_, error, reason.sentence, retry_in);
    }
    return reason.status;
}

/// Where the default route leads; nothing where that is not known.
std::optional<ip_address> session::asked_gateway() {
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
    return found.front().view.address;
}

} // namespace pmp::cli
