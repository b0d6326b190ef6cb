// SPDX-License-Identifier: MIT
#include "support/host.hpp"
#include "wire/http_message.hpp"
#include "wire/ssdp.hpp"
#include "wire/text.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

// What a host does for UPnP.
namespace pmp::test {

namespace {

// A search is 28 datagrams, and a mapping takes five exchanges.
constexpr std::size_t base_rate = 240;
constexpr std::size_t rate_per_mapping = 20;

constexpr char const* callback_path = "/7f3a";

/// Of SSDP, in the family of this host's address.
bool is_group(endpoint const& to, ip_address const& own) {
    return own.is_v4() ? to == wire::ssdp::group_v4()
                       : to == wire::ssdp::group_v6() || to == wire::ssdp::site_group_v6();
}

fetch_result result_of(fetch const& what, stream_result const& got) {
    fetch_result out;
    out.gateway = what.gateway;
    out.id = what.id;
    out.error = got.error;
    if (out.error) {
        return out;
    }
    wire::http::response_reader reader({16384, what.longest_body});
    out.error = reader.put(wire::bytes_of(got.bytes));
    if (!out.error) {
        out.error = reader.finish();
    }
    if (!out.error) {
        auto response = reader.take();
        out.status = response.status;
        out.body = std::move(response.body);
        for (auto& [name, value] : response.fields) {
            out.fields.push_back({std::move(name), std::move(value)});
        }
    }
    return out;
}

} // namespace

host::socket& host::socket_of(socket_key const& key, char const* does) {
    auto const found = sockets_.find(key);
    if (found == sockets_.end()) {
        broken(std::string(does) + " the gateway '" + key.first + "', which is not in view");
    }
    if (found->second.search.port == 0) {
        broken(std::string(does) + " the gateway '" + key.first + "', where UPnP is not allowed");
    }
    return found->second;
}

void host::perform(outbound_search const& search) {
    auto const& opened = socket_of({search.gateway, search.source}, "searches at");
    endpoint const own{opened.view.address, wire::ssdp::port};
    if (search.destination != own && !is_group(search.destination, search.source)) {
        broken("searches at " + to_string(search.destination) + ", which is no gateway");
    }
    if (!wire::ssdp::decode_search(search.bytes)) {
        broken("searches in other words than M-SEARCH");
    }
    ++traffic_.searches;
    count_exchange();
    network_.send(opened.view.interface_index, {opened.search, search.destination, search.bytes});
}

void host::perform(fetch const& what) {
    auto& opened = socket_of({what.gateway, what.source}, "fetches from");
    if (what.server.address != opened.view.address) {
        broken("fetches from " + to_string(what.server) + ", which is no gateway");
    }
    if (opened.fetches > 0 && !hurried_) {
        broken("has two connections to one gateway");
    }
    ++opened.fetches;
    ++traffic_.fetches;
    count_exchange();
    network_.converse(
        opened.view.interface_index,
        {{what.source, draw_port()}, what.server, what.request},
        {what.connect_timeout, what.timeout},
        [this, what, life = lives_](stream_result const& got) {
            if (life == lives_) {
                fetched(what, got);
            }
        }
    );
}

void host::fetched(fetch const& what, stream_result const& got) {
    if (auto const opened = sockets_.find({what.gateway, what.source});
        opened != sockets_.end() && opened->second.fetches > 0) {
        --opened->second.fetches;
    }
    report(result_of(what, got));
}

void host::report(fetch_result const& result) {
    if (!is_running()) {
        return;
    }
    if (asleep_) {
        // No connection outlives a sleep, and nobody hears of its end before that is over.
        timeline_.after(std::chrono::seconds(1), [this, result, life = lives_] {
            if (life == lives_) {
                auto late = result;
                late.error = boost::asio::error::timed_out;
                report(late);
            }
        });
        return;
    }
    engine_->fetched(result, timeline_.now());
    drain();
}

/// A reply to a search, or a notification. False: nothing listens there.
bool host::advertised(packet const& message, inbound_datagram arrived) {
    if (message.destination.address.is_multicast()) {
        arrived.gateway.clear();
    } else {
        auto const found = std::find_if(sockets_.begin(), sockets_.end(), [&](auto const& named) {
            return named.second.search == message.destination &&
                   named.second.view.interface_index == arrived.interface_index;
        });
        if (found == sockets_.end()) {
            return false;
        }
        arrived.gateway = found->first.first;
    }
    ++traffic_.received;
    if (auto const reason = engine_->advertised(arrived, timeline_.now())) {
        ++traffic_.ignored.at(static_cast<std::size_t>(*reason));
    }
    drain();
    return true;
}

void host::perform(listen_request const& wish) {
    auto& opened = socket_of({wish.gateway, wish.source}, "listens for");
    if (opened.notified.port == 0) {
        opened.notified = {opened.view.internal, draw_port()};
    }
    timeline_.after(std::chrono::nanoseconds(1), [this, wish, life = lives_] {
        auto const found = sockets_.find({wish.gateway, wish.source});
        if (life == lives_ && is_running() && found != sockets_.end() &&
            found->second.notified.port != 0) {
            auto const url = "http://" + to_string(found->second.notified) + callback_path;
            engine_->listening(wish.gateway, url, timeline_.now());
            drain();
        }
    });
}

stream_answer host::converse(stream_request const& request, unsigned segment) {
    if (asleep_) {
        return {stream_fate::unreachable};
    }
    auto const found = std::find_if(sockets_.begin(), sockets_.end(), [&](auto const& named) {
        auto const& opened = named.second;
        return opened.notified == request.server && opened.view.interface_index == segment &&
               opened.view.address == request.client.address;
    });
    auto const message = wire::http::decode_request(wire::bytes_of(request.bytes));
    if (!is_running() || found == sockets_.end() || !message) {
        return {stream_fate::refused};
    }
    if (message->target != callback_path || message->method != "NOTIFY") {
        return {stream_fate::answered, encode(wire::http::response{404, {}, {}})};
    }
    ++traffic_.notifications;
    inbound_notify in{found->first.first, request.client.address, {}, message->body};
    for (auto const& [name, value] : message->fields) {
        in.fields.push_back({name, value});
    }
    auto const status = engine_->notified(in, timeline_.now());
    drain();
    return {stream_fate::answered, encode(wire::http::response{status, {}, {}})};
}

void host::count_exchange() {
    using std::chrono::minutes;
    auto const minute = std::chrono::duration_cast<minutes>(timeline_.elapsed()).count();
    if (minute != std::exchange(exchange_minute_, minute)) {
        exchanges_in_minute_ = 0;
    }
    if (++exchanges_in_minute_ > base_rate + rate_per_mapping * most_wishes_) {
        broken("makes " + std::to_string(exchanges_in_minute_) + " exchanges within a minute");
    }
}

} // namespace pmp::test
