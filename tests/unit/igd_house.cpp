// SPDX-License-Identifier: MIT
#include "unit/igd_house.hpp"

#include "unit/wire_upnp_files.hpp"
#include "wire/http_message.hpp"
#include "wire/ssdp.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <stdexcept>

namespace pmp::test {

namespace http = wire::http;
namespace igd = wire::igd;
namespace soap = wire::soap;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

ip_address const gateway_address = boost::asio::ip::make_address("192.168.1.1");
ip_address const internal_address = boost::asio::ip::make_address("192.168.1.10");
constexpr milliseconds exchange_time{20};

std::uint16_t port_of(soap::call const& c, char const* name) {
    return static_cast<std::uint16_t>(wire::number(soap::value_of(c.arguments, name)).value_or(0));
}

std::vector<soap::argument> arguments_of(igd::port_mapping const& m) {
    return {
        {"NewInternalPort", std::to_string(m.internal.port)},
        {"NewInternalClient", m.internal.address.to_string()},
        {"NewEnabled", "1"},
        {"NewPortMappingDescription", m.description},
        {"NewLeaseDuration", std::to_string(m.lease.count())},
    };
}

} // namespace

mapping tcp_22() {
    mapping m;
    m.name = "ssh";
    m.internal.port = 22;
    m.suggested.port = 2222;
    return m;
}

scripted_igd::scripted_igd() : server{gateway_address, 5000} {}

std::size_t scripted_igd::count(std::string const& action) const {
    return static_cast<std::size_t>(std::count_if(
        served.begin(),
        served.end(),
        [&](std::string const& s) { return s.substr(0, s.find(' ')) == action; }
    ));
}

void scripted_igd::pass(seconds time) {
    uptime += time;
    for (auto at = table.begin(); at != table.end();) {
        auto& lease = at->second.lease;
        auto const ends = lease > seconds(0) && lease <= time && !ignores_leases;
        lease = std::max(lease - time, seconds(0));
        at = ends ? table.erase(at) : std::next(at);
    }
}

fetch_result scripted_igd::serve(fetch const& what) {
    fetch_result out;
    out.gateway = what.gateway;
    out.id = what.id;
    if (dead || what.server != server) {
        out.error = boost::system::errc::make_error_code(boost::system::errc::connection_refused);
        return out;
    }
    auto const request = http::decode_request(wire::bytes_of(what.request));
    if (!request) {
        throw std::logic_error("no request: " + what.request);
    }
    if (request->method == "GET") {
        served.emplace_back("GET");
        out.status = 200;
        out.body = upnp_file("descriptions/" + description);
        return out;
    }
    auto const call = soap::decode_call(*request);
    if (!call) {
        throw std::logic_error("no call: " + what.request);
    }
    if (auto& left = cuts[call->action]; left > 0) {
        --left;
        out.error = boost::system::errc::make_error_code(boost::system::errc::connection_reset);
        return out;
    }
    auto const reply = perform(*call);
    auto const* answer = std::get_if<soap::answer>(&reply);
    auto const response = answer != nullptr ? encode(*answer, call->service_type)
                                            : encode(std::get<soap::upnp_error>(reply));
    out.status = response.status;
    out.body = response.body;
    return out;
}

soap::reply scripted_igd::perform(soap::call const& c) {
    auto const port = port_of(c, "NewExternalPort");
    served.push_back(c.action + (port != 0 ? ' ' + std::to_string(port) : std::string()));
    if (auto& once = refuses_once[c.action]; !once.empty()) {
        auto const code = once.front();
        once.pop_front();
        return soap::upnp_error{code, ""};
    }
    if (auto const always = refuses.find(c.action); always != refuses.end()) {
        return soap::upnp_error{always->second, ""};
    }
    auto const protocol =
        igd::parse_protocol(soap::value_of(c.arguments, "NewProtocol")).value_or(transport::tcp);
    auto const at = table.find({protocol, port});
    if (c.action == "GetStatusInfo") {
        return soap::answer{
            c.action,
            {{"NewConnectionStatus", status}, {"NewUptime", std::to_string(uptime.count())}}};
    }
    if (c.action == "GetExternalIPAddress") {
        return soap::answer{c.action, {{"NewExternalIPAddress", external}}};
    }
    if (c.action == "GetSpecificPortMappingEntry") {
        if (at == table.end()) {
            return soap::upnp_error{714, ""};
        }
        auto told = at->second;
        told.lease = tells_no_ends ? seconds(0) : told.lease;
        return soap::answer{c.action, arguments_of(told)};
    }
    if (c.action == "DeletePortMapping" && feigns_deletions) {
        return soap::answer{c.action, {}};
    }
    if (c.action == "DeletePortMapping") {
        return table.erase({protocol, port}) != 0 ? soap::reply(soap::answer{c.action, {}})
                                                  : soap::upnp_error{714, ""};
    }
    if (c.action == "AddPortMapping" || c.action == "AddAnyPortMapping") {
        auto row = igd::read_mapping({c.action, c.arguments}).value();
        if (refuses_remote_hosts != 0 && !row.remote_host.empty()) {
            return soap::upnp_error{refuses_remote_hosts, ""};
        }
        return add(std::move(row), c.action == "AddAnyPortMapping");
    }
    return soap::upnp_error{401, ""};
}

soap::reply scripted_igd::add(igd::port_mapping row, bool any) {
    auto at = table.find({row.protocol, row.external_port});
    while (any && at != table.end() && at->second.internal != row.internal) {
        at = table.find({row.protocol, ++row.external_port});
    }
    if (at != table.end() && at->second.internal.address != row.internal.address) {
        return soap::upnp_error{718, ""};
    }
    if (!drops_leases || row.lease == seconds(0)) {
        auto const left = at != table.end() ? at->second.lease : row.lease;
        row.lease = keeps_ends ? std::min(left, row.lease) : row.lease;
        table.insert_or_assign({row.protocol, row.external_port}, row);
    }
    soap::answer out{any ? "AddAnyPortMapping" : "AddPortMapping", {}};
    if (any) {
        out.arguments = {{"NewReservedPort", std::to_string(row.external_port)}};
    }
    return out;
}

igd_house::igd_house(std::vector<dialect_id> protocols, memory known)
    : engine({}, std::move(known), 7) {
    view.address = gateway_address;
    view.internal = internal_address;
    view.protocols = std::move(protocols);
}

void igd_house::appear() {
    engine.network({{view}}, now);
    drain();
}

void igd_house::wish(std::vector<mapping> mappings) {
    wishes_ = std::move(mappings);
    engine.desire(wishes_, now);
    drain();
}

bool igd_house::holds(std::size_t i) const {
    auto const state = stands(i).state;
    return state == lease_state::held || state == lease_state::renewing;
}

std::size_t igd_house::count(event_kind kind) const {
    return static_cast<std::size_t>(
        std::count_if(events.begin(), events.end(), [&](event const& e) { return e.kind == kind; })
    );
}

void igd_house::pass(std::chrono::nanoseconds time) {
    auto const end = now + time;
    for (;;) {
        auto const fetched = under_way_.empty() ? time_point::max() : now + exchange_time;
        auto const next = std::min({engine.wake_at(), fetched, end});
        auto const whole = [](time_point t) { return std::chrono::floor<seconds>(t); };
        igd.pass(whole(next) - whole(now));
        now = std::max(now, next);
        if (next == fetched) {
            auto const what = under_way_.front();
            under_way_.pop_front();
            if (!igd.silent) {
                engine.fetched(igd.serve(what), now);
            }
        }
        engine.tick(now);
        drain();
        if (next == end) {
            return;
        }
    }
}

void igd_house::drain() {
    for (int count = 0; auto const out = engine.poll(); ++count) {
        if (count > 1000) {
            throw std::logic_error("poll() never ends");
        }
        std::visit([&](auto const& what) { perform(what); }, *out);
    }
    if (engine.wake_at() <= now) {
        engine.tick(now);
        if (engine.wake_at() <= now && !engine.poll()) {
            throw std::logic_error("wake_at() does not lie ahead");
        }
    }
}

void igd_house::perform(outbound_datagram const& datagram) {
    datagrams.push_back(datagram);
    if (answers) {
        answers(datagram);
    }
}

void igd_house::perform(outbound_search const& search) {
    ++searches;
    auto const asked = wire::ssdp::decode_search(search.bytes);
    if (!asked) {
        throw std::logic_error("no search");
    }
    auto const heard = asked->target == "upnp:rootdevice" ||
                       asked->target.find("InternetGatewayDevice:1") != std::string::npos;
    if (heard && !igd.silent && !igd.dead) {
        reply_to(asked->target);
    }
}

wire::ssdp::advertisement igd_house::advertisement_for(std::string const& target) const {
    wire::ssdp::advertisement out;
    out.target = target;
    out.usn = "uuid:a1::" + target;
    out.location =
        igd.location.empty() ? "http://" + to_string(igd.server) + "/root.xml" : igd.location;
    out.boot_id = igd.signs.boot_id;
    out.config_id = igd.signs.config_id;
    out.nls = igd.signs.nls;
    return out;
}

void igd_house::reply_to(std::string const& target) {
    advertise(std::string(wire::text_of(encode(advertisement_for(target)))));
}

void igd_house::announce() {
    auto alive = advertisement_for("upnp:rootdevice");
    alive.kind = wire::ssdp::advertisement_kind::alive;
    advertise(std::string(wire::text_of(encode(alive))));
}

void igd_house::advertise(std::string const& text) {
    auto const octets = wire::bytes_of(text);
    inbound_datagram in;
    in.gateway = "default";
    in.source = {gateway_address, 40000};
    in.destination = {internal_address, 50000};
    in.bytes = octets;
    engine.advertised(in, now);
}

void igd_house::perform(fetch const& what) {
    if (what.remember_first) {
        kept.push_back(engine.remembers());
    }
    under_way_.push_back(what);
    most_at_once = std::max(most_at_once, under_way_.size());
}

void igd_house::perform(event const& e) {
    events.push_back(e);
}

} // namespace pmp::test
