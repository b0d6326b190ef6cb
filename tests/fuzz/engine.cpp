// SPDX-License-Identifier: MIT
#include "fuzz/entry.hpp"
#include "fuzz/upnp_words.hpp"
#include "wire/bytes.hpp"

#include <pmp/engine.hpp>

#include <chrono>
#include <vector>

// The engine as a byte-driven program: each instruction is an octet that tells what happens next,
// and what it needs follows.

namespace {

using namespace pmp;

ip_address const gateway_address = boost::asio::ip::make_address("192.168.1.1");
ip_address const internal_address = boost::asio::ip::make_address("192.168.1.10");

class machine {
public:
    explicit machine(std::span<std::byte const> program) : program_(program) {}

    void run() {
        while (program_.left() > 0) {
            step(program_.u8());
            drain();
        }
    }

private:
    void step(std::uint8_t instruction) {
        switch (instruction % 13) {
        case 0: engine_.desire(wishes(), now_); break;
        case 1: engine_.network(view(), now_); break;
        case 2: hear(datagram(program_.u8())); break;
        case 3: hear(echo()); break;
        case 4: engine_.unreachable("default", internal_address, now_); break;
        case 5: sleep_until(engine_.wake_at()); break;
        case 6: sleep_until(now_ + std::chrono::milliseconds(program_.u16())); break;
        case 7: sleep_until(now_ + std::chrono::seconds(program_.u16())); break;
        case 8: advertise(fuzz::advertisement(program_.u8(), gateway_address)); break;
        case 9: advertise(datagram(program_.u8())); break;
        case 10: answer_fetch(); break;
        case 11: engine_.listening("default", "http://192.168.1.10:4000/x", now_); break;
        default: notify(); break;
        }
    }

    std::vector<mapping> wishes() {
        std::vector<mapping> all;
        for (int count = program_.u8() % 5; count > 0; --count) {
            mapping m;
            auto const bits = program_.u8();
            m.protocol = (bits & 1U) != 0 ? transport::tcp : transport::udp;
            m.internal.port = static_cast<std::uint16_t>(1 + (bits >> 1U) % 4);
            m.suggested.port = program_.u16();
            m.exact = (bits & 0x80U) != 0;
            m.name = std::to_string(bits);
            all.push_back(m);
        }
        return all;
    }

    network_view view() {
        auto const bits = program_.u8();
        network_view out;
        if ((bits & 1U) != 0) {
            gateway_view v;
            v.address = gateway_address;
            v.internal = internal_address;
            v.protocols = (bits & 2U) != 0 ? std::vector{dialect_id::nat_pmp, dialect_id::pcp}
                                           : std::vector{dialect_id::pcp, dialect_id::nat_pmp};
            v.protocols.resize((bits & 4U) != 0 ? 1 : 2);
            if ((bits & 8U) != 0) {
                auto const at = (bits & 16U) != 0 ? v.protocols.begin() : v.protocols.end();
                v.protocols.insert(at, dialect_id::igd);
            }
            out.gateways.push_back(v);
        }
        return out;
    }

    wire::bytes datagram(std::size_t size) {
        auto const octets = program_.take(std::min(size, program_.left()));
        return {octets.begin(), octets.end()};
    }

    /// The last request made into something like its answer: what chance alone hardly finds.
    wire::bytes echo() {
        auto answer = last_sent_;
        if (answer.size() > 3) {
            answer[1] |= std::byte{0x80};
            answer[3] = static_cast<std::byte>(program_.u8());
        }
        if (answer.size() >= 60) {
            auto const epoch = program_.octets<4>();
            std::copy(epoch.begin(), epoch.end(), answer.begin() + 8);
        } else {
            answer.resize(16);
        }
        return answer;
    }

    void hear(wire::bytes const& octets) {
        inbound_datagram in;
        in.gateway = "default";
        in.source = {gateway_address, gateway_port};
        in.destination = {internal_address, 40000};
        in.bytes = octets;
        engine_.datagram(in, now_);
    }

    void advertise(wire::bytes const& octets) {
        inbound_datagram in;
        in.gateway = "default";
        in.source = {gateway_address, 1900};
        in.destination = {internal_address, 40001};
        in.bytes = octets;
        engine_.advertised(in, now_);
    }

    void answer_fetch() {
        auto const which = program_.u8();
        engine_.fetched(fuzz::fetched(last_fetch_, which, program_.u8()), now_);
    }

    void notify() {
        auto const which = program_.u8();
        auto const status =
            engine_.notified(fuzz::event_of(which, program_.u8(), gateway_address), now_);
        fuzz::require(
            status == 200 || status == 400 || status == 412, "events are answered by their rules"
        );
    }

    void sleep_until(time_point at) {
        if (at == time_point::max()) {
            return;
        }
        now_ = std::max(now_, at);
        engine_.tick(now_);
        drain();
        fuzz::require(engine_.wake_at() > now_, "wake_at() lies ahead after a tick");
    }

    void drain() {
        int intents = 0;
        while (auto const out = engine_.poll()) {
            fuzz::require(++intents < 1000, "poll() comes to an end");
            if (auto const* sent = std::get_if<outbound_datagram>(&*out)) {
                fuzz::require(
                    sent->destination == endpoint{gateway_address, gateway_port},
                    "datagrams go to the gateway"
                );
                last_sent_ = sent->bytes;
            } else if (auto const* wanted = std::get_if<fetch>(&*out)) {
                fuzz::require(
                    wanted->server.address == gateway_address, "connections go to the gateway"
                );
                last_fetch_ = *wanted;
            }
        }
    }

    wire::reader program_;
    engine engine_{{}, {}, 1};
    time_point now_{std::chrono::hours(1)};
    wire::bytes last_sent_;
    fetch last_fetch_;
};

} // namespace

void pmp::fuzz::run(std::span<std::byte const> input) {
    machine(input).run();
}
