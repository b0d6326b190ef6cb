// SPDX-License-Identifier: MIT
#include "cli/lease_table.hpp"

#include "cli/control_client.hpp"
#include "cli/table.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <optional>
#include <string_view>
#include <vector>

namespace pmp::cli {

namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr std::string_view green = "\x1b[32m";
constexpr std::string_view yellow = "\x1b[33m";
constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view plain = "\x1b[0m";

json::object const* object_of(json::object const& from, std::string_view key) {
    auto const* const found = from.if_contains(key);
    return found != nullptr ? found->if_object() : nullptr;
}

std::optional<std::int64_t> number_of(json::object const& from, std::string_view key) {
    auto const* const found = from.if_contains(key);
    auto const* const number = found != nullptr ? found->if_int64() : nullptr;
    return number != nullptr ? std::optional(*number) : std::nullopt;
}

/// `192.0.2.1:80`, `[2001:db8::1]:80`; `:80` where the address is not known.
std::string endpoint_of(json::object const& from, std::string_view key) {
    auto const* const e = object_of(from, key);
    if (e == nullptr) {
        return "-";
    }
    auto address = text_of(*e, "address");
    if (address.find(':') != std::string::npos) {
        address = "[" + address + "]";
    }
    // Whichever the gateway assigns, which it has not.
    auto const port = number_of(*e, "port").value_or(0);
    return address + ":" + (port != 0 ? std::to_string(port) : "any");
}

std::string two_digits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

/// `1:59:03`, `0:45`.
std::string clock_of(std::int64_t left) {
    auto const hours = left / 3600;
    auto const minutes = left / 60 % 60;
    auto const end = two_digits(left % 60);
    return hours > 0 ? std::to_string(hours) + ":" + two_digits(minutes) + ":" + end
                     : std::to_string(minutes) + ":" + end;
}

std::string time_of(json::object const& from, std::string_view key, seconds age) {
    auto const time = number_of(from, key);
    return time ? clock_of(std::max<std::int64_t>(*time - age.count(), 0)) : "-";
}

std::string end_of(json::object const& lease, seconds age) {
    auto const* const permanent = lease.if_contains("permanent");
    bool const is_endless = permanent != nullptr && permanent->is_bool() && permanent->get_bool();
    return is_endless ? "permanent" : time_of(lease, "remaining", age);
}

std::string error_of(json::object const& lease, seconds age) {
    auto const* const error = object_of(lease, "error");
    if (error == nullptr) {
        return "-";
    }
    auto out = text_of(*error, "message");
    if (auto const again = number_of(*error, "retry_in")) {
        out += ", asked again in " + clock_of(std::max<std::int64_t>(*again - age.count(), 0));
    }
    return printable(out);
}

std::string or_dash(std::string const& text) {
    return text.empty() ? "-" : printable(text);
}

std::vector<std::string> row_of(json::object const& lease, seconds age) {
    auto const* const gateway = object_of(lease, "gateway");
    return {
        or_dash(text_of(lease, "mapping")),
        or_dash(text_of(lease, "state")),
        or_dash(text_of(lease, "protocol")),
        endpoint_of(lease, "internal"),
        endpoint_of(lease, "external"),
        end_of(lease, age),
        time_of(lease, "renews_in", age),
        or_dash(text_of(lease, "via")),
        or_dash(gateway != nullptr ? text_of(*gateway, "name") : std::string()),
        error_of(lease, age),
    };
}

std::string_view colour_of(std::string const& state) {
    if (state == "held" || state == "renewing") {
        return green;
    }
    return state == "idle" || state == "waiting" ? red : yellow;
}

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// The byte at which the character of that number begins.
std::size_t offset_of(std::string_view line, std::size_t character) {
    std::size_t at = 0;
    for (; at < line.size(); ++at) {
        if (!continues_character(line[at]) && character-- == 0) {
            break;
        }
    }
    return at;
}

std::vector<std::string> lines_of(std::string const& text) {
    std::vector<std::string> out;
    for (std::size_t from = 0; from < text.size();) {
        auto const to = text.find('\n', from);
        out.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    return out;
}

std::vector<std::string> const headings = {
    "MAPPING",
    // As wide as the longest, so that the others stay where they are while states come and go.
    "STATE     ",
    "PROTOCOL",
    "INTERNAL",
    "EXTERNAL",
    "REMAINING",
    "RENEWS IN",
    "VIA",
    "GATEWAY",
    "ERROR",
};
constexpr std::size_t state_column = 1;
constexpr std::size_t internal_column = 3;
constexpr std::size_t external_column = 4;
constexpr std::size_t via_column = 7;
constexpr std::size_t error_column = 9;
/// What a narrow screen goes without, the least important first; errors have lines of their own.
constexpr std::initializer_list<std::size_t> expendable = {error_column, 6, 8, 7, 3, 2};

/// Of IPv4; what IPv6 lets in has the same endpoint on both sides.
constexpr std::string_view widest_external = "255.255.255.255:65535";
constexpr std::string_view widest_via = "nat-pmp";

void widen(std::string& cell, std::size_t width) {
    cell.resize(std::max(cell.size(), width), ' ');
}

/// Under these the columns stay where they are.
std::vector<std::string> steady_headings(std::vector<std::vector<std::string>> const& rows) {
    auto out = headings;
    for (auto const& row : rows) {
        widen(out[external_column], row[internal_column].size());
    }
    widen(out[external_column], widest_external.size());
    widen(out[via_column], widest_via.size());
    return out;
}

std::vector<std::size_t> all_columns() {
    std::vector<std::size_t> out(headings.size());
    std::iota(out.begin(), out.end(), std::size_t{0});
    return out;
}

/// A line a row, with these columns alone.
std::vector<std::string>
drawn(std::vector<std::vector<std::string>> const& cells, std::vector<std::size_t> const& columns) {
    table rows;
    for (auto const& row : cells) {
        std::vector<std::string> shown;
        shown.reserve(columns.size());
        for (auto const each : columns) {
            shown.push_back(row[each]);
        }
        rows.add(std::move(shown));
    }
    return lines_of(rows.text());
}

/// In characters.
std::size_t widest(std::vector<std::string> const& lines) {
    std::size_t out = 0;
    for (auto const& line : lines) {
        auto const size =
            std::count_if(line.begin(), line.end(), [](char c) { return !continues_character(c); });
        out = std::max(out, static_cast<std::size_t>(size));
    }
    return out;
}

/// Without as many of the expendable columns as it takes.
std::vector<std::string>
fitted(std::vector<std::vector<std::string>> const& cells, std::size_t room) {
    auto columns = all_columns();
    auto lines = drawn(cells, columns);
    for (auto const each : expendable) {
        if (widest(lines) <= room) {
            break;
        }
        columns.erase(std::find(columns.begin(), columns.end(), each));
        lines = drawn(cells, columns);
    }
    return lines;
}

/// The state in its colour, where it has not been cut off.
void paint(std::string& line, std::size_t column, std::string const& state) {
    auto const at = offset_of(line, column);
    if (at + state.size() <= line.size()) {
        line.insert(at + state.size(), plain);
        line.insert(at, colour_of(state));
    }
}

} // namespace

std::string cut(std::string line, std::size_t columns) {
    constexpr std::string_view mark = "...";
    if (offset_of(line, columns) == line.size()) {
        return line;
    }
    auto const shown = columns - std::min(columns, mark.size());
    line.resize(offset_of(line, shown));
    return line.append(mark.substr(0, columns - shown));
}

lease_table::lease_table(json::object const& reply) {
    auto const* const leases = reply.if_contains("leases");
    for (auto const& each :
         leases != nullptr && leases->is_array() ? leases->get_array() : json::array()) {
        if (each.is_object()) {
            leases_.push_back(each);
        }
    }
}

std::set<std::string> lease_table::external_addresses() const {
    std::set<std::string> out;
    for (auto const& each : leases_) {
        if (auto const* const external = object_of(each.get_object(), "external")) {
            out.insert(text_of(*external, "address"));
        }
    }
    return out;
}

bool lease_table::take(json::object const& event) {
    auto const* const lease = object_of(event, "lease");
    auto const name = text_of(event, "mapping");
    auto* const found = std::find_if(leases_.begin(), leases_.end(), [&](json::value const& each) {
        return text_of(each.get_object(), "mapping") == name;
    });
    if (name.empty() || lease == nullptr || found == leases_.end()) {
        return false;
    }
    *found = *lease;
    return true;
}

std::string lease_table::text(space const& room, bool coloured) const {
    std::vector<std::vector<std::string>> cells;
    for (auto const& each : leases_) {
        cells.push_back(row_of(each.get_object(), room.age));
    }
    cells.insert(cells.begin(), room.steady ? steady_headings(cells) : headings);
    bool const is_narrow = widest(drawn(cells, all_columns())) > room.columns;
    auto const lines = fitted(cells, room.columns);
    auto const state_at = lines.front().find(headings[state_column]);
    std::string out = cut(lines.front(), room.columns) + '\n';
    std::size_t used = 1;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        auto const& error = cells[i][error_column];
        auto const below = is_narrow && error != "-" ? cut("  " + error, room.columns) + '\n' : "";
        std::size_t const taken = below.empty() ? 1 : 2;
        // Where more follow, their number needs a line.
        auto const needed = taken + (i + 1 == lines.size() ? 0 : 1);
        if (used + needed > room.rows) {
            return out + "... and " + std::to_string(lines.size() - i) + " more\n";
        }
        auto line = cut(lines[i], room.columns);
        if (coloured) {
            paint(line, state_at, cells[i][state_column]);
        }
        out.append(line).append("\n").append(below);
        used += taken;
    }
    return out;
}

} // namespace pmp::cli
