// SPDX-License-Identifier: MIT
#pragma once

#include "wire/igd_actions.hpp"
#include "wire/ssdp.hpp"

#include <pmp/engine.hpp>

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace pmp::test {

/// A gateway's UPnP side in a few lines: a table, and what it refuses.
class scripted_igd {
public:
    endpoint server;
    std::string description = "version-1.xml";
    std::string external = "198.51.100.7";
    std::string status = "Connected";
    std::chrono::seconds uptime{5000};
    bool silent = false;
    bool dead = false;
    /// Searches are answered as if the description were there.
    std::string location;
    /// Of what it advertises.
    wire::ssdp::boot_signs signs;
    /// What an action is refused with: each time, or (in front of it) once.
    std::map<std::string, int> refuses;
    std::map<std::string, std::deque<int>> refuses_once;
    /// The error with which entries of one remote host are refused; 0: they are not.
    int refuses_remote_hosts = 0;
    /// Leases that are not permanent are granted and not kept.
    bool drops_leases = false;
    /// Adding an entry again does not extend it.
    bool keeps_ends = false;
    /// Deletions are granted, and nothing is deleted.
    bool feigns_deletions = false;
    /// Its table shows no ends.
    bool tells_no_ends = false;
    bool ignores_leases = false;
    /// The connection breaks off before an action is done: as often as there.
    std::map<std::string, int> cuts;
    std::map<std::pair<transport, std::uint16_t>, wire::igd::port_mapping> table;
    /// Name of each action served, with the external port where there is one.
    std::vector<std::string> served;

    scripted_igd();
    fetch_result serve(fetch const&);
    std::size_t count(std::string const& action) const;
    void pass(std::chrono::seconds);

private:
    wire::soap::reply perform(wire::soap::call const&);
    wire::soap::reply add(wire::igd::port_mapping, bool any);
};

/// An engine at a gateway that speaks UPnP, and perhaps more.
class igd_house {
public:
    explicit igd_house(std::vector<dialect_id> protocols = {dialect_id::igd}, memory = {});

    scripted_igd igd;
    gateway_view view;
    pmp::engine engine;
    time_point now{std::chrono::hours(1)};
    std::vector<event> events;
    /// Datagrams to port 5351.
    std::vector<outbound_datagram> datagrams;
    std::size_t searches = 0;
    std::size_t most_at_once = 0;
    /// What was to be kept before a request left.
    std::vector<memory> kept;
    /// What answers datagrams; empty: nothing does.
    std::function<void(outbound_datagram const&)> answers;

    void appear();
    void wish(std::vector<mapping>);
    void pass(std::chrono::nanoseconds);
    void settle() { pass(std::chrono::seconds(10)); }
    /// Performs what the engine wants now.
    void drain();
    void advertise(std::string const& text);
    /// It says that it is alive.
    void announce();
    standing stands(std::size_t i = 0) const { return engine.standings().at(i); }
    bool holds(std::size_t i = 0) const;
    std::size_t count(event_kind) const;

private:
    void perform(outbound_datagram const&);
    void perform(outbound_search const&);
    void reply_to(std::string const& target);
    wire::ssdp::advertisement advertisement_for(std::string const& target) const;
    void perform(fetch const&);
    void perform(listen_request const&) {}
    void perform(event const&);

    std::deque<fetch> under_way_;
    std::vector<mapping> wishes_;
};

mapping tcp_22();

/// Wishes for one mapping at a gateway that speaks UPnP alone.
struct settled : igd_house {
    template <class Prepare>
    explicit settled(Prepare prepare) {
        prepare(igd);
        appear();
        wish({tcp_22()});
        settle();
    }
    settled() : settled([](auto&) {}) {}

    std::uint16_t port() const { return stands().lease ? stands().lease->assigned.port : 0; }
};

} // namespace pmp::test
