// SPDX-License-Identifier: MIT
#include "daemon/memory_json.hpp"

#include <pmp/parse_address.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace pmpd {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr std::int64_t version = 1;

/// The past only has to stay the past.
constexpr seconds furthest_back = -24h * 365;

/// No lease is taken for longer: RFC 6887 15, and WANIPConnection:2 2.3.23.
seconds longest_lease(pmp::dialect_id via) {
    return via == pmp::dialect_id::igd ? 24h * 7 : 24h;
}

std::int64_t to_wall(pmp::time_point at, seconds furthest_ahead, instant now) {
    auto const ahead =
        std::clamp<pmp::boot_clock::duration>(at - now.boot, furthest_back, furthest_ahead);
    auto const wall = now.wall.time_since_epoch() + ahead;
    return std::chrono::round<seconds>(wall).count();
}

pmp::time_point from_wall(std::int64_t at, seconds furthest_ahead, instant now) {
    auto const wall = std::chrono::round<seconds>(now.wall.time_since_epoch()).count();
    // Compared before it is subtracted: the file may hold any number.
    auto const first = wall + furthest_back.count();
    auto const last = wall + furthest_ahead.count();
    return now.boot + seconds(std::clamp(at, first, last) - wall);
}

std::string to_hex(pmp::secret const& secret) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (auto const each : secret) {
        out += digits[std::to_integer<std::size_t>(each >> 4U)];
        out += digits[std::to_integer<std::size_t>(each & std::byte{0x0f})];
    }
    return out;
}

json::object to_json(pmp::remembered_lease const& lease, instant now) {
    json::object out{
        {"mapping", lease.mapping},
        {"gateway", lease.gateway},
        {"gateway_address", lease.gateway_address.to_string()},
        {"internal_address", lease.internal_address.to_string()},
        {"via", to_string(lease.via)},
        {"protocol", to_string(lease.protocol)},
        {"internal_port", lease.internal_port},
        {"suggested_port", lease.suggested_port},
        {"assigned_address", lease.assigned.address.to_string()},
        {"assigned_port", lease.assigned.port},
        {"expires", to_wall(lease.expires, longest_lease(lease.via), now)},
    };
    if (lease.permanent) {
        out["permanent"] = true;
    }
    if (!lease.host.is_unspecified()) {
        out["host"] = lease.host.to_string();
    }
    if (!lease.allow.empty()) {
        json::array allow;
        for (auto const& each : lease.allow) {
            allow.emplace_back(to_string(each));
        }
        out["allow"] = std::move(allow);
    }
    if (!lease.description.empty()) {
        out["description"] = lease.description;
    }
    if (lease.left_behind) {
        out["left_behind"] = true;
    }
    return out;
}

json::array to_json(std::vector<pmp::dialect_hint> const& hints) {
    json::array out;
    for (auto const& each : hints) {
        out.push_back(json::object{
            {"gateway_address", each.gateway_address.to_string()},
            {"via", to_string(each.via)},
            {"maps_for_address", each.maps_for_address}});
    }
    return out;
}

/// Reads the members of one object; the first that is missing or wrong is remembered.
class members {
public:
    explicit members(json::object const& from) : from_(from) {}

    std::string text(std::string_view key) {
        auto const* found = from_.if_contains(key);
        auto const* text = found != nullptr ? found->if_string() : nullptr;
        if (text == nullptr) {
            fail(key);
            return {};
        }
        return {text->begin(), text->end()};
    }

    std::int64_t number(std::string_view key, std::int64_t least, std::int64_t most) {
        auto const* found = from_.if_contains(key);
        auto const* number = found != nullptr ? found->if_int64() : nullptr;
        if (number == nullptr || *number < least || *number > most) {
            fail(key);
            return least;
        }
        return *number;
    }

    std::uint16_t port(std::string_view key) {
        return static_cast<std::uint16_t>(number(key, 0, 0xffff));
    }

    pmp::ip_address address(std::string_view key) {
        auto const out = pmp::parse_address(text(key));
        if (!out) {
            fail(key);
        }
        return out.value_or(pmp::ip_address());
    }

    /// False where it is missing: earlier versions did not write it.
    bool flag(std::string_view key) {
        auto const* found = from_.if_contains(key);
        if (found != nullptr && !found->is_bool()) {
            fail(key);
        }
        return found != nullptr && found->is_bool() && found->get_bool();
    }

    /// Empty where it is missing: most leases let in everybody.
    std::vector<pmp::remote_prefix> prefixes(std::string_view key) {
        std::vector<pmp::remote_prefix> out;
        auto const* found = from_.if_contains(key);
        if (found == nullptr) {
            return out;
        }
        auto const* list = found->if_array();
        for (auto const& each : list != nullptr ? *list : json::array{nullptr}) {
            auto const* text = each.if_string();
            auto const prefix =
                pmp::parse_remote_prefix(text != nullptr ? *text : std::string_view());
            if (!prefix) {
                fail(key);
                return {};
            }
            out.push_back(*prefix);
        }
        return out;
    }

    bool has(std::string_view key) const { return from_.if_contains(key) != nullptr; }

    /// One of those values, by the name that `to_string` gives it.
    template <class Named, std::size_t Count>
    Named one_of(std::array<Named, Count> const& values, std::string_view key) {
        auto const name = text(key);
        for (auto const each : values) {
            if (to_string(each) == name) {
                return each;
            }
        }
        fail(key);
        return values.front();
    }

    void fail(std::string_view key) {
        if (!wrong_) {
            wrong_ = std::string(key);
        }
    }

    std::optional<std::string> const& wrong() const { return wrong_; }

private:
    json::object const& from_;
    std::optional<std::string> wrong_;
};

pmp::secret secret_from(members& in) {
    pmp::secret out{};
    auto const text = in.text("secret");
    bool is_hex = text.size() == 2 * out.size();
    for (std::size_t i = 0; is_hex && i < out.size(); ++i) {
        auto const* const from = text.data() + 2 * i;
        unsigned value = 0;
        is_hex = std::from_chars(from, from + 2, value, 16).ptr == from + 2;
        out[i] = static_cast<std::byte>(value);
    }
    if (!is_hex) {
        in.fail("secret");
    }
    return out;
}

constexpr std::array dialects = {
    pmp::dialect_id::pcp, pmp::dialect_id::nat_pmp, pmp::dialect_id::igd, pmp::dialect_id::direct};

pmp::remembered_lease lease_from(members& in, instant now) {
    constexpr std::array transports = {pmp::transport::tcp, pmp::transport::udp};
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();

    pmp::remembered_lease out;
    out.mapping = in.text("mapping");
    out.gateway = in.text("gateway");
    out.gateway_address = in.address("gateway_address");
    out.internal_address = in.address("internal_address");
    out.via = in.one_of(dialects, "via");
    out.protocol = in.one_of(transports, "protocol");
    out.internal_port = in.port("internal_port");
    out.suggested_port = in.port("suggested_port");
    out.assigned = {in.address("assigned_address"), in.port("assigned_port")};
    out.expires = from_wall(in.number("expires", least, most), longest_lease(out.via), now);
    out.permanent = in.flag("permanent");
    if (in.has("host")) {
        out.host = in.address("host");
    }
    out.allow = in.prefixes("allow");
    if (in.has("description")) {
        out.description = in.text("description");
    }
    out.left_behind = in.flag("left_behind");
    return out;
}

/// Files without any exist, and what is wrong with one costs no more than the hint.
std::vector<pmp::dialect_hint> hints_from(json::object const& top) {
    std::vector<pmp::dialect_hint> out;
    auto const* found = top.if_contains("hints");
    if (found == nullptr || !found->is_array()) {
        return out;
    }
    for (auto const& each : found->get_array()) {
        if (auto const* object = each.if_object()) {
            members in(*object);
            pmp::dialect_hint const hint{
                in.address("gateway_address"),
                in.one_of(dialects, "via"),
                in.flag("maps_for_address")};
            if (!in.wrong()) {
                out.push_back(hint);
            }
        }
    }
    return out;
}

std::variant<pmp::memory, damage> memory_from(json::object const& top, instant now) {
    members in(top);
    if (in.number("version", version, version); in.wrong()) {
        return damage{"it is of another version"};
    }
    pmp::memory out;
    out.secret = secret_from(in);
    auto const* leases = top.if_contains("leases");
    if (leases == nullptr || !leases->is_array()) {
        in.fail("leases");
    }
    if (in.wrong()) {
        return damage{"\"" + *in.wrong() + "\" is missing or wrong"};
    }
    for (auto const& each : leases->get_array()) {
        auto const* object = each.if_object();
        if (object == nullptr) {
            return damage{"a lease is not an object"};
        }
        members one(*object);
        out.leases.push_back(lease_from(one, now));
        if (one.wrong()) {
            return damage{"\"" + *one.wrong() + "\" of a lease is missing or wrong"};
        }
    }
    out.hints = hints_from(top);
    return out;
}

} // namespace

std::string to_json(pmp::memory const& memory, instant now) {
    json::array leases;
    leases.reserve(memory.leases.size());
    for (auto const& each : memory.leases) {
        leases.push_back(to_json(each, now));
    }
    json::object top;
    top["version"] = version;
    top["secret"] = to_hex(memory.secret);
    top["leases"] = std::move(leases);
    if (!memory.hints.empty()) {
        top["hints"] = to_json(memory.hints);
    }
    return json::serialize(top) + '\n';
}

std::variant<pmp::memory, damage> memory_from_json(std::string_view text, instant now) {
    boost::system::error_code error;
    auto const parsed = json::parse(text, error);
    if (error.failed()) {
        return damage{"it is not JSON: " + error.message()};
    }
    auto const* top = parsed.if_object();
    if (top == nullptr) {
        return damage{"it is not a JSON object"};
    }
    return memory_from(*top, now);
}

} // namespace pmpd
