// SPDX-License-Identifier: MIT
// core_bench codecs | scale: what the core costs by itself, without sockets. All figures are of
// this thread's processor time.
#include "wire/natpmp.hpp"
#include "wire/pcp.hpp"

#include <pmp/engine.hpp>

#include <malloc.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

bool volatile kept = false;
std::size_t allocations = 0;
std::size_t live_bytes = 0;

} // namespace

void* operator new(std::size_t size) {
    void* const made = std::malloc(size);
    if (made == nullptr) {
        throw std::bad_alloc();
    }
    ++allocations;
    live_bytes += ::malloc_usable_size(made);
    return made;
}

void operator delete(void* made) noexcept {
    if (made != nullptr) {
        live_bytes -= ::malloc_usable_size(made);
        std::free(made);
    }
}

void operator delete(void* made, std::size_t) noexcept {
    operator delete(made);
}

namespace {

using namespace std::chrono_literals;
using namespace pmp;

constexpr unsigned rounds = 9;

std::int64_t processor_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

/// What the compiler has to take for used.
void keep(bool value) {
    kept = value;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

template <class Action>
void measure(char const* name, Action action) {
    constexpr int times = 20'000;
    std::vector<double> all;
    std::size_t allocated = 0;
    for (unsigned round = 0; round < rounds; ++round) {
        auto const before = allocations;
        auto const begin = processor_ns();
        for (int i = 0; i < times; ++i) {
            keep(action());
        }
        all.push_back(static_cast<double>(processor_ns() - begin) / times);
        allocated = (allocations - before) / times;
    }
    auto const [least, most] = std::minmax_element(all.begin(), all.end());
    std::printf("  %-34s%9.0f%9.0f%9.0f%12zu\n", name, median(all), *least, *most, allocated);
}

wire::pcp::map_body map_of(std::uint16_t port) {
    wire::pcp::map_body map;
    map.protocol = 17;
    map.internal_port = port;
    map.external = {boost::asio::ip::make_address("203.0.113.7"), port};
    return map;
}

void measure_codecs() {
    std::printf(
        "%-36s%9s%9s%9s%12s\n", "codecs: ns a message", "median", "least", "most", "allocations"
    );
    wire::pcp::request request;
    request.lifetime = 7200;
    request.client = boost::asio::ip::make_address("192.168.1.5");
    request.body = map_of(8000);
    wire::pcp::response response;
    response.body = map_of(8000);
    wire::natpmp::request const old_request =
        wire::natpmp::map_request{transport::udp, 8000, 8000, 7200};
    wire::natpmp::response const old_response =
        wire::natpmp::map_response{transport::udp, 0, 5, true, 8000, 8000, 7200};
    auto const request_bytes = wire::pcp::encode(request).value();
    auto const response_bytes = wire::pcp::encode(response);
    auto const old_request_bytes = wire::natpmp::encode(old_request);
    auto const old_response_bytes = wire::natpmp::encode(old_response);

    std::array<unsigned char, 60> plain{};
    measure("floor: 60 octets copied", [&] {
        std::array<unsigned char, 60> copy{};
        std::memcpy(copy.data(), response_bytes.data(), copy.size());
        plain[0] = static_cast<unsigned char>(plain[0] + copy[7]);
        return plain[0] != 0;
    });
    measure("PCP MAP request, encode", [&] { return wire::pcp::encode(request).has_value(); });
    measure("PCP MAP request, decode", [&] {
        return std::holds_alternative<wire::pcp::request>(wire::pcp::parse_request(request_bytes));
    });
    measure("PCP MAP response, encode", [&] { return !wire::pcp::encode(response).empty(); });
    measure("PCP MAP response, decode", [&] {
        return wire::pcp::decode_response(response_bytes).has_value();
    });
    measure("NAT-PMP request, encode", [&] { return !wire::natpmp::encode(old_request).empty(); });
    measure("NAT-PMP request, decode", [&] {
        return wire::natpmp::decode_request(old_request_bytes).has_value();
    });
    measure("NAT-PMP response, encode", [&] {
        return !wire::natpmp::encode(old_response).empty();
    });
    measure("NAT-PMP response, decode", [&] {
        return wire::natpmp::decode_response(old_response_bytes).has_value();
    });
}

/// An engine, and a gateway that grants whatever it is asked for.
class bench {
public:
    explicit bench(unsigned count) {
        gateway_view view;
        view.address = gateway_;
        view.internal = boost::asio::ip::make_address("10.0.0.2");
        view.protocols = {dialect_id::pcp};
        wishes_.reserve(count);
        for (unsigned i = 0; i < count; ++i) {
            mapping wish;
            wish.protocol = i % 2 == 0 ? transport::tcp : transport::udp;
            wish.internal.port = static_cast<std::uint16_t>(1024 + i / 2);
            wish.name = std::string("mapping-") + std::to_string(i);
            wishes_.push_back(std::move(wish));
        }
        spend([&] { engine_.network({{view}}, now_); });
        settle();
    }

    void acquire() {
        spend([&] { engine_.desire(wishes_, now_); });
        settle();
    }

    /// Until each lease has been renewed about once.
    void renew() {
        auto const end = now_ + 75min;
        while (engine_.wake_at() < end) {
            now_ = std::max(now_, engine_.wake_at());
            spend([&] { engine_.tick(now_); });
            settle();
        }
        now_ = end;
    }

    void hear_strangers(unsigned count) {
        auto const bytes = wire::pcp::encode(wire::pcp::response{});
        inbound_datagram in;
        in.gateway = "default";
        in.source = {boost::asio::ip::make_address("10.0.0.66"), gateway_port};
        in.bytes = bytes;
        for (unsigned i = 0; i < count; ++i) {
            spend([&] { engine_.datagram(in, now_); });
        }
    }

    std::int64_t take_spent() { return std::exchange(spent_, 0); }
    std::size_t take_answered() { return std::exchange(answered_, 0); }
    std::size_t held() const { return held_; }

private:
    template <class Action>
    void spend(Action action) {
        auto const begin = processor_ns();
        action();
        while (auto out = engine_.poll()) {
            if (auto* datagram = std::get_if<outbound_datagram>(&*out)) {
                asked_.push_back(std::move(datagram->bytes));
            } else if (auto const* what = std::get_if<event>(&*out)) {
                held_ += what->kind == event_kind::acquired ? 1U : 0U;
            }
        }
        spent_ += processor_ns() - begin;
    }

    void settle() {
        while (!asked_.empty()) {
            now_ += 100us;
            auto const asked = std::exchange(asked_, {});
            for (auto const& bytes : asked) {
                answer(bytes);
            }
        }
    }

    void answer(std::vector<std::byte> const& bytes) {
        auto const parsed = wire::pcp::parse_request(bytes);
        auto const* request = std::get_if<wire::pcp::request>(&parsed);
        auto const* map =
            request != nullptr ? std::get_if<wire::pcp::map_body>(&request->body) : nullptr;
        if (map == nullptr) {
            return;
        }
        wire::pcp::response response;
        response.lifetime = request->lifetime;
        response.epoch = static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::seconds>(now_.time_since_epoch()).count()
        );
        auto granted = *map;
        granted.external = {boost::asio::ip::make_address("203.0.113.7"), map->internal_port};
        response.body = granted;
        auto const reply = wire::pcp::encode(response);
        inbound_datagram in;
        in.gateway = "default";
        in.source = {gateway_, gateway_port};
        in.destination = {boost::asio::ip::make_address("10.0.0.2"), 40000};
        in.bytes = reply;
        ++answered_;
        spend([&] { engine_.datagram(in, now_); });
    }

    ip_address gateway_ = boost::asio::ip::make_address("10.0.0.1");
    time_point now_{1h};
    engine engine_{engine_settings{}, memory{}, 1};
    std::vector<mapping> wishes_;
    std::vector<std::vector<std::byte>> asked_;
    std::int64_t spent_ = 0;
    std::size_t answered_ = 0;
    std::size_t held_ = 0;
};

void measure_at(unsigned count) {
    bench it(count);
    auto const bytes_before = live_bytes;
    it.take_spent();
    it.take_answered();
    it.acquire();
    auto const acquiring = static_cast<double>(it.take_spent()) / count;
    auto const bytes = static_cast<double>(live_bytes - bytes_before) / count;
    it.take_answered();
    it.renew();
    auto const answered = it.take_answered();
    auto const renewing = static_cast<double>(it.take_spent()) /
                          static_cast<double>(std::max<std::size_t>(answered, 1));
    constexpr unsigned strangers = 1000;
    it.hear_strangers(strangers);
    auto const ignoring = static_cast<double>(it.take_spent()) / strangers;
    std::printf(
        "  %-10u%10zu%14.2f%14.2f%14.2f%14.0f\n",
        count,
        it.held(),
        acquiring / 1000,
        renewing / 1000,
        ignoring / 1000,
        bytes
    );
}

void measure_scale() {
    std::printf(
        "%-12s%10s%14s%14s%14s%14s\n",
        "engine:",
        "held",
        "us a mapping",
        "us a renewal",
        "us a stranger",
        "bytes each"
    );
    for (auto const count : {10U, 100U, 1000U, 10'000U, 100'000U}) {
        measure_at(count);
    }
}

} // namespace

int main(int argc, char** argv) {
    std::string_view const what = argc > 1 ? argv[1] : "";
    if (what == "codecs") {
        measure_codecs();
    } else if (what == "scale") {
        measure_scale();
    } else {
        return 2;
    }
    return 0;
}
