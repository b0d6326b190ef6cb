// SPDX-License-Identifier: MIT
#include "support/host.hpp"

#include "wire/natpmp.hpp"
#include "wire/ssdp.hpp"

#include <algorithm>
#include <utility>

namespace pmp::test {

namespace {

constexpr std::uint64_t first_ephemeral_port = 49152;
constexpr std::uint64_t ephemeral_ports = 16384;
constexpr std::size_t most_outputs = 1'000'000;
// Nine NAT-PMP tries begin within eight seconds; renewals are at least 4 s apart (RFC 6887 11.2.1).
constexpr std::size_t base_rate = 120;
constexpr std::size_t rate_per_mapping = 20;
constexpr std::byte nat_pmp_version{0};
constexpr std::byte pcp_version{2};

mapping
make_mapping(transport protocol, std::uint16_t internal, std::optional<std::uint16_t> suggested) {
    mapping result;
    result.name = std::string(to_string(protocol)) + "-" + std::to_string(internal);
    result.protocol = protocol;
    result.internal.port = internal;
    result.suggested.port = suggested.value_or(internal);
    return result;
}

} // namespace

mapping tcp(std::uint16_t internal, std::optional<std::uint16_t> suggested) {
    return make_mapping(transport::tcp, internal, suggested);
}

mapping udp(std::uint16_t internal, std::optional<std::uint16_t> suggested) {
    return make_mapping(transport::udp, internal, suggested);
}

gateway_view view_of(
    simulated_gateway const& gateway,
    std::string const& internal,
    std::string const& name,
    std::vector<dialect_id> protocols
) {
    gateway_view view;
    view.name = name;
    view.address = gateway.address();
    view.internal = boost::asio::ip::make_address(internal);
    view.interface = "eth" + std::to_string(gateway.segment() - 1);
    view.interface_index = gateway.segment();
    view.protocols = std::move(protocols);
    return view;
}

host::host(
    timeline& time,
    pmp::test::network& net,
    ip_address address,
    engine_settings settings,
    memory known
)
    : timeline_(time)
    , network_(net)
    , address_(std::move(address))
    , settings_(settings)
    , saved_(std::move(known)) {
    start();
}

host::~host() = default;

void host::broken(std::string const& what) const {
    timeline_.broken("host " + address_.to_string() + ": " + what + "\n" + history());
}

// Inputs.

void host::wants(std::vector<mapping> wishes) {
    wishes_ = std::move(wishes);
    most_wishes_ = std::max(most_wishes_, wishes_.size());
    if (is_running()) {
        engine_->desire(wishes_, timeline_.now());
        drain();
    }
}

void host::sees(std::vector<gateway_view> views) {
    views_ = std::move(views);
    update_sockets();
    if (is_running()) {
        engine_->network({views_}, timeline_.now());
        drain();
    }
}

void host::sees(simulated_gateway const& gateway) {
    sees(std::vector{view_of(gateway, address_.to_string())});
}

bool host::receive(packet const& message, unsigned segment) {
    if (!is_running() || asleep_) {
        return true;
    }
    inbound_datagram arrived;
    arrived.source = message.source;
    arrived.destination = message.destination;
    arrived.interface_index = segment;
    arrived.bytes = message.bytes;
    if (!message.destination.address.is_multicast()) {
        auto const found = std::find_if(sockets_.begin(), sockets_.end(), [&](auto const& named) {
            return named.second.local == message.destination &&
                   named.second.view.interface_index == segment;
        });
        if (found == sockets_.end()) {
            return advertised(message, arrived);
        }
        arrived.gateway = found->first.first;
    } else if (message.destination.port == wire::ssdp::port) {
        return advertised(message, arrived);
    } else if (message.destination.port != announcement_port) {
        return false;
    }
    ++traffic_.received;
    if (auto const reason = engine_->datagram(arrived, timeline_.now())) {
        ++traffic_.ignored.at(static_cast<std::size_t>(*reason));
    }
    drain();
    return true;
}

void host::unreachable(packet const& message, unsigned segment) {
    if (!is_running() || asleep_) {
        return;
    }
    for (auto const& [key, opened] : sockets_) {
        if (opened.local == message.source && opened.view.interface_index == segment) {
            engine_->unreachable(key.first, key.second, timeline_.now());
            drain();
            return;
        }
    }
}

// A socket lives as long as its gateway is the same and seen from the same address.
void host::update_sockets() {
    auto const old = std::exchange(sockets_, {});
    for (auto const& [key, opened] : old) {
        network_.detach(opened.view.interface_index, opened.view.internal);
    }
    for (auto const& view : views_) {
        auto const kept = old.find({view.name, view.internal});
        auto const same = kept != old.end() && kept->second.view.address == view.address &&
                          kept->second.view.interface_index == view.interface_index;
        socket opened = same ? kept->second : socket{};
        opened.view = view;
        opened.local = {view.internal, same ? opened.local.port : draw_port()};
        auto const& allowed = view.protocols;
        if (std::find(allowed.begin(), allowed.end(), dialect_id::igd) == allowed.end()) {
            opened.search = {};
        } else if (opened.search.port == 0) {
            opened.search = {view.internal, draw_port()};
        }
        sockets_.insert_or_assign({view.name, view.internal}, opened);
        network_.attach(view.interface_index, view.internal, *this);
    }
}

std::uint16_t host::draw_port() {
    return static_cast<std::uint16_t>(
        first_ephemeral_port + draw(timeline_.random(), ephemeral_ports)
    );
}

// Outputs.

void host::drain() {
    if (!is_running()) {
        return;
    }
    poll_until_empty();
    if (engine_->wake_at() <= timeline_.now()) {
        engine_->tick(timeline_.now());
        poll_until_empty();
    }
    if (engine_->wake_at() <= timeline_.now()) {
        broken("wake_at() does not lie ahead after a tick: it spins");
    }
    arm();
}

void host::poll_until_empty() {
    for (std::size_t count = 0; auto const output = engine_->poll(); ++count) {
        if (count == most_outputs) {
            broken("poll() never ends");
        }
        std::visit([this](auto const& intent) { perform(intent); }, *output);
    }
}

void host::perform(outbound_datagram const& message) {
    auto const found = sockets_.find({message.gateway, message.source});
    if (found == sockets_.end()) {
        broken("sends to the gateway '" + message.gateway + "', which is not in view from there");
    }
    auto const& opened = found->second;
    if (message.destination != endpoint{opened.view.address, gateway_port}) {
        broken("sends to " + to_string(message.destination) + ", which is no gateway");
    }
    check(message.bytes);
    count_sent();
    network_.send(opened.view.interface_index, {opened.local, message.destination, message.bytes});
}

void host::check(wire::bytes const& message) const {
    if (message.empty() || (message[0] != nat_pmp_version && message[0] != pcp_version)) {
        broken("sends another version than 0 and 2");
    }
    if (message[0] == pcp_version) {
        return;
    }
    // RFC 6886 3.4: it would delete the mappings of other programs too.
    auto const request = wire::natpmp::decode_request(message);
    auto const* map = request ? std::get_if<wire::natpmp::map_request>(&*request) : nullptr;
    if (map != nullptr && map->internal_port == 0 && map->lifetime == 0) {
        broken("deletes all mappings of this host");
    }
}

void host::perform(event const& happened) {
    auto const text = std::string(to_string(happened.kind)) + happened.gateway + happened.mapping;
    timeline_.trace(std::as_bytes(std::span(text.data(), text.size())));
    events_.push_back(happened);
}

void host::count_sent() {
    using std::chrono::minutes;
    auto const minute = std::chrono::duration_cast<minutes>(timeline_.elapsed()).count();
    if (minute != std::exchange(minute_, minute)) {
        sent_in_minute_ = 0;
    }
    ++traffic_.sent;
    traffic_.busiest_minute = std::max(traffic_.busiest_minute, ++sent_in_minute_);
    // Those that are being released count too.
    if (sent_in_minute_ > base_rate + rate_per_mapping * most_wishes_) {
        broken("sends " + std::to_string(sent_in_minute_) + " datagrams within a minute");
    }
}

// Time.

void host::arm() {
    auto const next = engine_->wake_at();
    // An earlier alarm that is still set looks again when it goes off.
    if (!asleep_ && next < armed_) {
        armed_ = next;
        timeline_.at(next, [this] { wake(); });
    }
}

void host::wake() {
    if (armed_ > timeline_.now() || asleep_ || !is_running()) {
        return;
    }
    armed_ = time_point::max();
    if (engine_->wake_at() <= timeline_.now()) {
        engine_->tick(timeline_.now());
    }
    drain();
}

void host::suspend(std::chrono::nanoseconds duration) {
    asleep_ = true;
    armed_ = time_point::max();
    timeline_.after(duration, [this, sleep = ++sleeps_] {
        if (sleep != sleeps_) {
            return;
        }
        asleep_ = false;
        if (is_running()) {
            engine_->tick(timeline_.now());
            drain();
        }
    });
}

// Life.

void host::start() {
    ++stops_;
    ++lives_;
    hurried_ = false;
    engine_.emplace(settings_, saved_, timeline_.random()());
    armed_ = time_point::max();
    sockets_.clear();
    update_sockets();
    engine_->network({views_}, timeline_.now());
    engine_->desire(wishes_, timeline_.now());
    drain();
}

void host::crash() {
    if (is_running()) {
        saved_ = engine_->remembers();
        engine_.reset();
    }
}

void host::restart() {
    crash();
    start();
}

void host::stop(std::chrono::nanoseconds grace) {
    if (!is_running()) {
        return;
    }
    engine_->desire({}, timeline_.now());
    drain();
    timeline_.after(grace, [this, stop = ++stops_] {
        if (stop != stops_ || !is_running()) {
            return;
        }
        hurried_ = true;
        engine_->hurry_releases(timeline_.now());
        drain();
        crash();
    });
}

} // namespace pmp::test
