// SPDX-License-Identifier: MIT
#include "daemon/control_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace pmpd {

namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// Until another connection is taken where the system has no descriptor left.
constexpr std::chrono::seconds want_pause{1};

} // namespace

struct control_server::state {
    state(asio::any_io_executor e, control_commands c, control_limits l)
        : executor(std::move(e)), commands(std::move(c)), limits(l) {}

    void forget_closed() {
        std::erase_if(sessions, [](auto const& each) { return !each->is_open(); });
    }

    /// One that asks for nothing shall not keep out those that do.
    void make_room() {
        std::shared_ptr<control_session> idlest;
        auto oldest = std::chrono::steady_clock::time_point::max();
        for (auto const& each : sessions) {
            auto const since = each->idle_since();
            if (since && *since < oldest) {
                oldest = *since;
                idlest = each;
            }
        }
        if (idlest) {
            idlest->dismiss(refuse("it was idle, and its place is needed"));
            forget_closed();
        }
    }

    void welcome(control_stream stream) {
        forget_closed();
        if (sessions.size() >= limits.most_clients) {
            make_room();
        }
        auto const session = std::make_shared<control_session>(std::move(stream), commands, limits);
        if (sessions.size() >= limits.most_clients) {
            session->dismiss(refuse(fmt::format(
                "there are too many clients: {} that watch or read", limits.most_clients
            )));
            return;
        }
        sessions.push_back(session);
        session->start();
    }

    asio::any_io_executor executor;
    control_commands commands;
    control_limits limits;
    std::vector<std::shared_ptr<control_session>> sessions;
};

control_server::control_server(
    asio::any_io_executor executor, control_commands commands, control_limits limits
)
    : state_(std::make_shared<state>(std::move(executor), std::move(commands), limits)) {}

control_server::~control_server() {
    if (socket_) {
        socket_->close();
    }
    for (auto const& each : state_->sessions) {
        each->close();
    }
}

pmp::error_code control_server::listen(std::filesystem::path const& path) {
    if (socket_ && socket_->path() == path) {
        return {};
    }
    auto made = control_socket::listen(state_->executor, path);
    if (!made) {
        return made.error();
    }
    if (socket_) {
        socket_->close();
    }
    socket_ = std::move(*made);
    asio::co_spawn(state_->executor, accept(state_, socket_), asio::detached);
    return {};
}

asio::awaitable<void>
control_server::accept(std::shared_ptr<state> shared, std::shared_ptr<control_socket> socket) {
    asio::steady_timer pause(shared->executor);
    while (socket->is_open()) {
        auto accepted = co_await socket->accept();
        if (accepted.has_value()) {
            shared->welcome(std::move(*accepted));
            continue;
        }
        if (accepted.error() == asio::error::operation_aborted) {
            co_return;
        }
        pause.expires_after(want_pause);
        co_await pause.async_wait(as_result);
    }
}

bool control_server::has_watchers() const {
    return std::any_of(state_->sessions.begin(), state_->sessions.end(), [](auto const& each) {
        return each->is_open() && each->watches();
    });
}

void control_server::tell(std::string line) {
    line += '\n';
    auto const shared = std::make_shared<std::string const>(std::move(line));
    for (auto const& each : state_->sessions) {
        if (each->is_open() && each->watches()) {
            each->tell(shared);
        }
    }
}

} // namespace pmpd
