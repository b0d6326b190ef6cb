// SPDX-License-Identifier: MIT
#pragma once

#include "cli/console.hpp"
#include "cli/memory_file.hpp"
#include "cli/problem.hpp"
#include "cli/request.hpp"
#include "cli/signals.hpp"

#include <pmp/client.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace pmp::cli {

/// A transport and an internal port, of this machine where the address is unspecified.
struct internal_port {
    transport protocol = transport::tcp;
    endpoint internal;
};

/// A client for one run of pmp: does one thing after the other, and stops what is under way where
/// the user interrupts it.
class session {
public:
    /// Of a verb that only asks.
    session(request const&, console&);
    /// Of a verb that changes mappings of these ports; what it has to know later is kept on disk.
    session(request const&, console&, std::vector<internal_port> const&);

    /// Starts an operation with a completion handler `void(error_code, Results...)`, and runs until
    /// it is called. Once interrupted, nothing is started any more.
    template <class... Results, class Start>
    std::tuple<error_code, Results...> run(Start start) {
        std::optional<std::tuple<error_code, Results...>> out;
        if (interrupted_ != 0) {
            return {boost::asio::error::operation_aborted, Results{}...};
        }
        start(boost::asio::bind_cancellation_slot(
            stop_.slot(),
            [&out](error_code error, Results... results) {
                out.emplace(error, std::move(results)...);
            }
        ));
        context_.restart();
        while (!out) {
            context_.run_one();
        }
        still_ending_.cancel();
        return *std::move(out);
    }

    pmp::client& client() { return client_; }
    boost::asio::io_context& context() { return context_; }
    /// As it was last remembered.
    memory const& known() const { return known_; }
    /// What earlier runs have mapped, of whatever port.
    std::vector<remembered_lease> const& made_before() const { return made_before_; }

    /// Keeps what the client knows now, or another one that went on from there.
    void remember() { remember(client_); }
    void remember(pmp::client const& from) { remember(from.remembers()); }
    /// Deletes what this run has mapped before another thing failed. Not for long, since somebody
    /// waits.
    void take_back(mapping const&, lease const& granted);
    /// What an earlier run has mapped of that port and may still be there: at that gateway, or at
    /// any where it is not known. Null: nothing.
    remembered_lease const*
    was_mapped(mapping const&, std::optional<ip_address> const& gateway) const;

    /// It has gone on for that long.
    bool has_taken(std::chrono::seconds timeout) const;

    bool is_interrupted() const { return interrupted_ != 0; }
    /// From now on signals, also those that wait already, are for this handler alone.
    void listen(signals::handler handler) { handler_ = std::move(handler); }
    void hear_for_child() { signals_.hear_for_child(); }

    /// The way to the gateway that was asked for; nothing where that is not known.
    std::optional<gateway_view> find_way();

    /// Whether that gateway speaks UPnP, which is the one of the client from then on.
    bool answers_by_igd(gateway_settings, std::chrono::milliseconds patience);

    /// Why the attempt failed.
    failure why(error_code, attempt);
    /// Says so, in JSON too where that is wanted; returns the exit status.
    int fail(error_code, attempt);
    /// That it was interrupted, as an error in JSON.
    boost::json::object interruption_json() const;

private:
    session(request const&, console&, std::vector<internal_port> const*);
    memory recall(std::vector<internal_port> const*);
    void remember(memory);
    bool hears_interruption();
    void interrupt(heard_signal);
    std::string find_foreign_place();

    request const& asked_;
    console& console_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    boost::asio::io_context context_{1};
    boost::asio::cancellation_signal stop_;
    /// The number of the signal; 0: none.
    int interrupted_ = 0;
    signals::handler handler_;
    signals signals_;
    /// Ends where an interruption takes long enough to be explained.
    boost::asio::steady_timer still_ending_;
    memory_file file_;
    std::vector<remembered_lease> made_before_;
    memory known_;
    /// Of it, what is known to the client.
    std::vector<remembered_lease> before_;
    pmp::client client_;
};

} // namespace pmp::cli
