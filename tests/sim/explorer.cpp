// SPDX-License-Identifier: MIT
#include "support/igd_description_writer.hpp"
#include "support/printers.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Worlds drawn from a seed, in which everything goes wrong for a while; then nothing does, and all
// has to be well again. `script/explore SEEDS [FIRST]` explores more of them.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;
using std::chrono::nanoseconds;

constexpr std::uint64_t usual_seeds = 60;
constexpr auto most_mappings = 12;
constexpr auto hosts_per_gateway = 2;
/// Longer than any lease (RFC 6887 15) and any hold time after an error.
constexpr auto healing = 26h;

using protocols = std::vector<dialect_id>;

/// What hosts and gateways speak. The others: all, with the vices that there were when seeds were
/// noted, whose worlds depend on how many there are.
enum class flavour : std::uint8_t { datagrams, all, before_untold_clients, with_disabled_entries };

std::span<vice_description const> drawn_vices(flavour of) {
    auto const all = all_vices();
    switch (of) {
    case flavour::datagrams: return all.first(static_cast<std::size_t>(vice::upnp_error));
    case flavour::before_untold_clients:
        return all.first(static_cast<std::size_t>(vice::untold_client));
    case flavour::with_disabled_entries:
        return all.first(static_cast<std::size_t>(vice::disabled_entries) + 1);
    case flavour::all: break;
    }
    return all;
}

class explorer {
public:
    explicit explorer(std::uint64_t seed, flavour of) : w_(seed), flavour_(of) {
        w_.net().capture_at_most(100);
        for (unsigned segment = 1; segment <= 1 + pick(2); ++segment) {
            add_gateway(segment);
        }
        for (auto const& gateway : w_.gateways()) {
            for (auto i = 0; i < hosts_per_gateway; ++i) {
                auto const net = "192.168." + std::to_string(gateway->segment()) + ".";
                settle(w_.add_host(net + std::to_string(10 + i), draw_settings()), *gateway);
            }
        }
    }

    void go_wrong() {
        for (auto step = 0; step < 40; ++step) {
            act();
            w_.run_for(draw_pause());
            check_always();
        }
    }

    void heal() {
        // Hosts that are about to stop have stopped then.
        w_.run_for(grace);
        for (auto const& gateway : w_.gateways()) {
            for (auto const& row : all_vices()) {
                if (row.id != vice::refuses_other_nonce) {
                    gateway->clear(row.id);
                }
            }
            gateway->switch_on();
            gateway->close_port(false);
            gateway->set_protocols(spoken());
            gateway->set_external_address("203.0.113.7");
        }
        w_.net().conditions() = {};
        for (auto const& each : residents_) {
            if (!each.who->is_running()) {
                each.who->start();
            }
            each.who->sees(each.views());
        }
        w_.run_for(longest_sleep + healing);
        check_always();
    }

    /// All that is wanted is held, and nothing else is left.
    void check_healed() const {
        for (auto const& who : w_.hosts()) {
            BOOST_TEST(who->holds_all(), who->history() << story());
        }
        BOOST_TEST(w_.broken_promises() == "");
        for (auto const& gateway : w_.gateways()) {
            BOOST_TEST(lasting(*gateway) == wanted_at(*gateway), left_at(*gateway));
        }
    }

    void stop() {
        for (auto const& who : w_.hosts()) {
            who->stop();
        }
        w_.run_for(grace);
    }

    void check_stopped() const {
        for (auto const& gateway : w_.gateways()) {
            BOOST_TEST(lasting(*gateway) == 0U, left_at(*gateway));
        }
    }

    std::string story() const { return story_.str(); }
    std::uint64_t trace_hash() const { return w_.trace_hash(); }

private:
    /// A host, and the gateways that it sees when all is well.
    struct resident {
        host* who = nullptr;
        std::map<std::string, simulated_gateway*> gateways;
        protocols allowed{};

        std::vector<gateway_view> views() const {
            std::vector<gateway_view> all;
            for (auto const& [name, gateway] : gateways) {
                all.push_back(view_of(*gateway, who->address().to_string(), name, allowed));
            }
            return all;
        }
    };

    void add_gateway(unsigned segment) {
        gateway_options options;
        options.address =
            boost::asio::ip::make_address("192.168." + std::to_string(segment) + ".1");
        options.uptime = std::chrono::hours(24);
        options.protocols = spoken();
        if (flavour_ != flavour::datagrams) {
            options.igd_version = 1 + static_cast<unsigned>(pick(2));
        }
        w_.add_gateway(options, segment);
    }

    protocols spoken() const {
        if (flavour_ == flavour::datagrams) {
            return {dialect_id::pcp, dialect_id::nat_pmp};
        }
        return {dialect_id::pcp, dialect_id::nat_pmp, dialect_id::igd};
    }

    protocols one_of_spoken() {
        auto const all = spoken();
        return {all[pick(all.size())]};
    }

    static constexpr nanoseconds longest_sleep = 10h;
    static constexpr nanoseconds grace = 3s;

    std::uint64_t pick(std::uint64_t bound) { return draw(w_.random(), bound); }
    std::int64_t between(std::int64_t least, std::int64_t most) {
        return least +
               static_cast<std::int64_t>(pick(static_cast<std::uint64_t>(most - least + 1)));
    }
    bool chance(unsigned percent) { return pick(100) < percent; }
    template <class T, std::size_t N>
    T one_of(std::array<T, N> const& all) {
        return all[pick(N)];
    }
    simulated_gateway& some_gateway() { return *w_.gateways()[pick(w_.gateways().size())]; }
    resident& some_resident() { return residents_[pick(residents_.size())]; }

    void tell(std::string const& what) {
        story_ << std::chrono::duration<double>(w_.elapsed()).count() << " s " << what << '\n';
    }

    /// Moments, minutes and hours are equally likely.
    nanoseconds draw_pause() {
        auto const most = one_of(std::array<std::int64_t, 3>{10'000, 600'000, 14'400'000});
        return std::chrono::milliseconds{between(1, most)};
    }

    engine_settings draw_settings() {
        engine_settings settings;
        settings.recovery_jitter = std::chrono::milliseconds{between(0, 10'000)};
        settings.recovery_pause = std::chrono::seconds{between(1, 60)};
        settings.silence = std::chrono::seconds{between(1, 300)};
        settings.first_window = 1 + pick(8);
        settings.widest_window = settings.first_window + pick(8);
        return settings;
    }

    void settle(host& who, simulated_gateway& home) {
        resident added{&who, {{"default", &home}}, spoken()};
        if (flavour_ != flavour::datagrams && chance(30)) {
            added.allowed = {dialect_id::igd};
        }
        auto& other = some_gateway();
        if (&other != &home && chance(50)) {
            added.gateways.emplace("other", &other);
        }
        who.sees(added.views());
        residents_.push_back(added);
        wish(residents_.back());
    }

    void wish(resident const& wishing) {
        std::vector<mapping> wishes;
        std::set<std::pair<transport, std::uint16_t>> taken;
        auto const count = pick(most_mappings + 1);
        while (wishes.size() < count) {
            // Few ports, so that hosts and both transports want the same ones.
            auto const port = static_cast<std::uint16_t>(8000 + pick(16));
            auto const suggested = static_cast<std::uint16_t>(chance(30) ? 9000 + pick(3) : port);
            auto wanted = chance(50) ? tcp(port, suggested) : udp(port, suggested);
            wanted.lifetime = std::chrono::seconds{between(60, 20'000)};
            wanted.gateway =
                chance(50) ? wishing.gateways.begin()->first : wishing.gateways.rbegin()->first;
            draw_extras(wanted);
            if (taken.emplace(wanted.protocol, port).second) {
                wishes.push_back(std::move(wanted));
            }
        }
        pair_some(wishes);
        tell(wishing.who->address().to_string() + " wants " + std::to_string(count));
        wishing.who->wants(wishes);
    }

    void draw_extras(mapping& wanted) {
        if (chance(20)) {
            wanted.description = std::string(pick(400), 'x');
        }
        if (chance(20)) {
            wanted.allow = {*parse_remote_prefix("198.51.100.0/24")};
            wanted.allow_unfiltered = true;
        }
    }

    /// Those of one port at one gateway, if they do not suggest different ones.
    void pair_some(std::vector<mapping>& wishes) {
        for (auto& a : wishes) {
            for (auto& b : wishes) {
                auto const may_be_one = a.protocol == transport::tcp &&
                                        b.protocol == transport::udp && a.internal == b.internal &&
                                        a.gateway == b.gateway;
                if (may_be_one && chance(70)) {
                    a.paired = b.paired = true;
                }
            }
        }
    }

    void act() {
        switch (pick(8)) {
        case 0: return change_network();
        case 1: return change_gateway();
        case 2:
        case 3: return change_vice();
        case 4: return disturb();
        case 5: return wish(some_resident());
        default: return change_host();
        }
    }

    void change_network() {
        auto& conditions = w_.net().conditions();
        conditions = {};
        conditions.delay = std::chrono::milliseconds{between(0, 300)};
        conditions.jitter = std::chrono::milliseconds{between(0, 300)};
        for (auto* share :
             {&conditions.loss,
              &conditions.duplication,
              &conditions.reordering,
              &conditions.corruption}) {
            *share = chance(30) ? draw_fraction(w_.random()) / 2 : 0;
        }
        conditions.blackhole = chance(15);
        tell("network, loss " + std::to_string(conditions.loss));
    }

    void change_gateway() {
        auto& gateway = some_gateway();
        tell("gateway " + gateway.address().to_string());
        switch (pick(8)) {
        case 0: return gateway.reboot(reboot_kind::forgets, std::chrono::seconds{between(0, 120)});
        case 1: return gateway.reboot(reboot_kind::keeps, std::chrono::seconds{between(0, 120)});
        case 2: return gateway.announce();
        case 3: return gateway.forget();
        case 4: return gateway.set_external_address("203.0.113." + std::to_string(between(1, 9)));
        case 5: return gateway.set_external_address("0.0.0.0");
        case 6: return gateway.close_port(chance(50));
        default: return gateway.switch_on(chance(60));
        }
    }

    void change_vice() {
        auto& gateway = some_gateway();
        auto const drawn = drawn_vices(flavour_);
        auto const& row = drawn[pick(drawn.size())];
        if (chance(40)) {
            tell("no " + std::string(row.name));
            return gateway.clear(row.id);
        }
        // Mappings that never run out are left over for good.
        if (row.id == vice::lifetime_max || row.id == vice::lease_ignored) {
            return;
        }
        if (row.id == vice::version_error_opcode) {
            return gateway.set(row.id, one_of(std::array<std::int64_t, 5>{-1, 0, 128, 129, 130}));
        }
        if (row.id >= vice::upnp_error && row.id <= vice::upnp_address_error) {
            constexpr std::array<std::int64_t, 8> codes{401, 402, 501, 606, 714, 718, 725, 728};
            return gateway.set(row.id, one_of(codes));
        }
        auto const value =
            row.syntax.empty() ? 0 : between(row.least, std::min(row.most, most_of(row.id)));
        std::optional<std::int64_t> lifetime;
        if (chance(50)) {
            lifetime = one_of(std::array<std::int64_t, 5>{0, 1, 60, 3000, 0xffffffff});
        }
        tell(to_string(chosen_vice{row.id, {value, lifetime}}));
        if (chance(20)) {
            gateway.set_protocols(one_of_spoken());
        }
        gateway.set(row.id, value, lifetime);
    }

    static std::int64_t most_of(vice id) {
        switch (id) {
        case vice::loses_every: return 5;
        case vice::answers_late:
        case vice::late_contradictions: return 5000;
        case vice::refuses:
        case vice::refuses_renewals:
        case vice::refuses_deletions: return 30;
        case vice::epoch_drifts: return 100;
        case vice::http_slow: return 40;
        default: return 3600;
        }
    }

    /// It bears the gateway's own address.
    void forge_notification(simulated_gateway const& gateway) {
        using wire::ssdp::advertisement_kind;
        auto const port = static_cast<std::uint16_t>(5000 + pick(3));
        wire::ssdp::advertisement lie;
        lie.kind = chance(50) ? advertisement_kind::byebye : advertisement_kind::alive;
        lie.target = "upnp:rootdevice";
        lie.usn = std::string(igd_udn) + "::upnp:rootdevice";
        lie.location = "http://" + to_string(endpoint{gateway.address(), port}) + "/igd/root.xml";
        lie.boot_id = static_cast<std::uint32_t>(pick(5));
        w_.net().send(
            gateway.segment(),
            {{gateway.address(), wire::ssdp::port}, wire::ssdp::group_v4(), encode(lie)}
        );
    }

    /// Somebody on the network sends datagrams of its own.
    void disturb() {
        auto& victim = *some_resident().who;
        auto& gateway = some_gateway();
        tell("somebody disturbs " + victim.address().to_string());
        if (flavour_ != flavour::datagrams) {
            forge_notification(gateway);
        }
        for (auto i = 0; i < 20; ++i) {
            packet forged;
            forged.source = {gateway.address(), 5351};
            if (chance(50)) {
                forged.source.address = boost::asio::ip::make_address("192.168.1.66");
            }
            forged.destination = {boost::asio::ip::make_address("224.0.0.1"), 5350};
            forged.bytes.resize(pick(80));
            std::generate(forged.bytes.begin(), forged.bytes.end(), [&] {
                return std::byte(pick(256));
            });
            if (forged.bytes.size() >= 2) {
                forged.bytes[0] = std::byte(pick(3));
                forged.bytes[1] = std::byte(128 + pick(4));
            }
            w_.net().send(gateway.segment(), forged);
        }
    }

    void change_host() {
        auto const& changed = some_resident();
        auto& who = *changed.who;
        tell("host " + who.address().to_string());
        switch (pick(7)) {
        case 0: return who.restart();
        case 1: return who.crash();
        case 2: return who.suspend(std::chrono::seconds{between(1, 36'000)});
        case 3: return who.sees(std::vector<gateway_view>{});
        case 4:
            return who.sees(
                {view_of(some_gateway(), who.address().to_string(), "default", changed.allowed)}
            );
        case 5: return who.sees(changed.views());
        default: return who.is_running() ? who.stop() : who.start();
        }
    }

    /// What holds at any time, whatever goes wrong.
    void check_always() {
        for (auto const& who : w_.hosts()) {
            for (auto const& held : who->leases()) {
                if (held.expires <= w_.now() && !who->is_asleep()) {
                    throw law_broken(held.mapping + " is held beyond its end\n" + who->history());
                }
            }
        }
        check_pairs();
        if (w_.net().counts().corrupted == 0) {
            check_nonces();
        }
    }

    void check_pairs() const {
        for (auto const& who : w_.hosts()) {
            std::map<std::string, std::uint16_t> numbers;
            for (auto const& wish : who->wishes()) {
                auto const held =
                    wish.paired && who->holds(wish.name) ? who->lease_of(wish.name) : std::nullopt;
                auto const key = wish.gateway + std::to_string(wish.internal.port);
                auto const port = held ? held->assigned.port : std::uint16_t{0};
                if (held && numbers.try_emplace(key, port).first->second != port) {
                    throw law_broken("a pair has two ports: " + key + "\n" + who->history());
                }
            }
        }
    }

    /// A mapping has the same nonce for ever, as long as its host does not lose its secret.
    void check_nonces() const {
        for (auto const& gateway : w_.gateways()) {
            std::map<std::pair<endpoint, std::uint8_t>, wire::pcp::nonce> nonces;
            for (auto const& seen : gateway->exchanges()) {
                std::pair const key(seen.internal, seen.protocol);
                if (seen.nonce &&
                    nonces.try_emplace(key, *seen.nonce).first->second != *seen.nonce) {
                    throw law_broken("another nonce: " + to_string(seen));
                }
            }
        }
    }

    std::size_t wanted_at(simulated_gateway const& gateway) const {
        std::size_t wanted = 0;
        for (auto const& each : residents_) {
            for (auto const& wish : each.who->wishes()) {
                wanted += each.gateways.at(wish.gateway) == &gateway ? 1 : 0;
            }
        }
        return wanted;
    }

    std::string left_at(simulated_gateway const& gateway) const {
        std::string out;
        for (auto const& each : gateway.table()) {
            out += "left: " + to_string(each.external) + " -> " + to_string(each.internal) + ' ' +
                   each.description + (each.expires == time_point::max() ? ", for ever\n" : "\n");
        }
        for (auto const& who : w_.hosts()) {
            out += who->address().to_string() + ":\n" + who->history();
        }
        return out + story();
    }

    /// What does not end by itself is ended by a host when it sees the gateway again by the name
    /// under which it was made there.
    bool waits_for_its_host(simulated_gateway const& gateway, gateway_mapping const& entry) const {
        auto const whose =
            std::find_if(residents_.begin(), residents_.end(), [&](auto const& each) {
                return each.who->address() == entry.internal.address;
            });
        if (whose == residents_.end()) {
            return false;
        }
        auto const sees_it = [&](std::string const& name) {
            auto const at = whose->gateways.find(name);
            return at != whose->gateways.end() && at->second == &gateway;
        };
        auto known = whose->who->remembers().leases;
        std::erase_if(known, [&](auto const& each) {
            return each.gateway_address != gateway.address() ||
                   each.assigned.port != entry.external.port;
        });
        return !known.empty() && std::none_of(known.begin(), known.end(), [&](auto const& each) {
            return sees_it(each.gateway);
        });
    }

    std::size_t lasting(simulated_gateway const& gateway) const {
        auto const all = gateway.table();
        return static_cast<std::size_t>(std::count_if(
            all.begin(),
            all.end(),
            [&](auto const& each) { return !waits_for_its_host(gateway, each); }
        ));
    }

    world w_;
    flavour flavour_;
    std::vector<resident> residents_;
    std::ostringstream story_;
};

std::uint64_t explore(std::uint64_t seed, flavour of = flavour::datagrams) {
    explorer explored(seed, of);
    try {
        explored.go_wrong();
        explored.heal();
        explored.check_healed();
        explored.stop();
        explored.check_stopped();
    } catch (law_broken const& error) {
        BOOST_ERROR(error.what() << '\n' << explored.story());
    }
    return explored.trace_hash();
}

std::uint64_t argument(int index, std::uint64_t usual) {
    auto const& suite = boost::unit_test::framework::master_test_suite();
    return index < suite.argc ? std::stoull(suite.argv[index]) : usual;
}

} // namespace

BOOST_AUTO_TEST_SUITE(explorer_)

BOOST_AUTO_TEST_CASE(all_is_well_again_after_whatever_went_wrong) {
    auto const first = argument(2, 1);
    for (auto seed = first; seed < first + argument(1, usual_seeds); ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            explore(seed);
        }
    }
}

BOOST_AUTO_TEST_CASE(all_is_well_again_with_upnp_too) {
    auto const first = argument(2, 1);
    for (auto seed = first; seed < first + argument(1, usual_seeds / 2); ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            explore(seed, flavour::all);
        }
    }
}

/// In each of these worlds an entry was left behind once, or two connections open.
BOOST_AUTO_TEST_CASE(what_once_went_wrong_does_not_again) {
    for (std::uint64_t const seed : {65U, 74U, 249U, 333U, 10084U, 10179U, 10360U}) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            explore(seed, flavour::before_untold_clients);
        }
    }
    BOOST_TEST_CONTEXT("seed 10309") {
        explore(10309, flavour::with_disabled_entries);
    }
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_history) {
    for (auto seed = usual_seeds + 1; seed <= usual_seeds + 5; ++seed) {
        BOOST_TEST(explore(seed) == explore(seed), "seed " << seed);
    }
    BOOST_TEST(explore(1) != explore(2));
}

BOOST_AUTO_TEST_SUITE_END()
