// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace pmp::test {

/// Enough for anything that ends at all.
inline constexpr std::chrono::seconds patience{10};

/// Runs handlers until the condition holds; false where that takes too long.
inline bool run_until(boost::asio::io_context& io, std::function<bool()> const& condition) {
    auto const limit = std::chrono::steady_clock::now() + patience;
    io.restart();
    while (!condition() && std::chrono::steady_clock::now() < limit) {
        if (io.run_one_until(limit) == 0) {
            break;
        }
    }
    return condition();
}

/// Something that was begun and goes on while handlers run.
template <class T>
class started {
public:
    started(boost::asio::io_context& io, boost::asio::awaitable<T> task) : io_(io) {
        boost::asio::co_spawn(
            io,
            std::move(task),
            [outcome = outcome_](std::exception_ptr const& failure, T value) {
                BOOST_TEST(!failure);
                *outcome = std::move(value);
            }
        );
    }

    bool ended() const { return outcome_->has_value(); }

    /// Runs handlers until it ends; fails the test where that takes too long.
    T result() {
        BOOST_REQUIRE_MESSAGE(run_until(io_, [this] { return ended(); }), "it does not end");
        return **outcome_;
    }

private:
    boost::asio::io_context& io_;
    std::shared_ptr<std::optional<T>> outcome_ = std::make_shared<std::optional<T>>();
};

/// Runs it to its end.
template <class T>
T finish(boost::asio::io_context& io, boost::asio::awaitable<T> task) {
    return started<T>{io, std::move(task)}.result();
}

/// Runs the handlers that are ready, and those that become so at once.
inline void run_ready(boost::asio::io_context& io) {
    io.restart();
    io.poll();
}

} // namespace pmp::test
